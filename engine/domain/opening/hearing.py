"""What happened in an opening, in the words of the protocol, as far as an audience may hear it."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from engine.domain.auction import events as common
from engine.domain.auction import hearing
from engine.domain.auction.hearing import us
from engine.domain.auction.sight import Audience
from engine.domain.opening import events
from engine.domain.opening.events import Event
from engine.domain.opening.sight import bids, listed, read_out, watches
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal, Role, bidder, role_of

OWN: Final = (
    *(events.BidderRegistered, events.DepositRecorded, events.EnvelopeReceived, events.EnvelopeWithdrawn),
    *(events.BidderSignedIn, events.SheetOpened),
)
"""Heard by nobody but him who brought it about: not even by the officers."""

OFFICIAL: Final = (events.TimeProposed, events.TimeDropped, events.TroubleReported, events.EvidenceFiled)
"""Heard by the officers."""

OUTSIDE: Final = (
    *(events.OpeningAnnounced, events.TimeChanged, events.SubmissionClosed, events.OpeningStarted),
    *(events.OpeningEnded, events.OpeningReconvened, events.StatementMade),
    *(common.SaleSuspended, common.SaleResumed, common.StopRegistered, common.ResultSigned, common.ResultConfirmed),
)
"""Heard by everybody, also where only bidders and officers may watch."""

PLAIN: Final = (
    *(*OUTSIDE, events.SectionFailed, events.ListPublished, events.UnsealingOpened, events.UnsealingMoved),
    *(events.UnsealingClosed, events.RemedyOrdered, events.CeilingAnnounced, events.BidsReadOut),
    *(events.ObjectionRaised, events.ObjectionAnswered, events.SheetConfirmed, events.SigningOpened),
)
"""What holds nothing that is ever hidden from those who watch."""


def told(opening: Opening, happened: Iterable[Event], audience: Audience) -> list[dict[str, Any]]:
    """What happened, as far as ``audience`` may hear it."""
    return [tell(event) for event in happened if _hears(opening, event, audience)]


def answered(opening: Opening, happened: Iterable[Event], by: Principal) -> list[dict[str, Any]]:
    """What the asker himself hears of what he brought about; the same at any time."""
    if role_of(by) == Role.BIDDER:
        return [tell(event) for event in happened if getattr(event, "bidder", None) is not None and _own(event, by)]
    return [tell(event) for event in happened]


def disclosed(opening: Opening, happened: Iterable[Event]) -> bool:
    """Whether everybody may have the very bytes of this outcome: halves, answers and sheets not before all is read out."""
    return all(_open(opening, event) for event in happened)


def tell(event: Event) -> dict[str, Any]:
    """``event`` without halves, answers, signatures and what was sealed."""
    return {"type": type(event).__name__, **_TELL[type(event)](event)}


def _own(event: Any, by: Principal) -> bool:
    return bool(by == bidder(event.bidder))


def _hears(opening: Opening, event: Event, audience: Audience) -> bool:
    if isinstance(event, OWN):
        return False
    if isinstance(event, OFFICIAL):
        return audience is Audience.ROSTRUM
    return isinstance(event, OUTSIDE) or watches(opening, audience)


def _open(opening: Opening, event: Event) -> bool:
    if isinstance(event, events.OpeningStarted):
        return listed(opening)
    if isinstance(event, PLAIN):
        return isinstance(event, OUTSIDE) or watches(opening, Audience.PUBLIC)
    if not read_out(opening) or not watches(opening, Audience.PUBLIC):
        return False
    if isinstance(event, events.BidderRegistered | events.BidderSignedIn):
        return bids(opening, event.bidder)
    if isinstance(event, events.DepositRecorded):
        return event.section not in opening.failed and (event.section, event.bidder) in opening.envelopes
    if isinstance(event, events.EnvelopeReceived):
        standing = opening.envelopes.get((event.section, event.bidder))
        live = event.section not in opening.failed
        return live and standing is not None and standing.manifest.context.version == event.version
    return not isinstance(event, events.EnvelopeWithdrawn)


def _at(event: Any) -> dict[str, Any]:
    return {"at_us": us(event.at)}


def _whose(event: Any) -> dict[str, Any]:
    return {"section": event.section, "bidder": event.bidder}


def _whose_at(event: Any) -> dict[str, Any]:
    return {**_whose(event), "at_us": us(event.at)}


def _answer(event: events.AnswerTaken | events.AnswerRejected) -> dict[str, Any]:
    return {"trustee": event.trustee, **_whose(event), "half": event.half}


def _evidence(event: events.EvidenceFiled) -> dict[str, Any]:
    return {**_whose(event), "digest": event.evidence.digest(), "suggests": event.evidence.suggests}


def _lapsed(event: events.EnvelopeLapsed) -> dict[str, Any]:
    about = {"cause": event.cause, "why": event.why, "evidence": event.evidence, "reason": event.reason}
    return {**_whose(event), **about, "at_us": us(event.at)}


_TELL: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    **{kind: hearing.common(kind) for kind in (common.SaleSuspended, common.SaleResumed, common.StopRegistered)},
    **{kind: hearing.common(kind) for kind in (common.ResultSigned, common.ResultConfirmed)},
    events.OpeningAnnounced: lambda event: {"sale": event.sale},
    events.BidderRegistered: lambda event: {"bidder": event.bidder, "name": event.name},
    events.DepositRecorded: lambda event: {**_whose(event), "status": event.status},
    events.EnvelopeReceived: lambda event: {**_whose(event), "version": event.version, "at_us": us(event.at)},
    events.EnvelopeWithdrawn: lambda event: {**_whose(event), "version": event.version, "at_us": us(event.at)},
    events.BidderSignedIn: lambda event: {"bidder": event.bidder, "at_us": us(event.at)},
    events.TimeProposed: lambda event: {
        "deadline_us": us(event.deadline),
        "reason": event.reason,
        "by": event.by,
    },
    events.TimeDropped: lambda _: {},
    events.TimeChanged: lambda event: {
        "deadline_us": us(event.deadline),
        "reason": event.reason,
        "at_us": us(event.at),
    },
    events.SubmissionClosed: lambda event: {
        "deadline_us": us(event.deadline),
        "root": event.root,
        "at_us": us(event.at),
    },
    events.OpeningStarted: _at,
    events.SectionFailed: lambda event: {"section": event.section, "envelopes": event.envelopes},
    events.ListPublished: _at,
    events.UnsealingOpened: lambda event: {"at_us": us(event.at), "ends_at_us": us(event.ends_at)},
    events.UnsealingMoved: lambda event: {"at_us": us(event.at), "ends_at_us": us(event.ends_at)},
    events.UnsealingClosed: _at,
    events.EnvelopeUnsealed: _whose_at,
    events.TroubleReported: lambda event: {**_whose(event), "trouble": event.trouble, "at_us": us(event.at)},
    events.AnswerTaken: _answer,
    events.AnswerRejected: _answer,
    events.HalfJoined: lambda event: {**_whose(event), "half": event.half},
    events.HalfRefuted: lambda event: {**_whose(event), "half": event.half},
    events.RemedyOrdered: lambda event: {"envelopes": event.envelopes, "at_us": us(event.at)},
    events.EvidenceFiled: _evidence,
    events.EnvelopeLapsed: _lapsed,
    events.SheetOpened: _whose,
    events.CeilingAnnounced: lambda event: {
        "section": event.section,
        "amount_fen": event.amount,
        "at_us": us(event.at),
    },
    events.CoefficientDrawn: lambda event: {
        "section": event.section,
        "permille": event.permille,
        "seed": event.seed,
        "at_us": us(event.at),
    },
    events.BidsReadOut: _at,
    events.SheetConfirmed: _whose_at,
    events.ObjectionRaised: lambda event: {
        "no": event.no,
        "bidder": event.bidder,
        "text": event.text,
        "at_us": us(event.at),
    },
    events.ObjectionAnswered: lambda event: {"no": event.no, "text": event.text, "at_us": us(event.at)},
    events.SigningOpened: lambda event: {"report": event.report, "at_us": us(event.at)},
    events.OpeningEnded: _at,
    events.OpeningReconvened: lambda event: {"reason": event.reason, "at_us": us(event.at)},
    events.StatementMade: lambda event: {"text": event.text, "at_us": us(event.at)},
}
