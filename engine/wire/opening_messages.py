"""Frames towards the house that are about an opening of sealed bids; the others stand in :mod:`engine.wire.messages`."""

from typing import Annotated, Final

from msgspec import Meta

from engine.domain.opening.commands import ANSWERS_MAX, DepositStatus, Half
from engine.domain.opening.evidence import LapseCause, Trouble
from engine.sealing.keys import SIGNATURE_BYTES_MAX
from engine.sealing.manifest import MANIFEST_BYTES_MAX
from engine.wire.words import EXACT_MAX, Amount, CommandId, Digest, Frame, Number, Text

CERTIFICATE_BYTES_MAX: Final = 2048
"""Of a signing certificate in DER: so that a frame with it and its key is a frame that the house takes."""

KEY_BYTES_MAX: Final = 600
ANSWER_BYTES_MAX: Final = 2048
ABSENT_MAX: Final = 1_000_000

SectionName = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z][0-9A-Za-z._-]{0,63}\Z")]
Manifest = Annotated[str, Meta(min_length=1, max_length=MANIFEST_BYTES_MAX)]
Signature = Annotated[str, Meta(pattern=rf"\A([0-9a-f]{{2}}){{1,{SIGNATURE_BYTES_MAX}}}\Z")]
Certificate = Annotated[str, Meta(pattern=rf"\A([0-9a-f]{{2}}){{1,{CERTIFICATE_BYTES_MAX}}}\Z")]
Key = Annotated[str, Meta(pattern=rf"\A([0-9a-f]{{2}}){{1,{KEY_BYTES_MAX}}}\Z")]
Instant = Annotated[int, Meta(ge=1, le=EXACT_MAX)]


class RegisterBidder(Frame, tag="register_bidder"):
    """Somebody may bid, and signs with this certificate."""

    id: CommandId
    bidder: Number
    name: Text
    certificate: Certificate
    key: Key


class RecordDeposit(Frame, tag="record_deposit"):
    """How a bidder's bond for a section stands."""

    id: CommandId
    bidder: Number
    section: SectionName
    status: DepositStatus


class SubmitEnvelope(Frame, tag="submit_envelope"):
    """This is my bid, or my new one; its sealed chunks were sent before."""

    id: CommandId
    section: SectionName
    manifest: Manifest
    signature: Signature


class WithdrawEnvelope(Frame, tag="withdraw_envelope"):
    """I take my envelope back."""

    id: CommandId
    section: SectionName
    signature: Signature


class SignIn(Frame, tag="sign_in"):
    """I am there."""

    id: CommandId


class Unseal(Frame, tag="unseal"):
    """This is my half of the key."""

    id: CommandId
    section: SectionName
    half: Digest


class ReportTrouble(Frame, tag="report_trouble"):
    """This keeps me from unsealing."""

    id: CommandId
    section: SectionName
    trouble: Trouble


class ConfirmSheet(Frame, tag="confirm_sheet"):
    """What was read out of my bid is what I bid."""

    id: CommandId
    section: SectionName


class RaiseObjection(Frame, tag="object"):
    """I object."""

    id: CommandId
    text: Text


class ProposeTime(Frame, tag="propose_time"):
    """The opening should be put off."""

    id: CommandId
    deadline_us: Instant
    reason: Text


class ConfirmTime(Frame, tag="confirm_time"):
    """I agree to this very time."""

    id: CommandId
    deadline_us: Instant


class DropTime(Frame, tag="drop_time"):
    """The time stays."""

    id: CommandId


class TrusteeAnswer(Frame):
    """A trustee's answer for one envelope."""

    section: SectionName
    bidder: Number
    answer: Annotated[str, Meta(min_length=1, max_length=ANSWER_BYTES_MAX)]


class GiveAnswers(Frame, tag="give_answers"):
    """A trustee answers for some envelopes with his share."""

    id: CommandId
    half: Half
    answers: Annotated[list[TrusteeAnswer], Meta(min_length=1, max_length=ANSWERS_MAX)]


class StartOpening(Frame, tag="start_opening"):
    """The opening begins, with so many absent as I was told."""

    id: CommandId
    absent: Annotated[int, Meta(ge=0, le=ABSENT_MAX)]


class PublishList(Frame, tag="publish_list"):
    """Everybody shall see who bids."""

    id: CommandId


class OpenUnsealing(Frame, tag="open_unsealing"):
    """Every bidder shall unseal."""

    id: CommandId


class CloseUnsealing(Frame, tag="close_unsealing"):
    """Every half is there: the window is over."""

    id: CommandId


class OrderRemedy(Frame, tag="order_remedy"):
    """Trustees shall open for all who did not unseal."""

    id: CommandId


class LapseEnvelope(Frame, tag="lapse_envelope"):
    """An envelope lapses, and on this evidence it was this one's cause."""

    id: CommandId
    section: SectionName
    bidder: Number
    cause: LapseCause
    evidence: Digest
    reason: Text


class AnnounceCeiling(Frame, tag="announce_ceiling"):
    """The ceiling price of a section."""

    id: CommandId
    section: SectionName
    amount_fen: Amount


class DrawCoefficient(Frame, tag="draw_coefficient"):
    """A section's coefficient is drawn."""

    id: CommandId
    section: SectionName


class ReadOut(Frame, tag="read_out"):
    """Every bid is read out."""

    id: CommandId


class AnswerObjection(Frame, tag="answer_objection"):
    """The answer to an objection."""

    id: CommandId
    no: Annotated[int, Meta(ge=1, le=ABSENT_MAX)]
    text: Text


class OpenSigning(Frame, tag="open_signing"):
    """The record stands, to be signed."""

    id: CommandId


class EndOpening(Frame, tag="end_opening"):
    """The opening is over."""

    id: CommandId


class Reconvene(Frame, tag="reconvene"):
    """All are called together once more."""

    id: CommandId
    reason: Text


class MakeStatement(Frame, tag="make_statement"):
    """The host tells all something."""

    id: CommandId
    text: Text


OpeningAct = (
    RegisterBidder
    | RecordDeposit
    | SubmitEnvelope
    | WithdrawEnvelope
    | SignIn
    | Unseal
    | ReportTrouble
    | ConfirmSheet
    | RaiseObjection
    | ProposeTime
    | ConfirmTime
    | DropTime
    | GiveAnswers
    | StartOpening
    | PublishList
    | OpenUnsealing
    | CloseUnsealing
    | OrderRemedy
    | LapseEnvelope
    | AnnounceCeiling
    | DrawCoefficient
    | ReadOut
    | AnswerObjection
    | OpenSigning
    | EndOpening
    | Reconvene
    | MakeStatement
)

PUBLISHED: Final[dict[type, tuple[str, ...]]] = {
    RegisterBidder: ("name",),
    **dict.fromkeys((ProposeTime, LapseEnvelope, Reconvene), ("reason",)),
    **dict.fromkeys((RaiseObjection, AnswerObjection, MakeStatement), ("text",)),
}
"""Fields that others read as they were written."""
