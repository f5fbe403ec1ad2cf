"""What a journal asks of the system beside SQLite, and what a sync that failed leaves behind."""

import os
from pathlib import Path
from typing import Final, Protocol

import apsw

from engine.journal.faults import StorageFault

AT_ONCE_BYTES: Final = 1 << 20


class Device(Protocol):
    """What is asked of the system; the module ``os`` is one."""

    def pwrite(self, handle: int, content: bytes, at: int, /) -> int:
        """Write at a place; says how many bytes it took."""
        ...

    def fsync(self, handle: int, /) -> None:
        """Return when everything written is on the device."""
        ...

    def fdatasync(self, handle: int, /) -> None:
        """The same, without what only describes the file."""
        ...


def settle(log: Path, device: Device, vfs: str | None = None) -> None:
    """
    Write the write-ahead log over itself and sync it, so that what is read from it is on the device.

    After a sync that failed, the system takes what it could not write for written: the next sync says yes, reading shows it, and a
    power cut takes it away. What recovery finds there is told to people, so it must be there.
    """
    try:
        if vfs is not None:
            _settle_in(vfs, log)
        elif log.exists():
            _settle_on(device, log)
    except OSError as error:
        raise StorageFault(f"{log} cannot be written: {error.strerror}") from error
    except apsw.Error as error:
        raise StorageFault(f"{log} cannot be written ({type(error).__name__}: {error})") from error


def _settle_on(device: Device, log: Path) -> None:
    handle = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    try:
        at = 0
        while content := os.pread(handle, AT_ONCE_BYTES, at):
            if device.pwrite(handle, content, at) != len(content):
                raise StorageFault(f"{log.name} was written in part")
            at += len(content)
        if at:
            device.fsync(handle)
    finally:
        os.close(handle)


def _settle_in(vfs: str, log: Path) -> None:
    """The same in a file system of SQLite's, by its name."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_WAL
    try:
        file = apsw.VFSFile(vfs, str(log), [flags, 0])
    except apsw.CantOpenError:
        return  # There is none.
    try:
        size = file.xFileSize()
        for at in range(0, size, AT_ONCE_BYTES):
            file.xWrite(file.xRead(min(AT_ONCE_BYTES, size - at), at), at)
        if size:
            file.xSync(apsw.SQLITE_SYNC_FULL)
    finally:
        file.xClose()
