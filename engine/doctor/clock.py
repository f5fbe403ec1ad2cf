"""Is the time right? Every stamp on the record is the house's own."""

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from engine.doctor.finding import Finding, fault, ok, warning

LOOK_S: Final = 0.5
STEP_MS_MAX: Final = 5.0
"""Within a look of half a second no sound clock is moved further: slewing is limited to 500 ppm, a quarter of a millisecond."""

YEARS: Final = (2025, 2100)
PATIENCE_S: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the system says of its clock."""

    now: datetime
    synchronised: bool | None
    """None where nothing says so."""

    told_by: str
    """What said so; empty where nothing did."""

    stepped_ms: float
    """How far wall time moved away from monotonic time during the look."""


def look(wall: Callable[[], int] = time.time_ns, steady: Callable[[], int] = time.monotonic_ns) -> Clock:
    """Look at the clock for half a second."""
    began, from_steady = wall(), steady()
    time.sleep(LOOK_S)
    stepped_ms = ((wall() - began) - (steady() - from_steady)) / 1e6
    synchronised, told_by = _synchronised()
    return Clock(
        now=datetime.fromtimestamp(wall() / 1e9, UTC),
        synchronised=synchronised,
        told_by=told_by,
        stepped_ms=round(stepped_ms, 3),
    )


def judge(clock: Clock) -> Finding:
    """What that means."""
    facts = {"utc": clock.now.isoformat(timespec="seconds"), "stepped_ms": clock.stepped_ms, "told_by": clock.told_by}
    if not YEARS[0] <= clock.now.year < YEARS[1]:
        return fault(
            "clock",
            f"系统时间为 {clock.now.year} 年，显然有误：请先校时，再办拍卖会。",
            f"The clock says it is the year {clock.now.year}: set it before you hold a sale.",
            **facts,
        )
    if abs(clock.stepped_ms) > STEP_MS_MAX:
        return fault(
            "clock",
            f"系统时钟在观察的半秒内跳动了 {clock.stepped_ms} 毫秒：请检查校时程序，待其稳定。",
            f"The clock jumped by {clock.stepped_ms} ms within half a second: look at what sets it, and wait until it rests.",
            **facts,
        )
    if clock.synchronised is None:
        return warning(
            "clock",
            "无从得知时钟是否与授时源同步（timedatectl、chronyc 均无回答）：请自行确认。",
            "Nothing says whether the clock is synchronised (neither timedatectl nor chronyc answers): make sure of it yourself.",
            **facts,
        )
    if not clock.synchronised:
        return warning(
            "clock",
            "时钟未与授时源同步：请启用 chrony 或 systemd-timesyncd，记录上的时刻才可作证。",
            "The clock is not synchronised: run chrony or systemd-timesyncd, or the times on the record prove little.",
            **facts,
        )
    return ok("clock", "时钟已同步，走时平稳。", "The clock is synchronised and steady.", **facts)


def _synchronised() -> tuple[bool | None, str]:
    if (said := _ask("timedatectl", "show", "--property=NTPSynchronized", "--value")) in {"yes", "no"}:
        return said == "yes", "timedatectl"
    leap = [line for line in _ask("chronyc", "tracking").splitlines() if line.startswith("Leap status")]
    return ("Not synchronised" not in leap[0], "chronyc") if leap else (None, "")


def _ask(program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words
            [found, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
