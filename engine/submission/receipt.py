"""
What a bidder takes home when the house has all of his sealed envelope: which envelope, for what, since when, signed.

It says that the house has the file. That it was submitted as a bid is on the record, with the record's own receipt. There is no
number on it that would count others, and nothing of how large the envelope is or whose: who has the manifest can show that.
"""

import base64
from dataclasses import dataclass
from typing import Any, Final

from engine.domain.units import Nanoseconds
from engine.journal.signing import Signer

FORMAT: Final = "luochui-receipt-1"
TITLE: Final = "luochui submission receipt v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is signed. Names are as they stand in a manifest, and the digest is that of the manifest."""

    opening: str
    section: str
    manifest: bytes
    at: Nanoseconds
    """When the last of it had come."""

    def statement(self) -> bytes:
        """The bytes that the signature covers."""
        lines = (TITLE, self.opening, self.section, self.manifest.hex(), str(self.at // 1000))
        return "".join(f"{line}\n" for line in lines).encode()

    def signed(self, signer: Signer) -> dict[str, Any]:
        """The receipt as JSON; ``short`` is all of it as one line for a QR code."""
        signature = signer.sign(self.statement())
        fields = (FORMAT, self.opening, self.section, self.manifest.hex(), str(self.at // 1000))
        written = base64.urlsafe_b64encode(signature).decode().rstrip("=")
        return {
            "format": FORMAT,
            "opening": self.opening,
            "section": self.section,
            "manifest": self.manifest.hex(),
            "at_us": self.at // 1000,
            "key": signer.public.hex(),
            "signature": signature.hex(),
            "short": ":".join((*fields, written)),
        }
