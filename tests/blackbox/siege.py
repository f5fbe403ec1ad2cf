"""
A siege: a process of its own that treats a house badly in one way, and counts what the house made of it.

    python -m tests.blackbox.siege NAME PLAN

It says ``ready`` once it is at full strength, and its counts, one JSON object, when it is done or its stdin ends.
"""

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Final

import trio

from clients.http import Address

PATIENCE_S: Final = 120.0
NICE: Final = 10
"""Those who measure go before those who besiege, where both share a core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a siege is told."""

    url: str
    sale: str
    size: int
    seed: int = 0
    tokens: tuple[str, ...] = ()
    """Of those who besiege."""

    @property
    def at(self) -> Address:
        """Where the house is."""
        return Address.of(self.url)


class Siege:
    """A siege that goes on, seen from those who measure."""

    def __init__(self, process: trio.Process) -> None:
        self._process = process
        self._said = bytearray()

    async def ready(self) -> None:
        """Return when it is at full strength."""
        assert await self._line() == b"ready"

    async def done(self) -> dict[str, int]:
        """Its counts, once it is done by itself."""
        counts: dict[str, int] = json.loads(await self._line())
        return counts

    async def end(self) -> dict[str, int]:
        """Its counts, after it was told to stop."""
        assert self._process.stdin is not None
        await self._process.stdin.aclose()
        return await self.done()

    async def _line(self) -> bytes:
        assert self._process.stdout is not None
        while b"\n" not in self._said:
            data = await self._process.stdout.receive_some()
            if not data:
                raise EOFError("the siege broke off")
            self._said += data
        line, _, self._said[:] = self._said.partition(b"\n")
        return bytes(line)


@asynccontextmanager
async def siege(name: str, plan: Plan) -> AsyncIterator[Siege]:
    """A siege for as long as the block lasts."""
    command = [sys.executable, "-m", "tests.blackbox.siege", name, json.dumps(asdict(plan))]
    process = await trio.lowlevel.open_process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Siege(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()


async def besieged(name: str, plan: Plan) -> Counter[str]:
    """Besiege until it is done or our stdin ends. The counts."""
    counts: Counter[str] = Counter()

    def ready() -> None:
        print("ready", flush=True)

    async with trio.open_nursery() as nursery:

        async def until_told() -> None:
            async with trio.lowlevel.FdStream(os.dup(sys.stdin.fileno())) as orders:
                while await orders.receive_some(1):
                    pass
            nursery.cancel_scope.cancel()

        nursery.start_soon(until_told)
        await importlib.import_module(f"tests.blackbox.{name}").besiege(plan, counts, ready)
        nursery.cancel_scope.cancel()
    return counts


if __name__ == "__main__":
    os.nice(NICE)
    told = json.loads(sys.argv[2])
    told["tokens"] = tuple(told["tokens"])
    print(json.dumps(trio.run(besieged, sys.argv[1], Plan(**told))), flush=True)
