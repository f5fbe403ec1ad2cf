"""``luochui`` as people run it: a program of its own, with its own exit code and its own last words."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import orjson
import trio

LUOCHUI: Final = Path(sys.executable).with_name("luochui")
PATIENCE_S: Final = 40.0
"""A busy machine starts a program in seconds. One that takes longer hangs."""


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours, without the settings whoever runs the tests may have, and as wide as a terminal."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LUOCHUI_")}
    return {**ours, "COLUMNS": "120", "NO_COLOR": "1", "TERMINAL_WIDTH": "120", **more}


def luochui(
    *arguments: str | Path,
    env: Mapping[str, str] | None = None,
    file_bytes_max: int | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """
    Run a command to its end.

    Args:
        arguments: Of the command line.
        env: Variables it is given beside ours.
        file_bytes_max: No file may grow beyond this: a disk that takes no more.
        cwd: Where it is run; here, if left out.

    """
    command: list[str | Path] = [LUOCHUI, *arguments]
    if file_bytes_max is not None:
        command = ["sh", "-c", f'ulimit -f {file_bytes_max // 512}; exec "$@"', "sh", *command]
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(env or {}),
        cwd=cwd,
        timeout=PATIENCE_S,
        check=False,
    )


def last_json(done: subprocess.CompletedProcess[str]) -> Any:
    """What the last line says to programs."""
    return orjson.loads(done.stdout.splitlines()[-1])


@dataclass
class Program:
    """A command at work."""

    process: trio.Process
    errors: Path
    _said: bytearray = field(default_factory=bytearray)

    @classmethod
    async def start(
        cls, errors: Path, *arguments: str | Path, env: Mapping[str, str] | None = None, within: tuple[str, ...] = ()
    ) -> Self:
        """Start ``luochui``, by the command ``within`` if there is one; what it says on stderr is added to the file ``errors``."""
        with errors.open("ab") as stderr:
            process = await trio.lowlevel.open_process(
                [*within, LUOCHUI, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment(env or {}),
            )
        return cls(process, errors)

    async def line(self) -> str:
        """
        The next line it says.

        Raises:
            EOFError: It ended without one.

        """
        assert self.process.stdout is not None
        with trio.fail_after(PATIENCE_S):
            while b"\n" not in self._said:
                data = await self.process.stdout.receive_some()
                if not data:
                    raise EOFError(f"it ended, saying {self.complaints()!r}")
                self._said += data
        line, _, rest = bytes(self._said).partition(b"\n")
        self._said[:] = rest
        return line.decode()

    async def until(self, word: str) -> str:
        """The next line with ``word`` in it."""
        while word not in (line := await self.line()):
            pass
        return line

    async def rest(self) -> str:
        """Everything it says until its end."""
        assert self.process.stdout is not None
        with trio.fail_after(PATIENCE_S):
            async for data in self.process.stdout:
                self._said += data
        return bytes(self._said).decode()

    async def end(self, by: signal.Signals | None = None) -> int:
        """Its exit code, after ``by``."""
        if by is not None:
            self.process.send_signal(by)
        with trio.fail_after(PATIENCE_S):
            return await self.process.wait()

    def complaints(self) -> str:
        """What it said on stderr."""
        return self.errors.read_text(encoding="utf-8", errors="replace")


@asynccontextmanager
async def started(errors: Path, *arguments: str | Path, env: Mapping[str, str] | None = None) -> AsyncIterator[Program]:
    """A command at work, for as long as the block lasts."""
    program = await Program.start(errors, *arguments, env=env)
    try:
        yield program
    finally:
        if program.process.returncode is None:
            program.process.kill()
            with trio.CancelScope(shield=True):
                await program.process.wait()
        if program.process.stdout is not None:
            with trio.CancelScope(shield=True):
                await program.process.stdout.aclose()
