"""Where frames end in the stream of one browser, found by walking from header to header. Nothing is read or judged here."""

from typing import Final

UNKNOWN: Final = -1
"""A header came in pieces: from there on it is not known."""

_LENGTH: Final = 0x7F
_TWO_BYTES: Final = 126
_HEAD: Final = 6
"""Two bytes and the mask, which browsers must send (RFC 6455, 5.2)."""


def to_come(left: int, data: bytes) -> int:
    """
    How many bytes the newest frame still lacks, once ``data`` came.

    Args:
        left: How many it lacked before; 0 between two frames.
        data: What came.

    Returns:
        0 between two frames; :data:`UNKNOWN` if it cannot be said.

    """
    at, size = left, len(data)
    while at < size:
        if size - at < 2:
            return UNKNOWN
        length, begin = data[at + 1] & _LENGTH, at + _HEAD
        if length >= _TWO_BYTES:
            wide = 2 if length == _TWO_BYTES else 8
            if size - at < 2 + wide:
                return UNKNOWN
            length, begin = int.from_bytes(data[at + 2 : at + 2 + wide]), begin + wide
        at = begin + length
    return at - size


def past_frames(data: bytes | bytearray, count: int) -> int:
    """
    Where in ``data`` the first ``count`` frames end.

    Args:
        data: Begins with a frame, and holds so many whole ones.
        count: How many.

    """
    at = 0
    for _ in range(count):
        length, begin = data[at + 1] & _LENGTH, at + _HEAD
        if length >= _TWO_BYTES:
            wide = 2 if length == _TWO_BYTES else 8
            length, begin = int.from_bytes(data[at + 2 : at + 2 + wide]), begin + wide
        at = begin + length
    return at
