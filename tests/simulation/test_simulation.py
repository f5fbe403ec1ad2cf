"""Three hundred seeds and forty of quota sales, the same bytes from the same seed, and how far the seeds reach."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.__main__ import failure
from tests.simulation.coverage import Coverage
from tests.simulation.plan import plan
from tests.simulation.quota_plan import is_quota
from tests.simulation.run import run

ROOT = Path(__file__).resolve().parents[2]
BATCH = 50
QUOTA_SEEDS = [seed for seed in range(300, 460) if is_quota(seed)]


@pytest.fixture(scope="module")
def reached() -> Coverage:
    return Coverage()


@pytest.mark.parametrize("first", range(0, 300, BATCH))
def test_no_promise_is_broken(first: int, reached: Coverage) -> None:
    for seed in range(first, first + BATCH):
        outcome = run(seed)
        assert outcome.broken is None, failure(outcome)
        reached.add(outcome.coverage)


def test_no_promise_is_broken_in_quota_sales(reached: Coverage) -> None:
    for seed in QUOTA_SEEDS:
        outcome = run(seed)
        assert outcome.broken is None, failure(outcome)
        reached.add(outcome.coverage)


def test_the_seeds_reach_every_transition_and_every_reason_to_refuse(reached: Coverage) -> None:
    if sum(reached.sale.values()):  # Where the seeds were run before this.
        assert reached.missing(1) == []


def said(seed: int, hash_seed: str) -> str:
    """What a process of its own prints last."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", str(seed)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("seed", [7, 23])
def test_a_seed_is_the_same_history_each_time_however_strings_are_hashed(seed: int) -> None:
    assert len({said(seed, "0"), said(seed, "4711"), f"digest {run(seed).digest}"}) == 1


def test_other_seeds_are_other_histories_and_every_parameter_is_printed() -> None:
    plans = [plan(seed) for seed in range(40)]
    assert len({str(each.lines()) for each in plans}) == 40
    assert plan(3) == plan(3)
    text = "\n".join(line for each in plans for line in each.lines())
    for word in ("sheet:", "moves:", "lines:", "disk:", "limits:", "blow:", "freeze:", "step:"):
        assert word in text
