"""What can have happened in an opening; what happens in every proceeding alike stands in :mod:`engine.domain.auction.events`."""

from dataclasses import dataclass

from engine.domain.auction.commands import Title
from engine.domain.auction.events import ResultConfirmed, ResultSigned, SaleResumed, SaleSuspended, StopRegistered
from engine.domain.opening.commands import DepositStatus, Half
from engine.domain.opening.evidence import Evidence, LapseCause, Trouble, Why
from engine.domain.opening.sheet import TenderSheet
from engine.domain.parties import Role
from engine.domain.units import Fen, Nanoseconds, PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningAnnounced:
    """The conditions stand, and envelopes are taken."""

    sale: str
    title: Title
    rules: TenderSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class BidderRegistered:
    """This bidder may submit, signing with this certificate."""

    bidder: PaddleNo
    name: str
    certificate: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositRecorded:
    """How a bond stands."""

    bidder: PaddleNo
    section: str
    status: DepositStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeReceived:
    """An envelope was received whole (回执); it stands in place of the bidder's earlier one."""

    bidder: PaddleNo
    section: str
    version: int
    manifest: str
    signature: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeWithdrawn:
    """A bidder took his envelope back."""

    bidder: PaddleNo
    section: str
    version: int
    signature: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class BidderSignedIn:
    """A bidder is there."""

    bidder: PaddleNo
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeProposed:
    """One officer wants another time."""

    deadline: Nanoseconds
    reason: str
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDropped:
    """The time stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeChanged:
    """Two officers put deadline and opening off."""

    deadline: Nanoseconds
    reason: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionClosed:
    """Nothing is taken any more; the root binds every envelope before any is opened."""

    deadline: Nanoseconds
    root: str
    """Over the digests of all standing manifests, 64 hexadecimal digits."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningStarted:
    """The opening has begun; so many who bid had not signed in."""

    absent: int
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFailed:
    """Too few bid for a section: its envelopes stay sealed (不得开标)."""

    section: str
    envelopes: int
    manifests: tuple[str, ...]
    """Their digests, in the order of the root: it can be computed without what stays sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPublished:
    """Everybody sees who bids."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsealingOpened:
    """Bidders hand in their halves until the end of the window."""

    at: Nanoseconds
    ends_at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsealingMoved:
    """After an interruption the whole window is given again."""

    at: Nanoseconds
    ends_at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsealingClosed:
    """No half is taken any more."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeUnsealed:
    """A bidder's half is the one he committed to."""

    bidder: PaddleNo
    section: str
    half: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleReported:
    """A bidder cannot unseal, and says why."""

    bidder: PaddleNo
    section: str
    trouble: Trouble
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTaken:
    """A trustee's answer holds by its proof."""

    trustee: int
    bidder: PaddleNo
    section: str
    half: Half
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRejected:
    """A trustee's answer does not hold by its proof: it names him."""

    trustee: int
    bidder: PaddleNo
    section: str
    half: Half
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfJoined:
    """Enough trustees answered: the half is there, and is the one that was committed to."""

    bidder: PaddleNo
    section: str
    half: Half
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfRefuted:
    """Enough trustees answered, and what the bidder wrapped is not what he committed to: anybody can compute it."""

    bidder: PaddleNo
    section: str
    half: Half


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyOrdered:
    """Trustees open for all who did not unseal."""

    envelopes: int
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFiled:
    """What the house knows of an envelope that was not unsealed; a later sheet replaces an earlier one."""

    bidder: PaddleNo
    section: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeLapsed:
    """An envelope is not opened (视为撤销, 视为撤回)."""

    bidder: PaddleNo
    section: str
    cause: LapseCause
    why: Why
    evidence: str | None
    """Digest of the sheet it was decided on; None where it is proven."""

    reason: str | None
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOpened:
    """What a bidder sealed is known to the house; nobody is shown it before all are read out."""

    bidder: PaddleNo
    section: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingAnnounced:
    """The ceiling price of a section."""

    section: str
    amount: Fen
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientDrawn:
    """Which coefficient holds for a section; anybody can draw it again."""

    section: str
    permille: int
    seed: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class BidsReadOut:
    """Every sheet is shown."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetConfirmed:
    """A bidder confirmed what was read out of his."""

    bidder: PaddleNo
    section: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRaised:
    """A bidder objects."""

    no: int
    """From 1."""

    bidder: PaddleNo
    text: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionAnswered:
    """The host answered."""

    no: int
    text: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOpened:
    """The record of the opening stands, with this digest."""

    report: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningEnded:
    """The opening is over."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningReconvened:
    """All are called together once more."""

    reason: str
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementMade:
    """The host told all something."""

    text: str
    at: Nanoseconds


Event = (
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
    | SaleSuspended
    | SaleResumed
    | StopRegistered
    | ResultSigned
    | ResultConfirmed
)
