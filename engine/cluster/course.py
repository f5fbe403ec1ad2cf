"""One room's journal on its way to a standby."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

import trio

from engine.journal.base import Epochs, Journal
from engine.journal.commit import Commit
from engine.journal.faults import EpochStale
from engine.journal.record import Record

FRESH_MAX: Final = 64
"""Commits held in memory for a standby that is a little behind; a longer way is read from the journal."""


class Succeedable(Journal, Protocol):
    """A journal another engine's may follow on."""

    async def supersede(self, successor: Commit) -> None:
        """See :class:`engine.journal.sqlite.SqliteJournal`."""
        ...


class Standing(StrEnum):
    """How it is with the standby."""

    IN_FORCE = "in_force"
    """It is there and has everything, or all but what is on its way."""

    CATCHING_UP = "catching_up"
    GONE = "gone"


@dataclass(eq=False)
class Course:
    """One room's journal on its way to the standby."""

    journal: Succeedable
    seq: int = 0
    epochs: Epochs = ()
    had: int = 0
    """Up to here the standby has it on its disk."""

    shipped: int | None = None
    """Up to here it was shipped in this conversation; None before that has begun."""

    fresh: deque[tuple[Commit, tuple[Record, ...]]] = field(default_factory=lambda: deque(maxlen=FRESH_MAX))
    news: trio.Event = field(default_factory=trio.Event)
    kept: trio.Event = field(default_factory=trio.Event)
    over: EpochStale | None = None
    waiting_since: float | None = None
    """Since when a commit waits to be acknowledged."""

    def take(self, commit: Commit, records: tuple[Record, ...]) -> None:
        """A commit more is on our own disk."""
        self.seq = commit.last
        self.fresh.append((commit, records))
        self.news.set()

    def wake(self) -> None:
        """What whoever waits here waits for may have come."""
        self.kept.set()
        self.kept = trio.Event()

    async def next(self, after: int, page_records: int) -> list[tuple[Commit, tuple[Record, ...]]]:
        """Some commits after record ``after``: from memory if they are there."""
        fresh = [one for one in self.fresh if one[0].first > after]
        if fresh and fresh[0][0].first == after + 1:
            return fresh
        limit = page_records
        while True:
            pages = await self.journal.read(after, limit)
            records = {record.seq: record for record in pages.records}
            whole = [
                (commit, tuple(records[seq] for seq in range(commit.first, commit.last + 1)))
                for commit in pages.commits
                if commit.first in records and commit.last in records and commit.last <= self.seq
            ]
            if whole or len(records) < limit:
                return whole
            limit *= 2

    async def digest(self, seq: int) -> bytes:
        """The digest of record ``seq``, which is there."""
        (record,) = (await self.journal.read(seq - 1, 1)).records
        return record.digest
