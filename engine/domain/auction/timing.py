"""When the lots of a timed sale begin and end (articles 16 and 18). The end in ``Lot.closes_at`` is the only one there is."""

from collections.abc import Iterable, Sequence
from itertools import chain, dropwhile

from engine.domain.auction.events import (
    BiddingClosed,
    BiddingExtended,
    Event,
    Extended,
    HammerFell,
    LotOpened,
    LotPassed,
    VoidDropped,
)
from engine.domain.auction.state import Auction, Lot, LotPhase, SalePhase
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import Advance, Extension, ExtensionKind, TimedRules
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo


def opened(auction: Auction, lot: Lot, at: Nanoseconds) -> LotOpened:
    """The lot begins ``at``, with its free period and its window if the clock ends it."""
    timed = auction.rules.timed
    closes_at = None if timed is None else Nanoseconds(at + timed.free + timed.window)
    return LotOpened(lot=lot.number, at=at, closes_at=closes_at)


def opened_with_sale(auction: Auction, at: Nanoseconds) -> tuple[Event, ...]:
    """The lots that begin when the sale opens."""
    if not auction.rules.together:
        return ()
    return tuple(opened(auction, lot, at) for lot in auction.lots.values() if lot.phase is LotPhase.WAITING)


def next_due(auction: Auction) -> Nanoseconds | None:
    """The next instant at which a lot begins or ends by itself."""
    timed = auction.rules.timed
    if timed is None or auction.phase is not SalePhase.OPEN:
        return None
    ends = [_announced_at(lot, timed) for lot in auction.opened()]
    begins = _opens_next_at(auction, timed)
    return min([*ends, *([] if begins is None else [begins])], default=None)


def due(auction: Auction, deadline: Nanoseconds) -> tuple[Event, ...]:
    """What begins or ends at ``deadline``."""
    timed = auction.rules.timed
    if timed is None or auction.phase is not SalePhase.OPEN:
        return ()
    events: list[Event] = []
    for lot in auction.opened():
        if _announced_at(lot, timed) == deadline:
            events += ended(lot, deadline)
    if _opens_next_at(auction, timed) == deadline:
        waiting = next(lot for lot in auction.lots.values() if lot.phase is LotPhase.WAITING)
        events.append(opened(auction, waiting, deadline))
    return tuple(events)


def overdue(auction: Auction, at: Nanoseconds) -> tuple[Event, ...]:
    """The ends that lie before ``at`` and are not announced yet: a suspension does not undo them."""
    if auction.rules.timed is None:
        return ()
    return tuple(
        event
        for lot in auction.opened()
        if lot.closes_at is not None and lot.closes_at < at
        for event in ended(lot, at)
    )


def ended(lot: Lot, at: Nanoseconds) -> list[Event]:
    """The clock ends the lot: sold to its leader, or passed."""
    assert lot.closes_at is not None
    events: list[Event] = []
    if lot.proposal is not None:
        events.append(VoidDropped(lot=lot.number, no=lot.proposal.no))
    events.append(BiddingClosed(lot=lot.number, closes_at=lot.closes_at))
    leading = lot.leading
    if leading is None or not lot.reserve_met:
        events.append(LotPassed(lot=lot.number, at=at, reserve_unmet=leading is not None))
    else:
        sold = HammerFell(lot=lot.number, paddle=leading.paddle, price=leading.amount, channel=leading.channel, at=at)
        events.append(sold)
    return events


def _announced_at(lot: Lot, timed: TimedRules) -> Nanoseconds:
    assert lot.closes_at is not None
    return Nanoseconds(lot.closes_at + timed.grace)


def _opens_next_at(auction: Auction, timed: TimedRules) -> Nanoseconds | None:
    if timed.advance is not Advance.ONE_AFTER_ANOTHER or auction.open_lots or auction.idle_since is None:
        return None
    waits = any(lot.phase is LotPhase.WAITING for lot in auction.lots.values())
    return Nanoseconds(auction.idle_since + timed.pause) if waits else None


# Extensions.


