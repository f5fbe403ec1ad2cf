"""Where a journal and its anchor lie, to be looked at and spoilt."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.journal.commit import Commit
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.room.recovery import recover
from tests.journal.books import IDENTITY, book

KEPT = book()
PAGE = 4096
WAL_HEADER, WAL_FRAME = 32, 24 + PAGE


@dataclass(frozen=True)
class Place:
    """Where a journal and its anchor are."""

    journal: Path
    anchor: Path

    @classmethod
    def under(cls, folder: Path) -> "Place":
        return cls(folder / "journal.sqlite", folder / "trial.anchor")

    def create(self) -> SqliteJournal:
        return SqliteJournal.create(self.journal, IDENTITY, self.anchor)

    def open(self) -> SqliteJournal:
        return SqliteJournal.open(self.journal, self.anchor)

    @property
    def wal(self) -> Path:
        return self.journal.with_name(self.journal.name + "-wal")

    def copy_to(self, folder: Path) -> "Place":
        """All files as they lie there now."""
        folder.mkdir(exist_ok=True)
        there = Place.under(folder)
        for source, copy in ((self.journal, there.journal), (self.anchor, there.anchor), (self.wal, there.wal)):
            if source.exists():
                shutil.copyfile(source, copy)
            else:
                copy.unlink(missing_ok=True)
        return there

    def history(self) -> list[tuple[Commit, tuple[Record, ...]]]:
        journal = self.open()
        try:
            recover(journal)
            return list(journal.history())
        finally:
            journal.close()

    def prefix(self) -> int:
        """How many records are left, whatever the anchor says."""
        journal = SqliteJournal.open_to_read(self.journal)
        try:
            return sum(len(records) for _, records in journal.history())
        finally:
            journal.close()


def flipped(content: bytes, at: int, mask: int = 0x02) -> bytes:
    return content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]
