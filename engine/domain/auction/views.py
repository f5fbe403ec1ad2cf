"""
Who may see what of a sale, and when. Settled here and nowhere else.

A view is a flat dict of *parts* (``block``, ``lot/7``, ``figures`` …). A record changes whole parts, so a viewer who missed some
records needs only the newest of each part. Shapes are in ``engine/wire/PROTOCOL.md``.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final

from engine.domain.auction.events import (
    BidPlaced,
    Event,
    HammerFell,
    LotOpened,
    LotPassed,
    PaddleAdmitted,
    SaleAnnounced,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    WarningCalled,
    WarningCancelled,
)
from engine.domain.auction.plates import plate_classes
from engine.domain.auction.state import Auction, Bid, Lot, LotPhase, SalePhase
from engine.domain.figures import sale_figures
from engine.domain.rulesheet import PaddleDisplay, RuleSheet
from engine.domain.units import Nanoseconds, PaddleNo

BIDS_SHOWN: Final = 8
"""How many of a lot's last bids the block shows."""

Part = dict[str, Any]
Parts = dict[str, Any]


class Audience(StrEnum):
    """Who looks. All of one audience get the same bytes."""

    PUBLIC = "public"
    """Hall screen, record page and bidders: what everyone may see."""

    ROSTRUM = "rostrum"
    """Auctioneer and clerk."""


def picture(auction: Auction, audience: Audience) -> Parts:
    """Everything ``audience`` may see of the sale as it stands."""
    parts: Parts = {**overview(auction), "block": _block(auction, audience), "figures": _figures(auction)}
    parts.update((f"lot/{lot.number}", _lot(auction, lot, audience)) for lot in auction.lots.values())
    if audience is Audience.ROSTRUM:
        parts.update((f"paddle/{number}", _paddle(auction, number)) for number in auction.paddles)
    return parts


def overview(auction: Auction) -> Parts:
    """The parts that say what sale this is, and under which rules."""
    return {"sale": _sale(auction), "rules": _rules(auction.rules)}


def changed(auction: Auction, events: Iterable[Event], audience: Audience) -> Parts:
    """The parts that ``events``, already applied, made different for ``audience``, each whole."""
    parts: Parts = {}
    for event in events:
        match event:
            case BidPlaced() | WarningCalled() | WarningCancelled():
                parts["block"] = _block(auction, audience)
            case LotOpened() | HammerFell() | LotPassed():
                lot = auction.lots[event.lot]
                parts["block"] = _block(auction, audience)
                parts[f"lot/{lot.number}"] = _lot(auction, lot, audience)
                parts["figures"] = _figures(auction)
                parts["sale"] = _sale(auction)
                if isinstance(event, HammerFell) and audience is Audience.ROSTRUM:
                    parts[f"paddle/{event.paddle}"] = _paddle(auction, event.paddle)
            case PaddleAdmitted():
                if audience is Audience.ROSTRUM:
                    parts[f"paddle/{event.paddle}"] = _paddle(auction, event.paddle)
            case SaleAnnounced() | SaleClosed():
                return picture(auction, audience)
            case _:
                parts["sale"] = _sale(auction)
    return parts


def told(auction: Auction, events: Iterable[Event], audience: Audience) -> list[dict[str, Any]]:
    """What happened, in the words of the protocol, as far as ``audience`` may hear it."""
    return [
        {"type": type(event).__name__, **_TELL[type(event)](auction, event, audience)}
        for event in events
        if audience is Audience.ROSTRUM or not isinstance(event, PaddleAdmitted)
    ]


def disclosed(auction: Auction, events: Iterable[Event]) -> bool:
    """Whether everybody may have the very bytes of this outcome: nothing in it is masked or private."""
    return _paddles_shown(auction) and not any(isinstance(event, PaddleAdmitted) for event in events)


def mine(auction: Auction, paddle: PaddleNo) -> Part | None:
    """What the holder of ``paddle`` sees and nobody else; None if it is not admitted."""
    own = auction.paddles.get(paddle)
    if own is None:
        return None
    lot = auction.open_lot()
    leads = lot is not None and lot.leading is not None and lot.leading.paddle == paddle
    return {
        "paddle": paddle,
        "channel": own.channel,
        "rights": auction.rights(own),
        "used": len(own.won),
        "leading": lot.number if lot is not None and leads else None,
        "won": [
            {"lot": number, "plate": auction.lots[number].plate, "hammer_fen": auction.lots[number].hammer_price}
            for number in own.won
        ],
    }


def concerned(auction: Auction, events: Iterable[Event]) -> set[PaddleNo]:
    """The paddles whose private part ``events``, already applied, made different."""
    paddles: set[PaddleNo] = set()
    for event in events:
        match event:
            case BidPlaced():
                paddles.update(bid.paddle for bid in auction.lots[event.lot].bids[-2:])
            case HammerFell() | PaddleAdmitted():
                paddles.add(event.paddle)
            case _:
                pass
    return paddles


# Parts.


def _sale(auction: Auction) -> Part:
    phases = [lot.phase for lot in auction.lots.values()]
    return {
        "id": auction.sale,
        "title": {"zh": auction.title.zh, "en": auction.title.en},
        "phase": auction.phase,
        "suspended": auction.suspended_for,
        "rules": auction.rules_digest,
        "lots": len(phases),
        "sold": phases.count(LotPhase.SOLD),
        "passed": phases.count(LotPhase.PASSED),
        "opens_at_us": _us(auction.rules.opens_at),
    }


