"""House time: what stamps are made of. It never goes back."""

import time
from typing import Protocol

import trio

from engine.domain.units import Nanoseconds


class Clock(Protocol):
    """The time of day as the house counts it."""

    def now(self) -> Nanoseconds:
        """Nanoseconds since 1970; never less than the time before."""
        ...

    async def sleep_until(self, instant: Nanoseconds) -> None:
        """Return at ``instant`` or after it."""
        ...


class HouseClock:
    """
    Wall time read once, then carried on by the monotonic clock.

    A step of the system's clock does not move a running house. ``floor`` is the last instant on record: after a restart on a
    clock that went back, time goes on from there.
    """

    def __init__(self, floor: Nanoseconds = Nanoseconds(0)) -> None:
        self._offset = max(time.time_ns(), floor + 1) - time.monotonic_ns()

    def now(self) -> Nanoseconds:
        """See :class:`Clock`."""
        return Nanoseconds(time.monotonic_ns() + self._offset)

    async def sleep_until(self, instant: Nanoseconds) -> None:
        """See :class:`Clock`."""
        await trio.sleep(max(0.0, (instant - self.now()) / 1e9))
