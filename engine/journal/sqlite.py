"""
The keeper of record: SQLite through apsw, one exclusive connection, ``synchronous=FULL``.

apsw brings a SQLite of its own: the ones many systems ship can corrupt a write-ahead log that two connections share. We have one
connection, and the lock keeps a second engine out.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import apsw
import trio

from engine.journal import proof
from engine.journal.anchor import Anchor, SlotFile, Slots
from engine.journal.base import JournalIdentity, Pages
from engine.journal.commit import Commit, Statement
from engine.journal.faults import AnchorLost, JournalDamaged, JournalFault, JournalLocked, JournalTailLost, StorageFault
from engine.journal.files import sync_folder
from engine.journal.record import GENESIS, Record, WrongDigest, unseal
from engine.journal.signing import holds

SEQ_MAX: Final = 2**62
"""No journal gets so far; SQLite counts to twice as many."""

OPENED_MAX: Final = 2**31
"""SQLite keeps the count of openings in 32 bits."""

OWNER_ONLY: Final = 0o600
"""A journal holds every bid in clear, masked or not."""

COPIES_MAX: Final = 5
WAL_HEAD_BYTES: Final = 32
"""The head of a write-ahead log; its salts change when the log begins anew. Source: SQLite, file format, 4.1."""

FORMAT: Final = "luochui journal 1"

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

_RECORD: Final = "seq, epoch, arrived_at, recorded_at, command, outcome, digest"
_COMMIT: Final = "last, first, epoch, root, rules, signature, state_digest"


class SqliteJournal:
    """One proceeding's records in one SQLite file, with the anchor beside or elsewhere."""

    def __init__(
        self, connection: apsw.Connection, identity: JournalIdentity, anchor: Anchor | None, *, serving: bool = False
    ) -> None:
        self.identity = identity
        self._connection = connection
        self._anchor = anchor
        self._serving = serving
        self._compared = anchor is not None
        self._peeked: Statement | None = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._one_at_a_time = trio.CapacityLimiter(1)
        self._broken: str | None = None

    @classmethod
    def create(cls, path: Path, identity: JournalIdentity, anchor_path: Path) -> Self:
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
        connection = _connect(draft, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE, journal_mode="DELETE")
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
            connection.close()
            draft.replace(path)
            sync_folder(path.parent)
        except (apsw.Error, OSError) as error:
            raise StorageFault(f"the journal {path} cannot be made ({type(error).__name__}: {error})") from error
        return cls.open(path, anchor_path)

    @classmethod
    def open(
        cls, path: Path, anchor_path: Path, *, vfs: str | None = None, slots: Callable[[Path], Slots] = SlotFile
    ) -> Self:
        """
        The journal at ``path``, held against other engines.

        Args:
            path: Where it lies.
            anchor_path: Where its head anchor lies.
            vfs: The file system that keeps it, by the name SQLite knows it by; the system's own if None.
            slots: What keeps the anchor.

        Raises:
            JournalLocked: Another engine holds it.
            JournalDamaged: It is no journal of ours.
            StorageFault: What it holds could not be made to last.

        """
        connection = _connect(path, apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
        identity = _identity(connection)
        _make_lasting(connection)
        return cls(connection, identity, Anchor(anchor_path, identity.public_key, slots), serving=True)

    @classmethod
    def open_to_read(cls, path: Path, anchor_path: Path | None = None) -> Self:
        """
        The journal at ``path`` as evidence: a copy is read, so it may lie where nobody can write, and nothing is changed.

        Raises:
            JournalLocked: An engine serves it; its files change as they are read.
            StorageFault: It cannot be read, or there is no anchor at ``anchor_path``.

        """
        _require_idle(path)
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
            before = _moment(path)
            try:
                journal = cls._copied(path, anchor_path)
            except JournalDamaged:
                if _moment(path) == before:
                    raise
                continue
            if _moment(path) == before:
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
            connection = _connect(copy, apsw.SQLITE_OPEN_READWRITE)
            journal = cls(connection, _identity(connection), None)
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

    def end(self) -> tuple[int, int]:
        """
        The last record's seq, and when it was recorded (nanoseconds since 1970); zeros if there is none.

        Raises:
            JournalDamaged: It cannot be read.

        """
        try:
            last = self._connection.execute("SELECT seq, recorded_at FROM records ORDER BY seq DESC LIMIT 1").fetchone()
        except apsw.Error as error:
            raise JournalDamaged(1, f"it cannot be read ({type(error).__name__}: {error})") from error
        return (0, 0) if last is None else (int(last[0]), int(last[1]))

    def history(self) -> Iterator[tuple[Commit, tuple[Record, ...]]]:
        """
        See :class:`engine.journal.base.Journal`.

        Ends with the anchor's word on whether anything is missing. What the journal holds beyond the anchor, which can only be the
        commit that was in flight, is anchored before anyone is told that it stands.
        """
        prev, seq = GENESIS, 0
        before, commit = 0, None
        anchored = self.anchored
        try:
            for row in self._connection.execute(f"SELECT {_COMMIT} FROM commits ORDER BY last"):  # noqa: S608
                last, first, epoch, root, rules, signature, state_digest = row
                if first != seq + 1 or last < first:
                    raise JournalDamaged(seq + 1, "no commit covers it")
                records = tuple(self._records_between(first, last, prev))
                if len(records) != last - first + 1:
                    raise JournalDamaged(first + len(records), "it is missing")
                digests = tuple(record.digest for record in records)
                if proof.levels(digests)[-1][0] != root:
                    raise JournalDamaged(first, "the commit's root is not that of its records")
                prev, before, seq = records[-1].digest, seq, last
                _compare(anchored, records)
                statement = Statement(self.identity.sale, epoch, first, last, prev, root, rules)
                if not holds(self.identity.public_key, statement.text().encode(), signature):
                    raise JournalDamaged(first, "the commit's signature is not the house's")
                commit = Commit(statement, signature, digests, state_digest)
                yield commit, records
            stray = self._connection.execute("SELECT min(seq) FROM records WHERE seq > ?", (seq,)).get
        except (apsw.Error, UnicodeDecodeError, TypeError) as error:
            raise JournalDamaged(seq + 1, f"it cannot be read ({type(error).__name__}: {error})") from error
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
        await trio.to_thread.run_sync(self._keep, records, commit, limiter=self._one_at_a_time)

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.base.Journal`."""
        return await trio.to_thread.run_sync(self._read, after, limit, limiter=self._one_at_a_time)

    def close(self) -> None:
        """Let go of file and lock. A second time does nothing."""
        _let_go(self._connection)
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
                self._connection.executemany(
                    f"INSERT INTO records ({_RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of columns
                    [
                        (
                            record.seq,
                            record.epoch,
                            record.arrived_at,
                            record.recorded_at,
                            record.command_bytes,
                            record.outcome_bytes,
                            record.digest,
                        )
                        for record in records
                    ],
                )
                statement = commit.statement
                self._connection.execute(
                    f"INSERT INTO commits ({_COMMIT}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - names of columns
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
            if self._anchor is not None:
                self._anchor.write(commit)
        except (apsw.Error, OSError, MemoryError) as error:
            self._broken = f"{type(error).__name__}: {error}"
            raise StorageFault(self._broken) from error
        except JournalFault as fault:
            self._broken = str(fault)
            raise

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
                    f"SELECT {_COMMIT} FROM commits WHERE last > ? AND first <= ? ORDER BY last",  # noqa: S608
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
        due = first
        for row in self._connection.execute(
            f"SELECT {_RECORD} FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq",  # noqa: S608
            (first, last),
        ):
            seq, epoch, arrived_at, recorded_at, command, outcome, digest = row
            if seq != due:
                raise JournalDamaged(due, "it is missing")
            try:
                record = unseal(
                    sale=self.identity.sale,
                    epoch=epoch,
                    seq=seq,
                    arrived_at=arrived_at,
                    recorded_at=recorded_at,
                    command_bytes=command,
                    outcome_bytes=outcome,
                    prev=prev,
                    salt_key=self.identity.salt_key,
                    digest=digest,
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


def _moment(path: Path) -> tuple[int, ...]:
    """What changes when pages move from the write-ahead log into the journal, or the log begins anew."""
    log = path.with_name(path.name + "-wal")
    try:
        found = path.stat()
        head = b""
        if log.exists():
            with log.open("rb") as file:
                head = file.read(WAL_HEAD_BYTES)
    except OSError as error:
        raise StorageFault(f"{path} cannot be read: {error.strerror}") from error
    return found.st_mtime_ns, found.st_size, *head


def _require_idle(path: Path) -> None:
    """Refuse a journal that an engine holds: its folder is locked, or the file itself."""
    lock = path.parent.parent.parent / "engine.lock"
    if lock.is_file():
        with lock.open("rb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError as error:
                raise JournalLocked(f"another engine serves {lock.parent}; stop it, or read a copy") from error
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return  # Nobody writes where nobody can.
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        connection.execute("BEGIN IMMEDIATE; ROLLBACK")
        connection.close()
    except apsw.BusyError as error:
        raise JournalLocked(f"another engine holds {path.name}; stop it, or read a copy") from error
    except apsw.Error:
        return  # What is wrong with it is said when it is read.


def _connect(path: Path, flags: int, *, journal_mode: str = "WAL", vfs: str | None = None) -> apsw.Connection:
    try:
        connection = apsw.Connection(str(path), flags=flags, vfs=vfs)
        connection.set_busy_timeout(0)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute(f"PRAGMA journal_mode = {journal_mode}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN IMMEDIATE; COMMIT")
    except apsw.BusyError as error:
        raise JournalLocked(f"another engine holds {path.name}; stop it first") from error
    except apsw.NotADBError as error:
        raise JournalDamaged(1, f"{path.name} is not a journal") from error
    except apsw.CantOpenError as error:
        raise StorageFault(f"{path} cannot be opened; is the path right and writable?") from error
    except apsw.Error as error:
        raise JournalDamaged(1, f"{path.name} cannot be opened ({type(error).__name__}: {error})") from error
    return connection


def _make_lasting(connection: apsw.Connection) -> None:
    """
    See to it that what will be read is on the device, before anybody believes it.

    An engine that was killed, or whose sync failed, may have left pages in the system's cache that read well and are lost with the
    power, and all that follows them in the write-ahead log. So the log is carried over into the journal and begun anew, with a first
    entry of its own: how often the journal was opened.
    """
    try:
        opened = connection.execute("PRAGMA user_version").get
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute(f"PRAGMA user_version = {(opened + 1) % OPENED_MAX}")
    except (apsw.Error, OSError) as error:
        _let_go(connection)
        raise StorageFault(
            f"what the journal holds cannot be made to last ({type(error).__name__}: {error})"
        ) from error


def _identity(connection: apsw.Connection) -> JournalIdentity:
    try:
        rows: list[Any] = connection.execute("SELECT name, value FROM meta").fetchall()
        meta = dict(rows)
        if meta["format"] != FORMAT.encode():
            raise JournalDamaged(1, "the journal was written in another format")
        return JournalIdentity(
            meta["sale"].decode(), int(meta["epoch"]), bytes(meta["salt_key"]), bytes(meta["public_key"])
        )
    except (apsw.Error, KeyError, ValueError, TypeError, AttributeError) as error:
        _let_go(connection)
        raise JournalDamaged(1, f"the journal does not say whose it is ({type(error).__name__})") from error


def _let_go(connection: apsw.Connection) -> None:
    """Close it, whatever the disk says: the write-ahead log it could not tidy up is read by the next one to open it."""
    with suppress(apsw.Error):
        connection.close()
