"""
One upload on the disk: a folder with what it will be, a file for each part, and in the end a mark that all is there and synced.

Which chunks are there is not written down: the declared digests say it, of whatever lies in the files. A sync that failed is never
asked for again: the upload is *broken*, and its files are given up. What an earlier engine left may be such files, or may be in the
system's memory only; so before an upload is finished, chunks that this engine did not write are read, checked, and written over
themselves, under names that are new, and what is then synced is all of it.
"""

import errno
import logging
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from engine.domain.opening.commands import Gap
from engine.domain.units import Nanoseconds
from engine.sealing.faults import SealCode, SealFault
from engine.submission import declaration as declared
from engine.submission.declaration import Declaration, Piece
from engine.submission.disk import Disk
from engine.submission.faults import UploadCode, UploadFault, full, not_written

log = logging.getLogger("luochui.submission")

DECLARED: Final = "declared"
FINISHED: Final = "finished"
DRAFT: Final = "."
"""Begins the name of a folder that is not yet, or no longer, an upload."""

NAME: Final = re.compile(r"([0-9a-f]{32})\.([0-9]{1,9})", re.ASCII)
"""An upload's id, and how many engines had it before."""

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SMALL_BYTES_MAX: Final = 1 << 20
SHOWN: Final = 20
"""So many missing chunks are named in a sentence."""


