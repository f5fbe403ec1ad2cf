"""House time: what stamps are made of. It never goes back."""

import time
from collections.abc import Callable
from typing import Final, Protocol

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


SLEW_PER_S: Final = 0.1
"""What a clock may be off a second and still be corrected, not set: chrony slews by at most a twelfth, the kernel by far less."""


class Steps:
    """
    Notices when the machine's clock is not to be gone by: somebody set it, the machine was asleep, or it stands still.

    Args:
        wall: The machine's time of day, in nanoseconds.
        monotonic: A clock nobody sets, in nanoseconds.
        jump_ms_max: Less than that is no jump but a correction nobody notices. What comes in many small steps is added up,
            except for what a time server may slew meanwhile.

    """

    def __init__(self, wall: Callable[[], int], monotonic: Callable[[], int], jump_ms_max: int) -> None:
        self._wall, self._monotonic, self._most = wall, monotonic, jump_ms_max * 1_000_000
        self._looked = monotonic()
        self._apart = wall() - self._looked
        self._drift = 0
        """What small steps amount to."""

    def jumped_ms(self) -> int:
        """By how much the clock jumped since that was last said, in milliseconds; 0 if it did not."""
        now = self._monotonic()
        apart = self._wall() - now
        step, self._apart = apart - self._apart, apart
        slewed, self._looked = round((now - self._looked) * SLEW_PER_S), now
        drift = self._drift + step
        self._drift = max(0, drift - slewed) if drift > 0 else min(0, drift + slewed)
        jump = step if abs(step) > self._most else self._drift
        if abs(jump) <= self._most:
            return 0
        self._drift = 0
        return jump // 1_000_000


class HouseClock:
    """
    Wall time read once, then carried on by the monotonic clock.

    A step of the system's clock does not move a running house. ``floor`` is the last instant on record: after a restart on a
    clock that went back, time goes on from there. ``wall`` and ``monotonic`` are the machine's clocks, in nanoseconds.
    """

    def __init__(
        self,
        floor: Nanoseconds = Nanoseconds(0),
        wall: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._monotonic = monotonic
        self._offset = max(wall(), floor + 1) - monotonic()

    def now(self) -> Nanoseconds:
        """See :class:`Clock`."""
        return Nanoseconds(self._monotonic() + self._offset)

    async def sleep_until(self, instant: Nanoseconds) -> None:
        """See :class:`Clock`."""
        await trio.sleep(max(0.0, (instant - self.now()) / 1e9))
