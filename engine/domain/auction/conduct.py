"""How a sale is conducted: opening, calls, hammer, passing, suspension, closing. Articles refer to ``engine/domain/RULES.md``."""

from collections.abc import Mapping
from typing import Final

from engine.domain.auction import timing
from engine.domain.auction.checks import ENDED, lot_of, require_open, require_price, require_running, require_waiting
from engine.domain.auction.commands import (
    CallWarning,
    Cause,
    CloseSale,
    Copies,
    DeadlineReached,
    OpenLot,
    OpenSale,
    PassLot,
    RegisterStop,
    ReofferLot,
    ResumeSale,
    ShowPrice,
    SignResult,
    StateCopies,
    StrikeHammer,
    SuspendSale,
    WithdrawLot,
)
from engine.domain.auction.events import (
    CopiesStated,
    Event,
    HammerFell,
    LotPassed,
    LotReoffered,
    LotWithdrawn,
    PriceShown,
    ResultConfirmed,
    ResultSigned,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    StopRegistered,
    WarningCalled,
    WarningCancelled,
)
from engine.domain.auction.state import Auction, CopiesKept, LotPhase, SalePhase
from engine.domain.parties import HOUSE, Role, role_of
from engine.domain.refusals import Reason, Refusal, TooSoon
from engine.domain.rulesheet import PERCENT, Mode
from engine.domain.units import Fen, Nanoseconds

SIGNERS: Final = frozenset({Role.AUCTIONEER, Role.SUPERVISOR})
"""Who signs the integrity report; until both have, the result is provisional."""

DOUBTFUL: Final = frozenset({Cause.RESTART, Cause.CONNECTIONS, Cause.STANDBY, Cause.TAKEOVER, Cause.MOVE})
"""Causes that leave in doubt whether the last window was given in full: a lot whose end had come is not ended by them."""


