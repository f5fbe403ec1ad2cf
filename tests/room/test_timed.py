"""A room whose lots the clock ends: deadlines, the house's own answers, restarts, and a machine whose clock steps."""

from collections.abc import Callable
from typing import Any

import pytest
import trio
import trio.testing

from engine.domain.auction.commands import Cause, PlaceProxy
from engine.domain.auction.events import BidPlaced, HammerFell, LotOpened, SaleSuspended
from engine.domain.auction.state import Auction, LotPhase, SalePhase
from engine.domain.parties import bidder
from engine.domain.proceeding import Command
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import Advance, Extension, ExtensionKind, Mode, TimedRules
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.room.clock import Steps
from engine.room.house import House, Room, RoomSettings, announce, open_room, suspend_if_interrupted
from engine.room.recovery import retrace
from tests.journal.books import IDENTITY, SIGNER
from tests.room.scene import (
    NOON,
    PADDLES,
    SECOND,
    Desk,
    StuckJournal,
    TrioClock,
    admit,
    announcement,
    at_work,
    bid,
    open_sale,
    put_up,
    resume,
)

GRACE = Nanoseconds(300_000_000)


def timed(advance: Advance = Advance.BY_HAND, pause_s: int = 5) -> dict[str, Any]:
    """A free period of 10 s, then a window of 10 s."""
    rules = TimedRules(
        free=Nanoseconds(10 * SECOND),
        window=Nanoseconds(10 * SECOND),
        extension=Extension(kind=ExtensionKind.NONE),
        advance=advance,
        pause=Nanoseconds(pause_s * SECOND),
    )
    return {"mode": Mode.TIMED, "timed": rules}


def proxy(command_id: str, paddle: int, yuan: int, lot: int = 1) -> PlaceProxy:
    number = PaddleNo(paddle)
    return PlaceProxy(command_id=command_id, by=bidder(number), lot=LotNo(lot), paddle=number, maximum=Fen(yuan * 100))


def state_of(room: Room) -> Auction:
    state = room.clerk.memory.state
    assert isinstance(state, Auction)
    return state


def ids(desk: Desk) -> list[str]:
    return [record.command_id for record in desk.follower.records]


def events(record: Record) -> list[type]:
    assert not isinstance(record.outcome, Refusal)
    return [type(event) for event in record.outcome]


def at(seconds: float) -> Nanoseconds:
    return Nanoseconds(NOON + round(seconds * SECOND))


async def begin(desk: Desk) -> None:
    """Lot 1 on the block, 9 leading through a maximum of 20,000."""
    for command in (open_sale(), put_up(1), proxy("p9", 9, 20_000)):
        await desk.recorded(command)


# What the house does of itself.


async def test_the_houses_answer_is_kept_with_what_it_answers_and_directly_after_it() -> None:
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal, announced=announcement(proxies=True)) as desk:
        await begin(desk)
        before = len(list(journal.history()))
        for command in (bid("b1", 8, 5_500), bid("b2", 51, 7_000)):
            desk.hand_in(command)
        await trio.testing.wait_all_tasks_blocked()
        assert ids(desk)[-4:] == ["b1", "proxies-1-1-2", "b2", "proxies-1-1-4"]
        (kept,) = list(journal.history())[before:]  # one commit
        assert [record.command_id for record in kept[1]] == ids(desk)[-4:]
    for record, _ in retrace(journal):
        if record.command_id == "proxies-1-1-2":
            assert not isinstance(record.outcome, Refusal)
            (placed,) = record.outcome
            assert isinstance(placed, BidPlaced)
            assert (placed.paddle, placed.amount) == (9, 6_000_00)


async def test_the_answer_is_stamped_as_what_it_answers(autojump_clock: trio.testing.MockClock) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement(proxies=True)) as desk:
        await begin(desk)
        await trio.sleep(5)
        desk.hand_in(bid("b1", 8, 5_500), at(4.5))
        await trio.testing.wait_all_tasks_blocked()
        first, answer = desk.follower.records[-2:]
        assert (first.arrived_at, answer.arrived_at) == (at(4.5), at(4.5))
        assert answer.by == "house:engine"


async def test_a_refused_bid_is_answered_by_nobody() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement(proxies=True)) as desk:
        await begin(desk)
        await desk.recorded(bid("b1", 8, 5_100))
        assert ids(desk)[-1] == "b1"


# Deadlines.


async def test_a_lot_ends_by_itself_after_the_grace_and_the_next_opens_after_the_pause(
    autojump_clock: trio.testing.MockClock,
) -> None:
    announced = announcement(**timed(Advance.ONE_AFTER_ANOTHER))
    async with at_work(MemoryJournal(IDENTITY), announced=announced) as desk:
        await desk.recorded(open_sale())
        await trio.sleep(32)
        deadlines = desk.follower.records[1:]
        assert [record.arrived_at for record in deadlines] == [at(5), at(25.3), at(30.3)]
        assert events(deadlines[0]) == [LotOpened]
        assert events(deadlines[2]) == [LotOpened]


