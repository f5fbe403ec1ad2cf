"""Who wins, and what they pay."""

from engine.domain.quota.book import Offer, OfferBook
from engine.domain.quota.events import QuotaAwarded
from engine.domain.quota.sheet import Award, QuotaClass, QuotaSheet, ReserveOf, Ties
from engine.domain.quota.state import QuotaSale
from engine.domain.units import Fen, Nanoseconds


def awards(sale: QuotaSale, at: Nanoseconds) -> list[QuotaAwarded]:
    """The award of every class, in the order of the sheet."""
    made: list[QuotaAwarded] = []
    for each in sale.rules.classes:
        reserve = made[0].average if each.reserve is ReserveOf.AVERAGE else None
        made.append(_awarded(each, sale.rules, sale.books[each.name], reserve, at))
    return made


def winners(rules: QuotaSheet, book: OfferBook, reserve: Fen | None) -> list[Offer]:
    """Those who win, from the highest down. Where all pay the same, nobody wins who offered less than that."""
    within = book.winners(reserve)
    price = uniform_price(rules, book)
    return within if price is None else [offer for offer in within if offer.amount >= price]


def uniform_price(rules: QuotaSheet, book: OfferBook) -> Fen | None:
    """What everybody pays, where all pay the same."""
    if rules.award is not Award.UNIFORM:
        return None
    losing = book.highest_losing()
    return rules.floor if losing is None else Fen(losing + rules.uniform_step)


def _awarded(
    each: QuotaClass, rules: QuotaSheet, book: OfferBook, reserve: Fen | None, at: Nanoseconds
) -> QuotaAwarded:
    won = winners(rules, book, reserve)
    uniform = uniform_price(rules, book)
    paid = [offer.amount if uniform is None else uniform for offer in won]
    return QuotaAwarded(
        quota_class=each.name,
        at=at,
        winners=len(won),
        offers=len(book),
        lowest=won[-1].amount if won else None,
        lowest_at=won[-1].at if won else None,
        average=Fen(sum(paid) // len(paid)) if paid else None,
        uniform=uniform,
        reserve=reserve,
        drawn=_drawn(rules, book, won),
    )


def _drawn(rules: QuotaSheet, book: OfferBook, won: list[Offer]) -> int:
    """How many won by lot alone, before a loser with the same price and instant."""
    loser = book.first_outside()
    if rules.ties is not Ties.DRAW or loser is None:
        return 0
    return sum((offer.amount, offer.at) == (loser.amount, loser.at) for offer in won)
