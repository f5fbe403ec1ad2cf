"""What is asked of a key, wherever it lies, and how an envelope uses it in place of a key in software."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engine.sealing.envelope import Credential
from engine.sealing.keys import PublicKey


class Use(StrEnum):
    """Which of the two certificates and keys that lie in one device."""

    SIGNING = "signing"
    ENCRYPTION = "encryption"


@dataclass(frozen=True, slots=True)
class Listed:
    """A key that is plugged in."""

    name: str
    """For people."""

    key: str
    """By which it is asked for."""


class KeyProvider(Protocol):
    """Middleware, a phone, or a stand-in. All may raise KeyFault; a key that was pulled out needs its PIN again."""

    def keys(self) -> list[Listed]:
        """The keys that are plugged in."""

    def credential(self, key: str, use: Use) -> Credential:
        """One of its two certificates."""

    def tries_left(self, key: str) -> int:
        """Wrong PINs before it locks itself; 0 if it has."""

    def login(self, key: str, pin: str) -> None:
        """Open it for signing and unwrapping."""

    def sign(self, key: str, message: bytes) -> bytes:
        """A signature, as :class:`engine.sealing.keys.PrivateKey` gives it."""

    def unwrap(self, key: str, wrapped: bytes, info: bytes) -> bytes:
        """What was wrapped to its encryption certificate for ``info``."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """One of the keys in a device; stands where a private key in software would."""

    provider: KeyProvider
    key: str
    use: Use

    @property
    def public(self) -> PublicKey:
        """The public half."""
        return self.provider.credential(self.key, self.use).key

    def sign(self, message: bytes) -> bytes:
        """A signature with the signing key."""
        assert self.use is Use.SIGNING
        return self.provider.sign(self.key, message)

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """What was wrapped to the encryption key."""
        assert self.use is Use.ENCRYPTION
        return self.provider.unwrap(self.key, wrapped, info)
