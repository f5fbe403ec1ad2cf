"""How a check talks with the runner: progress on stderr, and one JSON object as its last line."""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import orjson

BEGAN: Final = time.monotonic()


def progress(words: str) -> None:
    """What goes on at the moment."""
    print(words, file=sys.stderr, flush=True)


def finish(promises: Sequence[str], figures: dict[str, Any], *, passed: bool, seeds: str | None = None) -> int:
    """Say the result. Returns the exit code."""
    took_s = round(time.monotonic() - BEGAN, 1)
    said = {"promises": list(promises), "passed": passed, "figures": figures, "seeds": seeds, "took_s": took_s}
    print(orjson.dumps(said).decode(), flush=True)
    return 0 if passed else 1


def sized(name: str, full: int, arguments: Sequence[str]) -> int:
    """How much to try, from the arguments every check takes."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("--nightly", action="store_true", help="as the nightly runner asks for it")
    parser.add_argument("--size", type=int, default=full, help=f"how much to try; {full} in full")
    size: int = parser.parse_args(arguments).size
    return size
