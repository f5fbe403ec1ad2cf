"""What people write for others to read: one line in which everything is seen, in the order in which it stands."""

import unicodedata
from collections.abc import Iterator
from typing import Final

MARKS_MAX: Final = 4
"""Marks on one letter. No script needs more; a pile of them covers the lines above and below."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Me"})
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u2800"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)
"""Unicode counts these as letters or marks, and nothing is seen of them."""


def odd(text: str) -> str | None:
    """The first character of ``text`` that is not seen, ends the line, turns text round, or is one mark too many on a letter."""
    return next((character for character, plain in _looked_at(text) if not plain), None)


def visible(text: str) -> str:
    """``text`` with each such character, and each wide blank, written out as ``U+202E``."""
    return "".join(
        character if plain and character.isprintable() else f"U+{ord(character):04X}"
        for character, plain in _looked_at(text)
    )


def _looked_at(text: str) -> Iterator[tuple[str, bool]]:
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        marks = marks + 1 if kind in _MARKS else 0
        yield character, not (kind in _UNSEEN or character in _BLANK or marks > MARKS_MAX)


def composed(text: str) -> str:
    """``text`` in Unicode's composed form (NFC), in which what looks the same is written the same."""
    return unicodedata.normalize("NFC", text)
