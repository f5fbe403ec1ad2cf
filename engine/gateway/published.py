"""
The customer's published statistics, taken apart and checked.

The figures are in ``published/2016.json`` as they were printed; the formulas are in :mod:`engine.domain.statistics`.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import orjson

from engine.domain.statistics import Period, Range, agrees, split

UNITS: Final = {"yi": 10**10, "wan": 10**6}
"""亿 and 万 of yuan, in fen."""

PLACE: Final = Path(__file__).resolve().parent / "published" / "2016.json"


def published() -> dict[str, Any]:
    """``{source, lines}`` in the shape that ``engine/wire/PROTOCOL.md`` gives."""
    data = orjson.loads(PLACE.read_bytes())
    return {"source": data["source"], "lines": [_line(line, data["rate_places"]) for line in data["periods"]]}


def read_period(line: dict[str, Any], rate_places: int) -> Period:
    """
    One line of the file.

    Args:
        line: As it stands there.
        rate_places: To how many places rates were rounded: the shorter ones lack a zero.

    """
    percent = Fraction(1, 100)
    return Period(
        turnover=_money(line, "turnover"),
        saved=_money(line, "saved"),
        gained=_money(line, "gained"),
        saving_rate=Range.printed(line["saving_rate_percent"], percent, places=rate_places),
        gain_rate=Range.printed(line["gain_rate_percent"], percent, places=rate_places),
    )


def _line(line: dict[str, Any], rate_places: int) -> dict[str, Any]:
    period = read_period(line, rate_places)
    parts = split(period)
    return {
        "from": line["from"],
        "to": line["to"],
        "projects": line["projects"],
        "turnover_fen": _fen(period.turnover.middle),
        "saved_fen": _fen(period.saved.middle),
        "gained_fen": _fen(period.gained.middle),
        "saving_rate": f"{line['saving_rate_percent']}%",
        "gain_rate": f"{line['gain_rate_percent']}%",
        "budget_fen": _fen(parts.budget),
        "paid_fen": _fen(parts.paid),
        "base_fen": _fen(parts.base),
        "got_fen": _fen(parts.got),
        "sale_share": f"{round(parts.sale_share * 100)}%",
        "worked_least_fen": _fen(parts.turnover.least),
        "worked_fen": _fen(parts.paid + parts.got),
        "worked_most_fen": _fen(parts.turnover.most),
        "agrees": agrees(period),
    }


def _money(line: dict[str, Any], name: str) -> Range:
    [(text, unit)] = [(line[f"{name}_{unit}"], fen) for unit, fen in UNITS.items() if f"{name}_{unit}" in line]
    return Range.printed(text, unit)


def _fen(amount: Fraction) -> int:
    return round(amount)
