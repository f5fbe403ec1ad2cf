"""
The data key, which nobody holds alone: K1, the bidder's half, xor K2, the hall's.

AES-GCM and SM4-GCM do not commit to their key: one ciphertext can be made that opens to two prices under two keys. So the manifest
carries a commitment, and a half that leads to another data key is refused whatever it opens to.
"""

import hmac
from dataclasses import dataclass

from engine.sealing.context import Context
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.manifest import Manifest, content_digest
from engine.sealing.parts import ChunkCipher, Part, PartName
from engine.sealing.suites import HALF_BYTES

OWN = "own"
HALL = "hall"
REMEDY = "remedy"


@dataclass(frozen=True, slots=True)
class DataKey:
    """What both halves together give."""

    context: Context
    secret: bytes
    """HKDF-Extract of K1 xor K2, salted with the context."""

    def cipher(self, part: Part | PartName, chunks: int | None = None) -> ChunkCipher:
        """What seals and opens the chunks of ``part``."""
        name = part.name if isinstance(part, Part) else part
        count = part.chunks if isinstance(part, Part) else chunks
        assert count is not None
        suite = self.context.of
        key = suite.expand(self.secret, self.context.purpose(f"key {name}"), suite.key_bytes)
        return ChunkCipher(self.context, key, name, count)

    def commitment(self, parts: tuple[Part, ...]) -> bytes:
        """``kc``: this data key, and no other, belongs to this ciphertext."""
        suite = self.context.of
        key = suite.expand(self.secret, self.context.purpose("key commitment"), 32)
        return suite.mac(key, content_digest(suite, parts))


def join(context: Context, own: bytes, hall: bytes) -> DataKey:
    """The data key of two halves of 32 bytes."""
    assert len(own) == len(hall) == HALF_BYTES
    both = bytes(a ^ b for a, b in zip(own, hall, strict=True))
    return DataKey(context, context.of.mac(context.digest, both))


def half_digest(context: Context, which: str, half: bytes) -> bytes:
    """By which a half is recognised without the other. Halves are 32 bytes of pure chance, so it gives nothing away."""
    return context.of.hash(context.purpose(f"half {which}"), half)


def check_half(manifest: Manifest, which: str, half: bytes) -> None:
    """
    Whether ``half`` is the one that was committed to.

    Raises:
        SealFault: It is not; ``which`` says whose.

    """
    said = manifest.half_own if which == OWN else manifest.half_hall
    if len(half) != HALF_BYTES or not hmac.compare_digest(half_digest(manifest.context, which, half), said):
        raise SealFault(SealCode.REVEAL, which=which)


def data_key(manifest: Manifest, own: bytes, hall: bytes) -> DataKey:
    """
    The data key of an envelope, checked against everything it was committed to.

    Raises:
        SealFault: A half is wrong, or both agree with the manifest and the commitment does not: the envelope was made so.

    """
    check_half(manifest, OWN, own)
    check_half(manifest, HALL, hall)
    key = join(manifest.context, own, hall)
    if not hmac.compare_digest(key.commitment(manifest.parts), manifest.kc):
        raise SealFault(SealCode.REVEAL, which="kc")
    return key
