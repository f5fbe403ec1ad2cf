"""
The keeper of record: SQLite through apsw, one exclusive connection, ``synchronous=FULL``.

apsw brings a SQLite of its own: the ones many systems ship can corrupt a write-ahead log that two connections share. We have one
connection, and the lock keeps a second engine out.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import apsw

from engine.domain.units import Nanoseconds
from engine.journal import proof
from engine.journal.anchor import Anchor, Slots
from engine.journal.base import Epochs, JournalIdentity, Pages, Spine
from engine.journal.commit import Commit, Statement
from engine.journal.device import Device, settle
from engine.journal.faults import (
    AnchorLost,
    EpochStale,
    JournalDamaged,
    JournalFault,
    JournalLocked,
    JournalTailLost,
    StorageFault,
)
from engine.journal.files import sync_folder
from engine.journal.opening import FORMAT, connect, identity_in, let_go, moment, require_idle, require_log, said
from engine.journal.reading import COMMIT, RECORD, Help, checked
from engine.journal.record import GENESIS, Record, WrongDigest, unseal
from engine.journal.signing import holds
from engine.journal.sound import Row
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

        self.help = Help()
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

    def end(self) -> tuple[int, int, int]:
        """
        The last record's seq, that of the last record of the commit before, and when the last was recorded (nanoseconds since 1970).

        Zeros if there is none.

        Raises:
            JournalDamaged: It cannot be read.

        """
        try:
            last = self._connection.execute("SELECT seq, recorded_at FROM records ORDER BY seq DESC LIMIT 1").fetchone()
            first = self._connection.execute("SELECT first FROM commits ORDER BY last DESC LIMIT 1").get
        except apsw.Error as error:
            raise JournalDamaged(1, f"it cannot be read {said(error)}") from error
        return (0, 0, 0) if last is None else (int(last[0]), int(first or 1) - 1, int(last[1]))

    def newest(self) -> Commit | None:
        """
        The last commit as it stands there, not held to anything yet; None if there is none.

        Raises:
            JournalDamaged: It cannot be read.

        """
        try:
            row = self._connection.execute(f"SELECT {COMMIT} FROM commits ORDER BY last DESC LIMIT 1").fetchone()  # noqa: S608
            return None if row is None else self._commit(row)
        except (apsw.Error, IndexError) as error:
            raise JournalDamaged(1, "it cannot be read") from error

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """
        See :class:`engine.journal.base.Journal`.

        Ends with the anchor's word on whether anything is missing. What the journal holds beyond the anchor, which can only be the
        commit that was in flight, is anchored before anyone is told that it stands. A journal at fault is left as it was found.
        """
        try:
            yield from self._history()
        except JournalFault as fault:
            self._broken = str(fault)  # Its files stay as they were found.
            raise

    def _history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        prev, seq = GENESIS, 0
        before, commit = 0, None
        anchored = self.anchored
        if anchored is not None and anchored.epoch > self.identity.epoch:
            raise EpochStale(self.identity.epoch, anchored.epoch, anchored.first)
        try:
            with closing(checked(self._connection, self.identity, self.help)) as commits:
                for kept in commits:
                    last, first, epoch, root, rules, signature, state_digest = kept.commit
                    if first != seq + 1 or last < first:
                        raise JournalDamaged(seq + 1, "no commit covers it")
                    if commit is not None and epoch < commit.statement.epoch:
                        raise JournalDamaged(first, "its epoch is not the journal's")
                    records = tuple(self._records(kept.rows, first, prev, sound=kept.sound))
                    if kept.fault is not None:
                        raise kept.fault
                    if len(records) != last - first + 1:
                        raise JournalDamaged(first + len(records), "it is missing")
                    digests = tuple([record.digest for record in records])
                    if not kept.sound and proof.levels(digests)[-1][0] != root:
                        raise JournalDamaged(first, "the commit's root is not that of its records")
                    prev, before, seq = records[-1].digest, seq, last
                    _compare(anchored, records)
                    statement = Statement(self.identity.sale, epoch, first, last, prev, root, rules)
                    if not kept.sound and not holds(self.identity.public_key, statement.text().encode(), signature):
                        raise JournalDamaged(first, "the commit's signature is not the house's")
                    if not isinstance(state_digest, str | None):
                        raise JournalDamaged(last, "the digest kept of the state is none")
                    commit = Commit(statement, signature, digests, state_digest)
                    yield commit, records
            stray = self._connection.execute("SELECT min(seq) FROM records WHERE seq > ?", (seq,)).get
        except (apsw.IOError, apsw.NoMemError) as error:
            raise StorageFault(f"record {seq + 1} cannot be read {said(error)}") from error
        except (apsw.Error, UnicodeDecodeError, TypeError) as error:
            raise JournalDamaged(seq + 1, f"it cannot be read {said(error)}") from error
        if stray is not None:
            raise JournalDamaged(stray, "no commit covers it")
        if anchored is not None and anchored.last > seq:
            raise JournalTailLost(seq + 1, anchored.last)
        if commit is not None:
            self._check_end(commit, anchored, before)

    def _check_end(self, last: Commit, anchored: Statement | None, before: int) -> None:
        """``before`` is where the commit before the last one ended."""
        if last.statement.epoch != self.identity.epoch:
            raise JournalDamaged(last.last, "its epoch is not the journal's")
        if not self._compared:
            return
        reached = anchored.last if anchored is not None else 0
        if reached < before:
            raise AnchorLost(reached, last.last)
        if self._serving and self._anchor is not None:
            self._anchor.write(last)  # Also where it says so already: that may be in the cache only.

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        """See :class:`engine.journal.base.Journal`."""
        await self._thread.run(self._keep, records, commit)

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`."""
        return await self._thread.run(self._read, after, limit)

    def spine(self, until: int) -> Spine:
        """See :class:`engine.journal.base.Journal`."""
        try:
            rows: list[Any] = self._connection.execute(
                "SELECT digest, recorded_at FROM records WHERE seq <= ? ORDER BY seq", (until,)
            ).fetchall()
        except apsw.Error as error:
            raise StorageFault(f"{type(error).__name__}: {error}") from error
        return Spine(tuple(digest for digest, _ in rows), Nanoseconds(rows[-1][1] if rows else 0))

    def epochs(self) -> Epochs:
        """See :class:`engine.journal.base.Journal`."""
        try:
            rows: list[Any] = self._connection.execute(
                "SELECT epoch, min(first) FROM commits GROUP BY epoch ORDER BY epoch"
            ).fetchall()
        except apsw.Error as error:
            raise StorageFault(f"{type(error).__name__}: {error}") from error
        return tuple((int(epoch), int(first)) for epoch, first in rows)

    def begin_epoch(self, epoch: int) -> None:
        """The records to come are of a higher ``epoch``; the journal says so from the first of them on."""
        if epoch <= self.identity.epoch:
            raise AssertionError("epochs rise")
        self.identity = replace(self.identity, epoch=epoch)

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

    def _read(self, after: int, limit: int) -> Pages:
        after = max(0, after)
        if after > SEQ_MAX:
            return Pages((), ())
        try:
            prev = self._connection.execute("SELECT digest FROM records WHERE seq = ?", (after,)).get or GENESIS
            records = tuple(self._records_between(after + 1, after + limit, prev))
            if not records:
                return Pages((), ())
            commits = tuple(
                self._commit(row)
                for row in self._connection.execute(
                    f"SELECT {COMMIT} FROM commits WHERE last > ? AND first <= ? ORDER BY last",  # noqa: S608
                    (after, records[-1].seq),
                ).fetchall()
            )
        except apsw.Error as error:
            raise StorageFault(f"{type(error).__name__}: {error}") from error
        return Pages(records, commits)

    def _commit(self, row: tuple[Any, ...]) -> Commit:
        last, first, epoch, root, rules, signature, state_digest = row
        digests = tuple(
            digest
            for (digest,) in self._connection.execute(
                "SELECT digest FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
            )
        )
        statement = Statement(self.identity.sale, epoch, first, last, digests[-1], root, rules)
        return Commit(statement, signature, digests, state_digest)

    def _records_between(self, first: int, last: int, prev: bytes) -> Iterator[Record]:
        rows = self._connection.execute(
            f"SELECT {RECORD} FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq",  # noqa: S608
            (first, last),
        )
        return self._records(rows, first, prev)

    def _records(self, rows: Iterable[Row], due: int, prev: bytes, *, sound: bool = False) -> Iterator[Record]:
        """The records of ``rows``, from ``due`` on; ``sound`` if their digests were checked."""
        identity = self.identity
        sale, salt_key = identity.sale, identity.salt_key
        for seq, epoch, arrived_at, recorded_at, command, outcome, digest in rows:
            if seq != due:
                raise JournalDamaged(due, "it is missing")
            try:
                record = unseal(
                    sale=sale,
                    epoch=epoch,
                    seq=seq,
                    arrived_at=arrived_at,
                    recorded_at=recorded_at,
                    command_bytes=command,
                    outcome_bytes=outcome,
                    prev=prev,
                    salt_key=salt_key,
                    digest=digest,
                    sound=sound,
                )
            except WrongDigest as error:
                raise JournalDamaged(seq, "its content or place does not match its digest") from error
            except (ValueError, KeyError, TypeError) as error:
                raise JournalDamaged(seq, f"its content cannot be read ({type(error).__name__})") from error
            yield record
            prev, due = digest, seq + 1


def _compare(anchored: Statement | None, records: tuple[Record, ...]) -> None:
    if anchored is None or not records[0].seq <= anchored.last <= records[-1].seq:
        return
    if records[anchored.last - records[0].seq].digest != anchored.head:
        raise JournalTailLost(anchored.last, anchored.last, forked=True)
