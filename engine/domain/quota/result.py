"""The result of a quota sale as it is published: per class how many plates, offers and winners, the lowest price and the average."""

from typing import Any

from engine.domain.auction.hearing import us
from engine.domain.auction.sight import Audience
from engine.domain.auction.state import SalePhase
from engine.domain.quota.sight import counts
from engine.domain.quota.state import QuotaSale


def result(sale: QuotaSale) -> dict[str, Any]:
    """What everybody may know of the result; nulls before there is one, in the shape that ``engine/wire/PROTOCOL.md`` gives."""
    classes = [_class(sale, each.name) for each in sale.rules.classes]
    return {
        "sale": sale.sale,
        "title": {"zh": sale.title.zh, "en": sale.title.en},
        "phase": sale.phase,
        "final": sale.final,
        "rules": sale.rules_digest,
        "opened_at_us": us(sale.opened_at),
        "award": sale.rules.award,
        "first_max_fen": sale.rules.first_max,
        "floor_fen": sale.rules.floor,
        "plates": sum(each.quota for each in sale.rules.classes),
        "admitted": len(sale.admitted),
        "winners": sum(each["winners"] for each in classes) if sale.phase is SalePhase.CLOSED else None,
        "classes": classes,
    }


def _class(sale: QuotaSale, name: str) -> dict[str, Any]:
    made, book = sale.awards.get(name), sale.books[name]
    known = {"class": name, "quota": book.quota, "offers": len(book) if counts(sale, Audience.PUBLIC) else None}
    if made is None:
        rest = ("winners", "lowest_fen", "lowest_at_us", "average_fen", "uniform_fen", "reserve_fen", "drawn")
        return {**known, **dict.fromkeys(rest)}
    return {
        **known,
        "offers": made.offers,
        "winners": made.winners,
        "lowest_fen": made.lowest,
        "lowest_at_us": us(made.lowest_at),
        "average_fen": made.average,
        "uniform_fen": made.uniform,
        "reserve_fen": made.reserve,
        "drawn": made.drawn,
    }
