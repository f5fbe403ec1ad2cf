"""
What crosses a carrier is closed with a key that engine and gateways share.

So a carrier and its operator cannot read sealed maxima or names, and who has no key can neither hand in letters nor say anything in the
engine's name. A key shared by all gateways cannot tell them apart: what they say of the record is believed from the engine only, whose
own signature each commit and each beat carries.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from engine.journal.faults import StorageFault
from engine.journal.files import write_once

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class Forged(Exception):
    """The bytes were not closed with our key, or for another place."""


class Cipher:
    """
    Closes and opens what is carried. AES-256-GCM-SIV with random nonces.

    Args:
        key: 32 bytes. Never shown, never logged.

    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise StorageFault("the cluster key is not 32 bytes long; put back the one all gateways have")
        self._cipher = AESGCMSIV(key)

    @classmethod
    def from_file(cls, path: Path, *, make: bool) -> "Cipher":
        """
        The cipher whose key is kept at ``path``.

        Args:
            path: A file of 64 hexadecimal digits.
            make: Whether to make a key there, readable by its owner only, if there is none.

        Raises:
            StorageFault: There is no such key.

        """
        if make and not path.exists():
            write_once(path, os.urandom(KEY_BYTES).hex().encode(), mode=0o600)
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            raise StorageFault(f"{path} holds no cluster key: copy it from keys/cluster.key of the engine") from None
        return cls(key)

    def close(self, place: str, plain: bytes) -> bytes:
        """``plain``, closed for ``place`` (a sale and a kind of message)."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, place: str, closed: bytes) -> bytes:
        """
        What was closed for ``place``.

        Raises:
            Forged: It was not closed with this key, for this place.

        """
        try:
            return self._cipher.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise Forged from None
