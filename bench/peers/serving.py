"""What the Python peers share: when to begin, how long to wait, and which loop."""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from importlib import import_module
from typing import Any

from bench.peers.task import Task


class Pace:
    """When each event is due, from now on."""

    def __init__(self, interval_s: float) -> None:
        gc.collect()
        gc.freeze()
        self._interval_s = interval_s
        self._began = time.monotonic()

    def wait_s(self, event: int) -> float:
        """How long to wait for event ``event``, which is due by plan."""
        return max(0.0, self._began + event * self._interval_s - time.monotonic())


def say_port(port: int) -> None:
    """Where to connect."""
    print(port, flush=True)


def wait_for_go() -> None:
    """All are in. Wait to be told to begin."""
    print("in", flush=True)
    sys.stdin.readline()


async def tell_all(task: Task, tell: Callable[[], Awaitable[None]]) -> None:
    """Once told to begin, ``tell`` by plan; then stay, for whoever measures has to look at us once everything has come."""
    await asyncio.to_thread(wait_for_go)
    pace = Pace(task.interval_s)
    for event in range(task.events):
        await asyncio.sleep(pace.wait_s(event))
        await tell()
    await asyncio.Event().wait()


class Gathering:
    """Who has come."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._here: dict[Any, None] = {}
        self.complete = asyncio.Event()

    def add(self, viewer: Any) -> None:
        """One more."""
        self._here[viewer] = None
        if len(self._here) == self._wanted:
            self.complete.set()

    @property
    def all(self) -> Iterable[Any]:
        """Everybody."""
        return self._here.keys()


def runner(main: Coroutine[Any, Any, None]) -> None:
    """Run ``main`` on uvloop."""
    import_module("uvloop").run(main)