def open_sale(auction: Auction, _: OpenSale, at: Nanoseconds) -> tuple[Event, ...]:
    """The auctioneer opens the sale, not before its instant."""
    if auction.phase is not SalePhase.PLANNED:
        raise Refusal(Reason.ALREADY_OPEN)
    opens_at = auction.rules.opens_at
    if opens_at is not None and at < opens_at:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=-((at - opens_at) // 1_000_000))
    return SaleOpened(at=at), *timing.opened_with_sale(auction, at)


def deadline(auction: Auction, command: DeadlineReached, _: Nanoseconds) -> tuple[Event, ...]:
    """What was to happen at this instant happens."""
    if auction.phase is SalePhase.PLANNED and command.deadline == auction.rules.opens_at:
        return SaleOpened(at=command.deadline), *timing.opened_with_sale(auction, command.deadline)
    events = timing.due(auction, command.deadline)
    if not events:
        raise Refusal(Reason.NOT_DUE)
    return events


def open_lot(auction: Auction, command: OpenLot, at: Nanoseconds) -> tuple[Event, ...]:
    """The auctioneer puts a lot on the block, one at a time unless the sheet opens them together."""
    require_running(auction)
    lot = lot_of(auction, command.lot)
    if lot.phase in ENDED:
        raise Refusal(Reason.LOT_ENDED, lot=lot.number)
    if lot.phase is LotPhase.OPEN:
        raise Refusal(Reason.BLOCK_TAKEN, lot=lot.number)
    if auction.open_lots and not auction.rules.together:
        raise Refusal(Reason.BLOCK_TAKEN, lot=auction.open_lots[0])
    return (timing.opened(auction, lot, at),)


def call(auction: Auction, command: CallWarning, at: Nanoseconds) -> tuple[Event, ...]:
    """The auctioneer calls the price."""
    lot, price = require_price(auction, command)
    if lot.calls == auction.rules.calls:
        raise Refusal(Reason.CALLS_DONE, calls=lot.calls)
    due = lot.calls + 1
    if command.call != due:
        raise Refusal(Reason.CALL_OUT_OF_ORDER, due=due)
    return (WarningCalled(lot=lot.number, call=due, price=price.amount),)


def strike(auction: Auction, command: StrikeHammer, at: Nanoseconds) -> tuple[Event, ...]:
    """
    The hammer falls, unless something must come first (article 23).

    What reached the house before it has been decided before it: had a bid come, the calls would have begun anew.
    """
    lot, price = require_price(auction, command)
    due = auction.rules.calls - lot.calls
    if due:
        raise Refusal(Reason.HAMMER_TOO_SOON, why=TooSoon.CALLS, due=due)
    if lot.proposal is not None:
        raise Refusal(Reason.HAMMER_TOO_SOON, why=TooSoon.VOID, due=lot.proposal.no)
    if lot.price_at is not None and at < lot.price_at + auction.rules.dwell:
        left_ms = -((at - lot.price_at - auction.rules.dwell) // 1_000_000)
        raise Refusal(Reason.HAMMER_TOO_SOON, why=TooSoon.DWELL, due=f"{left_ms} ms", after_ms=left_ms)
    if auction.rules.delivery_percent and not lot.price_shown:
        raise Refusal(Reason.HAMMER_TOO_SOON, why=TooSoon.DELIVERY, due=f"{auction.rules.delivery_percent}%")
    if not lot.reserve_met:
        raise Refusal(Reason.RESERVE_NOT_MET, lot=lot.number)
    return (HammerFell(lot=lot.number, paddle=price.paddle, price=price.amount, channel=price.channel, at=at),)


def show_price(auction: Auction, command: ShowPrice, _: Nanoseconds) -> tuple[Event, ...]:
    """The house reports that enough of those present have been shown the price."""
    require_running(auction)
    lot = require_open(auction, command.lot)
    if lot.leading is None or lot.leading.amount != command.price:
        raise Refusal(
            Reason.PRICE_MOVED, price_fen=lot.leading.amount if lot.leading is not None else lot.opening_price
        )
    if lot.price_shown or command.shown * PERCENT < command.present * auction.rules.delivery_percent:
        raise Refusal(Reason.NOT_DUE)
    return (PriceShown(lot=lot.number, price=command.price, present=command.present, shown=command.shown),)


def pass_lot(auction: Auction, command: PassLot, at: Nanoseconds) -> tuple[Event, ...]:
    """Nobody bid, or nobody reached the reserve: the lot is passed."""
    require_running(auction)
    if auction.rules.mode is Mode.TIMED:
        raise Refusal(Reason.CLOCK_ENDS_LOT)
    lot = require_open(auction, command.lot)
    if lot.leading is not None and lot.reserve_met:
        raise Refusal(Reason.LOT_HAS_BID, lot=lot.number)
    return (LotPassed(lot=lot.number, at=at, reserve_unmet=lot.leading is not None),)


def withdraw_lot(auction: Auction, command: WithdrawLot, at: Nanoseconds) -> tuple[Event, ...]:
    """The consignor takes a lot back before its start (拍卖法 29)."""
    lot = require_waiting(auction, command.lot)
    return (LotWithdrawn(lot=lot.number, reason=command.reason, at=at),)


def reoffer_lot(auction: Auction, command: ReofferLot, at: Nanoseconds) -> tuple[Event, ...]:
    """A passed lot is to be put up again, within what the sheet allows."""
    require_running(auction)
    lot = lot_of(auction, command.lot)
    most = auction.rules.reoffers_max
    if lot.phase is not LotPhase.PASSED or lot.round > most:
        raise Refusal(Reason.REOFFER_LIMIT, lot=lot.number, most=most)
    least = Fen(-(-lot.opening_price * (PERCENT - auction.rules.reoffer_lower_percent) // PERCENT))
    if not least <= command.opening_price <= lot.opening_price:
        raise Refusal(Reason.OPENING_PRICE, least_fen=least, most_fen=lot.opening_price)
    return (LotReoffered(lot=lot.number, opening_price=command.opening_price, round=lot.round + 1, at=at),)


def suspend(auction: Auction, command: SuspendSale, at: Nanoseconds) -> tuple[Event, ...]:
    """Bidding rests. Only the house itself can say that it was not a person who wanted it."""
    require_running(auction)
    cause = command.cause if command.by == HOUSE else Cause.OFFICER
    ended = () if cause in DOUBTFUL else timing.overdue(auction, at)
    earlier = command.since if command.by == HOUSE and command.since is not None else at
    return *ended, SaleSuspended(reason=command.reason, cause=cause, at=at, since=min(earlier, at))


def register_stop(auction: Auction, command: RegisterStop, at: Nanoseconds) -> tuple[Event, ...]:
    """The supervisor stops the sale; if it does not run, his stop is on the record all the same."""
    registered = StopRegistered(reason=command.reason, at=at)
    if auction.phase is not SalePhase.OPEN:
        return (registered,)
    resting = SaleSuspended(reason=command.reason, cause=Cause.SUPERVISOR, at=at, since=at)
    return registered, *timing.overdue(auction, at), resting


def state_copies(auction: Auction, command: StateCopies, at: Nanoseconds) -> tuple[Event, ...]:
    """The house says in how many places the record is kept from now on (article 45)."""
    return (copies_stated(auction.kept, command, at),)


def copies_stated(kept: CopiesKept | None, command: StateCopies, at: Nanoseconds) -> CopiesStated:
    """In how many places the record of any sale is kept from now on, if that is something else than before."""
    if command.copies is (Copies.ONE if kept is None else kept.copies):
        raise Refusal(Reason.NOT_DUE)
    return CopiesStated(copies=command.copies, at=at)


def resume(auction: Auction, _: ResumeSale, at: Nanoseconds) -> tuple[Event, ...]:
    """Bidding goes on where it stood: prices and leaders stand, calls begin anew, every window is given in full."""
    if auction.phase is not SalePhase.SUSPENDED:
        raise Refusal(Reason.NOT_PAUSED)
    cancelled = tuple(WarningCancelled(lot=lot.number) for lot in auction.opened() if lot.calls)
    return SaleResumed(at=at), *cancelled, *timing.resumed(auction, at)


def close_sale(auction: Auction, _: CloseSale, at: Nanoseconds) -> tuple[Event, ...]:
    """Every lot has ended."""
    require_running(auction)
    remain = sum(lot.phase not in ENDED for lot in auction.lots.values())
    if remain:
        raise Refusal(Reason.LOTS_REMAIN, lots=remain)
    return (SaleClosed(at=at),)


def sign_result(auction: Auction, command: SignResult, at: Nanoseconds) -> tuple[Event, ...]:
    """An officer signs the integrity report (article 24)."""
    return signed_by(auction.phase, auction.signed, command, at)


def signed_by(
    phase: SalePhase, signed: Mapping[Role, str], command: SignResult, at: Nanoseconds
) -> tuple[ResultSigned] | tuple[ResultSigned, ResultConfirmed]:
    """
    An officer signs the integrity report of any sale; with the last of them the result is final.

    Args:
        phase: Of the sale.
        signed: Who has signed, and which report.
        command: What is asked, and by whom.
        at: Arrival at the house.

    """
    if phase is not SalePhase.CLOSED:
        raise Refusal(Reason.SALE_NOT_CLOSED)
    role = Role(role_of(command.by))
    if role in signed:
        raise Refusal(Reason.ALREADY_SIGNED)
    if any(report != command.report for report in signed.values()):
        raise Refusal(Reason.REPORT_DIFFERS)
    by_role = ResultSigned(role=role, report=command.report, at=at)
    if {*signed, role} >= SIGNERS:
        return by_role, ResultConfirmed(report=command.report, at=at)
    return (by_role,)
