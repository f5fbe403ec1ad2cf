"""The published months: read from one CSV file, each line checked before any is believed."""

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from engine.domain.units import FEN_PER_YUAN, Fen

FILE: Final = Path(__file__).parent / "months.csv"
COLUMNS: Final = ("month", "plates", "lowest_yuan", "average_yuan", "bidders")
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MONTHS_MAX: Final = 1200
YUAN_MAX: Final = 10_000_000
COUNT_MAX: Final = 1_000_000
"""As many as a sale has paddles."""


class MonthsFault(ValueError):
    """The file cannot be believed; the message names the line."""


class Doubt(StrEnum):
    """What a reader of the published figures has to know of one month. The figures are shown as they were published."""

    FEWER_BIDDERS = "fewer_bidders"
    """Fewer bidders than plates, and yet a price."""

    TEN_TIMES = "ten_times"
    """About ten times as many bidders as in the months beside it: one digit too many, it seems."""


DOUBTS: Final = {"2002-12": Doubt.FEWER_BIDDERS, "2006-11": Doubt.TEN_TIMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month's sale, as published."""

    month: str
    """``2019-01``."""

    plates: int
    bidders: int

    lowest: Fen
    """The lowest price that won."""

    average: Fen
    """Of the prices that won."""

    @property
    def hit_permille(self) -> int:
        """Plates to a thousand bidders, rounded (中标率)."""
        return (2000 * self.plates + self.bidders) // (2 * self.bidders)

    @property
    def doubt(self) -> Doubt | None:
        """What is to be doubted of it."""
        return DOUBTS.get(self.month)


def read_months(path: Path) -> dict[str, Month]:
    """
    Every month in ``path``, in order.

    Raises:
        MonthsFault: A line is not what it should be.
        OSError: The file cannot be read.

    """
    months: dict[str, Month] = {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        if tuple(next(rows, ())) != COLUMNS:
            raise MonthsFault(f"{path.name}:1: the columns are {','.join(COLUMNS)}")
        for row in rows:
            where = f"{path.name}:{rows.line_num}"
            month = _month(row, where)
            if len(months) >= MONTHS_MAX:
                raise MonthsFault(f"{where}: more than {MONTHS_MAX} months")
            if months and month.month <= next(reversed(months)):
                raise MonthsFault(f"{where}: {month.month} does not follow the month before")
            months[month.month] = month
    if not months:
        raise MonthsFault(f"{path.name}: it holds no month")
    return months


def _month(row: list[str], where: str) -> Month:
    if len(row) != len(COLUMNS):
        raise MonthsFault(f"{where}: {len(row)} fields instead of {len(COLUMNS)}")
    name = row[0]
    if _MONTH.fullmatch(name) is None:
        raise MonthsFault(f"{where}: month is not written 2019-01")
    plates, bidders = _whole(row[1], COUNT_MAX, where, "plates"), _whole(row[4], COUNT_MAX, where, "bidders")
    lowest, average = (_whole(row[at], YUAN_MAX, where, COLUMNS[at]) for at in (2, 3))
    if lowest > average:
        raise MonthsFault(f"{where}: the lowest price is above the average")
    return Month(
        month=name,
        plates=plates,
        bidders=bidders,
        lowest=Fen(lowest * FEN_PER_YUAN),
        average=Fen(average * FEN_PER_YUAN),
    )


def _whole(text: str, most: int, where: str, column: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise MonthsFault(f"{where}: {column} is no whole number from 1 to {most}")
    return int(text)


@cache
def published() -> dict[str, Month]:
    """The 204 months that come with the engine."""
    return read_months(FILE)
