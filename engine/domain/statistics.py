"""
What a trading centre reports of a period, and whether it can be true.

Two kinds of project stand in one turnover (成交总额), and they move in opposite directions:

- procurement: a budget B, a price P paid; saved S = B - P; **saving rate 节支率 = S / B**
- sale: a base A (opening or reserve prices), a price D got; gained I = D - A; **gain rate 增值率 = I / A**
- turnover **T = P + D = (B - S) + (A + I)**

So turnover, saved, gained and the two rates check one another: each printed figure stands for a range, the width of its last place,
and the ranges must meet. One rate blended of both kinds would say nothing, so none is made; the split is.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self


class Undetermined(ValueError):
    """A rate that may be nothing says nothing about its base."""


@dataclass(frozen=True, slots=True)
class Range:
    """Everything a printed figure may stand for."""

    least: Fraction
    most: Fraction

    @classmethod
    def printed(cls, text: str, unit: int | Fraction = 1, *, places: int | None = None) -> Self:
        """
        What ``text`` may stand for.

        Args:
            text: A decimal number as it was printed.
            unit: What one of it is worth.
            places: Decimal places it was rounded to, where zeros at the end were not printed; as many as are printed if None.

        """
        value = Decimal(text)
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        half = Fraction(1, 2 * 10 ** (-exponent if places is None else places))
        return cls((Fraction(value) - half) * unit, (Fraction(value) + half) * unit)

    @property
    def middle(self) -> Fraction:
        """The figure as printed."""
        return (self.least + self.most) / 2

    def meets(self, other: "Range") -> bool:
        """Whether both may stand for the same."""
        return self.least <= other.most and other.least <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One published line. Money in fen, rates as parts of one."""

    turnover: Range
    saved: Range
    gained: Range
    saving_rate: Range
    gain_rate: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A turnover taken apart. Money in fen."""

    budget: Fraction
    """B = S / 节支率."""

    paid: Fraction
    """P = B - S."""

    base: Fraction
    """A = I / 增值率."""

    got: Fraction
    """D = A + I."""

    turnover: Range
    """P + D, with what rounding leaves open."""

    @property
    def sale_share(self) -> Fraction:
        """What part of the turnover is income from sales: D / (P + D)."""
        return self.got / (self.paid + self.got)


def split(period: Period) -> Split:
    """
    Take a published line apart.

    Raises:
        Undetermined: A rate is so near nothing that it may be nothing.

    """
    for rate in (period.saving_rate, period.gain_rate):
        if rate.least <= 0:
            raise Undetermined("a rate must be above half of its last place")
    budget = period.saved.middle / period.saving_rate.middle
    base = period.gained.middle / period.gain_rate.middle
    return Split(
        budget=budget,
        paid=budget - period.saved.middle,
        base=base,
        got=base + period.gained.middle,
        turnover=Range(
            _paid(period.saved.least, period.saving_rate.most) + _got(period.gained.least, period.gain_rate.most),
            _paid(period.saved.most, period.saving_rate.least) + _got(period.gained.most, period.gain_rate.least),
        ),
    )


def agrees(period: Period) -> bool:
    """Whether the five figures of a line can all be true."""
    return split(period).turnover.meets(period.turnover)


def _paid(saved: Fraction, rate: Fraction) -> Fraction:
    return saved * (1 / rate - 1)


def _got(gained: Fraction, rate: Fraction) -> Fraction:
    return gained * (1 / rate + 1)
