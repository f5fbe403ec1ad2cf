"""
``python -m tests.attack --nightly``: journals under attack (P8), disks that fail (P9), how long recovery takes (P25).

Says how it goes on stderr; the last line on stdout is one JSON object. Exit code 0: everything held.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson

from tests.attack import bits, disk, recovery
from tests.nightly.machine import commit

ROOT: Final = Path(__file__).resolve().parent.parent.parent
VAR: Final = ROOT / "var" / "nightly"
PROMISES: Final = {"bits": ["P8"], "disk": ["P9"], "recovery": ["P25"]}
SMALL: Final = {"bits": 200, "disk": 60, "recovery": 20_000}
DISK_CALLS: Final = 2000
RECOVERY_RECORDS: Final = 1_000_000


def main(arguments: list[str]) -> int:
    """Run the parts asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--nightly", action="store_true", help="everything; without it a small sample of each part")
    parser.add_argument("--only", choices=PROMISES, action="append", help="this part only")
    parser.add_argument("--size", type=int, help="cases a family, calls to the disk, records; by part")
    parser.add_argument("--seed", type=int, default=0, help="draws the cases where not all are tried")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--resume", action="store_true", help="go on where the last run of the same size stopped")
    asked = parser.parse_args(arguments)
    parts = asked.only or list(PROMISES)
    began = time.monotonic()
    run: dict[str, Callable[[int | None], dict[str, Any]]] = {
        "bits": lambda size: bits.run(
            most=size,
            seed=asked.seed,
            jobs=asked.jobs,
            progress=VAR / "attack-bits-progress.json",
            resume=asked.resume,
            commit=commit(ROOT),
            say=_say,
        ),
        "disk": lambda size: disk.run(calls=size or DISK_CALLS, say=_say),
        "recovery": lambda size: recovery.run(records=size or RECOVERY_RECORDS, folder=VAR / "recovery", say=_say),
    }
    figures = {part: run[part](asked.size or (None if asked.nightly else SMALL[part])) for part in parts}
    passed = all(found["wrong"] == 0 for found in figures.values())
    told = {
        "promises": [promise for part in parts for promise in PROMISES[part]],
        "passed": passed,
        "figures": figures if len(parts) > 1 else figures[parts[0]],
        "seeds": str(asked.seed),
        "took_s": round(time.monotonic() - began, 1),
    }
    print(orjson.dumps(told).decode())
    return 0 if passed else 1


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
