"""
``python -m tests.pythons``: the same sales, decided again by every Python there is on this machine, under several hash seeds.

A journal outlives the Python that wrote it. The rules of auctions need nothing but the standard library and
sortedcontainers, which is plain Python, so any Python from 3.11 can be asked.
"""

import argparse
import json
import os
import pickle
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sortedcontainers

from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen
from tests.domain.auction.random_sale import KINDS, STEP, Sale

ROOT: Final = Path(__file__).parents[2]
FULL: Final = 2_000
MOVES: Final = 60
TIMES: Final = 10
"""Hash seeds 0 to 9."""

MINORS: Final = range(11, 20)


def pythons() -> dict[str, str]:
    """Version → interpreter, of those that can run the engine; ours among them."""
    found = {sys.executable: None}
    for minor in MINORS:
        for place in (
            f"python3.{minor}",
            *map(str, (Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python")),
        ):
            if (there := shutil.which(place)) is not None:
                found[there] = None
    versions: dict[str, str] = {}
    for each in found:
        said = subprocess.run(
            [each, "-c", "import platform; print(platform.python_version())"],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode == 0:
            versions.setdefault(said.stdout.strip(), each)
    return versions


def sales(count: int) -> Iterator[list[tuple[Any, int]]]:
    """Random sales: every command taken up, with its arrival."""
    for seed in range(count):
        chance = random.Random(seed)
        sheet = RuleSheet(
            increments=(IncrementBand(from_price=Fen(0), step=STEP),),
            proxies=chance.random() < 0.8,
            reoffers_max=2,
            sign_off=chance.random() < 0.3,
        )
        sale = Sale(sheet)
        moves = [
            (chance.choice(KINDS), chance.randrange(3), chance.randrange(4), chance.randrange(6)) for _ in range(MOVES)
        ]
        for _ in sale.play(moves):
            pass
        yield [(command, at) for command, at, _ in sale.taken]


def replayed(python: str, held: bytes, hash_seed: int, libraries: Path) -> str:
    """What ``python`` makes of the sales, with ``libraries`` beside our own code."""
    done = subprocess.run(
        [python, "-m", "tests.pythons.replay"],
        input=held,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{libraries}", "PYTHONHASHSEED": str(hash_seed)},
        check=True,
    )
    return done.stdout.decode().strip()


def compare(count: int, times: int) -> dict[str, Any]:
    """Decide ``count`` sales again everywhere, under ``times`` hash seeds."""
    held = list(sales(count))
    pickled = pickle.dumps(held, protocol=4)
    found = pythons()
    digests: set[str] = set()
    with tempfile.TemporaryDirectory() as libraries:
        shutil.copytree(Path(sortedcontainers.__file__).parent, Path(libraries) / "sortedcontainers")
        for version, python in found.items():
            for hash_seed in range(times):
                digests.add(replayed(python, pickled, hash_seed, Path(libraries)))
                print(f"Python {version}, hash seed {hash_seed}: {len(digests)} digest(s)", file=sys.stderr, flush=True)
    return {
        "sales": count,
        "records": sum(map(len, held)),
        "pythons": sorted(found),
        "hash_seeds": times,
        "differences": len(digests) - 1,
    }


def main() -> int:
    """Run the comparison; the last line is its result as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.pythons", description=__doc__)
    parser.add_argument("--nightly", action="store_true", help="the full size")
    parser.add_argument("--size", type=int, help=f"how many sales [default: 100; nightly: {FULL}]")
    parser.add_argument("--resume", action="store_true", help="it is short and begins anew")
    given = parser.parse_args()
    count = given.size or (FULL if given.nightly else 100)
    began = time.monotonic()
    figures = compare(count, TIMES if given.nightly else 2)
    passed = figures["differences"] == 0
    result = {
        "promises": ["P3"],
        "passed": passed,
        "figures": figures,
        "seeds": f"0-{count - 1}",
        "took_s": round(time.monotonic() - began, 1),
    }
    print(json.dumps(result))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
