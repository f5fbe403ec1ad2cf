"""One whose socket a gateway process beside the engine holds gets the bytes he would get here, and counts as if he were here."""

from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import trio

from engine.domain.auction.commands import ShowPrice, SuspendSale
from engine.domain.parties import Principal
from engine.domain.rulesheet import PaddleDisplay, RuleSheet
from engine.gateway.annex import Annex, fittest
from engine.gateway.frames import text_frame
from engine.gateway.handing import Checkpoint, Halted, Moved, Packets, Told, pair
from engine.gateway.hub import HubSettings
from engine.gateway.slips import BUSY_MS
from engine.journal.asking import RoomBusy
from engine.journal.faults import StorageFault
from engine.meters import Meters
from engine.room.house import Room
from tests.engine.annexed import TTL_S, Annexed, annexed
from tests.gateway.saleroom import RULES, SALE, Browser
from tests.gateway.test_presence import act, begin, the_record, until_shown

LIMIT_S = 5
QUICK = HubSettings(unknown_after_s=0.2)
VIEWERS = (None, "bidder:1", "bidder:5", "bidder:7")


def sheet(**more: Any) -> RuleSheet:
    return RuleSheet(increments=RULES.increments, **more)


# What he sees.


async def a_sale(one: Annexed) -> None:
    """Officers at the engine; bidders, a maximum and a bid that is too low at the annex."""
    async with (
        one.place.browser("auctioneer:1") as rostrum,
        one.place.browser("clerk:1") as clerk,
        one.there("bidder:5") as five,
        one.there("bidder:7") as seven,
    ):
        await begin(rostrum)
        assert "accepted" in (await act(five, type="bid", id="b5", lot=1, amount_fen=1_000_000))["outcome"]
        assert "refused" in (await act(seven, type="bid", id="b7", lot=1, amount_fen=1_000_000))["outcome"]
        assert "accepted" in (await act(seven, type="proxy", id="m7", lot=1, maximum_fen=1_500_000))["outcome"]
        hall = await act(clerk, type="hall_bid", id="h2", lot=1, paddle=2, amount_fen=1_200_000)
        assert "accepted" in hall["outcome"]
        again = await act(five, type="bid", id="b5-2", lot=1, amount_fen=1_600_000)
        assert "accepted" in again["outcome"]
        for call in (1, 2, 3):
            await act(rostrum, type="call", id=f"c{call}", lot=1, call=call, price_fen=1_600_000)
        await act(rostrum, type="hammer", id="hammer", lot=1, price_fen=1_600_000)


async def heard(browser: Browser, seq: int) -> dict[str, list[bytes]]:
    """What was said up to record ``seq``, by kind; each kind in its order."""
    told: dict[str, list[bytes]] = defaultdict(list)
    with trio.fail_after(LIMIT_S):
        while True:
            while not browser.texts:
                assert await browser._read()
            text = browser.texts[0]
            frame = await browser.next()
            told[frame["type"]].append(text)
            if frame["type"] == "record" and frame["seq"] >= seq:
                return told


@pytest.mark.parametrize("paddles", [PaddleDisplay.SHOWN, PaddleDisplay.MASKED])
async def test_he_sees_what_he_would_see_at_the_engine_and_nothing_else(tmp_path: Path, paddles: PaddleDisplay) -> None:
    async with annexed(tmp_path, rules=sheet(paddles=paddles, proxies=True)) as one, AsyncExitStack() as stack:
        here = [await stack.enter_async_context(one.place.browser(who)) for who in VIEWERS]
        there = [await stack.enter_async_context(one.there(who)) for who in VIEWERS]
        assert (len(one.annex), len(one.place.reactor)) == (len(VIEWERS), len(VIEWERS))
        await a_sale(one)
        for near, far in zip(here, there, strict=True):
            told = await heard(near, one.place.hub.seq)
            assert told == await heard(far, one.place.hub.seq)
            assert {"picture", "record"} <= told.keys()
        for who, command in (("bidder:5", "b5"), ("bidder:7", "b7"), ("bidder:7", "m7"), ("bidder:1", "b5")):
            near, far = here[VIEWERS.index(who)], there[VIEWERS.index(who)]
            for browser in (near, far):
                await browser.send({"type": "outcome", "id": command})
            kind = "unknown" if who == "bidder:1" else "duplicate"
            assert await near.until_text(kind) == await far.until_text(kind)


async def test_who_comes_back_goes_on_where_he_was_and_his_frames_behind_the_hello_are_heard(tmp_path: Path) -> None:
    async with annexed(tmp_path, rules=sheet(proxies=True)) as one, one.place.browser() as here:
        picture = await here.until("picture")
        await a_sale(one)
        after = {name: picture[name] for name in ("epoch", "seq", "head")}
        async with one.place.browser(None, after=after) as near, one.there(None, after=after) as far:
            assert await near.until_text("record") == await far.until_text("record")
        async with one.there(hello=False) as early:
            early.protocol.send_text(b'{"protocol":1,"ticket":"bidder:1","type":"hello"}')
            early.protocol.send_text(b'{"t0":1,"type":"time"}')
            early.protocol.send_text(b'{"id":"late","type":"outcome"}')
            await early._flush()
            with trio.fail_after(LIMIT_S):
                assert (await early.until("welcome"))["paddle"] == 1
                assert (await early.until("time"))["t0"] == 1
                assert (await early.until("unknown"))["id"] == "late"


