"""The conditions of one tender's opening as data. Whoever bids has read this sheet, and its digest stands on every receipt."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from engine.domain.auction.commands import Title
from engine.domain.canonical import digest
from engine.domain.rulesheet import SECOND, SPAN_MAX, InvalidRuleSheet
from engine.domain.units import FEN_MAX, Fen, Nanoseconds
from engine.sealing.content import FIELDS_MAX, SheetContent
from engine.sealing.faults import SealFault
from engine.sealing.trustees import HallKey, read_hall

ARTICLES: Final = "luochui-opening-1"
"""The edition of ``RULES.md`` that explains a sheet."""

SECTIONS_MAX: Final = 50
COEFFICIENTS_MAX: Final = 100
BIDDERS_MIN_MAX: Final = 20
PERMILLE: Final = 1000
_SECTION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", re.ASCII)
_FIELD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class Ceiling(StrEnum):
    """When the ceiling price of a section is told (招标控制价、最高投标限价)."""

    NONE = "none"
    PUBLISHED = "published"
    """With the tender."""

    AT_OPENING = "at_opening"
    """By the host, before anybody can know a price."""


class FieldKind(StrEnum):
    """What a field of the opening sheet holds."""

    MONEY = "money"
    """Whole fen."""

    WHOLE = "whole"
    TEXT = "text"


class Attend(StrEnum):
    """Who may watch the hall."""

    ALL = "all"
    REGISTERED = "registered"
    """Bidders and officers only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetField:
    """One line of the opening sheet (开标一览表)."""

    name: str
    """For programs: ``price_fen``, ``period_days``."""

    title: Title
    kind: FieldKind
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the tender that is awarded separately (标段)."""

    name: str
    title: Title
    ceiling_told: Ceiling = Ceiling.NONE
    ceiling: Fen | None = None
    """Given where it is published with the tender."""

    coefficients: tuple[int, ...] = ()
    """One of these is drawn at the opening (浮动系数), in thousandths; none is drawn where there are none."""

    def __post_init__(self) -> None:
        """Refuse what could not be opened."""
        if _SECTION.fullmatch(self.name) is None:
            raise InvalidRuleSheet("sections.name", "1 to 64 letters, digits, . _ - , the first a letter or digit")
        if (self.ceiling is not None) != (self.ceiling_told is Ceiling.PUBLISHED):
            raise InvalidRuleSheet(
                "sections.ceiling_yuan", "given where it is published with the tender, and only there"
            )
        if self.ceiling is not None and not 0 < self.ceiling <= FEN_MAX:
            raise InvalidRuleSheet("sections.ceiling_yuan", "above 0")
        drawn = self.coefficients
        if drawn and not (2 <= len(drawn) <= COEFFICIENTS_MAX and len(set(drawn)) == len(drawn)):
            raise InvalidRuleSheet("sections.coefficients", f"2 to {COEFFICIENTS_MAX}, none twice")
        if any(not 0 < each <= 2 * PERMILLE for each in drawn):
            raise InvalidRuleSheet("sections.coefficients", "above 0, at most 2")


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderSheet:
    """The conditions of one tender's opening."""

    tender: str
    """The id to which envelopes and hall key are bound."""

    sections: tuple[Section, ...]
    fields: tuple[SheetField, ...]
    """Of the opening sheet, in the order in which they are read out."""

    price: str
    """The name of the field, of money, that ceilings are compared with."""

    deadline: Nanoseconds
    """Submission closes and the opening may begin (投标截止时间即开标时间)."""

    unseal_for: Nanoseconds
    """How long bidders have to hand in their halves."""

    hall: str
    """The hall key's statement, in its one spelling: suite, trustees, threshold."""

    remedy: bool = False
    """Whether trustees open for a bidder who does not (补救方案)."""

    bidders_min: int = 3
    """A section with fewer is not opened."""

    attend: Attend = Attend.ALL
    grace: Nanoseconds = Nanoseconds(300_000_000)
    """So long after an end its announcement waits for what came in time."""

    articles: str = ARTICLES

    def __post_init__(self) -> None:
        """Refuse a sheet by which no opening could be held."""
        if not 1 <= len(self.sections) <= SECTIONS_MAX or len({each.name for each in self.sections}) != len(
            self.sections
        ):
            raise InvalidRuleSheet("sections", f"from 1 to {SECTIONS_MAX}, none twice")
        names = [each.name for each in self.fields]
        if not 1 <= len(names) <= FIELDS_MAX or len(set(names)) != len(names):
            raise InvalidRuleSheet("fields", f"from 1 to {FIELDS_MAX}, none twice")
        if any(_FIELD.fullmatch(name) is None for name in names):
            raise InvalidRuleSheet("fields.name", "1 to 40 of a-z, 0-9, _, the first a letter")
        if not any(each.name == self.price and each.kind is FieldKind.MONEY for each in self.fields):
            raise InvalidRuleSheet("price", "the name of a field of money")
        if not 60 * SECOND <= self.unseal_for <= SPAN_MAX:
            raise InvalidRuleSheet("unseal_s", "at least a minute, at most 31 days")
        if not 1 <= self.bidders_min <= BIDDERS_MIN_MAX:
            raise InvalidRuleSheet("bidders_min", f"from 1 to {BIDDERS_MIN_MAX}")
        if not 0 < self.grace <= 60 * SECOND:
            raise InvalidRuleSheet("grace_ms", "above 0, at most a minute")
        try:
            hall = read_hall(self.hall.encode())
        except SealFault as fault:
            raise InvalidRuleSheet("hall", f"a statement in its one spelling ({fault.code})") from None
        if hall.tender != self.tender:
            raise InvalidRuleSheet("hall", "the hall key of this tender")

    @property
    def hall_key(self) -> HallKey:
        """The hall key."""
        return _hall(self.hall)

    def section(self, name: str) -> Section | None:
        """The section of that name."""
        return next((each for each in self.sections if each.name == name), None)

    def flaws(self, content: SheetContent) -> tuple[str, ...]:
        """The fields in which ``content`` is not as the tender asks: missing, of another kind, or not asked for."""
        asked = {each.name: each for each in self.fields}
        wrong = {name for name, value in content.items() if name not in asked or not _holds(asked[name].kind, value)}
        missing = {name for name, each in asked.items() if each.needed and name not in content}
        return tuple(sorted(wrong | missing))

    def digest(self) -> str:
        """The sheet's digest, 64 hexadecimal digits."""
        return digest(self)


def _holds(kind: FieldKind, value: str | int) -> bool:
    if kind is FieldKind.TEXT:
        return isinstance(value, str)
    return isinstance(value, int) and (kind is FieldKind.WHOLE or value <= FEN_MAX)


@lru_cache(maxsize=64)
def _hall(statement: str) -> HallKey:
    return read_hall(statement.encode())
