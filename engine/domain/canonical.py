"""One spelling for everything that is hashed: sorted keys, no white space, UTF-8, whole numbers."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, get_args, get_type_hints


def plain(value: Any) -> Any:
    """``value`` as numbers, strings, lists and dicts; a dataclass becomes a dict of its fields."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def shape(kind: Any) -> Any:
    """The names of all fields a dataclass or named tuple holds, and those its fields hold, as plain data."""
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        return {name: shape(hint) for name, hint in get_type_hints(kind).items()}
    inner = [found for found in map(shape, get_args(kind)) if found]
    return inner or None


def digest(value: Any) -> str:
    """SHA-256, as 64 hexadecimal digits, of the canonical JSON of ``value``."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
