"""What an upload will be, said before its first byte: whose it is, which manifest, and the digest of every chunk."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.sealing import canonical
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.manifest import Manifest
from engine.sealing.parts import CHUNK_BYTES, PartName, check_digests
from engine.sealing.suites import TAG_BYTES, Suite, suite_named

DIGEST_BYTES: Final = 32
_FORMAT: Final = "luochui-upload-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The sealed chunks of one part."""

    name: PartName
    """Also the name of its file: nothing that comes from outside names one."""

    chunk_bytes: int
    digests: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes of all chunks."""
        return self.chunk_bytes * len(self.digests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What an upload will be."""

    section: str
    manifest: bytes
    """Its digest."""

    suite: str
    pieces: tuple[Piece, ...]

    @property
    def of(self) -> Suite:
        """The suite itself."""
        return suite_named(self.suite)

    @property
    def size(self) -> int:
        """Bytes of all pieces."""
        return sum(piece.size for piece in self.pieces)


def declare(manifest: Manifest, digests: Mapping[str, bytes]) -> Declaration:
    """
    The declaration of the envelope of ``manifest``.

    Args:
        manifest: As it will be submitted.
        digests: Of every chunk, in order and after each other, by the name of the part.

    Raises:
        SealFault: The digests are not those of the manifest: one too few, one too many, or in another order.

    """
    suite, pieces = manifest.context.of, list[Piece]()
    if set(digests) != {part.name for part in manifest.parts}:
        raise SealFault(SealCode.MANIFEST, where="digests")
    for part in manifest.parts:
        given = digests[part.name]
        listed = [given[at : at + DIGEST_BYTES] for at in range(0, len(given), DIGEST_BYTES)]
        check_digests(suite, part, listed)
        pieces.append(Piece(name=part.name, chunk_bytes=CHUNK_BYTES[part.name] + TAG_BYTES, digests=tuple(listed)))
    return Declaration(
        section=manifest.context.section, manifest=manifest.digest(), suite=suite.name, pieces=tuple(pieces)
    )


def write(owner: str, declaration: Declaration) -> bytes:
    """The file that says whose upload it is and what it will be."""
    return guarded(
        {
            "format": _FORMAT,
            "owner": owner,
            "section": declaration.section,
            "manifest": declaration.manifest.hex(),
            "suite": declaration.suite,
            "pieces": [
                {"name": piece.name, "chunk_bytes": piece.chunk_bytes, "digests": b"".join(piece.digests).hex()}
                for piece in declaration.pieces
            ],
        }
    )


def read(data: bytes) -> tuple[str, Declaration] | None:
    """Owner and declaration as :func:`write` wrote them; None if the file is damaged."""
    said = unguarded(data)
    if said is None or said.get("format") != _FORMAT:
        return None
    return said["owner"], Declaration(
        section=said["section"],
        manifest=bytes.fromhex(said["manifest"]),
        suite=said["suite"],
        pieces=tuple(_piece(each) for each in said["pieces"]),
    )


def guarded(said: dict[str, Any]) -> bytes:
    """``said``, and a digest by which a damaged file is known."""
    content = canonical.write(said)
    return content + b"\n" + hashlib.sha256(content).hexdigest().encode() + b"\n"


def unguarded(data: bytes) -> dict[str, Any] | None:
    """What :func:`guarded` wrote; None if it is damaged."""
    content, _, rest = data.partition(b"\n")
    if rest != hashlib.sha256(content).hexdigest().encode() + b"\n":
        return None
    said: dict[str, Any] = json.loads(content)
    return said


def _piece(said: dict[str, Any]) -> Piece:
    digests = bytes.fromhex(said["digests"])
    return Piece(
        name=PartName(said["name"]),
        chunk_bytes=said["chunk_bytes"],
        digests=tuple(digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)),
    )
