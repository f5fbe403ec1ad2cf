"""How an opening is conducted, from its start to its end."""

from typing import Final

from engine.domain.auction.commands import Cause, DeadlineReached, RegisterStop, ResumeSale, SignResult, SuspendSale
from engine.domain.auction.conduct import DOUBTFUL
from engine.domain.auction.events import ResultConfirmed, ResultSigned, SaleResumed, SaleSuspended, StopRegistered
from engine.domain.opening import receiving
from engine.domain.opening.checks import require_envelope, require_going, require_section, require_stage
from engine.domain.opening.commands import (
    AnnounceCeiling,
    AnswerObjection,
    CloseUnsealing,
    ConfirmSheet,
    DrawCoefficient,
    EndOpening,
    MakeStatement,
    OpenSigning,
    OpenUnsealing,
    PublishList,
    RaiseObjection,
    ReadOut,
    Reconvene,
    StartOpening,
)
from engine.domain.opening.events import (
    BidsReadOut,
    CeilingAnnounced,
    CoefficientDrawn,
    Event,
    ListPublished,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningEnded,
    OpeningReconvened,
    OpeningStarted,
    SectionFailed,
    SheetConfirmed,
    SigningOpened,
    StatementMade,
    UnsealingClosed,
    UnsealingMoved,
    UnsealingOpened,
)
from engine.domain.opening.root import draw
from engine.domain.opening.sheet import Ceiling
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.domain.parties import HOUSE, Role, role_of
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import FEN_MAX, Nanoseconds

SIGNERS: Final = frozenset({Role.HOST, Role.SUPERVISOR})
"""Who signs the record of the opening."""

GOING: Final = (*(Stage.STARTED, Stage.LISTED, Stage.UNSEALING, Stage.COMBINING, Stage.READ_OUT, Stage.SIGNING),)
"""From the start to the end."""


def start(opening: Opening, command: StartOpening, at: Nanoseconds) -> tuple[Event, ...]:
    """
    The host starts; where some who bid have not signed in he confirms how many, as he was told.

    A section with too few bidders is not opened; where none is left there is no opening.
    """
    require_stage(opening, Stage.CLOSED)
    absent = opening.not_signed_in()
    if command.absent != absent:
        raise Refusal(Reason.BIDDERS_ABSENT, absent=absent)
    sections = {each.name: opening.of_section(each.name) for each in opening.rules.sections}
    failed = [
        SectionFailed(
            section=section,
            envelopes=len(envelopes),
            manifests=tuple(each.manifest.digest().hex() for each in envelopes),
        )
        for section, envelopes in sections.items()
        if len(envelopes) < opening.rules.bidders_min
    ]
    over = (OpeningEnded(at=at),) if len(failed) == len(sections) else ()
    return OpeningStarted(absent=absent, at=at), *failed, *over


def publish_list(opening: Opening, _: PublishList, at: Nanoseconds) -> tuple[Event, ...]:
    """Everybody sees who bids."""
    require_going(opening, Stage.STARTED)
    return (ListPublished(at=at),)


def open_unsealing(opening: Opening, _: OpenUnsealing, at: Nanoseconds) -> tuple[Event, ...]:
    """The window for unsealing opens."""
    require_going(opening, Stage.LISTED)
    return (UnsealingOpened(at=at, ends_at=Nanoseconds(at + opening.rules.unseal_for)),)


def close_unsealing(opening: Opening, _: CloseUnsealing, at: Nanoseconds) -> tuple[Event, ...]:
    """Every half is there: the window need not run out."""
    require_going(opening, Stage.UNSEALING)
    missing = sum(each.own is None for each in opening.live())
    if missing:
        raise Refusal(Reason.ENVELOPES_SEALED, envelopes=missing)
    return (UnsealingClosed(at=at),)


