"""From a journal back to a room: read the records, apply the events, believe nothing that cannot be checked."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.domain import proceeding
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds
from engine.journal.base import Journal
from engine.journal.commit import Commit
from engine.journal.faults import JournalDamaged
from engine.journal.record import GENESIS, Record
from engine.room.memory import Memory
from engine.wire.codec import Outcome, encode_outcome


def recover(journal: Journal, on_progress: Callable[[int], object] = lambda _seq: None) -> tuple[Memory, Commit | None]:
    """
    What the clerk knew after the last record kept, and the last commit. ``on_progress`` is told of each commit's last record.

    Raises:
        JournalFault: The journal must not be served.

    """
    memory = blank()
    last: Commit | None = None
    with _no_search_for_cycles():
        for commit, records in journal.history():
            for record in records:
                _carry(memory, record)
            _check_state(commit, memory)
            last = commit
            on_progress(memory.seq)
    return memory, last


def retrace(journal: Journal) -> Iterator[tuple[Record, Memory]]:
    """
    Decide every command again, and compare with what is kept: outcomes, rule sheets, state digests.

    Yields:
        Each record, with the memory as it stood after it. The memory is one object that goes on changing.

    Raises:
        JournalDamaged: At the first record that the rules would have decided otherwise.

    """
    memory = blank()
    for commit, records in journal.history():
        for record in records:
            if encode_outcome(_decide(memory, record)) != record.outcome_bytes:
                raise JournalDamaged(record.seq, "the rules decide this command otherwise")
            _carry(memory, record)
            yield record, memory
        _check_state(commit, memory)
        if commit.statement.rules != proceeding.rules_digest(memory.state):
            raise JournalDamaged(commit.last, "it was signed under another rule sheet than was announced")


def blank() -> Memory:
    """What a clerk knows before the first record."""
    return Memory(None, 0, GENESIS, Nanoseconds(0), {})


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """What is read is kept for good or let go at once: the collector would look through it again and again, and find nothing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _decide(memory: Memory, record: Record) -> Outcome:
    try:
        return proceeding.decide(memory.state, record.command, record.arrived_at)
    except Refusal as refusal:
        return refusal


def _carry(memory: Memory, record: Record) -> None:
    if not isinstance(record.outcome, Refusal):
        for event in record.outcome:
            memory.state = proceeding.apply(memory.state, event)
    memory.remember(record)


def _check_state(commit: Commit, memory: Memory) -> None:
    if commit.state_digest is not None and not proceeding.agrees(commit.state_digest, memory.state):
        raise JournalDamaged(commit.last, "the state it led to has another digest than was kept")
