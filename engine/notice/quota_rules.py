"""The rule sheet of a quota sale's notice: ``[rules]``, its classes and its rounds; a pack of a city gives what is left out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from engine.domain.quota import packs
from engine.domain.quota.sheet import (
    BROADCASTS_MAX,
    CLASSES_MAX,
    QUOTA_MAX,
    REVISIONS_MAX,
    ROUNDS_MAX,
    TRIM_MAX,
    Award,
    QuotaClass,
    QuotaSheet,
    ReserveOf,
    Round,
    Running,
    Ties,
)
from engine.domain.rulesheet import PERCENT, SECOND, SPAN_MAX, InvalidRuleSheet
from engine.domain.units import Fen, Nanoseconds
from engine.notice import fields
from engine.notice.conditions import milliseconds, seconds, whole, word
from engine.notice.faults import FaultCode, Faults
from engine.notice.places import Cell, Place, Row
from engine.notice.toml import Document

_SOME: Final = Fen(100_00)
_PACKS: Final[Mapping[str, tuple[QuotaSheet, tuple[str, ...]]]] = {
    "shanghai": (packs.shanghai(1, _SOME), ("first_max_yuan",)),
    "shenzhen": (packs.shenzhen(1, _SOME), ("floor_yuan",)),
    "guangzhou": (packs.guangzhou(1, _SOME), ("floor_yuan",)),
    "hangzhou": (packs.hangzhou(1, _SOME, _SOME), ("floor_yuan", "price_max_yuan")),
    "coe": (packs.coe(1), ()),
}
"""Each with the fields that only the notice can say."""

Read = Callable[[Cell, Faults], Any]

_SHEET: Final[Mapping[str, tuple[str, Read]]] = {
    "floor_yuan": ("floor", fields.yuan),
    "step_yuan": ("step", fields.yuan),
    "first_max_yuan": ("first_max", fields.yuan),
    "price_max_yuan": ("price_max", fields.yuan),
    "upward_only": ("upward_only", fields.truth),
    "refused_counts": ("refused_counts", fields.truth),
    "award": ("award", word(Award)),
    "uniform_step_yuan": ("uniform_step", fields.yuan),
    "ties": ("ties", word(Ties)),
    "running": ("running", word(Running)),
    "trim_percent": ("trim_percent", whole(0, TRIM_MAX)),
    "opens_at": ("opens_at", fields.instant),
    "grace_ms": ("grace", milliseconds),
    "resume_least_s": ("resume_least", seconds),
    "mass_loss_percent": ("mass_loss_percent", whole(0, PERCENT)),
    "offers_published": ("offers_published", fields.truth),
    "sign_off": ("sign_off", fields.truth),
}
_ROUND: Final[Mapping[str, tuple[str, Read]]] = {
    "name": ("name", fields.name),
    "span_s": ("span", seconds),
    "first_offers": ("first_offers", fields.truth),
    "revisions": ("revisions", whole(0, REVISIONS_MAX)),
    "reach_yuan": ("reach", fields.yuan),
}
_CLASS: Final[Mapping[str, tuple[str, Read]]] = {
    "name": ("name", fields.name),
    "quota": ("quota", whole(1, QUOTA_MAX)),
    "reserve": ("reserve", word(ReserveOf)),
}
_NEEDED: Final = {"name", "span_s", "quota"}
_RULES: Final = ("pack", "quota", "classes", "rounds", "average_at_s", *_SHEET)


def read_quota_rules(document: Document, faults: Faults) -> QuotaSheet | None:
    """The rule sheet the notice lays down, or None after noting what is wrong with it."""
    return _Reader(document, faults).sheet()


class _Reader:
    """Reads one sheet. Every field is read even if others are wrong."""

    def __init__(self, document: Document, faults: Faults) -> None:
        self._document, self._faults = document, faults

    def sheet(self) -> QuotaSheet | None:
        row, faults = self._document.section("rules", self._faults), self._faults
        sound = len(faults.found)
        fields.known(row, _RULES, faults)
        pack = fields.optional(row, "pack", lambda cell, found: fields.choice(cell, _PACKS, found), faults)
        if "pack" in row.cells and pack is None:
            return None
        needed = ("classes", "rounds", "floor_yuan", "step_yuan") if pack is None else pack[1]
        for name in needed:
            fields.required(row, name, lambda cell, _: cell, faults)
        given: dict[str, Any] = {}
        for name, (to, how) in _SHEET.items():
            value = fields.optional(row, name, how, faults)
            if value is not None:
                given[to] = value
        for name, kind, table, most in (
            ("classes", QuotaClass, _CLASS, CLASSES_MAX),
            ("rounds", Round, _ROUND, ROUNDS_MAX),
        ):
            if name in row.cells:
                given[name] = self._several(row.cells[name], name, kind, table, most)
        if "average_at_s" in row.cells:
            given["average_at"] = self._averages(row.cells["average_at_s"])
        plates = fields.optional(row, "quota", whole(1, QUOTA_MAX), faults)
        if len(faults.found) > sound:
            return None
        if plates is not None and pack is not None and "classes" not in given:
            first, *others = pack[0].classes
            given["classes"] = (replace(first, quota=plates), *others)
        elif "classes" not in given:
            faults.add(FaultCode.MISSING_FIELD, Place(row.place.file, row.place.line, "rules.quota"), wanted="quota")
            return None
        made: QuotaSheet | None = self._made(
            row, QuotaSheet if pack is None else lambda **fields: replace(pack[0], **fields), given
        )
        return made

    def _several(
        self, cell: Cell, name: str, kind: type, table: Mapping[str, tuple[str, Read]], most: int
    ) -> tuple[Any, ...]:
        made: list[Any] = []
        for row in self._document.rows(cell.value, ("rules", name), most, self._faults) or ():
            fields.known(row, table, self._faults)
            given = {}
            for field, (to, how) in table.items():
                read = fields.required if field in _NEEDED else fields.optional
                value = read(row, field, how, self._faults)
                if value is not None:
                    given[to] = value
            if len(given) >= len(_NEEDED & table.keys()):
                made.append(self._made(row, kind, given))
        return tuple(made)

    def _averages(self, cell: Cell) -> tuple[Nanoseconds, ...]:
        items = self._document.items(cell, ("rules", "average_at_s"))
        if items is None or len(items) > BROADCASTS_MAX:
            self._faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, f"[3600, …], {BROADCASTS_MAX}")
            return ()
        found = [fields.whole(item, 1, SPAN_MAX // SECOND, self._faults) for item in items]
        return tuple(Nanoseconds(each * SECOND) for each in found if each is not None)

    def _made(self, row: Row, kind: Callable[..., Any], given: Mapping[str, Any]) -> Any:
        """``kind`` of what was given; None after noting that it cannot be."""
        try:
            return kind(**given)
        except InvalidRuleSheet as error:
            cell = row.cells.get(error.field.rpartition(".")[2])
            line = row.place.line if cell is None else cell.place.line
            self._faults.add(
                FaultCode.RULE_SHEET, Place(row.place.file, line, f"rules.{error.field}"), wanted=error.wanted
            )
        except TypeError:
            pass  # A needed field is missing, and was noted.
        return None
