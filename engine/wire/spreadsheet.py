"""Tables as a spreadsheet opens them: UTF-8 with its mark, RFC 4180, and no cell that is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from engine.domain.units import FEN_PER_YUAN

BOM: Final = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""

FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins so for a formula, and runs it."""


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """``rows`` as CSV (RFC 4180). No cell of it is a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def harmless(cell: object) -> object:
    """``cell``, with a quotation mark before what a spreadsheet would run."""
    if isinstance(cell, str) and cell.startswith(FORMULA_BEGINS):
        return "'" + cell
    return "" if cell is None else cell


def yuan(fen: int | None) -> str | None:
    """An amount as a spreadsheet reads it: ``10500.00``."""
    return None if fen is None else f"{fen // FEN_PER_YUAN}.{fen % FEN_PER_YUAN:02}"


def instant(ns: int) -> str:
    """An instant, in UTC, to the microsecond."""
    return (
        datetime.fromtimestamp(ns // 10**9, UTC)
        .replace(microsecond=ns % 10**9 // 1000)
        .isoformat(timespec="microseconds")
    )
