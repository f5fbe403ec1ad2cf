"""
Reads a sale from its notice: one TOML file, and the CSV files it names.

Either everything is right and the commands that open the sale's journal come out, or :class:`NoticeFault` says all that
is not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CatalogueEntry,
    Command,
    GrantPriority,
    SetReserve,
)
from engine.domain.parties import HOUSE, Channel, Principal
from engine.domain.units import NUMBER_MAX, LotNo, PaddleNo
from engine.notice import fields
from engine.notice.conditions import read_rules
from engine.notice.faults import FaultCode, Faults
from engine.notice.heading import HEADING, read_heading
from engine.notice.officers import read_officers
from engine.notice.places import Cell, Place, Row
from engine.notice.table import read_table
from engine.notice.text import Folder, Handed, Source, inside
from engine.notice.toml import Document, read_document

LOTS_MAX: Final = 1000
PADDLES_MAX: Final = 10_000
DEPOSITS_MAX: Final = 1000
PRIORITIES_MAX: Final = 1000
RANK_MAX: Final = 100

CHANNELS: Final = {
    "online": Channel.ONLINE,
    "hall": Channel.HALL,
    "网络": Channel.ONLINE,
    "现场": Channel.HALL,
}

_SECTIONS: Final = ("sale", "rules", "officers", "lots", "paddles", "priority")
_SALE: Final = (*HEADING, "catalogue", "paddles")
_PRIORITY: Final = ("lot", "paddle", "rank")


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """Rows that stand in a CSV file, in the notice itself, or in both."""

    file: str
    """The field of ``[sale]`` that names the file."""

    section: str
    columns: Mapping[str, str]
    """What the file's headers may be, and the field each stands for."""

    rows_max: int
    optional: frozenset[str] = frozenset()
    """Columns a file need not have."""


