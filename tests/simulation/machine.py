"""The machine on which the house runs: its clocks and its power."""

from collections.abc import Callable

import trio
import trio.testing

from engine.domain.units import Nanoseconds
from tests.simulation.plan import NOON

BOOTED_NS = 7_000_000_000_000
"""The monotonic clock when the world begins."""


class Machine:
    """Its time of day can be set; its own clock cannot, but may stand still with the whole machine."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._set_by = 0
        self._slept = 0
        self.alive = False
        self.on_lost: Callable[[], None] = lambda: None

    def wall(self) -> int:
        """The time of day, in nanoseconds since 1970."""
        return NOON + self._virtual() + self._set_by

    def monotonic(self) -> int:
        """Nanoseconds since it was switched on."""
        return BOOTED_NS + self._virtual() - self._slept

    def set_clock(self, by_ms: int) -> None:
        """Somebody sets its time of day."""
        self._set_by += by_ms * 1_000_000

    def stand_still(self, seconds: float, *, counted: bool) -> None:
        """Nothing runs for a while; its own clock counts that or does not."""
        self._clock.jump(seconds)
        if not counted:
            self._slept += round(seconds * 1e9)

    def lose(self) -> None:
        """The machine, or the engine on it, is gone this instant."""
        if self.alive:
            self.alive = False
            self.on_lost()

    def instant_of(self, house_time: Nanoseconds, offset: int) -> float:
        """When the house's clock, so far ahead of the machine's own, shows ``house_time``."""
        return (house_time - offset - BOOTED_NS + self._slept) / 1e9

    @staticmethod
    def _virtual() -> int:
        return round(trio.current_time() * 1e9)
