"""The conditions of one quota sale as data. Whoever offers has accepted this sheet."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from engine.domain.canonical import digest
from engine.domain.rulesheet import PERCENT, SECOND, SPAN_MAX, InvalidRuleSheet
from engine.domain.units import FEN_MAX, Fen, Nanoseconds

ARTICLES: Final = "luochui-quota-1"
"""The edition of ``RULES.md`` that explains a sheet."""

ROUNDS_MAX: Final = 4
CLASSES_MAX: Final = 4
QUOTA_MAX: Final = 1_000_000
REVISIONS_MAX: Final = 1_000
TRIM_MAX: Final = 49
BROADCASTS_MAX: Final = 24


class Award(StrEnum):
    """What those within the quota pay."""

    AS_OFFERED = "as_offered"
    """Each his own price."""

    UNIFORM = "uniform"
    """All the same: the highest losing price and one step of :attr:`QuotaSheet.uniform_step` above it; the floor if nobody loses."""


class Ties(StrEnum):
    """Who comes first of two with the same price and the same instant."""

    RECORD = "record"
    """Whose offer was recorded first."""

    DRAW = "draw"
    """By lot: the smaller SHA-256 over the sheet's digest and the paddle (摇号), which anybody can recompute."""


class Running(StrEnum):
    """What everybody is told while offers are taken."""

    CUTOFF = "cutoff"
    """The running cut-off price after every offer, and when the offer that makes it was made (最低可成交价)."""

    AVERAGE = "average"
    """The average of all standing offers, at set times only."""

    NOTHING = "nothing"


class ReserveOf(StrEnum):
    """Below what an offer of a class cannot win."""

    NONE = "none"
    AVERAGE = "average"
    """The average winning price of the first class: known when that class has been awarded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaClass:
    """Like plates for like bidders: a book of its own."""

    name: str
    """For programs: ``personal``, ``company``."""

    quota: int
    """How many plates there are."""

    reserve: ReserveOf = ReserveOf.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A span of time and what may be done in it."""

    name: str
    span: Nanoseconds

    first_offers: bool = True
    """Whether one who has made no offer yet may make one."""

    revisions: int = 0
    """How often an offer may be changed in this round."""

    reach: Fen | None = None
    """A change is valid only so far above or below the running cut-off price, as it stands when the change is taken up."""

    def __post_init__(self) -> None:
        """Refuse a round in which nothing could be done."""
        if not SECOND <= self.span <= SPAN_MAX:
            raise InvalidRuleSheet("rounds.span_s", "from a second to 31 days")
        if not self.first_offers and not self.revisions:
            raise InvalidRuleSheet("rounds", "first offers, revisions, or both")
        if not 0 <= self.revisions <= REVISIONS_MAX:
            raise InvalidRuleSheet("rounds.revisions", f"from 0 to {REVISIONS_MAX}")
        if self.reach is not None and not (0 < self.reach <= FEN_MAX and self.revisions and not self.first_offers):
            raise InvalidRuleSheet("rounds.reach_yuan", "above 0, in a round of revisions alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaSheet:
    """The conditions of one quota sale."""

    classes: tuple[QuotaClass, ...]
    rounds: tuple[Round, ...]

    floor: Fen
    """The least price (起拍价)."""

    step: Fen
    """Prices are the floor and whole steps above it."""

    first_max: Fen | None = None
    """A first offer may be no higher (警示价)."""

    price_max: Fen | None = None
    """No offer may ever be higher."""

    upward_only: bool = False
    """Whether a change may only be for more."""

    refused_counts: bool = False
    """Whether a change outside the reach uses up one of the revisions."""

    award: Award = Award.AS_OFFERED
    uniform_step: Fen = Fen(100)
    ties: Ties = Ties.RECORD

    running: Running = Running.CUTOFF
    average_at: tuple[Nanoseconds, ...] = ()
    """When averages are told, counted from the opening."""

    trim_percent: int = 0
    """So many of the highest and as many of the lowest standing offers are left out of an average."""

    opens_at: Nanoseconds | None = None
    """The sale opens by itself at this instant; if None, the auctioneer opens it."""

    grace: Nanoseconds = Nanoseconds(300_000_000)
    """So long after the end of a round its announcement waits for offers that came in time."""

    resume_least: Nanoseconds = Nanoseconds(60 * SECOND)
    """After an interruption a round goes on with the time it had left, and with so much (or all of it) at least."""

    mass_loss_percent: int = 0
    """In a round with changes the sale is suspended when so many of the bidders present lose their connection at once; 0 never."""

    offers_published: bool = True
    """Whether every offer is on the public record once the sale is closed, by paddle, so that anybody can make the award again."""

    sign_off: bool = False
    articles: str = ARTICLES

    def __post_init__(self) -> None:
        """Refuse a sheet by which no sale could be held."""
        if not 1 <= len(self.classes) <= CLASSES_MAX or len({each.name for each in self.classes}) != len(self.classes):
            raise InvalidRuleSheet("classes", f"from 1 to {CLASSES_MAX}, none twice")
        if any(not 1 <= each.quota <= QUOTA_MAX for each in self.classes):
            raise InvalidRuleSheet("classes.quota", f"from 1 to {QUOTA_MAX}")
        if self.classes[0].reserve is not ReserveOf.NONE:
            raise InvalidRuleSheet("classes.reserve", "none for the first class: the others are measured by it")
        if not 1 <= len(self.rounds) <= ROUNDS_MAX or not self.rounds[0].first_offers:
            raise InvalidRuleSheet("rounds", f"from 1 to {ROUNDS_MAX}, the first of them for first offers")
        if not 0 < self.floor <= FEN_MAX or not 0 < self.step <= FEN_MAX or not 0 < self.uniform_step <= FEN_MAX:
            raise InvalidRuleSheet("floor_yuan, step_yuan", "above 0")
        for field, most in (("first_max_yuan", self.first_max), ("price_max_yuan", self.price_max)):
            if most is not None and not self.floor <= most <= FEN_MAX:
                raise InvalidRuleSheet(field, "not below the floor")
        if bool(self.average_at) != (self.running is Running.AVERAGE) or len(self.average_at) > BROADCASTS_MAX:
            raise InvalidRuleSheet("average_at", "set times where averages are told, and only there")
        if any(earlier >= later for earlier, later in pairwise((Nanoseconds(0), *self.average_at))):
            raise InvalidRuleSheet("average_at", "above 0, ascending")
        if self.average_at and self.average_at[-1] > sum(each.span for each in self.rounds):
            raise InvalidRuleSheet("average_at", "while the rounds last")
        if not 0 <= self.trim_percent <= TRIM_MAX:
            raise InvalidRuleSheet("trim_percent", f"from 0 to {TRIM_MAX}")
        if not 0 <= self.mass_loss_percent <= PERCENT:
            raise InvalidRuleSheet("mass_loss_percent", f"from 0 to {PERCENT}")
        if any(each.reach is not None for each in self.rounds) and self.running is not Running.CUTOFF:
            raise InvalidRuleSheet("running", "the cut-off price, where changes are bounded by it")
        if not 0 < self.grace <= 60 * SECOND or not 0 < self.resume_least <= SPAN_MAX:
            raise InvalidRuleSheet("grace_ms, resume_least_s", "above 0")

    def on_the_steps(self, amount: Fen) -> bool:
        """Whether ``amount`` is a price: the floor, or whole steps above it."""
        return amount >= self.floor and (amount - self.floor) % self.step == 0

    def digest(self) -> str:
        """The sheet's digest, 64 hexadecimal digits."""
        return digest(self)
