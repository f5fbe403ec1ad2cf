"""The time of a sale whose robots do not wait: it stands still until they move it."""

import trio

from engine.domain.units import Nanoseconds


class StageClock:
    """House time that goes on only by :meth:`advance`, and never back."""

    def __init__(self, begins: Nanoseconds) -> None:
        self._now = begins
        self._moved = trio.Event()

    def now(self) -> Nanoseconds:
        """See :class:`engine.room.clock.Clock`."""
        return self._now

    async def sleep_until(self, instant: Nanoseconds) -> None:
        """See :class:`engine.room.clock.Clock`."""
        while self._now < instant:
            await self._moved.wait()

    def advance(self, to: Nanoseconds) -> None:
        """It is ``to`` now, unless it is later already."""
        if to > self._now:
            self._now = to
            self._moved.set()
            self._moved = trio.Event()
