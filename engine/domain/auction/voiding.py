"""Two officers void a bid (article 22): nothing is erased, price and leader are what they would have been without it."""

from typing import Final

from engine.domain.auction import timing
from engine.domain.auction.checks import lot_of, require_open
from engine.domain.auction.commands import ConfirmVoid, DropVoid, ProposeVoid, VoidReason
from engine.domain.auction.events import (
    Basis,
    BidVoided,
    Event,
    ProxyCancelled,
    VoidDropped,
    VoidProposed,
    WarningCancelled,
)
from engine.domain.auction.state import Auction, Bid, Lot, Proposal, SalePhase
from engine.domain.parties import Role, role_of
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds

DECISIVE: Final = frozenset({Role.AUCTIONEER, Role.SUPERVISOR})
"""One of the two is the auctioneer or the supervisor."""

AUTOMATIC: Final = frozenset({Basis.PROXY, Basis.HELD, Basis.RESERVE})


def propose(auction: Auction, command: ProposeVoid, _: Nanoseconds) -> tuple[Event, ...]:
    """The first officer names the bid and the reason."""
    lot = require_open(auction, command.lot)
    bid = _standing(lot, command.no)
    if lot.proposal is not None:
        raise Refusal(Reason.VOID_PENDING, no=lot.proposal.no)
    return (VoidProposed(lot=lot.number, no=bid.no, reason=command.reason, by=Role(role_of(command.by))),)


def confirm(auction: Auction, command: ConfirmVoid, at: Nanoseconds) -> tuple[Event, ...]:
    """The second one agrees."""
    lot = require_open(auction, command.lot)
    proposal = _pending(lot, command.no)
    role = Role(role_of(command.by))
    if role is proposal.by or not {role, proposal.by} & DECISIVE:
        raise Refusal(Reason.SECOND_OFFICER_REQUIRED)
    bid = _standing(lot, proposal.no)
    voided = [bid, *_brought_about(lot, bid)]
    lapsed = _lapsed(auction, lot, voided)
    reasons = [*((each, VoidReason.NOT_ENTITLED) for each in lapsed), *((each, proposal.reason) for each in voided)]
    events: list[Event] = [
        BidVoided(lot=lot.number, no=each.no, paddle=each.paddle, amount=each.amount, reason=reason, at=at)
        for each, reason in reasons
    ]
    if bid.paddle in lot.proxies:
        events.append(ProxyCancelled(lot=lot.number, paddle=bid.paddle))
    if lot.leading in voided:
        events += [WarningCancelled(lot=lot.number)] if lot.calls else []
        if auction.phase is SalePhase.OPEN:
            events += timing.given_in_full(auction, lot, at)
    return tuple(events)


def drop(auction: Auction, command: DropVoid, _: Nanoseconds) -> tuple[Event, ...]:
    """The bid stands after all."""
    lot = lot_of(auction, command.lot)
    proposal = _pending(lot, command.no)
    return (VoidDropped(lot=lot.number, no=proposal.no),)


def _standing(lot: Lot, no: int) -> Bid:
    bid = next((bid for bid in lot.standing if bid.no == no), None)
    if bid is None:
        raise Refusal(Reason.BID_UNKNOWN, lot=lot.number, no=no)
    return bid


def _pending(lot: Lot, no: int) -> Proposal:
    if lot.proposal is None or lot.proposal.no != no:
        raise Refusal(Reason.NO_VOID_PENDING)
    return lot.proposal


def _lapsed(auction: Auction, lot: Lot, voided: list[Bid]) -> list[Bid]:
    """
    The bids that would lead again though their bidder's right has been bound elsewhere since.

    They had been outbid, so their bidders were free to bid for other lots: nobody leads more lots than he has rights (article 4).
    """
    found: list[Bid] = []
    if lot.leading not in voided:
        return found
    for earlier in reversed([bid for bid in lot.standing if bid not in voided]):
        if auction.free_right(auction.paddles[earlier.paddle], lot.number):
            break
        found.append(earlier)
    return found


def _brought_about(lot: Lot, bid: Bid) -> list[Bid]:
    """The automatic bids that answered ``bid``: without it nobody's maximum would have gone there."""
    found: list[Bid] = []
    for later in lot.bids[bid.no :]:
        if later.basis not in AUTOMATIC:
            break
        if later in lot.standing:
            found.append(later)
    return found
