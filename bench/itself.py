"""The crowd measured against itself: how late and how busy it is where the house takes no time at all."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import trio

from bench.crew import crew
from bench.faults import BenchCode, BenchFault
from bench.histogram import row
from bench.house import Cores, House, share_cores
from bench.merge import Found, merge
from bench.mirror import SALE
from bench.open_files import raise_file_limit
from bench.program import OneLot
from bench.run import LEAD_S, jobs
from bench.scenario import Scenario, Stage
from bench.schedule import SECOND_NS
from engine.domain.parties import Principal

BUSY_MAX: Final = 0.8
"""A generator busier than this has no room left for what a run may bring."""

TRY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Own:
    """What the crowd itself needs at one rate."""

    rate: float
    found: Found
    mirror_cpu: float
    late_ms_max: float
    seconds: float

    @property
    def fit(self) -> bool:
        """Whether a run at this rate would say something of the house."""
        lag = self.found.latencies["lag"]
        return bool(lag.count) and lag.percentile(99) / 1e6 <= self.late_ms_max and self.found.generator_cpu < BUSY_MAX

    def plain(self) -> dict[str, Any]:
        """For programs."""
        found = self.found
        return {
            "rate": self.rate,
            "fit": self.fit,
            "lag_ms": row(found.latencies["lag"]),
            "bid_ack_ms": row(found.latencies["bid_ack"]),
            "generator_cpu": round(found.generator_cpu, 3),
            "entry_us": round(found.entry_s * 1e6, 1),
            "frame_us": round(found.generator_cpu * self.seconds / max(1, found.counts["frames"]) * 1e6, 2),
            "mirror_cpu": round(self.mirror_cpu, 3),
            "frames_per_s": round(found.counts["frames"] / self.seconds),
            "dropped": found.counts["dropped"],
        }


class MirrorHouse(House):
    """A house that knows everybody."""

    def token(self, principal: Principal) -> str:
        """Any will do."""
        return f"mirror.{principal}"


def measure(scenario: Scenario, shares: tuple[float, ...] = (0.5, 1.0, 2.0), for_s: float = TRY_S) -> Iterator[Own]:
    """
    Try ``scenario``'s crowd at these multiples of its highest rate, without losses, for a few seconds each.

    Raises:
        BenchFault: A generator was lost.

    """
    for times in shares:
        rate = scenario.rate_most * times
        stage = Stage(for_s=for_s, rate=rate, rate_to=rate)
        tried = replace(
            scenario, stages=(stage,), rush=None, storms=(), lost_per_s=0.0, slow_percent=0.0, warm_up_s=0.0
        )
        with mirror(share_cores()) as house:
            yield trio.run(partial(_try, house, tried, rate))


async def _try(house: House, scenario: Scenario, rate: float) -> Own:
    program = OneLot.of(scenario)
    count = scenario.processes or max(1, len(house.cores.generator))
    async with crew(count, lambda _number, _told: None) as generators:
        await generators.each(jobs(house, scenario, program, count), "ready")
        arriving_s = (scenario.displays + scenario.bidders) / scenario.enter_per_s
        await generators.order("entered", arriving_s, enter=time.monotonic_ns() + SECOND_NS // 10)
        used, began = house.used(), time.monotonic()
        begin_ns = time.monotonic_ns() + round(LEAD_S * SECOND_NS)
        await generators.order("done", program.seconds, go=begin_ns, for_s=program.seconds)
        cpu = (house.used().cpu_s - used.cpu_s) / (time.monotonic() - began)
        found = merge(await generators.order("result", end=True), 0)
    return Own(rate, found, cpu, scenario.lag_p99_ms_max / 4, program.seconds)


@contextmanager
def mirror(cores: Cores) -> Iterator[House]:
    """A mirror on the house's core, for as long as the block lasts."""
    raise_file_limit()
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    before = os.sched_getaffinity(0) if cores.house else set()
    if cores.house:
        os.sched_setaffinity(0, cores.house)
    process = subprocess.Popen([sys.executable, "-m", "bench.mirror"], stdout=subprocess.PIPE, env=path)
    if cores.generator:
        os.sched_setaffinity(0, cores.generator)
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise BenchFault(BenchCode.HOUSE_NOT_STARTED, "mirror")
        yield MirrorHouse(f"http://127.0.0.1:{int(port)}", Path(), process.pid, cores, SALE)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        if before:
            os.sched_setaffinity(0, before)
