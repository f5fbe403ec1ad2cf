"""The long run: ten thousand seeds, what they reached, and every planted bug."""

import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.simulation import planted
from tests.simulation.coverage import LEAST, Coverage
from tests.simulation.run import commit, run

SEEDS: Final = 10_000
PROMISES: Final = ("P1", "P2", "P3", "P4", "P5", "P7", "P12", "P13", "P26")
STATE: Final = Path(__file__).resolve().parents[2] / "var" / "nightly" / "simulation-progress.json"
PART: Final = 25
"""Seeds after which it is written down how far we are."""


@dataclass
class Progress:
    """How far a long run is."""

    commit: str
    next_seed: int = 0
    took_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    named: int = 0
    coverage: dict[str, dict[str, int]] = field(default_factory=dict)
    broken: list[dict[str, Any]] = field(default_factory=list)


def main(size: int, *, resume: bool, workers: int, state: Path = STATE) -> int:
    """Run, and say what was found; the exit code. A run of fewer seeds than a bug may take hunts a few of the bugs only."""
    progress = _resumed(state) if resume else Progress(commit())
    began = time.monotonic() - progress.took_s
    total = Coverage()
    total.add(progress.coverage)
    for one in _all(range(progress.next_seed, size), workers):
        progress.next_seed = one["seed"] + 1
        for name, count in one["counts"].items():
            progress.counts[name] = progress.counts.get(name, 0) + count
        progress.named += one["named"] is not None
        total.add(one["coverage"])
        if one["broken"] is not None:
            progress.broken.append({"seed": one["seed"], **one["broken"]})
            print(f"seed {one['seed']}: {one['broken']['promise']}: {one['broken']['words']}", file=sys.stderr)
        if progress.next_seed % PART == 0 or progress.next_seed == size:
            progress.coverage, progress.took_s = total.plain(), time.monotonic() - began
            _write_down(progress, state)
            _tell(progress, size)
    bugs = planted.hunt_all(_tell_bug, None if size >= planted.SEEDS_MAX else 1 + size // 20)
    return _say(progress, total, size, bugs, time.monotonic() - began)


def _say(progress: Progress, total: Coverage, size: int, bugs: list[planted.Catch], took_s: float) -> int:
    # Of a run that is only tried nobody asks that it reach everything so often.
    missing = total.missing(LEAST if size >= SEEDS else 1 if size >= planted.SEEDS_MAX else 0)
    for each in missing:
        print(f"reached too seldom: {each}", file=sys.stderr)
    escaped = [bug.name for bug in bugs if bug.seed is None]
    passed = not progress.broken and not missing and not escaped
    counts = progress.counts
    figures = {
        "seeds": progress.next_seed,
        "records": counts.get("records", 0),
        "lives": counts.get("lives", 0),
        "acknowledged": counts.get("acknowledged", 0),
        "frames_heard": counts.get("heard", 0),
        "duplicates": counts.get("duplicates", 0),
        "broken": len(progress.broken),
        "lost": sum(each["promise"] == "P1" for each in progress.broken),
        "losses_named_on_lying_disks": progress.named,
        "refusals_reached": len(total.refused),
        "least_hits_of_a_refusal": min(total.refused.values(), default=0),
        "matrix_cells": len(total.matrix),
        "reached_too_seldom": len(missing),
        "planted": len(bugs),
        "planted_found": len(bugs) - len(escaped),
    }
    print(
        json.dumps(
            {
                "promises": list(PROMISES),
                "passed": passed,
                "figures": figures,
                "seeds": f"0-{size - 1}",
                "took_s": round(took_s, 1),
                "broken": progress.broken[:10],
                "escaped": escaped,
                "reached": {"sale": total.sale, "lot": total.lot, "refused": total.refused},
            },
            sort_keys=True,
        )
    )
    return int(not passed)


def _one(seed: int) -> dict[str, Any]:
    outcome = run(seed)
    broken = None
    if outcome.broken is not None:
        broken = {"promise": outcome.broken.promise, "words": outcome.broken.words}
    return {
        "seed": seed,
        "counts": outcome.counts,
        "coverage": outcome.coverage,
        "named": outcome.named,
        "broken": broken,
    }


def _all(seeds: Iterable[int], workers: int) -> Iterator[dict[str, Any]]:
    """The seeds in order; a second process, if there is one, runs ahead."""
    if workers == 1:
        yield from map(_one, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(_one, seeds, chunksize=5)


def _resumed(state: Path) -> Progress:
    """What was written down, if it was of this commit."""
    try:
        progress = Progress(**json.loads(state.read_bytes()))
    except (OSError, ValueError, TypeError):
        return Progress(commit())
    return progress if progress.commit == commit() else Progress(commit())


def _write_down(progress: Progress, state: Path) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    draft = state.with_suffix(".new")
    draft.write_text(json.dumps(asdict(progress)))
    draft.replace(state)


def _tell(progress: Progress, size: int) -> None:
    print(
        f"{progress.next_seed} of {size} seeds in {progress.took_s:.0f} s; {progress.counts.get('records', 0)} records, "
        f"{progress.counts.get('lives', 0)} lives, broken: {len(progress.broken)}",
        file=sys.stderr,
        flush=True,
    )


def _tell_bug(catch: planted.Catch) -> None:
    where = "was not found" if catch.seed is None else f"was found by seed {catch.seed} ({catch.promise})"
    print(f"planted: {catch.name} {where}, {catch.took_s:.0f} s", file=sys.stderr, flush=True)
