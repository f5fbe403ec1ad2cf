"""From a journal back to a room: the same state, whatever was cut off, whoever reads it; and a room that goes on from there."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction.events import BidPlaced
from engine.domain.proceeding import Command, state_digest
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.asking import Inquiry, Repeated, RoomBusy
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit, sign_commit
from engine.journal.faults import JournalDamaged, StorageFault, WrongKey
from engine.journal.memory import MemoryJournal
from engine.journal.record import GENESIS, Record
from engine.room.clerk import ClerkSettings
from engine.room.house import RoomSettings, open_room
from engine.room.memory import Memory
from engine.room.recovery import recover, retrace
from engine.wire.codec import Outcome, encode_command, encode_outcome
from tests.journal.books import IDENTITY, SIGNER, STRANGER, Scribe, book
from tests.room.scene import (
    NOON,
    PADDLES,
    Desk,
    TrioClock,
    announcement,
    at_work,
    bid,
    call,
    close_sale,
    hammer,
    journal_of,
    open_sale,
    pass_lot,
    put_up,
    resume,
    small_sale,
    suspend,
    withdraw,
)

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Live:
    """A sale as it was, with the state after each commit."""

    journal: MemoryJournal
    digests: list[str] = field(default_factory=list)


async def held_sale(batches: list[list[Command]], *, digest_every: int = 1000) -> Live:
    live = Live(MemoryJournal(IDENTITY))
    room_settings = RoomSettings(clerk=ClerkSettings(state_digest_every=digest_every))
    async with at_work(live.journal, settings=room_settings, announced=announcement()) as desk:
        live.digests.append(state_digest(desk.room.clerk.memory.state))
        for commands in batches:
            before = desk.room.clerk.memory.seq
            for command in commands:
                desk.hand_in(command)
            await trio.testing.wait_all_tasks_blocked()
            if desk.room.clerk.memory.seq > before:
                live.digests.append(state_digest(desk.room.clerk.memory.state))
    return live


def a_memory(journal: MemoryJournal) -> Memory:
    memory, _ = recover(journal)
    return memory


async def test_each_prefix_of_a_journal_recovers_to_the_state_that_was_live_then() -> None:
    live = await held_sale([[command] for command in small_sale()], digest_every=5)
    history = list(live.journal.history())
    assert len(history) == len(live.digests) == 20
    for commits in range(1, len(history) + 1):
        memory, last = recover(await journal_of(history[:commits]))
        assert state_digest(memory.state) == live.digests[commits - 1]
        assert last == history[commits - 1][0]
        assert (memory.seq, memory.head) == (last.last, last.head)


async def test_a_recovery_says_how_far_it_is() -> None:
    live = await held_sale([[command] for command in small_sale()], digest_every=5)
    seen: list[int] = []
    recover(live.journal, seen.append)
    assert seen == [commit.last for commit, _ in live.journal.history()]


async def test_an_empty_journal_recovers_to_nothing() -> None:
    memory, last = recover(MemoryJournal(IDENTITY))
    assert (memory.state, memory.seq, memory.head, memory.answered, last) == (None, 0, GENESIS, {}, None)


async def test_a_recovered_clerk_knows_every_id_and_the_last_instant() -> None:
    live = await held_sale([small_sale()])
    async with at_work(live.journal) as desk:
        for seq, command in enumerate((announcement(), *PADDLES, *small_sale()), 1):
            assert await desk.ask(command) == Repeated(seq)
            assert await desk.ask(Inquiry(command.command_id, command.by)) == Repeated(seq)
        assert desk.follower.records == []
        last_at = max(record.recorded_at for _, records in live.journal.history() for record in records)
        assert desk.room.clock.now() > last_at


async def test_a_recovered_room_goes_on_as_if_it_had_not_stopped() -> None:
    whole = await held_sale([[command] for command in small_sale()])
    parts = await held_sale([[command] for command in small_sale()[:8]])
    async with at_work(parts.journal) as desk:
        for command in small_sale()[8:]:
            await desk.recorded(command)
        assert state_digest(a_memory(parts.journal).state) != parts.digests[-1]
        outcomes = [
            [record.outcome_bytes for _, records in journal.history() for record in records]
            for journal in (whole.journal, parts.journal)
        ]
        assert len(outcomes[0]) == len(outcomes[1])
        codes = [[b"refused" in outcome for outcome in each] for each in outcomes]
        assert codes[0] == codes[1]


async def test_followers_begin_with_a_memory_of_their_own() -> None:
    live = await held_sale([small_sale()[:4]])
    room = open_room(live.journal, SIGNER, RoomSettings(), clock=TrioClock)
    before = state_digest(room.opened.state)
    assert before == live.digests[-1]
    async with at_work(live.journal) as desk:
        await desk.recorded(bid("more", 9, 5_500))
        assert state_digest(desk.room.opened.state) == before != state_digest(desk.room.clerk.memory.state)


# Not believed.


async def test_a_last_commit_signed_by_another_is_not_served() -> None:
    journal = MemoryJournal(IDENTITY)
    kept = book()
    foreign = book(signer=STRANGER)
    for records, commit in (*kept[:2], foreign[2]):
        await journal.append(records, commit)
    with pytest.raises(JournalDamaged, match="signature") as noticed:
        recover(journal)
    assert noticed.value.seq == 6


async def test_a_kept_state_digest_that_is_not_the_states_is_noticed() -> None:
    records, first = book()[0]
    journal = await journal_of([(sign_commit(records, SIGNER, first.statement.rules, "0" * 64), records)])
    with pytest.raises(JournalDamaged, match="another digest") as noticed:
        recover(journal)
    assert noticed.value.seq == 4


async def test_a_state_digest_of_an_earlier_edition_of_the_rules_is_passed_over() -> None:
    records, first = book()[0]
    earlier = f"00000000:{'0' * 64}"
    journal = await journal_of([(sign_commit(records, SIGNER, first.statement.rules, earlier), records)])
    memory, _ = recover(journal)
    assert memory.seq == 4


async def test_a_room_is_not_opened_with_another_key_than_its_journals() -> None:
    live = await held_sale([small_sale()[:4]])
    with pytest.raises(WrongKey):
        open_room(live.journal, STRANGER, RoomSettings(), clock=TrioClock)


class Forger(Scribe):
    """Writes sound records, one of which does not say what the rules say."""

    def __init__(self, seq: int, outcome: Outcome) -> None:
        super().__init__()
        self._forged, self._says = seq, outcome

    def seal(self, command: Command, outcome: Outcome, at: Nanoseconds) -> Record:
        return super().seal(command, self._says if self.seq == self._forged else outcome, at)


SALE: list[Command] = [announcement(), *PADDLES, *small_sale()]


@pytest.mark.parametrize(
    ("seq", "outcome"),
    [
        (9, Refusal(Reason.ALREADY_LEADING)),  # an accepted bid
        (10, Refusal(Reason.BID_TOO_LOW, least_fen=1, step_fen=1, next_fen=1)),  # other details
        (10, Refusal(Reason.NOT_ELIGIBLE, why="rights_used")),
        (
            9,
            (
                BidPlaced(
                    lot=LotNo(1), paddle=PaddleNo(9), amount=Fen(500_000), channel=PADDLES[0].channel, at=NOON, no=1
                ),
            ),
        ),
        (18, Refusal(Reason.HAMMER_TOO_SOON, why="calls", due=1)),
    ],
)
async def test_retracing_convicts_a_record_whose_outcome_the_rules_do_not_give(seq: int, outcome: Outcome) -> None:
    forger = Forger(seq, outcome)
    journal = MemoryJournal(IDENTITY)
    for command in SALE:
        await journal.append(*forger.batch([command]))
    with pytest.raises(JournalDamaged, match="decide this command otherwise") as convicted:
        list(retrace(journal))
    assert convicted.value.seq == seq


async def test_retracing_an_honest_journal_gives_every_record_and_the_live_state() -> None:
    live = await held_sale([small_sale()[:5], small_sale()[5:]], digest_every=3)
    seen = [(record.seq, memory.seq) for record, memory in retrace(live.journal)]
    assert seen == [(seq, seq) for seq in range(1, 25)]
    *_, (_, memory) = retrace(live.journal)
    assert state_digest(memory.state) == live.digests[-1]


async def test_retracing_convicts_a_commit_signed_under_another_rule_sheet() -> None:
    kept = book()
    records, _ = kept[2]
    journal = await journal_of(
        [
            *((commit, earlier) for earlier, commit in kept[:2]),
            (sign_commit(records, SIGNER, "0" * 64), records),
        ]
    )
    recover(journal)  # which decides nothing again
    with pytest.raises(JournalDamaged, match="another rule sheet") as noticed:
        list(retrace(journal))
    assert noticed.value.seq == 7


async def test_retracing_checks_every_signature() -> None:
    kept, foreign = book(), book(signer=STRANGER)
    journal = await journal_of([(commit, records) for records, commit in (kept[0], foreign[1], kept[2])])
    with pytest.raises(JournalDamaged, match="signature") as noticed:
        list(retrace(journal))
    assert noticed.value.seq == 5


# Everywhere the same.

PROGRAM = """
import trio
from engine.domain.proceeding import state_digest
from engine.journal.memory import MemoryJournal
from engine.room.recovery import recover
from tests.journal.books import IDENTITY, book
journal = MemoryJournal(IDENTITY)
for batch in book():
    trio.run(journal.append, *batch)
