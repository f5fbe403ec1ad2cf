"""The rush over real sockets is measured, and says so when it does not hold. How fast the house is, is not asked here."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.latencies import Latencies
from bench.offers import Found
from bench.rush import EXIT_FAILED, judge, needed_settings, table

ROOT = Path(__file__).resolve().parents[2]
SOCKETS, ROBOTS, ROUND_S = 8, 60, 6


def test_a_small_rush_is_measured_and_every_offer_has_its_answer() -> None:
    sizes = {"--sockets": SOCKETS, "--robots": ROBOTS, "--round-s": ROUND_S}
    arguments = [word for name, value in sizes.items() for word in (name, str(value))]
    done = subprocess.run(
        [sys.executable, "-m", "bench.rush", *arguments, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode in {0, EXIT_FAILED}, done.stderr  # 99: a busy machine was too slow, which is not asked here
    found: dict[str, Any] = orjson.loads(done.stdout)
    assert found["sent"] + found["unsent"] == 3 * SOCKETS
    assert found["accepted"] + sum(found["refused"].values()) + found["unanswered"] == found["sent"]
    assert found["let_go"] == 0
    assert found["first"]["count"] == SOCKETS
    assert found["winners"] == 5
    assert found["passed"] == (done.returncode == 0)


ROW = Latencies.of([0.01, 0.02])
GOOD = Found(
    sent=60,
    unsent=0,
    accepted=58,
    refused={"E_OUT_OF_REACH": 2},
    unknown=0,
    unanswered=0,
    late=0,
    let_go=0,
    first=ROW,
    rush=ROW,
    lag=ROW,
    rush_s=4.0,
    all_per_s=500.0,
    sockets_per_s=10.0,
    lowest_fen=8_950_000,
    winners=15,
    winners_here=3,
)


@pytest.mark.parametrize(
    ("found", "words", "passed"),
    [
        (GOOD, "PASS  every answer within 2 s", True),
        (replace(GOOD, unknown=1), "FAIL  1 unknown", False),
        (replace(GOOD, unanswered=2), "FAIL  2 not answered", False),
        (replace(GOOD, late=3), "FAIL  3 answered after 2 s", False),
        (replace(GOOD, let_go=4), "FAIL  4 sockets let go", False),
        (replace(GOOD, unsent=5), "FAIL  5 not sent", False),
    ],
)
def test_the_closing_line_says_what_did_not_hold(found: Found, words: str, passed: bool) -> None:
    said, held = judge(found)
    assert said.startswith(words)
    assert held is passed


def test_the_table_counts_what_was_refused_and_what_is_not_known() -> None:
    said = table(GOOD)
    assert "sent 60, accepted 58; refused: 2 × E_OUT_OF_REACH; unknown 0; not answered 0" in said
    assert "89,500 yuan" in said
    assert "no result yet" in table(replace(GOOD, lowest_fen=None))


def test_more_sockets_than_one_address_may_open_are_said_to_need_it() -> None:
    assert needed_settings(100) == {}
    assert needed_settings(1000) == {"LUOCHUI_LIMITS_TICKETS_BURST": "1010"}
