"""Everybody by turns: medians count, what was not delivered is seen, and who cannot be started is named with the reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from bench.faults import BenchCode, BenchFault
from bench.peers.measure import Door, Sample, Server
from bench.peers.peers import Row, Scale, beside, chosen, everybody, plain
from bench.peers.processes import Stuck
from bench.peers.programs import FLOOR
from bench.peers.task import Task


def sample(cost: float, delivered: int = 100, per_s: float = 50.0) -> Sample:
    return Sample(cost, per_s, 8.0, delivered, 100, 1200)


NOBODY = Server([], Door(1), lambda: None, lambda _: None)


@dataclass
class Absent:
    name: str = "absent"
    settings: str = "none"
    reason: str | None = "it is not installed: install it"

    def missing(self) -> str | None:
        return self.reason

    def version(self) -> str:
        return f"{self.name} 1.2"

    @contextmanager
    def started(self, _task: Task) -> Iterator[Server]:
        if self.name:
            raise Stuck("it fell over")
        yield NOBODY


def test_the_middle_of_three_rounds_counts_and_ratios_are_to_the_floor() -> None:
    floor = Row(FLOOR.name, "", {100: [sample(2.0)], 1000: [sample(4.0)]})
    other = Row("other", "as it comes", {100: [sample(9.0), sample(3.0), sample(5.0)]})
    bare, told = plain([floor, other])
    assert bare["over_c"] == {"100": 1.0, "1000": 1.0}
    assert told["us_per_message"] == {"100": 5.0}
    assert told["over_c"] == {"100": 2.5}
    assert told["delivered_per_s"] == {"100": 50}
    assert told["idle_kib"] == {"100": 8.0}
    assert told["delivered"] == told["wanted"] == {"100": 300}


def test_what_it_costs_us_is_put_beside_what_it_costs_each() -> None:
    other, us = Row("other", "", {100: [sample(8.0)]}), Row("luochui", "", {100: [sample(4.0)], 1000: [sample(5.0)]})
    told = plain([other, us])
    assert [each["ours_over"] for each in told] == [{"100": 0.5}, {"100": 1.0, "1000": 1.0}]


def test_without_a_floor_there_are_no_ratios() -> None:
    (told,) = plain([Row("other", "", {100: [sample(9.0)]})])
    assert told["over_c"] == told["ours_over"] == {}


def test_one_message_that_did_not_come_makes_a_row_less_than_whole() -> None:
    assert Row("good", "", {100: [sample(1.0)]}).whole
    assert not Row("lossy", "", {100: [sample(1.0), sample(1.0, 99)]}).whole
    assert Row("nowhere", "").whole


def test_one_who_cannot_be_started_is_named_and_one_who_falls_over_says_where() -> None:
    rows = beside([5], [Absent(), Absent("clumsy", reason=None)], Scale(rounds=1))
    assert [row.skipped for row in rows] == ["it is not installed: install it", "N = 5: it fell over"]
    assert [row.samples for row in rows] == [{}, {}]
    assert [row.version for row in rows] == [None, "clumsy 1.2"]


def test_turns_are_announced() -> None:
    said: list[str] = []
    beside([5, 1000], [Absent("clumsy", reason=None)], Scale(rounds=2), said.append)
    assert said == ["clumsy, N = 5"] * 2 + ["clumsy, N = 1,000"] * 2


def test_any_may_be_asked_for_by_name_and_a_wrong_name_is_told_the_right_ones() -> None:
    assert [each.name for each in chosen(["bun", "luochui"], everybody())] == ["luochui", "bun"]
    assert chosen([], everybody()) == everybody()
    with pytest.raises(BenchFault, match="c-send") as caught:
        chosen(["nobody"], everybody())
    assert caught.value.code is BenchCode.PEER_UNKNOWN
