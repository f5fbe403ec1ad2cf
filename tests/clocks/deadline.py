"""
P6 in full: bids stamped at every millisecond about the end, each so long on its way to the clerk.

A virtual sale has a lot for each bid, and all end at one instant. Between the stamp and the clerk lies a delay, so that bids overtake
each other on the way.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import trio
import trio.testing

from engine.domain.auction.events import BidPlaced
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import Advance, Extension, ExtensionKind, TimedRules
from engine.domain.units import LotNo, Nanoseconds
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from tests.clocks.machine import FAULTS, Fault, Machine
from tests.clocks.scene import OPENING, announcement, bid, house_at_work, open_sale, state_of, wrong_times
from tests.journal.books import IDENTITY
from tests.nightly.telling import finish, progress, sized
from tests.room.scene import SECOND

MS: Final = 1_000_000
WINDOW_S, GRACE_MS = 5, 300
TIMED: Final = TimedRules(
    free=Nanoseconds(0),
    window=Nanoseconds(WINDOW_S * SECOND),
    grace=Nanoseconds(GRACE_MS * MS),
    extension=Extension(kind=ExtensionKind.NONE),
    advance=Advance.TOGETHER,
)

Case = tuple[int, int]
"""A stamp, in ms from the end, and the delay between it and the clerk, in ms."""

OFFSETS: Final = range(-1000, 1001)
DELAYS: Final = (*range(0, 480, 10), 299, 500)
CASES: Final = len(OFFSETS) * len(DELAYS)


def in_full(offsets: Sequence[int] = OFFSETS) -> Iterator[list[Case]]:
    """Every offset with every delay, as sales: in each an offset occurs once, and the delays are mixed."""
    for turn in range(len(DELAYS)):
        yield [(offset, DELAYS[(at + turn) % len(DELAYS)]) for at, offset in enumerate(offsets)]


def expected(offset: int, delay: int) -> Reason | None:
    """What the rule says, in words of its own: None for accepted."""
    if offset > 0:
        return Reason.AUCTION_CLOSED
    return None if offset + delay <= GRACE_MS else Reason.LATE_TRANSIT


async def held(cases: Sequence[Case], fault: Fault, clock: trio.testing.MockClock) -> list[Record]:
    """The records of a sale with a lot for each of ``cases``; the last are the bids, in the order of taking up."""
    async with house_at_work(MemoryJournal(IDENTITY), Machine(fault), announcement(TIMED, len(cases))) as desk:
        await desk.recorded(open_sale())
        end = state_of(desk.room).lots[LotNo(1)].closes_at
        assert end is not None
        arrivals = sorted((offset + delay, lot, offset) for lot, (offset, delay) in enumerate(cases, 1))
        for arrival, together in groupby(arrivals, key=lambda each: each[0]):
            clock.jump((end + arrival * MS - desk.room.clock.now()) / SECOND)
            await trio.testing.wait_all_tasks_blocked()
            for _, lot, offset in together:
                desk.hand_in(bid(f"b{lot}", lot, OPENING), Nanoseconds(end + offset * MS))
            await trio.testing.wait_all_tasks_blocked()
        clock.jump(2)
        await trio.testing.wait_all_tasks_blocked()
        return desk.follower.records


def hold(cases: Sequence[Case], fault: Fault = FAULTS["none"]) -> list[Record]:
    clock = trio.testing.MockClock()
    records: list[Record] = trio.run(held, cases, fault, clock, clock=clock)
    return records


def decided(records: Sequence[Record]) -> dict[str, Reason | None]:
    """Each bid and why it was refused; None if it was not."""
    found: dict[str, Reason | None] = {}
    for record in records:
        if record.command_id.startswith("b"):
            outcome = record.outcome
            if isinstance(outcome, Refusal):
                found[record.command_id] = Reason(outcome.reason)
            else:
                assert isinstance(outcome[0], BidPlaced)
                found[record.command_id] = None
    return found


def wrong(cases: Sequence[Case], records: Sequence[Record]) -> list[str]:
    """Where ``records`` do not say what the rule says of ``cases``."""
    found = decided(records)
    assert len(found) == len(cases)
    return [
        f"offset {offset} ms, delay {delay} ms: {found[f'b{lot}']}"
        for lot, (offset, delay) in enumerate(cases, 1)
        if found[f"b{lot}"] != expected(offset, delay)
    ] + wrong_times(records, TIMED)


def matrix(size: int, say: Callable[[str], None]) -> dict[str, Any]:
    """About ``size`` cases, spread over the matrix. The figures."""
    offsets = sorted({*OFFSETS[:: max(1, round(CASES / size))], -1, 0, 1})
    tried, bad, accepted = 0, [], 0
    for turn, cases in enumerate(in_full(offsets), 1):
        records = hold(cases)
        bad += wrong(cases, records)
        accepted += sum(reason is None for reason in decided(records).values())
        tried += len(cases)
        say(f"{tried} cases in {turn} sales, {len(bad)} wrong")
    for words in bad[:10]:
        say(words)
    return {"cases": tried, "accepted": accepted, "wrong": len(bad)}


def main(arguments: Sequence[str]) -> int:
    figures = matrix(sized("tests.clocks.deadline", CASES, arguments), progress)
    return finish(["P6"], figures, passed=not figures["wrong"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
