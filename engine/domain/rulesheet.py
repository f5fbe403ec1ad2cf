"""One sale's rules as data. Whoever bids has accepted this sheet, and its digest stands on every receipt."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from engine.domain.canonical import digest
from engine.domain.units import FEN_MAX, Fen, Nanoseconds

ARTICLES = "luochui-auction-1"
"""The edition of ``RULES.md`` that explains a sheet."""


class Mode(StrEnum):
    """How a lot ends."""

    ROSTRUM = "rostrum"
    """By the auctioneer's hammer, after the calls; no clock decides (拍卖法 51)."""


class PaddleDisplay(StrEnum):
    """What the public and other bidders see of a paddle."""

    SHOWN = "shown"
    MASKED_UNTIL_CLOSED = "masked_until_closed"
    MASKED = "masked"


class DepositRule(StrEnum):
    """What one deposit buys."""

    ONE_LOT = "one_lot"
    """One deposit, one right: it is used up by one lot won (一证一号)."""

    WHOLE_SALE = "whole_sale"
    """One deposit admits to every lot of the sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncrementBand:
    """From this price on, the next bid rises by at least this step (加价幅度)."""

    from_price: Fen
    step: Fen


class InvalidRuleSheet(ValueError):
    """
    The data are no rule sheet.

    Attributes:
        field: The field at fault, as in the sheet.
        wanted: What would be right.

    """

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(f"{field}: {wanted}")
        self.field, self.wanted = field, wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSheet:
    """The conditions of one sale (竞价规则)."""

    increments: tuple[IncrementBand, ...]
    """By price band, ascending; the first band begins at 0."""

    mode: Mode = Mode.ROSTRUM

    calls: int = 3
    """How often the auctioneer calls before the hammer (最后三次报价提示)."""

    deposit: DepositRule = DepositRule.ONE_LOT
    paddles: PaddleDisplay = PaddleDisplay.SHOWN

    opens_at: Nanoseconds | None = None
    """The sale opens by itself at this instant; if None, the auctioneer opens it."""

    articles: str = ARTICLES

    def __post_init__(self) -> None:
        """Refuse a sheet by which no sale could be held."""
        if not self.increments or self.increments[0].from_price != 0:
            raise InvalidRuleSheet("increments", "the first band must begin at 0")
        if any(low.from_price >= high.from_price for low, high in pairwise(self.increments)):
            raise InvalidRuleSheet("increments", "bands must be in ascending order of price, none twice")
        if any(not 0 < band.step <= FEN_MAX for band in self.increments):
            raise InvalidRuleSheet("increments", "every step must be above 0")
        if not 1 <= self.calls <= CALLS_MAX:
            raise InvalidRuleSheet("calls", f"a whole number from 1 to {CALLS_MAX}")

    def step(self, price: Fen) -> Fen:
        """The least rise above ``price``, in fen, by the band the price lies in."""
        return next(band.step for band in reversed(self.increments) if band.from_price <= price)

    def next_bid(self, leading: Fen) -> Fen:
        """
        The least amount that may follow ``leading``, in fen.

        Source: sale notice (拍卖公告), clause "加价幅度".

        """
        return Fen(leading + self.step(leading))

    def digest(self) -> str:
        """The sheet's digest, 64 hexadecimal digits, shown on every screen and in every receipt."""
        return digest(self)


CALLS_MAX = 9
