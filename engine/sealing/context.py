"""What an envelope is sealed for: everything that would make another's, or yesterday's, envelope a different one."""

import re
from dataclasses import dataclass
from typing import Final

from engine.sealing.faults import SealCode, SealFault
from engine.sealing.suites import Suite, suite_named

FORMAT: Final = "luochui-seal-1"
VERSION_MAX: Final = 999
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Suite, tender, section, bidder, and which of the bidder's envelopes this is."""

    suite: str
    tender: str
    section: str
    bidder: str

    version: int
    """From 1; each replacement has the next."""

    def __post_init__(self) -> None:
        suite_named(self.suite)
        for field in ("tender", "section", "bidder"):
            if _NAME.fullmatch(getattr(self, field)) is None:
                raise SealFault(SealCode.MANIFEST, where=field)
        if not 1 <= self.version <= VERSION_MAX:
            raise SealFault(SealCode.MANIFEST, where="version")

    @property
    def of(self) -> Suite:
        """The suite itself."""
        return suite_named(self.suite)

    @property
    def digest(self) -> bytes:
        """``ctx``: 32 bytes that everything in the envelope is bound to."""
        return self.of.hash(
            lengthed(FORMAT.encode()),
            *(lengthed(text.encode()) for text in (self.suite, self.tender, self.section, self.bidder)),
            self.version.to_bytes(4, "big"),
        )

    def purpose(self, what: str) -> bytes:
        """The ``info`` of a key wrapped or derived for ``what``."""
        return lengthed(FORMAT.encode()) + lengthed(what.encode()) + self.digest


def lengthed(data: bytes) -> bytes:
    """``data`` after its length in four bytes, so that two fields never read as one."""
    return len(data).to_bytes(4, "big") + data
