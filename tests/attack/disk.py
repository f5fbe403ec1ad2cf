"""P9: every call to the disk fails once, in every way; nothing is acknowledged falsely, no sync is asked for a second time."""

import errno
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import count, product
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import apsw
import trio

from engine.journal.device import Device
from engine.journal.faults import JournalFault, StorageFault
from engine.journal.sqlite import CHECKPOINT_PAGES, SqliteJournal
from tests.attack.scene import Files, Place, Scene, kept_book
from tests.journal.books import IDENTITY, Kept, same_record

BLOCK: Final = 512
CHECKPOINT_PAGES_OFTEN: Final = 12
"""So small that pages are moved into the journal every few commits."""


class Failure(StrEnum):
    """How a call fails."""

    NO_SPACE = "ENOSPC"
    IO_ERROR = "EIO"
    SHORT_WRITE = "short write"
    SYNC_ONCE = "fsync fails once"
    """What was written since the last sync is dropped and taken for written: later syncs say yes."""

    READ_ERROR = "EIO while reading"
    SHORT_READ = "short read"


READING: Final = (Failure.READ_ERROR, Failure.SHORT_READ)
WRITING: Final = tuple(how for how in Failure if how not in READING)


class Disk(apsw.VFS, Device):
    """
    The system's files, for SQLite and for the anchor, with a memory of what has reached the device.

    While entered it is SQLite's own file system. One call among those counted fails.

    Attributes:
        calls: How many writes, truncations and syncs there were.
        reads: How many reads.
        again: How often a sync was asked for on a file after one had failed on it, while nothing new was written.

    """

    def __init__(self) -> None:
        super().__init__("attacked", "unix")
        apsw.set_default_vfs("attacked")
        self._at = self.calls = self.reads = 0
        self._how: Failure | None = None
        self._on_device: dict[str, bytearray] = {}
        self._dirty: dict[str, set[int]] = {}
        self.failed_sync: set[str] = set()
        self.again = 0
        self.hit: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: tuple[type[BaseException] | None, BaseException | None, TracebackType | None]) -> None:
        apsw.set_default_vfs("unix")
        self.unregister()

    def fail(self, at: int, how: Failure) -> None:
        """Let the ``at``-th call from the beginning fail."""
        self._at, self._how = at, how

    @property
    def over(self) -> bool:
        """Whether the call that was to fail has come and gone: it is none that fails so."""
        return self.hit is None and self.calls >= self._at > 0

    def heal(self) -> None:
        """No call fails any more."""
        self._how = None

    def restarted(self) -> None:
        """The process ended; another one may sync."""
        self.failed_sync.clear()

    # What both kinds of files share.

    def fails(self, kind: str, path: str) -> Failure | None:
        """How the call now made fails; None if it does not."""
        if kind == "read":
            self.reads += 1
        else:
            self.calls += 1
        if self._how is None or (self._how in READING) != (kind == "read"):
            return None
        if self._at != (self.reads if kind == "read" else self.calls):
            return None
        fitting = {
            "write": {Failure.NO_SPACE, Failure.IO_ERROR, Failure.SHORT_WRITE},
            "sync": {Failure.IO_ERROR, Failure.SYNC_ONCE},
            "truncate": {Failure.IO_ERROR},
            "read": {Failure.READ_ERROR, Failure.SHORT_READ},
        }
        if self._how not in fitting[kind]:
            return None
        self.hit = f"{kind} of {Path(path).name}"
        return self._how

    def written(self, path: str, at: int, size: int) -> None:
        """So many bytes now differ from what is on the device."""
        self._dirty.setdefault(path, set()).update(range(at // BLOCK, (at + size + BLOCK - 1) // BLOCK))

    def synced(self, path: str, *, failed: bool) -> None:
        """The device has everything of ``path``; or, if it failed, what is not there is forgotten."""
        if path in self.failed_sync:
            self.again += 1
        if failed:
            self.failed_sync.add(path)
            self._dirty.pop(path, None)
            return
        device = self._on_device.setdefault(path, bytearray())
        content = Path(path).read_bytes()
        for block in self._dirty.pop(path, ()):
            part = content[block * BLOCK : (block + 1) * BLOCK]
            device[len(device) :] = bytes(max(0, block * BLOCK + len(part) - len(device)))
            device[block * BLOCK : block * BLOCK + len(part)] = part
        del device[len(content) :]

    def on_device(self, path: Path) -> bytes:
        """What a power cut would leave of ``path``."""
        return bytes(self._on_device.get(str(path), b""))

    def power_cut(self, place: Place, there: Place) -> None:
        """Lay in ``there`` what a power cut leaves of ``place``."""
        for path, copy in ((place.journal, there.journal), (place.wal, there.wal), (place.anchor, there.anchor)):
            if path.exists():
                copy.write_bytes(self.on_device(path))

    # The anchor's.

    def pwrite(self, handle: int, content: bytes, at: int, /) -> int:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        how = self.fails("write", path)
        if how is Failure.SHORT_WRITE:
            content = content[: len(content) // 2]
        elif how is not None:
            number = errno.ENOSPC if how is Failure.NO_SPACE else errno.EIO
            raise OSError(number, os.strerror(number))
        self.written(path, at, len(content))
        return os.pwrite(handle, content, at)

    def fsync(self, handle: int, /) -> None:
        self.fdatasync(handle)

    def fdatasync(self, handle: int, /) -> None:
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        failed = self.fails("sync", path) is not None
        self.synced(path, failed=failed)
        if failed:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    # SQLite's.

    def excepthook(self, *_: object) -> bool:
        """What SQLite passes over need not be printed."""
        return True

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "_File":  # noqa: N802 - SQLite's name
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        draft = self._on_device.pop(f"{path}.new", None)
        if draft is not None:
            self._on_device[path] = draft  # It was made under another name.
        return _File(self, path, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        self._on_device.pop(filename, None)
        self._dirty.pop(filename, None)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, path: str, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk, self._path = disk, path
        super().__init__("unix", name, flags)

    def excepthook(self, *_: object) -> bool:
        """As for the disk."""
        return True

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        how = self._disk.fails("read", self._path)
        if how is Failure.READ_ERROR:
            raise apsw.IOError("input/output error")
        found = super().xRead(amount, offset)
        return found[: len(found) // 2] if how is Failure.SHORT_READ else found

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        how = self._disk.fails("write", self._path)
        if how is Failure.SHORT_WRITE:
            data = bytes(data)[: len(data) // 2]
        if how in {None, Failure.SHORT_WRITE}:
            super().xWrite(data, offset)
            self._disk.written(self._path, offset, len(data))
        if how is Failure.IO_ERROR:
            raise apsw.IOError("input/output error")
        if how is not None:
            raise apsw.FullError("no space left on device")

    def xSync(self, flags: int) -> None:  # noqa: N802
        failed = self._disk.fails("sync", self._path) is not None
        super().xSync(flags)
        self._disk.synced(self._path, failed=failed)
        if failed:
            raise apsw.IOError("input/output error")

    def xTruncate(self, size: int) -> None:  # noqa: N802
        if self._disk.fails("truncate", self._path) is not None:
            raise apsw.IOError("input/output error")
        super().xTruncate(size)
        self._disk.written(self._path, size, 0)


@dataclass(slots=True)
class Trial:
    """One failing call, and everything looked at after it."""

    book: list[Kept]
    root: Path
    checkpoint_pages: int = CHECKPOINT_PAGES

    def run(self, at: int, how: Failure) -> str | None:
        """
        Keep the book on a disk whose ``at``-th call fails.

        Returns:
            What was hit; None if the call is none that can fail so, or came to nobody's notice because there was none.

        Raises:
            AssertionError: A promise was broken.

        """
        shutil.rmtree(self.root, ignore_errors=True)
        place = Place(self.root / "data")
        with Disk() as disk:
            disk.fail(at, how)
            acknowledged = trio.run(self._work, disk, place)
            disk.heal()
            if disk.hit is None:
                return None
            assert disk.again == 0, "a sync that failed was asked for again"
            crash, cut = Place(self.root / "crash"), Place(self.root / "cut")
            crash.folder.mkdir()
            if not place.journal.exists():
                assert acknowledged == 0
                return disk.hit
            place.files().lay(crash)
            cut.folder.mkdir()
            disk.power_cut(place, cut)
            self._holds(crash, acknowledged, "after a crash")
            self._holds(cut, acknowledged, "after a power cut")
            disk.restarted()
            told = self._holds(place, acknowledged, "after a restart", device=disk, goes_on=True)
            disk.power_cut(place, cut)
            self._holds(cut, told, "after a restart and a power cut")
            return disk.hit

    async def _work(self, disk: Disk, place: Place) -> int:
        """How many commits were acknowledged until it stopped; it must stop at the failing call, and take nothing more."""
        acknowledged, journal = 0, None
        with suppress(StorageFault):
            journal = SqliteJournal.create(
                place.journal, IDENTITY, place.anchor, device=disk, checkpoint_pages=self.checkpoint_pages
            )
            for kept in self.book:
                await journal.append(*kept)
                assert disk.hit is None, f"acknowledged though the {disk.hit} failed"
                acknowledged += 1
                if disk.over:
                    break
        if journal is not None and disk.hit is not None:
            disk.heal()
            for kept in self.book[acknowledged : acknowledged + 2]:
                try:
                    await journal.append(*kept)
                except StorageFault:
                    continue
                raise AssertionError("it took another commit after a fault")
        if journal is not None:
            journal.close()
        return acknowledged

    def _holds(self, place: Place, least: int, when: str, *, device: Device = os, goes_on: bool = False) -> int:
        """How many commits are there: at least ``least``, at most one more, each as it was kept; and one more if it goes on."""
        try:
            journal = SqliteJournal.open(place.journal, place.anchor, device=device)
        except JournalFault as fault:
            if least:
                raise AssertionError(f"{when}: {fault}") from fault
            return 0
        try:
            found = list(journal.history())
            assert least <= len(found) <= least + 1, f"{when}: {len(found)} commits, {least} were acknowledged"
            for (_, records), (kept, _) in zip(found, self.book, strict=False):
                assert all(map(same_record, records, kept)), when
            if goes_on:
                trio.run(journal.append, *self.book[len(found)])
        except JournalFault as fault:
            raise AssertionError(f"{when}: {fault}") from fault
        finally:
            journal.close()
        return len(found) + goes_on


def read_badly(place: Place, files: Files, book: list[Kept], at: int, how: Failure) -> str | None:
    """
    Open what ``files`` hold on a disk whose ``at``-th read fails.

    Returns:
        What was hit; None if there are not so many reads.

    Raises:
        AssertionError: Another history was read than was kept, then or when the disk was well again.

    """
    files.lay(place)
    with Disk() as disk:
        disk.fail(at, how)
        journal, found = None, None
        with suppress(JournalFault):
            journal = place.open()
            found = list(journal.history())
        if journal is not None:
            with suppress(StorageFault):
                journal.close()
        disk.heal()
        journal = place.open()
        again = list(journal.history())
        journal.close()
        for history in (again, again if found is None else found):
            assert len(history) == len(book), f"{len(history)} commits were read"
            for (_, records), (kept, _) in zip(history, book, strict=True):
                assert all(map(same_record, records, kept)), "other records were read"
        return disk.hit


def book_of_calls(calls: int) -> list[Kept]:
    """Commits enough for so many calls to the disk: about ten a commit."""
    return kept_book(40 + calls)


def run(*, calls: int, say: Callable[[str], object], step: int = 1) -> dict[str, Any]:
    """Let each of the first ``calls`` calls fail in each way; every ``step``-th only, if that is not 1."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="luochui-disk-", dir=memory if memory.is_dir() else None))
    began = told = time.monotonic()
    book, hits, wrong = book_of_calls(calls), Counter[str](), list[str]()
    try:
        _read_all(folder, hits, wrong)
        for pages in (CHECKPOINT_PAGES, CHECKPOINT_PAGES_OFTEN):
            trial = Trial(book, folder / "trial", pages)
            for at, how in product(range(1, calls + 1, step), WRITING):
                try:
                    hit = trial.run(at, how)
                except AssertionError as broken:
                    wrong.append(f"call {at}, {how}, log of {pages} pages: {broken}")
                    say(wrong[-1])
                else:
                    if hit is not None:
                        hits[f"{how}: {hit}"] += 1
                if time.monotonic() - told > 5:
                    told = time.monotonic()
                    say(f"call {at:,} of {calls:,}, log of {pages} pages, {hits.total():,} faults, {len(wrong)} wrong")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for what, times in sorted(hits.items()):
        say(f"{what}: {times:,}")
    took_s = time.monotonic() - began
    return {"calls": calls, "faults": hits.total(), "wrong": len(wrong), "faults_per_s": round(hits.total() / took_s)}


def _read_all(folder: Path, hits: Counter[str], wrong: list[str]) -> None:
    """Let every read fail, of a journal that was closed, of one after a crash, and of one with its log half moved."""
    scene, place = Scene(folder / "scene"), Place(folder / "read")
    place.folder.mkdir()
    for files, how in product((scene.closed, scene.crashed, scene.later[-1]), READING):
        for at in count(1):
            try:
                hit = read_badly(place, files, scene.book, at, how)
            except AssertionError as broken:
                wrong.append(f"read {at}, {how}: {broken}")
                continue
            if hit is None:
                break
            hits[f"{how}: {hit}"] += 1
