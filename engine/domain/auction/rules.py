"""
The rules of a live sale: whether something is allowed is settled in :func:`decide`, what it changes in :func:`apply`.

Neither reads a clock: ``at`` is the instant the command reached the house. Articles refer to ``engine/domain/RULES.md``.
"""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CloseSale,
    Command,
    DeadlineReached,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    ResumeSale,
    StrikeHammer,
    SuspendSale,
    WithdrawBid,
)
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
from engine.domain.auction.state import Auction, Bid, Lot, LotPhase, Paddle, SalePhase
from engine.domain.parties import Channel, Role, bidder, role_of
from engine.domain.refusals import Ineligible, Reason, Refusal
from engine.domain.units import Fen, LotNo, Nanoseconds

WAIT_MS: Final = 1000
"""How long a client should wait before it asks again whether the sale is open, in milliseconds."""

MAY_FOLLOW: Final[dict[SalePhase, frozenset[SalePhase]]] = {
    SalePhase.PLANNED: frozenset({SalePhase.OPEN}),
    SalePhase.OPEN: frozenset({SalePhase.SUSPENDED, SalePhase.CLOSED}),
    SalePhase.SUSPENDED: frozenset({SalePhase.OPEN}),
    SalePhase.CLOSED: frozenset(),
}
"""Which phase of a sale may follow which; ``engine/README.md`` shows this table."""

MAY_ASK: Final[dict[type, frozenset[str]]] = {
    AnnounceSale: frozenset({Role.HOUSE}),
    DeadlineReached: frozenset({Role.HOUSE}),
    AdmitPaddle: frozenset({Role.CLERK, Role.HOUSE}),
    OpenSale: frozenset({Role.AUCTIONEER}),
    OpenLot: frozenset({Role.AUCTIONEER}),
    CallWarning: frozenset({Role.AUCTIONEER}),
    StrikeHammer: frozenset({Role.AUCTIONEER}),
    PassLot: frozenset({Role.AUCTIONEER}),
    SuspendSale: frozenset({Role.AUCTIONEER}),
    ResumeSale: frozenset({Role.AUCTIONEER}),
    CloseSale: frozenset({Role.AUCTIONEER}),
    PlaceBid: frozenset({Role.BIDDER, Role.CLERK}),
    WithdrawBid: frozenset({Role.BIDDER, Role.CLERK}),
}
"""Who may ask for what (article 3)."""


def decide(auction: Auction | None, command: Command, at: Nanoseconds) -> tuple[Event, ...]:
    """
    What ``command`` brings about, having reached the house ``at``.

    Args:
        auction: The sale, or None before its announcement. Not touched.
        command: What is asked, and by whom.
        at: Arrival at the house, in nanoseconds.

    Returns:
        The events, at least one, all or none of which happen.

    Raises:
        Refusal: The rules do not allow it; nothing happens.

    """
    _require_authority(command)
    if isinstance(command, AnnounceSale):
        return _announce(auction, command)
    if auction is None:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    if auction.phase is SalePhase.CLOSED:
        raise Refusal(Reason.SALE_CLOSED)
    return _DECIDE[type(command)](auction, command, at)


def apply(auction: Auction | None, event: Event) -> Auction:
    """Carry one event into the state, and return it. Never refuses: it already happened."""
    if isinstance(event, SaleAnnounced):
        return _begin(event)
    if auction is None:
        raise AssertionError("the first event of a sale is its announcement")
    _APPLY[type(event)](auction, event)
    return auction


def next_deadline(auction: Auction | None) -> Nanoseconds | None:
    """The next instant at which the sale changes by itself, or None."""
    if auction is not None and auction.phase is SalePhase.PLANNED:
        return auction.rules.opens_at
    return None


# Decisions. Each is a staircase in the order of ``refusals.Reason``.


def _announce(auction: Auction | None, command: AnnounceSale) -> tuple[Event, ...]:
    if auction is not None:
        raise Refusal(Reason.ALREADY_ANNOUNCED)
    if len({entry.lot for entry in command.catalogue}) != len(command.catalogue):
        raise AssertionError("a notice lists each lot once")
    return (SaleAnnounced(sale=command.sale, title=command.title, rules=command.rules, catalogue=command.catalogue),)


def _admit(auction: Auction, command: AdmitPaddle, _: Nanoseconds) -> tuple[Event, ...]:
    known = auction.paddles.get(command.paddle)
    if known is not None and known.channel is not command.channel:
        raise Refusal(Reason.CHANNEL_FIXED, paddle=command.paddle)
    return (PaddleAdmitted(paddle=command.paddle, channel=command.channel, deposits=command.deposits),)


def _open_sale(auction: Auction, command: OpenSale, at: Nanoseconds) -> tuple[Event, ...]:
    if auction.phase is not SalePhase.PLANNED:
        raise Refusal(Reason.ALREADY_OPEN)
    opens_at = auction.rules.opens_at
    if opens_at is not None and at < opens_at:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=(opens_at - at) // 1_000_000 + 1)
    return (SaleOpened(at=at),)


