"""What happened in an opening of sealed bids, as ``record`` and ``answer`` tell it; see :mod:`engine.wire.shapes.events`."""

from engine.domain.opening.commands import DepositStatus, Half
from engine.domain.opening.evidence import LapseCause, Trouble, Why
from engine.domain.parties import Role
from engine.wire.shapes.base import Count, Digest, Micros, Number, Price, Shape


class OpeningAnnounced(Shape, tag="OpeningAnnounced"):
    """The conditions stand, and envelopes are taken."""

    sale: str


class BidderRegistered(Shape, tag="BidderRegistered"):
    """A bidder may submit. In the asker's own answer only."""

    bidder: Number
    name: str


class DepositRecorded(Shape, tag="DepositRecorded"):
    """How a bond stands. In the asker's own answer only."""

    section: str
    bidder: Number
    status: DepositStatus


class EnvelopeReceived(Shape, tag="EnvelopeReceived"):
    """An envelope was received whole. In the bidder's own answer only."""

    section: str
    bidder: Number
    version: Count
    at_us: Micros


class EnvelopeWithdrawn(Shape, tag="EnvelopeWithdrawn"):
    """An envelope was taken back. In the bidder's own answer only."""

    section: str
    bidder: Number
    version: Count
    at_us: Micros


class BidderSignedIn(Shape, tag="BidderSignedIn"):
    """A bidder is there. In the bidder's own answer only."""

    bidder: Number
    at_us: Micros


class TimeProposed(Shape, tag="TimeProposed"):
    """One officer wants another time. Told to officers only."""

    deadline_us: Micros
    reason: str
    by: Role


class TimeDropped(Shape, tag="TimeDropped"):
    """The time stays. Told to officers only."""


class TimeChanged(Shape, tag="TimeChanged"):
    """Two officers put deadline and opening off."""

    deadline_us: Micros
    reason: str
    at_us: Micros


class SubmissionClosed(Shape, tag="SubmissionClosed"):
    """Nothing is taken any more; the root binds every envelope."""

    deadline_us: Micros
    root: Digest
    at_us: Micros


class OpeningStarted(Shape, tag="OpeningStarted"):
    """The opening has begun."""

    at_us: Micros


class SectionFailed(Shape, tag="SectionFailed"):
    """Too few bid for a section: its envelopes stay sealed."""

    section: str
    envelopes: Count


class ListPublished(Shape, tag="ListPublished"):
    """Everybody sees who bids."""

    at_us: Micros


class UnsealingOpened(Shape, tag="UnsealingOpened"):
    """Bidders hand in their halves."""

    at_us: Micros
    ends_at_us: Micros


class UnsealingMoved(Shape, tag="UnsealingMoved"):
    """The whole window is given again."""

    at_us: Micros
    ends_at_us: Micros


class UnsealingClosed(Shape, tag="UnsealingClosed"):
    """No half is taken any more."""

    at_us: Micros


class EnvelopeUnsealed(Shape, tag="EnvelopeUnsealed"):
    """A bidder's half is the one he committed to."""

    section: str
    bidder: Number
    at_us: Micros


class TroubleReported(Shape, tag="TroubleReported"):
    """A bidder cannot unseal. Told to officers only, and in his own answer."""

    section: str
    bidder: Number
    trouble: Trouble
    at_us: Micros


class AnswerTaken(Shape, tag="AnswerTaken"):
    """A trustee's answer holds by its proof."""

    trustee: Number
    section: str
    bidder: Number
    half: Half


class AnswerRejected(Shape, tag="AnswerRejected"):
    """A trustee's answer does not hold by its proof."""

    trustee: Number
    section: str
    bidder: Number
    half: Half


class HalfJoined(Shape, tag="HalfJoined"):
    """Enough trustees answered, and the half is there."""

    section: str
    bidder: Number
    half: Half


class HalfRefuted(Shape, tag="HalfRefuted"):
    """Enough trustees answered, and what was wrapped is not what was committed to."""

    section: str
    bidder: Number
    half: Half


class RemedyOrdered(Shape, tag="RemedyOrdered"):
    """Trustees open for all who did not unseal."""

    envelopes: Count
    at_us: Micros


class EvidenceFiled(Shape, tag="EvidenceFiled"):
    """The house filed what it knows of an envelope that was not unsealed. Told to officers only."""

    section: str
    bidder: Number
    digest: Digest
    suggests: LapseCause


class EnvelopeLapsed(Shape, tag="EnvelopeLapsed"):
    """An envelope is not opened, and whose cause it was."""

    section: str
    bidder: Number
    cause: LapseCause
    why: Why
    evidence: Digest | None
    reason: str | None
    at_us: Micros


class SheetOpened(Shape, tag="SheetOpened"):
    """The house has opened a sheet, which nobody is shown yet. In the house's own answer only."""

    section: str
    bidder: Number


class CeilingAnnounced(Shape, tag="CeilingAnnounced"):
    """The ceiling price of a section."""

    section: str
    amount_fen: Price
    at_us: Micros


class CoefficientDrawn(Shape, tag="CoefficientDrawn"):
    """Which coefficient holds for a section."""

    section: str
    permille: Count
    seed: Digest
    at_us: Micros


class BidsReadOut(Shape, tag="BidsReadOut"):
    """Every sheet is shown."""

    at_us: Micros


class SheetConfirmed(Shape, tag="SheetConfirmed"):
    """A bidder confirmed what was read out of his."""

    section: str
    bidder: Number
    at_us: Micros


class ObjectionRaised(Shape, tag="ObjectionRaised"):
    """A bidder objects."""

    no: Number
    bidder: Number
    text: str
    at_us: Micros


class ObjectionAnswered(Shape, tag="ObjectionAnswered"):
    """The host answered."""

    no: Number
    text: str
    at_us: Micros


class SigningOpened(Shape, tag="SigningOpened"):
    """The record of the opening stands, with this digest."""

    report: Digest
    at_us: Micros


class OpeningEnded(Shape, tag="OpeningEnded"):
    """The opening is over."""

    at_us: Micros


class OpeningReconvened(Shape, tag="OpeningReconvened"):
    """All are called together once more."""

    reason: str
    at_us: Micros


class StatementMade(Shape, tag="StatementMade"):
    """The host told all something."""

    text: str
    at_us: Micros


OpeningEvent = (
    OpeningAnnounced
    | BidderRegistered
    | DepositRecorded
    | EnvelopeReceived
    | EnvelopeWithdrawn
    | BidderSignedIn
    | TimeProposed
    | TimeDropped
    | TimeChanged
    | SubmissionClosed
    | OpeningStarted
    | SectionFailed
    | ListPublished
    | UnsealingOpened
    | UnsealingMoved
    | UnsealingClosed
    | EnvelopeUnsealed
    | TroubleReported
    | AnswerTaken
    | AnswerRejected
    | HalfJoined
    | HalfRefuted
    | RemedyOrdered
    | EvidenceFiled
    | EnvelopeLapsed
    | SheetOpened
    | CeilingAnnounced
    | CoefficientDrawn
    | BidsReadOut
    | SheetConfirmed
    | ObjectionRaised
    | ObjectionAnswered
    | SigningOpened
    | OpeningEnded
    | OpeningReconvened
    | StatementMade
)
