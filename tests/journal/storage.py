"""A file system that can be told to fail, handed to SQLite as its own."""

from itertools import count
from pathlib import Path

import apsw

from engine.journal.anchor import Anchor
from engine.journal.base import JournalIdentity
from engine.journal.commit import Commit
from engine.journal.faults import StorageFault
from engine.journal.sqlite import SqliteJournal

_NUMBER = count(1)


class FailingFiles(apsw.VFS):
    """
    The system's files; one call among those counted fails.

    Attributes:
        calls: How many writes and syncs there were since counting began.
        fails_at: Which of them fails; 0 if none does.
        torn: Whether half of a failing write is done.
        to_the_end: Whether all after it fail too.

    """

    def __init__(self) -> None:
        self.name = f"failing-{next(_NUMBER)}"
        self.calls = self.fails_at = 0
        self.torn = self.to_the_end = False
        super().__init__(self.name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "_File":  # noqa: N802 - SQLite's name
        return _File(self, name, flags)

    def fails(self) -> bool:
        """Whether the call now made is the one to fail."""
        self.calls += 1
        return 0 < self.fails_at <= self.calls if self.to_the_end else self.calls == self.fails_at

    def arm(self, at: int, *, torn: bool = False, to_the_end: bool = False) -> None:
        """Let the ``at``-th call from now on fail."""
        self.calls, self.fails_at, self.torn, self.to_the_end = 0, at, torn, to_the_end


class _File(apsw.VFSFile):
    def __init__(self, files: FailingFiles, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._files = files
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        if self._files.fails():
            if self._files.torn:
                super().xWrite(bytes(data)[: len(data) // 2], offset)
            raise apsw.FullError("no space left on device")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._files.fails():
            raise apsw.IOError("input/output error")
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        if self._files.fails():
            raise apsw.IOError("input/output error")
        super().xTruncate(size)


class FailingAnchor(Anchor):
    """An anchor whose device is gone once it is told so."""

    gone = False

    def write(self, commit: Commit) -> None:
        if self.gone:
            raise StorageFault("the head anchor could not be written: no such device")
        super().write(commit)


def open_on(
    files: FailingFiles, path: Path, identity: JournalIdentity, anchor: Anchor, *, checkpoint_pages: int = 1000
) -> SqliteJournal:
    """The journal at ``path``, on ``files``, set up as the engine does."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=files.name)
    for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")
    return SqliteJournal(connection, identity, anchor)
