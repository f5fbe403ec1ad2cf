"""
``python -m tests.nightly``: everything that is too long for ``make test``, and a report that says what was found.

    python -m tests.nightly --scale 0.01          try every check in small
    python -m tests.nightly --only kill --resume
    python -m tests.nightly --publish             put the newest report's figures into tests/README.md
"""

import argparse
import functools
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import trio

from tests.nightly import machine
from tests.nightly.check import Check, Result, read_checks
from tests.nightly.machine import Machine
from tests.nightly.publish import publish
from tests.nightly.report import made, page
from tests.nightly.runner import Runner
from tests.nightly.screen import Screen

ROOT: Final = Path(__file__).resolve().parents[2]
EXIT_UNUSABLE: Final = 2
EXIT_STOPPED: Final = 130


async def night(runner: Runner, checks: Sequence[Check], workers: int) -> list[Result] | None:
    """Run ``checks`` and show what goes on. None if we were told to stop; then all that was started has been ended."""
    screen = Screen()
    runner.on_done = screen.done
    results: list[Result] | None = None
    async with trio.open_nursery() as nursery:

        async def until_told() -> None:
            with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as told:
                await anext(told)
            nursery.cancel_scope.cancel()

        nursery.start_soon(until_told)
        nursery.start_soon(screen.watch, runner)
        results = await runner.run(checks, workers)
        nursery.cancel_scope.cancel()
    return results


def run(checks: Sequence[Check], runner: Runner, *, only: Sequence[str] = (), workers: int = 1) -> int:
    """Run the checks asked for and write the report of all. Returns an exit code."""
    unknown = set(only) - {check.name for check in checks}
    if unknown:
        print(f"no check is called {', '.join(sorted(unknown))}; there are {', '.join(check.name for check in checks)}")
        return EXIT_UNUSABLE
    asked = [check for check in checks if not only or check.name in only]
    results = trio.run(functools.partial(night, runner, asked, workers))
    kept = {check.name: runner.kept(check) for check in checks}
    report = made(checks, kept, commit=runner.commit, scale=runner.scale, machine=Machine.ours())
    runner.folder.joinpath("report.json").write_text(
        json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    runner.folder.joinpath("report.html").write_text(page(report), encoding="utf-8")
    print(f"{runner.folder / 'report.html'}")
    if results is None:
        return EXIT_STOPPED
    return 0 if all(result.passed for result in results) else 1


def main(arguments: Sequence[str]) -> int:
    """Read the command line and do as it says."""
    parser = argparse.ArgumentParser(prog="python -m tests.nightly", description="Checks too long for every day.")
    parser.add_argument("--resume", action="store_true", help="leave out what passed at this commit")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this check; may be said again")
    parser.add_argument("--scale", type=float, default=1.0, help="how much to try; 1 is all")
    parser.add_argument("--workers", type=int, default=1, help="checks at once; those that measure run alone")
    parser.add_argument("--publish", action="store_true", help="put the newest figures into tests/README.md")
    parser.add_argument("--list", type=Path, default=Path(__file__).with_name("checks.toml"), help="the checks")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "nightly", help="for results and the report")
    asked = parser.parse_args(arguments)
    try:
        if asked.publish:
            publish(json.loads(asked.folder.joinpath("report.json").read_text()), ROOT / "tests" / "README.md")
            return 0
        checks = read_checks(asked.list)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return EXIT_UNUSABLE
    runner = Runner(asked.folder, ROOT, machine.commit(ROOT), asked.scale, asked.resume)
    return run(checks, runner, only=asked.only, workers=asked.workers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
