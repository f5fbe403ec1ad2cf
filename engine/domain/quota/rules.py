"""
The rules of a quota sale: whether something is allowed is settled in :func:`decide`, what it changes in :func:`apply`.

Neither reads a clock: ``at`` is the instant the command reached the house. A change of offer is measured by the cut-off price as it
stands when the change is taken up: the order of the record decides, not what a bidder saw.
"""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction.checks import WAIT_MS
from engine.domain.auction.commands import (
    AcceptRules,
    Cause,
    DeadlineReached,
    OpenSale,
    RegisterStop,
    ResumeSale,
    SignResult,
    StateCopies,
    SuspendSale,
)
from engine.domain.auction.conduct import DOUBTFUL, SIGNERS, copies_stated, signed_by
from engine.domain.auction.events import (
    RulesAccepted,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    StopRegistered,
)
from engine.domain.auction.state import SalePhase
from engine.domain.parties import HOUSE, Role, bidder, role_of
from engine.domain.quota import award, changes, checks
from engine.domain.quota.commands import RUNS_MAX, AdmitBidders, AnnounceQuota, Command, MakeOffer, Run
from engine.domain.quota.events import (
    AverageTold,
    BiddersAdmitted,
    Event,
    QuotaAnnounced,
    RoundEnded,
    RoundMoved,
    RoundOpened,
)
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Ineligible, Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo

MAY_ASK: Final[dict[type, frozenset[str]]] = {
    AnnounceQuota: frozenset({Role.HOUSE}),
    DeadlineReached: frozenset({Role.HOUSE}),
    AdmitBidders: frozenset({Role.HOUSE, Role.CLERK, Role.REGISTRAR}),
    AcceptRules: frozenset({Role.BIDDER, Role.CLERK, Role.REGISTRAR}),
    MakeOffer: frozenset({Role.BIDDER}),
    OpenSale: frozenset({Role.AUCTIONEER}),
    SuspendSale: frozenset({Role.AUCTIONEER, Role.HOUSE}),
    ResumeSale: frozenset({Role.AUCTIONEER}),
    RegisterStop: frozenset({Role.SUPERVISOR}),
    StateCopies: frozenset({Role.HOUSE}),
    SignResult: SIGNERS,
}
"""Who may ask for what."""


def decide(sale: QuotaSale | None, command: Command, at: Nanoseconds) -> tuple[Event, ...]:
    """
    What ``command`` brings about, having reached the house ``at``.

    Args:
        sale: The sale, or None before its announcement. Not touched.
        command: What is asked, and by whom.
        at: Arrival at the house, in nanoseconds.

    Returns:
        The events, at least one, all or none of which happen.

    Raises:
        Refusal: The rules do not allow it; nothing happens.

    """
    role = role_of(command.by)
    if role not in MAY_ASK[type(command)]:
        raise Refusal(Reason.NOT_AUTHORISED)
    if isinstance(command, MakeOffer | AcceptRules) and role == Role.BIDDER and command.by != bidder(command.paddle):
        raise Refusal(Reason.NOT_AUTHORISED)
    if isinstance(command, AnnounceQuota):
        if sale is not None:
            raise Refusal(Reason.ALREADY_ANNOUNCED)
        return (QuotaAnnounced(sale=command.sale, title=command.title, rules=command.rules),)
    if sale is None:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    if sale.phase is SalePhase.CLOSED and not isinstance(command, SignResult | MakeOffer):
        raise Refusal(Reason.SALE_CLOSED)
    return _DECIDE[type(command)](sale, command, at)


def apply(sale: QuotaSale | None, event: Event) -> QuotaSale:
    """Carry one event into the state, and return it. Never refuses: it already happened."""
    if isinstance(event, QuotaAnnounced):
        return changes.begin(event)
    assert sale is not None
    changes.carry(sale, event)
    return sale


def next_deadline(sale: QuotaSale | None) -> Nanoseconds | None:
    """The next instant the sale waits for."""
    if sale is None:
        return None
    if sale.phase is SalePhase.PLANNED:
        return sale.rules.opens_at
    if sale.phase is not SalePhase.OPEN or sale.ends_at is None:
        return None
    average_at = _average_due(sale)
    ends = Nanoseconds(sale.ends_at + sale.rules.grace)
    return ends if average_at is None else min(ends, average_at)


# Deciding.


def _admit(sale: QuotaSale, command: AdmitBidders, _: Nanoseconds) -> tuple[Event, ...]:
    clash = sale.admitted.clash(command.runs)
    if command.quota_class not in sale.books or not 1 <= len(command.runs) <= RUNS_MAX:
        clash = command.runs[0] if command.runs else Run(first=PaddleNo(0), last=PaddleNo(0))
    if clash is not None:
        raise Refusal(Reason.ADMITTED_ALREADY, first=clash.first, last=clash.last)
    return (BiddersAdmitted(quota_class=command.quota_class, runs=command.runs),)


def _accept(sale: QuotaSale, command: AcceptRules, _: Nanoseconds) -> tuple[Event, ...]:
    if sale.class_of(command.paddle) is None:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_ADMITTED)
    if command.digest != sale.rules_digest:
        raise Refusal(Reason.RULES_DIFFER)
    return (RulesAccepted(paddle=command.paddle),)


