"""The rule sheet of a notice: ``[rules]`` and the tables within it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from engine.domain.rulesheet import (
    CALLS_MAX,
    PERCENT,
    REOFFERS_MAX,
    SECOND,
    SPAN_MAX,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    InvalidRuleSheet,
    Lifted,
    Mode,
    PaddleDisplay,
    ResumeFor,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import FEN_PER_YUAN, NUMBER_MAX, Nanoseconds
from engine.notice import fields
from engine.notice.faults import FaultCode, Faults
from engine.notice.places import Cell, Place, Row
from engine.notice.places import Path as Keys
from engine.notice.toml import Document

BANDS_MAX: Final = 50
GRACE_MS_MAX: Final = 60_000

Read = Callable[[Cell, Faults], Any]
E = TypeVar("E", bound=StrEnum)


def word(kind: type[E]) -> Callable[[Cell, Faults], E | None]:
    """Reads one of the words of ``kind``."""
    return lambda cell, faults: fields.choice(cell, {each.value: each for each in kind}, faults)


def whole(least: int, most: int) -> Callable[[Cell, Faults], int | None]:
    """Reads a whole number from ``least`` to ``most``."""
    return lambda cell, faults: fields.whole(cell, least, most, faults)


def seconds(cell: Cell, faults: Faults) -> Nanoseconds | None:
    """A span in whole seconds."""
    count = fields.whole(cell, 0, SPAN_MAX // SECOND, faults)
    return None if count is None else Nanoseconds(count * SECOND)


def milliseconds(cell: Cell, faults: Faults) -> Nanoseconds | None:
    """A span in whole milliseconds, at least one."""
    count = fields.whole(cell, 1, GRACE_MS_MAX, faults)
    return None if count is None else Nanoseconds(count * 1_000_000)


_NEEDED: Final[Mapping[str, tuple[str, Read]]] = {
    "mode": ("mode", word(Mode)),
    "calls": ("calls", whole(1, CALLS_MAX)),
    "deposit": ("deposit", word(DepositRule)),
    "paddles": ("paddles", word(PaddleDisplay)),
}
_OPTIONAL: Final[Mapping[str, tuple[str, Read]]] = {
    "opens_at": ("opens_at", fields.instant),
    "dwell_s": ("dwell", seconds),
    "delivery_percent": ("delivery_percent", whole(0, PERCENT)),
    "sign_off": ("sign_off", fields.truth),
    "proxies": ("proxies", fields.truth),
    "reserve_shown": ("reserve_shown", fields.truth),
    "reoffers_max": ("reoffers_max", whole(0, REOFFERS_MAX)),
    "reoffer_lower_percent": ("reoffer_lower_percent", whole(0, PERCENT)),
    "resume_for": ("resume_for", word(ResumeFor)),
    "mass_loss_percent": ("mass_loss_percent", whole(0, PERCENT)),
}
_TIMED: Final[Mapping[str, tuple[str, Read]]] = {
    "free_s": ("free", seconds),
    "window_s": ("window", seconds),
    "grace_ms": ("grace", milliseconds),
    "advance": ("advance", word(Advance)),
    "pause_s": ("pause", seconds),
}
_EXTENSION: Final[Mapping[str, tuple[str, Read]]] = {
    "within_s": ("within", seconds),
    "by_s": ("by", seconds),
    "cap_s": ("cap", seconds),
    "count_max": ("count_max", whole(1, NUMBER_MAX)),
    "top_k": ("top_k", whole(1, NUMBER_MAX)),
    "shrink_s": ("shrink", seconds),
    "least_s": ("least", seconds),
    "reach_yuan": ("reach", fields.yuan),
}
_VISIBILITY: Final[Mapping[str, tuple[str, Read]]] = {
    "amounts_public": ("amounts_public", word(Sees)),
    "amounts_bidders": ("amounts_bidders", word(Sees)),
    "counts_public": ("counts_public", fields.truth),
    "counts_bidders": ("counts_bidders", fields.truth),
    "lifted": ("lifted", word(Lifted)),
}
_BAND: Final = ("from_yuan", "step_yuan")
_RULES: Final = (*_NEEDED, *_OPTIONAL, "increments", "timed", "visibility")


def read_rules(document: Document, faults: Faults) -> RuleSheet | None:
    """The rule sheet the notice lays down, or None after noting what is wrong with it."""
    return _Reader(document, faults).sheet()


class _Reader:
    """Reads one sheet. Every field is read even if others are wrong."""

    def __init__(self, document: Document, faults: Faults) -> None:
        self._document, self._faults = document, faults

    def sheet(self) -> RuleSheet | None:
        row, sound = self._document.section("rules", self._faults), len(self._faults.found)
        fields.known(row, _RULES, self._faults)
        given = self._given(row, _NEEDED, fields.required) | self._given(row, _OPTIONAL, fields.optional)
        given["increments"] = fields.required(row, "increments", self._increments, self._faults)
        timed = self._table(row, "timed")
        if timed is not None:
            given["timed"] = self._timed(timed)
        visibility = self._table(row, "visibility")
        if visibility is not None:
            given["visibility"] = self._made(
                visibility, Visibility, self._given(visibility, _VISIBILITY, fields.optional)
            )
            fields.known(visibility, _VISIBILITY, self._faults)
        if len(self._faults.found) > sound:
            return None
        sheet: RuleSheet | None = self._made(row, RuleSheet, given)
        return sheet

    def _timed(self, row: Row) -> TimedRules | None:
        fields.known(row, (*_TIMED, "extension"), self._faults)
        given = self._given(row, {name: _TIMED[name] for name in ("free_s", "window_s")}, fields.required)
        given |= self._given(row, {name: _TIMED[name] for name in ("grace_ms", "advance", "pause_s")}, fields.optional)
        inner = self._table(row, "extension", ("rules", "timed"))
        if inner is None:
            given["extension"] = Extension(kind=ExtensionKind.NONE)
        else:
            fields.known(inner, ("kind", *_EXTENSION), self._faults)
            kind = fields.required(inner, "kind", word(ExtensionKind), self._faults)
            more = self._given(inner, _EXTENSION, fields.optional)
            given["extension"] = self._made(inner, Extension, {**more, "kind": kind})
        timed: TimedRules | None = self._made(row, TimedRules, given)
        return timed

    def _given(
        self, row: Row, names: Mapping[str, tuple[str, Read]], read: Callable[[Row, str, Read, Faults], Any]
    ) -> dict[str, Any]:
        """The values of fields, by name in the sheet; None for one at fault, and nothing for one that is left out."""
        values = {}
        for name, (to, how) in names.items():
            value = read(row, name, how, self._faults)
            left_out = read is fields.optional and (name not in row.cells or row.cells[name].value == "")
            if value is not None or not left_out:
                values[to] = value
        return values

    def _made(self, row: Row, kind: Callable[..., Any], given: Mapping[str, Any]) -> Any:
        """``kind`` of what was given; None if some of it is at fault, or after noting that it cannot be."""
        if any(value is None for value in given.values()):
            return None
        try:
            return kind(**given)
        except InvalidRuleSheet as error:
            cell = row.cells.get(error.field.rpartition(".")[2])
            line = row.place.line if cell is None else cell.place.line
            self._faults.add(
                FaultCode.RULE_SHEET, Place(row.place.file, line, f"rules.{error.field}"), wanted=error.wanted
            )
        return None

    def _table(self, row: Row, name: str, keys: Keys = ("rules",)) -> Row | None:
        cell = row.cells.get(name)
        if cell is None:
            return None
        if isinstance(cell.value, dict):
            return self._document.row(cell.value, (*keys, name))
        self._faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, f"[{'.'.join(map(str, (*keys, name)))}]")
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
