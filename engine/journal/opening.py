"""Opening a journal's file: who holds it, whether it is one of ours, and how it is let go when something is wrong."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import apsw

from engine.journal.base import JournalIdentity
from engine.journal.faults import JournalDamaged, JournalFault, JournalLocked, StorageFault

WAL_HEAD_BYTES: Final = 32
"""The head of a write-ahead log; its salts change when the log begins anew. Source: SQLite, file format, 4.1."""

FORMAT: Final = "luochui journal 1"


def let_go(connection: apsw.Connection) -> None:
    """Close without a word to the disk: after a fault nothing is written or synced a second time."""
    with suppress(apsw.Error):
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    with suppress(apsw.Error):
        connection.close()


def moment(path: Path) -> tuple[int, ...]:
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


def require_idle(path: Path) -> None:
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


def said(error: Exception) -> str:
    """What SQLite complains of, on one line and in parentheses."""
    return f"({type(error).__name__}: {' '.join(str(error).split())})"


def connect(path: Path, flags: int, *, draft: bool = False, vfs: str | None = None) -> apsw.Connection:
    """
    The one connection to ``path``, which keeps others out; a ``draft`` is made whole or thrown away, and needs no log.

    Raises:
        JournalFault: It cannot be had.

    """
    try:
        connection = apsw.Connection(str(path), flags=flags, vfs=vfs)
    except apsw.Error as error:
        raise _cannot_open(path, error) from error
    try:
        connection.set_busy_timeout(0)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        if draft:
            connection.execute("PRAGMA journal_mode = OFF")
        else:
            require_log(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN IMMEDIATE; COMMIT")
    except StorageFault:
        let_go(connection)
        raise
    except apsw.Error as error:
        let_go(connection)
        raise _cannot_open(path, error) from error
    return connection


def require_log(connection: apsw.Connection, path: Path) -> None:
    """SQLite does not complain if it cannot begin a write-ahead log, but goes on without."""
    if connection.execute("PRAGMA journal_mode = WAL").get != "wal":
        raise StorageFault(f"{path} could not be given its write-ahead log: is its disk full, or at fault?")


def _cannot_open(path: Path, error: apsw.Error) -> JournalFault:
    what = said(error)
    match error:
        case apsw.BusyError():
            return JournalLocked(f"another engine holds {path.name}; stop it first")
        case apsw.NotADBError():
            return JournalDamaged(1, "the file is not a journal")
        case apsw.CantOpenError():
            return StorageFault(f"{path} cannot be opened; is the path right and writable?")
        case apsw.IOError() | apsw.FullError() | apsw.NoMemError() | apsw.ReadOnlyError():
            return StorageFault(f"{path} cannot be read or written {what}")
        case _:
            return JournalDamaged(1, f"the file cannot be opened {what}")


def identity_in(connection: apsw.Connection) -> JournalIdentity:
    """
    What the journal says of itself.

    Raises:
        JournalDamaged: It does not say so. The connection is let go.

    """
    try:
        rows: list[Any] = connection.execute("SELECT name, value FROM meta").fetchall()
        meta = dict(rows)
        if meta["format"] != FORMAT.encode():
            raise JournalDamaged(1, "the journal was written in another format")
        return JournalIdentity(
            meta["sale"].decode(), int(meta["epoch"]), bytes(meta["salt_key"]), bytes(meta["public_key"])
        )
    except (apsw.Error, KeyError, ValueError, TypeError, AttributeError) as error:
        let_go(connection)
        raise JournalDamaged(1, f"the journal does not say whose it is ({type(error).__name__})") from error
