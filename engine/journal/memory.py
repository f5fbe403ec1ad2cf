"""A keeper that forgets when the process ends. For tests and rehearsals."""

from collections.abc import Iterator

import trio

from engine.journal.base import JournalIdentity, Pages
from engine.journal.commit import Commit
from engine.journal.record import Record


class MemoryJournal:
    """Keeps records in lists."""

    def __init__(self, identity: JournalIdentity) -> None:
        self.identity = identity
        self._kept: list[tuple[Commit, tuple[Record, ...]]] = []

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """See :class:`engine.journal.base.Journal`."""
        yield from self._kept

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """See :class:`engine.journal.base.Journal`."""
        await trio.lowlevel.checkpoint()
        self._kept.append((commit, records))

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`."""
        await trio.lowlevel.checkpoint()
        records = [record for _, batch in self._kept for record in batch if record.seq > after][:limit]
        last = records[-1].seq if records else after
        commits = tuple(commit for commit, _ in self._kept if commit.last > after and commit.first <= last)
        return Pages(tuple(records), commits)

    def close(self) -> None:
        """Nothing to let go of."""
