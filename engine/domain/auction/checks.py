"""What decisions share: each looks, and refuses or gives back what it found. Articles refer to ``engine/domain/RULES.md``."""

from typing import Final

from engine.domain.auction.commands import CallWarning, StrikeHammer
from engine.domain.auction.state import Auction, Bid, Lot, LotPhase, Paddle, SalePhase
from engine.domain.parties import Channel, Principal, Role, role_of
from engine.domain.refusals import Ineligible, Reason, Refusal
from engine.domain.rulesheet import Mode
from engine.domain.units import LotNo, Nanoseconds, PaddleNo

WAIT_MS: Final = 1000
"""How long a client should wait before it asks again whether the sale is open, in milliseconds."""

ENDED: Final = frozenset({LotPhase.SOLD, LotPhase.PASSED, LotPhase.WITHDRAWN})


def require_running(auction: Auction) -> None:
    """The sale is open and not suspended."""
    if auction.phase is SalePhase.PLANNED:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    require_not_suspended(auction)


def require_not_suspended(auction: Auction) -> None:
    """The sale is not suspended."""
    if auction.phase is SalePhase.SUSPENDED:
        raise Refusal(Reason.AUCTION_PAUSED, after_ms=WAIT_MS)


def lot_of(auction: Auction, number: LotNo) -> Lot:
    """The lot, if it is in the catalogue."""
    lot = auction.lots.get(number)
    if lot is None:
        raise Refusal(Reason.LOT_UNKNOWN, lot=number)
    return lot


def require_open(auction: Auction, number: LotNo) -> Lot:
    """The lot, if it is on the block."""
    lot = lot_of(auction, number)
    if lot.phase is not LotPhase.OPEN:
        raise Refusal(Reason.LOT_NOT_OPEN, lot=number)
    return lot


def require_waiting(auction: Auction, number: LotNo) -> Lot:
    """The lot, if it has not started."""
    lot = lot_of(auction, number)
    if lot.phase in ENDED:
        raise Refusal(Reason.LOT_ENDED, lot=number)
    if lot.phase is LotPhase.OPEN:
        raise Refusal(Reason.LOT_STARTED, lot=number)
    return lot


def require_in_time(auction: Auction, number: LotNo, at: Nanoseconds) -> Lot:
    """
    The lot, if what reached the house ``at`` was in time for it (article 16).

    A bid that came in time and was taken up after the end was announced is told so, with both stamps.
    """
    lot = lot_of(auction, number)
    timed = auction.rules.mode is Mode.TIMED
    if lot.phase in ENDED and lot.ended_at is not None:
        stamps = {"arrived_us": at // 1000, "closed_us": lot.ended_at // 1000}
        if lot.opened_at is not None and lot.opened_at <= at and (at <= lot.ended_at if timed else at < lot.ended_at):
            raise Refusal(Reason.LATE_TRANSIT, **stamps)
        if timed:
            raise Refusal(Reason.AUCTION_CLOSED, **stamps)
    require_open(auction, number)
    if lot.closes_at is not None and at > lot.closes_at:
        raise Refusal(Reason.AUCTION_CLOSED, arrived_us=at // 1000, closed_us=lot.closes_at // 1000)
    return lot


def channel_of(by: Principal) -> Channel:
    """Through which door ``by`` bids: the clerk enters what the hall bids."""
    return Channel.HALL if role_of(by) == Role.CLERK else Channel.ONLINE


def require_eligible(auction: Auction, lot: Lot, number: PaddleNo, channel: Channel) -> Paddle:
    """The paddle, if it may bid for the lot through this channel (articles 4, 5, 19, 21)."""
    paddle = auction.paddles.get(number)
    if paddle is None:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_ADMITTED)
    if paddle.channel is not channel:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.OTHER_CHANNEL)
    if not auction.free_right(paddle, lot.number):
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.RIGHTS_USED)
    if lot.qualified is not None and number not in lot.qualified:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_QUALIFIED)
    if auction.rules.sign_off and not paddle.accepted:
        raise Refusal(Reason.RULES_NOT_ACCEPTED)
    return paddle


def may_bid(auction: Auction, lot: Lot, number: PaddleNo) -> bool:
    """Whether the house may bid for ``number`` on ``lot``: the same conditions, asked without refusing."""
    paddle = auction.paddles[number]
    return (
        auction.free_right(paddle, lot.number)
        and (lot.qualified is None or number in lot.qualified)
        and (paddle.accepted or not auction.rules.sign_off)
    )


def require_price(auction: Auction, command: CallWarning | StrikeHammer) -> tuple[Lot, Bid]:
    """The lot and the bid that leads it, if it is the price the auctioneer saw (article 9)."""
    require_running(auction)
    if auction.rules.mode is Mode.TIMED:
        raise Refusal(Reason.CLOCK_ENDS_LOT)
    lot = require_open(auction, command.lot)
    if lot.leading is None:
        raise Refusal(Reason.NO_BID, lot=lot.number)
    if lot.leading.amount != command.price:
        raise Refusal(Reason.PRICE_MOVED, price_fen=lot.leading.amount)
    return lot, lot.leading
