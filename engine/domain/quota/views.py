"""
Who may see what of a quota sale, and when. Settled here and nowhere else.

Nobody sees an offer that is not his own before the result, whoever he is: the officers neither. What is told of all offers together
while they are taken is what the sheet says (``running``): the officers hear no more, but for how many offers there are.

A view is a flat dict of *parts*, as for auctions. Parts are made when they are wanted: :func:`touched` says cheaply which ones a
record changed, so that a thousand offers a second cost those who watch a few parts a second.
"""

from collections.abc import Iterable
from typing import Final

from engine.domain.auction import events as common
from engine.domain.auction.hearing import us
from engine.domain.auction.sight import Audience
from engine.domain.quota import events
from engine.domain.quota.events import Event
from engine.domain.quota.hearing import answered, disclosed, told
from engine.domain.quota.parts import Part, Parts, current, names, part, parts, shown, window
from engine.domain.quota.sight import counts, cutoff_told
from engine.domain.quota.state import QuotaSale
from engine.domain.units import Fen, PaddleNo

__all__ = [
    "all_concerned",
    "answered",
    "board",
    "changed",
    "concerned",
    "disclosed",
    "mine",
    "overview",
    "part",
    "parts",
    "picture",
    "told",
    "touched",
]


def picture(sale: QuotaSale, audience: Audience) -> Parts:
    """Everything ``audience`` may see of the sale as it stands."""
    return parts(sale, names(sale), audience)


def board(sale: QuotaSale) -> Parts:
    """The parts that the day's board is made from, as everybody sees them."""
    return parts(sale, ("sale", "round"), Audience.PUBLIC)


def overview(sale: QuotaSale) -> Parts:
    """The parts that say what sale this is, and under which rules."""
    return parts(sale, ("sale", "conditions"), Audience.PUBLIC)


def changed(sale: QuotaSale, happened: Iterable[Event], audience: Audience) -> Parts:
    """The parts that ``happened``, already applied, made different for ``audience``, each whole."""
    return parts(sale, touched(sale, happened, audience), audience)


def touched(sale: QuotaSale, happened: Iterable[Event], audience: Audience) -> list[str]:
    """
    The names of the parts that ``happened``, already applied, made different for ``audience``.

    Where offers are hidden none is named: not even that there was one.
    """
    found: dict[str, None] = {}
    for event in happened:
        match event:
            case events.OfferMade():
                if not counts(sale, audience):
                    continue
                name = str(sale.class_of(event.paddle))
                found |= {f"running/{name}": None, "desk": None}
                if name in sale.curves and sale.curves[name].fresh == event.at:
                    found[f"curve/{name}"] = None
            case events.RevisionLost():
                found["desk"] = None
            case events.BiddersAdmitted() | common.RulesAccepted():
                found |= {"quota": None, "desk": None}
            case events.AverageTold():
                found[f"running/{event.quota_class}"] = None
            case events.RoundOpened() | events.RoundMoved():
                found |= {"round": None, "desk": None, **_every_class(sale)}
            case common.SaleSuspended() | common.SaleResumed():
                found |= {"sale": None, "round": None, "announcement": None, **_every_class(sale)}
            case common.CopiesStated():
                found["copies"] = None
            case events.QuotaAnnounced() | common.SaleClosed():
                return names(sale)
            case events.RoundEnded() | events.QuotaAwarded():
                pass  # What follows in the same record changes the parts.
            case _:
                found |= {"sale": None, "round": None, "announcement": None}
    return [name for name in found if shown(sale, name, audience)]


def _every_class(sale: QuotaSale) -> dict[str, None]:
    return {f"running/{each.name}": None for each in sale.rules.classes}


def mine(sale: QuotaSale, paddle: PaddleNo) -> Part | None:
    """What the holder of ``paddle`` sees and nobody else; None if it is not admitted."""
    name = sale.class_of(paddle)
    if name is None:
        return None
    book = sale.books[name]
    offer, now = book.of(paddle), current(sale)
    used = sale.revisions.get(paddle, 0)
    left = None if now is None else max(0, now.revisions - used)
    may = now is not None and (now.first_offers if offer is None else bool(left))
    least, most = window(sale, name, now, first=offer is None) if may and now is not None else (None, None)
    if may and offer is not None and sale.rules.upward_only and least is not None:
        least = max(least, Fen(offer.amount + sale.rules.step))
    return {
        "paddle": paddle,
        "class": name,
        "accepted": paddle in sale.accepted or not sale.rules.sign_off,
        "offer": None
        if offer is None
        else {"amount_fen": offer.amount, "at_us": us(offer.at), "no": _no(sale, offer.no)},
        "may_offer": may,
        "revisions_used": used,
        "revisions_left": left,
        "least_fen": least,
        "most_fen": most,
        "inside": book.inside(paddle) if offer is not None and cutoff_told(sale) else None,
        "result": _own_result(sale, name, paddle) if name in sale.awards else None,
    }


def concerned(sale: QuotaSale, happened: Iterable[Event]) -> set[PaddleNo]:
    """The paddles whose private part ``happened``, already applied, made different."""
    paddles: set[PaddleNo] = set()
    for event in happened:
        match event:
            case events.OfferMade():
                paddles.add(event.paddle)
                if cutoff_told(sale):
                    paddles.update(sale.book_of(event.paddle).near_the_edge())
            case events.RevisionLost() | common.RulesAccepted():
                paddles.add(event.paddle)
            case _:
                pass
    return paddles


def all_concerned(happened: Iterable[Event]) -> bool:
    """Whether ``happened`` made the private part of everybody different: a round began, or the sale is over."""
    return any(isinstance(event, _FOR_ALL) for event in happened)


_FOR_ALL: Final = (
    events.BiddersAdmitted,
    events.RoundOpened,
    events.QuotaAwarded,
    common.SaleSuspended,
    common.SaleResumed,
    common.SaleOpened,
)


def _own_result(sale: QuotaSale, name: str, paddle: PaddleNo) -> Part:
    made, book = sale.awards[name], sale.books[name]
    offer = book.of(paddle)
    least = max(made.reserve or 0, made.uniform or 0)
    won = offer is not None and offer.amount >= least and book.inside(paddle)
    pays = made.uniform if made.uniform is not None else offer.amount if offer is not None else None
    return {"won": won, "pays_fen": pays if won else None}


def _no(sale: QuotaSale, no: int) -> int | None:
    """The number of an offer, where it may be known how many there are."""
    return no if counts(sale, Audience.BIDDER) else None
