"""The crowd can be measured against itself: a mirror answers everything at once, and what is found is the crowd's own."""

from dataclasses import replace
from pathlib import Path

from bench.itself import Own, measure
from bench.merge import Found
from bench.mirror import unmasked
from bench.scenario_file import read_scenario
from bench.wire import TEXT, Reader, masked

SMALL = read_scenario(Path(__file__).resolve().parents[2] / "bench" / "scenarios" / "small.toml")


def test_a_crowd_before_a_mirror_gets_every_answer_and_sees_every_bid() -> None:
    [own] = measure(replace(SMALL, processes=1, displays=10, enter_per_s=1000.0), (1.0,), for_s=1.0)
    assert own.found.counts["bids"] == own.found.counts["accepted"] == 20
    assert own.found.latencies["bid_seen_last"].count == 20
    assert own.found.counts["unanswered"] == own.found.counts["dropped"] == 0
    told = own.plain()
    assert told["rate"] == 20
    assert told["frames_per_s"] >= 20 * 10


def test_a_crowd_that_was_late_or_busy_is_not_fit() -> None:
    def own(late_ms: float, cpu: float) -> Own:
        found = Found(generator_cpu=cpu)
        found.latencies["lag"].add(round(late_ms * 1e6))
        return Own(20.0, found, 0.1, 5.0, 1.0)

    assert own(1, 0.5).fit
    assert not own(6, 0.5).fit
    assert not own(1, 0.9).fit
    assert not Own(20.0, Found(), 0.1, 5.0, 1.0).fit


def test_the_mirror_reads_what_the_crowd_says() -> None:
    said = [b"x" * size for size in (1, 125, 126, 4000)]
    stream = unmasked(b"".join(masked(each) for each in said))
    assert list(Reader().take(stream)) == [(TEXT, each) for each in said]