CATALOGUE: Final = _List(
    file="catalogue",
    section="lots",
    columns={
        "lot": "lot",
        "plate": "plate",
        "opening_yuan": "opening_yuan",
        "标的号": "lot",
        "号牌": "plate",
        "起拍价": "opening_yuan",
        "reserve_yuan": "reserve_yuan",
        "保留价": "reserve_yuan",
    },
    rows_max=LOTS_MAX,
    optional=frozenset({"reserve_yuan"}),
)
PADDLES: Final = _List(
    file="paddles",
    section="paddles",
    columns={
        "paddle": "paddle",
        "channel": "channel",
        "deposits": "deposits",
        "竞买号牌": "paddle",
        "渠道": "channel",
        "保证金份数": "deposits",
    },
    rows_max=PADDLES_MAX,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sale as its notice describes it (拍卖公告)."""

    announce: AnnounceSale
    """The first command of the sale's journal."""

    admissions: tuple[AdmitPaddle, ...]
    """The paddles admitted before the sale begins, in the order of the files."""

    terms: tuple[SetReserve | GrantPriority, ...]
    """Reserves and rights of first refusal."""

    officers: tuple[Principal, ...]
    """Who conducts the sale: auctioneers, clerks, supervisors, registrars."""

    room: str | None = None
    """Where it is held (第一开标室), for the day's board. It is not announced: rooms change on the day."""

    @property
    def preparations(self) -> tuple[Command, ...]:
        """What goes on the record with the announcement, after it."""
        return *self.admissions, *self.terms

    @property
    def sale(self) -> str:
        """The sale's id."""
        return self.announce.sale


def read_notice(path: Path) -> Notice:
    """
    The sale that the TOML file ``path`` describes.

    Raises:
        NoticeFault: With every fault found in it and in the files it names.

    """
    return _read(Folder(path.parent), path.name)


def read_files(files: Mapping[str, bytes], name: str) -> Notice:
    """
    The sale that the TOML file ``name`` describes, where it and the files it names were handed in.

    Raises:
        NoticeFault: With every fault found in them.

    """
    return _read(Handed(files), name)


def _read(source: Source, name: str) -> Notice:
    faults = Faults()
    document = read_document(source, name, faults)
    notice = None if document is None else read_auction(source, document, faults)
    faults.close()
    if notice is None:
        raise AssertionError("a notice that cannot be read has a fault")
    return notice


def read_auction(source: Source, document: Document, faults: Faults) -> Notice | None:
    """The auction that ``document`` describes; None after noting what is wrong with it."""
    return _Reader(source, document, faults).read()


class _Reader:
    """Reads one notice. Each part is read even if others are wrong, so that all faults come out together."""

    def __init__(self, source: Source, document: Document, faults: Faults) -> None:
        self._source, self._document, self._faults = source, document, faults

    def read(self) -> Notice | None:
        faults = self._faults
        fields.known(self._document.row(self._document.data, ()), _SECTIONS, faults)
        sale = self._document.section("sale", faults)
        fields.known(sale, _SALE, faults)
        heading = read_heading(sale, faults)
        fields.optional(sale, "kind", _auction, faults)
        rules = read_rules(self._document, faults)
        officers = read_officers(self._document, faults)
        catalogue, reserves = self._catalogue(sale)
        admissions = self._admissions(sale)
        terms: tuple[SetReserve | GrantPriority, ...] = (*reserves, *self._priority(catalogue, admissions))
        if heading is None or rules is None:
            return None
        announce = AnnounceSale(
            command_id="announce",
            by=HOUSE,
            sale=heading.sale,
            title=heading.title,
            rules=rules,
            catalogue=catalogue,
        )
        return Notice(announce=announce, admissions=admissions, terms=terms, officers=officers, room=heading.room)

    # Lots and paddles.

    def _catalogue(self, sale: Row) -> tuple[tuple[CatalogueEntry, ...], list[SetReserve]]:
        faults = self._faults
        entries: list[CatalogueEntry] = []
        reserves: list[SetReserve] = []
        numbers = Once(FaultCode.DUPLICATE_LOT, faults)
        plates = Once(FaultCode.DUPLICATE_PLATE, faults)
        rows = self._rows(sale, CATALOGUE)
        if rows is not None and not rows:
            place = sale.cells["catalogue"].place if "catalogue" in sale.cells else sale.place
            faults.add(FaultCode.NO_LOTS, place, wanted=_fields(CATALOGUE))
        for row in rows or ():
            number = fields.required(row, "lot", _number, faults)
            plate = fields.required(row, "plate", fields.plate, faults)
            opening = fields.required(row, "opening_yuan", fields.yuan, faults)
            numbers.see(number, row, "lot")
            plates.see(plate, row, "plate")
            if number is not None and plate is not None and opening is not None:
                entries.append(CatalogueEntry(lot=LotNo(number), plate=plate, opening_price=opening))
            reserve = fields.optional(row, "reserve_yuan", fields.yuan, faults)
            if number is not None and reserve is not None:
                reserves.append(SetReserve(command_id=f"reserve-{number}", by=HOUSE, lot=LotNo(number), amount=reserve))
        return tuple(entries), reserves

    def _priority(
        self, catalogue: tuple[CatalogueEntry, ...], admissions: tuple[AdmitPaddle, ...]
    ) -> list[GrantPriority]:
        faults, data = self._faults, self._document.data
        if "priority" not in data:
            return []
        lots, paddles = {entry.lot for entry in catalogue}, {admit.paddle for admit in admissions}
        granted = []
        once: defaultdict[int, Once] = defaultdict(lambda: Once(FaultCode.DUPLICATE_PADDLE, faults))
        for row in self._document.rows(data["priority"], ("priority",), PRIORITIES_MAX, faults) or ():
            fields.known(row, _PRIORITY, faults)
            lot = fields.required(row, "lot", _number, faults)
            paddle = fields.required(row, "paddle", _number, faults)
            rank = fields.required(row, "rank", _rank, faults)
            for name, number, there in (("lot", lot, lots), ("paddle", paddle, paddles)):
                if number is not None and number not in there:
                    faults.add(FaultCode.UNKNOWN_VALUE, row.cells[name].place, number, _some(there))
            if lot is not None and paddle is not None and rank is not None:
                id_ = f"priority-{lot}-{paddle}"
                once[lot].see(paddle, row, "paddle")
                granted.append(
                    GrantPriority(command_id=id_, by=HOUSE, lot=LotNo(lot), paddle=PaddleNo(paddle), rank=rank)
                )
        return granted

    def _admissions(self, sale: Row) -> tuple[AdmitPaddle, ...]:
        faults = self._faults
        admissions = []
        numbers = Once(FaultCode.DUPLICATE_PADDLE, faults)
        for row in self._rows(sale, PADDLES) or ():
            number = fields.required(row, "paddle", _number, faults)
            channel = fields.required(row, "channel", _channel, faults)
            deposits = fields.required(row, "deposits", _deposits, faults)
            numbers.see(number, row, "paddle")
            if number is not None and channel is not None and deposits is not None:
                paddle, id_ = PaddleNo(number), f"admit-{number}"
                admissions.append(
                    AdmitPaddle(command_id=id_, by=HOUSE, paddle=paddle, channel=channel, deposits=deposits)
                )
        return tuple(admissions)

    def _rows(self, sale: Row, listed: _List) -> list[Row] | None:
        """The rows of the CSV file, then those of the notice; None if either could not be read as a list."""
        faults = self._faults
        file = sale.cells.get(listed.file)
        rows = [] if file is None else self._table(file, listed)
        if listed.section not in self._document.data:
            return rows
        own = self._document.rows(self._document.data[listed.section], (listed.section,), listed.rows_max, faults)
        for row in own or ():
            fields.known(row, dict.fromkeys(listed.columns.values()), faults)
        if rows is None or own is None:
            return None
        rows += own
        if len(rows) > listed.rows_max:
            faults.add(FaultCode.TOO_MANY, rows[listed.rows_max].place, wanted=listed.rows_max)
            return None
        return rows

    def _table(self, cell: Cell, listed: _List) -> list[Row] | None:
        name = cell.value
        if not isinstance(name, str):
            self._faults.add(FaultCode.WRONG_TYPE, cell.place, name, f'"{listed.file}.csv"')
            return None
        if not inside(name):
            self._faults.add(FaultCode.FILE_OUTSIDE, cell.place, name, f"{listed.file}.csv")
            return None
        text = self._source.text(name, self._faults, cell.place)
        return (
            None
            if text is None
            else read_table(text, name, listed.columns, listed.rows_max, self._faults, optional=listed.optional)
        )


class Once:
    """Notes a value that stands in two rows."""

    def __init__(self, code: FaultCode, faults: Faults) -> None:
        self._code, self._faults = code, faults
        self._seen: dict[int | str, Place] = {}

    def see(self, value: int | str | None, row: Row, field: str) -> None:
        """One more row has ``value`` in ``field``."""
        if value is None:
            return
        place = row.cells[field].place
        first = self._seen.setdefault(value, place)
        if first is not place:
            self._faults.add(self._code, place, value, f"{first.file}:{first.line}")


# What single fields take.


def _auction(cell: Cell, faults: Faults) -> str | None:
    return fields.choice(cell, {"auction": "auction"}, faults)


def _rank(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, RANK_MAX, faults)


def _some(numbers: Iterable[int]) -> str:
    """A few of the numbers that would have done."""
    known = sorted(numbers)
    return ", ".join(map(str, known[:8])) + (" …" if len(known) > 8 else "")


def _number(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, NUMBER_MAX, faults)


def _channel(cell: Cell, faults: Faults) -> Channel | None:
    return fields.choice(cell, CHANNELS, faults)


def _deposits(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, DEPOSITS_MAX, faults)


def _fields(listed: _List) -> str:
    return ", ".join(dict.fromkeys(listed.columns.values()))
