"""The sales of one house in a row, by the day they opened, and what they come to together."""

from collections.abc import Iterable
from typing import Any, Final

from engine.domain.auction.report import rounded
from engine.domain.figures import premium

OF_A_SALE: Final = (
    *("sale", "title", "phase", "final", "seq", "counted", "at_us", "opened_at_us", "closed_at_us"),
    *("lots", "sold", "passed", "turnover_fen", "opening_fen", "premium", "average_fen", "top"),
    *("bids", "refused", "bidders", "bids_per_lot", "lot_ms"),
)
OF_A_CHANNEL: Final = ("sold", "turnover_fen", "bids", "bidders")
SUMMED: Final = ("lots", "sold", "passed", "turnover_fen", "opening_fen", "bids", "refused")

Row = dict[str, Any]


def series(reports: Iterable[Row]) -> dict[str, Any]:
    """``{sales, total}`` in the shape that ``engine/wire/PROTOCOL.md`` gives, of the figures of each sale."""
    sales = sorted((_row(each) for each in reports), key=_place)
    return {"sales": sales, "total": _total(sales)}


def _row(figures: Row) -> Row:
    channels = {channel: {name: each[name] for name in OF_A_CHANNEL} for channel, each in figures["channels"].items()}
    return {**{name: figures[name] for name in OF_A_SALE}, "channels": channels}


def _place(row: Row) -> tuple[bool, int, str]:
    """By opening; sales that have not opened come last."""
    return row["opened_at_us"] is None, row["opened_at_us"] or 0, row["sale"]


def _total(rows: list[Row]) -> Row:
    total: Row = {"sales": len(rows), **{name: _sum(row[name] for row in rows) for name in SUMMED}}
    turnover, opening = total["turnover_fen"], total["opening_fen"]
    known = turnover is not None and opening is not None
    total["gained_fen"] = turnover - opening if known else None
    total["premium"] = premium(turnover, opening) if known else None
    total["average_fen"] = rounded(turnover, total["sold"] or 0)
    for channel in ("hall", "online"):
        total[channel] = {
            name: _sum(row["channels"][channel][name] for row in rows) for name in ("sold", "turnover_fen", "bids")
        }
    return total


def _sum(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
