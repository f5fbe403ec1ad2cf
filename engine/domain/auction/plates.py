"""
Number plates: what is one, and which prized patterns it shows (三连号, 四同号, 顺子号 …).

A plate is the province's character, the city's letter, and five characters more, or six for new energy: ``豫H8H888``.
Patterns are looked for in what follows the city's letter, and digits alone make them: a letter breaks a run.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"

_LETTER: Final = "[A-HJ-NP-Z]"  # I and O would be read as 1 and 0
_CHARACTER: Final = "[A-HJ-NP-Z0-9]"
_PLATE: Final = re.compile(
    f"[{PROVINCES}]{_LETTER}"
    f"(?:{_CHARACTER}{{5}}"  # every other car
    f"|[A-HJK]{_CHARACTER}[0-9]{{4}}"  # small, new energy
    "|[0-9]{5}[DF])"  # large, new energy
)


@dataclass(frozen=True, slots=True)
class ClassName:
    """What people call a class of plates."""

    zh: str
    en: str


CLASS_NAMES: Final[dict[str, ClassName]] = {
    "AAAAA": ClassName("五连号", "five in a row"),
    "AAAA": ClassName("四连号", "four in a row"),
    "SAME4": ClassName("四同号", "four the same"),
    "ABCDE": ClassName("五位顺子号", "straight of five, rising"),
    "EDCBA": ClassName("五位倒顺子号", "straight of five, falling"),
    "AAABB": ClassName("三带二（三连在前）", "three and two"),
    "AABBB": ClassName("三带二（两连在前）", "two and three"),
    "ABCD": ClassName("四位顺子号", "straight of four, rising"),
    "DCBA": ClassName("四位倒顺子号", "straight of four, falling"),
    "AAA": ClassName("三连号", "three in a row"),
    "EIGHTS": ClassName("三个以上8", "three or more eights"),
    "SIXES": ClassName("三个以上6", "three or more sixes"),
    "AABB": ClassName("双对号", "two pairs"),
    "ABAB": ClassName("重复号", "a pair twice over"),
    "ABBA": ClassName("对称号", "mirrored pairs"),
    "ABC": ClassName("三位顺子号", "straight of three, rising"),
    "CBA": ClassName("三位倒顺子号", "straight of three, falling"),
    "NO4": ClassName("不带4", "without a four"),
}
"""Every class by its code, the most prized first."""

PLATES_KNOWN: Final = 4096
"""Plates whose classes are remembered: every frame about a lot names them."""

_RUNS: Final = {3: "AAA", 4: "AAAA", 5: "AAAAA"}
_RISING: Final = {3: "ABC", 4: "ABCD", 5: "ABCDE"}
_FALLING: Final = {3: "CBA", 4: "DCBA", 5: "EDCBA"}

_PATTERNS: Final = {
    "AAABB": re.compile(r"([0-9])\1\1(?!\1)([0-9])\2"),
    "AABBB": re.compile(r"([0-9])\1(?!\1)([0-9])\2\2"),
    "AABB": re.compile(r"([0-9])\1(?!\1)([0-9])\2"),
    "ABAB": re.compile(r"([0-9])(?!\1)([0-9])\1\2"),
    "ABBA": re.compile(r"([0-9])(?!\1)([0-9])\2\1"),
}


def is_plate(text: str) -> bool:
    """Whether ``text`` is a plate as it is written: capitals, half-width digits, no dot and no space."""
    return _PLATE.fullmatch(text) is not None


@lru_cache(maxsize=PLATES_KNOWN)
def plate_classes(plate: str) -> tuple[str, ...]:
    """
    The classes ``plate`` belongs to, in the order of :data:`CLASS_NAMES`.

    Of several runs, rising straights or falling straights only the longest counts, and three and two is not two pairs
    as well. 四同号 is one digit four times with a letter or another digit between; unbroken, it is 四连号.

    Args:
        plate: A plate, as :func:`is_plate` takes it.

    Returns:
        Codes; empty if the plate has nothing to show, or is none.

    """
    if not is_plate(plate):
        return ()
    number = plate[2:]
    often = Counter(filter(str.isdigit, number))
    run = _longest(number, 0)
    found = {code for code, pattern in _PATTERNS.items() if pattern.search(number)}
    if found & {"AAABB", "AABBB"}:
        found.discard("AABB")
    found |= {lengths.get(_longest(number, by), "") for by, lengths in ((0, _RUNS), (1, _RISING), (-1, _FALLING))}
    if max(often.values(), default=0) >= 4 and run < 4:
        found.add("SAME4")
    if often["8"] >= 3:
        found.add("EIGHTS")
    if often["6"] >= 3:
        found.add("SIXES")
    if not often["4"]:
        found.add("NO4")
    return tuple(code for code in CLASS_NAMES if code in found)


def _longest(number: str, by: int) -> int:
    """How many characters the longest row of digits has in which each is ``by`` more than the one before."""
    best = length = 1
    for before, now in pairwise(number):
        follows = before.isdigit() and now.isdigit() and int(now) - int(before) == by
        length = length + 1 if follows else 1
        best = max(best, length)
    return best
