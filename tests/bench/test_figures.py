"""The twelve figures say what they are, what they leave out, and why there is no value where there is none."""

import re
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from bench.faults import BenchCode, BenchFault
from bench.figures.all import FIGURES, chosen
from bench.figures.closed import Seat
from bench.figures.f01_fan_out import floor
from bench.figures.f04_durable import bare_sync, one_bidder
from bench.figures.f07_quota import measure as quota
from bench.figures.figure import Figure, Found, NotMeasured, Setting, Value, measured
from bench.figures.hall import Bursts, hall
from bench.peers.programs import Missing
from bench.peers.task import Task
from engine.cli import app


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_says_in_both_languages_what_it_is_and_what_it_leaves_out(figure: Figure) -> None:
    assert re.search("[\u4e00-\u9fff]", figure.zh)
    assert not re.search("[\u4e00-\u9fff]", figure.en)
    chinese, english = figure.leaves_out
    assert chinese == english == "–" or re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_there_are_twelve_in_order_and_any_may_be_asked_for() -> None:
    assert [figure.name for figure in FIGURES] == [f"F{number}" for number in range(1, 13)]
    assert [figure.name for figure in chosen(["f4", "F2"])] == ["F2", "F4"]
    assert chosen([]) == FIGURES
    with pytest.raises(BenchFault) as caught:
        chosen(["F13"])
    assert caught.value.code is BenchCode.FIGURE_UNKNOWN


@pytest.mark.parametrize(
    ("value", "more", "holds", "reached"),
    [
        (1.0, False, True, True), (1.2, False, True, False), (1.4, False, False, False),
        (9.0, True, True, True), (1.4, True, True, False), (1.0, True, False, False),
    ],
)  # fmt: skip
def test_a_value_is_held_to_its_gate_and_to_its_target(value: float, more: bool, holds: bool, reached: bool) -> None:
    gate, target = (1.3, 2.0) if more else (1.3, 1.1)
    one = Value("N", value, "×", gate, target, more_is_better=more)
    assert (one.holds, one.reached) == (holds, reached)


def figure(values: list[Value] | None) -> Figure:
    def measure(_setting: Setting) -> Found:
        if values is None:
            raise NotMeasured("没有编译器。", "There is no compiler.")
        return Found(values, {})

    return Figure(name="F1", zh="一", en="one", leaves_out=("–", "–"), measure=measure)


GOOD, BAD = Value("a", 1.0, "×", 2.0, 1.5), Value("b", 3.0, "×", 2.0, 1.5)


@pytest.mark.parametrize(("values", "passes"), [([GOOD], True), ([GOOD, BAD], False), (None, None)])
def test_a_figure_passes_if_all_of_it_does_and_neither_if_it_was_not_measured(
    values: list[Value] | None, passes: bool | None, tmp_path: Path
) -> None:
    told = measured(figure(values), Setting(folder=tmp_path)).plain()
    assert told["pass"] is passes
    assert (told["not_measured"] is None) == (values is not None)
    assert told["others_cpu"] >= 0
    assert told["disturbed"] == (told["others_cpu"] > 0.1)
    assert [value["pass"] for value in told["values"]] == [value.holds for value in values or []]


def test_bursts_are_due_together() -> None:
    bids = Bursts.every(0.5, 10, hall(10, 20.0, 2.0)).bids
    assert len(bids) == 40
    assert sorted({bid.due_ns for bid in bids}) == [0, 500_000_000, 1_000_000_000, 1_500_000_000]
    assert len({bid.amount_fen for bid in bids}) == 40


ANSWER = b'\x81\x7e\x00\x40{"id":"c1","outcome":{"accepted":[]},"seq":3,"type":"answer"}'
RECORD = b'\x81\x7e\x00\x40{"at_us":1,"parts":{},"prev":2,"seq":3,"type":"record"}'
NO = b'\x81\x7e\x00\x40{"id":"c1","outcome":{"refused":{"code":"E"}},"seq":3,"type":"answer"}'


@pytest.mark.parametrize(
    ("stream", "answers"),
    [
        (ANSWER + RECORD, [True]),
        (RECORD * 400 + ANSWER, [True]),
        (NO + ANSWER, [False, True]),
        (b'{"code":"E_BUSY","id":"c1","type":"refused"}', [False]),
        (b'{"t0":1,"t1_us":2,"t2_us":3,"type":"time"}', [True]),
        (RECORD, []),
    ],
)
@pytest.mark.parametrize("piece", [7, 1 << 16])
def test_answers_are_found_among_records_however_the_bytes_come(stream: bytes, answers: list[bool], piece: int) -> None:
    class Line:
        def __init__(self) -> None:
            self.left = stream

        def recv(self, _most: int) -> bytes:
            data, self.left = self.left[:piece], self.left[piece:]
            return data

    line = Line()
    seat = Seat(1, line)  # type: ignore[arg-type]
    found = []

    def to_the_end() -> None:
        while True:
            answer = seat.hear()
            if answer is not None:
                found.append(answer)

    with pytest.raises(NotMeasured):
        to_the_end()
    assert found == answers


def test_what_one_durable_bid_costs_is_measured_beside_the_disk(tmp_path: Path) -> None:
    found = one_bidder(Setting(folder=tmp_path, quick=True))
    assert found.detail["p50_us"]["bid"] > found.detail["p50_us"]["echo"] > 0
    assert bare_sync(tmp_path, 3).count == 3
    assert list(tmp_path.iterdir()) == []


def test_what_an_offer_costs_among_many_is_measured_beside_what_it_costs_among_few(tmp_path: Path) -> None:
    found = quota(Setting(folder=tmp_path, quick=True))
    assert found.detail["live"] == 5_000
    assert found.detail["us_many"] > 0 < found.detail["us_few"]
    assert list(tmp_path.iterdir()) == []


def test_the_floor_sends_what_it_is_told_to() -> None:
    try:
        cost = floor(Task(displays=5, size=200, events=10, interval_s=0.01))
    except Missing as why:
        pytest.skip(str(why))
    assert 0 < cost < 10_000


def test_figures_are_printed_for_programs_with_what_is_not_measured_and_why() -> None:
    done = CliRunner().invoke(app, ["bench", "figures", "--only", "F2", "--quick", "--only", "F9", "--json"])
    assert done.exit_code == 0, done.output
    told = orjson.loads(done.stdout)
    assert [(each["figure"], each["pass"], each["values"]) for each in told["figures"]] == [
        ("F2", None, []),
        ("F9", None, []),
    ]
    assert all(each["not_measured"]["zh"] for each in told["figures"])
    assert {"processor", "load_average"} <= set(told["machine"])
