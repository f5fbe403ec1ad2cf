"""The nightly checks of clocks, in small; each can fail, and what is a jump is said on every screen."""

import pytest

from engine.domain.refusals import Reason
from engine.domain.units import Nanoseconds
from engine.room.clock import HouseClock
from tests.articles import article
from tests.clocks import deadline, faults, windows
from tests.clocks.machine import FAULTS, Fault
from tests.room.scene import NOON, SECOND


def nobody_listens(_words: str) -> None: ...


@article("16")
def test_a_bid_counts_if_and_only_if_it_came_by_the_end_and_was_taken_up_before_the_announcement() -> None:
    figures = deadline.matrix(2_000, nobody_listens)
    assert figures["cases"] > 2_000
    assert figures["accepted"] > figures["cases"] / 4
    assert figures["wrong"] == 0


def test_the_matrix_has_every_offset_with_every_delay() -> None:
    cases = {case for sale in deadline.in_full() for case in sale}
    assert len(cases) == deadline.CASES == 100_050


@pytest.mark.parametrize(
    ("case", "as_if"),
    [((0, 0), (1, 0)), ((1, 0), (0, 0)), ((0, 300), (0, 301)), ((-1, 301), (-1, 302))],
)
def test_a_bid_that_was_decided_wrongly_would_be_found(case: deadline.Case, as_if: deadline.Case) -> None:
    records = deadline.hold([case])
    assert deadline.wrong([case], records) == []
    assert bool(deadline.wrong([as_if], records)) == (deadline.expected(*case) != deadline.expected(*as_if))


def test_who_is_late_and_who_was_late_on_the_way_are_told_apart() -> None:
    found = deadline.decided(deadline.hold([(1, 0), (0, 301), (0, 300), (1000, 500)]))
    assert found == {"b1": Reason.AUCTION_CLOSED, "b2": Reason.LATE_TRANSIT, "b3": None, "b4": Reason.AUCTION_CLOSED}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_happens_to_the_machines_clock_nothing_is_decided_wrongly_and_a_jump_suspends(name: str) -> None:
    for seed in range(4):
        _, bad = faults.trial(FAULTS[name], seed)
        assert bad == [], f"seed {seed}"


@pytest.mark.parametrize("name", ["set 1 min back", "frozen for ever", "asleep for 10 min"])
def test_a_jump_that_was_not_noticed_would_be_found(name: str) -> None:
    unheeded = Fault(FAULTS[name].error, noticed=False)
    _, bad = faults.trial(unheeded, 0)
    assert "suspended: True" in bad


@pytest.mark.parametrize("name", FAULTS)
def test_a_second_of_house_time_is_a_second_whatever_the_machine_does(name: str) -> None:
    times = iter(range(0, 20 * SECOND, SECOND // 10))
    at = next(times)
    fault = FAULTS[name].later(1)
    clock = HouseClock(Nanoseconds(0), lambda: fault.wall_ns(at), lambda: at)
    before = clock.now()
    for at in times:  # noqa: B007 - both clocks read it
        assert clock.now() - before == SECOND // 10
        before = clock.now()


@pytest.mark.parametrize("back_s", [1, 60, 3600])
def test_after_a_restart_on_a_clock_that_went_back_house_time_goes_on_from_the_record(back_s: int) -> None:
    last_on_record = Nanoseconds(NOON)
    clock = HouseClock(last_on_record, lambda: NOON - back_s * SECOND, lambda: 5)
    assert clock.now() == NOON + 1


@article("13")
def test_bidding_goes_on_with_a_whole_window_after_any_interruption_in_the_last_seconds() -> None:
    figures = windows.many(range(200), nobody_listens)
    assert figures["wrong"] == 0
    assert all(figures[f"by_{way}"] > 20 for way in windows.WAYS)
    assert figures["resumed_lots"] > 200
