"""
Who may see what of a sale, and when. Settled here, in ``sight.py`` and ``hearing.py``, and nowhere else.

A view is a flat dict of *parts* (``block``, ``lot/7``, ``figures`` …). A record changes whole parts, so a viewer who missed some
records needs only the newest of each part. Shapes are in ``engine/wire/PROTOCOL.md``.
"""

from collections.abc import Iterable
from typing import Any, Final

from engine.domain.auction import events as happened
from engine.domain.auction.events import Basis, Event
from engine.domain.auction.hearing import answered, copies, disclosed, told, us
from engine.domain.auction.plates import plate_classes
from engine.domain.auction.sight import PRICED, Audience, alike, amounts, counts, reserve_told, who
from engine.domain.auction.state import Auction, Bid, Lot, LotPhase, Paddle
from engine.domain.canonical import plain
from engine.domain.figures import sale_figures
from engine.domain.rulesheet import RuleSheet, Sees, TimedRules
from engine.domain.units import Nanoseconds, PaddleNo

__all__ = ["Audience", "alike", "answered", "changed", "concerned", "disclosed", "mine", "overview", "picture", "told"]

BIDS_SHOWN: Final = 8
"""How many of a lot's last bids are shown while it is open."""

_MS: Final = 1_000_000
_S: Final = 1000 * _MS

Part = dict[str, Any]
Parts = dict[str, Any]


def picture(auction: Auction, audience: Audience) -> Parts:
    """Everything ``audience`` may see of the sale as it stands."""
    parts: Parts = {
        **overview(auction),
        "announcement": _announcement(auction),
        "block": _block(auction, audience),
        "figures": _figures(auction, audience),
    }
    parts.update((f"lot/{lot.number}", _lot(auction, lot, audience)) for lot in auction.lots.values())
    if auction.kept is not None:
        parts["copies"] = copies(auction.kept)
    if audience is Audience.ROSTRUM:
        parts.update((f"paddle/{number}", _paddle(auction, number)) for number in auction.paddles)
    return parts


def overview(auction: Auction) -> Parts:
    """The parts that say what sale this is, and under which rules."""
    return {"sale": _sale(auction), "rules": _rules(auction.rules)}


def board(auction: Auction) -> Parts:
    """The parts that the day's board is made from, as everybody sees them."""
    return {"sale": _sale(auction), "block": _block(auction, Audience.PUBLIC)}


def changed(auction: Auction, events: Iterable[Event], audience: Audience) -> Parts:
    """The parts that ``events``, already applied, made different for ``audience``, each whole."""
    parts: Parts = {}
    for event in events:
        match event:
            case happened.SaleAnnounced() | happened.SaleClosed():
                return picture(auction, audience)
            case happened.ProxyPlaced() | happened.ProxyCancelled():
                pass
            case happened.CopiesStated():
                assert auction.kept is not None
                parts["copies"] = copies(auction.kept)
            case (
                happened.BidPlaced()
                | happened.WarningCalled()
                | happened.WarningCancelled()
                | happened.PriceShown()
                | happened.VoidProposed()
                | happened.VoidDropped()
            ):
                _on_block(auction, auction.lots[event.lot], audience, parts)
            case happened.BidVoided():
                _on_block(auction, auction.lots[event.lot], audience, parts)
                parts["announcement"] = _announcement(auction)
            case happened.BiddingExtended():
                for lot in auction.opened() if event.lot is None else iter((auction.lots[event.lot],)):
                    _on_block(auction, lot, audience, parts)
            case happened.SaleResumed():
                for lot in auction.opened():  # Its price is to stand, and to be shown, anew.
                    _on_block(auction, lot, audience, parts)
                parts["sale"] = _sale(auction)
                parts["announcement"] = _announcement(auction)
            case happened.LotOpened() | happened.HammerFell() | happened.LotPassed():
                lot = auction.lots[event.lot]
                _on_block(auction, lot, audience, parts)
                parts[f"lot/{lot.number}"] = _lot(auction, lot, audience)
                parts["figures"] = _figures(auction, audience)
                parts["sale"] = _sale(auction)
                if isinstance(event, happened.HammerFell) and audience is Audience.ROSTRUM:
                    parts[f"paddle/{event.paddle}"] = _paddle(auction, event.paddle)
            case happened.LotWithdrawn() | happened.LotReoffered() | happened.ReserveSet():
                lot = auction.lots[event.lot]
                parts[f"lot/{lot.number}"] = _lot(auction, lot, audience)
                if auction.on_block == lot.number:
                    parts["block"] = _block(auction, audience)
                parts["announcement"] = _announcement(auction)
                parts["figures"] = _figures(auction, audience)
                parts["sale"] = _sale(auction)
            case happened.PaddleAdmitted() | happened.RulesAccepted() | happened.PriorityGranted():
                if audience is Audience.ROSTRUM:
                    parts[f"paddle/{event.paddle}"] = _paddle(auction, event.paddle)
            case _:
                parts["sale"] = _sale(auction)
                parts["announcement"] = _announcement(auction)
    return parts


