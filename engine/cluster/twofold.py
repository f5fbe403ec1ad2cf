"""A journal kept twice: here, and by a standby. To the room that writes it, it is one journal."""

from collections.abc import Iterator

from engine.cluster.course import Course, Succeedable
from engine.cluster.mirror import Mirror
from engine.domain.opening.commands import AnnounceOpening
from engine.journal.base import Epochs, JournalIdentity, Pages, Spine
from engine.journal.commit import Commit
from engine.journal.record import Record


class TwofoldJournal:
    """
    See :class:`engine.journal.base.Journal`.

    Args:
        journal: The one on this machine.
        mirror: Sees to the other.
        joins: Whether the standby is told of it as soon as it has been read; if not, it is by :meth:`join`.

    """

    def __init__(self, journal: Succeedable, mirror: Mirror, *, joins: bool = True) -> None:
        self._joins = joins
        self._journal, self._mirror = journal, mirror
        self._course = Course(journal)
        self._twice = True
        """Openings are kept here alone: how much a standby is sent would tell who listens how many bid."""

        self._told = 0
        """The last record that may be shown: what waits for the standby is read by nobody."""

    @property
    def identity(self) -> JournalIdentity:
        """See :class:`engine.journal.base.Journal`."""
        return self._journal.identity

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """See :class:`engine.journal.base.Journal`. When it has been read, the standby is told of it."""
        for commit, records in self._journal.history():
            if commit.first == 1:
                self._twice = not isinstance(records[0].command, AnnounceOpening)
            self._course.seq = commit.last
            yield commit, records
        self._told = self._course.seq
        self._course.epochs = self._journal.epochs()
        if self._told and self._twice and self._joins:
            self._mirror.add(self.identity.sale, self._course)

    async def join(self) -> None:
        """Have the standby told of what has been read, and return when people may be shown it."""
        self._mirror.add(self.identity.sale, self._course)
        await self._mirror.heard_of(self._course)

    async def supersede(self, successor: Commit) -> None:
        """See :class:`engine.journal.sqlite.SqliteJournal`. The standby is told no more of it."""
        self._mirror.courses.pop(self.identity.sale, None)
        await self._journal.supersede(successor)

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """
        See :class:`engine.journal.base.Journal`. First here, then there: the standby is never ahead of us.

        Raises:
            EpochStale: Another engine is in force.

        """
        if self._course.over is not None:
            raise self._course.over
        await self._journal.append(records, commit)
        if commit.first == 1:
            self._twice = not isinstance(records[0].command, AnnounceOpening)
            if self._twice:
                self._course.epochs = self._journal.epochs()
                self._mirror.add(self.identity.sale, self._course)
        if not self._twice:
            self._told = commit.last
            return
        await self._mirror.keep(self._course, commit, records)
        self._told = commit.last

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`. What is not to be seen yet is not there."""
        pages, told = await self._journal.read(after, limit), self._told
        if not pages.records or pages.records[-1].seq <= told:
            return pages
        return Pages(
            tuple(record for record in pages.records if record.seq <= told),
            tuple(commit for commit in pages.commits if commit.last <= told),
        )

    def spine(self, until: int) -> Spine:
        """See :class:`engine.journal.base.Journal`."""
        return self._journal.spine(until)

    def epochs(self) -> Epochs:
        """See :class:`engine.journal.base.Journal`."""
        return self._journal.epochs()

    def close(self) -> None:
        """See :class:`engine.journal.base.Journal`."""
        self._journal.close()
