"""What viewers and server say in the end is put together, and what is missing is seen."""

import pytest

from bench.peers.measure import Sample, by_plan, sample
from bench.peers.processes import Stuck
from bench.peers.task import MARK, Task


def test_a_sample_is_what_the_viewers_counted_over_what_the_server_took() -> None:
    found = sample("40 48000 3000000000", Task(10, 1200, 4, 0.5), 0.002, 1_000_000_000, 80)
    assert found == Sample(cpu_us=50.0, per_s=20.0, idle_kib=8.0, delivered=40, wanted=40, frame_bytes=1200)


def test_whoever_keeps_up_shows_the_rate_that_was_offered_and_no_more() -> None:
    found = sample("40 48000 1500000000", Task(10, 1200, 4, 0.5), 0.002, 1_000_000_000, 80)
    assert found.per_s == 20.0


def test_what_was_not_delivered_is_not_hidden() -> None:
    found = sample("39 1 2", Task(10, 1200, 4, 0.5), 0.002, 1, 0)
    assert (found.delivered, found.wanted) == (39, 40)


def test_nothing_delivered_is_no_sample() -> None:
    with pytest.raises(Stuck, match="nothing was delivered"):
        sample("0 0 0", Task(10, 1200, 4, 0.5), 0.002, 1, 0)


def test_events_come_in_order_and_as_many_as_planned() -> None:
    told: list[int] = []
    by_plan(Task(1, 100, 4, 0.0), told.append)
    assert told == [0, 1, 2, 3]


def test_a_task_is_told_by_its_arguments_and_its_text_makes_frames_of_its_size() -> None:
    task = Task(3, 200, 5, 0.25)
    assert Task.from_arguments(task.arguments()) == task
    assert task.messages == 15
    assert len(task.text) + 4 == 200
    assert task.text.count(MARK) == 1
