"""The clerk: one record for each new command, nothing seen before it is kept, time as a command."""

import hashlib

import pytest
import trio
import trio.testing

from engine.domain.auction.commands import DeadlineReached
from engine.domain.auction.events import LotOpened, PaddleAdmitted, SaleOpened
from engine.domain.auction.state import SalePhase
from engine.domain.parties import HOUSE, Principal
from engine.domain.proceeding import state_digest
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds
from engine.journal.asking import Conflicting, Inquiry, NeverSeen, Repeated, RoomBusy
from engine.journal.faults import StorageFault
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.journal.signing import holds
from engine.journal.tail import TailLost
from engine.room.clerk import ClerkSettings
from engine.room.house import RoomSettings, open_room
from engine.room.mailbox import Letter
from tests.articles import article
from tests.journal.books import IDENTITY, SIGNER
from tests.room.scene import (
    NOON,
    SECOND,
    FailingJournal,
    StuckJournal,
    TrioClock,
    admit,
    announcement,
    at_work,
    bid,
    open_sale,
    put_up,
    small_sale,
)

OPENS_AT = Nanoseconds(NOON + 10 * SECOND)
BIDDER_8 = Principal("bidder:8")


# One record for each new command.


async def test_each_new_command_becomes_one_record_accepted_or_refused() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        for seq, command in enumerate(small_sale(), 6):  # five stand there from the notice
            record = await desk.recorded(command)
            assert (record.seq, record.command) == (seq, command)
        refused = {record.command_id for record in desk.follower.records if isinstance(record.outcome, Refusal)}
        assert refused == {"early", "b2", "w1", "b5"}


async def test_a_refused_command_changes_nothing_but_the_record() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        before = state_digest(desk.room.clerk.memory.state)
        record = await desk.recorded(bid("early", 8, 5_000))
        assert isinstance(record.outcome, Refusal)
        assert record.outcome.reason is Reason.AUCTION_NOT_OPEN
        assert state_digest(desk.room.clerk.memory.state) == before


async def test_a_refusal_on_record_keeps_nothing_of_what_led_to_it_alive() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        record = await desk.recorded(bid("early", 8, 5_000))
        assert isinstance(record.outcome, Refusal)
        assert record.outcome.__traceback__ is None


async def test_letters_that_wait_together_are_kept_together_under_one_signature() -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement()) as desk:
        journal.gate = trio.Event()
        for command in small_sale():
            desk.hand_in(command)
        await trio.testing.wait_all_tasks_blocked()
        journal.gate.set()
        await trio.testing.wait_all_tasks_blocked()
        (batch,) = desk.follower.seen
        assert batch.commit is not None
        assert len(batch.records) == len(batch.commit.digests) == len(small_sale())
        assert holds(SIGNER.public, batch.commit.statement.text().encode(), batch.commit.signature)


async def test_a_batch_has_a_limit_and_the_rest_follows() -> None:
    journal = StuckJournal()
    settings = RoomSettings(clerk=ClerkSettings(batch_max=3))
    async with at_work(journal, settings=settings, announced=announcement()) as desk:
        for at in range(8):
            desk.hand_in(bid(f"b{at}", at + 1, 5_000))
        await trio.testing.wait_all_tasks_blocked()
        assert [len(batch.records) for batch in desk.follower.seen] == [3, 3, 2]
        assert [record.command_id for record in desk.follower.records] == [f"b{at}" for at in range(8)]


async def test_a_mailbox_that_is_full_says_so_and_takes_nothing() -> None:
    journal = StuckJournal()
    async with at_work(journal, settings=RoomSettings(letters_max=2), announced=announcement()) as desk:
        journal.gate = trio.Event()
        desk.hand_in(bid("b0", 8, 5_000))
        await trio.testing.wait_all_tasks_blocked()  # with the clerk
        desk.hand_in(bid("b1", 8, 5_000))
        desk.hand_in(bid("b2", 8, 5_000))
        with pytest.raises(RoomBusy):
            desk.hand_in(bid("b3", 8, 5_000))
        journal.gate.set()
        await trio.testing.wait_all_tasks_blocked()
        assert [record.command_id for record in desk.follower.records] == ["b0", "b1", "b2"]
        assert await desk.ask(Inquiry("b3", BIDDER_8)) == NeverSeen()


