"""Before the deadline: who may bid, what is submitted, replaced and taken back, and when it ends."""

from typing import Final

from engine.domain.opening.checks import (
    octets,
    require_bidder,
    require_receiving,
    require_section,
    require_stage,
    sealed_rightly,
)
from engine.domain.opening.commands import (
    ConfirmTime,
    DropTime,
    ProposeTime,
    RecordDeposit,
    RegisterBidder,
    SignIn,
    SubmitEnvelope,
    WithdrawEnvelope,
)
from engine.domain.opening.events import (
    BidderRegistered,
    BidderSignedIn,
    DepositRecorded,
    EnvelopeReceived,
    EnvelopeWithdrawn,
    Event,
    SubmissionClosed,
    TimeChanged,
    TimeDropped,
    TimeProposed,
)
from engine.domain.opening.root import submission_root
from engine.domain.opening.sheet import TenderSheet
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Bidder, Opening
from engine.domain.parties import Role, role_of
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.sealing.context import Context
from engine.sealing.curves import POINT_BYTES
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import public_key
from engine.sealing.manifest import Manifest, read_manifest

BEFORE_SIGNING: Final = tuple(stage for stage in Stage if stage not in {Stage.SIGNING, Stage.ENDED, Stage.RECONVENED})
"""What is on the record by then is signed."""

GAPS_SHOWN: Final = 20
"""So many missing chunks are named in a refusal."""


def register(opening: Opening, command: RegisterBidder, _: Nanoseconds) -> tuple[Event, ...]:
    """Somebody may bid; while envelopes are taken his certificate may be another."""
    require_stage(opening, Stage.RECEIVING)
    with sealed_rightly():
        public_key(octets(command.key))
    return (
        BidderRegistered(bidder=command.bidder, name=command.name, certificate=command.certificate, key=command.key),
    )


def record_deposit(opening: Opening, command: RecordDeposit, _: Nanoseconds) -> tuple[Event, ...]:
    """How a bond stands: up to the list, where everybody reads it."""
    require_stage(opening, Stage.RECEIVING, Stage.CLOSED, Stage.STARTED)
    require_section(opening, command.section)
    require_bidder(opening, command.bidder)
    return (DepositRecorded(bidder=command.bidder, section=command.section, status=command.status),)


def submit(opening: Opening, command: SubmitEnvelope, at: Nanoseconds) -> tuple[Event, ...]:
    """An envelope is received, or not, before anybody is told that it was."""
    require_receiving(opening, at)
    require_section(opening, command.section)
    bidder = require_bidder(opening, command.bidder)
    with sealed_rightly():
        manifest = read_manifest(command.manifest.encode())
    version = opening.versions.get((command.section, command.bidder), 0) + 1
    _require_context(opening.rules, manifest, command.section, command.bidder, version)
    if hall_points(manifest) & opening.points:
        raise Refusal(Reason.SEAL_CONTEXT_MISMATCH)  # A wrap of another envelope, which its answers would open too.
    _require_signature(bidder, manifest, manifest.signed_bytes(), command.signature)
    for gap in command.gaps:
        shown = ", ".join(map(str, gap.missing[:GAPS_SHOWN]))
        raise Refusal(Reason.SEAL_INCOMPLETE, part=gap.part, chunks=gap.chunks, missing=shown)
    return (
        EnvelopeReceived(
            bidder=command.bidder,
            section=command.section,
            version=version,
            manifest=command.manifest,
            signature=command.signature,
            at=at,
        ),
    )


