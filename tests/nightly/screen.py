"""What a person at the terminal sees: each check that works, for how long, and its last line; each that is done."""

import sys
import time
from typing import Final

import trio

from tests.nightly.check import Result
from tests.nightly.runner import Runner

EVERY_S: Final = 0.5
SLOWLY_S: Final = 60.0
"""Where nobody can rewrite a line, as in a file, one is added so often."""


class Screen:
    """Draws below what is done the checks that work."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._lines = 0

    async def watch(self, runner: Runner) -> None:
        """Draw until cancelled."""
        while True:
            await trio.sleep(EVERY_S if self._live else SLOWLY_S)
            self._clear()
            for running in runner.running.values():
                took_s = trio.current_time() - running.began
                line = f"… {running.check.name}  {_clock(took_s)}  {running.last_line}"
                print(line[:118] if self._live else f"{time.strftime('%H:%M:%S')} {line}", flush=True)
                self._lines += 1

    def done(self, result: Result) -> None:
        """Say what became of a check."""
        self._clear()
        figures = ", ".join(f"{name} {value}" for name, value in result.figures.items() if _short(value))
        verdict = "passed" if result.passed else f"RED: {result.why}"
        print(
            f"{'✓' if result.passed else '✗'} {result.name}  {_clock(result.took_s)}  {verdict}  {figures}", flush=True
        )
        if not result.passed and result.last_words:
            print("\n".join(f"    {line}" for line in result.last_words.splitlines()[-8:]), flush=True)

    def _clear(self) -> None:
        if self._live and self._lines:
            print(f"\x1b[{self._lines}A\x1b[J", end="")
        self._lines = 0


def _short(value: object) -> bool:
    return isinstance(value, int | float | str)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
