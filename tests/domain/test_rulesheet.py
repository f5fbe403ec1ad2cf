"""The conditions of a sale as data."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.rulesheet import (
    ARTICLES,
    CALLS_MAX,
    REOFFERS_MAX,
    SPAN_MAX,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    InvalidRuleSheet,
    Lifted,
    Mode,
    PaddleDisplay,
    ResumeFor,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
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


# Timed sales, extensions, visibility.

S = 1_000_000_000
TIMED = TimedRules(free=Nanoseconds(20 * S), window=Nanoseconds(10 * S), extension=Extension(kind=ExtensionKind.NONE))
PRICE_WINDOW = Extension(kind=ExtensionKind.PRICE_WINDOW, within=Nanoseconds(10 * S), reach=Fen(1_000_00))


@article("2", "18")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": ExtensionKind.RESET, "within": S}, "timed.extension.by_s"),
        ({"kind": ExtensionKind.TOP_UP}, "timed.extension.by_s"),
        ({"kind": ExtensionKind.SHRINKING, "least": S}, "timed.extension.by_s"),
        ({"kind": ExtensionKind.RESET, "by": S}, "timed.extension.within_s"),
        ({"kind": ExtensionKind.ADD, "by": S}, "timed.extension.within_s"),
        ({"kind": ExtensionKind.PRICE_WINDOW, "reach": 1}, "timed.extension.within_s"),
        ({"kind": ExtensionKind.SHRINKING, "by": S}, "timed.extension.least_s"),
        ({"kind": ExtensionKind.SHRINKING, "by": S, "least": S + 1}, "timed.extension.least_s"),
        ({"kind": ExtensionKind.PRICE_WINDOW, "within": S}, "timed.extension.reach_yuan"),
        ({"kind": ExtensionKind.PRICE_WINDOW, "within": S, "reach": 0}, "timed.extension.reach_yuan"),
        ({"kind": ExtensionKind.PRICE_WINDOW, "within": S, "reach": FEN_MAX + 1}, "timed.extension.reach_yuan"),
        ({"kind": ExtensionKind.ADD, "within": S, "by": S, "reach": 1}, "timed.extension.reach_yuan"),
        ({"kind": ExtensionKind.TOP_UP, "by": S, "count_max": 0}, "timed.extension"),
        ({"kind": ExtensionKind.TOP_UP, "by": S, "top_k": 0}, "timed.extension"),
        ({"kind": ExtensionKind.TOP_UP, "by": -S}, "timed.extension"),
        ({"kind": ExtensionKind.TOP_UP, "by": SPAN_MAX + 1}, "timed.extension"),
        ({"kind": ExtensionKind.TOP_UP, "by": S, "cap": -1}, "timed.extension"),
        ({"kind": ExtensionKind.NONE, "cap": S}, "timed.extension"),
        ({"kind": ExtensionKind.NONE, "count_max": 1}, "timed.extension"),
        ({"kind": ExtensionKind.PRICE_WINDOW, "within": S, "reach": 1, "top_k": 1}, "timed.extension"),
    ],
)
def test_an_extension_that_could_not_do_what_its_kind_says_is_not_made(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRuleSheet) as raised:
        Extension(**given)
    assert raised.value.field == field
    assert raised.value.wanted


@article("2", "16")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"free": -1}, "timed.free_s"),
        ({"free": SPAN_MAX + 1}, "timed.free_s"),
        ({"window": 0}, "timed.window_s"),
        ({"window": SPAN_MAX + 1}, "timed.window_s"),
        ({"grace": 0}, "timed.grace_ms"),
        ({"grace": 60 * S + 1}, "timed.grace_ms"),
        ({"pause": S - 1}, "timed.pause_s"),
        ({"pause": SPAN_MAX + 1}, "timed.pause_s"),
        (
            {"extension": Extension(kind=ExtensionKind.SHRINKING, by=Nanoseconds(S), least=Nanoseconds(S))},
            "timed.advance",
        ),
    ],
)
def test_times_by_which_no_lot_could_be_sold_are_not_made(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRuleSheet) as raised:
        replace(TIMED, **changed)
    assert raised.value.field == field


@article("2", "16")
@pytest.mark.parametrize(
    "changed",
    [{"free": 0}, {"free": SPAN_MAX}, {"window": 1}, {"grace": 1}, {"grace": 60 * S}, {"pause": S}],
)
def test_times_at_their_limits_are_made(changed: dict[str, Any]) -> None:
    assert replace(SHEET, mode=Mode.TIMED, timed=replace(TIMED, **changed)).timed is not None


@article("2", "20")
@pytest.mark.parametrize(
    ("public", "bidders", "field"),
    [
        (Sees.OWN, Sees.ALL, "visibility.amounts_public"),
        (Sees.RANK, Sees.ALL, "visibility.amounts_public"),
        (Sees.ALL, Sees.LEADING, "visibility.amounts_public"),
        (Sees.LEADING, Sees.RANK, "visibility.amounts_public"),
        (Sees.ALL, Sees.NONE, "visibility.amounts_public"),
    ],
)
def test_the_public_never_sees_more_than_the_bidders(public: Sees, bidders: Sees, field: str) -> None:
    with pytest.raises(InvalidRuleSheet) as raised:
        Visibility(amounts_public=public, amounts_bidders=bidders)
    assert raised.value.field == field


@article("2", "18", "20")
@pytest.mark.parametrize("sees", [Sees.OWN, Sees.RANK, Sees.NONE])
def test_a_price_window_needs_prices_that_are_seen(sees: Sees) -> None:
    sight = Visibility(amounts_public=Sees.NONE, amounts_bidders=sees)
    timed = replace(TIMED, extension=PRICE_WINDOW)
    with pytest.raises(InvalidRuleSheet) as raised:
        replace(SHEET, mode=Mode.TIMED, timed=timed, visibility=sight)
    assert raised.value.field == "visibility.amounts_bidders"
    assert replace(SHEET, mode=Mode.TIMED, timed=timed).timed == timed


@article("2")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mode": Mode.TIMED}, "timed"),
        ({"timed": TIMED}, "timed"),
        ({"dwell": -1}, "dwell_s"),
        ({"dwell": 600 * S + 1}, "dwell_s"),
        ({"delivery_percent": -1}, "delivery_percent"),
        ({"delivery_percent": 101}, "delivery_percent"),
        ({"mass_loss_percent": 101}, "mass_loss_percent"),
        ({"reoffer_lower_percent": 101}, "reoffer_lower_percent"),
        ({"reoffers_max": -1}, "reoffers_max"),
        ({"reoffers_max": REOFFERS_MAX + 1}, "reoffers_max"),
    ],
)
def test_each_new_condition_has_its_limits(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRuleSheet) as raised:
        replace(SHEET, **changed)
    assert raised.value.field == field


@article("2")
@pytest.mark.parametrize(
    "changed",
    [
        {"mode": Mode.TIMED, "timed": TIMED},
        {"dwell": Nanoseconds(S)},
        {"delivery_percent": 80},
        {"visibility": Visibility(lifted=Lifted.NEVER)},
        {"sign_off": True},
        {"proxies": True},
        {"reserve_shown": False},
        {"reoffers_max": 1},
        {"reoffer_lower_percent": 20},
        {"resume_for": ResumeFor.WHO_HAD_BID},
        {"mass_loss_percent": 30},
    ],
)
def test_every_condition_is_in_the_digest(changed: dict[str, Any]) -> None:
    assert replace(SHEET, **changed).digest() != SHEET.digest()
