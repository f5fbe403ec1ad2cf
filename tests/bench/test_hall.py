"""The measuring works, and says so when it does not hold. How fast the house is, is not asked here."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.figures import Latencies
from bench.hall import EXIT_FAILED, judge, needed_settings
from bench.load import WARM_UP_S, Plan, Result
from bench.wire import PING, TEXT, Counter, Reader, masked
from engine.gateway.frames import PING as HOUSE_PING
from engine.gateway.frames import text_frame

ROOT = Path(__file__).resolve().parents[2]
WATCHERS, BIDDERS, RATE, SECONDS = 20, 5, 25, 2


def hall(*more: str) -> subprocess.CompletedProcess[str]:
    sizes = {"--watchers": WATCHERS, "--bidders": BIDDERS, "--rate": RATE, "--seconds": SECONDS}
    arguments = [word for name, value in sizes.items() for word in (name, str(value))]
    return subprocess.run(
        [sys.executable, "-m", "bench.hall", *arguments, *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_a_small_hall_is_measured_and_nothing_goes_wrong() -> None:
    done = hall("--json")
    assert done.returncode in {0, EXIT_FAILED}, done.stderr  # 99: a busy machine was too slow, which is not asked here
    found: dict[str, Any] = orjson.loads(done.stdout)
    assert found["errors"] == {}, done.stdout
    assert found["bids"] == RATE * SECONDS
    assert found["acknowledged"]["count"] == found["bids"]
    assert found["accepted"] + sum(found["refused"].values()) >= found["bids"]
    assert found["seen"]["count"] == found["accepted"] * found["sampled"] > 0
    assert found["frames"] > found["accepted"] * WATCHERS / 10  # a viewer that fell behind gets fewer
    assert 0 < found["house_cpu"] < 2
    assert found["house_rss_mib"] > 10
    assert found["passed"] == (done.returncode == 0)


def test_the_help_says_how_it_is_measured() -> None:
    said = hall("--help").stdout
    assert "open loop" in said
    assert "--watchers" in said
    assert "Exit code" in said


FRAMES = [text_frame(b"x" * size) for size in (0, 1, 125, 126, 127, 65_535, 65_536)] + [HOUSE_PING, text_frame(b"end")]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 125, 4096, 1 << 20])
def test_frames_are_counted_and_read_however_the_bytes_come(piece: int) -> None:
    stream = b"".join(FRAMES)
    counter, reader, read = Counter(), Reader(), []
    for at in range(0, len(stream), piece):
        part = bytearray(stream[at : at + piece])
        counter.take(part, len(part))
        read += list(reader.take(part))
    assert counter.frames == len(FRAMES)
    assert counter.pings == 1
    assert counter.between_frames
    assert [kind for kind, _ in read] == [TEXT] * 7 + [PING, TEXT]
    assert [len(content) for _, content in read] == [0, 1, 125, 126, 127, 65_535, 65_536, 0, 3]


def test_a_frame_that_is_cut_off_is_noticed() -> None:
    counter = Counter()
    counter.take(bytearray(FRAMES[3][:-1]), len(FRAMES[3]) - 1)
    assert not counter.between_frames


@pytest.mark.parametrize("size", [0, 125, 126, 65_535])
def test_what_is_said_to_the_house_is_masked(size: int) -> None:
    frame = masked(b"x" * size)
    assert frame[1] & 0x80
    assert frame.endswith(b"x" * size)
    assert len(frame) - size in {6, 8}


def test_percentiles_are_values_that_were_measured() -> None:
    row = Latencies.of(value / 1000 for value in range(1, 1001))
    assert (row.count, row.p50, row.p90, row.p99, row.p99_9, row.max) == (1000, 500, 900, 990, 999, 1000)
    assert Latencies.of([0.004]).p50 == 4


def test_the_plan_lets_nobody_outbid_himself_and_is_the_same_for_the_same_seed() -> None:
    plan = Plan.of(BIDDERS, RATE, SECONDS, seed=1)
    assert len(plan.paddles) == (SECONDS + WARM_UP_S) * RATE
    assert all(one != other for one, other in zip(plan.paddles, plan.paddles[1:], strict=False))
    assert set(plan.paddles) == set(range(1, BIDDERS + 1))
    assert plan == Plan.of(BIDDERS, RATE, SECONDS, seed=1)
    assert plan.due(plan.counted_from) == WARM_UP_S
    assert plan.paddle(len(plan.paddles)) != plan.paddles[-1]


def good(**change: Any) -> Result:
    row = Latencies(100, 1.0, 2.0, 3.0, 4.0, 5.0)
    result = Result(
        bids=100,
        accepted=100,
        refused={},
        errors={},
        acknowledged=row,
        seen=row,
        seen_by_all=row,
        lag=row,
        sampled=7,
        frames=1,
        bytes=1,
        seconds=1.0,
        house_cpu=0.5,
        others_on_house_core=0.0,
        house_rss_mib=60.0,
        generator_cpu=0.5,
        commit_ms=1.0,
        bids_a_commit=1.0,
        sweep_ms=1.0,
    )
    return replace(result, **change)


SLOW = Latencies(100, 1.0, 2.0, 50.0, 60.0, 70.0)


@pytest.mark.parametrize(
    ("result", "word", "passed"),
    [
        (good(), "PASS", True),
        (good(refused={"E_BID_TOO_LOW": 3}), "PASS", True),
        (good(acknowledged=SLOW), "FAIL", False),
        (good(errors={"a watcher was let go": 1}), "1 × a watcher was let go", False),
        (good(lag=SLOW), "VOID", False),
        (good(lag=SLOW, acknowledged=SLOW), "VOID", False),
    ],
)
def test_the_closing_line_says_whether_it_holds(result: Result, word: str, passed: bool) -> None:
    verdict, held = judge(result)
    assert word in verdict
    assert held is passed


def test_only_limits_that_a_crowd_from_one_address_meets_are_raised() -> None:
    assert needed_settings(watchers=999, bidders=50, rate=200) == {}
    assert needed_settings(watchers=1000, bidders=50, rate=200) == {"LUOCHUI_LIMITS_PUBLIC_PER_ADDRESS": "1010"}
    assert set(needed_settings(watchers=10, bidders=5, rate=200)) == {"LUOCHUI_LIMITS_COMMANDS_PER_S"}
