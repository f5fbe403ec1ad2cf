"""A keeper that forgets when the process ends. For tests and rehearsals."""

from collections.abc import Iterator

import trio

from engine.domain.units import Nanoseconds
from engine.journal.base import Epochs, JournalIdentity, Pages, Spine
from engine.journal.commit import Commit
from engine.journal.faults import JournalDamaged
from engine.journal.record import Record
from engine.journal.signing import holds


class MemoryJournal:
    """Keeps records in lists."""

    def __init__(self, identity: JournalIdentity) -> None:
        self.identity = identity
        self._kept: list[tuple[Commit, tuple[Record, ...]]] = []

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """See :class:`engine.journal.base.Journal`."""
        for commit, records in self._kept:
            if not holds(self.identity.public_key, commit.statement.text().encode(), commit.signature):
                raise JournalDamaged(commit.first, "the commit's signature is not the house's")
            yield commit, records

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """See :class:`engine.journal.base.Journal`."""
        await trio.lowlevel.checkpoint()
        self._kept.append((commit, records))

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`."""
        await trio.lowlevel.checkpoint()
        records = [record for _, batch in self._kept for record in batch if record.seq > after][:limit]
        if not records:
            return Pages((), ())
        last = records[-1].seq
        commits = tuple(commit for commit, _ in self._kept if commit.last > after and commit.first <= last)
        return Pages(tuple(records), commits)

    def spine(self, until: int) -> Spine:
        """See :class:`engine.journal.base.Journal`."""
        records = [record for _, batch in self._kept for record in batch if record.seq <= until]
        return Spine(tuple(record.digest for record in records), records[-1].recorded_at if records else Nanoseconds(0))

    def epochs(self) -> Epochs:
        """See :class:`engine.journal.base.Journal`."""
        begun: dict[int, int] = {}
        for commit, _ in self._kept:
            begun.setdefault(commit.statement.epoch, commit.first)
        return tuple(begun.items())

    def close(self) -> None:
        """Nothing to let go of."""
