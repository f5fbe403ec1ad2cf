"""A machine on virtual time whose clock may be set, slewed, stopped, or told a second twice; and all the ways we try."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import trio

from engine.room.clock import HouseClock, Steps
from tests.room.scene import NOON, SECOND

MINUTE, HOUR = 60.0, 3600.0
JUMP_MS_MAX: Final = 1000

Error = Callable[[float], float]
"""By how much the time of day is wrong so many seconds after the fault began, in seconds."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that happens to a machine's clock."""

    error: Error
    noticed: bool
    """Whether the house must notice, and suspend what goes by the clock."""

    begins_s: float = 0.0
    """How long after the machine was started."""

    def wall_ns(self, monotonic_ns: int) -> int:
        """The machine's time of day."""
        since_s = monotonic_ns / SECOND - self.begins_s
        return NOON + monotonic_ns + (round(self.error(since_s) * SECOND) if since_s > 0 else 0)

    def later(self, seconds: float) -> "Fault":
        """The same, beginning then."""
        return Fault(self.error, self.noticed, self.begins_s + seconds)


def step(seconds: float) -> Fault:
    """Somebody sets the clock."""
    return Fault(lambda _since: seconds, noticed=abs(seconds) * 1000 > JUMP_MS_MAX)


def slew(ppm: float) -> Fault:
    """A time server corrects it little by little."""
    return Fault(lambda since: since * ppm / 1e6, noticed=False)


def frozen(seconds: float, *, catches_up: bool) -> Fault:
    """It stands still, and goes on afterwards; where it stood, or where it should be."""
    return Fault(
        lambda since: -since if since <= seconds else 0.0 if catches_up else -seconds,
        noticed=seconds * 1000 > JUMP_MS_MAX,
    )


SMEARED_OVER: Final = 24 * HOUR

FAULTS: Final[Mapping[str, Fault]] = {
    "none": Fault(lambda _since: 0.0, noticed=False),
    "set 1 s ahead": step(1),
    "set 1 s back": step(-1),
    "set 1 min ahead": step(MINUTE),
    "set 1 min back": step(-MINUTE),
    "set 1 h ahead": step(HOUR),
    "set 1 h back": step(-HOUR),
    "slewed +500 ppm": slew(500),
    "slewed -500 ppm": slew(-500),
    "frozen for ever": frozen(1e9, catches_up=False),
    "frozen 10 s, then right": frozen(10, catches_up=True),
    "frozen 10 s, then behind": frozen(10, catches_up=False),
    "frozen 0.5 s": frozen(0.5, catches_up=False),
    # At 23:59:60 Linux sets its clock back a second; those who smear run slower all day.
    "leap second told twice": step(-1),
    "leap second smeared": Fault(lambda since: -min(1.0, since / SMEARED_OVER), noticed=False),
    # Asleep, no clock that we go by moves; the time of day is ahead when it wakes.
    "asleep for 10 min": step(10 * MINUTE),
    "thrown about by 0.9 s": Fault(lambda since: 0.9 * (1 + since // 1), noticed=True),
}


class Machine:
    """Its clocks, as the house reads them. Trio's virtual time is the one nobody sets."""

    def __init__(self, fault: Fault = FAULTS["none"]) -> None:
        self.fault = fault

    def monotonic_ns(self) -> int:
        return round(trio.current_time() * SECOND)

    def wall_ns(self) -> int:
        return self.fault.wall_ns(self.monotonic_ns())

    def house_clock(self, floor: int = 0) -> HouseClock:
        """House time on this machine."""
        return HouseClock(floor, self.wall_ns, self.monotonic_ns)  # type: ignore[arg-type]

    def steps(self) -> Steps:
        """Who looks whether it steps."""
        return Steps(self.wall_ns, self.monotonic_ns, JUMP_MS_MAX)
