"""What each event changes. Nothing here refuses: it already happened."""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction import announcements, events
from engine.domain.auction.state import (
    Auction,
    Bid,
    CopiesKept,
    Lot,
    LotPhase,
    Paddle,
    Proposal,
    Proxy,
    SalePhase,
    Suspension,
)
from engine.domain.rulesheet import ResumeFor
from engine.domain.units import Nanoseconds

MAY_FOLLOW: Final[dict[SalePhase, frozenset[SalePhase]]] = {
    SalePhase.PLANNED: frozenset({SalePhase.OPEN}),
    SalePhase.OPEN: frozenset({SalePhase.SUSPENDED, SalePhase.CLOSED}),
    SalePhase.SUSPENDED: frozenset({SalePhase.OPEN}),
    SalePhase.CLOSED: frozenset(),
}
"""Which phase of a sale may follow which; ``engine/README.md`` shows this table."""


def begin(event: events.SaleAnnounced) -> Auction:
    """The sale as its announcement leaves it."""
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


def carry(auction: Auction, event: events.Event) -> None:
    """Carry one event into the state."""
    _APPLY[type(event)](auction, event)


def _to(auction: Auction, phase: SalePhase) -> None:
    if phase not in MAY_FOLLOW[auction.phase]:
        raise AssertionError(f"{phase} cannot follow {auction.phase}")
    auction.phase = phase


# The sale.


def _sale_opened(auction: Auction, event: events.SaleOpened) -> None:
    _to(auction, SalePhase.OPEN)
    auction.idle_since = event.at


def _sale_suspended(auction: Auction, event: events.SaleSuspended) -> None:
    _to(auction, SalePhase.SUSPENDED)
    auction.announcement = announcements.suspended(auction, event.reason, event.cause, event.at)
    auction.suspension = Suspension(reason=event.reason, cause=event.cause, at=event.at, since=event.since)


def _sale_resumed(auction: Auction, event: events.SaleResumed) -> None:
    _to(auction, SalePhase.OPEN)
    assert auction.suspension is not None
    rested = event.at - auction.suspension.since
    auction.suspension = None
    auction.idle_since = event.at
    for lot in auction.opened():
        if lot.first_end is not None:
            lot.first_end = Nanoseconds(lot.first_end + rested)
        if auction.rules.resume_for is ResumeFor.WHO_HAD_BID and lot.standing:
            lot.qualified = frozenset(lot.highest)
        if lot.leading is not None:
            lot.price_at, lot.price_shown = event.at, False
    auction.announcement = announcements.resumed(auction, event.at)


def _sale_closed(auction: Auction, _: events.SaleClosed) -> None:
    _to(auction, SalePhase.CLOSED)


def _stop_registered(auction: Auction, event: events.StopRegistered) -> None:
    auction.announcement = announcements.stopped(event.reason, event.at)


def _copies_stated(auction: Auction, event: events.CopiesStated) -> None:
    auction.kept = CopiesKept(copies=event.copies, at=event.at)


def _result_signed(auction: Auction, event: events.ResultSigned) -> None:
    auction.signed[event.role] = event.report


def _result_confirmed(auction: Auction, event: events.ResultConfirmed) -> None:
    auction.final = True
    auction.announcement = announcements.result_confirmed(event.at)


# Paddles.


def _paddle_admitted(auction: Auction, event: events.PaddleAdmitted) -> None:
    paddle = auction.paddles.setdefault(event.paddle, Paddle(number=event.paddle, channel=event.channel))
    paddle.deposits += event.deposits


def _rules_accepted(auction: Auction, event: events.RulesAccepted) -> None:
    auction.paddles[event.paddle].accepted = True


# Lots.


def _lot_opened(auction: Auction, event: events.LotOpened) -> None:
    lot = auction.lots[event.lot]
    lot.phase = LotPhase.OPEN
    lot.opened_at, lot.closes_at, lot.first_end = event.at, event.closes_at, event.closes_at
    auction.open_lots.append(event.lot)
    if not auction.rules.together:
        auction.on_block = event.lot


def _end(auction: Auction, lot: Lot, phase: LotPhase, at: Nanoseconds) -> None:
    lot.phase = phase
    lot.ended_at = at if lot.closes_at is None else lot.closes_at
    lot.proposal = None
    auction.open_lots.remove(lot.number)
    auction.idle_since = at


def _hammer_fell(auction: Auction, event: events.HammerFell) -> None:
    _end(auction, auction.lots[event.lot], LotPhase.SOLD, event.at)
    auction.sold.append(event.lot)
    auction.paddles[event.paddle].won.append(event.lot)


def _lot_passed(auction: Auction, event: events.LotPassed) -> None:
    _end(auction, auction.lots[event.lot], LotPhase.PASSED, event.at)


