"""The evidence sheet of an envelope that was not unsealed: whose cause it was is a fact the house has to show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.domain.canonical import digest
from engine.domain.units import Nanoseconds


class LapseCause(StrEnum):
    """Whose cause it is that an envelope lapsed."""

    BIDDER = "bidder"
    """视为撤销: deemed revoked; the bond is at stake."""

    PLATFORM = "platform"
    """视为撤回: deemed withdrawn, not by the bidder's cause."""


class Why(StrEnum):
    """What an envelope lapsed for."""

    NOT_UNSEALED = "not_unsealed"
    """No half came in the window; an officer decided whose cause it was."""

    NOT_STORED = "not_stored"
    """The house no longer holds what was submitted."""

    HALL_HALF = "hall_half"
    """What was wrapped to the hall is not what was committed to: proven, and made by the bidder."""

    REMEDY_HALF = "remedy_half"
    """What was wrapped for the remedy is not the half that was committed to: proven."""

    COMMITMENT = "commitment"
    """Both halves are right, and the commitment over the ciphertext is not: proven."""

    CONTENT = "content"
    """The key is right, and there is no opening sheet inside: proven."""


class CertificateState(StrEnum):
    """How the bidder's encryption certificate stood in the window."""

    VALID = "valid"
    RENEWED = "renewed"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Trouble(StrEnum):
    """What a bidder says keeps him from unsealing."""

    KEY = "key"
    CERTIFICATE = "certificate"
    DEVICE = "device"
    NETWORK = "network"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the house knows of one envelope that was not unsealed."""

    server_ok: bool
    """Whether the house served without a fault all through the window."""

    stored: bool
    """Whether what is stored still has the roots of the manifest."""

    client_ok: bool
    """Whether the bidder's page passed its probe in the window."""

    certificate: CertificateState
    attempts: int
    """Halves handed in for it and refused."""

    seen_at: Nanoseconds | None
    """When the bidder was last connected in the window."""

    def digest(self) -> str:
        """64 hexadecimal digits: an officer decides on this very sheet."""
        return digest(self)

    @property
    def suggests(self) -> LapseCause:
        """Whose cause it looks like: the house's, unless it was in order all through."""
        return LapseCause.BIDDER if self.server_ok and self.stored else LapseCause.PLATFORM


PROVEN: Final = frozenset({Why.HALL_HALF, Why.REMEDY_HALF, Why.COMMITMENT, Why.CONTENT})
"""What needs no officer: anybody can compute it."""
