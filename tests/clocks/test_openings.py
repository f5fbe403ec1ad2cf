"""The nightly openings on machines whose clocks go wrong, in small; and what the judge looks for it can find."""

import pytest
import trio
import trio.testing

from tests.articles import article
from tests.clocks import openings
from tests.clocks.judge import Judge
from tests.clocks.machine import FAULTS
from tests.room.scene import NOON, SECOND


@article("33")
def test_whatever_happens_to_the_clock_nothing_is_opened_early_and_nothing_that_came_in_time_is_refused() -> None:
    figures = openings.all_faults(len(FAULTS), lambda _words: None)
    assert figures["wrong"] == 0
    assert figures["openings"] == len(FAULTS)
    assert figures["late"] > 0
    assert figures["late_on_the_way"] > 0
    assert figures["too_early"] > 0
    assert figures["suspended"] > 0


@pytest.mark.parametrize(
    ("deadline_s", "window_s", "grace_s", "words"),
    [
        (openings.BEFORE_S + 2, openings.WINDOW_S, 0.3, "closed before the deadline"),
        (openings.BEFORE_S - 2, openings.WINDOW_S, 0.3, "SubmitEnvelope: None, not E_SUBMISSION_CLOSED"),
        (openings.BEFORE_S, openings.WINDOW_S + 1, 0.3, "less than a window"),
        (openings.BEFORE_S, openings.WINDOW_S, 2, "the window was closed early"),
    ],
)
def test_another_end_than_the_house_kept_would_be_found(
    deadline_s: int, window_s: int, grace_s: float, words: str
) -> None:
    clock = trio.testing.MockClock()
    records, _ = trio.run(openings.held, FAULTS["none"], 3, clock, clock=clock)
    judge = Judge(NOON + deadline_s * SECOND, window_s * SECOND, round(grace_s * SECOND))
    for record in records:
        judge.look(record)
    assert any(words in each for each in judge.found), judge.found
