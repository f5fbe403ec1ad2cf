"""From sealed to open: the bidders' halves, the trustees' answers, the remedy, and what lapses and why."""

from engine.domain.opening.checks import octets, require_envelope, require_going, require_undecided, sealed_rightly
from engine.domain.opening.commands import (
    ANSWERS_MAX,
    FileEvidence,
    GiveAnswers,
    Half,
    LapseEnvelope,
    OpenSheet,
    OrderRemedy,
    ReportTrouble,
    ReportUnreadable,
    UnsealEnvelope,
)
from engine.domain.opening.events import (
    EnvelopeLapsed,
    EnvelopeUnsealed,
    Event,
    EvidenceFiled,
    RemedyOrdered,
    SheetOpened,
    TroubleReported,
)
from engine.domain.opening.evidence import Why
from engine.domain.opening.joining import Joining, proven
from engine.domain.opening.sheets import reads, same
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Envelope, Opening
from engine.domain.parties import Principal
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.sealing import halves
from engine.sealing.faults import SealFault
from engine.sealing.halves import OWN
from engine.sealing.shares import read_answer


def unseal(opening: Opening, command: UnsealEnvelope, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder's half, held against what he committed to at once."""
    require_going(opening, Stage.UNSEALING)
    if opening.ends_at is not None and at > opening.ends_at:
        raise Refusal(Reason.WINDOW_CLOSED, arrived_us=at // 1000, closed_us=opening.ends_at // 1000)
    envelope = require_envelope(opening, command.section, command.bidder)
    if envelope.own is not None:
        raise Refusal(Reason.UNSEALED_ALREADY)
    with sealed_rightly():
        halves.check_half(envelope.manifest, OWN, octets(command.half))
    return (EnvelopeUnsealed(bidder=command.bidder, section=command.section, half=command.half, at=at),)


def report_trouble(opening: Opening, command: ReportTrouble, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder cannot unseal."""
    require_going(opening, Stage.UNSEALING)
    if require_envelope(opening, command.section, command.bidder).own is not None:
        raise Refusal(Reason.UNSEALED_ALREADY)
    return (TroubleReported(bidder=command.bidder, section=command.section, trouble=command.trouble, at=at),)


def order_remedy(opening: Opening, _: OrderRemedy, at: Nanoseconds) -> tuple[Event, ...]:
    """Trustees open for everybody who did not, where the tender announced it."""
    require_going(opening, Stage.COMBINING)
    if not opening.rules.remedy:
        raise Refusal(Reason.NO_REMEDY)
    count = sum(each.own is None and each.lapse is None for each in opening.live())
    if not count or opening.remedy:
        raise Refusal(Reason.NOT_DUE)
    return (RemedyOrdered(envelopes=count, at=at),)


def give_answers(opening: Opening, command: GiveAnswers, at: Nanoseconds) -> tuple[Event, ...]:
    """A trustee's answers: each is taken or rejected by its proof; with enough of them a half is there."""
    require_going(opening, Stage.COMBINING)
    if opening.ceilings_due():
        raise Refusal(Reason.CEILING_DUE)
    if not 1 <= len(command.answers) <= ANSWERS_MAX or len({(a.section, a.bidder) for a in command.answers}) != len(
        command.answers
    ):
        raise Refusal(Reason.ANSWER_MALFORMED, most=ANSWERS_MAX)
    hall, trustee = opening.rules.hall_key, trustee_of(command.by)
    events: list[Event] = []
    for given in command.answers:
        envelope = require_envelope(opening, given.section, given.bidder)
        try:
            answer = read_answer(given.answer.encode(), hall)
        except SealFault:
            raise Refusal(Reason.ANSWER_MALFORMED, most=ANSWERS_MAX) from None
        if answer.trustee != trustee:
            raise Refusal(Reason.NOT_AUTHORISED)
        _require_wanted(opening, envelope, command.half, trustee)
        events += Joining(hall, envelope, command.half, at).take(answer, given.answer)
    return tuple(events)


def file_evidence(opening: Opening, command: FileEvidence, _: Nanoseconds) -> tuple[Event, ...]:
    """What the house knows."""
    require_going(opening, Stage.COMBINING)
    require_undecided(opening, command.section, command.bidder)
    return (EvidenceFiled(bidder=command.bidder, section=command.section, evidence=command.evidence),)


def lapse(opening: Opening, command: LapseEnvelope, at: Nanoseconds) -> tuple[Event, ...]:
    """An officer decides whose cause it was: not before there is nothing left to try, and on the newest evidence."""
    require_going(opening, Stage.COMBINING)
    envelope = require_undecided(opening, command.section, command.bidder)
    evidence = envelope.evidence
    if evidence is None or evidence.digest() != command.evidence:
        raise Refusal(Reason.EVIDENCE_DIFFERS)
    if evidence.stored and (envelope.own is not None or opening.rules.remedy):
        raise Refusal(Reason.CAN_STILL_OPEN)
    return (
        EnvelopeLapsed(
            bidder=command.bidder,
            section=command.section,
            cause=command.cause,
            why=Why.NOT_UNSEALED if evidence.stored else Why.NOT_STORED,
            evidence=command.evidence,
            reason=command.reason,
            at=at,
        ),
    )


def open_sheet(opening: Opening, command: OpenSheet, _: Nanoseconds) -> tuple[Event, ...]:
    """What the house read is what was sealed: sealed again it gives the ciphertext that was submitted."""
    envelope = _with_both_halves(opening, command.section, command.bidder)
    with sealed_rightly():
        same(envelope, command.content)
    return (SheetOpened(bidder=command.bidder, section=command.section, content=command.content),)


def report_unreadable(opening: Opening, command: ReportUnreadable, at: Nanoseconds) -> tuple[Event, ...]:
    """The key is right and there is no sheet inside: the ciphertext itself is the proof."""
    envelope = _with_both_halves(opening, command.section, command.bidder)
    with sealed_rightly():
        if reads(envelope, command.chunk):
            raise Refusal(Reason.CAN_STILL_OPEN)
    return (proven(envelope, Why.CONTENT, at),)


def trustee_of(by: Principal) -> int:
    """The number of a trustee, as the hall key's statement counts them; 0 for what is none."""
    number = by.partition(":")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 2 else 0


# Behind these doors.


def _with_both_halves(opening: Opening, section: str, bidder: PaddleNo) -> Envelope:
    require_going(opening, Stage.COMBINING)
    envelope = require_undecided(opening, section, bidder)
    if envelope.own is None or envelope.hall is None:
        raise Refusal(Reason.HALVES_MISSING)
    return envelope


def _require_wanted(opening: Opening, envelope: Envelope, half: Half, trustee: int) -> None:
    known = envelope.hall_known if half is Half.HALL else envelope.own is not None or envelope.lapse is not None
    if known or (half, trustee) in envelope.answers:
        raise Refusal(Reason.ANSWER_NOT_WANTED)
    if half is Half.REMEDY and (envelope.section, envelope.bidder) not in opening.remedy:
        raise Refusal(Reason.ANSWER_NOT_WANTED)
