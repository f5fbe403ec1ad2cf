"""
Reads a quota sale from its notice: ``kind = "quota"``, the rules, and who is admitted, as a list, as runs of numbers, or both.

A hundred thousand bidders are one small file: what follows each other becomes one run, and runs go on the record in blocks.
"""

from dataclasses import dataclass
from typing import Final

from engine.domain.parties import HOUSE, Principal
from engine.domain.quota.commands import RUNS_MAX, AdmitBidders, AnnounceQuota, Run
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.units import NUMBER_MAX, PaddleNo
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.heading import HEADING, read_heading
from engine.notice.officers import read_officers
from engine.notice.places import Cell, Row
from engine.notice.quota_rules import read_quota_rules
from engine.notice.table import read_table
from engine.notice.text import Source, inside
from engine.notice.toml import Document

BIDDERS_MAX: Final = 250_000
"""Rows of a list of bidders. A run of numbers is one row, however long."""

BIDDERS_BYTES_MAX: Final = 8 << 20

_SECTIONS: Final = ("sale", "rules", "officers", "bidders")
_SALE: Final = (*HEADING, "bidders")
_BIDDERS: Final = ("first", "last", "class")
_COLUMNS: Final = {
    "first": "first",
    "last": "last",
    "class": "class",
    "paddle": "first",
    "投标号": "first",
    "起始号": "first",
    "截止号": "last",
    "类别": "class",
}

QUOTA: Final = "quota"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaNotice:
    """A quota sale as its notice describes it."""

    announce: AnnounceQuota
    admissions: tuple[AdmitBidders, ...]
    officers: tuple[Principal, ...]

    room: str | None = None
    """Where it is held (第一开标室), for the day's board. It is not announced: rooms change on the day."""

    @property
    def preparations(self) -> tuple[AdmitBidders, ...]:
        """What goes on the record with the announcement, after it."""
        return self.admissions

    @property
    def sale(self) -> str:
        """The sale's id."""
        return self.announce.sale


def read_quota(source: Source, document: Document, faults: Faults) -> QuotaNotice | None:
    """The quota sale that ``document`` describes; None after noting what is wrong with it."""
    fields.known(document.row(document.data, ()), _SECTIONS, faults)
    sale = document.section("sale", faults)
    fields.known(sale, _SALE, faults)
    heading = read_heading(sale, faults)
    rules = read_quota_rules(document, faults)
    officers = read_officers(document, faults)
    runs = _runs(source, document, sale, rules, faults)
    if heading is None or rules is None:
        return None
    announce = AnnounceQuota(command_id="announce", by=HOUSE, sale=heading.sale, title=heading.title, rules=rules)
    return QuotaNotice(announce=announce, admissions=_blocks(runs), officers=officers, room=heading.room)


def _runs(
    source: Source, document: Document, sale: Row, rules: QuotaSheet | None, faults: Faults
) -> dict[str, list[tuple[int, int]]]:
    """The runs of each class, ascending; what two rows hold is noted."""
    classes = {each.name: each.name for each in rules.classes} if rules is not None else {}
    found: list[tuple[int, int, str, Cell]] = []
    for row in _rows(source, document, sale, faults):
        first = fields.required(row, "first", _number, faults)
        last = fields.optional(row, "last", _number, faults) if "last" in row.cells else first
        last = first if last is None else last
        name = next(iter(classes), None)
        if rules is not None and "class" in row.cells:
            name = fields.required(row, "class", lambda cell, noted: fields.choice(cell, classes, noted), faults)
        if first is None or last is None or name is None:
            continue
        if last < first:
            faults.add(FaultCode.TOO_SMALL, row.cells["last"].place, last, f"{first}…")
        found.append((first, last, name, row.cells["first"]))
    found.sort(key=lambda run: run[:3])
    runs: dict[str, list[tuple[int, int]]] = {}
    before, place = 0, None
    for first, last, name, cell in found:
        if first <= before and place is not None:
            faults.add(FaultCode.DUPLICATE_PADDLE, cell.place, first, f"{place.place.file}:{place.place.line}")
        mine = runs.setdefault(name, [])
        if mine and mine[-1][1] == first - 1:
            mine[-1] = mine[-1][0], last
        else:
            mine.append((first, last))
        before, place = max(before, last), cell
    return runs


def _blocks(runs: dict[str, list[tuple[int, int]]]) -> tuple[AdmitBidders, ...]:
    made = [
        (name, tuple(Run(first=PaddleNo(first), last=PaddleNo(last)) for first, last in block))
        for name, found in runs.items()
        for block in (found[at : at + RUNS_MAX] for at in range(0, len(found), RUNS_MAX))
    ]
    return tuple(
        AdmitBidders(command_id=f"admit-{at}", by=HOUSE, quota_class=name, runs=block)
        for at, (name, block) in enumerate(made, 1)
    )


def _rows(source: Source, document: Document, sale: Row, faults: Faults) -> list[Row]:
    """The rows of the list that ``[sale]`` names, then those of the notice itself."""
    rows: list[Row] = []
    cell = sale.cells.get("bidders")
    if cell is not None:
        name = cell.value
        if not isinstance(name, str):
            faults.add(FaultCode.WRONG_TYPE, cell.place, name, '"bidders.csv"')
        elif not inside(name):
            faults.add(FaultCode.FILE_OUTSIDE, cell.place, name, "bidders.csv")
        else:
            text = source.text(name, faults, cell.place, bytes_max=BIDDERS_BYTES_MAX)
            if text is not None:
                rows = read_table(text, name, _COLUMNS, BIDDERS_MAX, faults, optional=("last", "class")) or []
    if "bidders" in document.data:
        own = document.rows(document.data["bidders"], ("bidders",), BIDDERS_MAX, faults) or []
        for row in own:
            fields.known(row, _BIDDERS, faults)
        rows += own
    return rows


def _number(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, NUMBER_MAX, faults)
