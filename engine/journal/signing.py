"""The house's signature. One per commit; Ed25519."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.journal.faults import StorageFault
from engine.journal.files import write_once

KEYS_MAX: Final = 64
"""Public keys that are kept ready."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Holds the private key. Never shown, never logged."""

    _key: Ed25519PrivateKey
    public: bytes
    """The public key, 32 bytes."""

    @classmethod
    def of(cls, key: Ed25519PrivateKey) -> Self:
        """A signer that uses ``key``."""
        return cls(key, key.public_key().public_bytes_raw())

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The signer whose key is kept at ``path``; made there, readable by its owner only, if there is none."""
        if not path.exists():
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            write_once(path, pem, mode=0o600)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise StorageFault(f"{path} holds no Ed25519 key; put back the one that belongs to the journals")
        return cls.of(key)

    def sign(self, statement: bytes) -> bytes:
        """The signature over ``statement``, 64 bytes."""
        return self._key.sign(statement)

    def __repr__(self) -> str:
        """The public half only."""
        return f"Signer({self.public.hex()[:16]}…)"


def holds(public: bytes, statement: bytes, signature: bytes) -> bool:
    """Whether ``signature`` over ``statement`` was made by the holder of ``public``."""
    try:
        _key_of(public).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=KEYS_MAX)
def _key_of(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)
