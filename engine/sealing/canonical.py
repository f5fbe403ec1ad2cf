"""One spelling for what is signed: JSON with sorted keys, no white space, UTF-8, whole numbers. Anything else is refused when read."""

import json
from typing import Any, Final

from engine.sealing.faults import SealCode, SealFault

WHOLE_MAX: Final = 2**53 - 1
"""The largest number that a browser holds exactly."""


def write(value: Any) -> bytes:
    """``value`` in its one spelling."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read(data: bytes, most: int, where: str) -> Any:
    """
    What :func:`write` wrote, of at most ``most`` bytes.

    Raises:
        SealFault: Too long, no JSON, numbers that are not whole, or another spelling.

    """
    if len(data) > most:
        raise SealFault(SealCode.TOO_LARGE, part=where, most=most)
    try:
        value = json.loads(data, parse_float=_refuse, parse_int=_whole, parse_constant=_refuse)
        same = write(value) == data
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise SealFault(SealCode.MANIFEST, where=where)
    return value


def fields(value: Any, names: set[str], where: str) -> dict[str, Any]:
    """``value``, which must be an object with exactly these fields."""
    if not isinstance(value, dict) or set(value) != names:
        raise SealFault(SealCode.MANIFEST, where=where)
    return value


def text(value: Any, where: str, most: int = 200) -> str:
    """``value``, which must be a string of at most ``most`` bytes."""
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise SealFault(SealCode.MANIFEST, where=where)
    return value


def whole(value: Any, where: str, least: int, most: int) -> int:
    """``value``, which must be a whole number from ``least`` to ``most``."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SealFault(SealCode.MANIFEST, where=where)
    return value


def octets(value: Any, where: str, least: int, most: int) -> bytes:
    """The bytes of ``value``, lower-case hexadecimal, from ``least`` to ``most`` of them."""
    try:
        data = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if not least <= len(data) <= most or data.hex() != value:
        raise SealFault(SealCode.MANIFEST, where=where)
    return data


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > WHOLE_MAX:
        raise ValueError(digits)
    return int(digits)


def _refuse(number: str) -> float:
    raise ValueError(number)