async def test_a_digest_of_the_state_is_kept_every_so_many_records() -> None:
    settings = RoomSettings(clerk=ClerkSettings(state_digest_every=10))
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal, settings=settings, announced=announcement()) as desk:
        for command in small_sale():
            await desk.recorded(command)
    with_digest = [commit.last for commit, _ in journal.history() if commit.state_digest is not None]
    assert with_digest == [10, 20]


# The same id.


async def test_the_same_command_again_is_answered_with_its_first_record_and_makes_none() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        first = [await desk.recorded(command) for command in small_sale()]
        before = state_digest(desk.room.clerk.memory.state)
        for command, record in zip(small_sale(), first, strict=True):
            assert await desk.ask(command) == Repeated(record.seq)
        assert len(desk.follower.records) == len(first)
        assert state_digest(desk.room.clerk.memory.state) == before


async def test_the_same_command_twice_in_one_batch_makes_one_record() -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement()) as desk:
        slips = [desk.hand_in(open_sale()) for _ in range(3)]
        await trio.testing.wait_all_tasks_blocked()
        (batch,) = desk.follower.seen
        (record,) = batch.records
        assert [desk.follower.answer(slip) for slip in slips] == [record, Repeated(record.seq), Repeated(record.seq)]


async def test_an_id_used_for_something_else_is_a_conflict_that_shows_the_first_body_and_makes_no_record() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        first = await desk.recorded(bid("b1", 8, 5_000))
        answer = await desk.ask(bid("b1", 8, 5_500))
        assert answer == Conflicting(first.seq, hashlib.sha256(first.command_bytes).hexdigest())
        assert desk.follower.records == [first]
        assert await desk.ask(bid("b1", 8, 5_000)) == Repeated(first.seq)


async def test_two_askers_may_choose_the_same_id() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        one = await desk.recorded(bid("mine", 8, 5_000))
        other = await desk.recorded(bid("mine", 9, 5_000))
        assert (one.seq, other.seq) == (6, 7)
        assert await desk.ask(Inquiry("mine", BIDDER_8)) == Repeated(6)
        assert await desk.ask(Inquiry("mine", Principal("bidder:9"))) == Repeated(7)


async def test_an_inquiry_finds_what_is_on_the_record_and_nothing_else_and_leaves_none() -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement()) as desk:
        assert await desk.ask(Inquiry("b1", BIDDER_8)) == NeverSeen()
        record = await desk.recorded(bid("b1", 8, 5_000))
        assert await desk.ask(Inquiry("b1", BIDDER_8)) == Repeated(record.seq)
        assert await desk.ask(Inquiry("b1", Principal("bidder:9"))) == NeverSeen()
        assert desk.follower.records == [record]
        batch = desk.follower.seen[-1]
        assert (batch.records, batch.commit) == ((), None)


# Nothing is seen before it is kept.


async def test_nothing_is_visible_while_the_journal_is_stuck(autojump_clock: trio.testing.MockClock) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement()) as desk:
        journal.gate = trio.Event()
        slip = desk.hand_in(open_sale())
        await trio.sleep(60)
        assert journal.waiting.is_set()
        assert desk.follower.seen == []
        assert desk.follower.answer(slip) is None
        assert len(list(journal.history())) == 1  # the notice
        journal.gate.set()
        await trio.sleep(1)
        assert isinstance(desk.follower.answer(slip), Record)


async def test_an_inquiry_does_not_reveal_a_record_that_is_not_kept_yet(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement()) as desk:
        journal.gate = trio.Event()
        desk.hand_in(bid("b1", 8, 5_000))
        together = desk.hand_in(Inquiry("b1", BIDDER_8))
        await trio.sleep(60)
        later = desk.hand_in(Inquiry("b1", BIDDER_8))
        again = desk.hand_in(bid("b1", 8, 5_000))
        await trio.sleep(60)
        assert [desk.follower.answer(slip) for slip in (together, later, again)] == [None, None, None]
        journal.gate.set()
        await trio.sleep(1)
        assert [desk.follower.answer(slip) for slip in (together, later, again)] == [Repeated(6)] * 3


