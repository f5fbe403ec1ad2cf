"""The generators of a run: started, told what to do, listened to."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import orjson
import trio

from bench.faults import BenchCode, BenchFault

PATIENCE_S: Final = 120.0
"""A generator that says nothing for so long, beyond what it was told to do, hangs."""

RECEIVE_BYTES: Final = 1 << 20

Tell = Callable[[int, Mapping[str, Any]], None]
"""Called with the number of a generator and what it said of a second."""


class Crew:
    """Generators at work."""

    def __init__(self, processes: Sequence[trio.Process], on_second: Tell) -> None:
        self._processes, self._on_second = processes, on_second
        self._came = [bytearray() for _ in processes]
        self._lines: list[deque[bytes]] = [deque() for _ in processes]

    async def order(self, wait_for: str, seconds: float = 0.0, **order: Any) -> list[Any]:
        """
        Tell all the same, and wait until each has said ``wait_for``.

        Args:
            wait_for: The word.
            seconds: How long what is ordered takes.
            order: What to do.

        Returns:
            What each said it was.

        Raises:
            BenchFault: One of them did not.

        """
        return await self.each([order] * len(self._processes), wait_for, seconds)

    async def each(self, orders: Sequence[Mapping[str, Any]], wait_for: str, seconds: float = 0.0) -> list[Any]:
        """As :meth:`order`, to each its own."""
        said: list[Any] = [None] * len(orders)

        async def ask(number: int) -> None:
            process = self._processes[number]
            assert process.stdin is not None
            await process.stdin.send_all(orjson.dumps(orders[number]) + b"\n")
            said[number] = await self._listen(number, wait_for)

        with trio.move_on_after(seconds + PATIENCE_S) as patience:
            try:
                async with trio.open_nursery() as nursery:
                    for number in range(len(orders)):
                        nursery.start_soon(ask, number)
            except* (trio.BrokenResourceError, EOFError):
                raise BenchFault(BenchCode.GENERATOR_LOST, "it ended before its time") from None
        if patience.cancelled_caught:
            raise BenchFault(BenchCode.GENERATOR_LOST, f"no {wait_for!r} in {seconds + PATIENCE_S:.0f} s")
        return said

    async def _listen(self, number: int, wait_for: str) -> Any:
        while True:
            told = orjson.loads(await self._line(number))
            if "second" in told:
                self._on_second(number, told)
            if wait_for in told:
                return told[wait_for]

    async def _line(self, number: int) -> bytes:
        lines, came, stdout = self._lines[number], self._came[number], self._processes[number].stdout
        assert stdout is not None
        while not lines:
            data = await stdout.receive_some(RECEIVE_BYTES)
            if not data:
                raise EOFError
            came += data
            if b"\n" in data:
                *whole, left = bytes(came).split(b"\n")
                lines.extend(whole)
                came[:] = left
        return lines.popleft()


@asynccontextmanager
async def crew(count: int, on_second: Tell) -> AsyncIterator[Crew]:
    """So many generators, for as long as the block lasts."""
    processes: list[trio.Process] = []
    try:
        while len(processes) < count:
            processes.append(
                await trio.lowlevel.open_process(
                    [sys.executable, "-m", "bench.generator"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                )
            )
        yield Crew(processes, on_second)
    finally:
        with trio.CancelScope(shield=True):
            for process in processes:
                if process.returncode is None:
                    process.kill()
                await process.wait()
                for pipe in (process.stdin, process.stdout):
                    if pipe is not None:
                        await pipe.aclose()
