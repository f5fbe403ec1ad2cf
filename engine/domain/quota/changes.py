"""What each event of a quota sale changes. Nothing here refuses: it already happened."""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction import announcements
from engine.domain.auction import events as common
from engine.domain.auction.changes import MAY_FOLLOW
from engine.domain.auction.state import Announcement, CopiesKept, SalePhase, Suspension
from engine.domain.quota import events
from engine.domain.quota.book import Offer, OfferBook
from engine.domain.quota.curve import Curve
from engine.domain.quota.sheet import Running
from engine.domain.quota.state import QuotaSale
from engine.domain.units import Nanoseconds, PaddleNo, time_of_day


def begin(event: events.QuotaAnnounced) -> QuotaSale:
    """The sale as its announcement leaves it."""
    rules, seed = event.rules, event.rules.digest()
    span = sum(each.span for each in rules.rounds)
    told = rules.running is Running.CUTOFF
    return QuotaSale(
        sale=event.sale,
        title=event.title,
        rules=rules,
        rules_digest=seed,
        books={each.name: OfferBook(each.quota, rules.floor, rules.ties, seed) for each in rules.classes},
        curves={each.name: Curve(span) for each in rules.classes} if told else {},
    )


def carry(sale: QuotaSale, event: events.Event) -> None:
    """Carry one event into the state."""
    _APPLY[type(event)](sale, event)


def _to(sale: QuotaSale, phase: SalePhase) -> None:
    if phase not in MAY_FOLLOW[sale.phase]:
        raise AssertionError(f"{phase} cannot follow {sale.phase}")
    sale.phase = phase


def _bidders_admitted(sale: QuotaSale, event: events.BiddersAdmitted) -> None:
    sale.admitted.admit(event.quota_class, event.runs)


def _rules_accepted(sale: QuotaSale, event: common.RulesAccepted) -> None:
    if event.paddle not in sale.accepted:
        sale.accepted.add(event.paddle)
        sale.prints.add(f"rules {event.paddle}")


def _sale_opened(sale: QuotaSale, event: common.SaleOpened) -> None:
    _to(sale, SalePhase.OPEN)
    sale.opened_at = event.at


def _round_opened(sale: QuotaSale, event: events.RoundOpened) -> None:
    sale.round, sale.round_at, sale.ends_at = event.round, event.at, event.ends_at
    for paddle, used in sale.revisions.items():
        sale.prints.remove(f"changes {paddle} {used}")
    sale.revisions.clear()


def _round_moved(sale: QuotaSale, event: events.RoundMoved) -> None:
    assert sale.ends_at is not None
    sale.moved = Nanoseconds(sale.moved + event.ends_at - sale.ends_at)
    sale.ends_at = event.ends_at


def _offer_made(sale: QuotaSale, event: events.OfferMade) -> None:
    sale.offers += 1
    name = sale.class_of(event.paddle)
    assert name is not None
    book = sale.books[name]
    book.put(Offer(event.paddle, event.amount, event.at, sale.offers))
    if event.revision:
        _used(sale, event.paddle, event.revision)
    if name in sale.curves:
        sale.curves[name].take(book.cutoff(), event.at)


def _revision_lost(sale: QuotaSale, event: events.RevisionLost) -> None:
    _used(sale, event.paddle, event.revision)


def _used(sale: QuotaSale, paddle: PaddleNo, revision: int) -> None:
    if paddle in sale.revisions:
        sale.prints.remove(f"changes {paddle} {sale.revisions[paddle]}")
    sale.prints.add(f"changes {paddle} {revision}")
    sale.revisions[paddle] = revision


def _average_told(sale: QuotaSale, event: events.AverageTold) -> None:
    sale.averages[event.quota_class] = event
    if event.quota_class == sale.rules.classes[-1].name:
        sale.told += 1


def _suspended(sale: QuotaSale, event: common.SaleSuspended) -> None:
    _to(sale, SalePhase.SUSPENDED)
    sale.suspension = Suspension(reason=event.reason, cause=event.cause, at=event.at, since=event.since)
    zh, en = announcements.CAUSES[event.cause]
    since = time_of_day(event.at)[:8]
    sale.announcement = Announcement(
        kind="suspended",
        at=event.at,
        zh=f"本场自 {since} 起中止（{zh}）。原因：{event.reason}。已受理的报价全部有效；中止期间不受理报价。",
        en=f"The sale is suspended since {since} ({en}). Reason: {event.reason}. Every offer taken stands; none is taken meanwhile.",
    )


def _resumed(sale: QuotaSale, event: common.SaleResumed) -> None:
    _to(sale, SalePhase.OPEN)
    sale.suspension = None
    when = time_of_day(event.at)[:8]
    sale.announcement = Announcement(
        kind="resumed",
        at=event.at,
        zh=f"本场于 {when} 恢复，已受理的报价全部有效，剩余时间照给。",
        en=f"The sale resumed at {when}. Every offer taken stands; the time that was left is given.",
    )


def _stop_registered(sale: QuotaSale, event: common.StopRegistered) -> None:
    sale.announcement = announcements.stopped(event.reason, event.at)


def _copies_stated(sale: QuotaSale, event: common.CopiesStated) -> None:
    sale.kept = CopiesKept(copies=event.copies, at=event.at)


def _awarded(sale: QuotaSale, event: events.QuotaAwarded) -> None:
    sale.awards[event.quota_class] = event


def _closed(sale: QuotaSale, _: common.SaleClosed) -> None:
    _to(sale, SalePhase.CLOSED)


def _signed(sale: QuotaSale, event: common.ResultSigned) -> None:
    sale.signed[event.role] = event.report


def _confirmed(sale: QuotaSale, event: common.ResultConfirmed) -> None:
    sale.final = True
    sale.announcement = announcements.result_confirmed(event.at)


def _nothing(_sale: QuotaSale, _event: events.RoundEnded) -> None:
    """Said for those who listen; what follows from it comes as an event of its own."""


_APPLY: Final[dict[type, Callable[[QuotaSale, Any], None]]] = {
    events.BiddersAdmitted: _bidders_admitted,
    common.RulesAccepted: _rules_accepted,
    common.SaleOpened: _sale_opened,
    events.RoundOpened: _round_opened,
    events.RoundMoved: _round_moved,
    events.RoundEnded: _nothing,
    events.OfferMade: _offer_made,
    events.RevisionLost: _revision_lost,
    events.AverageTold: _average_told,
    common.SaleSuspended: _suspended,
    common.SaleResumed: _resumed,
    common.StopRegistered: _stop_registered,
    common.CopiesStated: _copies_stated,
    events.QuotaAwarded: _awarded,
    common.SaleClosed: _closed,
    common.ResultSigned: _signed,
    common.ResultConfirmed: _confirmed,
}