def extension(auction: Auction, lot: Lot, at: Nanoseconds, new: Sequence[PaddleNo]) -> tuple[Event, ...]:
    """
    How bids of ``new``, accepted together and not yet in the book, move the end of ``lot``.

    Args:
        auction: The sale.
        lot: The lot they are for.
        at: When what brought them about reached the house.
        new: Their bidders, in order.

    """
    timed = auction.rules.timed
    if timed is None or lot.closes_at is None or lot.first_end is None or lot.extended_at == at:
        return ()
    rule = timed.extension
    if rule.top_k is not None and not _places_moved(lot, at, new, rule.top_k):
        return ()
    if rule.count_max is not None and lot.extensions >= rule.count_max:
        return ()
    end = _moved(rule, lot.closes_at, at, lot.extensions)
    if rule.cap is not None:
        end = min(end, lot.first_end + rule.cap)
    if end <= lot.closes_at:
        return ()
    return (BiddingExtended(lot=_timer_of(timed, lot), closes_at=Nanoseconds(end), at=at, why=Extended.BID),)


def _moved(rule: Extension, end: Nanoseconds, at: Nanoseconds, before: int) -> int:
    """Where ``rule`` puts an end that lies at ``end`` and has moved ``before`` times."""
    match rule.kind:
        case ExtensionKind.RESET:
            return at + rule.by if at >= end - rule.within else end
        case ExtensionKind.TOP_UP:
            return at + rule.by
        case ExtensionKind.ADD:
            return end + rule.by if at >= end - rule.within else end
        case ExtensionKind.SHRINKING:
            return at + max(rule.least, rule.by - before * rule.shrink)
        case ExtensionKind.NONE | ExtensionKind.PRICE_WINDOW:
            return end


def _places_moved(lot: Lot, at: Nanoseconds, new: Sequence[PaddleNo], first: int) -> bool:
    """Whether the ``first`` places will be others than before the instant ``at``: a bid and what answers it are one."""
    before = (bid.paddle for bid in dropwhile(lambda bid: bid.at == at, reversed(lot.standing)))
    after = chain(reversed(new), (bid.paddle for bid in reversed(lot.standing)))
    return places(before, first) != places(after, first)


def places(newest_first: Iterable[PaddleNo], first: int) -> list[PaddleNo]:
    """The ``first`` places, best first, given the bidders of a lot from its newest bid back."""
    found: dict[PaddleNo, None] = {}
    for paddle in newest_first:
        found.setdefault(paddle)
        if len(found) == first:
            break
    return list(found)


def given_in_full(auction: Auction, lot: Lot, at: Nanoseconds) -> tuple[Event, ...]:
    """After a void at least a whole window is left from ``at``. The end never moves earlier."""
    timed = auction.rules.timed
    if timed is None or lot.closes_at is None or lot.closes_at >= at + timed.window:
        return ()
    end = Nanoseconds(at + timed.window)
    return (BiddingExtended(lot=_timer_of(timed, lot), closes_at=end, at=at, why=Extended.VOID),)


def _timer_of(timed: TimedRules, lot: Lot) -> LotNo | None:
    """Whose end moves with that of ``lot``: its own alone, or (None) that of every open lot."""
    return None if timed.extension.kind is ExtensionKind.SHRINKING else lot.number


def resumed(auction: Auction, at: Nanoseconds) -> tuple[Event, ...]:
    """Every open lot goes on with the time it had left, and with a whole window at least."""
    timed, resting = auction.rules.timed, auction.suspension
    if timed is None or resting is None:
        return ()
    events: list[Event] = []
    for lot in auction.opened():
        assert lot.closes_at is not None
        left = max(timed.window, lot.closes_at - resting.since)
        end = max(lot.closes_at, at + left)
        if end > lot.closes_at:
            events.append(BiddingExtended(lot=lot.number, closes_at=Nanoseconds(end), at=at, why=Extended.RESUMPTION))
    return tuple(events)


def require_within_reach(auction: Auction, lot: Lot, amount: Fen, at: Nanoseconds) -> None:
    """In the last period a price window holds: no bid exceeds the leading price by more than the sheet's reach."""
    rule = auction.rules.timed.extension if auction.rules.timed is not None else None
    if rule is None or rule.reach is None or lot.closes_at is None or at < lot.closes_at - rule.within:
        return
    most = max(auction.asked(lot), (lot.leading.amount if lot.leading is not None else lot.opening_price) + rule.reach)
    if amount > most:
        raise Refusal(Reason.BID_TOO_HIGH, most_fen=most)
