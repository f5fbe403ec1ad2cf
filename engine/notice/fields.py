"""Single values: what was read becomes what the domain wants, or a fault and None."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from math import isfinite
from typing import Final, TypeVar

from engine.domain.auction.plates import is_plate
from engine.domain.plaintext import composed, odd
from engine.domain.units import FEN_MAX, FEN_PER_YUAN, Fen, Nanoseconds
from engine.notice.faults import FaultCode, Faults
from engine.notice.places import Cell, Place, Row

YUAN_MAX: Final = FEN_MAX // FEN_PER_YUAN
NAME_CHARACTERS_MAX: Final = 64

_WHOLE: Final = re.compile(r"[0-9]+")
_FRACTION: Final = re.compile(r"-?[0-9]+\.[0-9]*")
_NAME: Final = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{NAME_CHARACTERS_MAX - 2}}}[a-z0-9])?")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_DIGITS_MAX: Final = 20

T = TypeVar("T")


def known(row: Row, names: Iterable[str], faults: Faults) -> None:
    """Note every field of ``row`` that is not among ``names``."""
    names = tuple(names)
    for name, cell in row.cells.items():
        if name not in names:
            faults.add(FaultCode.UNKNOWN_FIELD, cell.place, name, nearest(name, names))


def nearest(name: str, names: Iterable[str]) -> str:
    """The one of ``names`` that was probably meant, or all of them."""
    names = tuple(names)
    return next(iter(get_close_matches(name, names, n=1)), ", ".join(names))


def required(row: Row, name: str, read: Callable[[Cell, Faults], T | None], faults: Faults) -> T | None:
    """What ``read`` makes of a field that must be there and must not be empty."""
    cell = row.cells.get(name)
    if cell is not None and cell.value != "":
        return read(cell, faults)
    at = Place(row.place.file, row.place.line, row.field(name)) if cell is None else cell.place
    faults.add(FaultCode.MISSING_FIELD, at, wanted=name)
    return None


def optional(row: Row, name: str, read: Callable[[Cell, Faults], T | None], faults: Faults) -> T | None:
    """What ``read`` makes of a field that may be missing, or empty in a table."""
    cell = row.cells.get(name)
    return None if cell is None or cell.value == "" else read(cell, faults)


def whole(cell: Cell, least: int, most: int, faults: Faults) -> int | None:
    """A whole number from ``least`` to ``most``, from a TOML integer or a CSV text."""
    wanted = f"{least}…{most}"
    number = _number(cell, wanted, faults)
    if number is None:
        return None
    if number < 0:
        faults.add(FaultCode.NEGATIVE, cell.place, cell.value, wanted)
    elif number < least:
        faults.add(FaultCode.TOO_SMALL, cell.place, cell.value, wanted)
    elif number > most:
        faults.add(FaultCode.TOO_LARGE, cell.place, cell.value, wanted)
    else:
        return number
    return None


def _number(cell: Cell, wanted: str, faults: Faults) -> int | None:
    value = cell.value
    if isinstance(value, bool):
        faults.add(FaultCode.BOOLEAN_NUMBER, cell.place, value, wanted)
    elif isinstance(value, int):
        return value
    elif isinstance(value, float):
        code = FaultCode.FRACTIONAL if isfinite(value) else FaultCode.NOT_A_NUMBER
        faults.add(code, cell.place, value, wanted)
    elif isinstance(value, str):
        return _number_in_text(cell, value, wanted, faults)
    else:
        faults.add(FaultCode.WRONG_TYPE, cell.place, value, wanted)
    return None


def _number_in_text(cell: Cell, text: str, wanted: str, faults: Faults) -> int | None:
    if _WHOLE.fullmatch(text.removeprefix("-")):
        # Anything longer is out of range whatever its digits are, and reading it could take a while.
        digits = text.removeprefix("-").lstrip("0")[:_DIGITS_MAX] or "0"
        return -int(digits) if text.startswith("-") else int(digits)
    half = unicodedata.normalize("NFKC", text)
    if half != text and _WHOLE.fullmatch(half):
        faults.add(FaultCode.FULL_WIDTH_DIGITS, cell.place, text, half)
    elif _FRACTION.fullmatch(text):
        faults.add(FaultCode.FRACTIONAL, cell.place, text, wanted)
    else:
        faults.add(FaultCode.NOT_A_NUMBER, cell.place, text, wanted)
    return None


def yuan(cell: Cell, faults: Faults) -> Fen | None:
    """A price in whole yuan, at least 1, as fen."""
    amount = whole(cell, 1, YUAN_MAX, faults)
    return None if amount is None else Fen(amount * FEN_PER_YUAN)


def yuan_or_nothing(cell: Cell, faults: Faults) -> Fen | None:
    """An amount in whole yuan that may be 0, as fen."""
    amount = whole(cell, 0, YUAN_MAX, faults)
    return None if amount is None else Fen(amount * FEN_PER_YUAN)


def words(cell: Cell, longest: int, faults: Faults) -> str | None:
    """A line of text for people, in Unicode's composed form (NFC)."""
    if not isinstance(cell.value, str):
        faults.add(FaultCode.WRONG_TYPE, cell.place, cell.value, '"…"')
        return None
    text = composed(cell.value).strip(" \u3000")
    found = odd(text)
    if found is not None:
        faults.add(FaultCode.BAD_TEXT, cell.place, f"U+{ord(found):04X}")
    elif not text:
        faults.add(FaultCode.EMPTY_TEXT, cell.place)
    elif len(text) > longest:
        faults.add(FaultCode.TEXT_TOO_LONG, cell.place, len(text), longest)
    else:
        return text
    return None


def name(cell: Cell, faults: Faults) -> str | None:
    """A name for programs: small letters, digits, hyphens between them."""
    if isinstance(cell.value, str) and _NAME.fullmatch(cell.value):
        return cell.value
    faults.add(FaultCode.BAD_NAME, cell.place, cell.value, NAME_CHARACTERS_MAX)
    return None


def plate(cell: Cell, faults: Faults) -> str | None:
    """A number plate."""
    if isinstance(cell.value, str) and is_plate(cell.value):
        return cell.value
    faults.add(FaultCode.NOT_A_PLATE, cell.place, cell.value, "豫H8H888")
    return None


def choice(cell: Cell, choices: Mapping[str, T], faults: Faults) -> T | None:
    """One of a few words."""
    if isinstance(cell.value, str) and cell.value in choices:
        return choices[cell.value]
    faults.add(FaultCode.UNKNOWN_VALUE, cell.place, cell.value, ", ".join(choices))
    return None


def truth(cell: Cell, faults: Faults) -> bool | None:
    """``true`` or ``false``."""
    if isinstance(cell.value, bool):
        return cell.value
    faults.add(FaultCode.UNKNOWN_VALUE, cell.place, cell.value, "true, false")
    return None


def instant(cell: Cell, faults: Faults) -> Nanoseconds | None:
    """A date and time with its offset from UTC."""
    value = cell.value
    if isinstance(value, datetime) and value.tzinfo is not None and _EPOCH <= value < _LAST:
        return Nanoseconds((value - _EPOCH) // timedelta(microseconds=1) * 1000)
    faults.add(FaultCode.BAD_TIME, cell.place, value, "2016-10-15T09:30:00+08:00")
    return None
