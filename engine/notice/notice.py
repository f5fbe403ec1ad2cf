"""
Reads a sale from its notice: one TOML file, and the CSV files it names.

Either everything is right and the commands that open the sale's journal come out, or :class:`NoticeFault` says all that
is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.domain.auction.commands import AdmitPaddle, AnnounceSale, CatalogueEntry, Title
from engine.domain.parties import HOUSE, Channel, Principal, Role
from engine.domain.rulesheet import (
    CALLS_MAX,
    DepositRule,
    IncrementBand,
    InvalidRuleSheet,
    Mode,
    PaddleDisplay,
    RuleSheet,
)
from engine.domain.units import FEN_PER_YUAN, NUMBER_MAX, LotNo, PaddleNo
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.places import Cell, Place, Row
from engine.notice.table import read_table
from engine.notice.text import inside, read_text
from engine.notice.toml import Document, read_document

LOTS_MAX: Final = 1000
PADDLES_MAX: Final = 10_000
BANDS_MAX: Final = 50
OFFICERS_MAX: Final = 20
DEPOSITS_MAX: Final = 1000
TITLE_CHARACTERS_MAX: Final = 120

CHANNELS: Final = {
    "online": Channel.ONLINE,
    "hall": Channel.HALL,
    "网络": Channel.ONLINE,
    "现场": Channel.HALL,
}

_SECTIONS: Final = ("sale", "rules", "officers", "lots", "paddles")
_SALE: Final = ("id", "title_zh", "title_en", "catalogue", "paddles")
_RULES: Final = ("mode", "calls", "deposit", "paddles", "opens_at", "increments")
_BAND: Final = ("from_yuan", "step_yuan")
_OFFICERS: Final = {"auctioneers": Role.AUCTIONEER, "clerks": Role.CLERK}


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """Rows that stand in a CSV file, in the notice itself, or in both."""

    file: str
    """The field of ``[sale]`` that names the file."""

    section: str
    columns: Mapping[str, str]
    """What the file's headers may be, and the field each stands for."""

    rows_max: int


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
    },
    rows_max=LOTS_MAX,
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

    officers: tuple[Principal, ...]
    """Who conducts the sale: auctioneers, then clerks."""

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
    faults = Faults()
    document = read_document(path, faults)
    notice = None if document is None else _Reader(path.parent, document, faults).read()
    faults.close()
    if notice is None:
        raise AssertionError("a notice that cannot be read has a fault")
    return notice


