"""Halls that several figures are measured in: real houses, a crowd by plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import trio

from bench.figures.figure import NotMeasured
from bench.house import LOT, amount_fen
from bench.program import OneLot
from bench.result import Run
from bench.run import conduct
from bench.scenario import Scenario, Stage
from bench.schedule import SECOND_NS, Bid
from bench.target import needed_settings, own_house


def hall(  # noqa: PLR0913, PLR0917 - with defaults
    displays: int,
    rate: float,
    for_s: float,
    sampled: int = 1,
    enter_per_s: float = 1000.0,
    lag_p99_ms_max: float = 20.0,
) -> Scenario:
    """So many displays, so many bids a second at even intervals."""
    return Scenario(
        name="figure",
        title_zh="指标",
        title_en="A figure",
        seed=1,
        stages=(Stage(for_s=for_s, rate=rate, rate_to=rate),),
        steady=True,
        rush=None,
        bidders=10,
        displays=displays,
        sampled=sampled,
        slow_percent=0.0,
        slow_bytes_per_s=1,
        enter_per_s=enter_per_s,
        lost_per_s=0.0,
        back_after_s=1.0,
        storms=(),
        warm_up_s=0.0,
        processes=0,
        lag_p99_ms_max=lag_p99_ms_max,
        thresholds=(),
    )


LATE_MS: Final = 1000.0
"""Where CPU is counted and nothing is timed, a late crowd does no harm."""


@dataclass(frozen=True, slots=True)
class Bursts(OneLot):
    """As one lot, with several bids due at the same instant."""

    @classmethod
    def every(cls, interval_s: float, size: int, scenario: Scenario) -> "Bursts":
        """So many at once, again and again."""
        count = int(scenario.seconds / interval_s) * size
        bids = [
            Bid(round(k // size * interval_s * SECOND_NS), k, k % scenario.bidders + 1, LOT, amount_fen(k))
            for k in range(count)
        ]
        return cls(bids, range(1, scenario.bidders + 1), scenario.seconds)


def held(scenario: Scenario, program: OneLot | None = None) -> Run:
    """
    The run.

    Raises:
        NotMeasured: The crowd was not up to it, or lost somebody.

    """
    settings = needed_settings(scenario) | {
        "LUOCHUI_LIMITS_COMMANDS_PER_S": "100000",
        "LUOCHUI_LIMITS_COMMANDS_BURST": "100000",
    }
    with own_house(scenario, settings) as house:
        run = trio.run(partial(conduct, house, scenario, program or OneLot.of(scenario), settings))
    if run.void is not None:
        raise NotMeasured("压测端跟不上，本次无效。", f"The crowd was not up to it: {run.void}")
    errors = run.found.errors.total() + run.found.counts["gaps"] + run.found.counts["dropped"]
    if errors:
        raise NotMeasured(f"有 {errors} 处差错，本次无效。", f"{errors} error(s) on the way; nothing was measured.")
    return run


def medians(values: Sequence[float]) -> float:
    """The middle one."""
    return sorted(values)[len(values) // 2]
