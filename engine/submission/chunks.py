"""
The sealed chunks of one part, each in its place in one file.

Which of them are there is not written down: the declared digests say it of whatever lies in the file.
"""

from contextlib import suppress
from pathlib import Path

from engine.sealing.faults import SealCode, SealFault
from engine.sealing.parts import chunk_digest
from engine.sealing.suites import Suite
from engine.submission.declaration import Piece
from engine.submission.disk import Disk, sync, write_whole


class Chunks:
    """
    The chunks of a part. Every method that goes to the disk raises :class:`OSError` where it fails.

    Attributes:
        piece: What was declared.
        path: Where the file lies now.

    """

    def __init__(self, disk: Disk, piece: Piece, suite: Suite) -> None:
        self.piece, self.path = piece, Path()
        self._disk, self._suite = disk, suite
        self._handle: int | None = None
        self._there: set[int] = set()
        self._inherited: set[int] = set()
        """Of what is there, what this engine did not write."""

    def create(self, path: Path) -> None:
        """Make the file at ``path``, with room for all."""
        self._handle = self._disk.create(path, self.piece.size)

    def look(self) -> None:
        """Find out what an earlier engine left."""
        for index in range(len(self.piece.digests)):
            with suppress(SealFault, OSError):  # What cannot be read is not there.
                self.read(index)
                self._there.add(index)
                self._inherited.add(index)

    def check(self, index: int, content: bytes) -> None:
        """
        Whether ``content`` is the chunk that was declared.

        Raises:
            SealFault: It is not.

        """
        if chunk_digest(self._suite, content) != self.piece.digests[index]:
            raise SealFault(SealCode.CHUNK_HASH, part=self.piece.name, chunk=index)

    def write(self, index: int, content: bytes) -> None:
        """Keep a chunk that was checked; nothing is written if it was this engine that wrote it before."""
        if index in self._there and index not in self._inherited:
            return
        self._there.discard(index)
        write_whole(self._disk, self._opened(), content, index * self.piece.chunk_bytes)
        self._there.add(index)
        self._inherited.discard(index)

    def read(self, index: int) -> bytes:
        """
        A chunk.

        Raises:
            SealFault: What lies there is not the one that was declared.

        """
        content = self._disk.pread(self._opened(), self.piece.chunk_bytes, index * self.piece.chunk_bytes)
        self.check(index, content)
        return content

    def missing(self) -> tuple[int, ...]:
        """What is not there."""
        return tuple(index for index in range(len(self.piece.digests)) if index not in self._there)

    def settle(self) -> None:
        """
        Write over itself what an earlier engine wrote, so that the next sync is about all of it.

        Raises:
            SealFault: A chunk is not there after all.

        """
        for index in sorted(self._inherited):
            try:
                content = self.read(index)
            except SealFault:
                self._there.discard(index)
                self._inherited.discard(index)
                raise
            self.write(index, content)

    def sync(self) -> None:
        """Return when what was written is on the device."""
        sync(self._disk.fsync, self._opened())

    def let_go(self) -> None:
        """Close the file; it is opened again when it is needed."""
        if self._handle is not None:
            with suppress(OSError):
                self._disk.close(self._handle)
            self._handle = None

    def _opened(self) -> int:
        if self._handle is None:
            self._handle = self._disk.open(self.path)
        return self._handle
