"""What more than one act of an opening asks first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from engine.domain.opening.sheet import Section
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Bidder, Envelope, Opening
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.sealing.faults import SealCode, SealFault

_SAME: Final = frozenset(
    {
        *(SealCode.CONTEXT, SealCode.MANIFEST, SealCode.SIGNATURE, SealCode.INCOMPLETE, SealCode.CHUNK_HASH),
        *(SealCode.REVEAL, SealCode.KEY_UNREADABLE),
    }
)
"""Faults of an envelope that are refused under the code they have there; any other is one of its spelling."""


@contextmanager
def sealed_rightly() -> Iterator[None]:
    """Inside, a fault of an envelope is a refusal."""
    try:
        yield
    except SealFault as fault:
        if fault.code in _SAME:
            raise Refusal(Reason(fault.code.value), **fault.detail) from None
        raise Refusal(Reason.SEAL_MANIFEST, where=str(fault.code)) from None


def require_stage(opening: Opening, *stages: Stage) -> None:
    """This may be done in these stages only."""
    if opening.stage not in stages:
        raise Refusal(Reason.NOT_AT_THIS_STAGE, why=opening.stage)


def require_going(opening: Opening, *stages: Stage) -> None:
    """This may be done in these stages only, and not while the opening rests."""
    require_stage(opening, *stages)
    if opening.suspension is not None:
        raise Refusal(Reason.OPENING_PAUSED)


def require_receiving(opening: Opening, at: Nanoseconds) -> None:
    """
    Envelopes are taken up to the deadline, by the instant at which the last of them reached the house.

    What came in time and was taken up only after the closing was announced is refused with both stamps.
    """
    stamps = {"arrived_us": at // 1000, "closed_us": opening.deadline // 1000}
    if at > opening.deadline:
        raise Refusal(Reason.SUBMISSION_CLOSED, **stamps)
    if opening.stage is not Stage.RECEIVING:
        raise Refusal(Reason.LATE_TRANSIT, **stamps)


def require_bidder(opening: Opening, number: PaddleNo) -> Bidder:
    """The bidder, who must be registered."""
    found = opening.bidders.get(number)
    if found is None:
        raise Refusal(Reason.BIDDER_UNKNOWN)
    return found


def require_section(opening: Opening, name: str) -> Section:
    """The section, which must be one of the tender's."""
    found = opening.rules.section(name)
    if found is None:
        raise Refusal(Reason.SECTION_UNKNOWN)
    return found


def require_envelope(opening: Opening, section: str, number: PaddleNo) -> Envelope:
    """The envelope that stands, in a section that is opened."""
    require_section(opening, section)
    found = opening.envelopes.get((section, number))
    if found is None or section in opening.failed:
        raise Refusal(Reason.NO_ENVELOPE)
    return found


def require_undecided(opening: Opening, section: str, number: PaddleNo) -> Envelope:
    """The envelope, neither open nor lapsed."""
    found = require_envelope(opening, section, number)
    if found.settled:
        raise Refusal(Reason.ENVELOPE_SETTLED)
    return found


def octets(text: str) -> bytes:
    """The bytes of ``text``, lower-case hexadecimal; none where it is anything else."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return b""
    return data if data.hex() == text else b""