class Upload:
    """
    One upload. Whoever uses it holds its ``lock``.

    Attributes:
        lock: One at a time.
        gone: It was discarded, or is broken: its files are no more.
        broken: A sync failed, or it could not begin.
        finished_at: When all of it was there; None until then.
        touched: When its owner last asked for it.
        pins: How many submissions of it are under way.
        stands: The record says that it is submitted.

    """

    def __init__(self, disk: Disk, folder: Path, name: str, owner: str, declaration: Declaration) -> None:
        self.name, self.owner, self.declaration = name, owner, declaration
        self.lock = threading.Lock()
        self.gone = self.broken = False
        self.finished_at: Nanoseconds | None = None
        self.touched = Nanoseconds(0)
        self.pins = 0
        self.stands = False
        self._disk, self._folder, self._generation = disk, folder, 0
        self._handles: dict[str, int] = {}
        self._there: dict[str, set[int]] = {piece.name: set() for piece in declaration.pieces}
        self._inherited: dict[str, set[int]] = {piece.name: set() for piece in declaration.pieces}
        """Of what is there, what this engine did not write."""

        self._looked = True
        """Whether it is known what is there."""

    # Beginning.

    def begin(self) -> None:
        """
        Put it on the disk, empty.

        Raises:
            UploadFault: There is no room, or the disk failed; then it is broken.

        """
        try:
            draft = self._folder / f"{DRAFT}{self.name}"
            self._disk.make_folder(draft)
            self._write_small(draft / DECLARED, declared.write(self.owner, self.declaration))
            for piece in self.declaration.pieces:
                self._handles[piece.name] = self._disk.create(draft / piece.name, piece.size)
            self._sync(self._disk.sync_folder, draft)
            self._disk.rename(draft, self._place)
            self._sync(self._disk.sync_folder, self._folder)
        except OSError as error:
            self.broken = True
            fault = _failed(error)
            raise full() if error.errno in NO_ROOM else fault from None

    @classmethod
    def adopt(cls, disk: Disk, folder: Path, found: str) -> Self | None:
        """
        The upload that an earlier engine left as ``found`` in ``folder``; None if it is none, or cannot be read.

        The names in ``folder`` are to be synced afterwards.

        Raises:
            OSError: The disk failed.

        """
        named = NAME.fullmatch(found)
        if named is None:
            return None
        try:
            said = declared.read(_small(disk, folder / found / DECLARED))
        except FileNotFoundError:
            said = None
        if said is None:
            return None
        upload = cls(disk, folder, named[1], *said)
        upload._generation = int(named[2]) + 1  # Names that are new: the sync that follows is about something.
        disk.rename(folder / found, upload._place)
        upload._looked = False
        upload._read_mark()
        return upload

    # Chunks.

    def put(self, part: str, index: int, content: bytes) -> None:
        """
        Keep a chunk. The same again does nothing.

        Raises:
            UploadFault: There is no such chunk, it has another size, or the disk failed.
            SealFault: It is not the chunk that was declared.

        """
        piece = self._piece(part, index)
        if len(content) != piece.chunk_bytes:
            raise UploadFault(UploadCode.CHUNK_SIZE, part=part, chunk=index, bytes=piece.chunk_bytes)
        if self.declaration.digest(content) != piece.digests[index]:
            raise SealFault(SealCode.CHUNK_HASH, part=part, chunk=index)
        self._look()
        if self.finished_at is not None or index in self._there[part] - self._inherited[part]:
            return
        try:
            self._write_chunk(piece, index, content)
        except OSError as error:
            raise _failed(error) from None

    def gaps(self) -> tuple[Gap, ...]:
        """All chunks that are not there, for each part that lacks some."""
        self._look()
        if self.finished_at is not None:
            return ()
        lacking = (
            Gap(part=piece.name, chunks=len(piece.digests), missing=tuple(sorted(self._missing(piece))))
            for piece in self.declaration.pieces
        )
        return tuple(gap for gap in lacking if gap.missing)

    def read(self, part: str, index: int) -> bytes:
        """
        A chunk that is there.

        Raises:
            UploadFault: There is none, or the disk failed.
            SealFault: It is damaged.

        """
        piece = self._piece(part, index)
        try:
            content = self._disk.pread(self._handle(piece), piece.chunk_bytes, index * piece.chunk_bytes)
        except OSError as error:
            raise _failed(error) from None
        if self.declaration.digest(content) != piece.digests[index]:
            raise SealFault(SealCode.CHUNK_HASH, part=part, chunk=index)
        return content

    # Ending.

    def finish(self, at: Nanoseconds) -> Nanoseconds:
        """
        All is there, and outlasts a power cut when this returns.

        Returns:
            When it was: ``at``, or what it was the first time.

        Raises:
            SealFault: Chunks are missing.
            UploadFault: The disk failed. If ``broken``, nothing of it is to be believed.

        """
        if self.finished_at is not None:
            return self.finished_at
        for gap in self.gaps():
            shown = ", ".join(map(str, gap.missing[:SHOWN]))
            raise SealFault(SealCode.INCOMPLETE, part=gap.part, chunks=gap.chunks, missing=shown)
        for piece in self.declaration.pieces:
            for index in sorted(self._inherited[piece.name]):
                self._settle(piece, index)
        try:
            for piece in self.declaration.pieces:
                self._sync(self._disk.fsync, self._handle(piece))
            self._write_mark(at)
        except OSError as error:
            raise _failed(error) from None
        self.finished_at = at
        self.let_go()
        return at

    def remove(self) -> None:
        """
        Give up its files. It is gone, whatever comes of it.

        Raises:
            OSError: The disk failed. What the next engine finds of it, it writes over itself before it believes it.

        """
        self.gone = True
        self.let_go()
        draft = self._folder / f"{DRAFT}{self.name}"
        with suppress(FileNotFoundError):
            self._disk.rename(self._place, draft)
        try:
            self._disk.sync_folder(self._folder)  # Or a power cut would bring it back.
        finally:
            self._disk.remove(draft)

    def let_go(self) -> None:
        """Close its files; who needs them opens them again."""
        while self._handles:
            with suppress(OSError):
                self._disk.close(self._handles.popitem()[1])

    @property
    def _place(self) -> Path:
        return self._folder / f"{self.name}.{self._generation}"

    def _piece(self, part: str, index: int) -> Piece:
        piece = next((each for each in self.declaration.pieces if each.name == part), None)
        if piece is None or not 0 <= index < len(piece.digests):
            raise UploadFault(UploadCode.CHUNK_UNKNOWN)
        return piece

    def _missing(self, piece: Piece) -> set[int]:
        return set(range(len(piece.digests))) - self._there[piece.name]

    def _look(self) -> None:
        """Find out what is there, by its digests."""
        if self._looked or self.finished_at is not None:
            return
        for piece in self.declaration.pieces:
            for index in range(len(piece.digests)):
                with suppress(SealFault, UploadFault):  # What cannot be read is not there.
                    self.read(piece.name, index)
                    self._there[piece.name].add(index)
                    self._inherited[piece.name].add(index)
        self._looked = True

    def _settle(self, piece: Piece, index: int) -> None:
        """Write over itself what an earlier engine wrote."""
        try:
            content = self.read(piece.name, index)
        except SealFault:
            self._there[piece.name].discard(index)
            raise
        try:
            self._write_chunk(piece, index, content)
        except OSError as error:
            raise _failed(error) from None

    def _write_chunk(self, piece: Piece, index: int, content: bytes) -> None:
        self._there[piece.name].discard(index)
        self._write(self._handle(piece), content, index * piece.chunk_bytes)
        self._there[piece.name].add(index)
        self._inherited[piece.name].discard(index)

    def _write_mark(self, at: Nanoseconds) -> None:
        draft = self._place / f"{FINISHED}.new"
        self._write_small(draft, declared.guarded({"at": str(at), "manifest": self.declaration.manifest.hex()}))
        self._disk.rename(draft, self._place / FINISHED)
        self._sync(self._disk.sync_folder, self._place)

    def _read_mark(self) -> None:
        """Believe that it is finished if the mark says so, after that is written anew."""
        if FINISHED in self._disk.names(self._place):
            said = declared.unguarded(_small(self._disk, self._place / FINISHED))
            if said is not None and said.get("manifest") == self.declaration.manifest.hex():
                at = Nanoseconds(int(said["at"]))
                self._write_mark(at)
                self.finished_at = at

    def _write_small(self, path: Path, content: bytes) -> None:
        handle = self._disk.create(path, 0)
        try:
            self._write(handle, content, 0)
            self._sync(self._disk.fsync, handle)
        finally:
            self._disk.close(handle)

    def _write(self, handle: int, content: bytes, at: int) -> None:
        if self._disk.pwrite(handle, content, at) != len(content):
            raise OSError("written in part")

    def _handle(self, piece: Piece) -> int:
        if piece.name not in self._handles:
            self._handles[piece.name] = self._disk.open(self._place / piece.name)
        return self._handles[piece.name]

    def _sync(self, act: Callable[[Any], None], what: int | Path) -> None:
        """Sync once. If it fails, nobody knows what is on the device, and nobody will be told by asking again."""
        try:
            act(what)
        except OSError:
            self.broken = True
            raise


def _failed(error: OSError) -> UploadFault:
    """Tell the operator what, and not whose; the owner that, and not what."""
    log.error("the disk of the sealed envelopes failed: %s", error.strerror or error)
    return not_written()


def _small(disk: Disk, path: Path) -> bytes:
    handle = disk.open(path)
    try:
        return disk.pread(handle, SMALL_BYTES_MAX, 0)
    finally:
        disk.close(handle)