def _deadline(auction: Auction, command: DeadlineReached, _: Nanoseconds) -> tuple[Event, ...]:
    if auction.phase is not SalePhase.PLANNED:
        raise Refusal(Reason.ALREADY_OPEN)
    if command.deadline != auction.rules.opens_at:
        raise AssertionError("the clerk reports only deadlines the sale has named")
    return (SaleOpened(at=command.deadline),)


def _open_lot(auction: Auction, command: OpenLot, at: Nanoseconds) -> tuple[Event, ...]:
    _require_running(auction)
    lot = _lot(auction, command.lot)
    if lot.phase in {LotPhase.SOLD, LotPhase.PASSED}:
        raise Refusal(Reason.LOT_ENDED, lot=lot.number)
    taken = auction.open_lot()
    if taken is not None:
        raise Refusal(Reason.BLOCK_TAKEN, lot=taken.number)
    return (LotOpened(lot=lot.number, at=at),)


def _place_bid(auction: Auction, bid: PlaceBid, at: Nanoseconds) -> tuple[Event, ...]:
    channel = Channel.HALL if role_of(bid.by) == Role.CLERK else Channel.ONLINE
    _require_running(auction)
    lot = _require_open(auction, bid.lot)
    _require_eligible(auction, bid, channel)
    leading = lot.leading
    if leading is not None and leading.paddle == bid.paddle:
        raise Refusal(Reason.ALREADY_LEADING)
    _require_valid_price(auction, lot, bid.amount)

    placed = BidPlaced(lot=lot.number, paddle=bid.paddle, amount=bid.amount, channel=channel, at=at)
    return (placed, WarningCancelled(lot=lot.number)) if lot.calls else (placed,)


def _withdraw_bid(auction: Auction, command: WithdrawBid, _: Nanoseconds) -> tuple[Event, ...]:
    _lot(auction, command.lot)
    raise Refusal(Reason.BID_BINDING)


def _call(auction: Auction, command: CallWarning, _: Nanoseconds) -> tuple[Event, ...]:
    lot, price = _require_price(auction, command)
    if lot.calls == auction.rules.calls:
        raise Refusal(Reason.CALLS_DONE, calls=lot.calls)
    due = lot.calls + 1
    if command.call != due:
        raise Refusal(Reason.CALL_OUT_OF_ORDER, due=due)
    return (WarningCalled(lot=lot.number, call=due, price=price.amount),)


def _strike(auction: Auction, command: StrikeHammer, at: Nanoseconds) -> tuple[Event, ...]:
    lot, price = _require_price(auction, command)
    due = auction.rules.calls - lot.calls
    if due:
        raise Refusal(Reason.HAMMER_TOO_SOON, due=due)
    return (HammerFell(lot=lot.number, paddle=price.paddle, price=price.amount, channel=price.channel, at=at),)


def _pass_lot(auction: Auction, command: PassLot, at: Nanoseconds) -> tuple[Event, ...]:
    _require_running(auction)
    lot = _require_open(auction, command.lot)
    if lot.leading is not None:
        raise Refusal(Reason.LOT_HAS_BID, lot=lot.number)
    return (LotPassed(lot=lot.number, at=at),)


def _suspend(auction: Auction, command: SuspendSale, _: Nanoseconds) -> tuple[Event, ...]:
    _require_running(auction)
    return (SaleSuspended(reason=command.reason),)


def _resume(auction: Auction, _: ResumeSale, __: Nanoseconds) -> tuple[Event, ...]:
    if auction.phase is not SalePhase.SUSPENDED:
        raise Refusal(Reason.NOT_PAUSED)
    lot = auction.open_lot()
    return (SaleResumed(), WarningCancelled(lot=lot.number)) if lot is not None and lot.calls else (SaleResumed(),)


def _close(auction: Auction, _: CloseSale, at: Nanoseconds) -> tuple[Event, ...]:
    _require_running(auction)
    remain = sum(lot.phase in {LotPhase.WAITING, LotPhase.OPEN} for lot in auction.lots.values())
    if remain:
        raise Refusal(Reason.LOTS_REMAIN, lots=remain)
    return (SaleClosed(at=at),)


# What decisions share.


def _require_authority(command: Command) -> None:
    """Each role has its acts (article 3); a bidder speaks for his own paddle only (article 5)."""
    role = role_of(command.by)
    if role not in MAY_ASK[type(command)]:
        raise Refusal(Reason.NOT_AUTHORISED)
    if role == Role.BIDDER and isinstance(command, PlaceBid | WithdrawBid) and command.by != bidder(command.paddle):
        raise Refusal(Reason.NOT_AUTHORISED)


def _require_running(auction: Auction) -> None:
    if auction.phase is SalePhase.PLANNED:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    if auction.phase is SalePhase.SUSPENDED:
        raise Refusal(Reason.AUCTION_PAUSED, after_ms=WAIT_MS)


def _lot(auction: Auction, number: LotNo) -> Lot:
    lot = auction.lots.get(number)
    if lot is None:
        raise Refusal(Reason.LOT_UNKNOWN, lot=number)
    return lot


