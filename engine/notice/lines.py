"""A list as it was handed in, line by line, for whoever has to mend it: the first lines, and every line with a fault."""

import csv
from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from engine.notice.faults import Faults, printable
from engine.notice.notice import CATALOGUE
from engine.notice.table import lines
from engine.notice.text import decode

LINES_SHOWN: Final = 200
CELLS_SHOWN: Final = 20
COVERED: Final = "•••"
"""Stands for a reserve: whoever looks over a shoulder shall not read it."""

_RESERVE: Final = frozenset(title for title, field in CATALOGUE.columns.items() if field == "reserve_yuan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A CSV file, cell by cell, as far as it can be read."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    """Number of the line, from 1, and its cells."""

    left_out: int
    """So many further lines are not shown."""


def shown(data: bytes, name: str, at_fault: Container[int]) -> Lines:
    """
    The lines of the CSV file ``data``, reserves covered.

    Args:
        data: The file.
        name: What the notice calls it.
        at_fault: Lines that are shown wherever they stand.

    """
    found = Lines(header=[], rows=[], left_out=0)
    left_out, covered = 0, frozenset[int]()
    try:
        for line, cells in lines(decode(data, name, Faults()) or ""):
            if not found.header:
                found.header.extend(printable(cell.strip()) for cell in cells[:CELLS_SHOWN])
                covered = frozenset(place for place, title in enumerate(cells) if title.strip() in _RESERVE)
            elif len(found.rows) < LINES_SHOWN or line in at_fault:
                told = [
                    COVERED if place in covered and cell.strip() else printable(cell.strip())
                    for place, cell in enumerate(cells[:CELLS_SHOWN])
                ]
                found.rows.append((line, told))
            else:
                left_out += 1
    except csv.Error:
        pass  # The reader has said where.
    return Lines(header=found.header, rows=found.rows, left_out=left_out)
