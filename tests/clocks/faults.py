"""
P6 while the machine's clock goes wrong: set, slewed, frozen, a second told twice, asleep.

House time goes by a clock nobody sets, so nothing is decided otherwise than on a good machine. What people's own clocks say no longer
agrees with the house, and so a jump suspends a timed sale and the screens say why.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import trio
import trio.testing

from engine.domain.auction.commands import Cause, ResumeSale
from engine.domain.auction.events import BiddingClosed, SaleResumed, SaleSuspended
from engine.domain.auction.state import SalePhase
from engine.domain.auction.views import Audience, picture
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import LotNo, Nanoseconds
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from tests.clocks.deadline import DELAYS, MS, TIMED, WINDOW_S, Case, decided, expected, hold
from tests.clocks.machine import FAULTS, Fault, Machine
from tests.clocks.scene import (
    AUCTIONEER,
    OPENING,
    announcement,
    bid,
    house_at_work,
    open_sale,
    state_of,
    wrong_times,
)
from tests.journal.books import IDENTITY
from tests.nightly.telling import finish, progress, sized
from tests.room.scene import SECOND, Desk

LOTS: Final = 20
NOTICED_WITHIN_S: Final = 3
SALES: Final = 17_000
PEOPLE: Final = (Audience.PUBLIC, Audience.BIDDER, Audience.ROSTRUM)


@dataclass
class Held:
    """A sale that was held, and what its screens said when it was suspended."""

    records: list[Record] = field(default_factory=list)
    suspended: bool = False
    screens: list[dict[str, Any]] = field(default_factory=list)


async def held(cases: Sequence[Case], fault: Fault, rests_s: float, clock: trio.testing.MockClock) -> Held:
    """The sale of ``tests.clocks.deadline`` on a bad machine, resumed once if the house suspends it."""
    found = Held()
    async with house_at_work(MemoryJournal(IDENTITY), Machine(fault), announcement(TIMED, len(cases))) as desk:
        await desk.recorded(open_sale())
        begin = desk.room.clock.now()
        end = state_of(desk.room).lots[LotNo(1)].closes_at
        assert end is not None
        for arrival, lot, offset in sorted(
            (offset + delay, lot, offset) for lot, (offset, delay) in enumerate(cases, 1)
        ):
            await _go_on_until(desk, clock, Nanoseconds(end + arrival * MS))
            desk.hand_in(bid(f"b{lot}", lot, OPENING), Nanoseconds(end + offset * MS))
            await trio.testing.wait_all_tasks_blocked()
        noticed = round((fault.begins_s + NOTICED_WITHIN_S) * SECOND)
        await _go_on_until(desk, clock, Nanoseconds(begin + max(noticed, (WINDOW_S + NOTICED_WITHIN_S) * SECOND)))
        found.suspended = state_of(desk.room).phase is SalePhase.SUSPENDED
        if found.suspended:
            found.screens = [picture(state_of(desk.room), audience)["sale"] for audience in PEOPLE]
            clock.jump(rests_s)
            await trio.testing.wait_all_tasks_blocked()
            await desk.recorded(ResumeSale(command_id="resume", by=AUCTIONEER))
            await _go_on_until(desk, clock, Nanoseconds(desk.room.clock.now() + 2 * WINDOW_S * SECOND))
        found.records = desk.follower.records
    return found


async def _go_on_until(desk: Desk, clock: trio.testing.MockClock, instant: Nanoseconds) -> None:
    """Let time pass in pieces, so that the house looks at its clock as often as it does."""
    while (left := instant - desk.room.clock.now()) > 0:
        clock.jump(min(left / SECOND, 0.5))
        await trio.testing.wait_all_tasks_blocked()


def trial(fault: Fault, seed: int) -> tuple[Held, list[str]]:
    """One sale, and what is wrong with it."""
    dice = random.Random(seed)
    cases = [(dice.randint(-1000, 1000), dice.choice(DELAYS)) for _ in range(LOTS)]
    later = fault.later(round(dice.uniform(0.1, 7), 3))
    clock = trio.testing.MockClock()
    found: Held = trio.run(held, cases, later, dice.uniform(0, 100), clock, clock=clock)
    bad = wrong_times(found.records, TIMED)
    if found.suspended != fault.noticed:
        bad.append(f"suspended: {found.suspended}")
    for screen in found.screens:
        said = str(screen["suspended"])
        if screen["suspended_by"] != Cause.CLOCK or "时钟" not in said or "clock" not in said:
            bad.append(f"a screen says {screen['suspended_by']}, {said!r}")
    if fault.noticed:
        bad += _decided_wrongly(cases, found.records)
    elif decided(found.records) != decided(hold(cases)):
        bad.append("decided otherwise than on a good machine")
    return found, bad


def _decided_wrongly(cases: Sequence[Case], records: Sequence[Record]) -> list[str]:
    """Bids are decided as they stand in the journal to ends and suspensions."""
    bad, closed, resting = [], set(), False
    for record in records:
        if record.command_id.startswith("b"):
            lot = int(record.command_id[1:])
            offset, delay = cases[lot - 1]
            why = Reason(record.outcome.reason) if isinstance(record.outcome, Refusal) else None
            should = Reason.AUCTION_PAUSED if resting else expected(offset, delay)
            if lot in closed and not resting and offset <= 0:
                should = Reason.LATE_TRANSIT
            if why != should:
                bad.append(f"offset {offset} ms, delay {delay} ms: {why}, not {should}")
        if isinstance(record.outcome, Refusal):
            continue
        for event in record.outcome:
            if isinstance(event, BiddingClosed):
                closed.add(event.lot)
            elif isinstance(event, SaleSuspended | SaleResumed):
                resting = isinstance(event, SaleSuspended)
    return bad


def all_faults(sales: int, say: Callable[[str], None]) -> dict[str, Any]:
    """So many sales, as many with each fault. The figures."""
    seeds = max(1, round(sales / len(FAULTS)))
    counts: Counter[str] = Counter()
    for name, fault in FAULTS.items():
        for seed in range(seeds):
            found, bad = trial(fault, seed)
            counts.update(sales=1, bids=LOTS, suspended=found.suspended, wrong=len(bad))
            for words in bad[:3]:
                say(f"{name}, seed {seed}: {words}")
        say(f"{name}: {seeds} sales, {counts['wrong']} wrong so far")
    return {"faults": len(FAULTS), **counts}


def main(arguments: Sequence[str]) -> int:
    sales = sized("tests.clocks.faults", SALES, arguments)
    figures = all_faults(sales, progress)
    return finish(
        ["P6", "P7"], figures, passed=not figures["wrong"], seeds=f"0-{max(1, round(sales / len(FAULTS))) - 1}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
