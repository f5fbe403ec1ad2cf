"""
P7: whatever interrupts a timed sale in its last seconds, bidding goes on with a whole window at least.

A seed makes a sale: its times, its kind of extension, its lots, bids; and what interrupts it one to three times in the last 20 s
before an end: an officer, the supervisor, a crash, or a jump of the machine's clock.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import trio
import trio.testing

from engine.domain.auction import commands as to
from engine.domain.auction.events import HammerFell
from engine.domain.auction.state import Auction, LotPhase, SalePhase
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import Advance, Extension, ExtensionKind, TimedRules
from engine.domain.units import Fen, Nanoseconds
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.room.recovery import recover, retrace
from tests.clocks.machine import Machine, step
from tests.clocks.scene import (
    AUCTIONEER,
    OPENING,
    PADDLES,
    STEP,
    announcement,
    bid,
    house_at_work,
    open_sale,
    put_up,
    state_of,
    wrong_times,
)
from tests.journal.books import IDENTITY
from tests.nightly.telling import finish, progress
from tests.room.scene import SECOND, Desk

SEEDS: Final = 10_000
LAST_S: Final = 20.0
WAYS: Final = ("officer", "supervisor", "crash", "clock")
SUPERVISOR: Final = Principal("supervisor:1")


def a_sheet(dice: random.Random) -> TimedRules:
    """Times of a sale: a window that is longer than the last seconds, and any way to extend it."""
    kind = dice.choice(tuple(ExtensionKind))
    by = Nanoseconds(dice.randint(1, 30) * SECOND)
    moves = kind not in {ExtensionKind.NONE, ExtensionKind.PRICE_WINDOW}
    extension = Extension(
        kind=kind,
        within=Nanoseconds(dice.randint(1, 30) * SECOND),
        by=by,
        cap=Nanoseconds(dice.randint(1, 60) * SECOND) if moves and dice.random() < 0.3 else None,
        count_max=dice.randint(1, 3) if moves and dice.random() < 0.3 else None,
        shrink=Nanoseconds(SECOND),
        least=Nanoseconds(SECOND),
        reach=Fen(10 * STEP) if kind is ExtensionKind.PRICE_WINDOW else None,
    )
    return TimedRules(
        free=Nanoseconds(dice.randint(0, 10) * SECOND),
        window=Nanoseconds(dice.randint(21, 60) * SECOND),
        extension=extension,
        advance=Advance.TOGETHER if kind is ExtensionKind.SHRINKING else dice.choice(tuple(Advance)),
        pause=Nanoseconds(SECOND),
    )


@dataclass
class Trial:
    """One sale, from its seed."""

    seed: int
    journal: MemoryJournal = field(default_factory=lambda: MemoryJournal(IDENTITY))
    clock: trio.testing.MockClock = field(default_factory=trio.testing.MockClock)
    machine: Machine = field(default_factory=Machine)
    ways: list[str] = field(default_factory=list)
    """How it was interrupted."""

    resumed_lots: int = 0
    bad: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.timed = a_sheet(self.dice)
        self.lots = self.dice.randint(1, 3)
        self._asked = 0
        self._off_s = 0.0

    async def run(self) -> None:
        """Hold it to its end."""
        announced: to.AnnounceSale | None = announcement(self.timed, self.lots)
        interruptions = self.dice.randint(1, 3)
        over = False
        while not over:
            async with house_at_work(self.journal, self.machine, announced) as desk:
                announced = None
                while len(self.ways) < interruptions and await self._begin(desk):
                    if await self._interrupt(desk) == "crash":
                        break
                else:
                    await self._begin(desk)
                    await self._to_the_end(desk)
                    over = True
        self._judge()

    async def _begin(self, desk: Desk) -> bool:
        """Bring the sale to where lots are open: opened, or resumed after what happened to it. Whether any is."""
        state = state_of(desk.room)
        if state.phase is SalePhase.PLANNED:
            await desk.recorded(open_sale())
            if self.timed.advance is Advance.BY_HAND:
                for number in range(1, self.lots + 1):
                    await desk.ask(put_up(number))
                    await self._pass(self.dice.uniform(0, 3))
            elif self.timed.advance is Advance.ONE_AFTER_ANOTHER:
                await self._pass(self.timed.pause / SECOND + 0.1)
        elif state.phase is SalePhase.SUSPENDED:
            await self._pass(self.dice.choice([0, self.dice.uniform(0, 60), self.dice.uniform(0, 7200)]))
            self.resumed_lots += sum(lot.phase is LotPhase.OPEN for lot in state.lots.values())
            record = await desk.recorded(to.ResumeSale(command_id=self._id("resume"), by=AUCTIONEER))
            for lot in state.lots.values():
                if lot.phase is LotPhase.OPEN:
                    assert lot.closes_at is not None
                    left = lot.closes_at - record.arrived_at
                    if left < self.timed.window:
                        self.bad.append(f"lot {lot.number} goes on with {left / SECOND} s")
        return bool(state.open_lots)

    async def _interrupt(self, desk: Desk) -> str:
        """Let time pass to the last seconds of a lot, with bids, and interrupt the sale there. In which way."""
        state = state_of(desk.room)
        with_bids = self.dice.random() < 0.7
        first = min(end for lot in state.opened() if (end := lot.closes_at) is not None)
        left_s = self.dice.choice([self.dice.uniform(0, LAST_S), self.dice.uniform(0, 0.01), 0.0])
        await self._pass((first - desk.room.clock.now()) / SECOND - LAST_S)
        if with_bids:
            await self._bid(desk, state)
        await self._pass((first - desk.room.clock.now()) / SECOND - left_s)
        way = self.dice.choice(WAYS)
        self.ways.append(way)
        if way == "officer":
            await desk.ask(to.SuspendSale(command_id=self._id("suspend"), by=AUCTIONEER, reason="停电"))
        elif way == "supervisor":
            await desk.ask(to.SuspendSale(command_id=self._id("stop"), by=SUPERVISOR, reason="监拍"))
        elif way == "clock":
            self._set_clock()
            await self._pass(2)  # the house looks every second
        elif self.dice.random() < 0.5:
            self._set_clock()  # while it was down
        return way

    def _set_clock(self) -> None:
        self._off_s += self.dice.choice([-1, 1]) * self.dice.uniform(2, 3600)
        self.machine.fault = step(self._off_s)

    async def _bid(self, desk: Desk, state: Auction) -> None:
        for lot in list(state.opened()):
            leading = lot.leading
            paddle = PADDLES[0] if leading is None or leading.paddle != PADDLES[0] else PADDLES[1]
            amount = OPENING if leading is None else leading.amount + STEP
            await desk.ask(bid(self._id("bid"), lot.number, amount, paddle))

    async def _to_the_end(self, desk: Desk) -> None:
        """Let every lot end by itself. A bid at the very end of each is in time."""
        state = state_of(desk.room)
        for _ in range(100):
            if state.phase is SalePhase.SUSPENDED:  # noticed only now
                await self._begin(desk)
            ends = [end for lot in state.opened() if (end := lot.closes_at) is not None]
            if not ends:
                waits = any(lot.phase is LotPhase.WAITING for lot in state.lots.values())
                if self.timed.advance is Advance.BY_HAND or not waits:
                    return
                await self._pass(0.5)
                continue
            await self._pass((min(ends) - desk.room.clock.now()) / SECOND)
            at = desk.room.clock.now()
            for lot in [lot for lot in state.opened() if lot.closes_at == at and lot.leading is None]:
                answer = await desk.ask(bid(self._id("last"), lot.number, OPENING))
                if not isinstance(answer, Record) or isinstance(answer.outcome, Refusal):
                    self.bad.append(f"lot {lot.number}: a bid at its very end was not taken")
            await self._pass(self.timed.grace / SECOND + 0.001)
        self.bad.append("it does not end")

    async def _pass(self, seconds: float) -> None:
        """Let time pass."""
        while seconds > 0:
            self.clock.jump(min(seconds, 10))
            seconds -= 10
            await trio.testing.wait_all_tasks_blocked()

    def _id(self, what: str) -> str:
        self._asked += 1
        return f"{what}-{self._asked}"

    def _judge(self) -> None:
        records = [record for record, _ in retrace(self.journal)]
        self.bad += wrong_times(records, self.timed)
        state = recover(self.journal)[0].state
        assert isinstance(state, Auction)
        sold = sum(
            isinstance(event, HammerFell)
            for record in records
            if not isinstance(record.outcome, Refusal)
            for event in record.outcome
        )
        if sold != sum(lot.phase is LotPhase.SOLD for lot in state.lots.values()):
            self.bad.append("a lot was sold twice")


def tried(seed: int) -> Trial:
    """The sale of ``seed``, held."""
    trial = Trial(seed)
    trio.run(trial.run, clock=trial.clock)
    return trial


def many(seeds: range, say: Callable[[str], None]) -> dict[str, Any]:
    """The sales of all ``seeds``. The figures."""
    counts: Counter[str] = Counter({"resumed_lots": 0, "wrong": 0, **{f"by_{way}": 0 for way in WAYS}})
    for seed in seeds:
        trial = tried(seed)
        counts.update(
            interruptions=len(trial.ways), resumed_lots=trial.resumed_lots, wrong=len(trial.bad),
            **Counter(f"by_{way}" for way in trial.ways),
        )  # fmt: skip
        for words in trial.bad[:3]:
            say(f"seed {seed}: {words}")
        if seed % 500 == 499:
            say(f"{seed + 1 - seeds.start} sales, {counts['wrong']} wrong")
    return {"sales": len(seeds), **counts}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.clocks.windows")
    parser.add_argument("--nightly", action="store_true", help="as the nightly runner asks for it")
    parser.add_argument("--size", type=int, default=SEEDS, help="how many seeds, from 0 on")
    parser.add_argument("--seed", type=int, help="try this one alone, and tell the sale")
    asked = parser.parse_args(arguments)
    if asked.seed is not None:
        trial = tried(asked.seed)
        for record, _ in retrace(trial.journal):
            progress(f"{record.seq} {record.arrived_at} {record.command_id} {record.outcome}")
        progress(f"{trial.timed}")
    seeds = range(asked.size) if asked.seed is None else range(asked.seed, asked.seed + 1)
    figures = many(seeds, progress)
    return finish(["P7"], figures, passed=not figures["wrong"], seeds=f"{seeds.start}-{seeds.stop - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
