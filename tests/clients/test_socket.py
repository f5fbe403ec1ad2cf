"""The shell, against a house in memory: coming, going, asking again."""

import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from clients import (
    Answered,
    Away,
    InFile,
    MineChanged,
    Missed,
    NotLetIn,
    RecordFolded,
    TooManyUnanswered,
    Welcomed,
    connect,
)
from clients.backoff import wait_s
from clients.http import Address
from clients.news_stream import NewsStream
from clients.socket import UNANSWERED_MAX
from engine.domain.auction.commands import OpenLot, OpenSale, PlaceBid
from engine.domain.parties import Principal
from engine.domain.units import Fen, LotNo, PaddleNo
from tests.clients.house import SALE, URL, House

ROSTRUM = Principal("auctioneer:1")


@pytest.fixture
async def house(nursery: trio.Nursery) -> House:
    house = House([(8, 500_000), (9, 500_000)], [(1, "online", 2), (2, "online", 2), (3, "hall", 1)])
    house.act(OpenSale(command_id="o", by=ROSTRUM))
    house.act(OpenLot(command_id="l", by=ROSTRUM, lot=LotNo(8)))
    await nursery.start(house.run)
    return house


def bids(house: House) -> list[tuple[Any, ...]]:
    assert house.auction is not None
    return [(bid.paddle, bid.amount) for lot in house.auction.lots.values() for bid in lot.bids]


async def test_a_bid_is_answered_and_shown(house: House, autojump_clock: MockClock) -> None:
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        assert room.welcome is not None
        assert (room.welcome.role, room.welcome.paddle) == ("bidder", 1)
        outcome = await room.bid(8, 500_000)
        assert outcome.accepted
        assert outcome.seq == house.seq
        parts = await room.until(lambda parts: parts["block"]["price_fen"] == 500_000)
        assert parts["block"]["leader"] == {"paddle": 1}
        await room.until(lambda parts: 8 in parts["mine"]["leads"])
        refused = await room.bid(8, 600_000)
        assert refused.refusal is not None
        assert refused.refusal.code == "E_ALREADY_LEADING"
        assert room.statistics().unanswered == 0
    await trio.testing.wait_all_tasks_blocked()
    assert house.sessions == set()


async def test_the_public_watches_without_a_token(house: House, autojump_clock: MockClock) -> None:
    async with connect(URL, SALE, opener=house.opener) as room:
        assert room.parts["sale"]["phase"] == "open"
        assert "mine" not in room.parts
        with pytest.raises(TypeError):
            room.parts["sale"] = 1  # type: ignore[index]


async def test_news_come_in_order_to_every_reader(house: House, autojump_clock: MockClock) -> None:
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        await room.until(lambda parts: "mine" in parts)
        first, second = room.news(), room.news()
        await room.bid(8, 500_000)
        await room.until(lambda parts: parts["block"]["price_fen"] == 500_000)
    for stream in (first, second):
        seen = [news async for news in stream]
        assert [type(news) for news in seen] == [Answered, MineChanged, RecordFolded]
        assert [news.events[0]["type"] for news in seen if isinstance(news, RecordFolded)] == ["BidPlaced"]


async def test_a_reader_who_falls_behind_is_told_how_much_was_missed() -> None:
    stream = NewsStream(3)
    for seq in range(10):
        stream.put(RecordFolded(seq=seq, at_us=0, changed=(), events=()))
    stream.end()
    seen = [news async for news in stream]
    assert seen[0] == Missed(count=7)
    assert [news.seq for news in seen[1:] if isinstance(news, RecordFolded)] == [7, 8, 9]


async def test_while_the_house_is_down_a_bid_waits_and_then_happens_once(
    house: House, autojump_clock: MockClock
) -> None:
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        news = room.news()
        house.kill()
        while room.live:
            await room.changed(room.version)
        async with trio.open_nursery() as nursery:

            @nursery.start_soon
            async def bid() -> None:
                assert (await room.bid(8, 500_000)).accepted

            await trio.sleep(12)
            house.start()
    assert bids(house) == [(1, 500_000)]
    told = [one async for one in news]
    assert sum(isinstance(one, Away) for one in told) > 3
    assert any(isinstance(one, Welcomed) for one in told)