def withdraw(opening: Opening, command: WithdrawEnvelope, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder takes his envelope back."""
    require_receiving(opening, at)
    require_section(opening, command.section)
    bidder = require_bidder(opening, command.bidder)
    standing = opening.envelopes.get((command.section, command.bidder))
    if standing is None:
        raise Refusal(Reason.NO_ENVELOPE)
    _require_signature(bidder, standing.manifest, standing.manifest.withdrawal_bytes(), command.signature)
    return (
        EnvelopeWithdrawn(
            bidder=command.bidder,
            section=command.section,
            version=standing.manifest.context.version,
            signature=command.signature,
            at=at,
        ),
    )


def sign_in(opening: Opening, command: SignIn, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder is there; again, if he likes."""
    require_stage(opening, *BEFORE_SIGNING)
    require_bidder(opening, command.bidder)
    return (BidderSignedIn(bidder=command.bidder, at=at),)


def propose_time(opening: Opening, command: ProposeTime, at: Nanoseconds) -> tuple[Event, ...]:
    """One officer would put the opening off. Never forward: who had not submitted yet would be cut off."""
    _require_later(opening, command.deadline, at)
    return (TimeProposed(deadline=command.deadline, reason=command.reason, by=Role(role_of(command.by))),)


def confirm_time(opening: Opening, command: ConfirmTime, at: Nanoseconds) -> tuple[Event, ...]:
    """A second officer of another role agrees to this very time."""
    proposal = opening.proposal
    if proposal is None or proposal.deadline != command.deadline:
        raise Refusal(Reason.NO_TIME_PROPOSED)
    if proposal.by == role_of(command.by):
        raise Refusal(Reason.SECOND_OFFICER_REQUIRED)
    _require_later(opening, command.deadline, at)
    return (TimeChanged(deadline=command.deadline, reason=proposal.reason, at=at),)


def drop_time(opening: Opening, _: DropTime, __: Nanoseconds) -> tuple[Event, ...]:
    """The time stays."""
    if opening.proposal is None:
        raise Refusal(Reason.NO_TIME_PROPOSED)
    return (TimeDropped(),)


def closed(opening: Opening, at: Nanoseconds) -> SubmissionClosed:
    """The deadline has come: what was received is bound before any of it is opened."""
    manifests = [opening.envelopes[key].manifest for key in sorted(opening.envelopes)]
    root = submission_root(opening.rules.hall_key.of, manifests)
    return SubmissionClosed(deadline=opening.deadline, root=root.hex(), at=at)


def hall_points(manifest: Manifest) -> set[str]:
    """The ephemeral points of what is wrapped to the hall: an answer of a trustee is for one of them."""
    wraps = (manifest.wrap_hall, manifest.wrap_remedy)
    return {wrap[:POINT_BYTES].hex() for wrap in wraps if wrap is not None}


def _require_context(rules: TenderSheet, manifest: Manifest, section: str, number: PaddleNo, version: int) -> None:
    hall = rules.hall_key
    with sealed_rightly():  # There is a last version.
        wanted = Context(suite=hall.suite, tender=rules.tender, section=section, bidder=str(number), version=version)
    if manifest.context != wanted or manifest.hall != hall.digest():
        raise Refusal(Reason.SEAL_CONTEXT_MISMATCH)
    if (manifest.wrap_remedy is not None) != rules.remedy:
        raise Refusal(Reason.SEAL_MANIFEST, where="wrap_remedy")


def _require_signature(bidder: Bidder, manifest: Manifest, message: bytes, signature: str) -> None:
    suite = manifest.context.of
    with sealed_rightly():
        if suite.hash(octets(bidder.certificate)) != manifest.signing:
            raise SealFault(SealCode.SIGNATURE)
        public_key(octets(bidder.key)).verify(message, octets(signature))


def _require_later(opening: Opening, deadline: Nanoseconds, at: Nanoseconds) -> None:
    require_stage(opening, Stage.RECEIVING)
    if at > opening.deadline:
        raise Refusal(Reason.SUBMISSION_CLOSED, arrived_us=at // 1000, closed_us=opening.deadline // 1000)
    if deadline <= opening.deadline:
        raise Refusal(Reason.TIME_NOT_LATER, deadline_us=opening.deadline // 1000)
