"""Keeps a house of its own process going: starts it, kills it when told, and starts it again on the same folder and port."""

import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
import trio

from tests.blackbox.lives import UNLIMITED
from tests.cli.program import PATIENCE_S, Program, started

ENVIRONMENT: Final = {
    **UNLIMITED,
    "LUOCHUI_LIMITS_READS_PER_S": "100000",
    "LUOCHUI_LIMITS_READS_BURST": "100000",
    "LUOCHUI_LIMITS_UPLOADS_PER_S": "100000",
    "LUOCHUI_LIMITS_UPLOADS_BURST": "100000",
}


@dataclass
class Keeper:
    """A house that is killed and started again while people go on asking it."""

    folder: Path
    notice: Path
    errors: Path
    port: int = 0
    url: str = ""
    killed: int = 0
    _program: Program | None = None
    _up: trio.Event = field(default_factory=trio.Event)
    _over: bool = False

    async def run(self) -> None:
        """Until :meth:`end`."""
        while not self._over:
            where = ("--data", self.folder, "--sale", self.notice, "--port", str(self.port))
            async with started(self.errors, "serve", *where, "--json", env=ENVIRONMENT) as program:
                self.url = orjson.loads(await program.line())["url"]
                self.port = int(self.url.rpartition(":")[2])
                self._program = program
                self._up.set()
                await program.process.wait()

    async def serving(self) -> None:
        """Until it serves."""
        with trio.fail_after(PATIENCE_S):
            await self._up.wait()

    async def kill(self) -> None:
        """Kill it, and wait until the next serves."""
        assert self._program is not None
        self._up = trio.Event()
        assert await self._program.end(signal.SIGKILL) == -signal.SIGKILL, self._program.complaints()
        self.killed += 1
        await self.serving()

    async def end(self) -> None:
        """Ask it to stop."""
        assert self._program is not None
        self._over = True
        assert await self._program.end(signal.SIGTERM) == 0, self._program.complaints()
