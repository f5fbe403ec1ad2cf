"""Amounts in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.capitals import capitals
from engine.domain.units import FEN_MAX, Fen

DIGITS = "零壹贰叁肆伍陆柒捌玖"

amounts = st.integers(0, FEN_MAX) | st.integers(0, 10**7) | st.sampled_from(range(13)).map(lambda power: 10**power)
sparse = st.lists(st.sampled_from("0000123456789"), min_size=1, max_size=13).map(lambda digits: int("".join(digits)))


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (5, "伍分"),
        (10, "壹角整"),
        (99, "玖角玖分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (1_000, "壹拾元整"),
        (1_005, "壹拾元零伍分"),
        (10_000, "壹佰元整"),
        (10_100, "壹佰零壹元整"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (168_032, "壹仟陆佰捌拾元叁角贰分"),
        (600_714, "陆仟零柒元壹角肆分"),
        (1_010_000, "壹万零壹佰元整"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_005_000, "壹拾万零伍拾元整"),
        (10_700_000, "壹拾万柒仟元整"),
        (10_700_053, "壹拾万柒仟元伍角叁分"),
        (15_000_000, "壹拾伍万元整"),
        (33_960_000, "叁拾叁万玖仟陆佰元整"),
        (95_100_000, "玖拾伍万壹仟元整"),
        (100_010_000, "壹佰万零壹佰元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_000_500_000, "壹亿零伍仟元整"),
        (10_001_000_000, "壹亿零壹万元整"),
        (12_000_000_000, "壹亿贰仟万元整"),
        (100_000_000_005, "壹拾亿元零伍分"),
        (100_100_100_101, "壹拾亿零壹佰万壹仟零壹元零壹分"),
        (FEN_MAX - 1, "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (FEN_MAX, "壹仟亿元整"),
    ],
)
def test_an_amount_is_written_as_banks_want_it(fen: int, text: str) -> None:
    assert capitals(Fen(fen)) == text


@pytest.mark.parametrize("fen", [-1, FEN_MAX + 1])
def test_an_amount_no_field_may_hold_is_not_written(fen: int) -> None:
    with pytest.raises(ValueError, match="amount from 0"):
        capitals(Fen(fen))


def spoken(text: str) -> int:
    """Reads capitals back."""
    yuan, _, rest = text.rpartition("元")
    total = group = digit = 0
    for mark in yuan:
        if mark in DIGITS:
            digit = DIGITS.index(mark)
        elif mark in "拾佰仟":
            group, digit = group + digit * {"拾": 10, "佰": 100, "仟": 1000}[mark], 0
        else:
            total, group, digit = total + (group + digit) * {"万": 10**4, "亿": 10**8}[mark], 0, 0
    jiao, fen = (DIGITS.index(rest[rest.index(unit) - 1]) if unit in rest else 0 for unit in "角分")
    return (total + group + digit) * 100 + jiao * 10 + fen


@given(amounts | sparse)
def test_what_is_written_can_be_read_back(fen: int) -> None:
    assert spoken(capitals(Fen(fen))) == fen


@given(amounts | sparse)
def test_noughts_stand_singly_and_never_before_a_unit(fen: int) -> None:
    text = capitals(Fen(fen)).removeprefix("零元")
    assert not text.startswith("零")
    for wrong in ("零零", "零拾", "零佰", "零仟", "零万", "零亿", "零元", "零角", "零分", "零整", "亿万"):
        assert wrong not in text
    assert text.endswith("分") != text.endswith("整") or fen == 0


@given(amounts | sparse, amounts | sparse)
def test_two_amounts_never_read_alike(one: int, other: int) -> None:
    assert (capitals(Fen(one)) == capitals(Fen(other))) == (one == other)