def _lot_withdrawn(auction: Auction, event: events.LotWithdrawn) -> None:
    lot = auction.lots[event.lot]
    lot.phase = LotPhase.WITHDRAWN
    auction.announcement = announcements.withdrawn(lot, event.reason, event.at)


def _lot_reoffered(auction: Auction, event: events.LotReoffered) -> None:
    lot = auction.lots[event.lot]
    lot.renew(event.opening_price)
    auction.idle_since = event.at
    auction.announcement = announcements.reoffered(lot, event.opening_price, event.at)


def _reserve_set(auction: Auction, event: events.ReserveSet) -> None:
    auction.lots[event.lot].reserve = event.amount


def _priority_granted(auction: Auction, event: events.PriorityGranted) -> None:
    auction.lots[event.lot].priority[event.paddle] = event.rank
    lots = auction.paddles[event.paddle].priority
    if event.lot not in lots:
        lots.append(event.lot)


# Bids.


def _price_moved(lot: Lot, at: Nanoseconds) -> None:
    lot.price_at, lot.price_shown = at, False


def _bid_placed(auction: Auction, event: events.BidPlaced) -> None:
    auction.aliases.setdefault(event.paddle, len(auction.aliases) + 1)
    lot = auction.lots[event.lot]
    lot.enter(Bid(event.no, event.paddle, event.amount, event.channel, event.at, event.basis))
    _price_moved(lot, event.at)


def _bid_voided(auction: Auction, event: events.BidVoided) -> None:
    lot = auction.lots[event.lot]
    lot.void(event.no)
    lot.proposal = None
    _price_moved(lot, event.at)
    auction.announcement = announcements.voided(lot, event.reason, event.at)


def _void_proposed(auction: Auction, event: events.VoidProposed) -> None:
    auction.lots[event.lot].proposal = Proposal(no=event.no, reason=event.reason, by=event.by)


def _void_dropped(auction: Auction, event: events.VoidDropped) -> None:
    auction.lots[event.lot].proposal = None


def _proxy_placed(auction: Auction, event: events.ProxyPlaced) -> None:
    auction.lots[event.lot].proxies[event.paddle] = Proxy(
        paddle=event.paddle, maximum=event.maximum, channel=event.channel, at=event.at
    )


def _proxy_cancelled(auction: Auction, event: events.ProxyCancelled) -> None:
    auction.lots[event.lot].proxies.pop(event.paddle, None)


def _bidding_extended(auction: Auction, event: events.BiddingExtended) -> None:
    lots = auction.opened() if event.lot is None else iter((auction.lots[event.lot],))
    for lot in lots:
        assert lot.closes_at is not None
        lot.closes_at = max(lot.closes_at, event.closes_at)
        if event.why is events.Extended.BID:
            lot.extensions += 1
            lot.extended_at = event.at


def _warning_called(auction: Auction, event: events.WarningCalled) -> None:
    auction.lots[event.lot].calls = event.call


def _warning_cancelled(auction: Auction, event: events.WarningCancelled) -> None:
    auction.lots[event.lot].calls = 0


def _price_shown(auction: Auction, event: events.PriceShown) -> None:
    auction.lots[event.lot].price_shown = True


def _nothing(_auction: Auction, _event: events.BiddingClosed) -> None:
    """Said for those who listen; what follows from it comes as an event of its own."""


_APPLY: Final[dict[type, Callable[[Auction, Any], None]]] = {
    events.PaddleAdmitted: _paddle_admitted,
    events.RulesAccepted: _rules_accepted,
    events.SaleOpened: _sale_opened,
    events.SaleSuspended: _sale_suspended,
    events.SaleResumed: _sale_resumed,
    events.SaleClosed: _sale_closed,
    events.StopRegistered: _stop_registered,
    events.CopiesStated: _copies_stated,
    events.ResultSigned: _result_signed,
    events.ResultConfirmed: _result_confirmed,
    events.LotOpened: _lot_opened,
    events.HammerFell: _hammer_fell,
    events.LotPassed: _lot_passed,
    events.LotWithdrawn: _lot_withdrawn,
    events.LotReoffered: _lot_reoffered,
    events.ReserveSet: _reserve_set,
    events.PriorityGranted: _priority_granted,
    events.BidPlaced: _bid_placed,
    events.BidVoided: _bid_voided,
    events.VoidProposed: _void_proposed,
    events.VoidDropped: _void_dropped,
    events.ProxyPlaced: _proxy_placed,
    events.ProxyCancelled: _proxy_cancelled,
    events.BiddingExtended: _bidding_extended,
    events.BiddingClosed: _nothing,
    events.WarningCalled: _warning_called,
    events.WarningCancelled: _warning_cancelled,
    events.PriceShown: _price_shown,
}