class _Reader:
    """Reads one notice. Each part is read even if others are wrong, so that all faults come out together."""

    def __init__(self, folder: Path, document: Document, faults: Faults) -> None:
        self._folder, self._document, self._faults = folder, document, faults

    def read(self) -> Notice | None:
        faults = self._faults
        fields.known(self._document.row(self._document.data, ()), _SECTIONS, faults)
        sale = self._document.section("sale", faults)
        fields.known(sale, _SALE, faults)
        number = fields.required(sale, "id", fields.name, faults)
        title_zh = fields.required(sale, "title_zh", _title, faults)
        title_en = fields.required(sale, "title_en", _title, faults)
        rules = self._rules()
        officers = self._officers()
        catalogue = self._catalogue(sale)
        admissions = self._admissions(sale)
        if number is None or title_zh is None or title_en is None or rules is None:
            return None
        announce = AnnounceSale(
            command_id="announce",
            by=HOUSE,
            sale=number,
            title=Title(zh=title_zh, en=title_en),
            rules=rules,
            catalogue=catalogue,
        )
        return Notice(announce=announce, admissions=admissions, officers=officers)

    # Rules and officers.

    def _rules(self) -> RuleSheet | None:
        faults = self._faults
        row = self._document.section("rules", faults)
        fields.known(row, _RULES, faults)
        mode = fields.required(row, "mode", _mode, faults)
        calls = fields.required(row, "calls", _calls, faults)
        deposit = fields.required(row, "deposit", _deposit, faults)
        paddles = fields.required(row, "paddles", _paddles, faults)
        opens_at = fields.optional(row, "opens_at", fields.instant, faults)
        increments = fields.required(row, "increments", self._increments, faults)
        if mode is None or calls is None or deposit is None or paddles is None or increments is None:
            return None
        try:
            return RuleSheet(
                mode=mode, calls=calls, deposit=deposit, paddles=paddles, opens_at=opens_at, increments=increments
            )
        except InvalidRuleSheet as error:
            at = Place(row.place.file, row.place.line, row.field(error.field))
            faults.add(FaultCode.RULE_SHEET, at, wanted=error.wanted)
            return None

    def _increments(self, cell: Cell, faults: Faults) -> tuple[IncrementBand, ...] | None:
        rows = self._document.rows(cell.value, ("rules", "increments"), BANDS_MAX, faults)
        if rows is None:
            return None
        if not rows:
            faults.add(FaultCode.NO_BANDS, cell.place, wanted=", ".join(_BAND))
            return None
        sound = len(faults.found)
        bands: list[IncrementBand] = []
        above = -1
        for row in rows:
            fields.known(row, _BAND, faults)
            begin = fields.required(row, "from_yuan", fields.yuan_or_nothing, faults)
            step = fields.required(row, "step_yuan", fields.yuan, faults)
            if begin is None:
                continue
            at = row.cells["from_yuan"]
            if row is rows[0] and begin != 0:
                faults.add(FaultCode.BANDS_FROM_ZERO, at.place, at.value, 0)
            if begin <= above:
                faults.add(FaultCode.BANDS_ORDER, at.place, at.value, above // FEN_PER_YUAN)
            above = max(above, begin)
            if step is not None:
                bands.append(IncrementBand(from_price=begin, step=step))
        return tuple(bands) if len(faults.found) == sound else None

    def _officers(self) -> tuple[Principal, ...]:
        row = self._document.section("officers", self._faults)
        fields.known(row, _OFFICERS, self._faults)
        officers: list[Principal] = []
        for field, role in _OFFICERS.items():
            cell = row.cells.get(field)
            if cell is None:
                officers.append(Principal(f"{role}:1"))
                continue
            items = self._document.items(cell, ("officers", field))
            if not items:
                self._faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, '["…"]')
                continue
            if len(items) > OFFICERS_MAX:
                self._faults.add(FaultCode.TOO_MANY, cell.place, wanted=OFFICERS_MAX)
                continue
            for item in items:
                name = fields.name(item, self._faults)
                officer = Principal(f"{role}:{name}")
                if name is not None and officer in officers:
                    self._faults.add(FaultCode.DUPLICATE_NAME, item.place, name)
                officers.append(officer)
        return tuple(officers)

    # Lots and paddles.

    def _catalogue(self, sale: Row) -> tuple[CatalogueEntry, ...]:
        faults = self._faults
        entries = []
        numbers = _Once(FaultCode.DUPLICATE_LOT, faults)
        plates = _Once(FaultCode.DUPLICATE_PLATE, faults)
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
        return tuple(entries)

    def _admissions(self, sale: Row) -> tuple[AdmitPaddle, ...]:
        faults = self._faults
        admissions = []
        numbers = _Once(FaultCode.DUPLICATE_PADDLE, faults)
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
        text = read_text(self._folder / name, name, self._faults, cell.place)
        return None if text is None else read_table(text, name, listed.columns, listed.rows_max, self._faults)


class _Once:
    """Notes a value that stands in two rows."""

    def __init__(self, code: FaultCode, faults: Faults) -> None:
        self._code, self._faults = code, faults
        self._seen: dict[int | str, Place] = {}

    def see(self, value: int | str | None, row: Row, field: str) -> None:
        if value is None:
            return
        place = row.cells[field].place
        first = self._seen.setdefault(value, place)
        if first is not place:
            self._faults.add(self._code, place, value, f"{first.file}:{first.line}")


# What single fields take.


def _title(cell: Cell, faults: Faults) -> str | None:
    return fields.words(cell, TITLE_CHARACTERS_MAX, faults)


def _mode(cell: Cell, faults: Faults) -> Mode | None:
    return fields.choice(cell, {each.value: each for each in Mode}, faults)


def _deposit(cell: Cell, faults: Faults) -> DepositRule | None:
    return fields.choice(cell, {each.value: each for each in DepositRule}, faults)


def _paddles(cell: Cell, faults: Faults) -> PaddleDisplay | None:
    return fields.choice(cell, {each.value: each for each in PaddleDisplay}, faults)


def _calls(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, CALLS_MAX, faults)


def _number(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, NUMBER_MAX, faults)


def _channel(cell: Cell, faults: Faults) -> Channel | None:
    return fields.choice(cell, CHANNELS, faults)


def _deposits(cell: Cell, faults: Faults) -> int | None:
    return fields.whole(cell, 1, DEPOSITS_MAX, faults)


def _fields(listed: _List) -> str:
    return ", ".join(dict.fromkeys(listed.columns.values()))
