"""
Where a value stands: file, line, field.

``tomllib`` tells values but not lines, so :class:`Lines` finds them by reading along.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, or should."""

    file: str
    """The file's name as the notice gives it."""

    line: int | None = None
    """From 1; None where it is about the file as a whole."""

    field: str | None = None
    """A TOML key, dotted, or a column as its header spells it."""

    def __str__(self) -> str:
        """``catalogue.csv:7: opening_yuan``."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return where if self.field is None else f"{where}: {self.field}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it was read, and where."""

    value: object
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """Values that belong together by field name: a TOML table, or a line of a CSV file."""

    place: Place
    cells: Mapping[str, Cell]

    def field(self, name: str) -> str:
        """The full name of a field that is not there."""
        return f"{self.place.field}.{name}" if self.place.field else name


Path = tuple[str | int, ...]
"""Keys and, for lists, positions from 0: ``("rules", "increments", 2, "step_yuan")``."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_TEXT: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:[^"\\]|\\.)*"' r"|'[^']*'",
    re.DOTALL,
)
_PLAIN: Final = re.compile(r"[^,\]}#\n]*")


def dotted(path: Path) -> str:
    """``path`` as people write it, positions from 1: ``rules.increments[3].step_yuan``."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


class Lines:
    """The line of every key and list item of a TOML text which ``tomllib`` has accepted."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._counted, self._newlines = 0, 0
        self._tables: dict[Path, int] = {}
        self._lines: dict[Path, int] = {(): 1}
        self._document()

    def of(self, path: Path) -> int:
        """The line on which ``path`` stands; for what is missing, the line of what should hold it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _document(self) -> None:
        table: Path = ()
        while self._skip():
            if self._text.startswith("[[", self._at):
                table = self._header(2)
            elif self._text.startswith("[", self._at):
                table = self._header(1)
            else:
                self._pair(table)

    def _header(self, brackets: int) -> Path:
        line = self._line()
        self._at += brackets
        names = self._key()
        path: Path = ()
        for name in names[:-1]:
            path = self._latest((*path, name))
        path = (*path, names[-1])
        if brackets == 2:
            self._lines.setdefault(path, line)
            self._tables[path] = self._tables.get(path, -1) + 1
            path = self._latest(path)
        self._lines[path] = line
        self._at += brackets
        return path

    def _latest(self, path: Path) -> Path:
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, table: Path) -> None:
        line = self._line()
        names = self._key()
        for length in range(1, len(names) + 1):
            self._lines.setdefault((*table, *names[:length]), line)
        self._at += 1  # the equals sign
        self._value((*table, *names))

    def _key(self) -> tuple[str, ...]:
        names: list[str] = []
        while True:
            self._skip()
            found = _BARE.match(self._text, self._at) or _TEXT.match(self._text, self._at)
            names.append(found[0].strip("\"'") if found else "")
            self._at = found.end() if found else len(self._text)
            self._skip()
            if not self._text.startswith(".", self._at):
                return tuple(names)
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip()
        match self._text[self._at : self._at + 1]:
            case "[":
                self._list(path)
            case "{":
                self._at += 1
                while self._more("}"):
                    self._pair(path)
            case _:
                found = _TEXT.match(self._text, self._at) or _PLAIN.match(self._text, self._at)
                self._at = found.end() if found else len(self._text)

    def _list(self, path: Path) -> None:
        self._at += 1
        count = 0
        while self._more("]"):
            self._lines[*path, count] = self._line()
            self._value((*path, count))
            count += 1

    def _more(self, end: str) -> bool:
        """Whether another item comes before ``end``; stands at the item, or behind ``end``."""
        while self._skip() and self._text[self._at] == ",":
            self._at += 1
        if self._at < len(self._text) and self._text[self._at] != end:
            return True
        self._at += 1
        return False

    def _skip(self) -> bool:
        """Stand at the next thing that is neither white space nor comment, and say whether there is one."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._at < len(self._text)

    def _line(self) -> int:
        self._newlines += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._newlines + 1
