"""Plates, and the patterns people prize."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.auction.plates import CLASS_NAMES, PROVINCES, is_plate, plate_classes

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"


@pytest.mark.parametrize(
    "plate", ["豫H8H888", "豫H12345", "京A00001", "粤BD12345", "粤BDA1234", "沪A12345D", "新RABCDE"]
)
def test_a_plate_is_recognised(plate: str) -> None:
    assert is_plate(plate)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "豫H",
        "豫H8H88",  # too short
        "豫H8H8888",  # six characters, and no new-energy plate
        "豫H123456",
        "粤BL12345",  # L is no letter of new energy
        "粤B12345C",
        "豫HI2345",  # I and O are not used
        "豫HO2345",
        "豫I12345",
        "豫812345",
        "H8H888",
        "X豫H8H888",
        "豫h8h888",
        "豫H８８８８８",  # full width
        "豫H·8H888",
        "豫H 8H888",
        " 豫H8H888",
        "豫H8H888\n",
        "豫H888٨٨",  # digits, but not these
        "港A12345",
    ],
)
def test_what_is_no_plate_is_not_taken_for_one(text: str) -> None:
    assert not is_plate(text)
    assert plate_classes(text) == ()


def test_the_top_lot_is_four_the_same_and_three_in_a_row_and_eights() -> None:
    assert plate_classes("豫H8H888") == ("SAME4", "AAA", "EIGHTS", "NO4")


@pytest.mark.parametrize(
    ("plate", "classes"),
    [
        ("豫H88888", ("AAAAA", "EIGHTS", "NO4")),
        ("豫H18888", ("AAAA", "EIGHTS", "NO4")),
        ("豫HK7777", ("AAAA", "NO4")),
        ("豫H77177", ("SAME4", "NO4")),
        ("豫H5E555", ("SAME4", "AAA", "NO4")),
        ("豫H111V6", ("AAA", "NO4")),
        ("豫H66A6B", ("SIXES", "NO4")),
        ("豫H8A8B8", ("EIGHTS", "NO4")),
        ("豫H12345", ("ABCDE",)),
        ("豫H56789", ("ABCDE", "NO4")),
        ("豫H54321", ("EDCBA",)),
        ("豫HA1234", ("ABCD",)),
        ("豫H8765Y", ("DCBA", "NO4")),
        ("豫H567A1", ("ABC", "NO4")),
        ("豫H0A210", ("CBA", "NO4")),
        ("豫H12321", ("ABC", "CBA", "NO4")),
        ("豫H11122", ("AAABB", "AAA", "NO4")),
        ("豫H11222", ("AABBB", "AAA", "NO4")),
        ("豫HK1122", ("AABB", "NO4")),
        ("豫H5656B", ("ABAB", "NO4")),
        ("豫HM2332", ("ABBA", "NO4")),
        ("豫H11221", ("AABB", "ABBA", "NO4")),
        ("粤BD88888", ("AAAAA", "EIGHTS", "NO4")),
        ("豫H4K4Q4", ()),
        ("豫H1K935", ("NO4",)),
    ],
)
def test_a_plate_has_its_classes_most_prized_first(plate: str, classes: tuple[str, ...]) -> None:
    assert plate_classes(plate) == classes


@pytest.mark.parametrize("plate", ["豫H11A12", "豫H1A23B", "豫H88A9B", "豫H89012", "豫H901A2", "豫H135A7"])
def test_a_letter_breaks_a_row_and_nine_is_not_followed_by_nought(plate: str) -> None:
    assert not {"AAA", "ABCD", "ABCDE"} & set(plate_classes(plate))


def test_letters_alone_are_no_pattern() -> None:
    assert plate_classes("豫HAAABB") == ("NO4",)
    assert plate_classes("豫HABCDE") == ("NO4",)


def test_every_class_has_its_name_in_both_languages() -> None:
    for name in CLASS_NAMES.values():
        assert name.zh
        assert name.en.isascii()
    assert len({name.zh for name in CLASS_NAMES.values()}) == len(CLASS_NAMES)


# The same, done naively: every way to cut a piece out, looked at whole.


def naive_classes(plate: str) -> list[str]:
    number = plate[2:]
    pieces = [number[a:b] for a in range(len(number)) for b in range(a + 1, len(number) + 1)]
    pieces = [piece for piece in pieces if all(mark in DIGITS for mark in piece)]

    def longest(step: int) -> int:
        rows = [p for p in pieces if all(int(b) - int(a) == step for a, b in pairwise(p))]
        return max(map(len, rows), default=0)

    def shape(piece: str) -> str:
        return "".join("ABCDE"[list(dict.fromkeys(piece)).index(mark)] for mark in piece)

    shapes = {shape(piece) for piece in pieces}
    found = {"A" * longest(0), "ABCDE"[: longest(1)], "EDCBA"[5 - longest(-1) :]} - {"A", "E", "AA", "AB", "BA", ""}
    found |= shapes & {"AAABB", "AABBB", "ABAB", "ABBA"}
    if "AABB" in shapes and not shapes & {"AAABB", "AABBB"}:
        found.add("AABB")
    if longest(0) < 4 and any(number.count(digit) >= 4 for digit in DIGITS):
        found.add("SAME4")
    found |= {code for code, digit in (("EIGHTS", "8"), ("SIXES", "6")) if number.count(digit) > 2}
    if "4" not in number:
        found.add("NO4")
    return sorted(found, key=list(CLASS_NAMES).index)


characters = st.one_of(st.sampled_from(DIGITS), st.sampled_from("18"), st.sampled_from("678"), st.sampled_from(LETTERS))
ordinary = st.text(characters, min_size=5, max_size=5)
small_green = st.builds(
    "".join, st.tuples(st.sampled_from("ABCDEFGHJK"), characters, st.text(DIGITS, min_size=4, max_size=4))
)
large_green = st.builds("".join, st.tuples(st.text("5678", min_size=5, max_size=5), st.sampled_from("DF")))
plates = st.builds(
    "".join, st.tuples(st.sampled_from(PROVINCES), st.sampled_from(LETTERS), ordinary | small_green | large_green)
)


@given(plates)
def test_classes_are_those_a_naive_search_finds(plate: str) -> None:
    assert is_plate(plate)
    assert list(plate_classes(plate)) == naive_classes(plate)


@given(st.text(st.characters() | st.sampled_from(PROVINCES + LETTERS + DIGITS), max_size=8))
def test_any_text_is_a_plate_or_is_not(text: str) -> None:
    if not is_plate(text):
        assert plate_classes(text) == ()
    else:
        assert text[0] in PROVINCES
        assert all(mark in LETTERS + DIGITS for mark in text[1:])
