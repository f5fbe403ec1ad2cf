"""What the Python peers share: their arguments, their clock, and what they say in the end."""

import asyncio
import gc
import resource
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """So many viewers, so many bytes, so many events, so long between them."""

    displays: int
    text: str
    events: int
    interval_s: float

    @classmethod
    def from_arguments(cls) -> "Task":
        """As ``floor.c`` takes them: N BYTES EVENTS INTERVAL_US."""
        displays, size, events, interval_us = map(int, sys.argv[1:5])
        return cls(displays, "x" * (size - 4), events, interval_us / 1e6)


class Meter:
    """CPU of this process from its making to its end."""

    def __init__(self) -> None:
        gc.collect()
        gc.freeze()
        self._before = _cpu_us()
        self._began = time.monotonic()

    def wait_s(self, event: int, task: Task) -> float:
        """How long to wait for event ``event``, which is due by plan."""
        return max(0.0, self._began + event * task.interval_s - time.monotonic())

    def say(self, sends: int) -> None:
        """CPU microseconds and the number of sends, as ``floor.c`` says them."""
        print(round(_cpu_us() - self._before), sends, flush=True)


def _cpu_us() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1e6


def say_port(port: int) -> None:
    """Where to connect."""
    print(port, flush=True)


def runner(main: Coroutine[Any, Any, None]) -> None:
    """Run ``main`` on uvloop where it is installed, else on asyncio's own loop."""
    if find_spec("uvloop") is not None:
        import_module("uvloop").run(main)
    else:
        asyncio.run(main)
