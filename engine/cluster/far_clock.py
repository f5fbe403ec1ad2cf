"""House time as a gateway knows it: heard from the engine, and never ahead of it."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

import trio

from engine.domain.units import Nanoseconds

WINDOW_NS: Final = 60_000_000_000
"""Beats older than this say nothing any more: two clocks drift apart."""


class FarClock:
    """
    See :class:`engine.room.clock.Clock`.

    Whatever a beat says was true before it came, so the latest time any recent beat allows for is at most behind, by the least that a
    message takes. A stamp made here is never later than the true arrival, and earlier only by that.
    """

    def __init__(self, monotonic: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic = monotonic
        self._boot = ""
        self._heard: deque[tuple[int, int]] = deque()
        """When a beat came, and how far house time was ahead of our clock then; the latter falls."""

        self._last = 0

    def hear(self, now: int, boot: str) -> None:
        """An engine said it was ``now``."""
        if boot != self._boot:
            self._boot = boot
            self._heard.clear()
        at = self._monotonic()
        while self._heard and self._heard[0][0] < at - WINDOW_NS:
            self._heard.popleft()
        while self._heard and self._heard[-1][1] <= now - at:
            self._heard.pop()
        self._heard.append((at, now - at))

    def now(self) -> Nanoseconds:
        """See :class:`engine.room.clock.Clock`. Before the first beat it is 0."""
        ahead = self._heard[0][1] if self._heard else -self._monotonic()
        self._last = max(self._last, self._monotonic() + ahead)
        return Nanoseconds(self._last)

    async def sleep_until(self, instant: Nanoseconds) -> None:
        """See :class:`engine.room.clock.Clock`."""
        await trio.sleep(max(0.0, (instant - self.now()) / 1e9))
