"""What a viewer asks and how he is answered, over real sockets."""

import hashlib
from contextlib import suppress
from typing import Any

import pytest
import trio
import trio.testing

from engine.gateway.hub import HubSettings
from engine.gateway.reactor import SocketSettings
from tests.gateway.saleroom import Browser, Saleroom, a_memory_journal, saleroom

LIMIT_S = 5


async def opened(place: Saleroom) -> Browser:
    """An auctioneer who has opened the sale and put lot 1 on the block; the caller closes it."""
    async with place.browser("auctioneer:1") as rostrum:
        await act(rostrum, type="open_sale", id="open")
        await act(rostrum, type="open_lot", id="lot-1", lot=1)
        return rostrum


async def act(browser: Browser, **frame: Any) -> dict[str, Any]:
    await browser.send(frame)
    with trio.fail_after(LIMIT_S):
        return await browser.until("answer", id=frame["id"])


async def bid(browser: Browser, amount_fen: int, command_id: str, lot: int = 1) -> dict[str, Any]:
    return await act(browser, type="bid", id=command_id, lot=lot, amount_fen=amount_fen)


async def test_a_bid_is_answered_with_its_record_and_shown_to_the_hall() -> None:
    async with saleroom() as place, place.browser() as hall, place.browser("bidder:1") as bidder:
        await opened(place)
        answer = await bid(bidder, 1_000_000, "b1")
        assert answer["outcome"]["accepted"][0]["amount_fen"] == 1_000_000
        shown = await hall.until("record", seq=answer["seq"])
        assert shown["parts"]["block"]["price_fen"] == 1_000_000
        assert shown["parts"]["block"]["leader"] == {"paddle": 1}
        header = answer["receipt"]["header"]
        assert hashlib.sha256(header.encode()).hexdigest() == shown["head"]


async def test_the_one_who_is_outbid_is_told() -> None:
    async with saleroom() as place, place.browser("bidder:1") as first, place.browser("bidder:3") as second:
        await opened(place)
        await bid(first, 1_000_000, "b1")
        assert (await first.until("mine"))["part"]["leads"] in ([], [1])
        await bid(second, 1_050_000, "b2")
        while (await first.until("mine"))["part"]["leads"]:
            pass


async def test_a_refused_bid_says_the_least_valid_amount() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        await opened(place)
        answer = await bid(bidder, 900_000, "low")
        refused = answer["outcome"]["refused"]
        assert refused["code"] == "E_BID_TOO_LOW"
        assert refused["detail"]["least_fen"] == 1_000_000
        assert "¥10,000" in refused["zh"]
        assert "¥10,000" in refused["en"]


