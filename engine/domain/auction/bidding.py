"""Bids, and the maxima left with the house: articles 7, 8, 16, 17 and 21."""

from engine.domain.auction import proxy, timing
from engine.domain.auction.checks import (
    channel_of,
    lot_of,
    require_eligible,
    require_in_time,
    require_not_suspended,
    require_running,
)
from engine.domain.auction.commands import AnswerProxies, CancelProxy, PlaceBid, PlaceProxy, WithdrawBid
from engine.domain.auction.events import Basis, BidPlaced, Event, ProxyCancelled, ProxyPlaced, WarningCancelled
from engine.domain.auction.state import Auction, Lot, LotPhase
from engine.domain.parties import HOUSE
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import Sees
from engine.domain.units import Fen, Nanoseconds, PaddleNo


def place_bid(auction: Auction, bid: PlaceBid, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder offers a price."""
    require_running(auction)
    lot = require_in_time(auction, bid.lot, at)
    channel = channel_of(bid.by)
    require_eligible(auction, lot, bid.paddle, channel)
    leading = lot.leading
    if leading is not None and leading.paddle == bid.paddle:
        raise Refusal(Reason.ALREADY_LEADING)
    equal = _prevails_at_equal_price(lot, bid)
    if not equal:
        _require_valid_price(auction, lot, bid.amount)
        timing.require_within_reach(auction, lot, bid.amount, at)
    placed = BidPlaced(
        lot=lot.number,
        paddle=bid.paddle,
        amount=bid.amount,
        channel=channel,
        at=at,
        no=len(lot.bids) + 1,
        basis=Basis.PRIORITY if equal else Basis.BID,
    )
    return _entered(auction, lot, (placed,), at)


def withdraw_bid(auction: Auction, command: WithdrawBid, _: Nanoseconds) -> tuple[Event, ...]:
    """A bid binds (拍卖法 36)."""
    lot_of(auction, command.lot)
    raise Refusal(Reason.BID_BINDING)


def place_proxy(auction: Auction, command: PlaceProxy, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder leaves a maximum: before the lot is open a commission, on the block at least the asked price."""
    lot = _proxy_lot(auction, command, at)
    if not auction.rules.proxies:
        raise Refusal(Reason.PROXIES_NOT_TAKEN)
    channel = channel_of(command.by)
    require_eligible(auction, lot, command.paddle, channel)
    leading = lot.leading
    if lot.phase is LotPhase.WAITING:
        least = lot.opening_price
    elif leading is not None and leading.paddle == command.paddle:
        least = leading.amount
    else:
        least = auction.asked(lot)
    if command.maximum < least:
        raise _too_low(auction, lot, command.maximum, least, least)
    known = lot.proxies.get(command.paddle)
    since = known.at if known is not None and known.maximum == command.maximum else at
    return (ProxyPlaced(lot=lot.number, paddle=command.paddle, maximum=command.maximum, channel=channel, at=since),)


def cancel_proxy(auction: Auction, command: CancelProxy, at: Nanoseconds) -> tuple[Event, ...]:
    """A bidder takes his maximum back; what was bid with it stands."""
    lot = _proxy_lot(auction, command, at)
    if command.paddle not in lot.proxies:
        raise Refusal(Reason.NO_PROXY, lot=lot.number)
    return (ProxyCancelled(lot=lot.number, paddle=command.paddle),)


def follow_up(auction: Auction, at: Nanoseconds) -> AnswerProxies | None:
    """
    What the house has to bid for maxima left with it, if anything, before the next command is taken up.

    Args:
        auction: The sale.
        at: When what it answers reached the house. For a lot whose end had come by then the house is as late as anybody.

    """
    for number in auction.open_lots:
        lot = auction.lots[number]
        if lot.proxies and _in_time(lot, at) and proxy.answers(auction, lot):
            return AnswerProxies(command_id=f"proxies-{number}-{lot.round}-{len(lot.bids)}", by=HOUSE, lot=number)
    return None


def answer_proxies(auction: Auction, command: AnswerProxies, at: Nanoseconds) -> tuple[Event, ...]:
    """The house bids what the maxima allow, and as much as they must."""
    lot = lot_of(auction, command.lot)
    offers = proxy.answers(auction, lot) if lot.phase is LotPhase.OPEN and _in_time(lot, at) else []
    if not offers:
        raise Refusal(Reason.NOT_DUE)
    placed = tuple(
        BidPlaced(
            lot=lot.number,
            paddle=offer.paddle,
            amount=offer.amount,
            channel=lot.proxies[offer.paddle].channel,
            at=at,
            no=len(lot.bids) + nth,
            basis=offer.basis,
        )
        for nth, offer in enumerate(offers, 1)
    )
    return _entered(auction, lot, placed, at)


def _in_time(lot: Lot, at: Nanoseconds) -> bool:
    return lot.closes_at is None or at <= lot.closes_at


def _entered(auction: Auction, lot: Lot, placed: tuple[BidPlaced, ...], at: Nanoseconds) -> tuple[Event, ...]:
    """The bids, and what they bring about: calls begin anew, the end may move."""
    cancelled = (WarningCancelled(lot=lot.number),) if lot.calls else ()
    return *placed, *cancelled, *timing.extension(auction, lot, at, _bidders(auction, lot, placed))


def _bidders(auction: Auction, lot: Lot, placed: tuple[BidPlaced, ...]) -> list[PaddleNo]:
    """Who bids, and who will answer: a sheet that looks at places looks at those that come of it."""
    if lot.proxies and placed[-1].basis in {Basis.BID, Basis.PRIORITY}:
        return [
            *(bid.paddle for bid in placed),
            *(offer.paddle for offer in proxy.answers_to(auction, lot, placed[-1])),
        ]
    return [bid.paddle for bid in placed]


def _proxy_lot(auction: Auction, command: PlaceProxy | CancelProxy, at: Nanoseconds) -> Lot:
    require_not_suspended(auction)
    lot = lot_of(auction, command.lot)
    return lot if lot.phase is LotPhase.WAITING else require_in_time(auction, command.lot, at)


def _prevails_at_equal_price(lot: Lot, bid: PlaceBid) -> bool:
    """Whether the right of first refusal lets ``bid`` take the leading price itself (article 21)."""
    leading = lot.leading
    return leading is not None and bid.amount == leading.amount and lot.rank(bid.paddle) < lot.rank(leading.paddle)


def _require_valid_price(auction: Auction, lot: Lot, amount: Fen) -> None:
    """At least the asked price, and from there in whole steps of the band (article 7)."""
    least = auction.asked(lot)
    step = _step(auction, lot)
    over = (amount - least) % step
    if amount < least or over:
        raise _too_low(auction, lot, amount, least, Fen(least if amount < least else amount - over + step))


def _too_low(auction: Auction, lot: Lot, offered: Fen, least: Fen, valid: Fen) -> Refusal:
    """Says what would do, unless that would tell a price the sheet hides, or its band (article 20)."""
    if lot.leading is not None and auction.rules.visibility.amounts_bidders not in {Sees.ALL, Sees.LEADING}:
        return Refusal(Reason.BID_NOT_LEADING, step_fen=auction.rules.step(max(offered, lot.opening_price)))
    return Refusal(Reason.BID_TOO_LOW, least_fen=least, step_fen=_step(auction, lot), next_fen=valid)


def _step(auction: Auction, lot: Lot) -> Fen:
    return auction.rules.step(lot.opening_price if lot.leading is None else lot.leading.amount)
