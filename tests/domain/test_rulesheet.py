"""The conditions of a sale as data."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.rulesheet import (
    ARTICLES,
    CALLS_MAX,
    DepositRule,
    IncrementBand,
    InvalidRuleSheet,
    PaddleDisplay,
    RuleSheet,
)
from engine.domain.units import FEN_MAX, Fen, Nanoseconds
from engine.notice import DEMO, read_notice
from tests.articles import article


def bands(*pairs: tuple[int, int]) -> tuple[IncrementBand, ...]:
    return tuple(IncrementBand(from_price=Fen(begin), step=Fen(step)) for begin, step in pairs)


SHEET = RuleSheet(increments=bands((0, 50_000), (2_000_000, 100_000), (5_000_000, 200_000)))


@article("2")
def test_a_sheet_says_what_is_usual_where_nothing_else_is_said() -> None:
    assert (SHEET.calls, SHEET.deposit, SHEET.paddles) == (3, DepositRule.ONE_LOT, PaddleDisplay.SHOWN)
    assert SHEET.opens_at is None
    assert SHEET.articles == ARTICLES


@article("7")
@pytest.mark.parametrize(
    ("price", "step"),
    [
        (0, 50_000),
        (1_999_999, 50_000),
        (2_000_000, 100_000),
        (2_000_001, 100_000),
        (4_999_999, 100_000),
        (5_000_000, 200_000),
        (FEN_MAX, 200_000),
    ],
)
def test_the_step_changes_at_the_first_fen_of_a_band(price: int, step: int) -> None:
    assert SHEET.step(Fen(price)) == step
    assert SHEET.next_bid(Fen(price)) == price + step


@article("2")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"increments": ()}, "increments"),
        ({"increments": bands((1, 100))}, "increments"),
        ({"increments": bands((0, 100), (500, 100), (500, 200))}, "increments"),
        ({"increments": bands((0, 100), (500, 100), (400, 200))}, "increments"),
        ({"increments": bands((0, 100), (0, 100))}, "increments"),
        ({"increments": bands((0, 0))}, "increments"),
        ({"increments": bands((0, -100))}, "increments"),
        ({"increments": bands((0, FEN_MAX + 1))}, "increments"),
        ({"calls": 0}, "calls"),
        ({"calls": CALLS_MAX + 1}, "calls"),
    ],
)
def test_a_sheet_by_which_no_sale_could_be_held_is_not_made(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRuleSheet) as raised:
        replace(SHEET, **changed)
    assert raised.value.field == field
    assert raised.value.wanted


@article("2")
def test_the_digest_is_the_same_for_the_same_rules_and_another_for_others() -> None:
    same = RuleSheet(increments=bands((0, 50_000), (2_000_000, 100_000), (5_000_000, 200_000)))
    assert same.digest() == SHEET.digest()
    others = [
        replace(SHEET, calls=2),
        replace(SHEET, deposit=DepositRule.WHOLE_SALE),
        replace(SHEET, paddles=PaddleDisplay.MASKED),
        replace(SHEET, opens_at=Nanoseconds(0)),
        replace(SHEET, articles="luochui-auction-3"),
        replace(SHEET, increments=SHEET.increments[:2]),
    ]
    assert len({sheet.digest() for sheet in (SHEET, *others)}) == len(others) + 1


@article("2")
def test_the_digest_of_the_demo_rules_is_the_one_printed_for_them() -> None:
    """Were this to change, every receipt given under the old spelling could no longer be checked."""
    digest = read_notice(DEMO / "sale.toml").announce.rules.digest()
    assert digest == "0b502890230c5f63a4c1baf917d057158e69b2b18e6cb77cf88628217017b368"


@given(st.dictionaries(st.integers(1, FEN_MAX), st.integers(1, FEN_MAX), max_size=6), st.integers(1, FEN_MAX))
def test_the_step_of_any_price_is_that_of_the_highest_band_not_above_it(steps: dict[int, int], price: int) -> None:
    steps[0] = 1
    sheet = RuleSheet(increments=bands(*sorted(steps.items())))
    assert sheet.step(Fen(price)) == steps[max(begin for begin in steps if begin <= price)]
    assert sheet.next_bid(Fen(price)) > price
