"""
A disk that keeps what was synced, and of the rest what it likes.

Programs read and write a cache. A sync carries it to the platter. When the power goes, of each write that was not synced any of its
sectors may have been kept: in whatever order, so that one write is torn and a later one is whole. When only the program is killed the
cache lives on. A sync that fails leaves the cache as it was and forgets what it should have carried over: the next one "succeeds"
without it, as file systems do.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import apsw

SECTOR: Final = 512
VFS_NAME: Final = "luochui-simulated"

Write = tuple[int, bytes | None]
"""Where, and what; None: the file was cut off there."""


class DiskFault(OSError):
    """A call to the disk failed."""


@dataclass
class File:
    """One file: what programs see of it, what is on the platter, what is on its way there."""

    cache: bytearray = field(default_factory=bytearray)
    platter: bytearray = field(default_factory=bytearray)
    pending: list[Write] = field(default_factory=list)
    named: bool = False
    """Whether its name is on the platter."""


@dataclass
class Trouble:
    """What happens at the ``at``-th call from now on: ``power`` (it goes), ``kill`` (the engine is), ``error``, ``full``."""

    at: int
    kind: str
    syncs_only: bool = False


class Disk:
    """All files of the house's machine."""

    def __init__(self, chance: random.Random, on_cut: Callable[[str], None]) -> None:
        self.chance = chance
        self.files: dict[str, File] = {}
        self.dead = False
        self.lies = False
        """Whether it says of the journal that it is kept when it is not. The anchor lies on an honest device."""

        self.trouble: Trouble | None = None
        self.mount = 0
        """Which engine's files may be touched: what an earlier one still holds, it holds in vain."""

        self.calls = 0
        self.failed_syncs = self.lies_told = 0
        self._on_cut = on_cut

    def call(self, *, syncs: bool = False) -> None:
        """One call; it may be the one that fails."""
        if self.dead:
            raise DiskFault("the machine is off")
        self.calls += 1
        trouble = self.trouble
        if trouble is None:
            return
        if (trouble.syncs_only and not syncs) or (trouble.kind == "full" and syncs):
            return
        trouble.at -= 1
        if trouble.at > 0:
            return
        self.trouble = None
        if trouble.kind in {"power", "kill"}:
            self.dead = True
            self._on_cut(trouble.kind)
        raise DiskFault("no space left on device" if trouble.kind == "full" else "input/output error")

    def fail_at(self, call: int, kind: str, *, syncs_only: bool = False) -> None:
        """The ``call``-th call, or sync, from now on fails."""
        self.trouble = Trouble(call, kind, syncs_only)

    def anchored(self) -> int:
        """The last record for which the anchor vouches, as it is on the platter."""
        best = 0
        for name, file in self.files.items():
            if name.endswith(".anchor"):
                for at in (0, 4096):
                    lines = bytes(file.platter[at : at + SECTOR]).split(b"\n")
                    if lines[0] == b"luochui commit v1":
                        best = max(best, int(lines[4]))
        return best

    def write(self, name: str, data: bytes, at: int) -> None:
        """Into the cache."""
        file = self.files[name]
        try:
            self.call()
        except DiskFault:
            self._put(file, data[: self.chance.randrange(len(data) + 1)], at)
            raise
        self._put(file, data, at)

    def _put(self, file: File, data: bytes, at: int) -> None:
        _lay(file.cache, data, at)
        file.pending.append((at, data))

    def truncate(self, name: str, size: int) -> None:
        """Cut a file off."""
        self.call()
        del self.files[name].cache[size:]
        self.files[name].pending.append((size, None))

    def sync(self, name: str) -> None:
        """Carry a file over to the platter, or say so."""
        file = self.files[name]
        try:
            self.call(syncs=True)
        except DiskFault:
            if not self.dead:
                self.failed_syncs += 1
                self._some(file)
            raise
        if self.lies and not name.endswith(".anchor") and self.chance.random() < 0.6:
            self.lies_told += 1
            return
        for at, data in file.pending:
            _carry(file.platter, at, data)
        file.pending.clear()
        file.named = True

    def delete(self, name: str) -> None:
        """Away with a file; after a power cut it may be back."""
        self.call()
        file = self.files.pop(name)
        if file.named and self.chance.random() < 0.5:
            self.files[f"{name} (deleted)"] = file

    def power_cut(self) -> None:
        """What is on the platter is what there is."""
        for name in [name for name in self.files if name.endswith(" (deleted)")]:
            file = self.files.pop(name)
            self.files.setdefault(name.removesuffix(" (deleted)"), file)
        for name, file in list(self.files.items()):
            self._some(file)
            file.cache = bytearray(file.platter)
            if not file.named and self.chance.random() < 0.5:
                del self.files[name]

    def _some(self, file: File) -> None:
        """Of what is pending, some reaches the platter, and no more of it ever will."""
        share = self.chance.choice([0.0, 0.0, 0.3, 0.7, 1.0])
        for at, data in file.pending:
            if data is None:
                if self.chance.random() < share:
                    _carry(file.platter, at, None)
                continue
            begun = 0
            while begun < len(data):
                end = min(len(data), (at + begun) // SECTOR * SECTOR + SECTOR - at)
                if self.chance.random() < share:
                    _carry(file.platter, at + begun, data[begun:end])
                begun = end
        file.pending.clear()

    def slots(self, path: Path) -> "SlotsOnDisk":
        """The anchor's, made if there are none."""
        return SlotsOnDisk(self, path.name)


def _lay(content: bytearray, data: bytes, at: int) -> None:
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def _carry(platter: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del platter[at:]
    else:
        _lay(platter, data, at)


class SlotsOnDisk:
    """See :class:`engine.journal.anchor.Slots`."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name = disk, name
        if name not in disk.files:
            disk.files[name] = File(bytearray(8192), bytearray(8192), named=True)

    def read(self, size: int, at: int) -> bytes:
        """See :class:`engine.journal.anchor.Slots`."""
        return bytes(self._disk.files[self._name].cache[at : at + size])

    def write(self, data: bytes, at: int) -> int:
        """See :class:`engine.journal.anchor.Slots`."""
        self._disk.write(self._name, data, at)
        return len(data)

    def sync(self) -> None:
        """See :class:`engine.journal.anchor.Slots`."""
        self._disk.sync(self._name)

    def close(self) -> None:
        """Nothing to let go of."""


class Files(apsw.VFS):
    """
    The disk as SQLite's file system. One for the process; which disk it is can be changed.

    Paths are ``/MOUNT/NAME``: the connection of an engine that is gone, closed late, does what it does in vain.
    """

    disk: Disk

    def __init__(self) -> None:
        super().__init__(VFS_NAME, "")
        self._mounts = count(1)

    def mount(self, disk: Disk) -> str:
        """Let this be the disk; the folder under which it is seen."""
        self.disk, disk.mount = disk, next(self._mounts)
        return f"/{disk.mount}"

    def _gone(self, path: str) -> bool:
        return self.disk.dead or path.split("/")[1] != str(self.disk.mount)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "OpenFile":  # type: ignore[override] # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if self._gone(path):
            raise apsw.CantOpenError("the machine is off")
        file = path.split("/")[2]
        self.disk.files.setdefault(file, File())
        return OpenFile(self.disk, file)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        return pathname.split("/")[2] in self.disk.files

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        if self._gone(filename):
            return
        try:
            self.disk.delete(filename.split("/")[2])
        except DiskFault as fault:
            raise apsw.IOError(str(fault)) from fault

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        return name


class OpenFile:
    """One open file, as SQLite wants it. Once its engine is gone it is read as before and written in vain."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name, self._mount = disk, name, disk.mount
        self._file = disk.files[name]

    @property
    def _gone(self) -> bool:
        return self._disk.dead or self._mount != self._disk.mount

    def _do(self, what: Callable[..., None], *arguments: Any) -> None:
        if self._gone:
            return
        try:
            what(self._name, *arguments)
        except DiskFault as fault:
            raise (apsw.FullError if "space" in str(fault) else apsw.IOError)(str(fault)) from fault

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._file.cache[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._do(self._disk.write, bytes(data), offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._do(self._disk.truncate, size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._do(self._disk.sync)

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._file.cache)

    def xLock(self, level: int) -> None:  # noqa: N802
        """Nobody else is there."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """Nobody else is there."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0

    def xClose(self) -> None:  # noqa: N802
        """Nothing to let go of."""


FILES: Final = Files()
