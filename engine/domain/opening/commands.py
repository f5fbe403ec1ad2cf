"""What may be asked of an opening; what is asked of every proceeding alike stands in :mod:`engine.domain.auction.commands`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.domain.auction.commands import (
    Asked,
    DeadlineReached,
    RegisterStop,
    ResumeSale,
    SignResult,
    SuspendSale,
    Title,
)
from engine.domain.opening.evidence import Evidence, LapseCause, Trouble
from engine.domain.opening.sheet import TenderSheet
from engine.domain.units import Fen, Nanoseconds, PaddleNo

ANSWERS_MAX: Final = 4
"""Trustees' answers in one command: each takes ten milliseconds or more to check, and the room waits."""


class DepositStatus(StrEnum):
    """How a bidder's bond stands (投标保证金); looked after outside."""

    PAID = "paid"
    GUARANTEED = "guaranteed"
    """By a bank, an insurer or a guarantor (保函)."""

    WAIVED = "waived"
    MISSING = "missing"


class Half(StrEnum):
    """Which half trustees answer for."""

    HALL = "hall"
    REMEDY = "remedy"
    """The bidder's, where the remedy was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceOpening(Asked):
    """The centre announces a tender's opening, with its conditions. The first record of the journal."""

    sale: str
    title: Title
    rules: TenderSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterBidder(Asked):
    """
    Somebody may bid, and signs with this certificate; again with another one, as long as envelopes are taken.

    Numbers are to be drawn, not counted: a bidder's own number must not tell how many there are.
    """

    bidder: PaddleNo
    name: str
    certificate: str
    """The signing certificate in DER, hexadecimal. Its chain and validity were checked outside."""

    key: str
    """Its public key (SubjectPublicKeyInfo), hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeposit(Asked):
    """How a bidder's bond for a section stands."""

    bidder: PaddleNo
    section: str
    status: DepositStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Chunks of a part that the house does not hold."""

    part: str
    chunks: int
    """How many the part has."""

    missing: tuple[int, ...]
    """Indices from 0; the first of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitEnvelope(Asked):
    """A bidder submits an envelope, or replaces the one he has. The house says which chunks it lacks."""

    bidder: PaddleNo
    section: str
    manifest: str
    """The manifest in its one spelling."""

    signature: str
    """Over the manifest, hexadecimal."""

    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawEnvelope(Asked):
    """A bidder takes his envelope back before the deadline."""

    bidder: PaddleNo
    section: str
    signature: str
    """Over the withdrawal of this very manifest, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Asked):
    """A bidder is there (签到)."""

    bidder: PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeTime(Asked):
    """An officer asks that deadline and opening be put off."""

    deadline: Nanoseconds
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTime(Asked):
    """A second officer, of another role, agrees."""

    deadline: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTime(Asked):
    """The time stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOpening(Asked):
    """The host starts the opening."""

    absent: int = 0
    """How many of those who bid have not signed in, as he was told: the second confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishList(Asked):
    """The host publishes who bids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUnsealing(Asked):
    """The host asks every bidder to unseal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnsealing(Asked):
    """Every half is there: the host need not wait for the end of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsealEnvelope(Asked):
    """A bidder hands in his half of the key."""

    bidder: PaddleNo
    section: str
    half: str
    """32 bytes, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTrouble(Asked):
    """A bidder says what keeps him from unsealing."""

    bidder: PaddleNo
    section: str
    trouble: Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """A trustee's answer for one envelope."""

    bidder: PaddleNo
    section: str
    answer: str
    """In its one spelling, as ``luochui hall answer`` prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAnswers(Asked):
    """A trustee answers for some envelopes."""

    half: Half
    answers: tuple[GivenAnswer, ...]
    """From 1 to :data:`ANSWERS_MAX`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRemedy(Asked):
    """The host has the trustees open for all who did not unseal (补救): for all, or for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvidence(Asked):
    """The house files what it knows of an envelope that was not unsealed."""

    bidder: PaddleNo
    section: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseEnvelope(Asked):
    """An officer decides, on the evidence sheet, whose cause it was."""

    bidder: PaddleNo
    section: str
    cause: LapseCause
    evidence: str
    """Digest of the sheet he decided on."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSheet(Asked):
    """The house has read an opening sheet with both halves."""

    bidder: PaddleNo
    section: str
    content: str
    """In its one spelling. Sealed again with the same key it must give the very ciphertext that was submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnreadable(Asked):
    """The key is right, and the house cannot read the sheet."""

    bidder: PaddleNo
    section: str
    chunk: str
    """The sealed chunk, base64: the proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceCeiling(Asked):
    """The host announces a section's ceiling price."""

    section: str
    amount: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCoefficient(Asked):
    """The host has a section's coefficient drawn."""

    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOut(Asked):
    """The host reads out: every sheet is shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSheet(Asked):
    """A bidder confirms what was read out of his bid."""

    bidder: PaddleNo
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseObjection(Asked):
    """A bidder objects, on the spot (异议)."""

    bidder: PaddleNo
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerObjection(Asked):
    """The host answers, on the spot and on the record."""

    no: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSigning(Asked):
    """The host has the record signed as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOpening(Asked):
    """The host ends the opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconvene(Asked):
    """The host calls all together once more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeStatement(Asked):
    """The host tells all something, on the record."""

    text: str


Command = (
    AnnounceOpening
    | RegisterBidder
    | RecordDeposit
    | SubmitEnvelope
    | WithdrawEnvelope
    | SignIn
    | ProposeTime
    | ConfirmTime
    | DropTime
    | StartOpening
    | PublishList
    | OpenUnsealing
    | CloseUnsealing
    | UnsealEnvelope
    | ReportTrouble
    | GiveAnswers
    | OrderRemedy
    | FileEvidence
    | LapseEnvelope
    | OpenSheet
    | ReportUnreadable
    | AnnounceCeiling
    | DrawCoefficient
    | ReadOut
    | ConfirmSheet
    | RaiseObjection
    | AnswerObjection
    | OpenSigning
    | EndOpening
    | Reconvene
    | MakeStatement
    | SuspendSale
    | ResumeSale
    | RegisterStop
    | SignResult
    | DeadlineReached
)
