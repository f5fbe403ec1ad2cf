"""
Rules of well-known quota sales, as sheets to begin from.

What is known only from second-hand accounts is a field of the sheet, so that a centre sets what its own notice says; RULES.md names
those fields.
"""

from typing import Final

from engine.domain.quota.sheet import Award, QuotaClass, QuotaSheet, ReserveOf, Round, Running, Ties
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen, Nanoseconds

MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE


def shanghai(quota: int, warning: Fen, *, companies: int = 0) -> QuotaSheet:
    """
    Shanghai: a first offer up to the warning price, then at most two changes, each within 300 yuan of the running cut-off price.

    Price first, then time; each pays his own price. Companies may not win below the month's average for persons.
    """
    company = (QuotaClass(name="company", quota=companies, reserve=ReserveOf.AVERAGE),) if companies else ()
    return QuotaSheet(
        classes=(QuotaClass(name="personal", quota=quota), *company),
        rounds=(
            Round(name="first", span=Nanoseconds(30 * MINUTE)),
            Round(name="revision", span=Nanoseconds(30 * MINUTE), first_offers=False, revisions=2, reach=Fen(300_00)),
        ),
        floor=Fen(100_00),
        step=Fen(100_00),
        first_max=warning,
    )


def shenzhen(quota: int, reserve: Fen) -> QuotaSheet:
    """Shenzhen: one offer and two corrections in one session; the reserve and whole hundreds above it. Equal offers are drawn."""
    return QuotaSheet(
        classes=(QuotaClass(name="personal", quota=quota),),
        rounds=(Round(name="offers", span=Nanoseconds(6 * HOUR), revisions=2),),
        floor=reserve,
        step=Fen(100_00),
        ties=Ties.DRAW,
        running=Running.NOTHING,
    )


def guangzhou(quota: int, reserve: Fen, *, trim_percent: int = 5) -> QuotaSheet:
    """Guangzhou: one offer and two corrections; a trimmed average of what stands is told at set times."""
    return QuotaSheet(
        classes=(QuotaClass(name="personal", quota=quota),),
        rounds=(Round(name="offers", span=Nanoseconds(6 * HOUR), revisions=2),),
        floor=reserve,
        step=Fen(100_00),
        running=Running.AVERAGE,
        average_at=tuple(Nanoseconds(hours * HOUR) for hours in (1, 3, 4, 5)),
        trim_percent=trim_percent,
        ties=Ties.DRAW,
    )


def hangzhou(quota: int, reserve: Fen, last_average: Fen, *, times: int = 2) -> QuotaSheet:
    """Hangzhou: no offer above so many times last month's average; one offer and two corrections."""
    highest = Fen(last_average * times // 100_00 * 100_00)
    return QuotaSheet(
        classes=(QuotaClass(name="personal", quota=quota),),
        rounds=(Round(name="offers", span=Nanoseconds(6 * HOUR), revisions=2),),
        floor=reserve,
        step=Fen(100_00),
        price_max=highest,
        running=Running.NOTHING,
        ties=Ties.DRAW,
    )


def coe(quota: int) -> QuotaSheet:
    """
    A certificate of entitlement: offers are only raised, and all pay the highest losing offer and one dollar.

    The amounts are those of the market's own money, in cents.
    """
    return QuotaSheet(
        classes=(QuotaClass(name="category", quota=quota),),
        rounds=(Round(name="offers", span=Nanoseconds(52 * HOUR), revisions=1000),),
        floor=Fen(1_00),
        step=Fen(1_00),
        upward_only=True,
        award=Award.UNIFORM,
        uniform_step=Fen(1_00),
    )