memory, last = recover(journal)
print(memory.head.hex(), last.signature.hex(), state_digest(memory.state))
"""


def test_replay_gives_the_same_digest_whatever_the_hash_seed() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "1", "4711")
    ]
    said = {process.communicate()[0] for process in running}
    assert all(process.returncode == 0 for process in running)
    assert len(said) == 1
    journal = MemoryJournal(IDENTITY)
    for batch in book():
        trio.run(journal.append, *batch)
    memory, _ = recover(journal)
    (line,) = said
    assert line.split()[::2] == [memory.head.hex(), state_digest(memory.state)]


# Any commands, any crash.

LOTS, BIDDERS = st.integers(1, 3), st.sampled_from([8, 9, 10, 51, 52])
YUAN = st.integers(8, 40).map(lambda steps: steps * 500)
IDS = st.integers(1, 40).map(lambda number: f"x{number}")
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(open_sale, IDS),
    st.builds(put_up, st.integers(1, 2), IDS),
    st.builds(lambda at, paddle, yuan, lot: bid(at, paddle, yuan, lot=lot), IDS, BIDDERS, YUAN, LOTS),
    st.builds(lambda at, paddle, yuan, lot: bid(at, paddle, yuan, lot=lot), IDS, BIDDERS, YUAN, LOTS),
    st.builds(withdraw, IDS, st.sampled_from([8, 9])),
    st.builds(lambda at, nth, yuan, lot: call(at, nth, yuan, lot=lot), IDS, st.integers(1, 3), YUAN, LOTS),
    st.builds(lambda at, yuan, lot: hammer(at, yuan, lot=lot), IDS, YUAN, LOTS),
    st.builds(pass_lot, st.integers(1, 2), IDS),
    st.builds(suspend, st.just("停电"), IDS),
    st.builds(resume, IDS),
    st.builds(close_sale, IDS),
)


class Disk(MemoryJournal):
    """Keeps whole batches; the ``fails_at``-th is the last it sees, and ``written`` says whether it is kept."""

    def __init__(self, identity: JournalIdentity, fails_at: int, *, written: bool) -> None:
        super().__init__(identity)
        self.left, self.written = fails_at, written

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        self.left -= 1
        if self.left > 0 or (self.left == 0 and self.written):
            await super().append(records, commit)
        if self.left <= 0:
            raise StorageFault("the power is gone")
        await trio.lowlevel.checkpoint()


async def handed_in(desk: Desk, commands: list[Command]) -> AsyncIterator[tuple[Command, object]]:
    """Each command with its slip; who is told to wait for his share of a batch comes back when that is decided."""
    for command in commands:
        if desk.follower.fault is not None:
            return
        try:
            yield command, desk.hand_in(command)
        except RoomBusy:
            await trio.testing.wait_all_tasks_blocked()
            if desk.follower.fault is None:
                yield command, desk.hand_in(command)


@settings(max_examples=60)
@given(
    st.lists(st.lists(COMMANDS, min_size=1, max_size=6), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=4),
)
def test_whatever_is_asked_and_whenever_it_crashes_each_id_is_answered_once_and_nothing_answered_is_lost(
    batches: list[list[Command]], crashes: list[tuple[int, bool]]
) -> None:
    """After each crash everything is sent again, as clients do."""

    async def main() -> None:
        answered: dict[tuple[str, str], Record] = {}
        kept: list[tuple[Commit, tuple[Record, ...]]] = []
        for fails_at, written in (*crashes, (10**6, True)):
            disk = Disk(IDENTITY, 10**6, written=True)
            for commit, records in kept:
                await disk.append(records, commit)
            disk.left, disk.written = fails_at, written
            room_settings = RoomSettings(clerk=ClerkSettings(batch_max=4, state_digest_every=3))
            try:
                async with at_work(disk, settings=room_settings, announced=announcement()) as desk:
                    for commands in batches:
                        slips = [(command, slip) async for command, slip in handed_in(desk, commands)]
                        await trio.testing.wait_all_tasks_blocked()
                        if desk.follower.fault is not None:
                            break
                        for command, slip in slips:
                            answer = desk.follower.answer(slip)
                            assert answer is not None
                            if isinstance(answer, Record):
                                key = (command.by, command.command_id)
                                assert key not in answered
                                answered[key] = answer
                    published = desk.follower.records
            except* StorageFault:
                published = []  # while announcing
            kept = list(disk.history())
            on_record = {record.digest for _, records in kept for record in records}
            assert {record.digest for record in published} <= on_record
            assert {record.digest for record in answered.values()} <= on_record
            answered = {(record.by, record.command_id): record for _, records in kept for record in records}
            assert len(answered) == len(on_record)  # no id twice
            *_, (_, memory) = retrace(disk) if kept else [(None, recover(disk)[0])]
            assert state_digest(memory.state) == state_digest(recover(disk)[0].state)
        asked = {(command.by, command.command_id) for commands in batches for command in commands}
        assert asked <= set(answered)
        for (by, command_id), record in answered.items():
            assert (record.by, record.command_id) == (by, command_id)
            assert encode_command(record.command) == record.command_bytes
            assert encode_outcome(record.outcome) == record.outcome_bytes

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
