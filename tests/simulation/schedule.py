"""What is to happen when, in the world outside the house: one task does it all, in a fixed order."""

import heapq
from collections.abc import Callable
from itertools import count

import trio

Happening = Callable[[], None]


class Schedule:
    """Happenings at instants of virtual time. Those of one instant come in the order of who planned them, then of planning."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, int, Happening]] = []
        self._number = count()
        self._news = trio.Event()

    def at(self, instant: float, then: Happening, who: int = 0) -> None:
        """Let ``then`` happen at ``instant``, or now if that is past."""
        heapq.heappush(self._due, (instant, who, next(self._number), then))
        if self._due[0][3] is then:
            self._news.set()

    def after(self, seconds: float, then: Happening, who: int = 0) -> None:
        """Let it happen ``seconds`` from now."""
        self.at(trio.current_time() + seconds, then, who)

    async def run(self) -> None:
        """For ever."""
        while True:
            while self._due and self._due[0][0] <= trio.current_time():
                heapq.heappop(self._due)[3]()
            self._news = trio.Event()
            with trio.move_on_at(self._due[0][0] if self._due else float("inf")):
                await self._news.wait()