async def test_a_bid_in_time_is_decided_before_the_end_is_announced_however_slow_the_disk(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement(**timed())) as desk:
        await desk.recorded(open_sale())
        await desk.recorded(put_up(1))
        await trio.sleep(19)
        journal.gate = trio.Event()
        desk.hand_in(bid("b1", 8, 5_000))
        await trio.sleep(1)
        desk.hand_in(bid("exact", 9, 5_500))  # at the very end
        await trio.sleep(0.2)
        desk.hand_in(bid("late", 8, 6_000))
        await trio.sleep(30)
        journal.gate.set()
        await trio.sleep(1)
        assert ids(desk)[2:] == ["b1", "exact", "late", f"deadline-{at(20) + GRACE}"]
        exact, late, end = desk.follower.records[3:]
        assert events(exact) == [BidPlaced]
        assert isinstance(late.outcome, Refusal)
        assert late.outcome.reason is Reason.AUCTION_CLOSED
        assert HammerFell in events(end)


async def test_what_was_stamped_in_time_and_comes_after_the_announcement_is_told_so(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement(**timed())) as desk:
        await desk.recorded(open_sale())
        await desk.recorded(put_up(1))
        await trio.sleep(25)
        answer = await desk.ask(bid("b1", 8, 5_000), at(19))
        assert isinstance(answer, Record)
        assert isinstance(answer.outcome, Refusal)
        assert answer.outcome.reason is Reason.LATE_TRANSIT
        assert answer.outcome.detail == {"arrived_us": at(19) // 1000, "closed_us": at(20) // 1000}
        assert answer.arrived_at == at(19)


async def test_a_deadline_comes_between_two_letters_of_one_batch_that_lie_before_and_after_it(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    announced = announcement(**timed(Advance.ONE_AFTER_ANOTHER))
    async with at_work(journal, announced=announced) as desk:
        journal.gate = trio.Event()
        desk.hand_in(admit(10))  # its commit is stuck, so all that follows is one batch
        await trio.sleep(1)
        desk.hand_in(open_sale())
        await trio.sleep(11)
        desk.hand_in(bid("b1", 8, 5_000))  # at 12 s, for a lot that opens by itself at 6 s
        await trio.sleep(1)
        journal.gate.set()
        await trio.testing.wait_all_tasks_blocked()
        assert ids(desk) == ["admit-10", "open", f"deadline-{at(6)}", "b1"]
        assert events(desk.follower.records[-1]) == [BidPlaced]
    assert len(list(retrace(journal))) == 9


# A restart.


async def interrupted(journal: MemoryJournal, *more: Command, **sheet: Any) -> Room:
    """The room opened again after a house that stopped when these had been recorded."""
    async with at_work(journal, announced=announcement(**sheet)) as desk:
        for command in (open_sale(), put_up(1), *more):
            await desk.recorded(command)
    room = open_room(journal, SIGNER, RoomSettings(), clock=TrioClock)
    await suspend_if_interrupted(room)
    return room


async def test_a_timed_sale_that_was_interrupted_is_suspended_before_anything_else(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = MemoryJournal(IDENTITY)
    room = await interrupted(journal, bid("b1", 8, 5_000), **timed())
    state = state_of(room)
    assert (state.phase, state.lots[LotNo(1)].phase) == (SalePhase.SUSPENDED, LotPhase.OPEN)
    assert state.suspension is not None
    assert state.suspension.cause is Cause.RESTART
    assert room.opened.seq == room.clerk.memory.seq
    assert room.opened.state is not room.clerk.memory.state
    *_, (last, _) = retrace(journal)
    assert events(last) == [SaleSuspended]


async def test_a_lot_whose_end_came_while_the_house_was_down_goes_on_with_what_it_had_when_bidders_were_last_served(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal, announced=announcement(**timed())) as desk:
        for command in (open_sale(), put_up(1), bid("b1", 8, 5_000)):
            await desk.recorded(command)
    await trio.sleep(3600)
    room = open_room(journal, SIGNER, RoomSettings(), clock=TrioClock)
    await suspend_if_interrupted(room)
    async with at_work(journal) as desk:
        await trio.sleep(60)
        record = await desk.recorded(resume())
        state = state_of(desk.room)
        assert state.lots[LotNo(1)].closes_at == record.arrived_at + 20 * SECOND
        await desk.recorded(bid("b2", 9, 5_500))
        await trio.sleep(21)
        assert state.lots[LotNo(1)].hammer_price == 5_500_00


async def test_who_is_interrupted_twice_is_suspended_once(autojump_clock: trio.testing.MockClock) -> None:
    journal = MemoryJournal(IDENTITY)
    seq = (await interrupted(journal, **timed())).clerk.memory.seq
    room = open_room(journal, SIGNER, RoomSettings(), clock=TrioClock)
    await suspend_if_interrupted(room)
    assert room.clerk.memory.seq == seq


@pytest.mark.parametrize("sheet", [{}, timed()])
async def test_where_no_clock_runs_nothing_is_suspended(
    sheet: dict[str, Any], autojump_clock: trio.testing.MockClock
) -> None:
    journal = MemoryJournal(IDENTITY)
    if not sheet:  # on the rostrum the hammer waits for a person anyway
        room = await interrupted(journal)
    else:  # no lot is open
        async with at_work(journal, announced=announcement(**sheet)) as desk:
            await desk.recorded(open_sale())
        room = open_room(journal, SIGNER, RoomSettings(), clock=TrioClock)
        await suspend_if_interrupted(room)
    assert state_of(room).phase is SalePhase.OPEN


async def test_a_room_in_which_nothing_was_announced_is_not_suspended() -> None:
    room = open_room(MemoryJournal(IDENTITY), SIGNER, RoomSettings(), clock=TrioClock)
    await suspend_if_interrupted(room)
    assert room.clerk.memory.seq == 0


# The machine's clock.


class TwoClocks:
    """A wall clock that somebody sets, and one that nobody does."""

    def __init__(self) -> None:
        self.wall_ns, self.monotonic_ns = 10**18, 5 * 10**9

    def go_on(self, seconds: float, *, step_ms: int = 0) -> None:
        self.monotonic_ns += round(seconds * SECOND)
        self.wall_ns += round(seconds * SECOND) + step_ms * 1_000_000

    def steps(self, jump_ms_max: int = 1000) -> Steps:
        return Steps(lambda: self.wall_ns, lambda: self.monotonic_ns, jump_ms_max)


@pytest.mark.parametrize(("step_ms", "jumped_ms"), [(0, 0), (1000, 0), (-1000, 0), (1001, 1001), (-1001, -1001)])
def test_a_step_beyond_the_limit_is_a_jump_in_either_direction(step_ms: int, jumped_ms: int) -> None:
    clocks = TwoClocks()
    steps = clocks.steps()
    clocks.go_on(60, step_ms=step_ms)
    assert steps.jumped_ms() == jumped_ms
    clocks.go_on(60)
    assert steps.jumped_ms() == 0  # said once


@pytest.mark.parametrize("by_ms", [83, -83])  # chrony slews by a twelfth at most
def test_a_clock_that_is_corrected_slowly_does_not_jump(by_ms: int) -> None:
    clocks = TwoClocks()
    steps = clocks.steps()
    for _ in range(3600):
        clocks.go_on(1, step_ms=by_ms)
        assert steps.jumped_ms() == 0


@pytest.mark.parametrize("by_ms", [900, -900])
def test_many_small_steps_are_a_jump_together(by_ms: int) -> None:
    clocks = TwoClocks()
    steps = clocks.steps()
    said = []
    for _ in range(100):
        clocks.go_on(1, step_ms=by_ms)
        said.append(steps.jumped_ms())
    assert said == [0, 1600 if by_ms > 0 else -1600] * 50


@pytest.mark.parametrize("limit_ms", [1000, 1500, 5000])
def test_a_clock_that_stands_still_is_noticed_whatever_is_called_a_jump(limit_ms: int) -> None:
    clocks = TwoClocks()
    steps = clocks.steps(limit_ms)
    looks = 0
    while not steps.jumped_ms():
        clocks.go_on(1, step_ms=-1000)
        looks += 1
    assert looks <= limit_ms / 900 + 2


def test_a_clock_that_goes_on_after_one_step_below_the_limit_forgets_it() -> None:
    clocks = TwoClocks()
    steps = clocks.steps()
    for _ in range(10):
        clocks.go_on(1, step_ms=-1000)  # a leap second told twice
        assert steps.jumped_ms() == 0
        for _ in range(10):
            clocks.go_on(1)
            assert steps.jumped_ms() == 0


async def a_room(opened: Callable[[], list[Command]], **sheet: Any) -> Room:
    room = open_room(MemoryJournal(IDENTITY), SIGNER, RoomSettings(), clock=TrioClock)
    await announce(room, announcement(**sheet), PADDLES)
    for command in opened():
        room.submit(command, room.clock.now(), None)
    return room


async def test_a_jump_of_the_clock_suspends_timed_sales_that_run_and_no_other(
    autojump_clock: trio.testing.MockClock,
) -> None:
    rooms = {
        "timed": await a_room(lambda: [open_sale(), put_up(1)], **timed()),
        "rostrum": await a_room(lambda: [open_sale(), put_up(1)]),
        "planned": await a_room(list, **timed()),
    }
    clocks = TwoClocks()
    house = House(rooms, steps=clocks.steps())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(house.run)
        await trio.sleep(3)
        assert state_of(rooms["timed"]).phase is SalePhase.OPEN
        clocks.go_on(3, step_ms=7000)
        await trio.sleep(3)
        assert {name: state_of(room).phase for name, room in rooms.items()} == {
            "timed": SalePhase.SUSPENDED,
            "rostrum": SalePhase.OPEN,
            "planned": SalePhase.PLANNED,
        }
        resting = state_of(rooms["timed"]).suspension
        assert resting is not None
        assert resting.cause is Cause.CLOCK
        assert "7000" in resting.reason
        nursery.cancel_scope.cancel()
