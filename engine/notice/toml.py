"""A TOML file whose every value knows its line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.notice.faults import FaultCode, Faults
from engine.notice.places import Cell, Lines, Place, Row, dotted
from engine.notice.places import Path as Keys
from engine.notice.text import Source


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML file, read."""

    name: str
    data: Mapping[str, Any]
    lines: Lines

    def section(self, name: str, faults: Faults) -> Row:
        """The table ``name``; without fields if there is none."""
        value = self.data.get(name, {})
        if isinstance(value, dict):
            return self.row(value, (name,))
        faults.add(FaultCode.WRONG_TYPE, self._place((name,)), value, f"[{name}]")
        return Row(self._place((name,)), {})

    def row(self, table: Mapping[str, Any], keys: Keys) -> Row:
        """The table that stands at ``keys``, field by field."""
        cells = {key: Cell(value, self._place((*keys, key))) for key, value in table.items()}
        return Row(self._place(keys), cells)

    def rows(self, value: object, keys: Keys, most: int, faults: Faults) -> list[Row] | None:
        """The array of tables that stands at ``keys``, or None after noting that it is none."""
        place, wanted = self._place(keys), f"[[{dotted(keys)}]]"
        if not isinstance(value, list):
            faults.add(FaultCode.WRONG_TYPE, place, value, wanted)
            return None
        if len(value) > most:
            faults.add(FaultCode.TOO_MANY, self._place((*keys, most)), wanted=most)
            return None
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                faults.add(FaultCode.WRONG_TYPE, self._place((*keys, index)), item, wanted)
        return [self.row(item, (*keys, index)) for index, item in enumerate(value) if isinstance(item, dict)]

    def items(self, cell: Cell, keys: Keys) -> list[Cell] | None:
        """The items of a list, or None if it is none."""
        if not isinstance(cell.value, list):
            return None
        return [Cell(item, self._place((*keys, index))) for index, item in enumerate(cell.value)]

    def _place(self, keys: Keys) -> Place:
        return Place(self.name, self.lines.of(keys), dotted(keys) or None)


def read_document(source: Source, name: str, faults: Faults) -> Document | None:
    """The TOML file ``name``, or None after noting why it cannot be read."""
    text = source.text(name, faults)
    if text is None:
        return None
    try:
        return Document(name, tomllib.loads(text), Lines(text.replace("\r\n", "\n")))
    except RecursionError:
        faults.add(FaultCode.TOML_SYNTAX, Place(name), "nested too deep")
    except ValueError as error:  # TOMLDecodeError is one; so is the refusal of a number of thousands of digits
        found = re.search(r" \(at line ([0-9]+), column ([0-9]+)\)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        faults.add(FaultCode.TOML_SYNTAX, Place(name, line), error)
    return None
