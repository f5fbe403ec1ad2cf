"""The house's signature. One per commit; Ed25519."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from engine.journal.faults import StorageFault
from engine.journal.files import write_once

PUBLIC_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64


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
    """
    Whether ``signature`` over ``statement`` was made by the holder of ``public``.

    By libsodium, which takes half the time: a journal of a million records has tens of thousands of signatures to check.
    """
    if len(signature) != SIGNATURE_BYTES or len(public) != PUBLIC_BYTES:
        return False
    try:
        crypto_sign_open(signature + statement, public)
    except CryptoError:
        return False
    return True