async def test_a_checkpoint_and_a_failed_disk_are_told_there_too(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one, one.there("bidder:1") as there:
        now = one.place.hub.seq
        told = {SALE: Checkpoint(SALE, now, text_frame(b'{"size":1,"type":"checkpoint"}'))}
        one.annex.show(told, ())
        one.annex.show(told, ())
        with trio.fail_after(LIMIT_S):
            assert (await there.until("checkpoint"))["size"] == 1
        early = Checkpoint(SALE, now + 1, text_frame(b'{"size":2,"type":"checkpoint"}'))
        one.annex.show({SALE: early}, ())
        async with one.place.browser("auctioneer:1") as rostrum:
            await there.send({"type": "time", "t0": 1})
            await there.until("time")
            await act(rostrum, type="open_sale", id="open")
        with trio.fail_after(LIMIT_S):
            assert [(await there.next())["type"] for _ in range(2)] == ["record", "checkpoint"]
            one.annex.show({}, (SALE,))
            assert (await there.until("notice"))["code"] == StorageFault.code
            await there.send({"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000})
            assert (await there.until("refused"))["code"] == StorageFault.code


class Full:
    """A room that takes nothing from elsewhere."""

    def __init__(self, room: Room) -> None:
        self.journal, self.tail, self.opened, self.clock, self.clerk = (
            room.journal,
            room.tail,
            room.opened,
            room.clock,
            room.clerk,
        )

    def submit(self, _content: object, _arrived_at: object, _slip: object) -> None:
        raise RoomBusy


async def test_where_the_room_takes_nothing_more_he_is_told_at_once_as_here(tmp_path: Path) -> None:
    async with annexed(tmp_path, as_carried=Full) as one, one.there("bidder:1") as there:
        await there.send({"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000})
        with trio.fail_after(LIMIT_S):
            said = await there.until("refused")
        assert (said["id"], said["code"], said["detail"]) == ("b1", "E_BUSY", {"after_ms": BUSY_MS})


# How he counts.


async def test_what_he_was_shown_counts_for_the_quorum(tmp_path: Path) -> None:
    async with (
        annexed(tmp_path, rules=sheet(delivery_percent=100), settings=QUICK) as one,
        one.place.browser("auctioneer:1") as rostrum,
        one.place.browser("bidder:1") as here,
        one.there("bidder:3") as there,
    ):
        await begin(rostrum)
        answer = await act(there, type="bid", id="b1", lot=1, amount_fen=1_000_000)
        await here.send({"type": "seen", "seq": answer["seq"]})
        await there.send({"type": "seen", "seq": answer["seq"] - 1})
        await act(rostrum, type="call", id="c1", lot=1, call=1, price_fen=1_000_000)
        refused = await act(rostrum, type="hammer", id="h1", lot=1, price_fen=1_000_000)
        assert "refused" in refused["outcome"]
        await there.send({"type": "seen", "seq": answer["seq"]})
        await until_shown(rostrum, "block", delivered=True)
        command = the_record(one.place, ShowPrice).command
        assert isinstance(command, ShowPrice)
        assert (command.present, command.shown) == (2, 2)


async def test_an_annex_that_is_lost_loses_its_bidders_at_once(tmp_path: Path) -> None:
    async with (
        annexed(tmp_path, rules=sheet(mass_loss_percent=50), settings=QUICK) as one,
        one.place.browser("auctioneer:1") as rostrum,
        one.place.browser("bidder:7"),
        one.there("bidder:1"),
        one.there("bidder:3"),
        one.there("bidder:5"),
    ):
        with trio.fail_after(LIMIT_S):
            assert (await rostrum.until("presence", bidders=4))["online"] == [1, 3, 5, 7]
        await begin(rostrum)
        assert one.place.hub.by_role() == {"public": 0, "auctioneer": 1, "bidder": 4}
        assert one.annex.lost() == 3
        assert sorted(one.left) == ["bidder:1", "bidder:3", "bidder:5"]
        await until_shown(rostrum, "sale", phase="suspended", suspended_by="connections")
        assert isinstance(the_record(one.place, SuspendSale).command, SuspendSale)


async def test_his_place_is_free_again_when_he_is_gone_and_not_before(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one:
        async with one.there("bidder:1"), one.there():
            assert one.place.hub.by_role() == {"public": 1, "bidder": 1}
            assert one.left == []
        await one.until(lambda: len(one.left) == 2)
        assert one.place.hub.by_role() == {"public": 0}
        assert len(one.annex) == 0


async def test_one_who_floods_is_let_go_there_and_counted_here(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one, one.there("bidder:1") as there:
        for nth in range(600):
            there.protocol.send_ping(b"%d" % nth)
        with suppress(trio.BrokenResourceError):
            await there._flush()
        await one.until(lambda: one.annex.meters.evictions)
        assert one.annex.meters.evictions == {"flood": 1}
        assert one.left == ["bidder:1"]


# His token.


async def test_a_token_taken_back_closes_his_socket(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one, one.there("bidder:1") as lost, one.there("bidder:3") as other:
        one.take_back("bidder:1")
        with trio.fail_after(LIMIT_S):
            assert (await lost.until("refused"))["code"] == "E_AUTH_INVALID"
            assert await lost.end() == 4401
            await one.until(lambda: one.left == ["bidder:1"])
            await other.send({"type": "time", "t0": 1})
            await other.until("time")


async def test_no_frame_is_heard_by_a_token_that_has_expired(tmp_path: Path) -> None:
    at = [1_800_000_000.0]
    async with annexed(tmp_path, now=lambda: at[0]) as one, one.there("bidder:1") as late:
        at[0] += TTL_S
        await late.send({"type": "time", "t0": 1})
        with trio.fail_after(LIMIT_S):
            assert (await late.until("refused"))["code"] == "E_AUTH_INVALID"
            assert await late.end() == 4401


# Where he goes.


async def test_where_nobody_can_take_him_he_is_served_here(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one:
        one.annex.packets.close()
        async with one.there("bidder:1") as viewer:
            await viewer.until("picture")
        assert one.place.hub.by_role()["public"] == 0
        assert len(one.annex) == 0


async def test_who_was_on_his_way_when_the_process_ended_is_told_nothing_false(tmp_path: Path) -> None:
    """His socket was in the pipe: it is closed with it, he comes back, and his place is free."""
    async with annexed(tmp_path) as one:
        packets, theirs = pair()
        one.annex.packets.close()
        one.annex.packets = packets
        async with one.there("bidder:1", hello=False) as viewer:
            await viewer.send({"type": "hello", "protocol": 1, "ticket": "bidder:1"})
            with trio.fail_after(LIMIT_S):
                while not len(one.annex):
                    await trio.lowlevel.checkpoint()
                theirs.close()
                one.annex.lost()
                assert not await viewer._read()
        assert one.left == ["bidder:1"]
        assert viewer.texts == []


async def test_those_who_come_while_the_way_is_full_follow_in_their_order_and_some_stay_here(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one:
        packets, theirs = pair()
        while packets.send(Halted(SALE)):
            pass
        one.annex.packets.close()
        one.annex.packets = packets
        async with AsyncExitStack() as stack:
            for who in ("bidder:1", "bidder:3", "bidder:5"):
                browser = await stack.enter_async_context(one.there(who, hello=False))
                await browser.send({"type": "hello", "protocol": 1, "ticket": who})
                with trio.fail_after(LIMIT_S):
                    while len(one.place.hub) < 1 + ("bidder:1", "bidder:3", "bidder:5").index(who):
                        await trio.lowlevel.checkpoint()
            assert (len(one.annex), len(one.place.reactor)) == (2, 1)
            far, came = Packets(theirs), list[str]()
            with trio.fail_after(LIMIT_S):
                while len(came) < 2:
                    message, sock = await far.receive()
                    if isinstance(message, Moved) and message.credential is not None and sock is not None:
                        came.append(message.credential.principal)
                        sock.close()
            assert came == ["bidder:1", "bidder:3"]
            far.close()
        one.annex.lost()


async def test_a_sale_an_annex_does_not_hold_is_refused_there_and_the_socket_closed(tmp_path: Path) -> None:
    async with annexed(tmp_path) as one:
        del one.process._hubs[SALE]
        async with one.there("bidder:1", hello=False) as viewer:
            await viewer.send({"type": "hello", "protocol": 1, "ticket": "bidder:1"})
            with trio.fail_after(LIMIT_S):
                assert not await viewer._read()
            await one.until(lambda: one.left == ["bidder:1"])


def an_annex(number: int, sales: tuple[str, ...] = (SALE,), heard_at: float = 0.0) -> Annex:
    packets, theirs = pair()
    theirs.close()
    annex = Annex(number, 0, packets, Meters(), heard_at, leaving_max=1)
    annex.hear(Told(sales, 0), heard_at)
    return annex


async def test_officers_stay_and_others_go_where_fewest_are_and_where_they_are_already() -> None:
    first, second, silent = an_annex(1), an_annex(2), an_annex(3, heard_at=-9.0)
    everyone = (silent, first, second)
    first._whose[SALE, Principal("bidder:1")] = 1
    first._lodged[1] = None  # type: ignore[assignment]
    for officer in ("auctioneer:1", "clerk:1", "supervisor:1", "registrar:1"):
        assert fittest(everyone, SALE, Principal(officer), -1.0) is None
    assert fittest(everyone, SALE, Principal("bidder:1"), -1.0) is first
    assert fittest(everyone, SALE, Principal("bidder:3"), -1.0) is second
    assert fittest(everyone, SALE, None, -1.0) is second
    assert fittest(everyone, "another", None, -1.0) is None
    assert fittest(everyone, SALE, None, 1.0) is None
    for each in everyone:
        each.packets.close()
