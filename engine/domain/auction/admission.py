"""Who may bid for what: paddles, accepted rules, rights of first refusal, reserves (articles 4, 5, 19, 21)."""

from engine.domain.auction.checks import require_waiting
from engine.domain.auction.commands import AcceptRules, AdmitPaddle, GrantPriority, SetReserve
from engine.domain.auction.events import Event, PaddleAdmitted, PriorityGranted, ReserveSet, RulesAccepted
from engine.domain.auction.state import Auction
from engine.domain.refusals import Ineligible, Reason, Refusal
from engine.domain.units import Nanoseconds


def admit(auction: Auction, command: AdmitPaddle, _: Nanoseconds) -> tuple[Event, ...]:
    """A paddle is given out, or more deposits come in for it."""
    known = auction.paddles.get(command.paddle)
    if known is not None and known.channel is not command.channel:
        raise Refusal(Reason.CHANNEL_FIXED, paddle=command.paddle)
    return (PaddleAdmitted(paddle=command.paddle, channel=command.channel, deposits=command.deposits),)


def accept_rules(auction: Auction, command: AcceptRules, _: Nanoseconds) -> tuple[Event, ...]:
    """A bidder accepts this very sheet."""
    if command.paddle not in auction.paddles:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_ADMITTED)
    if command.digest != auction.rules_digest:
        raise Refusal(Reason.RULES_DIFFER)
    return (RulesAccepted(paddle=command.paddle),)


def set_reserve(auction: Auction, command: SetReserve, _: Nanoseconds) -> tuple[Event, ...]:
    """The consignor's reserve, before the lot starts."""
    lot = require_waiting(auction, command.lot)
    return (ReserveSet(lot=lot.number, amount=command.amount),)


def grant_priority(auction: Auction, command: GrantPriority, _: Nanoseconds) -> tuple[Event, ...]:
    """A paddle has the right of first refusal, before the lot starts."""
    lot = require_waiting(auction, command.lot)
    if command.paddle not in auction.paddles:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_ADMITTED)
    return (PriorityGranted(lot=lot.number, paddle=command.paddle, rank=command.rank),)
