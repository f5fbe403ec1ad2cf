"""The tender sheet of an opening's notice: ``[rules]``, its sections, the lines of the opening sheet, and the hall key beside it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.domain.auction.commands import Title
from engine.domain.opening.sheet import (
    BIDDERS_MIN_MAX,
    COEFFICIENTS_MAX,
    PERMILLE,
    SECTIONS_MAX,
    Attend,
    Ceiling,
    FieldKind,
    Section,
    SheetField,
    TenderSheet,
)
from engine.domain.rulesheet import InvalidRuleSheet
from engine.notice import fields
from engine.notice.conditions import milliseconds, seconds, whole, word
from engine.notice.faults import FaultCode, Faults
from engine.notice.heading import title
from engine.notice.places import Cell, Place, Row
from engine.notice.text import Source, inside
from engine.notice.toml import Document
from engine.sealing.content import FIELDS_MAX
from engine.sealing.faults import SealFault
from engine.sealing.suites import SUITES
from engine.sealing.trustees import TRUSTEES_MAX, HallKey, read_hall

TENDER_CHARACTERS_MAX: Final = 64

Read = Callable[[Cell, Faults], Any]


def _line(cell: Cell, faults: Faults) -> str | None:
    return fields.words(cell, TENDER_CHARACTERS_MAX, faults)


_SHEET: Final[Mapping[str, tuple[str, Read]]] = {
    "tender": ("tender", _line),
    "price": ("price", _line),
    "deadline": ("deadline", fields.instant),
    "unseal_s": ("unseal_for", seconds),
    "remedy": ("remedy", fields.truth),
    "bidders_min": ("bidders_min", whole(1, BIDDERS_MIN_MAX)),
    "attend": ("attend", word(Attend)),
    "grace_ms": ("grace", milliseconds),
}
_SECTION: Final[Mapping[str, tuple[str, Read]]] = {
    "name": ("name", _line),
    "title_zh": ("zh", title),
    "title_en": ("en", title),
    "ceiling_told": ("ceiling_told", word(Ceiling)),
    "ceiling_yuan": ("ceiling", fields.yuan),
}
_FIELD: Final[Mapping[str, tuple[str, Read]]] = {
    "name": ("name", _line),
    "title_zh": ("zh", title),
    "title_en": ("en", title),
    "kind": ("kind", word(FieldKind)),
    "needed": ("needed", fields.truth),
}
_NEEDED: Final = frozenset({"tender", "price", "deadline", "unseal_s"})
_NAMED: Final = frozenset({"name", "title_zh", "title_en"})
_RULES: Final = (*_SHEET, "sections", "fields", "hall", "suite", "trustees")


def read_tender(source: Source, document: Document, faults: Faults) -> TenderSheet | None:
    """The tender sheet the notice lays down, or None after noting what is wrong with it."""
    return _Reader(source, document, faults).sheet()


class _Reader:
    """Reads one sheet. Every field is read even if others are wrong."""

    def __init__(self, source: Source, document: Document, faults: Faults) -> None:
        self._source, self._document, self._faults = source, document, faults

    def sheet(self) -> TenderSheet | None:
        row, faults = self._document.section("rules", self._faults), self._faults
        sound = len(faults.found)
        fields.known(row, _RULES, faults)
        given = self._given(row, _SHEET, _NEEDED)
        sections = fields.required(row, "sections", lambda cell, _: cell, faults)
        lines = fields.required(row, "fields", lambda cell, _: cell, faults)
        if sections is not None:
            given["sections"] = self._sections(sections)
        if lines is not None:
            given["fields"] = self._lines(lines)
        hall = fields.required(row, "hall", self._hall, faults)
        if hall is not None:
            given["hall"] = hall.write().decode()
            self._agrees(row, hall)
        made = None if len(faults.found) > sound else self._made(row, TenderSheet, given)
        return made if isinstance(made, TenderSheet) else None

    def _given(self, row: Row, table: Mapping[str, tuple[str, Read]], needed: frozenset[str]) -> dict[str, Any]:
        given = {}
        for name, (to, how) in table.items():
            value = (fields.required if name in needed else fields.optional)(row, name, how, self._faults)
            if value is not None:
                given[to] = value
        return given

    def _sections(self, cell: Cell) -> tuple[Any, ...]:
        made = []
        rows = self._document.rows(cell.value, ("rules", "sections"), SECTIONS_MAX, self._faults) or ()
        for nth, row in enumerate(rows):
            fields.known(row, (*_SECTION, "coefficients_permille"), self._faults)
            given = self._given(row, _SECTION, _NAMED)
            if "coefficients_permille" in row.cells:
                given["coefficients"] = self._coefficients(row.cells["coefficients_permille"], nth)
            made.append(self._named(row, Section, given))
        return tuple(made)

    def _lines(self, cell: Cell) -> tuple[Any, ...]:
        made = []
        for row in self._document.rows(cell.value, ("rules", "fields"), FIELDS_MAX, self._faults) or ():
            fields.known(row, _FIELD, self._faults)
            made.append(self._named(row, SheetField, self._given(row, _FIELD, _NAMED | {"kind"})))
        return tuple(made)

    def _named(self, row: Row, kind: type, given: dict[str, Any]) -> Any:
        """One with a name and a title; None if they are at fault."""
        if not {"zh", "en"} <= given.keys():
            return None
        given["title"] = Title(zh=given.pop("zh"), en=given.pop("en"))
        return self._made(row, kind, given)

    def _coefficients(self, cell: Cell, nth: int) -> tuple[int, ...]:
        items = self._document.items(cell, ("rules", "sections", nth, "coefficients_permille"))
        if items is None or len(items) > COEFFICIENTS_MAX:
            self._faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, f"[950, 960], {COEFFICIENTS_MAX}")
            return ()
        found = [fields.whole(item, 1, 2 * PERMILLE, self._faults) for item in items]
        return tuple(each for each in found if each is not None)

    def _hall(self, cell: Cell, faults: Faults) -> HallKey | None:
        """The hall key's statement, from the file that is named."""
        name = cell.value
        if not isinstance(name, str):
            faults.add(FaultCode.WRONG_TYPE, cell.place, name, '"hall.json"')
            return None
        if not inside(name):
            faults.add(FaultCode.FILE_OUTSIDE, cell.place, name, "hall.json")
            return None
        text = self._source.text(name, faults, cell.place)
        if text is None:
            return None
        try:
            return read_hall(text.strip().encode())
        except SealFault as fault:
            faults.add(FaultCode.RULE_SHEET, Place(name, 1), wanted=f"hall.json, luochui hall deal ({fault.code})")
            return None

    def _agrees(self, row: Row, hall: HallKey) -> None:
        """What the notice says of suite and trustees for people to read is what the hall key says."""
        suites = {name: name for name in SUITES}
        suite = fields.optional(row, "suite", lambda cell, noted: fields.choice(cell, suites, noted), self._faults)
        if suite is not None and suite != hall.suite:
            self._faults.add(FaultCode.UNKNOWN_VALUE, row.cells["suite"].place, suite, hall.suite)
        cell = row.cells.get("trustees")
        if cell is None:
            return
        items = self._document.items(cell, ("rules", "trustees"))
        if items is None or len(items) > TRUSTEES_MAX or [item.value for item in items] != list(hall.trustees):
            wanted = ", ".join(hall.trustees)
            self._faults.add(FaultCode.UNKNOWN_VALUE, cell.place, cell.value, wanted)

    def _made(self, row: Row, kind: Callable[..., Any], given: Mapping[str, Any]) -> Any:
        """``kind`` of what was given; None after noting that it cannot be."""
        try:
            return kind(**given)
        except InvalidRuleSheet as error:
            name = error.field.rpartition(".")[2]
            cell = row.cells.get(name) or row.cells.get(f"{name}_permille")
            line = row.place.line if cell is None else cell.place.line
            self._faults.add(
                FaultCode.RULE_SHEET, Place(row.place.file, line, f"rules.{error.field}"), wanted=error.wanted
            )
        except TypeError:
            pass  # A needed field is missing, and was noted.
        return None
