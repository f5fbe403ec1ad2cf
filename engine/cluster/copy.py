"""A gateway's own copy of a record: checked when it came, held in memory, and lost with the process without harm."""

from bisect import bisect_right
from collections.abc import Iterator

import trio

from engine.domain.units import Nanoseconds
from engine.journal.base import Epochs, JournalIdentity, Pages, Spine
from engine.journal.commit import Commit
from engine.journal.record import Record


class Copy:
    """See :class:`engine.journal.base.Journal`. The salt key stays with the engine."""

    def __init__(self, identity: JournalIdentity) -> None:
        self.identity = identity
        self._records: list[Record] = []
        self._commits: list[Commit] = []
        self._lasts: list[int] = []
        """The last record of each commit."""

    def take(self, commit: Commit, records: tuple[Record, ...]) -> None:
        """Add what was checked and comes next."""
        self._records += records
        self._commits.append(commit)
        self._lasts.append(commit.last)

    def digest(self, seq: int) -> bytes | None:
        """The digest of record ``seq``; None if it is not here."""
        return self._records[seq - 1].digest if 0 < seq <= len(self._records) else None

    def commits(self, after: int) -> list[tuple[Commit, tuple[Record, ...]]]:
        """Every commit beyond record ``after``, which ends one."""
        return [
            (commit, tuple(self._records[commit.first - 1 : commit.last]))
            for commit in self._commits[bisect_right(self._lasts, after) :]
        ]

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """See :class:`engine.journal.base.Journal`."""
        yield from self.commits(0)

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """See :class:`engine.journal.base.Journal`."""
        await trio.lowlevel.checkpoint()
        self.take(commit, records)

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`."""
        await trio.lowlevel.checkpoint()
        records = tuple(self._records[after : after + limit])
        if not records:
            return Pages((), ())
        begin, end = bisect_right(self._lasts, after), bisect_right(self._lasts, records[-1].seq - 1)
        return Pages(records, tuple(self._commits[begin : end + 1]))

    def spine(self, until: int) -> Spine:
        """See :class:`engine.journal.base.Journal`."""
        records = self._records[:until]
        return Spine(tuple(record.digest for record in records), records[-1].recorded_at if records else Nanoseconds(0))

    def epochs(self) -> Epochs:
        """See :class:`engine.journal.base.Journal`."""
        begun: dict[int, int] = {}
        for commit in self._commits:
            begun.setdefault(commit.statement.epoch, commit.first)
        return tuple(begun.items())

    def close(self) -> None:
        """Nothing to let go of."""
