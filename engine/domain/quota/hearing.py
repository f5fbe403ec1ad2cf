"""What happened in a quota sale, in the words of the protocol, as far as an audience may hear it."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from engine.domain.auction import events as common
from engine.domain.auction import hearing
from engine.domain.auction.hearing import us
from engine.domain.auction.sight import Audience
from engine.domain.parties import OFFICERS, Principal, Role, bidder, role_of
from engine.domain.quota import events
from engine.domain.quota.events import Event
from engine.domain.quota.sight import offers_open
from engine.domain.quota.state import QuotaSale

OFFERS: Final = (events.OfferMade, events.RevisionLost)
"""Heard by nobody but the bidder himself before the result."""

OWN: Final = (*OFFERS, common.RulesAccepted)
"""What a bidder brings about, always for his own paddle."""

OFFICIAL: Final = (events.BiddersAdmitted, common.RulesAccepted)
"""Heard by the officers."""


def told(sale: QuotaSale, happened: Iterable[Event], audience: Audience) -> list[dict[str, Any]]:
    """What happened, as far as ``audience`` may hear it."""
    return [tell(event) for event in happened if _hears(sale, event, audience)]


def answered(sale: QuotaSale, happened: Iterable[Event], by: Principal) -> list[dict[str, Any]]:
    """What the asker himself hears of what he brought about; the same at any time."""
    if role_of(by) in OFFICERS or role_of(by) == Role.HOUSE:
        return [tell(event) for event in happened if not isinstance(event, OFFERS)]
    return [tell(event) for event in happened if isinstance(event, OWN) and by == bidder(event.paddle)]


def disclosed(sale: QuotaSale, happened: Iterable[Event]) -> bool:
    """Whether everybody may have the very bytes of this outcome."""
    return all(_hears(sale, event, Audience.PUBLIC) for event in happened)


def _hears(sale: QuotaSale, event: Event, audience: Audience) -> bool:
    if isinstance(event, (*OFFERS, events.BiddersAdmitted)) and offers_open(sale, audience):
        return True  # Who offered, and in which class: with both anybody can make the award again.
    if isinstance(event, OFFERS):
        return False
    return audience is Audience.ROSTRUM or not isinstance(event, OFFICIAL)


def tell(event: Event) -> dict[str, Any]:
    """``event`` in full."""
    return {"type": type(event).__name__, **_TELL[type(event)](event)}


def _round(event: Any) -> dict[str, Any]:
    return {"round": event.round, "at_us": us(event.at), "ends_at_us": us(event.ends_at)}


def _awarded(event: events.QuotaAwarded) -> dict[str, Any]:
    return {
        "class": event.quota_class,
        "at_us": us(event.at),
        "winners": event.winners,
        "offers": event.offers,
        "lowest_fen": event.lowest,
        "lowest_at_us": us(event.lowest_at),
        "average_fen": event.average,
        "uniform_fen": event.uniform,
        "reserve_fen": event.reserve,
        "drawn": event.drawn,
    }


_TELL: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    **{kind: hearing.common(kind) for kind in hearing.COMMON},
    events.QuotaAnnounced: lambda event: {"sale": event.sale},
    events.BiddersAdmitted: lambda event: {
        "class": event.quota_class,
        "paddles": sum(run.last - run.first + 1 for run in event.runs),
        "first": event.runs[0].first,
        "last": event.runs[-1].last,
    },
    events.RoundOpened: _round,
    events.RoundMoved: _round,
    events.RoundEnded: _round,
    events.OfferMade: lambda event: {
        "paddle": event.paddle,
        "amount_fen": event.amount,
        "at_us": us(event.at),
        "revision": event.revision,
    },
    events.RevisionLost: lambda event: {
        "paddle": event.paddle,
        "amount_fen": event.amount,
        "least_fen": event.least,
        "most_fen": event.most,
        "revision": event.revision,
    },
    events.AverageTold: lambda event: {
        "class": event.quota_class,
        "at_us": us(event.at),
        "average_fen": event.average,
        "offers": event.offers,
    },
    events.QuotaAwarded: _awarded,
}
