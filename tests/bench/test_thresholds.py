"""What must hold is read as it is written, and what was not measured does not hold."""

import pytest

from bench.histogram import Histogram
from bench.thresholds import EXAMPLES, parse

ACK = {"bid_ack": Histogram.of([1_000_000 * value for value in range(1, 101)])}
FIGURES = {"errors": 0.0, "server_cpu": 0.79, "server_rss": 100.0, "refused": 3.0}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("p99(bid_ack) < 100ms", True),
        ("p99(bid_ack) < 99ms", False),
        ("p99.9(bid_ack)<=100ms", True),
        ("p50 ( bid_ack ) >= 50 ms", True),
        ("max(bid_ack) < 0.1s", False),
        ("mean(bid_ack) < 50600us", True),
        ("mean(bid_ack) < 50400µs", False),
        ("count(bid_ack) == 100", True),
        ("count(resume) == 0", True),
        ("p99(resume) < 1s", False),
        ("errors == 0", True),
        ("refused > 3", False),
        ("server_cpu < 80%", True),
        ("server_cpu < 79%", False),
        ("server_rss <= 100MiB", True),
        ("generator_cpu < 90%", False),
    ],
)
def test_a_threshold_holds_or_does_not(text: str, held: bool) -> None:
    threshold = parse(text)
    assert threshold is not None
    assert threshold.judge(ACK, FIGURES).held is held


@pytest.mark.parametrize(
    "text",
    [
        "",
        "p99(bid_ack)",
        "p99(bid_ack) < 50",
        "p99(bid_ack) < 50%",
        "p101(bid_ack) < 5ms",
        "p99(nothing) < 5ms",
        "p99(errors) < 5ms",
        "count(bid_ack) < 5ms",
        "errors < 5ms",
        "server_cpu < 80",
        "server_rss < 80%",
        "nothing == 0",
        "errors = 0",
        "errors == -1",
        "errors == 0 and more",
    ],
)
def test_what_is_no_threshold_is_not_taken_for_one(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_given_are_right(text: str) -> None:
    assert parse(text) is not None
