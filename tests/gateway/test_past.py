"""What the public saw at an earlier record: exactly that, whatever has happened since, and at a bounded cost."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import trio
from hypothesis import given, settings
from trio.testing import MockClock

from engine.domain.rulesheet import RuleSheet
from engine.gateway.limits import LimitSettings, Refused
from engine.gateway.past import PAGE, Past, PastSettings
from engine.journal.base import Pages as JournalPages
from engine.wire.refusals import Fault
from tests.articles import article
from tests.domain.auction.random_sale import MOVES, Move, sheets
from tests.gateway.doorstep import RECORDS, STILL_READING_US, Pages, pages
from tests.gateway.saleroom import SALE, Saleroom, saleroom
from tests.gateway.test_figures import a_lot_is_sold
from tests.gateway.test_leaks import SALE as RANDOM
from tests.gateway.test_leaks import Hall

WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Pages]:
    async with pages(tmp_path, WEB) as house:
        yield house


# What is shown.


def said(heard: list[bytes]) -> Iterator[dict[str, Any]]:
    """The JSON objects in what a browser was given, alone or as frames on end."""
    for given_ in heard:
        rest = given_
        while rest:
            if rest[:1] == b"{":
                yield orjson.loads(rest)
                break
            head = {126: 4, 127: 10}.get(rest[1], 2)
            length = rest[1] if head == 2 else int.from_bytes(rest[2:head], "big")
            yield orjson.loads(rest[head : head + length])
            rest = rest[head + length :]


def shown(heard: list[bytes]) -> dict[int, Any]:
    """What stood on a screen after each record that changed it."""
    parts: dict[str, Any] = {}
    by_seq: dict[int, Any] = {}
    for frame in said(heard):
        if frame["type"] in {"picture", "record"}:
            parts = frame["parts"] if frame["type"] == "picture" else {**parts, **frame["parts"]}
            by_seq[frame["seq"]] = parts
    return by_seq


@article("20")
@settings(max_examples=20)
@given(sheets(), MOVES)
def test_the_past_is_shown_as_the_public_was_shown_it_then_whatever_has_been_lifted_since(
    sheet: RuleSheet, moves: list[Move]
) -> None:
    clock = MockClock()

    async def held() -> None:
        hall = Hall(sheet, clock)
        await hall.open()
        await hall.hold(moves)
        past = Past({RANDOM: hall.hub}, {RANDOM: hall.room.journal}, PastSettings(keep_every=5, kept_max=3))
        then = shown(hall.seats[None].heard)
        there_and_back = [*sorted(then)[::3], *sorted(then, reverse=True)]
        for seq in there_and_back:
            found = orjson.loads(await past.at(RANDOM, seq) or b"")
            assert found["parts"] == then[seq], seq
            assert (found["seq"], found["head"]) == (seq, digest_of(hall, seq))

    trio.run(held, clock=clock)


def digest_of(hall: Hall, seq: int) -> str:
    [digest] = [record.digest.hex() for record in hall.records if record.seq == seq] or [hall.room.opened.head.hex()]
    return digest


async def test_an_instant_leads_to_the_last_record_made_at_or_before_it(mock_clock: MockClock) -> None:
    async with saleroom() as room:
        await a_lot_is_sold(room)
        past = of(room)
        kept = (await room.room.journal.read(0, 500)).records
        for record in kept[-5:]:
            at_us = record.recorded_at // 1000
            last = max(each.seq for each in kept if each.recorded_at // 1000 <= at_us)
            found = orjson.loads(await past.at_instant(SALE, at_us) or b"")
            assert (found["seq"], found["at_us"]) == (last, at_us)
            assert found["arrived_us"] == kept[last - 1].arrived_at // 1000
        assert await past.at_instant(SALE, kept[0].recorded_at // 1000 - 1) is None


async def test_nothing_is_shown_of_a_record_that_is_not_on_the_record(mock_clock: MockClock) -> None:
    async with saleroom() as room:
        past = of(room)
        assert await past.at(SALE, room.hub.seq) is not None
        assert await past.at(SALE, room.hub.seq + 1) is None
        assert await past.at("other", 1) is None
        assert await past.at_instant("other", 1) is None


# What it costs.


async def at_once(work: Callable[[], Any]) -> Any:
    """Without a thread, which a clock that jumps would not wait for."""
    await trio.lowlevel.checkpoint()
    return work()


def of(room: Saleroom, kept: Any = None, settings: PastSettings | None = None) -> Past:
    return Past({SALE: room.hub}, {SALE: kept or room.room.journal}, settings or PastSettings(), at_once)


class SlowJournal:
    """Reads four records in the time a question waits for two pages."""

    def __init__(self, kept: Any, page_s: float) -> None:
        self.kept, self.page_s, self.read_from = kept, page_s, list[int]()

    async def read(self, after: int, limit: int) -> JournalPages:
        assert limit <= PAGE
        self.read_from.append(after)
        await trio.sleep(self.page_s)
        page: JournalPages = await self.kept.read(after, min(limit, 4))
        return page


async def test_a_question_that_takes_long_is_told_to_come_back_and_gets_there(autojump_clock: MockClock) -> None:
    wait_s = PastSettings().wait_s
    async with saleroom(paddles=24) as room:
        slow = SlowJournal(room.room.journal, wait_s * 0.3)
        past = of(room, slow)
        told = []
        for _ in range(20):
            asked_at = trio.current_time()
            try:
                found = await past.at(SALE, room.hub.seq)
            except Refused as refused:
                told.append((refused.fault, refused.detail["after_ms"]))
                assert trio.current_time() - asked_at <= wait_s * 1.3
                continue
            break
        assert found is not None
        assert told
        assert set(told) == {(Fault.BUSY, 500)}
        assert slow.read_from == sorted(set(slow.read_from)), "nothing is read twice on the way"


async def test_the_way_back_begins_at_the_nearest_copy_and_the_same_picture_is_made_once(mock_clock: MockClock) -> None:
    async with saleroom(paddles=40) as room:
        counted = SlowJournal(room.room.journal, 0)
        past = of(room, counted, PastSettings(keep_every=5, kept_max=100))
        last = await past.at(SALE, 40)
        counted.read_from.clear()
        assert await past.at(SALE, 18) is not None
        assert counted.read_from == [15]
        assert await past.at(SALE, 40) is last
        assert counted.read_from == [15]


async def test_too_many_questions_at_once_are_refused_and_not_piled_up(mock_clock: MockClock) -> None:
    async with saleroom(paddles=8) as room:
        past = of(room, SlowJournal(room.room.journal, 1), PastSettings(waiting_max=2))
        faults: list[Fault] = []

        async def ask(seq: int) -> None:
            try:
                await past.at(SALE, seq)
            except Refused as refused:
                faults.append(refused.fault)

        async with trio.open_nursery() as nursery:
            for seq in (3, 4, 5, 6):
                nursery.start_soon(ask, seq)
            await trio.testing.wait_all_tasks_blocked()
            assert faults == [Fault.BUSY, Fault.BUSY], "two wait, two are told to come back"
            nursery.cancel_scope.cancel()


# Over HTTP.


async def test_the_past_is_asked_for_by_record_or_by_instant(house: Pages) -> None:
    by_seq = await house.step.ask("GET /api/sales/s1/picture?at=12")
    assert (by_seq.status, by_seq.json["seq"]) == (200, 12)
    assert by_seq.headers["cache-control"] == "no-store"
    by_instant = await house.step.ask("GET /api/sales/s1/picture?at_us=1476495008750864")
    assert (by_instant.status, by_instant.json["seq"]) == (200, 7)
    later = await house.step.ask(f"GET /api/sales/s1/picture?at_us={STILL_READING_US}")
    assert (later.status, later.code, later.json["detail"]) == (503, Fault.BUSY, {"after_ms": 500})


@pytest.mark.parametrize("query", ["at=0", "at=-1", "at=1.0", "at=", "at=x", "at_us=", "at_us=-1", "at=１２"])
async def test_a_moment_that_cannot_be_read_is_refused(house: Pages, query: str) -> None:
    answer = await house.step.ask(f"GET /api/sales/s1/picture?{query}".encode().decode("latin-1"))
    assert (answer.status, answer.code) == (400, Fault.HTTP_MALFORMED)


@pytest.mark.parametrize("path", [f"s1/picture?at={RECORDS + 1}", "s9/picture?at=1", "s9/picture?at_us=1"])
async def test_a_moment_that_there_is_not_is_not_found(house: Pages, path: str) -> None:
    answer = await house.step.ask(f"GET /api/sales/{path}")
    assert (answer.status, answer.code) == (404, Fault.NOT_FOUND)


async def test_the_past_has_a_limit_of_its_own_so_that_the_record_can_still_be_read(tmp_path: Path) -> None:
    async with pages(tmp_path, WEB, limits=LimitSettings(looks_per_s=0.001, looks_burst=1)) as house:
        assert (await house.step.ask("GET /api/sales/s1/picture?at=1")).status == 200
        again = await house.step.ask("GET /api/sales/s1/picture?at=2")
        assert (again.status, again.code) == (429, Fault.RATE_LIMITED)
        assert (await house.step.ask("GET /api/sales/s1/record")).status == 200


async def test_a_code_can_lead_to_one_record(house: Pages) -> None:
    whole, one = [await house.step.ask(f"GET /sales/s1/record.svg{query}") for query in ("", "?seq=12")]
    assert whole.body != one.body
    assert (await house.step.ask("GET /sales/s1/record.svg?seq=x")).code == Fault.HTTP_MALFORMED