async def test_an_inquiry_about_a_record_that_was_never_kept_is_never_answered() -> None:
    async with at_work(FailingJournal(2), announced=announcement()) as desk:
        slips = [desk.hand_in(bid("b1", 8, 5_000)), desk.hand_in(Inquiry("b1", BIDDER_8))]
        await trio.testing.wait_all_tasks_blocked()
        slips.append(desk.hand_in(Inquiry("b1", BIDDER_8)))
        await trio.testing.wait_all_tasks_blocked()
        assert [desk.follower.answer(slip) for slip in slips] == [None, None, None]


@pytest.mark.parametrize("written", [False, True])
async def test_a_fault_of_the_journal_stops_the_room_and_all_who_follow_are_told(written: bool) -> None:
    async with at_work(FailingJournal(4, written=written), announced=announcement()) as desk:
        await desk.recorded(open_sale())
        await desk.recorded(put_up(1))
        slip = desk.hand_in(bid("b1", 8, 5_000))
        await trio.testing.wait_all_tasks_blocked()
        assert isinstance(desk.follower.fault, StorageFault)
        assert desk.follower.answer(slip) is None
        assert [record.command_id for record in desk.follower.records] == ["open", "put-up-1"]
        with pytest.raises(StorageFault):  # and whoever comes later
            await desk.room.tail.after(desk.room.tail.count)


async def test_a_follower_who_is_behind_still_gets_what_was_kept_before_the_fault() -> None:
    async with at_work(FailingJournal(3), announced=announcement()) as desk:
        before = desk.room.tail.count
        await desk.recorded(open_sale())
        desk.hand_in(put_up(1))
        await trio.testing.wait_all_tasks_blocked()
        (batch,) = await desk.room.tail.after(before)
        assert [record.command_id for record in batch.records] == ["open"]


async def test_a_follower_too_far_behind_is_told_so() -> None:
    async with at_work(MemoryJournal(IDENTITY), settings=RoomSettings(records_max=2), announced=announcement()) as desk:
        before = desk.room.tail.count
        for at in range(3):
            await desk.recorded(bid(f"b{at}", 8, 5_000))
        assert len(await desk.room.tail.after(before + 1)) == 2
        with pytest.raises(TailLost):
            await desk.room.tail.after(before)


# Time is a command.


@article("1")
async def test_a_sale_opens_by_itself_at_exactly_the_instant_the_sheet_names(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement(opens_at=OPENS_AT)) as desk:
        await trio.sleep(9.999_999)
        assert desk.follower.seen == []
        await trio.sleep(0.001)
        (record,) = desk.follower.records
        assert record.command == DeadlineReached(command_id=f"deadline-{OPENS_AT}", by=HOUSE, deadline=OPENS_AT)
        assert record.outcome == (SaleOpened(at=OPENS_AT),)
        assert record.arrived_at == OPENS_AT
        assert 0 < record.recorded_at - OPENS_AT <= 1
        await trio.sleep(3600)
        assert len(desk.follower.records) == 1  # once


@article("6")
async def test_what_arrived_before_the_deadline_is_decided_before_it_however_slow_the_disk(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement(opens_at=OPENS_AT)) as desk:
        await trio.sleep(9)
        journal.gate = trio.Event()
        desk.hand_in(admit(10))
        await trio.sleep(0.5)
        early, exact = desk.hand_in(admit(11)), desk.hand_in(admit(12), OPENS_AT)
        too_early = desk.hand_in(put_up(1, "early"))
        late = desk.hand_in(put_up(1, "late"), Nanoseconds(OPENS_AT + 1))
        await trio.sleep(20)
        journal.gate.set()
        await trio.sleep(1)
        assert [record.command_id for record in desk.follower.records] == [
            "admit-10",
            "admit-11",
            "early",
            "admit-12",
            f"deadline-{OPENS_AT}",
            "late",
        ]
        for slip, event in ((early, PaddleAdmitted), (exact, PaddleAdmitted), (late, LotOpened)):
            answer = desk.follower.answer(slip)
            assert isinstance(answer, Record)
            assert isinstance(answer.outcome, tuple)
            assert isinstance(answer.outcome[0], event)
        refused = desk.follower.answer(too_early)
        assert isinstance(refused, Record)
        assert isinstance(refused.outcome, Refusal)


