"""
The keeper of record: SQLite through apsw, one exclusive connection, ``synchronous=FULL``.

apsw brings a SQLite of its own: the ones many systems ship can corrupt a write-ahead log that two connections share. We have one
connection, and the lock keeps a second engine out.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

import apsw

from engine.journal.anchor import Anchor, Slots
from engine.journal.base import Epochs, JournalIdentity, Pages, Spine
from engine.journal.commit import Commit, Statement
from engine.journal.device import Device, settle
from engine.journal.faults import (
    JournalDamaged,
    JournalFault,
    JournalLocked,
    StorageFault,
)
from engine.journal.files import sync_folder
from engine.journal.opening import FORMAT, connect, identity_in, let_go, moment, require_idle, require_log, said
from engine.journal.reader import Reader
from engine.journal.reading import COMMIT, RECORD
from engine.journal.record import Record
from engine.journal.thread import OneThread

SEQ_MAX: Final = 2**62
"""No journal gets so far; SQLite counts to twice as many."""

OWNER_ONLY: Final = 0o600
"""A journal holds every bid in clear, masked or not."""

COPIES_MAX: Final = 5
CHECKPOINT_PAGES: Final = 1000
"""When the write-ahead log holds so many pages, they are moved into the journal."""

_INSERT: Final = {
    rows: f"INSERT INTO records ({RECORD}) VALUES {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * rows)}"  # noqa: S608 - names of columns
    for rows in (64, 16, 4, 1)
}
"""By how many records it inserts, the largest first."""

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    command BLOB NOT NULL,
    outcome BLOB NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE TABLE commits (
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    root BLOB NOT NULL,
    rules TEXT NOT NULL,
    signature BLOB NOT NULL,
    state_digest TEXT
) STRICT;
"""


