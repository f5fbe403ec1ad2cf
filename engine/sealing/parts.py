"""
The parts of an envelope, and their chunks.

A part is padded to whole chunks before it is sealed. The opening sheet is always one chunk of 64 KiB; documents are chunks of 1 MiB,
as many as the next step holds. So a size says how large the content is to within an eighth, and of a price it says nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.sealing.context import Context
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.suites import NONCE_BYTES, TAG_BYTES, Suite

KIB: Final = 1024
MIB: Final = 1024 * KIB
CHUNKS_MAX: Final = 1024
"""1 GiB of documents."""


class PartName(StrEnum):
    """What is sealed apart from each other."""

    SHEET = "sheet"
    """开标一览表: what is read out."""

    DOCUMENTS = "documents"


CHUNK_BYTES: Final = {PartName.SHEET: 64 * KIB, PartName.DOCUMENTS: MIB}
"""Of plaintext; sealed, a chunk is 16 bytes longer."""

PART_CHUNKS_MAX: Final = {PartName.SHEET: 1, PartName.DOCUMENTS: CHUNKS_MAX}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the manifest says of one part."""

    name: PartName
    chunks: int
    root: bytes
    """Over the sealed chunks, in order: :class:`Rooting`."""


def padded_chunks(content_bytes: int) -> int:
    """
    How many chunks of documents ``content_bytes`` of content are padded to.

    Raises:
        SealFault: More than a part may hold.

    """
    needed = max(1, -(-content_bytes // MIB))
    step = max(1, 1 << max(0, needed.bit_length() - 4))
    chunks = -(-needed // step) * step
    if chunks > CHUNKS_MAX:
        raise SealFault(SealCode.TOO_LARGE, part=PartName.DOCUMENTS, most=CHUNKS_MAX * MIB)
    return chunks


class ChunkCipher:
    """Seals and opens the chunks of one part: a counter as nonce, the last chunk marked, the header bound to each."""

    def __init__(self, context: Context, key: bytes, name: PartName, chunks: int) -> None:
        self._suite, self._key, self._name, self._chunks = context.of, key, name, chunks
        self._bytes = CHUNK_BYTES[name]
        self._header = context.purpose(name) + self._bytes.to_bytes(4, "big") + chunks.to_bytes(4, "big")

    def seal(self, index: int, plain: bytes) -> bytes:
        """Chunk ``index`` (from 0), which must be whole."""
        assert len(plain) == self._bytes
        assert 0 <= index < self._chunks
        return self._suite.seal(self._key, self._nonce(index), plain, self._header)

    def open(self, index: int, sealed: bytes) -> bytes:
        """Raises: SealFault, if this is not what was sealed as chunk ``index``."""
        if len(sealed) != self._bytes + TAG_BYTES or not 0 <= index < self._chunks:
            raise SealFault(SealCode.CHUNK_HASH, part=self._name, chunk=index)
        return self._suite.open(self._key, self._nonce(index), sealed, self._header)

    def _nonce(self, index: int) -> bytes:
        return index.to_bytes(NONCE_BYTES - 1, "big") + bytes([index == self._chunks - 1])


class Rooting:
    """The root of a tree over chunks (as RFC 6962, with the hash of the suite), taken in one after the other."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._peaks: list[tuple[int, bytes]] = []
        self.count = 0

    def add(self, digest: bytes) -> None:
        """Take in the next chunk by its :func:`chunk_digest`."""
        height, node = 0, digest
        while self._peaks and self._peaks[-1][0] == height:
            node = self._suite.hash(b"\x01", self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))
        self.count += 1

    def root(self) -> bytes:
        """The root over what was taken in, at least one chunk."""
        peaks = [node for _, node in self._peaks]
        node = peaks.pop()
        while peaks:
            node = self._suite.hash(b"\x01", peaks.pop(), node)
        return node


def chunk_digest(suite: Suite, sealed: bytes) -> bytes:
    """The digest by which a chunk is uploaded, checked and taken into the root."""
    return suite.hash(b"\x00", sealed)


def check_digests(suite: Suite, part: Part, digests: list[bytes]) -> None:
    """
    Whether ``digests`` are those of all chunks of ``part``, in order.

    Raises:
        SealFault: They are not.

    """
    rooting = Rooting(suite)
    for digest in digests[: part.chunks + 1]:
        rooting.add(digest)
    if rooting.count != part.chunks or rooting.root() != part.root:
        raise SealFault(SealCode.MANIFEST, where=f"digests of {part.name}")
