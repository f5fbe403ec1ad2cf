"""
``python -m tests``: check and test everything, in one order, with the time each step took.

Arguments go to pytest, which then runs alone. ``python -m tests --install-system`` first fetches the programs the
tests need (a browser, Redis, Node) from the system's packages.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

SYSTEM_PROGRAMS = {"chromium": "chromium", "redis-server": "redis-server", "nodejs": "node"}
"""Debian package → the program it brings."""


WORKERS_MAX: Final = 4
"""More would take from each other what houses and browsers of their own need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One check that is not pytest's."""

    name: str
    command: tuple[str | Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a step went."""

    name: str
    passed: bool
    took_s: float
    output: str


def steps() -> list[Step]:
    """The checks that are not pytest's, quickest first."""
    page_tests = sorted((ROOT / "web" / "tests").glob("*.test.js"))
    tsc = ROOT / "web" / "node_modules" / ".bin" / "tsc"
    python = [
        Step(name="layout (ruff format)", command=(BIN / "ruff", "format", "--check", "--quiet")),
        Step(name="style (ruff)", command=(BIN / "ruff", "check", "--quiet")),
        Step(name="who imports whom (import-linter)", command=(BIN / "lint-imports",)),
        Step(name="types (mypy)", command=(BIN / "mypy",)),
    ]
    pages = [
        *([Step(name="types of the pages (tsc)", command=(tsc, "--project", "web"))] if tsc.exists() else []),
        *([Step(name="the pages' own tests (node)", command=("node", "--test", *page_tests))] if page_tests else []),
    ]
    return python + pages


def carry_out(step: Step) -> Outcome:
    """Run one step; its output is kept only if it fails."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            step.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        passed, output = done.returncode == 0, done.stdout.decode(errors="replace")
    except OSError as fault:
        passed, output = False, f"{fault}\n"
    return Outcome(name=step.name, passed=passed, took_s=time.monotonic() - began, output="" if passed else output)


class Summary:
    """A pytest plugin: how the other steps went, which ran beside the tests, printed just above pytest's closing line."""

    def __init__(self, outcomes: Iterator[Outcome]) -> None:
        self._outcomes = outcomes
        self.passed = True

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write one line a step, and all that one said that failed."""
        terminalreporter.section("checks beside pytest")
        for outcome in self._outcomes:
            self.passed = self.passed and outcome.passed
            terminalreporter.write(outcome.output)
            verdict = "ok" if outcome.passed else "FAILED, see above"
            terminalreporter.write_line(
                f"{outcome.took_s:6.1f} s  {outcome.name}: {verdict}", red=not outcome.passed, bold=not outcome.passed
            )


def install_system() -> int:
    """Install what is missing. Returns an exit code, having said what to do if it is not 0."""
    missing = [package for package, program in SYSTEM_PROGRAMS.items() if shutil.which(program) is None]
    if not _has_chinese_font():
        missing.append("fonts-noto-cjk")
    if not missing:
        return 0

    by_hand = f"sudo apt-get install {' '.join(missing)}"
    if shutil.which("apt-get") is None:
        return _give_up(f"The tests need the programs of these Debian packages: {', '.join(missing)}.")
    if os.geteuid() == 0:
        as_root = []
    elif shutil.which("sudo"):
        as_root = ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]
    else:
        return _give_up(f"The tests need system packages, and you are not root. As root: {by_hand}")

    print(f"Installing from the system's packages: {', '.join(missing)}", flush=True)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    log = ""
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        done = subprocess.run(
            [*apt, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        log += done.stdout
    if done.returncode != 0:
        return _give_up(f"{log}The tests need system packages that could not be installed. By hand: {by_hand}")
    return 0


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", "Noto Sans CJK SC"], stdout=subprocess.PIPE, check=False).stdout)


def _give_up(words: str) -> int:
    print(words, file=sys.stderr)
    print("Without them: .venv/bin/python -m tests -m 'not browser and not redis'", file=sys.stderr)
    return 1


def workers() -> int:
    """How many processes share the tests, a file at a time: two more than cores, for many wait for a house of their own."""
    return min(WORKERS_MAX, 2 + (os.cpu_count() or 1))


def main(arguments: list[str]) -> int:
    """Run the steps, then pytest. Returns 0 only if all of them passed."""
    os.chdir(ROOT)
    if arguments == ["--install-system"]:
        return install_system()
    if arguments:
        return int(pytest.main(arguments))

    with ThreadPoolExecutor(1) as hand:
        summary = Summary(hand.map(carry_out, steps()))
        code = int(
            pytest.main(["-n", str(workers()), "--dist", "loadfile", "--no-loadscope-reorder"], plugins=[summary])
        )
    return code or int(not summary.passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
