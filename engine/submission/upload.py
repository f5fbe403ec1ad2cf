"""
One upload on the disk: a folder with what it will be, a file for each part, and in the end a mark that all is there and synced.

A sync that failed is never asked for again: the upload is *broken*, and its files are given up. What an earlier engine left may be
such files, or may be in the system's memory only; so before an upload is finished, chunks that this engine did not write are read,
checked, and written over themselves, under names that are new, and what is then synced is all of it.
"""

import errno
import logging
import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from engine.domain.opening.commands import Gap
from engine.domain.units import Nanoseconds
from engine.sealing.faults import SealCode, SealFault
from engine.submission import declaration as declared
from engine.submission.chunks import Chunks
from engine.submission.declaration import Declaration
from engine.submission.disk import Disk, SyncFailed, read_small, sync, write_small
from engine.submission.faults import UploadCode, UploadFault, full, not_written

log = logging.getLogger("luochui.submission")

DECLARED: Final = "declared"
FINISHED: Final = "finished"
DRAFT: Final = "."
"""Begins the name of a folder that is not yet, or no longer, an upload."""

NAME: Final = re.compile(r"([0-9a-f]{32})\.([0-9]{1,9})", re.ASCII)
"""An upload's id, and how many engines had it before."""

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
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
        looked: It is known which chunks are there.

    """

    def __init__(self, disk: Disk, folder: Path, name: str, owner: str, declaration: Declaration) -> None:
        self.name, self.owner, self.declaration = name, owner, declaration
        self.lock = threading.Lock()
        self.gone = self.broken = False
        self.finished_at: Nanoseconds | None = None
        self.touched = Nanoseconds(0)
        self.pins = 0
        self.stands = False
        self._disk, self._folder = disk, folder
        self._chunks = [Chunks(disk, piece, declaration.of) for piece in declaration.pieces]
        self._place = folder / f"{name}.0"
        self.looked = True

    # Beginning.

    def begin(self) -> None:
        """
        Put it on the disk, empty.

        Raises:
            UploadFault: There is no room, or the disk failed; then it is broken.

        """
        draft = self._folder / f"{DRAFT}{self.name}"
        try:
            self._disk.make_folder(draft)
            write_small(self._disk, draft / DECLARED, declared.write(self.owner, self.declaration))
            for chunks in self._chunks:
                chunks.create(draft / chunks.piece.name)
            sync(self._disk.sync_folder, draft)
            self._move(draft, self._place)
            sync(self._disk.sync_folder, self._folder)
        except OSError as error:
            self.broken = True
            fault = self._failed(error)
            raise full() if error.errno in NO_ROOM else fault from None

    @classmethod
    def adopt(cls, disk: Disk, folder: Path, found: str) -> Self | None:
        """
        The upload that an earlier engine left as ``found`` in ``folder``; None if it is none, or cannot be read.

        The names in ``folder`` are to be synced afterwards.

        Raises:
            OSError: The disk failed.

        """
        named, said = NAME.fullmatch(found), None
        if named is not None:
            with suppress(FileNotFoundError, NotADirectoryError):
                said = declared.read(read_small(disk, folder / found / DECLARED))
        if named is None or said is None:
            return None
        upload = cls(disk, folder, named[1], *said)
        generation = int(named[2]) + 1  # Names that are new: the sync that follows is about something.
        upload._move(folder / found, folder / f"{named[1]}.{generation}")
        upload.looked = False
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
        chunks = self._of(part, index)
        size = chunks.piece.chunk_bytes
        if len(content) != size:
            raise UploadFault(UploadCode.CHUNK_SIZE, part=part, chunk=index, bytes=size)
        chunks.check(index, content)
        self._look()
        if self.finished_at is not None:
            return
        try:
            chunks.write(index, content)
        except OSError as error:
            raise self._failed(error) from None

    def gaps(self) -> tuple[Gap, ...]:
        """All chunks that are not there, for each part that lacks some."""
        self._look()
        if self.finished_at is not None:
            return ()
        lacking = (
            Gap(part=each.piece.name, chunks=len(each.piece.digests), missing=each.missing()) for each in self._chunks
        )
        return tuple(gap for gap in lacking if gap.missing)

    def read(self, part: str, index: int) -> bytes:
        """
        A chunk that is there.

        Raises:
            UploadFault: There is none, or the disk failed.
            SealFault: It is damaged.

        """
        try:
            return self._of(part, index).read(index)
        except OSError as error:
            raise self._failed(error) from None

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
        try:
            for chunks in self._chunks:
                chunks.settle()
            for chunks in self._chunks:
                chunks.sync()
            self._write_mark(at)
        except OSError as error:
            raise self._failed(error) from None
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
        for chunks in self._chunks:
            chunks.let_go()

    def _of(self, part: str, index: int) -> Chunks:
        chunks = next((each for each in self._chunks if each.piece.name == part), None)
        if chunks is None or not 0 <= index < len(chunks.piece.digests):
            raise UploadFault(UploadCode.CHUNK_UNKNOWN)
        return chunks

    def _look(self) -> None:
        if not self.looked and self.finished_at is None:
            for chunks in self._chunks:
                chunks.look()
            self.looked = True

    def _move(self, found: Path, to: Path) -> None:
        self._disk.rename(found, to)
        self._place = to
        for chunks in self._chunks:
            chunks.path = to / chunks.piece.name

    def _write_mark(self, at: Nanoseconds) -> None:
        draft = self._place / f"{FINISHED}.new"
        said = {"at": str(at), "manifest": self.declaration.manifest.hex()}
        write_small(self._disk, draft, declared.guarded(said))
        self._disk.rename(draft, self._place / FINISHED)
        sync(self._disk.sync_folder, self._place)

    def _read_mark(self) -> None:
        """Believe that it is finished if the mark says so, after that is written anew."""
        if FINISHED in self._disk.names(self._place):
            said = declared.unguarded(read_small(self._disk, self._place / FINISHED))
            if said is not None and said.get("manifest") == self.declaration.manifest.hex():
                at = Nanoseconds(int(said["at"]))
                self._write_mark(at)
                self.finished_at = at

    def _failed(self, error: OSError) -> UploadFault:
        """Tell the operator what, and not whose; the owner that, and not what."""
        self.broken = self.broken or isinstance(error, SyncFailed)
        log.error("the disk of the sealed envelopes failed: %s", error.strerror or error)
        return not_written()
