"""What is to happen when, in the world outside the house: one task does it all, in a fixed order."""

import heapq
from collections.abc import Callable
from itertools import count
from math import ceil, inf

import trio

Happening = Callable[[], None]


def on_grid(instant: float, grid_s: float = 0.01) -> float:
    """The next instant of a grid: what is not meant to be exact happens together with other things."""
    return ceil(instant / grid_s) * grid_s


class Schedule:
    """Happenings at instants of virtual time. Those of one instant come in the order of who planned them, then of planning."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, int, Happening]] = []
        self._number = count()
        self._rest = trio.CancelScope()

    def at(self, instant: float, then: Happening, who: int = 0) -> None:
        """Let ``then`` happen at ``instant``, or now if that is past."""
        heapq.heappush(self._due, (instant, who, next(self._number), then))
        self._rest.deadline = min(self._rest.deadline, instant)

    def after(self, seconds: float, then: Happening, who: int = 0) -> None:
        """Let it happen ``seconds`` from now."""
        self.at(trio.current_time() + seconds, then, who)

    async def run(self) -> None:
        """For ever."""
        while True:
            while self._due and self._due[0][0] <= trio.current_time():
                heapq.heappop(self._due)[3]()
            with trio.CancelScope(deadline=self._due[0][0] if self._due else inf) as self._rest:
                await trio.sleep_forever()
