"""What an offer must be, one check after another in the order of ``refusals.py``."""

from engine.domain.auction.checks import WAIT_MS
from engine.domain.auction.state import SalePhase
from engine.domain.quota.book import Offer, OfferBook
from engine.domain.quota.events import OfferMade, RevisionLost
from engine.domain.quota.sheet import QuotaSheet, Round
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Ineligible, Reason, Refusal
from engine.domain.units import Fen, Nanoseconds, PaddleNo

MS = 1_000_000


def require_round(sale: QuotaSale, at: Nanoseconds) -> Round:
    """
    The round in which an offer that reached the house ``at`` counts.

    Between the end of a round and its announcement nothing is taken: what came in time for the one that ends is decided first.
    """
    if sale.phase is SalePhase.PLANNED:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    if sale.phase is SalePhase.SUSPENDED:
        raise Refusal(Reason.AUCTION_PAUSED, after_ms=WAIT_MS)
    began, ends_at = sale.round_at, sale.ends_at
    if began is None or ends_at is None:
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=WAIT_MS)
    if at < began:
        raise Refusal(Reason.LATE_TRANSIT, arrived_us=at // 1000, closed_us=began // 1000)
    if at > ends_at:
        if sale.round == len(sale.rules.rounds):
            raise Refusal(Reason.AUCTION_CLOSED, arrived_us=at // 1000, closed_us=ends_at // 1000)
        raise Refusal(Reason.AUCTION_NOT_OPEN, after_ms=max(1, -(-(ends_at + sale.rules.grace - at) // MS)))
    return sale.rules.rounds[sale.round - 1]


def require_late(sale: QuotaSale, at: Nanoseconds) -> None:
    """The sale is over: whether the offer had come in time is told, with both stamps."""
    assert sale.ends_at is not None
    stamps = {"arrived_us": at // 1000, "closed_us": sale.ends_at // 1000}
    raise Refusal(Reason.LATE_TRANSIT if at <= sale.ends_at else Reason.AUCTION_CLOSED, **stamps)


def require_eligible(sale: QuotaSale, paddle: PaddleNo) -> OfferBook:
    """The book of the paddle's class."""
    if sale.class_of(paddle) is None:
        raise Refusal(Reason.NOT_ELIGIBLE, why=Ineligible.NOT_ADMITTED)
    if sale.rules.sign_off and paddle not in sale.accepted:
        raise Refusal(Reason.RULES_NOT_ACCEPTED)
    return sale.book_of(paddle)


def require_price(rules: QuotaSheet, amount: Fen) -> None:
    """A price of this sale: on the steps, and no higher than any may be."""
    if not rules.on_the_steps(amount):
        above = max(rules.floor, amount + (rules.floor - amount) % rules.step)
        raise Refusal(Reason.BID_TOO_LOW, least_fen=rules.floor, step_fen=rules.step, next_fen=above)
    if rules.price_max is not None and amount > rules.price_max:
        raise Refusal(Reason.OFFER_TOO_HIGH, most_fen=rules.price_max)


def first_offer(sale: QuotaSale, now: Round, paddle: PaddleNo, amount: Fen, at: Nanoseconds) -> OfferMade:
    """An offer by one who has none."""
    if not now.first_offers:
        raise Refusal(Reason.NO_FIRST_OFFER)
    require_price(sale.rules, amount)
    if sale.rules.first_max is not None and amount > sale.rules.first_max:
        raise Refusal(Reason.OFFER_TOO_HIGH, most_fen=sale.rules.first_max)
    return OfferMade(paddle=paddle, amount=amount, at=at, revision=0)


def revision(sale: QuotaSale, now: Round, standing: Offer, amount: Fen, at: Nanoseconds) -> OfferMade | RevisionLost:
    """A change, measured by the cut-off price as it stands when the change is taken up."""
    used = sale.revisions.get(standing.paddle, 0)
    if used >= now.revisions:
        raise Refusal(Reason.REVISIONS_USED, most=now.revisions)
    require_price(sale.rules, amount)
    if sale.rules.upward_only and amount <= standing.amount:
        raise Refusal(Reason.OFFER_NOT_HIGHER, standing_fen=standing.amount)
    if now.reach is not None:
        cutoff = sale.book_of(standing.paddle).cutoff().amount
        least, most = Fen(max(sale.rules.floor, cutoff - now.reach)), Fen(cutoff + now.reach)
        if not least <= amount <= most:
            if sale.rules.refused_counts:
                return RevisionLost(paddle=standing.paddle, amount=amount, least=least, most=most, revision=used + 1)
            raise Refusal(Reason.OUT_OF_REACH, least_fen=least, most_fen=most)
    return OfferMade(paddle=standing.paddle, amount=amount, at=at, revision=used + 1)