async def test_more_than_a_batch_that_arrived_in_time_is_all_decided_before_the_deadline(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    settings = RoomSettings(clerk=ClerkSettings(batch_max=2))
    async with at_work(journal, settings=settings, announced=announcement(opens_at=OPENS_AT)) as desk:
        await trio.sleep(9)
        journal.gate = trio.Event()
        for at in range(7):
            desk.hand_in(bid(f"b{at}", at + 1, 5_000))
        await trio.sleep(5)
        desk.hand_in(bid("after", 8, 5_000))
        journal.gate.set()
        await trio.sleep(1)
        assert [record.command_id for record in desk.follower.records] == [
            *(f"b{at}" for at in range(7)),
            f"deadline-{OPENS_AT}",
            "after",
        ]


async def test_what_arrives_at_the_very_instant_is_in_time_though_the_clerk_is_already_free(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement(opens_at=OPENS_AT)) as desk:
        await trio.sleep(9)
        journal.gate = trio.Event()
        desk.hand_in(admit(10))
        await trio.sleep(1)
        journal.gate.set()
        await trio.testing.wait_all_tasks_blocked()
        assert [record.command_id for record in desk.follower.records] == ["admit-10"]
        assert desk.room.clock.now() == OPENS_AT
        desk.hand_in(admit(11))
        await trio.sleep(1)
        ids = [record.command_id for record in desk.follower.records]
        assert ids == ["admit-10", "admit-11", f"deadline-{OPENS_AT}"]


async def test_a_letter_wakes_the_clerk_who_waits_for_a_deadline(autojump_clock: trio.testing.MockClock) -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement(opens_at=OPENS_AT)) as desk:
        await trio.sleep(1)
        record = await desk.recorded(admit(10))
        assert record.recorded_at == NOON + SECOND
        await trio.sleep(20)
        assert [one.command_id for one in desk.follower.records] == ["admit-10", f"deadline-{OPENS_AT}"]


async def test_a_room_opened_after_its_deadline_reports_it_first(autojump_clock: trio.testing.MockClock) -> None:
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal, announced=announcement(opens_at=OPENS_AT)):
        await trio.sleep(1)
    await trio.sleep(100)  # the house was closed
    async with at_work(journal) as desk:
        desk.hand_in(put_up(1))
        await trio.sleep(1)
        assert [record.command_id for record in desk.follower.records] == [f"deadline-{OPENS_AT}", "put-up-1"]
        state = desk.room.clerk.memory.state
        assert state is not None
        assert state.phase is SalePhase.OPEN


async def test_the_auctioneer_may_open_at_the_instant_itself_and_then_the_deadline_is_gone(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with at_work(MemoryJournal(IDENTITY), announced=announcement(opens_at=OPENS_AT)) as desk:
        await trio.sleep(9)
        early = await desk.recorded(open_sale("early"))
        assert isinstance(early.outcome, Refusal)
        assert early.outcome.detail == {"after_ms": 1000}
        desk.hand_in(open_sale("exact"), OPENS_AT)
        await trio.sleep(60)
        assert [record.command_id for record in desk.follower.records] == ["early", "exact"]


class CountingClock(TrioClock):
    """Counts how often it is asked, and has enough of it."""

    asked = 0

    def now(self) -> Nanoseconds:
        self.asked += 1
        if self.asked > 1000:
            raise AssertionError("the clerk asks the clock for ever and lets nobody else work")
        return super().now()


async def test_a_stamp_ahead_of_the_clerks_clock_does_not_make_him_spin(
    autojump_clock: trio.testing.MockClock,
) -> None:
    room = open_room(MemoryJournal(IDENTITY), SIGNER, RoomSettings(), clock=CountingClock)
    await room.clerk.finish([Letter(announcement(opens_at=OPENS_AT), NOON, None)])
    room.submit(put_up(1), Nanoseconds(OPENS_AT + 5), None)
    with trio.move_on_after(60):
        await room.clerk.run()
    assert room.clerk.memory.seq == 3


async def test_the_instant_on_record_is_the_stamp_and_not_when_it_was_taken_up(
    autojump_clock: trio.testing.MockClock,
) -> None:
    journal = StuckJournal()
    async with at_work(journal, announced=announcement()) as desk:
        journal.gate = trio.Event()
        desk.hand_in(open_sale())
        await trio.sleep(3)
        slip = desk.hand_in(put_up(1))
        await trio.sleep(4)
        journal.gate.set()
        await trio.sleep(1)
        record = desk.follower.answer(slip)
        assert isinstance(record, Record)
        assert (record.arrived_at, record.recorded_at) == (NOON + 3 * SECOND, NOON + 7 * SECOND)
