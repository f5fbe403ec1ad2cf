"""What a trading centre reports of a period: the customer's three published lines, and what they prove."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.statistics import Period, Range, Undetermined, agrees, split
from engine.gateway.published import PLACE, published, read_period

DATA = orjson.loads(PLACE.read_bytes())
LINES: list[dict[str, Any]] = DATA["periods"]
YI = 10**10


def period(at: int, **changed: Any) -> Period:
    return read_period({**LINES[at], **changed}, DATA["rate_places"])


@pytest.mark.parametrize(
    ("at", "budget", "paid", "base", "got", "worked", "least", "most"),
    [
        (0, "53.834", "46.884", "11.702", "12.179", "59.064", "58.995", "59.133"),
        (1, "15.423", "12.673", "4.442", "4.523", "17.196", "17.156", "17.236"),
        (2, "1.844", "1.554", "3.069", "3.075", "4.629", "4.553", "4.708"),
    ],
)
def test_the_published_lines_come_apart_as_worked_out_by_hand(  # noqa: PLR0917 - a line has eight figures
    at: int, budget: str, paid: str, base: str, got: str, worked: str, least: str, most: str
) -> None:
    parts = split(period(at))
    found = (parts.budget, parts.paid, parts.base, parts.got, parts.paid + parts.got)
    assert [f"{float(each / YI):.3f}" for each in found] == [budget, paid, base, got, worked]
    assert [f"{float(each / YI):.3f}" for each in (parts.turnover.least, parts.turnover.most)] == [least, most]


@pytest.mark.parametrize("at", range(3))
def test_each_published_turnover_is_the_one_the_other_four_figures_lead_to(at: int) -> None:
    assert agrees(period(at))


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("factor", ["0.9", "1.1"])
def test_a_turnover_a_tenth_off_is_found_out(at: int, factor: str) -> None:
    [text] = [LINES[at]["turnover_yi"]]
    assert not agrees(period(at, turnover_yi=str(Decimal(text) * Decimal(factor))))


@pytest.mark.parametrize("at", range(2))
def test_a_saving_rate_taken_over_the_price_paid_does_not_agree(at: int) -> None:
    """S / P instead of S / B: the other reading of 节支率."""
    line = period(at)
    rate = line.saving_rate.middle
    over_paid = line.saved.middle / rate + split(line).got
    assert not Range(over_paid, over_paid).meets(line.turnover)


@pytest.mark.parametrize("at", range(2))
def test_a_gain_rate_taken_over_the_price_got_does_not_agree(at: int) -> None:
    """I / D instead of I / A: the other reading of 增值率."""
    line = period(at)
    got = line.gained.middle / line.gain_rate.middle
    assert not Range(got + split(line).paid, got + split(line).paid).meets(line.turnover)


def test_in_september_2016_two_thirds_came_from_sales_that_gained_next_to_nothing() -> None:
    line = period(2)
    assert round(split(line).sale_share * 100) == 66
    assert line.gain_rate.middle == Fraction(2, 1000)
    whole = published()["lines"][2]
    assert (whole["sale_share"], whole["gain_rate"], whole["saving_rate"]) == ("66%", "0.2%", "15.74%")
    assert not [name for name in whole if "blended" in name or name == "rate"]


def test_the_published_lines_are_told_with_their_source_in_fen() -> None:
    told = published()
    assert told["source"].keys() == {"zh", "en"}
    assert [line["turnover_fen"] for line in told["lines"]] == [5908 * 10**8, 1721 * 10**8, 470 * 10**8]
    assert all(line["agrees"] for line in told["lines"])
    for line in told["lines"]:
        assert line["worked_least_fen"] <= line["worked_fen"] <= line["worked_most_fen"]
        assert line["budget_fen"] - line["saved_fen"] == line["paid_fen"]


@pytest.mark.parametrize(
    ("text", "places", "least", "most"),
    [("12.91", None, "12.905", "12.915"), ("0.2", None, "0.15", "0.25"), ("0.2", 2, "0.195", "0.205"), ("7", None, "6.5", "7.5")],
)  # fmt: skip
def test_a_printed_figure_stands_for_all_that_rounds_to_it(
    text: str, places: int | None, least: str, most: str
) -> None:
    assert Range.printed(text, places=places) == Range(Fraction(least), Fraction(most))


def test_a_rate_that_may_be_nothing_determines_nothing() -> None:
    with pytest.raises(Undetermined):
        split(period(2, gain_rate_percent="0.00"))


@given(st.integers(10**6, 10**12), st.integers(1, 99), st.integers(10**6, 10**12), st.integers(1, 300))
def test_figures_rounded_from_a_true_period_always_agree(budget: int, saving: int, base: int, gain: int) -> None:
    saved, gained = Fraction(budget * saving, 100), Fraction(base * gain, 100)

    def printed(value: Fraction, unit: int) -> Range:
        text = f"{round(value / unit * 100)}e-2"
        return Range.printed(str(Decimal(text)), unit)

    assert agrees(
        Period(
            turnover=printed(budget - saved + base + gained, 10**6),
            saved=printed(saved, 10**6),
            gained=printed(gained, 10**6),
            saving_rate=Range.printed(f"0.{saving:02}"),
            gain_rate=Range.printed(str(Decimal(gain) / 100), places=2),
        )
    )