async def test_an_answer_lost_with_the_connection_is_found_again(house: House, autojump_clock: MockClock) -> None:
    """The house recorded the bid and died before it could say so."""

    def die(the_house: House, _: object) -> None:
        the_house.kill()
        the_house.after_record = lambda *_: None
        nursery.start_soon(revive)

    async def revive() -> None:
        await trio.sleep(1)
        house.start()

    async with (
        trio.open_nursery() as nursery,
        connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room,
    ):
        house.after_record = die
        outcome = await room.bid(8, 500_000)
        assert outcome.accepted
        assert outcome.duplicate
    assert bids(house) == [(1, 500_000)]


async def test_commands_are_sent_again_in_the_order_they_were_given(house: House, autojump_clock: MockClock) -> None:
    house.deaf = True
    async with (
        connect(URL, SALE, token=house.let_in("clerk:1"), opener=house.opener) as room,
        trio.open_nursery() as nursery,
    ):
        for number in range(5):
            await trio.testing.wait_all_tasks_blocked()
            nursery.start_soon(partial(room.admit, 20 + number, "hall", 1, id=f"a{number}"))
        await trio.testing.wait_all_tasks_blocked()
        house.asked.clear()
        house.deaf = False
        house.kill()
        house.start()
    assert [frame["id"] for frame in house.asked if frame["type"] == "admit"] == [f"a{n}" for n in range(5)]


async def test_after_two_seconds_of_silence_the_house_is_asked_what_became(
    house: House, autojump_clock: MockClock
) -> None:
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        house.silent = True
        with trio.move_on_after(10.2):
            await room.bid(8, 500_000, id="silent")
        asked = [frame for frame in house.asked if frame["type"] == "outcome"]
        assert 3 <= len(asked) <= 5
        assert all(frame["id"] == "silent" for frame in asked)
        house.silent = False
        assert (await room.bid(8, 500_000, id="silent")).duplicate
    assert bids(house) == [(1, 500_000)]


async def test_a_command_that_never_arrived_is_sent_again(house: House, autojump_clock: MockClock) -> None:
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        house.deaf = True

        async with trio.open_nursery() as nursery:

            @nursery.start_soon
            async def bid() -> None:
                assert (await room.bid(8, 500_000)).accepted

            await trio.sleep(1)
            house.deaf = False
    assert bids(house) == [(1, 500_000)]


async def test_a_busy_house_is_asked_again_after_the_time_it_names(house: House, autojump_clock: MockClock) -> None:
    house.busy = 3
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        assert (await room.bid(8, 500_000)).accepted
        assert 0.5 < trio.current_time() < 3
    assert bids(house) == [(1, 500_000)]


async def test_what_an_earlier_program_left_is_asked_after_and_not_bid_again(
    house: House, tmp_path: Path, autojump_clock: MockClock
) -> None:
    """A person who starts anew has seen a new price."""
    path = tmp_path / "unanswered"
    token = house.let_in("bidder:1")
    async with connect(URL, SALE, token=token, unanswered=InFile(path), opener=house.opener) as room:
        house.deaf = True
        with trio.move_on_after(0.1):
            await room.bid(8, 500_000, id="lost")
    house.deaf = False
    async with connect(URL, SALE, token=token, unanswered=InFile(path), opener=house.opener) as room:
        [answered] = [news async for news in _first_answer(room.news())]
        assert answered.outcome.id == "lost"
        assert answered.outcome.refusal is not None
        assert answered.outcome.refusal.code == "E_NEVER_SEEN"
    assert bids(house) == []
    assert InFile(path).all() == ()


async def _first_answer(stream: NewsStream) -> Any:
    async for news in stream:
        if isinstance(news, Answered):
            yield news
            return


async def test_what_an_earlier_program_bid_is_found_on_the_record(
    house: House, tmp_path: Path, autojump_clock: MockClock
) -> None:
    path = tmp_path / "unanswered"
    token = house.let_in("bidder:1")
    async with connect(URL, SALE, token=token, unanswered=InFile(path), opener=house.opener) as room:
        house.silent = True
        with trio.move_on_after(0.1):
            await room.bid(8, 500_000, id="found")
    house.silent = False
    async with connect(URL, SALE, token=token, unanswered=InFile(path), opener=house.opener) as room:
        [answered] = [news async for news in _first_answer(room.news())]
        assert answered.outcome.accepted
    assert InFile(path).all() == ()


async def test_a_connection_gone_silent_is_given_up(house: House, autojump_clock: MockClock) -> None:
    """A cable pulled: nothing says so, but pings come back no more."""
    async with connect(URL, SALE, opener=house.opener) as room:
        welcomes = room.welcomes
        for session in house.sessions:
            session.unplugged = True
        while room.welcomes == welcomes:
            await room.changed(room.version)
        assert 20 < trio.current_time() < 40


