"""
Runs seeds of the simulator.

    python -m tests.simulation --seed 42            one seed, with all its parameters
    python -m tests.simulation --seeds 0-299        many, one line each that matters
    python -m tests.simulation --nightly            10,000 seeds; --size N for fewer, --resume to go on
"""

import argparse
import sys

from tests.simulation import nightly
from tests.simulation.run import Outcome, commit, run


def main(arguments: list[str]) -> int:
    """Run what is asked for; the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    asked.add_argument("--seed", type=int, help="run this one and print its parameters")
    asked.add_argument("--seeds", help="A-B: run these, and stop at the first that finds something")
    asked.add_argument("--history", action="store_true", help="with --seed: print everything that happened")
    asked.add_argument("--nightly", action="store_true", help="the long run")
    asked.add_argument("--size", type=int, default=nightly.SEEDS, help="seeds of the long run")
    asked.add_argument("--resume", action="store_true", help="go on where the last long run of this commit stopped")
    asked.add_argument("--workers", type=int, choices=(1, 2), default=1, help="processes of the long run")
    given = asked.parse_args(arguments)
    if given.nightly:
        return nightly.main(given.size, resume=given.resume, workers=given.workers)
    if given.seed is not None:
        return one(given.seed, history=given.history)
    first, _, last = (given.seeds or "0-99").partition("-")
    return many(int(first), int(last or first))


def one(seed: int, *, history: bool) -> int:
    """One seed in full."""
    outcome = run(seed)
    print(f"seed {seed}, commit {commit()}")
    print("\n".join(outcome.plan.lines()))
    if history:
        print("\n".join(outcome.lines))
    print(f"{outcome.virtual_s:.1f} s of the sale in {outcome.took_s:.2f} s; {outcome.counts}")
    if outcome.named is not None:
        print(f"the house found and named a loss on a disk that lies: {outcome.named}")
    print(f"digest {outcome.digest}")
    if outcome.broken is not None:
        print(failure(outcome))
    return int(outcome.broken is not None)


def many(first: int, last: int) -> int:
    """Several seeds, up to the first that finds something."""
    for seed in range(first, last + 1):
        outcome = run(seed)
        if outcome.broken is not None:
            print(failure(outcome))
            return 1
    print(f"seeds {first}-{last}: nothing found; commit {commit()}")
    return 0


def failure(outcome: Outcome) -> str:
    """Everything there is to say of a seed that found something."""
    assert outcome.broken is not None
    return "\n".join(
        [
            f"seed {outcome.plan.seed}, commit {commit()}: {outcome.broken.promise} is broken",
            *outcome.plan.lines(),
            "last:",
            *(f"  {line}" for line in outcome.last),
            f"{outcome.broken.promise}: {outcome.broken.words}",
            f"again: python -m tests.simulation --seed {outcome.plan.seed}",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