def mine(auction: Auction, paddle: PaddleNo) -> Part | None:
    """What the holder of ``paddle`` sees and nobody else; None if it is not admitted."""
    own = auction.paddles.get(paddle)
    if own is None:
        return None
    proxied = auction.lots.values() if auction.rules.proxies else ()
    sees = {lot.number: amounts(auction, lot, Audience.BIDDER) for lot in auction.opened()}
    return {
        "paddle": paddle,
        "channel": own.channel,
        "rights": auction.rights(own),
        "used": len(own.won),
        "accepted": own.accepted,
        "leads": [
            lot.number
            for lot in auction.opened()
            if lot.leading is not None and lot.leading.paddle == paddle and sees[lot.number] is not Sees.NONE
        ],
        "last": [
            {
                "lot": lot.number,
                "amount_fen": lot.highest[paddle],
                "rank": _rank(lot, paddle) if sees[lot.number] is Sees.RANK else None,
            }
            for lot in auction.opened()
            if paddle in lot.highest
        ],
        "proxies": [
            {"lot": lot.number, "maximum_fen": lot.proxies[paddle].maximum}
            for lot in proxied
            if paddle in lot.proxies and lot.phase in {LotPhase.WAITING, LotPhase.OPEN}
        ],
        "priority": _priority(auction, own),
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
            case happened.BidPlaced() | happened.BidVoided():
                lot = auction.lots[event.lot]
                if auction.rules.visibility.amounts_bidders is Sees.RANK:
                    paddles.update(lot.highest)
                paddles.add(event.paddle)
                paddles.update(bid.paddle for bid in lot.standing[-2:])
                paddles.update(bid.paddle for bid in lot.bids[max(0, event.no - 2) : event.no])
            case happened.LotPassed() | happened.HammerFell():
                paddles.update(auction.lots[event.lot].highest)
                paddles.update(auction.lots[event.lot].proxies)
            case happened.LotWithdrawn():
                paddles.update(auction.lots[event.lot].proxies)
            case (
                happened.PaddleAdmitted()
                | happened.ProxyPlaced()
                | happened.ProxyCancelled()
                | happened.RulesAccepted()
                | happened.PriorityGranted()
            ):
                paddles.add(event.paddle)
            case _:
                pass
    return paddles


# Parts.


def _sale(auction: Auction) -> Part:
    phases = [lot.phase for lot in auction.lots.values()]
    resting = auction.suspension
    result = None if auction.phase != "closed" else "final" if auction.final else "provisional"
    return {
        "id": auction.sale,
        "title": {"zh": auction.title.zh, "en": auction.title.en},
        "phase": auction.phase,
        "suspended": resting.reason if resting else None,
        "suspended_by": resting.cause if resting else None,
        "suspended_at_us": us(resting.at) if resting else None,
        "rules": auction.rules_digest,
        "lots": len(phases),
        "sold": phases.count(LotPhase.SOLD),
        "passed": phases.count(LotPhase.PASSED),
        "opens_at_us": us(auction.rules.opens_at),
        "result": result,
        "signed": list(auction.signed),
    }


def _announcement(auction: Auction) -> Part | None:
    said = auction.announcement
    return None if said is None else {"kind": said.kind, "at_us": us(said.at), "zh": said.zh, "en": said.en}


def _rules(rules: RuleSheet) -> Part:
    return {
        "mode": rules.mode,
        "timed": None if rules.timed is None else _timed(rules.timed),
        "calls": rules.calls,
        "increments": [{"from_fen": band.from_price, "step_fen": band.step} for band in rules.increments],
        "deposit": rules.deposit,
        "paddles": rules.paddles,
        "opens_at_us": us(rules.opens_at),
        "dwell_s": _seconds(rules.dwell),
        "delivery_percent": rules.delivery_percent,
        "visibility": plain(rules.visibility),
        "sign_off": rules.sign_off,
        "proxies": rules.proxies,
        "reserve_shown": rules.reserve_shown,
        "reoffers_max": rules.reoffers_max,
        "reoffer_lower_percent": rules.reoffer_lower_percent,
        "resume_for": rules.resume_for,
        "mass_loss_percent": rules.mass_loss_percent,
        "articles": rules.articles,
    }


def _timed(timed: TimedRules) -> Part:
    rule = timed.extension
    return {
        "free_s": _seconds(timed.free),
        "window_s": _seconds(timed.window),
        "grace_ms": timed.grace // _MS,
        "advance": timed.advance,
        "pause_s": _seconds(timed.pause),
        "extension": {
            "kind": rule.kind,
            "within_s": _seconds(rule.within),
            "by_s": _seconds(rule.by),
            "cap_s": None if rule.cap is None else _seconds(rule.cap),
            "count_max": rule.count_max,
            "top_k": rule.top_k,
            "shrink_s": _seconds(rule.shrink),
            "least_s": _seconds(rule.least),
            "reach_fen": rule.reach,
        },
    }


def _seconds(span: Nanoseconds) -> int | float:
    """A span of the sheet in seconds, which it counts in whole milliseconds."""
    whole, rest = divmod(span, _S)
    return whole + rest // _MS / 1000 if rest else whole


def _on_block(auction: Auction, lot: Lot, audience: Audience, parts: Parts) -> None:
    """The parts in which the bidding for ``lot`` is shown. What is there already is of the same sale, as it stands."""
    own = f"lot/{lot.number}"
    if own not in parts and (auction.rules.together or lot.reserve is not None):  # It says whether the reserve is met.
        parts[own] = _lot(auction, lot, audience)
    if "block" not in parts and not auction.rules.together:
        parts["block"] = _block(auction, audience)


def _block(auction: Auction, audience: Audience) -> Part | None:
    return None if auction.on_block is None else _bidding(auction, auction.lots[auction.on_block], audience)


def _bidding(auction: Auction, lot: Lot, audience: Audience) -> Part:
    """How the bidding for a lot stands."""
    sees = amounts(auction, lot, audience)
    leading = lot.leading if sees in PRICED else None
    priced = sees in PRICED
    counted = counts(auction, lot, audience)
    timed = auction.rules.timed
    limited = None if timed is None or lot.opened_at is None else Nanoseconds(lot.opened_at + timed.free)
    shown = {Sees.ALL: lot.bids[-BIDS_SHOWN:], Sees.LEADING: lot.standing[-1:]}.get(sees, [])
    standing = {bid.no for bid in lot.standing[-BIDS_SHOWN:]}
    return {
        "lot": lot.number,
        "plate": lot.plate,
        "classes": plate_classes(lot.plate),
        "opening_fen": lot.opening_price,
        "phase": lot.phase,
        "round": lot.round,
        "price_fen": leading.amount if leading else None,
        "leader": who(auction, leading.paddle, audience) if leading else None,
        "leader_channel": leading.channel if leading else None,
        "calls": lot.calls,
        "asked_fen": auction.asked(lot) if priced or (counted and lot.leading is None) else None,
        "step_fen": auction.rules.step(leading.amount if leading else lot.opening_price),
        "bid_count": len(lot.standing) if counted else None,
        "reserve": _reserve(auction, lot, audience),
        "closes_at_us": us(lot.closes_at),
        "limited_from_us": us(limited),
        "extensions": lot.extensions,
        "hammer_from_us": us(Nanoseconds(lot.price_at + auction.rules.dwell))
        if lot.price_at is not None and auction.rules.dwell and timed is None
        else None,
        "delivered": lot.price_shown if auction.rules.delivery_percent else None,
        "void": _proposal(auction, lot) if audience is Audience.ROSTRUM else None,
        "bids": [{**_bid(auction, lot, bid, audience), "voided": bid.no not in standing} for bid in reversed(shown)],
    }


def _bid(auction: Auction, lot: Lot, bid: Bid, audience: Audience) -> Part:
    return {
        "no": bid.no if counts(auction, lot, audience) else None,
        "at_us": us(bid.at),
        "amount_fen": bid.amount,
        "who": who(auction, bid.paddle, audience),
        "channel": bid.channel,
        "basis": bid.basis if bid.basis is not Basis.RESERVE or reserve_told(auction, lot, audience) else Basis.PROXY,
    }


def _proposal(auction: Auction, lot: Lot) -> Part | None:
    if lot.proposal is None:
        return None
    bid = lot.bids[lot.proposal.no - 1]
    return {
        "no": bid.no,
        "amount_fen": bid.amount,
        "who": who(auction, bid.paddle, Audience.ROSTRUM),
        "reason": lot.proposal.reason,
        "by": lot.proposal.by,
    }


def _reserve(auction: Auction, lot: Lot, audience: Audience) -> str:
    """Whether there is a reserve, and whether it is met as far as ``audience`` may know."""
    if lot.reserve is None:
        return "none"
    if not reserve_told(auction, lot, audience):
        return "secret"
    return "met" if lot.reserve_met else "unmet"


def _lot(auction: Auction, lot: Lot, audience: Audience) -> Part:
    sold = lot.phase is LotPhase.SOLD
    ended = sold or lot.phase is LotPhase.PASSED
    priced = amounts(auction, lot, audience) in PRICED
    part = {
        "lot": lot.number,
        "plate": lot.plate,
        "classes": plate_classes(lot.plate),
        "opening_fen": lot.opening_price,
        "phase": lot.phase,
        "round": lot.round,
        "reserve": _reserve(auction, lot, audience),
        "hammer_fen": lot.hammer_price if priced else None,
        "who": who(auction, lot.standing[-1].paddle, audience) if sold and priced else None,
        "bid_count": len(lot.standing) if ended and counts(auction, lot, audience) else None,
    }
    if auction.rules.together:
        part["open"] = _bidding(auction, lot, audience) if lot.phase is LotPhase.OPEN else None
    return part


def _figures(auction: Auction, audience: Audience) -> Part:
    """The figures of the sale; None for those that would tell a price which is hidden."""
    figures = sale_figures(auction)
    top = figures.top
    priced = all(amounts(auction, auction.lots[number], audience) in PRICED for number in auction.sold)
    return {
        "turnover_fen": figures.turnover if priced else None,
        "opening_fen": figures.opening,
        "premium": figures.premium if priced else None,
        "top": {"lot": top.lot, "plate": top.plate, "hammer_fen": top.hammer_price} if top and priced else None,
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
        "deposits": paddle.deposits,
        "rights": auction.rights(paddle),
        "accepted": paddle.accepted,
        "priority": _priority(auction, paddle),
        "won": list(paddle.won),
    }


def _priority(auction: Auction, paddle: Paddle) -> list[Part]:
    return [{"lot": number, "rank": auction.lots[number].priority[paddle.number]} for number in paddle.priority]


def _rank(lot: Lot, paddle: PaddleNo) -> int:
    """The place of ``paddle`` among those who bid, 1 being the leader's."""
    own = lot.highest[paddle]
    if lot.leading is not None and lot.leading.paddle == paddle:
        return 1
    return 1 + sum(amount >= own for other, amount in lot.highest.items() if other != paddle)
