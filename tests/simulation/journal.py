"""The keeper of record on a simulated disk: the engine's own code, but for the thread in which it works."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import trio

from engine.journal.base import JournalIdentity, Pages
from engine.journal.commit import Commit
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from tests.simulation.disk import FILES, VFS_NAME, Disk, File

JOURNAL: Final = "journal.sqlite"
ANCHOR: Final = "head.anchor"


class SimulatedJournal(SqliteJournal):
    """What a thread did is done at once, between two waits. In either of them the machine may be lost."""

    slow: Callable[[], float]
    kept = 0
    """The last record that :meth:`append` kept."""

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        await trio.sleep(self.slow())
        self._keep(records, commit)
        self.kept = commit.last
        await trio.sleep(self.slow())

    async def read(self, after: int, limit: int) -> Pages:
        await trio.sleep(self.slow() / 4)
        return self.reader.read(after, limit)


def put_empty_journal(disk: Disk, identity: JournalIdentity) -> None:
    """A journal without records, on the platter."""
    image = _empty_journal(identity)
    disk.files[JOURNAL] = File(bytearray(image), bytearray(image), named=True)


def open_journal(disk: Disk, slow: Callable[[], float]) -> SimulatedJournal:
    """The journal as the engine opens it."""
    folder = Path(FILES.mount(disk))
    journal = SimulatedJournal.open(folder / JOURNAL, folder / ANCHOR, vfs=VFS_NAME, slots=disk.slots)
    journal.slow = slow
    return journal


@cache
def _empty_journal(identity: JournalIdentity) -> bytes:
    with tempfile.TemporaryDirectory(prefix="luochui-simulation-") as folder:
        path = Path(folder) / "journal.sqlite"
        SqliteJournal.create(path, identity, Path(folder) / "head.anchor").close()
        return path.read_bytes()
