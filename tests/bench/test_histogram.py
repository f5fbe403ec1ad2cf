"""A histogram tells of every value at most one part in a thousand too much, never too little, and merges without loss."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.histogram import VALUE_MAX, Histogram, row
from bench.latencies import Latencies

values = st.lists(st.integers(0, VALUE_MAX), min_size=1, max_size=200)


@given(values, st.floats(0, 100))
def test_a_percentile_is_at_most_a_thousandth_above_the_value_of_that_rank(found: list[int], share: float) -> None:
    exact = sorted(found)[max(1, ceil(round(len(found) * share / 100, 6))) - 1]
    told = Histogram.of(found).percentile(share)
    assert exact <= told <= exact + exact // 1024 + 1
    assert told <= max(found)


@given(values, values)
def test_merged_is_as_counted_together(one: list[int], other: list[int]) -> None:
    merged = Histogram.of(one)
    merged.merge(Histogram.of(other))
    assert merged == Histogram.of(one + other)


@given(values)
def test_what_json_keeps_is_all_of_it(found: list[int]) -> None:
    made = Histogram.of(found)
    assert Histogram.read(made.plain()) == made
    assert made.total == sum(found)
    assert (made.least, made.most, made.count) == (min(found), max(found), len(found))


@given(values)
def test_the_curve_rises_to_all_of_them(found: list[int]) -> None:
    curve = Histogram.of(found).curve()
    assert curve == sorted(curve)
    assert curve[-1] == (100.0, max(found))


def test_what_is_out_of_range_is_counted_at_its_end() -> None:
    made = Histogram.of([-5, VALUE_MAX * 2])
    assert (made.least, made.most, made.count) == (0, VALUE_MAX, 2)


def test_nothing_counted_has_no_percentile_and_says_so() -> None:
    empty = Histogram()
    assert row(empty)["p99"] is None
    assert empty.mean == 0.0
    with pytest.raises(ValueError, match="no percentile of nothing"):
        empty.percentile(50)
    merged = Histogram.of([7])
    merged.merge(empty)
    assert merged == Histogram.of([7])


def test_percentiles_of_single_values_are_values_that_were_measured() -> None:
    told = Latencies.of(value / 1000 for value in range(1, 1001))
    assert (told.count, told.p50, told.p90, told.p99, told.p99_9, told.max) == (1000, 500, 900, 990, 999, 1000)
    assert Latencies.of([0.004]).p50 == 4
