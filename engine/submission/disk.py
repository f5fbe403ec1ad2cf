"""What the store asks of a disk. Handed in, so that a test's disk can fail, be full, or lose what was not synced."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

SMALL_BYTES_MAX: Final = 1 << 20


class SyncFailed(OSError):
    """A sync failed: nobody knows what is on the device, and nobody will be told by asking again."""


class Disk(Protocol):
    """
    Files and folders. Every method raises :class:`OSError` where the system does.

    A name is only safe once its folder was synced, and content once its file was.
    """

    def make_folder(self, folder: Path, /) -> None:
        """Make ``folder``, for its owner only; it may be there."""
        ...

    def names(self, folder: Path, /) -> list[str]:
        """What lies in ``folder``."""
        ...

    def create(self, path: Path, size: int, /) -> int:
        """A handle of a file of ``size`` bytes, for which there is room; what was there is gone."""
        ...

    def open(self, path: Path, /) -> int:
        """A handle to read and to write a file that is there."""
        ...

    def pwrite(self, handle: int, content: bytes, at: int, /) -> int:
        """Write at a place; says how many bytes it took."""
        ...

    def pread(self, handle: int, size: int, at: int, /) -> bytes:
        """Read at a place; fewer bytes at the end."""
        ...

    def fsync(self, handle: int, /) -> None:
        """Return when everything written is on the device."""
        ...

    def close(self, handle: int, /) -> None:
        """Let go of a handle."""
        ...

    def rename(self, path: Path, to: Path, /) -> None:
        """Give another name, whole or not at all."""
        ...

    def sync_folder(self, folder: Path, /) -> None:
        """Return when the names in ``folder`` are on the device."""
        ...

    def remove(self, folder: Path, /) -> None:
        """Remove ``folder`` with all in it; it need not be there."""
        ...


class SystemDisk:
    """The system's."""

    def make_folder(self, folder: Path) -> None:
        """See :class:`Disk`."""
        folder.mkdir(mode=0o700, exist_ok=True)

    def names(self, folder: Path) -> list[str]:
        """See :class:`Disk`."""
        return [path.name for path in folder.iterdir()]

    def create(self, path: Path, size: int) -> int:
        """See :class:`Disk`."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            if size:
                os.posix_fallocate(handle, 0, size)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def open(self, path: Path) -> int:
        """See :class:`Disk`."""
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)

    def pwrite(self, handle: int, content: bytes, at: int) -> int:
        """See :class:`Disk`."""
        return os.pwrite(handle, content, at)

    def pread(self, handle: int, size: int, at: int) -> bytes:
        """See :class:`Disk`."""
        return os.pread(handle, size, at)

    def fsync(self, handle: int) -> None:
        """See :class:`Disk`."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """See :class:`Disk`."""
        os.close(handle)

    def rename(self, path: Path, to: Path) -> None:
        """See :class:`Disk`."""
        path.rename(to)

    def sync_folder(self, folder: Path) -> None:
        """See :class:`Disk`."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, folder: Path) -> None:
        """See :class:`Disk`."""
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)


def sync(act: Callable[[Any], None], what: int | Path) -> None:
    """
    Sync once: ``act`` is ``fsync`` or ``sync_folder`` of a disk.

    Raises:
        SyncFailed: Do not ask again.

    """
    try:
        act(what)
    except OSError as error:
        raise SyncFailed(error.errno, error.strerror) from error


def write_whole(disk: Disk, handle: int, content: bytes, at: int) -> None:
    """
    Write all of ``content``.

    Raises:
        OSError: It was not, or not all of it.

    """
    if disk.pwrite(handle, content, at) != len(content):
        raise OSError("written in part")


def write_small(disk: Disk, path: Path, content: bytes) -> None:
    """A file of few bytes, synced; its name is not."""
    handle = disk.create(path, 0)
    try:
        write_whole(disk, handle, content, 0)
        sync(disk.fsync, handle)
    finally:
        disk.close(handle)


def read_small(disk: Disk, path: Path) -> bytes:
    """A file of few bytes."""
    handle = disk.open(path)
    try:
        return disk.pread(handle, SMALL_BYTES_MAX, 0)
    finally:
        disk.close(handle)