def _rules(rules: RuleSheet) -> Part:
    return {
        "mode": rules.mode,
        "calls": rules.calls,
        "increments": [{"from_fen": band.from_price, "step_fen": band.step} for band in rules.increments],
        "deposit": rules.deposit,
        "paddles": rules.paddles,
        "opens_at_us": _us(rules.opens_at),
        "articles": rules.articles,
    }


def _block(auction: Auction, audience: Audience) -> Part | None:
    if auction.on_block is None:
        return None
    lot = auction.lots[auction.on_block]
    leading = lot.leading
    return {
        "lot": lot.number,
        "plate": lot.plate,
        "classes": plate_classes(lot.plate),
        "opening_fen": lot.opening_price,
        "phase": lot.phase,
        "price_fen": leading.amount if leading else None,
        "leader": _who(auction, leading.paddle, audience) if leading else None,
        "leader_channel": leading.channel if leading else None,
        "calls": lot.calls,
        "asked_fen": auction.asked(lot),
        "step_fen": auction.rules.step(leading.amount if leading else lot.opening_price),
        "bid_count": len(lot.bids),
        "bids": [_bid(auction, bid, audience) for bid in reversed(lot.bids[-BIDS_SHOWN:])],
    }


def _bid(auction: Auction, bid: Bid, audience: Audience) -> Part:
    return {
        "at_us": _us(bid.at),
        "amount_fen": bid.amount,
        "who": _who(auction, bid.paddle, audience),
        "channel": bid.channel,
    }


def _lot(auction: Auction, lot: Lot, audience: Audience) -> Part:
    sold = lot.phase is LotPhase.SOLD
    ended = sold or lot.phase is LotPhase.PASSED
    return {
        "lot": lot.number,
        "plate": lot.plate,
        "classes": plate_classes(lot.plate),
        "opening_fen": lot.opening_price,
        "phase": lot.phase,
        "hammer_fen": lot.hammer_price,
        "who": _who(auction, lot.bids[-1].paddle, audience) if sold else None,
        "bid_count": len(lot.bids) if ended else None,
    }


def _figures(auction: Auction) -> Part:
    figures = sale_figures(auction)
    top = figures.top
    return {
        "turnover_fen": figures.turnover,
        "opening_fen": figures.opening,
        "premium": figures.premium,
        "top": {"lot": top.lot, "plate": top.plate, "hammer_fen": top.hammer_price} if top else None,
        "sold": figures.sold,
        "passed": figures.passed,
        "hall_sold": figures.hall_sold,
        "online_sold": figures.online_sold,
    }


def _paddle(auction: Auction, number: PaddleNo) -> Part:
    paddle = auction.paddles[number]
    return {
        "paddle": number,
        "channel": paddle.channel,
        "rights": auction.rights(paddle),
        "won": list(paddle.won),
    }


# Masks.


def _paddles_shown(auction: Auction) -> bool:
    match auction.rules.paddles:
        case PaddleDisplay.SHOWN:
            return True
        case PaddleDisplay.MASKED_UNTIL_CLOSED:
            return auction.phase is SalePhase.CLOSED
        case PaddleDisplay.MASKED:
            return False


def _who(auction: Auction, paddle: PaddleNo, audience: Audience) -> Part:
    if audience is Audience.ROSTRUM or _paddles_shown(auction):
        return {"paddle": paddle}
    return {"alias": auction.aliases[paddle]}


def _us(at: Nanoseconds | None) -> int | None:
    return None if at is None else at // 1000


_TELL: Final[dict[type, Callable[[Auction, Any, Audience], dict[str, Any]]]] = {
    SaleAnnounced: lambda _auction, event, _audience: {"sale": event.sale},
    PaddleAdmitted: lambda _auction, event, _audience: {
        "paddle": event.paddle,
        "channel": event.channel,
        "deposits": event.deposits,
    },
    SaleOpened: lambda _auction, event, _audience: {"at_us": _us(event.at)},
    LotOpened: lambda auction, event, _audience: {"lot": event.lot, "plate": auction.lots[event.lot].plate},
    BidPlaced: lambda auction, event, audience: {
        "lot": event.lot,
        "amount_fen": event.amount,
        "who": _who(auction, event.paddle, audience),
        "channel": event.channel,
        "at_us": _us(event.at),
    },
    WarningCalled: lambda _auction, event, _audience: {
        "lot": event.lot,
        "call": event.call,
        "price_fen": event.price,
    },
    WarningCancelled: lambda _auction, event, _audience: {"lot": event.lot},
    HammerFell: lambda auction, event, audience: {
        "lot": event.lot,
        "plate": auction.lots[event.lot].plate,
        "price_fen": event.price,
        "who": _who(auction, event.paddle, audience),
        "channel": event.channel,
        "at_us": _us(event.at),
    },
    LotPassed: lambda auction, event, _audience: {"lot": event.lot, "plate": auction.lots[event.lot].plate},
    SaleSuspended: lambda _auction, event, _audience: {"reason": event.reason},
    SaleResumed: lambda _auction, _event, _audience: {},
    SaleClosed: lambda _auction, event, _audience: {"at_us": _us(event.at)},
}