async def test_a_wrong_token_is_said_at_once(house: House, autojump_clock: MockClock) -> None:
    with pytest.raises(NotLetIn, match="E_AUTH_INVALID"):
        async with connect(URL, SALE, token="forged", opener=house.opener):
            pytest.fail("entered")


async def test_a_house_that_began_anew_and_knows_the_ticket_no_more_is_asked_for_another(
    house: House, autojump_clock: MockClock
) -> None:
    house.tickets = _Forgetful(times=2)
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room:
        assert room.welcomes == 1


async def test_a_spent_ticket_is_not_let_in(house: House, autojump_clock: MockClock) -> None:
    house.tickets = _Forgetful()
    with pytest.raises(NotLetIn):
        async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener):
            pytest.fail("entered")


class _Forgetful(dict[str, Principal]):
    """Tickets that are forgotten as soon as they are given, the first ``times``."""

    def __init__(self, times: int = 1000) -> None:
        self._times = times

    def __setitem__(self, key: str, value: Principal) -> None:
        self._times -= 1
        if self._times < 0:
            super().__setitem__(key, value)


async def test_what_goes_wrong_in_the_block_comes_out_bare(house: House, autojump_clock: MockClock) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with connect(URL, SALE, opener=house.opener) as room:
            room.parts["mine"]


async def test_a_house_that_is_not_there_yet_is_waited_for(house: House, autojump_clock: MockClock) -> None:
    house.kill()
    with trio.move_on_after(30) as patience:
        async with connect(URL, SALE, opener=house.opener):
            pytest.fail("entered")
    assert patience.cancelled_caught
    house.start()
    async with connect(URL, SALE, opener=house.opener) as room:
        assert room.live


async def test_one_may_enter_before_there_is_anything_to_see(house: House, autojump_clock: MockClock) -> None:
    house.kill()
    async with connect(URL, SALE, wait=False, opener=house.opener) as room:
        assert not room.parts
        house.start()
        await room.until(lambda parts: "sale" in parts)


async def test_there_is_an_end_to_what_may_be_unanswered(house: House, autojump_clock: MockClock) -> None:
    house.deaf = True
    async with (
        connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as room,
        trio.open_nursery() as nursery,
    ):
        for number in range(UNANSWERED_MAX):
            nursery.start_soon(partial(room.bid, 8, 500_000 + number))
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(TooManyUnanswered):
            await room.bid(8, 1)
        nursery.cancel_scope.cancel()


async def test_whoever_skipped_a_record_comes_back_and_misses_nothing(house: House, autojump_clock: MockClock) -> None:
    async with connect(URL, SALE, token=house.let_in("bidder:1"), opener=house.opener) as watcher:
        for session in house.sessions:
            session.welcome = False  # The house forgets to tell.
        house.act(_bid("b1", 2, 500_000))
        for session in house.sessions:
            session.welcome = True
        house.act(_bid("b2", 1, 550_000))
        await watcher.until(lambda parts: parts["block"]["price_fen"] == 550_000)
        assert watcher.welcomes == 2


def _bid(command_id: str, paddle: int, amount: int) -> PlaceBid:
    return PlaceBid(
        command_id=command_id,
        by=Principal(f"bidder:{paddle}"),
        lot=LotNo(8),
        paddle=PaddleNo(paddle),
        amount=Fen(amount),
    )


# The small parts.


def test_waiting_doubles_up_to_five_seconds_and_is_never_the_same_for_all() -> None:
    dice = random.Random(1)
    for tries, whole in enumerate([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]):
        waits = [wait_s(tries, dice) for _ in range(100)]
        assert whole / 2 <= min(waits) < max(waits) <= whole
    assert wait_s(10_000, dice) <= 5


@pytest.mark.parametrize(
    ("url", "origin", "socket"),
    [
        ("http://localhost:8000", "http://localhost:8000", "ws://localhost:8000/api/sales/s/socket"),
        ("https://house.example/", "https://house.example", "wss://house.example/api/sales/s/socket"),
        ("wss://house.example:444/a/", "https://house.example:444", "wss://house.example:444/a/api/sales/s/socket"),
        ("http://[::1]:80", "http://[::1]", "ws://[::1]/api/sales/s/socket"),
    ],
)
def test_an_address_is_read(url: str, origin: str, socket: str) -> None:
    address = Address.of(url)
    assert (address.origin, address.socket("s")) == (origin, socket)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "", "http://"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ValueError, match="no address of a house"):
        Address.of(url)
