"""
Writes a sale's notice: the fields of a form become the TOML file, and the lists stand beside it as they were handed in.

What is written says what the form said, right or wrong: whether it makes a sale is for the reader to say, who knows the line.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

NOTICE: Final = "sale.toml"
LISTS: Final = {"catalogue": "catalogue.csv", "paddles": "paddles.csv"}
"""The field of ``[sale]`` that names a list, and the name its file is given, whatever it was called where it came from."""

DEPTH_MAX: Final = 6
"""A notice nests three deep."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_INSTANTS: Final = frozenset({("rules", "opens_at")})

_Keys = tuple[str, ...]


class TooDeep(ValueError):
    """The form nests deeper than any notice does."""


def write_notice(form: Mapping[str, Any], lists: Mapping[str, bytes]) -> dict[str, bytes]:
    """
    The files of a notice, by name, as they stand on disk.

    Args:
        form: As the TOML file is laid out: ``sale``, ``rules`` with ``increments``, ``timed``, ``visibility``, and ``officers``.
            None stands for a field left empty. An instant is text with its offset.
        lists: The CSV files handed in, under ``catalogue`` and ``paddles``.

    Raises:
        TooDeep: The form cannot be a notice.

    """
    sale = form.get("sale")
    if isinstance(sale, dict):
        named = {field: name if field in lists else None for field, name in LISTS.items()}
        form = {**form, "sale": {**sale, **named}}
    files = {LISTS[field]: data for field, data in lists.items()}
    return {NOTICE: write_toml(form).encode(), **files}


def write_toml(data: Mapping[str, Any]) -> str:
    """
    ``data`` as a TOML file.

    Raises:
        TooDeep: It nests too deep.

    """
    lines: list[str] = []
    _table(data, (), lines)
    return "\n".join(lines).lstrip("\n") + "\n"


def _table(table: Mapping[str, Any], keys: _Keys, lines: list[str]) -> None:
    if len(keys) > DEPTH_MAX:
        raise TooDeep
    for key, value in table.items():
        if value is not None and not _tables(value):
            lines.append(f"{_key(key)} = {_value(value, (*keys, key))}")
    for key, value in table.items():
        header = ".".join(map(_key, (*keys, key)))
        for each in _tables(value):
            lines += ["", f"[{header}]" if isinstance(value, dict) else f"[[{header}]]"]
            _table(each, (*keys, key), lines)


def _tables(value: Any) -> list[dict[str, Any]]:
    """The tables that ``value`` is, if it is one or a list of nothing else."""
    if isinstance(value, dict):
        return [value]
    alike = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return value if alike else []


def _value(value: Any, keys: _Keys) -> str:
    if len(keys) > DEPTH_MAX:
        raise TooDeep
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return value if keys in _INSTANTS and _is_instant(value) else _text(value)
    if isinstance(value, dict):
        inner = (f"{_key(key)} = {_value(each, (*keys, key))}" for key, each in value.items() if each is not None)
        return "{ " + ", ".join(inner) + " }"
    return "[" + ", ".join(_value(each, (*keys, "")) for each in value if each is not None) + "]"


def _is_instant(text: str) -> bool:
    if _INSTANT.fullmatch(text):
        with suppress(ValueError):
            datetime.fromisoformat(text)
            return True
    return False


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A basic string: what JSON writes is one, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
