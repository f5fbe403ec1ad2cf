"""
``python -m tests.explore``: the property tests with other examples than those of every day.

``make test`` draws the same examples each time, so that what is red is red for a reason in the change. Here each round draws anew.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.nightly.telling import finish, progress, sized

ROOT: Final = Path(__file__).parents[2]
FULL: Final = 20
"""Rounds; round k is drawn with hypothesis' seed k."""

CLOSING: Final = re.compile(r"(?P<many>\d+) (?P<what>passed|failed|error|skipped)")


def properties() -> list[Path]:
    """The files that hold property tests."""
    return [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if "\n@given(" in path.read_text("utf-8")]


def drawn(seed: int, files: Sequence[Path]) -> dict[str, int]:
    """One round: how many passed, failed, and could not be run."""
    asked = ("-p", "no:xdist", "-q", "-k", "not browser", "--hypothesis-profile=explore", f"--hypothesis-seed={seed}")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked, *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    counts = {found["what"]: int(found["many"]) for found in CLOSING.finditer(done.stdout.rsplit("\n", 2)[-2])}
    if done.returncode:
        progress(done.stdout)
        counts.setdefault("failed", counts.get("error", 0) or 1)
    return counts


def main(arguments: Sequence[str]) -> int:
    """Run the check. Returns the exit code."""
    rounds = sized("tests.explore", FULL, arguments)
    files, passed, failed = properties(), 0, 0
    for seed in range(rounds):
        counts = drawn(seed, files)
        passed += counts.get("passed", 0)
        failed += counts.get("failed", 0)
        progress(f"round {seed + 1} of {rounds}: {passed} passed, {failed} failed")
    figures = {"rounds": rounds, "files": len(files), "passed": passed, "wrong": failed}
    return finish(["P26"], figures, passed=failed == 0 and passed > 0, seeds=f"0-{rounds - 1}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