def _require_open(auction: Auction, number: LotNo) -> Lot:
    lot = _lot(auction, number)
    if lot.phase is not LotPhase.OPEN:
        raise Refusal(Reason.LOT_NOT_OPEN, lot=number)
    return lot


def _require_eligible(auction: Auction, bid: PlaceBid, channel: Channel) -> None:
    paddle = auction.paddles.get(bid.paddle)
    if paddle is None:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_ADMITTED)
    if paddle.channel is not channel:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.OTHER_CHANNEL)
    rights = auction.rights(paddle)
    if rights is not None and rights <= 0:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.RIGHTS_USED)


def _require_valid_price(auction: Auction, lot: Lot, amount: Fen) -> None:
    """At least the asked price, and from there in whole steps of the band (article 7)."""
    least = auction.asked(lot)
    step = auction.rules.step(lot.opening_price if lot.leading is None else lot.leading.amount)
    over = (amount - least) % step
    if amount < least or over:
        valid = least if amount < least else amount - over + step
        raise Refusal(Reason.BID_TOO_LOW, least_fen=least, step_fen=step, next_fen=valid)


def _require_price(auction: Auction, command: CallWarning | StrikeHammer) -> tuple[Lot, Bid]:
    """The lot and the bid that leads it, if it is the price the auctioneer saw (article 9)."""
    _require_running(auction)
    lot = _require_open(auction, command.lot)
    if lot.leading is None:
        raise Refusal(Reason.NO_BID, lot=lot.number)
    if lot.leading.amount != command.price:
        raise Refusal(Reason.PRICE_MOVED, price_fen=lot.leading.amount)
    return lot, lot.leading


_DECIDE: Final[dict[type, Callable[[Auction, Any, Nanoseconds], tuple[Event, ...]]]] = {
    AdmitPaddle: _admit,
    OpenSale: _open_sale,
    DeadlineReached: _deadline,
    OpenLot: _open_lot,
    PlaceBid: _place_bid,
    WithdrawBid: _withdraw_bid,
    CallWarning: _call,
    StrikeHammer: _strike,
    PassLot: _pass_lot,
    SuspendSale: _suspend,
    ResumeSale: _resume,
    CloseSale: _close,
}


# Changes.


def _begin(event: SaleAnnounced) -> Auction:
    return Auction(
        sale=event.sale,
        title=event.title,
        rules=event.rules,
        rules_digest=event.rules.digest(),
        lots={
            entry.lot: Lot(number=entry.lot, plate=entry.plate, opening_price=entry.opening_price)
            for entry in event.catalogue
        },
    )


def _admitted(auction: Auction, event: PaddleAdmitted) -> None:
    paddle = auction.paddles.setdefault(event.paddle, Paddle(number=event.paddle, channel=event.channel))
    paddle.deposits += event.deposits


def _phase(phase: SalePhase) -> Callable[[Auction, Any], None]:
    def change(auction: Auction, event: SaleOpened | SaleSuspended | SaleResumed | SaleClosed) -> None:
        if phase not in MAY_FOLLOW[auction.phase]:
            raise AssertionError(f"{phase} cannot follow {auction.phase}")
        auction.phase = phase
        auction.suspended_for = event.reason if isinstance(event, SaleSuspended) else None

    return change


def _lot_opened(auction: Auction, event: LotOpened) -> None:
    auction.on_block = event.lot
    auction.lots[event.lot].phase = LotPhase.OPEN


def _bid_placed(auction: Auction, event: BidPlaced) -> None:
    auction.aliases.setdefault(event.paddle, len(auction.aliases) + 1)
    auction.lots[event.lot].enter(Bid(paddle=event.paddle, amount=event.amount, channel=event.channel, at=event.at))


def _warning_called(auction: Auction, event: WarningCalled) -> None:
    auction.lots[event.lot].calls = event.call


def _warning_cancelled(auction: Auction, event: WarningCancelled) -> None:
    auction.lots[event.lot].calls = 0


def _hammer_fell(auction: Auction, event: HammerFell) -> None:
    auction.lots[event.lot].phase = LotPhase.SOLD
    auction.sold.append(event.lot)
    auction.paddles[event.paddle].won.append(event.lot)


def _lot_passed(auction: Auction, event: LotPassed) -> None:
    auction.lots[event.lot].phase = LotPhase.PASSED


_APPLY: Final[dict[type, Callable[[Auction, Any], None]]] = {
    PaddleAdmitted: _admitted,
    SaleOpened: _phase(SalePhase.OPEN),
    SaleSuspended: _phase(SalePhase.SUSPENDED),
    SaleResumed: _phase(SalePhase.OPEN),
    SaleClosed: _phase(SalePhase.CLOSED),
    LotOpened: _lot_opened,
    BidPlaced: _bid_placed,
    WarningCalled: _warning_called,
    WarningCancelled: _warning_cancelled,
    HammerFell: _hammer_fell,
    LotPassed: _lot_passed,
}
