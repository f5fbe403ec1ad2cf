"""
P6 and P19 at an opening while the machine's clock goes wrong at the deadline or in the window: set, slewed, frozen, asleep.

A real clerk on virtual time. Envelopes and halves are stamped about the two ends and are so long on their way; officers and trustees
ask for what is not yet due. Nothing is opened early, nothing that came in time is refused, nothing late is taken, and what is read out
at last is what was sealed.

    python -m tests.clocks.openings --nightly --size 6800       # openings; as many with each fault
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import trio
import trio.testing

from engine.domain.auction.commands import ResumeSale, Title
from engine.domain.auction.events import SaleSuspended
from engine.domain.opening import commands as to
from engine.domain.opening.commands import GivenAnswer, Half
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.proceeding import Command
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from tests.clocks.deadline import DELAYS, MS
from tests.clocks.judge import Judge
from tests.clocks.machine import FAULTS, Fault, Machine
from tests.clocks.scene import house_at_work
from tests.domain.opening.house import HOST, REGISTRAR, priced, sealed, sheet, spelled, tender_of
from tests.domain.opening.remedies import AMOUNTS, answer_of
from tests.journal.books import IDENTITY
from tests.nightly.telling import finish, progress, sized
from tests.room.scene import NOON, SECOND, Desk
from tests.sealing.scene import Envelope

OPENINGS: Final = 6_800
"""In full."""

EARLY, NUMBERS = 305, (4711, 90210, 66, 1001)
"""Who submits long before, so that there is an opening; and who comes about the deadline."""

BEFORE_S: Final = 8
WINDOW_S: Final = 60
GRACE: Final = 300 * MS
LATEST_FAULT_S: Final = BEFORE_S + WINDOW_S
ABOUT: Final = 1_000
"""Milliseconds before and after an end."""


@dataclass
class Play:
    """One opening on one machine."""

    desk: Desk
    machine: Machine
    clock: trio.testing.MockClock
    dice: random.Random
    made: dict[int, Envelope] = field(default_factory=dict)
    yuan: dict[int, int] = field(default_factory=dict)
    asked: int = 0

    @property
    def opening(self) -> Opening:
        state = self.desk.room.clerk.memory.state
        assert isinstance(state, Opening)
        return state

    def command(self, kind: type, by: Principal, **fields: Any) -> Command:
        self.asked += 1
        command: Command = kind(command_id=f"c{self.asked}", by=by, **fields)
        return command

    def host(self, kind: type, **fields: Any) -> Command:
        return self.command(kind, HOST, **fields)

    async def ask(self, kind: type, by: Principal = HOST, **fields: Any) -> Record:
        return await self.desk.recorded(self.command(kind, by, **fields))

    def submit(self, number: int) -> Command:
        made, paddle = self.made[number], PaddleNo(number)
        sent = {"manifest": made.manifest.write().decode(), "signature": made.signature.hex()}
        return self.command(to.SubmitEnvelope, bidder(paddle), bidder=paddle, section="1", **sent)

    def unseal(self, number: int) -> Command:
        half, paddle = self.made[number].sealed.own.hex(), PaddleNo(number)
        return self.command(to.UnsealEnvelope, bidder(paddle), bidder=paddle, section="1", half=half)

    def answers(self, trustee: int, half: Half, numbers: Sequence[int]) -> Iterator[Command]:
        for number in numbers:
            manifest = self.made[number].manifest
            answer = answer_of(manifest.context.suite, trustee, manifest.write().decode(), half)
            given = (GivenAnswer(bidder=PaddleNo(number), section="1", answer=answer),)
            yield self.command(to.GiveAnswers, Principal(f"trustee:{trustee}"), half=half, answers=given)

    async def go_on_until(self, instant: int) -> None:
        """Let time pass in pieces, so that the house looks at its clock as often as it does."""
        while (left := instant - self.desk.room.clock.now()) > 0:
            self.clock.jump(min(left / SECOND, 0.5))
            await trio.testing.wait_all_tasks_blocked()

    async def about(self, end: int, commands: Sequence[Command]) -> None:
        """Each is stamped somewhere about ``end``, and arrives a while later."""
        arrivals = []
        for command in commands:
            stamp = end + self.dice.choice([-1, 0, 1, self.dice.randint(-ABOUT, ABOUT)]) * MS
            arrivals.append((stamp + self.dice.choice(DELAYS) * MS, stamp, command.command_id, command))
        for arrival, stamp, _, command in sorted(arrivals):
            await self.go_on_until(arrival)
            self.desk.hand_in(command, Nanoseconds(stamp))
            await trio.testing.wait_all_tasks_blocked()


async def held(fault: Fault, seed: int, clock: trio.testing.MockClock) -> tuple[list[Record], Play]:
    """An opening to its reading out; its records, and what was sealed."""
    dice = random.Random(seed)
    deadline = Nanoseconds(NOON + BEFORE_S * SECOND)
    rules = sheet(deadline=deadline, unseal_for=Nanoseconds(WINDOW_S * SECOND), remedy=True, bidders_min=1)
    announced = to.AnnounceOpening(
        command_id="announce", by=HOUSE, sale="t1", title=Title(zh="道路工程", en="Road works"), rules=rules
    )
    machine = Machine(fault)
    async with house_at_work(MemoryJournal(IDENTITY), machine, announced, tuple(_registered())) as desk:
        play = Play(desk, machine, clock, dice)
        for number in (EARLY, *NUMBERS):
            play.yuan[number] = dice.choice(AMOUNTS)
            context = tender_of().context(str(number))
            play.made[number] = sealed(context, spelled(priced(play.yuan[number])), remedy=True)
        desk.hand_in(play.submit(EARLY))
        impatient = [
            play.host(to.StartOpening, absent=1),
            play.host(to.PublishList),
            play.host(to.OpenUnsealing),
            play.unseal(EARLY),
            *play.answers(dice.randint(1, 3), Half.HALL, [EARLY]),
        ]
        await play.about(deadline, [*map(play.submit, NUMBERS), *impatient])
        await play.go_on_until(deadline + 2 * SECOND)
        await _begin(play)
        await _window(play)
        await _read_out(play)
        return desk.follower.records, play


def _registered() -> Iterator[Command]:
    for number in (EARLY, *NUMBERS):
        der = tender_of().credential(f"{number} signing").der.hex()
        yield to.RegisterBidder(
            command_id=f"register-{number}",
            by=REGISTRAR,
            bidder=PaddleNo(number),
            name=f"{number}",
            certificate=der,
            key=der,
        )


async def _begin(play: Play) -> None:
    """Whatever of it somebody impatient has not come in time for already."""
    if play.opening.stage is Stage.CLOSED:
        await play.ask(to.StartOpening, absent=play.opening.not_signed_in())
    if play.opening.stage is Stage.STARTED:
        await play.ask(to.PublishList)
    if play.opening.stage is Stage.LISTED:
        await play.ask(to.OpenUnsealing)


async def _window(play: Play) -> None:
    """Bidders hand in their halves about its end; where the house suspends it, once more after it goes on."""
    while play.opening.stage is Stage.UNSEALING:
        assert play.opening.ends_at is not None
        sealed_yet = [each.bidder for each in play.opening.live() if each.own is None]
        early = play.answers(play.dice.randint(1, 3), Half.HALL, [EARLY])
        await play.about(play.opening.ends_at, [*map(play.unseal, sealed_yet), *early, play.host(to.ReadOut)])
        await play.go_on_until(play.desk.room.clock.now() + 2 * SECOND)
        if play.opening.suspension is not None:
            play.machine.fault = FAULTS["none"]  # Somebody puts the clock right, and only then goes on.
            await play.go_on_until(play.desk.room.clock.now() + 3 * SECOND)
            await play.ask(ResumeSale)


async def _read_out(play: Play) -> None:
    """Trustees answer for all, the house opens each, and all are read out."""
    live = [each.bidder for each in play.opening.live()]
    missing = [each.bidder for each in play.opening.live() if each.own is None]
    if missing:
        await play.ask(to.OrderRemedy)
    for trustee in play.dice.sample([1, 2, 3], 2):
        for half, numbers in ((Half.HALL, live), (Half.REMEDY, missing)):
            for command in play.answers(trustee, half, numbers):
                await play.desk.recorded(command)
    for number in live:
        content = spelled(priced(play.yuan[number]))
        await play.ask(to.OpenSheet, HOUSE, bidder=number, section="1", content=content)
    await play.ask(to.ReadOut)


def wrong(records: Sequence[Record], play: Play, fault: Fault) -> list[str]:
    """What is wrong with an opening that was held under ``fault``."""
    judge = Judge(NOON + BEFORE_S * SECOND, WINDOW_S * SECOND, GRACE)
    for record in records:
        judge.look(record)
    opening = play.opening
    read = {each.bidder: each.content for each in opening.live()}
    if not judge.read or read != {number: priced(play.yuan[number]) for number in judge.received}:
        judge.found.append(f"read out: {judge.read}, {read}")
    if not fault.noticed and judge.suspensions:
        judge.found.append("suspended, and there was no jump")
    if fault.noticed and _in_the_window(opening, fault) and not judge.suspensions:
        judge.found.append("not suspended, and the clock jumped in the window")
    return judge.found


def _in_the_window(opening: Opening, fault: Fault) -> bool:
    """Whether the clock went wrong while bidders unsealed, early enough to be noticed."""
    assert opening.unsealing_at is not None
    began = NOON + round(fault.begins_s * SECOND)
    return opening.unsealing_at + SECOND < began < opening.unsealing_at + (WINDOW_S - 15) * SECOND


def trial(fault: Fault, seed: int) -> tuple[Counter[str], list[str]]:
    """One opening with the fault somewhere in it, half of the time about the deadline: what came of it, and what is wrong."""
    dice = random.Random(f"fault {seed}")
    begins = dice.choice([dice.uniform(BEFORE_S - 2, BEFORE_S + 1), dice.uniform(0.1, LATEST_FAULT_S)])
    later, clock = fault.later(round(begins, 3)), trio.testing.MockClock()
    records, play = trio.run(held, later, seed, clock, clock=clock)
    told = Counter(str(each.outcome.reason) for each in records if isinstance(each.outcome, Refusal))
    suspended = any(
        isinstance(event, SaleSuspended)
        for each in records
        if not isinstance(each.outcome, Refusal)
        for event in each.outcome
    )
    counts = Counter(openings=1, read_out=sum(1 for _ in play.opening.live()), suspended=int(suspended))
    counts.update(
        late=told[Reason.SUBMISSION_CLOSED] + told[Reason.WINDOW_CLOSED],
        late_on_the_way=told[Reason.LATE_TRANSIT],
        too_early=told[Reason.NOT_AT_THIS_STAGE],
    )
    return counts, wrong(records, play, later)


def all_faults(size: int, say: Callable[[str], None]) -> dict[str, Any]:
    """About so many openings, as many with each fault. The figures."""
    seeds = max(1, round(size / len(FAULTS)))
    counts: Counter[str] = Counter()
    for name, fault in FAULTS.items():
        for seed in range(seeds):
            found, bad = trial(fault, seed)
            counts += found
            counts["wrong"] += len(bad)
            for words in bad[:3]:
                say(f"{name}, seed {seed}: {words}")
        say(f"{name}: {seeds} openings, {counts['wrong']} wrong so far")
    return {"faults": len(FAULTS), **counts, "wrong": counts["wrong"]}


def main(arguments: Sequence[str]) -> int:
    size = sized("tests.clocks.openings", OPENINGS, arguments)
    figures = all_faults(size, progress)
    seeds = f"0-{max(1, round(size / len(FAULTS))) - 1}"
    return finish(["P6", "P7", "P19"], figures, passed=not figures["wrong"], seeds=seeds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
