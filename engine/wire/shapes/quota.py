"""
The parts of a quota sale's picture, by name, and its result over HTTP.

Built in :mod:`engine.domain.quota.views`; ``feed`` in ``engine/gateway/pacing.py``.
"""

from typing import Any, Final

from msgspec import field

from engine.domain.auction.state import SalePhase
from engine.domain.quota.sheet import Award, ReserveOf, Running, Ties
from engine.wire.shapes.base import Both, Count, Digest, Fen, Micros, Number, Price, Shape


class QuotaClassRules(Shape):
    """Like plates for like bidders."""

    quota_class: str = field(name="class")
    quota: Count
    reserve: ReserveOf


class RoundRules(Shape):
    """A span of time and what may be done in it."""

    name: str
    span_s: Count
    first_offers: bool
    revisions: Count
    reach_fen: Price | None


class ConditionsPart(Shape):
    """The rule sheet of a quota sale: whoever offers has accepted it."""

    classes: list[QuotaClassRules]
    rounds: list[RoundRules]
    floor_fen: Price
    step_fen: Price
    first_max_fen: Price | None
    price_max_fen: Price | None
    upward_only: bool
    refused_counts: bool
    award: Award
    uniform_step_fen: Price | None
    ties: Ties
    running: Running
    average_at_s: list[Count]
    trim_percent: Count
    opens_at_us: Micros | None
    grace_ms: Count
    resume_least_s: Count
    mass_loss_percent: Count
    offers_published: bool
    sign_off: bool
    articles: str


class QuotaPart(Shape):
    """How many plates there are, and how many bidders."""

    plates: Count
    admitted: Count
    accepted: Count | None


class RoundPart(Shape):
    """The round that runs, or the last one that did."""

    number: Count
    of: Count
    began_at_us: Micros
    ends_at_us: Micros
    taking: bool
    name: str
    span_s: Count
    first_offers: bool
    revisions: Count
    reach_fen: Price | None


class AverageShown(Shape):
    """The newest average told."""

    at_us: Micros
    average_fen: Fen | None
    offers: Count


class RunningPart(Shape):
    """How one class stands while offers are taken, as far as the sheet lets anybody know."""

    quota_class: str = field(name="class")
    quota: Count
    offers: Count | None
    cutoff_fen: Price | None
    cutoff_at_us: Micros | None
    least_fen: Price | None
    most_fen: Price | None
    average: AverageShown | None


class CurvePart(Shape):
    """How the cut-off price of one class ran."""

    quota_class: str = field(name="class")
    every_s: Count
    points: list[list[int]]


class ResultPart(Shape):
    """What became of the plates of one class."""

    quota_class: str = field(name="class")
    quota: Count
    winners: Count
    offers: Count
    lowest_fen: Price | None
    lowest_at_us: Micros | None
    average_fen: Fen | None
    uniform_fen: Price | None
    reserve_fen: Price | None
    drawn: Count


class DeskPart(Shape):
    """What officers are told besides: counts, and no price."""

    admitted: Count
    accepted: Count
    offers: Count
    bidders: dict[str, Count]
    changed: Count


class FeedPart(Shape):
    """How current the picture of a quota sale is."""

    every_ms: Count
    incomplete: bool
    left_out: Count


class OwnOffer(Shape):
    """This bidder's offer that stands."""

    amount_fen: Price
    at_us: Micros
    no: Count | None


class OwnResult(Shape):
    """Whether this bidder has won, and what he pays."""

    won: bool
    pays_fen: Price | None


class QuotaMinePart(Shape):
    """What the holder of a paddle in a quota sale sees and nobody else."""

    paddle: Number
    quota_class: str = field(name="class")
    accepted: bool
    offer: OwnOffer | None
    may_offer: bool
    revisions_used: Count
    revisions_left: Count | None
    least_fen: Price | None
    most_fen: Price | None
    inside: bool | None
    result: OwnResult | None


QUOTA_PARTS: Final[dict[str, Any]] = {
    "conditions": ConditionsPart,
    "quota": QuotaPart,
    "round": RoundPart | None,
    "running/CLASS": RunningPart,
    "curve/CLASS": CurvePart,
    "result/CLASS": ResultPart | None,
    "desk": DeskPart,
    "feed": FeedPart,
}


class ClassResult(Shape):
    """The result of one class; nulls before there is one."""

    quota_class: str = field(name="class")
    quota: Count
    offers: Count | None
    winners: Count | None
    lowest_fen: Price | None
    lowest_at_us: Micros | None
    average_fen: Fen | None
    uniform_fen: Price | None
    reserve_fen: Price | None
    drawn: Count | None


class QuotaResult(Shape):
    """The result of a quota sale as it is published."""

    sale: str
    title: Both
    phase: SalePhase
    final: bool
    rules: Digest
    opened_at_us: Micros | None
    award: Award
    first_max_fen: Price | None
    floor_fen: Price
    plates: Count
    admitted: Count
    winners: Count | None
    classes: list[ClassResult]


class MonthLine(Shape):
    """One class of one quota sale, in the row of months."""

    month: str | None
    sale: str
    title: Both
    phase: SalePhase
    final: bool
    opened_at_us: Micros | None
    award: Award
    first_max_fen: Price | None
    quota_class: str = field(name="class")
    quota: Count
    offers: Count | None
    winners: Count | None
    lowest_fen: Price | None
    lowest_at_us: Micros | None
    average_fen: Fen | None
    uniform_fen: Price | None
    reserve_fen: Price | None
    drawn: Count | None
    share: str | None


class Months(Shape):
    """Every quota sale of the house, by month."""

    sales: list[MonthLine]
