"""
The rules of a live sale: whether something is allowed is settled in :func:`decide`, what it changes in :func:`apply`.

Neither reads a clock: ``at`` is the instant the command reached the house. Articles refer to ``engine/domain/RULES.md``.
"""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction import admission, bidding, changes, conduct, timing, voiding
from engine.domain.auction.checks import WAIT_MS
from engine.domain.auction.commands import (
    AcceptRules,
    AdmitPaddle,
    AnnounceSale,
    AnswerProxies,
    CallWarning,
    CancelProxy,
    CloseSale,
    Command,
    ConfirmVoid,
    DeadlineReached,
    DropVoid,
    GrantPriority,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    PlaceProxy,
    ProposeVoid,
    RegisterStop,
    ReofferLot,
    ResumeSale,
    SetReserve,
    ShowPrice,
    SignResult,
    StateCopies,
    StrikeHammer,
    SuspendSale,
    WithdrawBid,
    WithdrawLot,
)
from engine.domain.auction.events import Event, SaleAnnounced
from engine.domain.auction.state import Auction, SalePhase
from engine.domain.parties import Role, bidder, role_of
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds

MAY_FOLLOW = changes.MAY_FOLLOW

_AUCTIONEER: Final = frozenset({Role.AUCTIONEER})
_BIDS: Final = frozenset({Role.BIDDER, Role.CLERK})
_DESK: Final = frozenset({Role.CLERK, Role.REGISTRAR, Role.HOUSE})
_VOIDS: Final = frozenset({Role.AUCTIONEER, Role.CLERK, Role.SUPERVISOR})
_HOUSE: Final = frozenset({Role.HOUSE})

MAY_ASK: Final[dict[type, frozenset[str]]] = {
    AnnounceSale: _HOUSE,
    DeadlineReached: _HOUSE,
    AnswerProxies: _HOUSE,
    ShowPrice: _HOUSE,
    StateCopies: _HOUSE,
    AdmitPaddle: _DESK,
    GrantPriority: _DESK,
    SetReserve: frozenset({Role.HOUSE, Role.AUCTIONEER}),
    AcceptRules: frozenset({Role.BIDDER, Role.CLERK, Role.REGISTRAR}),
    OpenSale: _AUCTIONEER,
    OpenLot: _AUCTIONEER,
    CallWarning: _AUCTIONEER,
    StrikeHammer: _AUCTIONEER,
    PassLot: _AUCTIONEER,
    WithdrawLot: _AUCTIONEER,
    ReofferLot: _AUCTIONEER,
    SuspendSale: frozenset({Role.AUCTIONEER, Role.HOUSE}),
    ResumeSale: _AUCTIONEER,
    CloseSale: _AUCTIONEER,
    RegisterStop: frozenset({Role.SUPERVISOR}),
    PlaceBid: _BIDS,
    WithdrawBid: _BIDS,
    PlaceProxy: _BIDS,
    CancelProxy: _BIDS,
    ProposeVoid: _VOIDS,
    ConfirmVoid: _VOIDS,
    DropVoid: _VOIDS,
    SignResult: conduct.SIGNERS,
}
"""Who may ask for what (article 3)."""

_OWN: Final = PlaceBid | WithdrawBid | PlaceProxy | CancelProxy | AcceptRules
"""A bidder asks these for his own paddle only (article 5)."""


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
    if auction.phase is SalePhase.CLOSED and not isinstance(command, SignResult):
        raise Refusal(Reason.SALE_CLOSED)
    return _DECIDE[type(command)](auction, command, at)


def apply(auction: Auction | None, event: Event) -> Auction:
    """Carry one event into the state, and return it. Never refuses: it already happened."""
    if isinstance(event, SaleAnnounced):
        return changes.begin(event)
    if auction is None:
        raise AssertionError("the first event of a sale is its announcement")
    changes.carry(auction, event)
    return auction


def next_deadline(auction: Auction | None) -> Nanoseconds | None:
    """The next instant at which the sale changes by itself, or None."""
    if auction is None:
        return None
    if auction.phase is SalePhase.PLANNED:
        return auction.rules.opens_at
    return timing.next_due(auction)


def follow_up(auction: Auction | None, at: Nanoseconds) -> Command | None:
    """What the house itself does next in answer to what reached it ``at``, before it takes up anything else: bid for maxima."""
    if auction is None or auction.phase is not SalePhase.OPEN:
        return None
    return bidding.follow_up(auction, at)


def _announce(auction: Auction | None, command: AnnounceSale) -> tuple[Event, ...]:
    if auction is not None:
        raise Refusal(Reason.ALREADY_ANNOUNCED)
    if len({entry.lot for entry in command.catalogue}) != len(command.catalogue):
        raise AssertionError("a notice lists each lot once")
    return (SaleAnnounced(sale=command.sale, title=command.title, rules=command.rules, catalogue=command.catalogue),)


def _require_authority(command: Command) -> None:
    """Each role has its acts (article 3); a bidder speaks for his own paddle only (article 5)."""
    role = role_of(command.by)
    if role not in MAY_ASK[type(command)]:
        raise Refusal(Reason.NOT_AUTHORISED)
    if role == Role.BIDDER and isinstance(command, _OWN) and command.by != bidder(command.paddle):
        raise Refusal(Reason.NOT_AUTHORISED)


_DECIDE: Final[dict[type, Callable[[Auction, Any, Nanoseconds], tuple[Event, ...]]]] = {
    AdmitPaddle: admission.admit,
    AcceptRules: admission.accept_rules,
    SetReserve: admission.set_reserve,
    GrantPriority: admission.grant_priority,
    OpenSale: conduct.open_sale,
    DeadlineReached: conduct.deadline,
    OpenLot: conduct.open_lot,
    CallWarning: conduct.call,
    StrikeHammer: conduct.strike,
    ShowPrice: conduct.show_price,
    PassLot: conduct.pass_lot,
    WithdrawLot: conduct.withdraw_lot,
    ReofferLot: conduct.reoffer_lot,
    SuspendSale: conduct.suspend,
    RegisterStop: conduct.register_stop,
    StateCopies: conduct.state_copies,
    ResumeSale: conduct.resume,
    CloseSale: conduct.close_sale,
    SignResult: conduct.sign_result,
    PlaceBid: bidding.place_bid,
    WithdrawBid: bidding.withdraw_bid,
    PlaceProxy: bidding.place_proxy,
    CancelProxy: bidding.cancel_proxy,
    AnswerProxies: bidding.answer_proxies,
    ProposeVoid: voiding.propose,
    ConfirmVoid: voiding.confirm,
    DropVoid: voiding.drop,
}
