"""The two fixed suites. The tender's rule sheet names one; nothing is negotiated."""

from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.sealing import curves
from engine.sealing.faults import SealCode, SealFault

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
HALF_BYTES: Final = 32
"""Each half of a data key, whatever the suite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A hash, an authenticated cipher and a curve that belong together."""

    name: str
    algorithm: hashes.SHA256 | hashes.SM3
    """The hash, of 32 bytes; from the library, for not every system's OpenSSL has SM3."""

    key_bytes: int
    curve: curves.Curve
    """Of the hall key."""

    def hash(self, *parts: bytes) -> bytes:
        """The hash of ``parts`` after each other, 32 bytes."""
        hasher = hashes.Hash(self.algorithm)
        for part in parts:
            hasher.update(part)
        return hasher.finalize()

    def mac(self, key: bytes, *parts: bytes) -> bytes:
        """HMAC of ``parts`` after each other, 32 bytes."""
        maker = hmac.HMAC(key, self.algorithm)
        for part in parts:
            maker.update(part)
        return maker.finalize()

    def expand(self, secret: bytes, info: bytes, length: int) -> bytes:
        """HKDF-Expand (RFC 5869)."""
        out, block, count = b"", b"", 0
        while len(out) < length:
            count += 1
            block = self.mac(secret, block, info, bytes([count]))
            out += block
        return out[:length]

    def seal(self, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Ciphertext with its tag, 16 bytes longer than ``plain``."""
        if self.curve is curves.P256:
            return AESGCM(key).encrypt(nonce, plain, aad)
        sealing = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(aad)
        return sealing.update(plain) + sealing.finalize() + sealing.tag

    def open(self, key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """
        What was sealed.

        Raises:
            SealFault: Another key, nonce, header or ciphertext.

        """
        try:
            if self.curve is curves.P256:
                return AESGCM(key).decrypt(nonce, sealed, aad)
            opening: Any = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
            opening.authenticate_additional_data(aad)
            plain: bytes = opening.update(sealed[:-TAG_BYTES])
            opening.finalize()
            return plain
        except (InvalidTag, ValueError):
            raise SealFault(SealCode.WRONG_KEY) from None


INTERNATIONAL: Final = Suite(
    name="P256-HPKE/SHA-256/AES-256-GCM", algorithm=hashes.SHA256(), key_bytes=32, curve=curves.P256
)
COMMERCIAL: Final = Suite(name="SM2/SM3/SM4-GCM", algorithm=hashes.SM3(), key_bytes=16, curve=curves.SM2)
"""商用密码: SM2, SM3, SM4."""

SUITES: Final = {suite.name: suite for suite in (INTERNATIONAL, COMMERCIAL)}


def suite_named(name: str) -> Suite:
    """
    The suite of that name.

    Raises:
        SealFault: There is none.

    """
    if name not in SUITES:
        raise SealFault(SealCode.SUITE, suite=" / ".join(SUITES))
    return SUITES[name]
