"""
The head anchor: the last acknowledged head, kept outside the journal.

A chain proves what is there, not that nothing is missing at its end: one damaged byte in a write-ahead log can make the last
records vanish without a trace. The anchor is written after each commit and before its acknowledgement, so a journal that ends
before it has lost something.

Two slots are written in turn, so that a torn write spoils the newer one only.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from engine.journal.commit import Commit, Statement, StatementFault
from engine.journal.device import Device
from engine.journal.faults import EpochStale, JournalLocked, StorageFault
from engine.journal.files import sync_folder
from engine.journal.signing import holds

SLOT_BYTES: Final = 4096


class Slots(Protocol):
    """Where an anchor's two slots are kept. Whatever fails is an :class:`OSError`."""

    def read(self, size: int, at: int) -> bytes:
        """Up to ``size`` bytes from byte ``at`` on."""
        ...

    def write(self, data: bytes, at: int) -> int:
        """Put ``data`` at byte ``at``; how much of it was written."""
        ...

    def sync(self) -> None:
        """Return when everything written is on the device."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


class SlotFile:
    """Slots in a file of their own, made if there is none."""

    def __init__(self, path: Path, device: Device = os) -> None:
        self._device = device
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        missing = 2 * SLOT_BYTES - os.fstat(self._handle).st_size
        if missing > 0:
            _require_whole(device.pwrite(self._handle, bytes(missing), 2 * SLOT_BYTES - missing), missing)
            device.fsync(self._handle)
            sync_folder(path.parent)

    def read(self, size: int, at: int) -> bytes:
        """See :class:`Slots`."""
        return os.pread(self._handle, size, at)

    def write(self, data: bytes, at: int) -> int:
        """See :class:`Slots`."""
        return self._device.pwrite(self._handle, data, at)

    def sync(self) -> None:
        """See :class:`Slots`."""
        self._device.fdatasync(self._handle)

    def hold(self) -> None:
        """
        Keep others from holding it as long as this is open: a copy of the journal, in another folder, may name the same anchor.

        Raises:
            BlockingIOError: Somebody else does.

        """
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """See :class:`Slots`."""
        os.close(self._handle)


class Anchor:
    """
    The anchor file of one journal.

    Args:
        path: Where it lies.
        public_key: Of the house that signs.
        device: What is asked of the system.
        slots: What keeps it, if not a file.
        alone: Nobody else serves a journal by it meanwhile. Who fences an engine writes there all the same.

    Raises:
        JournalLocked: Somebody does.
        StorageFault: It cannot be opened.

    """

    def __init__(
        self,
        path: Path,
        public_key: bytes,
        device: Device = os,
        *,
        slots: Callable[[Path], Slots] | None = None,
        alone: bool = False,
    ) -> None:
        self._public_key = public_key
        self._turn = 0
        self._expected: list[bytes] | None = None
        try:
            self._slots = _slots_of(path, device, alone=alone) if slots is None else slots(path)
        except BlockingIOError as error:
            raise JournalLocked(f"another engine holds the head anchor {path}; stop it first") from error
        except OSError as error:
            raise StorageFault(f"the head anchor {path} cannot be opened: {error.strerror}") from error

    @staticmethod
    def image(path: Path) -> bytes:
        """
        What stands in ``path``, which is not touched.

        Raises:
            StorageFault: There is no anchor there.

        """
        try:
            return path.read_bytes()
        except OSError as error:
            raise StorageFault(f"there is no head anchor at {path} ({error.strerror})") from error

    @staticmethod
    def newest(image: bytes, public_key: bytes) -> Statement | None:
        """The newest head anchored in an :meth:`image`; None if none was."""
        found = [_parse(image[at : at + SLOT_BYTES], public_key) for at in (0, SLOT_BYTES)]
        return max((one for one in found if one is not None), key=lambda one: (one.epoch, one.last), default=None)

    @staticmethod
    def image_of(commit: Commit) -> bytes:
        """An :meth:`image` as it was when ``commit`` was the newest."""
        return _slot_of(commit).ljust(2 * SLOT_BYTES, b"\0")

    def read(self) -> Statement | None:
        """The newest head anchored; None if none was."""
        best: Statement | None = None
        for turn in (0, 1):
            statement = self._slot(turn)
            if statement is not None and (best is None or (statement.epoch, statement.last) > (best.epoch, best.last)):
                best, self._turn = statement, turn ^ 1
        return best

    def write(self, commit: Commit) -> None:
        """
        Anchor the head of ``commit``; blocks until it is on the device.

        Raises:
            StorageFault: It may not be there.

        """
        if self._expected is not None:
            self._require_ours(self._expected, commit.statement)
        slot = _slot_of(commit)
        self._put(slot, self._turn)
        if self._expected is not None:
            self._expected[self._turn] = slot
        self._turn ^= 1

    def guard(self) -> None:
        """From now on look at both slots before writing: whoever is in force now has written there."""
        self._expected = [self._slots.read(SLOT_BYTES, at) for at in (0, SLOT_BYTES)]

    def overwrite(self, successor: Commit) -> None:
        """
        Put ``successor``, of a higher epoch, into both slots: who writes here next is told by the other one.

        Raises:
            StorageFault: It may not be there.

        """
        for turn in (0, 1):
            self._put(_slot_of(successor), turn)

    def _put(self, slot: bytes, turn: int) -> None:
        try:
            written = self._slots.write(slot, turn * SLOT_BYTES)
            self._slots.sync()
        except OSError as error:
            raise StorageFault(f"the head anchor could not be written: {error.strerror}") from error
        _require_whole(written, SLOT_BYTES)

    def _require_ours(self, expected: list[bytes], statement: Statement) -> None:
        for turn, slot in enumerate(expected):
            if self._slots.read(SLOT_BYTES, turn * SLOT_BYTES) == slot:
                continue
            other = self._slot(turn)
            if other is not None and other.epoch > statement.epoch:
                raise EpochStale(statement.epoch, other.epoch, other.first)
            raise StorageFault("somebody else writes the head anchor")

    def close(self) -> None:
        """Let go of the file."""
        self._slots.close()

    def _slot(self, turn: int) -> Statement | None:
        return _parse(self._slots.read(SLOT_BYTES, turn * SLOT_BYTES), self._public_key)


def _slots_of(path: Path, device: Device, *, alone: bool) -> SlotFile:
    slots = SlotFile(path, device)
    if alone:
        try:
            slots.hold()
        except OSError:
            slots.close()
            raise
    return slots


def _slot_of(commit: Commit) -> bytes:
    return (commit.statement.text() + commit.signature.hex() + "\n").encode().ljust(SLOT_BYTES, b"\0")


def _require_whole(written: int, wanted: int) -> None:
    if written != wanted:
        raise StorageFault("the head anchor was written in part: is its disk full?")


def _parse(slot: bytes, public_key: bytes) -> Statement | None:
    text = slot.rstrip(b"\0")
    statement, _, signature = text[:-1].rpartition(b"\n")
    try:
        parsed = Statement.parse(statement.decode() + "\n")
        sound = holds(public_key, statement + b"\n", bytes.fromhex(signature.decode()))
    except (StatementFault, UnicodeDecodeError, ValueError):
        return None
    return parsed if sound else None