async def test_the_same_id_twice_gets_the_first_answer_byte_for_byte() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        await opened(place)
        frame = {"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000}
        await bidder.send(frame)
        first = await bidder.until_text("answer")
        async with place.browser("bidder:1") as again:
            await again.send(frame)
            second = await again.until_text("duplicate")
        assert first in second
        assert b'"code":"OK_DUPLICATE"' in second


async def test_the_same_id_with_another_body_is_refused() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        await opened(place)
        await bid(bidder, 1_000_000, "b1")
        await bidder.send({"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_100_000})
        refused = await bidder.until("refused", id="b1")
        assert refused["code"] == "E_IDEMPOTENCY_CONFLICT"
        assert len(refused["detail"]["first_sha256"]) == 64


async def test_what_became_of_an_id_always_has_an_answer() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        await opened(place)
        await bidder.send({"type": "outcome", "id": "b1"})
        assert (await bidder.until("unknown", id="b1"))["code"] == "E_NEVER_SEEN"
        answer = await bid(bidder, 1_000_000, "b1")
        await bidder.send({"type": "outcome", "id": "b1"})
        assert (await bidder.until("duplicate"))["answer"] == answer


async def test_another_bidder_cannot_ask_about_an_id() -> None:
    async with saleroom() as place, place.browser("bidder:1") as one, place.browser("bidder:3") as other:
        await opened(place)
        await bid(one, 1_000_000, "b1")
        await other.send({"type": "outcome", "id": "b1"})
        assert (await other.until("unknown", id="b1"))["code"] == "E_NEVER_SEEN"


async def test_a_viewer_who_comes_back_gets_what_he_lacks_and_nothing_twice() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        async with place.browser() as hall:
            picture = await hall.until("picture")
            await opened(place)
            last = await hall.until("record")
        answers = [await bid(bidder, 1_000_000, "b1")]
        async with place.browser("bidder:3") as other:
            answers.append(await bid(other, 1_050_000, "b3"))
        after = {"epoch": last["epoch"], "seq": last["seq"], "head": last["head"]}
        async with place.browser(after=after) as hall:
            seen = [await hall.until("record")]
            while seen[-1]["seq"] < answers[-1]["seq"]:
                seen.append(await hall.until("record"))
        assert seen[0]["prev"] == last["seq"]
        assert [one["prev"] for one in seen[1:]] == [one["seq"] for one in seen[:-1]]
        assert picture["seq"] < seen[0]["seq"]


@pytest.mark.parametrize(
    "after",
    [
        {"epoch": 0, "seq": 3, "head": "0" * 64},
        {"epoch": 1, "seq": 3, "head": "0" * 64},
        {"epoch": 1, "seq": 999, "head": "0" * 64},
    ],
    ids=["old epoch", "other history", "ahead of the house"],
)
async def test_a_viewer_of_another_history_is_told_and_gets_a_new_picture(after: dict[str, Any]) -> None:
    async with saleroom() as place, place.browser(after=after) as hall:
        assert (await hall.until("notice"))["code"] == "E_RESYNC_REQUIRED"
        picture = await hall.until("picture")
        assert picture["epoch"] == 1
        assert picture["seq"] == place.hub.seq


async def test_a_viewer_too_far_behind_gets_a_new_picture() -> None:
    async with saleroom(settings=HubSettings(frames_max=2)) as place:
        async with place.browser() as hall:
            picture = await hall.until("picture")
        async with place.browser("bidder:1") as one, place.browser("bidder:3") as other:
            await opened(place)
            for turn in range(6):
                await bid(one if turn % 2 else other, 1_000_000 + turn * 50_000, f"b{turn}")
        after = {"epoch": 1, "seq": picture["seq"], "head": picture["head"]}
        async with place.browser(after=after) as hall:
            assert (await hall.until("notice"))["code"] == "E_RESYNC_REQUIRED"
            assert (await hall.until("picture"))["parts"]["block"]["price_fen"] == 1_250_000


BAD_FRAMES = [
    (b"", "E_FRAME_NOT_JSON"),
    (b"\xef\xbb\xbf{}", "E_FRAME_NOT_JSON"),
    (b"\xff\xfe", "E_FRAME_NOT_JSON"),
    (b'{"id":"x"} trailing', "E_FRAME_NOT_JSON"),
    (b"[" * 17 + b"]" * 17, "E_JSON_TOO_DEEP"),
    (b'{"amount_fen":1,"id":"x","id":"y","lot":1,"type":"bid"}', "E_JSON_NOT_CANONICAL"),
    (b'{"amount_fen": 1,"id":"x","lot":1,"type":"bid"}', "E_JSON_NOT_CANONICAL"),
    (b'{"id":"\\u0078","type":"outcome"}', "E_JSON_NOT_CANONICAL"),
    (b'{"amount_fen":1,"id":"x","lot":1,"note":"hi","type":"bid"}', "E_SCHEMA_UNKNOWN_FIELD"),
    (b'{"id":"x","type":"bribe"}', "E_SCHEMA_UNKNOWN_FIELD"),
    (b'{"id":"x","lot":1,"type":"bid"}', "E_SCHEMA_INVALID"),
    (b'{"amount_fen":1.0,"id":"x","lot":1,"type":"bid"}', "E_AMOUNT_NOT_INTEGER_FEN"),
    (b'{"amount_fen":true,"id":"x","lot":1,"type":"bid"}', "E_AMOUNT_NOT_INTEGER_FEN"),
    (b'{"amount_fen":"100","id":"x","lot":1,"type":"bid"}', "E_AMOUNT_NOT_INTEGER_FEN"),
    ('{"amount_fen":"１００","id":"x","lot":1,"type":"bid"}'.encode(), "E_AMOUNT_NOT_INTEGER_FEN"),
    (b'{"amount_fen":0,"id":"x","lot":1,"type":"bid"}', "E_AMOUNT_OUT_OF_RANGE"),
    (b'{"amount_fen":-1,"id":"x","lot":1,"type":"bid"}', "E_AMOUNT_OUT_OF_RANGE"),
    (b'{"amount_fen":10000000000001,"id":"x","lot":1,"type":"bid"}', "E_AMOUNT_OUT_OF_RANGE"),
    (b'{"amount_fen":18446744073709551616,"id":"x","lot":1,"type":"bid"}', "E_AMOUNT_OUT_OF_RANGE"),
]


@pytest.mark.parametrize(("raw", "code"), BAD_FRAMES)
async def test_a_bad_frame_is_refused_with_its_code_and_never_recorded(raw: bytes, code: str) -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        before = place.hub.seq
        await bidder.send_raw(raw)
        refused = await bidder.until("refused")
        assert refused["code"] == code
        assert refused["zh"]
        assert refused["en"]
        assert place.room.clerk.memory.seq == before


async def test_the_third_unreadable_frame_closes_with_1007() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        for _ in range(3):
            await bidder.send_raw(b"nonsense")
        assert await bidder.end() == 1007


async def test_a_frame_of_16_kib_and_one_byte_closes_with_1009() -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder:
        await bidder.send_raw(b" " * (16 * 1024 + 1))
        assert (await bidder.until("refused"))["code"] == "E_FRAME_TOO_BIG"
        assert await bidder.end() == 1009


async def test_a_viewer_who_says_nothing_is_turned_away() -> None:
    async with saleroom(sockets=SocketSettings(hello_s=0.1)) as place, place.browser(hello=False) as viewer:
        assert (await viewer.until("refused"))["code"] == "E_HELLO_EXPECTED"
        assert await viewer.end() == 4408


async def test_a_viewer_without_a_hello_is_turned_away() -> None:
    async with saleroom() as place, place.browser(hello=False) as viewer:
        await viewer.send({"type": "time", "t0": 1})
        assert await viewer.end() == 4408


async def test_a_used_ticket_is_turned_away_with_4409() -> None:
    async with saleroom() as place, place.browser(hello=False) as viewer:
        await viewer.send({"type": "hello", "protocol": 1, "ticket": "bad"})
        assert (await viewer.until("refused"))["code"] == "E_TICKET_USED"
        assert await viewer.end() == 4409


async def test_the_public_may_look_but_not_bid() -> None:
    async with saleroom() as place, place.browser() as hall:
        await hall.send({"type": "bid", "id": "x", "lot": 1, "amount_fen": 1_000_000})
        assert (await hall.until("refused", id="x"))["code"] == "E_NOT_AUTHORISED"
        assert place.room.clerk.memory.seq == place.hub.seq


async def test_too_many_requests_are_refused_and_not_recorded() -> None:
    async with saleroom(wait_ms=70) as place, place.browser("bidder:1") as bidder:
        before = place.hub.seq
        await bidder.send({"type": "bid", "id": "x", "lot": 1, "amount_fen": 1_000_000})
        refused = await bidder.until("refused", id="x")
        assert refused["code"] == "E_RATE_LIMITED"
        assert refused["detail"]["after_ms"] == 70
        assert place.room.clerk.memory.seq == before


async def test_presence_is_for_the_rostrum_only() -> None:
    async with (
        saleroom() as place,
        place.browser("auctioneer:1") as rostrum,
        place.browser("bidder:1"),
        place.browser() as hall,
    ):
        with trio.fail_after(LIMIT_S):
            while (await rostrum.until("presence"))["online"] != [1]:
                pass
        assert not any(frame["type"] == "presence" for frame in hall.frames)


class StuckJournal:
    """Keeps nothing until it is let go."""

    def __init__(self) -> None:
        self._inner = a_memory_journal()
        self.identity = self._inner.identity
        self.stuck = False
        self.free = trio.Event()

    def history(self) -> Any:
        return self._inner.history()

    async def append(self, records: Any, commit: Any) -> None:
        if self.stuck:
            await self.free.wait()
        await self._inner.append(records, commit)

    async def read(self, after: int, limit: int) -> Any:
        return await self._inner.read(after, limit)

    def spine(self, until: int) -> Any:
        return self._inner.spine(until)

    def epochs(self) -> Any:
        return self._inner.epochs()

    def close(self) -> None:
        pass


async def test_an_undecided_bid_is_called_unknown_within_2_s_and_answered_afterwards() -> None:
    journal = StuckJournal()
    settings = HubSettings(unknown_after_s=0.2)
    async with saleroom(journal=journal, settings=settings) as place, place.browser("bidder:1") as bidder:
        await opened(place)
        journal.stuck = True
        await bidder.send({"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000})
        unknown = await bidder.until("unknown", id="b1")
        assert unknown["code"] == "E_UNKNOWN_OUTCOME"
        assert unknown["retry"] == "same_id"
        journal.free.set()
        assert (await bidder.until("answer", id="b1"))["outcome"]["accepted"]


def test_socket_settings_let_go_of_a_stalled_reader_within_5_s() -> None:
    settings = SocketSettings()
    assert max(settings.silent_s_max, settings.stalled_s_max) + 0.5 <= 5


async def test_a_fault_of_ours_costs_one_browser_its_connection_and_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with saleroom() as place, place.browser("bidder:1") as bidder, place.browser("bidder:3") as other:
        await opened(place)
        [door, *_] = [door for door in place.doors if door.principal == "bidder:1"]
        door.broken = True
        await bidder.send({"type": "time", "t0": 1})
        await bidder.end()
        assert "let go" in caplog.text
        answer = await bid(other, 1_000_000, "b1")
        assert answer["outcome"]["accepted"]


async def test_a_viewer_who_floods_is_let_go_and_the_others_are_served() -> None:
    settings = SocketSettings(frames_per_s_max=50)
    async with saleroom(sockets=settings) as place, place.browser("bidder:1") as bidder, place.browser() as flooder:
        await opened(place)
        for _ in range(60):
            flooder.protocol.send_ping(b"")
        with suppress(trio.BrokenResourceError):
            await flooder._flush()
            await flooder.end()
        with trio.fail_after(LIMIT_S):
            while len(place.reactor) > 1:  # noqa: ASYNC110 - looked at from outside
                await trio.sleep(0.01)
        assert (await bid(bidder, 1_000_000, "b1"))["outcome"]["accepted"]


async def test_signs_of_life_count_as_frames_and_may_come_within_a_message() -> None:
    settings = SocketSettings(frames_per_s_max=50)
    pong, time = b"\x8a\x80\x01\x02\x03\x04", b'{"t0":1,"type":"time"}'
    async with saleroom(sockets=settings) as place, place.browser("bidder:1") as bidder, place.browser() as flooder:
        first, rest = time[:5], time[5:]
        for part in (b"\x01" + bytes((0x80 | len(first),)) + bytes(4) + first, pong, pong):
            await bidder.stream.send_all(part)
            await trio.testing.wait_all_tasks_blocked(0.01)
        await bidder.stream.send_all(b"\x80" + bytes((0x80 | len(rest),)) + bytes(4) + rest)
        assert (await bidder.until("time"))["t0"] == 1
        with suppress(trio.BrokenResourceError):
            for _ in range(60):
                await flooder.stream.send_all(pong)
                await trio.testing.wait_all_tasks_blocked(0.001)
        with trio.fail_after(LIMIT_S):
            while len(place.reactor) > 1:  # noqa: ASYNC110 - looked at from outside
                await trio.sleep(0.01)


async def test_a_viewer_who_does_not_heed_his_limit_is_let_go_with_4410() -> None:
    async with saleroom(wait_ms=70) as place, place.browser("bidder:1") as bidder:
        for turn in range(60):
            await bidder.send({"type": "outcome", "id": f"x{turn}"})
        assert await bidder.end() == 4410


async def test_a_picture_longer_than_the_outbox_reaches_a_bidder_on_a_slow_link() -> None:
    settings = SocketSettings(outbox_bytes_max=2048, sndbuf_bytes=4096)
    async with saleroom(sockets=settings, lots=300) as place, place.browser(hello=False) as bidder:
        await bidder.send({"type": "hello", "protocol": 1, "ticket": "bidder:1"})
        await bidder.send({"type": "time", "t0": 1})
        await trio.sleep(0.2)
        with trio.fail_after(LIMIT_S):
            picture = await bidder.until("picture")
            assert len(picture["parts"]) > 300
            await bidder.until("mine")
            await bidder.until("time")