class SqliteJournal:
    """One proceeding's records in one SQLite file, with the anchor beside or elsewhere."""

    def __init__(
        self,
        connection: apsw.Connection,
        identity: JournalIdentity,
        anchor: Anchor | None,
        *,
        serving: bool = False,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> None:
        self.identity = identity
        self._epoch = identity.epoch
        """The one the file says it is in."""

        self.reader = Reader(connection, identity)
        self._connection = connection
        self._anchor = anchor
        self._serving = serving
        self._compared = anchor is not None
        self._peeked: Statement | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._thread = OneThread(f"journal of {identity.sale}")
        self._broken: str | None = None
        self._log_pages, self._checkpoint_pages = 0, checkpoint_pages
        if serving:
            connection.set_wal_hook(self._grown)

    @classmethod
    def create(
        cls,
        path: Path,
        identity: JournalIdentity,
        anchor_path: Path,
        *,
        device: Device = os,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> Self:
        """
        A new journal at ``path``; there must be none.

        It is made under another name first: a crash leaves either a whole journal or none.
        """
        if path.exists():
            raise StorageFault(f"{path} is there already")
        log = path.with_name(path.name + "-wal")
        if log.exists():
            raise StorageFault(
                f"{path} is missing, but its write-ahead log {log.name} is there: the journal was lost. Restore it"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        connection = connect(draft, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, draft=True)
        meta = [
            ("format", FORMAT.encode()),
            ("sale", identity.sale.encode()),
            ("epoch", str(identity.epoch).encode()),
            ("salt_key", identity.salt_key),
            ("public_key", identity.public_key),
        ]
        try:
            draft.chmod(OWNER_ONLY)
            with connection:
                connection.execute(_SCHEMA)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", meta)
            require_log(connection, draft)
            connection.close()
            draft.replace(path)
            sync_folder(path.parent)
        except StorageFault:
            let_go(connection)
            raise
        except (apsw.Error, OSError) as error:
            let_go(connection)
            raise StorageFault(f"the journal {path} cannot be made {said(error)}") from error
        return cls.open(path, anchor_path, device=device, checkpoint_pages=checkpoint_pages)

    @classmethod
    def open(  # noqa: PLR0913 - what a machine has is handed in
        cls,
        path: Path,
        anchor_path: Path,
        *,
        device: Device = os,
        checkpoint_pages: int = CHECKPOINT_PAGES,
        vfs: str | None = None,
        slots: Callable[[Path], Slots] | None = None,
    ) -> Self:
        """
        The journal at ``path``, held against other engines.

        Args:
            path: Where it lies.
            anchor_path: Where its head anchor lies.
            device: What is asked of the system beside SQLite.
            checkpoint_pages: When the write-ahead log is moved into the journal.
            vfs: The file system that keeps it, by the name SQLite knows it by; the system's own if None.
            slots: What keeps the anchor.

        Raises:
            JournalLocked: Another engine holds it, or its head anchor.
            JournalDamaged: It is no journal of ours.
            StorageFault: It cannot be read or written.

        """
        connection = connect(path, apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
        try:
            settle(path.with_name(path.name + "-wal"), device, vfs)
            identity = identity_in(connection)
            anchor = Anchor(anchor_path, identity.public_key, device, slots=slots, alone=True)
        except JournalFault:
            let_go(connection)
            raise
        return cls(connection, identity, anchor, serving=True, checkpoint_pages=checkpoint_pages)

    @classmethod
    def open_to_read(cls, path: Path, anchor_path: Path | None = None) -> Self:
        """
        The journal at ``path`` as evidence: a copy is read, so it may lie where nobody can write, and nothing is changed.

        Raises:
            JournalLocked: An engine serves it; its files change as they are read.
            StorageFault: It cannot be read, or there is no anchor at ``anchor_path``.

        """
        require_idle(path)
        return cls._copied(path, anchor_path)

    @classmethod
    def open_beside(cls, path: Path, anchor_path: Path | None = None) -> Self:
        """
        The journal at ``path`` as it stands now, though an engine may be serving it. Nothing of it is locked or changed.

        The anchor is read first: whatever it vouches for was in the journal before.

        Raises:
            JournalLocked: An engine writes to it so fast that no copy is of one moment.
            StorageFault: It cannot be read.

        """
        for _ in range(COPIES_MAX):
            before = moment(path)
            try:
                journal = cls._copied(path, anchor_path)
            except JournalDamaged:
                if moment(path) == before:
                    raise
                continue
            if moment(path) == before:
                return journal
            journal.close()
        raise JournalLocked(f"{path.name} changes faster than it can be copied; look again when the sale rests")

    @classmethod
    def _copied(cls, path: Path, anchor_path: Path | None) -> Self:
        anchored = None if anchor_path is None else Anchor.image(anchor_path)
        scratch = tempfile.TemporaryDirectory(prefix="luochui-evidence-")
        copy = Path(scratch.name) / path.name
        try:
            for suffix in ("", "-wal"):
                if path.with_name(path.name + suffix).exists():
                    shutil.copyfile(path.with_name(path.name + suffix), copy.with_name(copy.name + suffix))
            connection = connect(copy, apsw.SQLITE_OPEN_READWRITE)
            journal = cls(connection, identity_in(connection), None)
        except OSError as error:
            scratch.cleanup()
            raise StorageFault(f"{path} cannot be read: {error.strerror}") from error
        except JournalFault:
            scratch.cleanup()
            raise
        journal._scratch = scratch
        if anchored is not None:
            journal._peeked = Anchor.newest(anchored, journal.identity.public_key)
            journal._compared = True
        return journal

    @property
    def anchored(self) -> Statement | None:
        """What the head anchor vouches for."""
        return self._anchor.read() if self._anchor is not None else self._peeked

    def save_as(self, path: Path) -> None:
        """
        Write all of it to a new file at ``path``: one file, without a log.

        Raises:
            StorageFault: It could not be written, or not read.

        """
        try:
            target = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
            try:
                with target.backup("main", self._connection, "main") as copy:
                    copy.step()
            finally:
                target.close()
        except apsw.Error as error:
            raise StorageFault(f"{path} cannot be written {said(error)}") from error

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """
        See :class:`engine.journal.base.Journal`.

        Ends with the anchor's word on whether anything is missing. What the journal holds beyond the anchor, which can only be the
        commit that was in flight, is anchored before anyone is told that it stands. A journal at fault is left as it was found.
        """
        last: Commit | None = None
        try:
            for last, records in self.reader.history(self.anchored, compared=self._compared):
                yield last, records
            if last is not None and self._serving and self._anchor is not None:
                self._anchor.write(last)  # Also where it says so already: that may be in the cache only.
        except JournalFault as fault:
            self._broken = str(fault)  # Its files stay as they were found.
            raise

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """See :class:`engine.journal.base.Journal`."""
        await self._thread.run(self._keep, records, commit)

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`."""
        return await self._thread.run(self.reader.read, after, limit)

    def spine(self, until: int) -> Spine:
        """See :class:`engine.journal.base.Journal`."""
        return self.reader.spine(until)

    def epochs(self) -> Epochs:
        """See :class:`engine.journal.base.Journal`."""
        return self.reader.epochs()

    def begin_epoch(self, epoch: int) -> None:
        """The records to come are of a higher ``epoch``; the journal says so from the first of them on."""
        if epoch <= self.identity.epoch:
            raise AssertionError("epochs rise")
        self.identity = self.reader.identity = replace(self.identity, epoch=epoch)

    def guard(self) -> None:
        """From now on the head anchor is looked at before it is written: who finds another's words there stops."""
        if self._anchor is not None:
            self._anchor.guard()

    async def supersede(self, successor: Commit) -> None:
        """
        Anchor a commit of a higher epoch that was made elsewhere: this journal takes nothing more, and is not served again.

        Raises:
            StorageFault: The anchor could not be written.

        """
        await self._thread.run(self._end, successor)

    def _end(self, successor: Commit) -> None:
        self._broken = "another engine is in force"
        if self._anchor is not None:
            self._anchor.overwrite(successor)

    def close(self) -> None:
        """
        Let go of file and lock. A second time does nothing. After a fault nothing is written or synced any more.

        Raises:
            StorageFault: What is in the write-ahead log could not be moved into the journal. It is kept all the same.

        """
        self._thread.close()
        try:
            if self._broken is None:
                self._connection.close()
            else:
                let_go(self._connection)
        except apsw.Error as error:
            let_go(self._connection)
            raise StorageFault(f"the journal's log stays as it is {said(error)}") from error
        finally:
            if self._anchor is not None:
                self._anchor.close()
                self._anchor = None
            if self._scratch is not None:
                self._scratch.cleanup()

    def _keep(self, records: tuple[Record, ...], commit: Commit) -> None:
        if self._broken is not None:
            raise StorageFault(f"the journal stopped taking records: {self._broken}")
        try:
            with self._connection:
                self._insert(records)
                statement = commit.statement
                if statement.epoch != self._epoch:
                    self._connection.execute(
                        "UPDATE meta SET value = ? WHERE name = 'epoch'", (str(statement.epoch).encode(),)
                    )
                self._connection.execute(
                    f"INSERT INTO commits ({COMMIT}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of columns
                    (
                        statement.last,
                        statement.first,
                        statement.epoch,
                        statement.root,
                        statement.rules,
                        commit.signature,
                        commit.state_digest,
                    ),
                )
            self._epoch = statement.epoch
            if self._anchor is not None:
                self._anchor.write(commit)
            if self._log_pages >= self._checkpoint_pages:
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
                self._log_pages = 0
        except (apsw.Error, OSError, MemoryError) as error:
            self._broken = f"{type(error).__name__}: {error}"
            raise StorageFault(self._broken) from error
        except JournalFault as fault:
            self._broken = str(fault)
            raise

    def _insert(self, records: tuple[Record, ...]) -> None:
        """
        Many in one statement: between two statements this thread lets go of the interpreter and must wait for it again.

        That is a tenth of a millisecond each time, while everybody else is at work.
        """
        left = records
        for rows, statement in _INSERT.items():
            while len(left) >= rows:
                now, left = left[:rows], left[rows:]
                values: list[int | bytes] = []
                for record in now:
                    values += (
                        record.seq,
                        record.epoch,
                        record.arrived_at,
                        record.recorded_at,
                        record.command_bytes,
                        record.outcome_bytes,
                        record.digest,
                    )
                self._connection.execute(statement, values)

    def _grown(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        """
        Told by SQLite, after each commit, of the pages in the write-ahead log.

        SQLite would move them into the journal by itself, but passes over a fault while it does.
        """
        self._log_pages = pages
        return int(apsw.SQLITE_OK)