def _open(sale: QuotaSale, _: OpenSale, at: Nanoseconds) -> tuple[Event, ...]:
    if sale.phase is not SalePhase.PLANNED:
        raise Refusal(Reason.ALREADY_OPEN)
    opens_at = sale.rules.opens_at
    if opens_at is not None and at < opens_at:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=-((at - opens_at) // checks.MS))
    return SaleOpened(at=at), _begun(sale, 1, at)


def _offer(sale: QuotaSale, command: MakeOffer, at: Nanoseconds) -> tuple[Event, ...]:
    if sale.phase is SalePhase.CLOSED:
        checks.require_late(sale, at)
    now = checks.require_round(sale, at)
    standing = checks.require_eligible(sale, command.paddle).of(command.paddle)
    if standing is None:
        return (checks.first_offer(sale, now, command.paddle, command.amount, at),)
    return (checks.revision(sale, now, standing, command.amount, at),)


def _deadline(sale: QuotaSale, command: DeadlineReached, _: Nanoseconds) -> tuple[Event, ...]:
    due = command.deadline
    if sale.phase is SalePhase.PLANNED and due == sale.rules.opens_at:
        return SaleOpened(at=due), _begun(sale, 1, due)
    if due != next_deadline(sale):
        raise Refusal(Reason.NOT_DUE)
    if due == _average_due(sale):
        return tuple(
            AverageTold(
                quota_class=each.name,
                at=due,
                average=sale.books[each.name].average(sale.rules.trim_percent),
                offers=len(sale.books[each.name]),
            )
            for each in sale.rules.classes
        )
    return _ended(sale, due)


def _suspend(sale: QuotaSale, command: SuspendSale, at: Nanoseconds) -> tuple[Event, ...]:
    if sale.phase is SalePhase.PLANNED:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    if sale.phase is SalePhase.SUSPENDED:
        raise Refusal(Reason.AUCTION_PAUSED, after_ms=WAIT_MS)
    cause = command.cause if command.by == HOUSE else Cause.OFFICER
    over = () if cause in DOUBTFUL else _overdue(sale, at)
    if any(isinstance(event, SaleClosed) for event in over):
        return over
    earlier = command.since if command.by == HOUSE and command.since is not None else at
    return *over, SaleSuspended(reason=command.reason, cause=cause, at=at, since=min(earlier, at))


def _stop(sale: QuotaSale, command: RegisterStop, at: Nanoseconds) -> tuple[Event, ...]:
    registered = StopRegistered(reason=command.reason, at=at)
    if sale.phase is not SalePhase.OPEN:
        return (registered,)
    over = _overdue(sale, at)
    if any(isinstance(event, SaleClosed) for event in over):
        return registered, *over
    return registered, *over, SaleSuspended(reason=command.reason, cause=Cause.SUPERVISOR, at=at, since=at)


def _state_copies(sale: QuotaSale, command: StateCopies, at: Nanoseconds) -> tuple[Event, ...]:
    return (copies_stated(sale.kept, command, at),)


def _resume(sale: QuotaSale, _: ResumeSale, at: Nanoseconds) -> tuple[Event, ...]:
    resting, ends_at = sale.suspension, sale.ends_at
    if sale.phase is not SalePhase.SUSPENDED or resting is None or ends_at is None:
        raise Refusal(Reason.NOT_PAUSED)
    span = sale.rules.rounds[sale.round - 1].span
    left = max(min(sale.rules.resume_least, span), ends_at - resting.since)
    end = Nanoseconds(max(ends_at, at + left))
    moved = (RoundMoved(round=sale.round, ends_at=end, at=at),) if end > ends_at else ()
    return SaleResumed(at=at), *moved


def _sign(sale: QuotaSale, command: SignResult, at: Nanoseconds) -> tuple[Event, ...]:
    return signed_by(sale.phase, sale.signed, command, at)


# Rounds.


def _begun(sale: QuotaSale, number: int, at: Nanoseconds) -> RoundOpened:
    return RoundOpened(round=number, at=at, ends_at=Nanoseconds(at + sale.rules.rounds[number - 1].span))


def _ended(sale: QuotaSale, at: Nanoseconds) -> tuple[Event, ...]:
    """The round that runs is over: the next begins where it ended, or the quota is awarded."""
    assert sale.ends_at is not None
    ended = RoundEnded(round=sale.round, ends_at=sale.ends_at, at=at)
    if sale.round < len(sale.rules.rounds):
        return ended, _begun(sale, sale.round + 1, sale.ends_at)
    return ended, *award.awards(sale, at), SaleClosed(at=at)


def _overdue(sale: QuotaSale, at: Nanoseconds) -> tuple[Event, ...]:
    """The end that lies before ``at`` and is not announced yet: a suspension does not undo it."""
    return _ended(sale, at) if sale.ends_at is not None and sale.ends_at < at else ()


def _average_due(sale: QuotaSale) -> Nanoseconds | None:
    if sale.opened_at is None or sale.told >= len(sale.rules.average_at):
        return None
    return Nanoseconds(sale.opened_at + sale.rules.average_at[sale.told] + sale.moved + sale.rules.grace)


_DECIDE: Final[dict[type, Callable[[QuotaSale, Any, Nanoseconds], tuple[Event, ...]]]] = {
    AdmitBidders: _admit,
    AcceptRules: _accept,
    OpenSale: _open,
    MakeOffer: _offer,
    DeadlineReached: _deadline,
    SuspendSale: _suspend,
    RegisterStop: _stop,
    StateCopies: _state_copies,
    ResumeSale: _resume,
    SignResult: _sign,
}
