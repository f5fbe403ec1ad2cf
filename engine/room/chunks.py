"""
Sealed chunks of opening sheets, as bidders sent them, beside the journal of their opening.

A chunk is called by its digest, in a folder of its bidder: nobody learns from what is there whether another sent the same.
"""

import os
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from engine.domain.units import PaddleNo
from engine.journal.files import write_once


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of one opening."""

    folder: Path
    each_max: int
    """So many are held of each bidder; then the oldest goes that no envelope needs."""

    def put(self, bidder: PaddleNo, digest: bytes, chunk: bytes, needed: Container[str]) -> None:
        """
        Keep ``chunk`` so that a power cut does not take it.

        Args:
            bidder: Whose it is.
            digest: What it is called by.
            chunk: Its bytes.
            needed: Digests, in hexadecimal, of chunks of his that a standing envelope needs.

        Raises:
            OSError: It could not be kept.

        """
        path = self._path(bidder, digest)
        if path.exists():
            os.utime(path)
            return
        write_once(path, chunk, mode=0o600)
        held = sorted(path.parent.glob("[0-9a-f]*"), key=lambda each: each.stat().st_mtime_ns)
        spare = [each for each in held if each.name not in needed and each != path]
        for each in spare[: max(0, len(held) - self.each_max)]:
            each.unlink()

    def holds(self, bidder: PaddleNo, digest: bytes) -> bool:
        """Whether a chunk is here."""
        return self._path(bidder, digest).exists()

    def get(self, bidder: PaddleNo, digest: bytes) -> bytes | None:
        """A chunk, as it lies here; None if it is not."""
        try:
            return self._path(bidder, digest).read_bytes()
        except OSError:
            return None

    def _path(self, bidder: PaddleNo, digest: bytes) -> Path:
        return self.folder / str(bidder) / digest.hex()