def announce_ceiling(opening: Opening, command: AnnounceCeiling, at: Nanoseconds) -> tuple[Event, ...]:
    """The ceiling price of a section: after the window, and before the trustees answer and anybody can know a price."""
    require_going(opening, Stage.COMBINING)
    section = require_section(opening, command.section)
    if section.name not in opening.ceilings_due():
        raise Refusal(Reason.NOT_DUE)
    assert section.ceiling_told is Ceiling.AT_OPENING
    assert 0 < command.amount <= FEN_MAX
    return (CeilingAnnounced(section=section.name, amount=command.amount, at=at),)


def draw_coefficient(opening: Opening, command: DrawCoefficient, at: Nanoseconds) -> tuple[Event, ...]:
    """A coefficient is drawn from what all bidders of the section had sealed in."""
    require_going(opening, Stage.COMBINING)
    section = require_section(opening, command.section)
    if section.name not in opening.coefficients_due():
        raise Refusal(Reason.NOT_DUE)
    envelopes = opening.of_section(section.name)
    unknown = sum(not each.hall_known for each in envelopes)
    if unknown:
        raise Refusal(Reason.ENVELOPES_SEALED, envelopes=unknown)
    assert opening.root is not None
    seed = draw(opening.rules.hall_key.of, bytes.fromhex(opening.root), section.name, envelopes)
    permille = section.coefficients[int.from_bytes(seed, "big") % len(section.coefficients)]
    return (CoefficientDrawn(section=section.name, permille=permille, seed=seed.hex(), at=at),)


def read_out(opening: Opening, _: ReadOut, at: Nanoseconds) -> tuple[Event, ...]:
    """Every sheet is shown at once: not while one is undecided."""
    require_going(opening, Stage.COMBINING)
    undecided = opening.outstanding()
    if undecided:
        raise Refusal(Reason.ENVELOPES_SEALED, envelopes=undecided)
    if opening.ceilings_due():
        raise Refusal(Reason.CEILING_DUE)
    if opening.coefficients_due():
        raise Refusal(Reason.COEFFICIENT_DUE)
    return (BidsReadOut(at=at),)


