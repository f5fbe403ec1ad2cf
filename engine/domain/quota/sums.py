"""
Digests of what is in no order and changes all the time: equal contents have equal digests, and each change costs one hash.

A digest of a sale goes into its journal again and again; it must not mean going through two hundred thousand offers.
"""

import hashlib
from typing import Final

_BYTES: Final = 32
_WHOLE: Final = 2 ** (8 * _BYTES)


class Fingerprints:
    """The sum of SHA-256 over every line that is in it."""

    def __init__(self, total: int = 0) -> None:
        self._total = total

    def add(self, line: str) -> None:
        """Put ``line`` in."""
        self._total += _print(line)

    def remove(self, line: str) -> None:
        """Take ``line``, which is in, out again."""
        self._total -= _print(line)

    def digest(self) -> str:
        """64 hexadecimal digits."""
        return (self._total % _WHOLE).to_bytes(_BYTES).hex()

    def fork(self) -> "Fingerprints":
        """The same, to go on by itself."""
        return Fingerprints(self._total)


def _print(line: str) -> int:
    return int.from_bytes(hashlib.sha256(line.encode()).digest())
