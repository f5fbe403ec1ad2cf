"""The plan: every instant is there before the first, the same for the same seed, and as many as the rates ask for."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.program import OneLot
from bench.scenario import Rush, Scenario, Stage, Storm
from bench.scenario_file import read_scenario
from bench.schedule import SECOND_NS, due_times, looked_at, pieces, plan_cuts, slow, turns

SMALL = read_scenario(Path(__file__).resolve().parents[2] / "bench" / "scenarios" / "small.toml")
rates = st.floats(0.1, 100)
stages = st.lists(
    st.builds(lambda for_s, rate, rate_to: Stage(for_s=for_s, rate=rate, rate_to=rate_to), st.floats(0.1, 20), rates, rates),
    min_size=1,
    max_size=4,
)  # fmt: skip


def stage(for_s: float, rate: float, rate_to: float | None = None) -> Stage:
    return Stage(for_s=for_s, rate=rate, rate_to=rate if rate_to is None else rate_to)


def tried(**change: object) -> Scenario:
    return replace(SMALL, **change)  # type: ignore[arg-type]


def test_steady_bids_come_at_even_intervals() -> None:
    assert list(due_times([stage(1, 4)], steady=True, seed=1)) == [0, 250_000_000, 500_000_000, 750_000_000]


def test_a_ramp_asks_for_half_of_what_its_end_would() -> None:
    due = list(due_times([stage(10, 0.01, 20)], steady=True, seed=1))
    assert len(due) == 101
    assert sum(at < 5 * SECOND_NS for at in due) == pytest.approx(25, abs=1)


@given(stages)
def test_steady_bids_are_as_many_as_the_rates_ask_for_and_in_order(found: list[Stage]) -> None:
    due = list(due_times(found, steady=True, seed=1))
    assert abs(len(due) - sum(each.bids for each in found)) <= 1
    assert due == sorted(due)
    assert 0 <= due[0] <= due[-1] <= sum(each.for_s for each in found) * SECOND_NS + 1


@given(stages, st.integers(0, 99))
def test_random_bids_are_the_same_for_the_same_seed(found: list[Stage], seed: int) -> None:
    due = list(due_times(found, steady=False, seed=seed))
    assert due == list(due_times(found, steady=False, seed=seed)) == sorted(due)


def test_random_bids_are_as_many_as_the_rates_ask_for_in_the_long_run() -> None:
    assert len(list(due_times([stage(100, 100)], steady=False, seed=5))) == pytest.approx(10_000, rel=0.05)


def test_a_rush_multiplies_the_rate_of_the_last_moments_and_nothing_before() -> None:
    scenario = tried(stages=(stage(10, 10), stage(10, 20)), rush=Rush(last_s=5, times=10))
    assert pieces(scenario) == (stage(10, 10), stage(5, 20), stage(5, 200))
    due = list(due_times(pieces(scenario), steady=True, seed=1))
    assert sum(at >= 15 * SECOND_NS for at in due) == 1000
    assert sum(at < 15 * SECOND_NS for at in due) == 200


def test_a_rush_that_begins_within_a_ramp_cuts_it_where_it_stands() -> None:
    first, last = pieces(tried(stages=(stage(10, 10, 20),), rush=Rush(last_s=5, times=2)))
    assert (first.rate_to, last.rate, last.rate_to) == (15, 30, 40)


def test_nobody_has_to_outbid_himself_and_each_bid_offers_a_step_more() -> None:
    bids = OneLot.of(tried(bidders=5)).bids
    assert all(one.paddle != other.paddle for one, other in pairwise(bids))
    assert {bid.paddle for bid in bids} == {1, 2, 3, 4, 5}
    assert {other.amount_fen - one.amount_fen for one, other in pairwise(bids)} == {100}
    assert sorted(turns(5, seed=3)) == [0, 1, 2, 3, 4]


def test_links_are_lost_by_plan_and_none_twice_at_once() -> None:
    storms = (Storm(at_s=2, share_percent=50, back_after_s=1), Storm(at_s=2.5, share_percent=100, back_after_s=1))
    scenario = tried(displays=90, bidders=10, storms=storms, lost_per_s=2.0, back_after_s=0.5)
    cuts = plan_cuts(scenario, 10.0)
    assert cuts == plan_cuts(scenario, 10.0)
    away: dict[int, int] = {}
    for cut in cuts:
        assert cut.due_ns >= away.get(cut.who, 0)
        assert cut.back_ns > cut.due_ns
        away[cut.who] = cut.back_ns
    assert set(away) == set(range(100))


@pytest.mark.parametrize(
    ("displays", "sampled", "slow_percent", "wanted"),
    [
        (100, 3, 0, {0, 49, 99}),
        (100, 3, 10, {0, 44, 89}),
        (5, 9, 0, {0, 1, 2, 3, 4}),
        (0, 7, 0, set()),
        (10, 7, 100, set()),
    ],
)
def test_the_first_and_the_last_to_enter_are_looked_at_and_no_slow_one(
    displays: int, sampled: int, slow_percent: float, wanted: set[int]
) -> None:
    scenario = tried(displays=displays, sampled=sampled, slow_percent=slow_percent)
    assert looked_at(scenario) == wanted
    assert all(who < displays - slow(scenario) for who in wanted)