def confirm(opening: Opening, command: ConfirmSheet, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder confirms what was read out of his."""
    require_going(opening, Stage.READ_OUT)
    if require_envelope(opening, command.section, command.bidder).content is None:
        raise Refusal(Reason.NO_ENVELOPE)
    return (SheetConfirmed(bidder=command.bidder, section=command.section, at=at),)


def object_to(opening: Opening, command: RaiseObjection, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder objects, also while the opening rests (条例 44: on the spot)."""
    require_stage(opening, Stage.LISTED, Stage.UNSEALING, Stage.COMBINING, Stage.READ_OUT)
    if not any(number == command.bidder for _, number in opening.envelopes):
        raise Refusal(Reason.NO_ENVELOPE)
    no = len(opening.objections) + 1
    return (ObjectionRaised(no=no, bidder=command.bidder, text=command.text, at=at),)


def answer_objection(opening: Opening, command: AnswerObjection, at: Nanoseconds) -> tuple[Event, ...]:
    """The host answers."""
    require_stage(opening, *GOING)
    if not any(each.no == command.no and each.answer is None for each in opening.objections):
        raise Refusal(Reason.OBJECTION_UNKNOWN, no=command.no)
    return (ObjectionAnswered(no=command.no, text=command.text, at=at),)


def open_signing(opening: Opening, _: OpenSigning, at: Nanoseconds) -> tuple[Event, ...]:
    """The record stands as it is, every objection in it answered."""
    require_going(opening, Stage.READ_OUT)
    unanswered = opening.open_objections()
    if unanswered:
        raise Refusal(Reason.OBJECTIONS_OPEN, objections=unanswered)
    return (SigningOpened(report=opening.record_digest(), at=at),)


def sign(opening: Opening, command: SignResult, at: Nanoseconds) -> tuple[Event, ...]:
    """Host and supervisor sign this very record."""
    require_going(opening, Stage.SIGNING)
    role = Role(role_of(command.by))
    if role in opening.signed:
        raise Refusal(Reason.ALREADY_SIGNED)
    if command.report != opening.report:
        raise Refusal(Reason.REPORT_DIFFERS)
    signed = ResultSigned(role=role, report=command.report, at=at)
    if {*opening.signed, role} >= SIGNERS:
        return signed, ResultConfirmed(report=command.report, at=at)
    return (signed,)


def end(opening: Opening, _: EndOpening, at: Nanoseconds) -> tuple[Event, ...]:
    """The opening is over: signed, or once more after it was reconvened."""
    require_going(opening, Stage.SIGNING, Stage.RECONVENED)
    if not opening.final:
        raise Refusal(Reason.SIGNATURES_DUE)
    return (OpeningEnded(at=at),)


def reconvene(opening: Opening, command: Reconvene, at: Nanoseconds) -> tuple[Event, ...]:
    """All are called together once more, after an opening that was held."""
    require_stage(opening, Stage.ENDED)
    if not opening.final:
        raise Refusal(Reason.SIGNATURES_DUE)
    return (OpeningReconvened(reason=command.reason, at=at),)


def state(opening: Opening, command: MakeStatement, at: Nanoseconds) -> tuple[Event, ...]:
    """The host tells all something."""
    require_stage(opening, *GOING, Stage.RECONVENED)
    return (StatementMade(text=command.text, at=at),)


def suspend(opening: Opening, command: SuspendSale, at: Nanoseconds) -> tuple[Event, ...]:
    """The opening rests. A window whose end had come is over, unless the very cause leaves that in doubt."""
    require_going(opening, *GOING)
    cause = command.cause if command.by == HOUSE else Cause.OFFICER
    over = () if cause in DOUBTFUL else _overdue(opening, at)
    earlier = command.since if command.by == HOUSE and command.since is not None else at
    return *over, SaleSuspended(reason=command.reason, cause=cause, at=at, since=min(earlier, at))


def register_stop(opening: Opening, command: RegisterStop, at: Nanoseconds) -> tuple[Event, ...]:
    """The supervisor stops the opening; if it does not run, his stop is on the record all the same."""
    registered = StopRegistered(reason=command.reason, at=at)
    if opening.stage not in GOING or opening.suspension is not None:
        return (registered,)
    resting = SaleSuspended(reason=command.reason, cause=Cause.SUPERVISOR, at=at, since=at)
    return registered, *_overdue(opening, at), resting


def resume(opening: Opening, _: ResumeSale, at: Nanoseconds) -> tuple[Event, ...]:
    """The opening goes on; a window that was interrupted is given again, whole."""
    if opening.suspension is None:
        raise Refusal(Reason.NOT_PAUSED)
    if opening.stage is not Stage.UNSEALING:
        return (SaleResumed(at=at),)
    ends_at = Nanoseconds(at + opening.rules.unseal_for)
    return SaleResumed(at=at), UnsealingMoved(at=at, ends_at=ends_at)


def deadline(opening: Opening, command: DeadlineReached, _: Nanoseconds) -> tuple[Event, ...]:
    """What was to happen at this instant happens."""
    if command.deadline != next_deadline(opening):
        raise Refusal(Reason.NOT_DUE)
    if opening.stage is Stage.RECEIVING:
        return (receiving.closed(opening, command.deadline),)
    return (UnsealingClosed(at=command.deadline),)


def next_deadline(opening: Opening) -> Nanoseconds | None:
    """The next instant the opening waits for: a grace after submission, and after the window."""
    if opening.stage is Stage.RECEIVING:
        return Nanoseconds(opening.deadline + opening.rules.grace)
    if opening.stage is Stage.UNSEALING and opening.suspension is None and opening.ends_at is not None:
        return Nanoseconds(opening.ends_at + opening.rules.grace)
    return None


def _overdue(opening: Opening, at: Nanoseconds) -> tuple[UnsealingClosed, ...]:
    """The end of the window, where it lies before ``at`` and was not announced yet."""
    if opening.stage is Stage.UNSEALING and opening.ends_at is not None and opening.ends_at < at:
        return (UnsealingClosed(at=at),)
    return ()
