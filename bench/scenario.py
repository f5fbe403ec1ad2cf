"""
What is tried: how many come, how they bid, what becomes of their links, and what must hold.

Everything random in a run follows from the scenario's seed.
"""

from dataclasses import dataclass, replace

from bench.thresholds import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """So many bids a second for so long; from ``rate`` to ``rate_to`` in a straight line."""

    for_s: float
    rate: float
    rate_to: float

    @property
    def bids(self) -> float:
        """How many bids it asks for."""
        return self.for_s * (self.rate + self.rate_to) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """The last moments, in which everybody bids (最后时刻抢拍)."""

    last_s: float
    times: float
    """What the rate is multiplied by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Many links lost at once, all back after the same time: a switch that was turned off and on."""

    at_s: float
    share_percent: float
    back_after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One run, planned."""

    name: str
    title_zh: str
    title_en: str
    seed: int

    stages: tuple[Stage, ...]
    steady: bool
    """Bids at even intervals; else as independent people come (a Poisson process)."""

    rush: Rush | None

    bidders: int
    displays: int
    sampled: int
    """Displays whose every frame is read and timed; the others are counted."""

    slow_percent: float
    """Share of the displays that read slowly. They are not among the sampled ones."""

    slow_bytes_per_s: int
    enter_per_s: float
    lost_per_s: float
    """Links lost one by one, all together in a second."""

    back_after_s: float
    storms: tuple[Storm, ...]

    warm_up_s: float
    processes: int
    """Generators; 0 leaves it to the machine."""

    lag_p99_ms_max: float
    """A generator later than this measured itself: the run is void."""

    thresholds: tuple[Threshold, ...]

    @property
    def seconds(self) -> float:
        """How long bids are made, warming up included."""
        return sum(stage.for_s for stage in self.stages)

    @property
    def rate_most(self) -> float:
        """The highest rate of all, bids a second."""
        most = max(max(stage.rate, stage.rate_to) for stage in self.stages)
        return most * (self.rush.times if self.rush is not None else 1)


def changed(  # noqa: PLR0913 - keyword-only
    scenario: Scenario,
    *,
    rate: float | None = None,
    seconds: float | None = None,
    displays: int | None = None,
    bidders: int | None = None,
    seed: int | None = None,
) -> Scenario:
    """``scenario`` with other figures. A rate, or a time, makes one stage of all its stages, without a rush."""
    if rate is not None or seconds is not None:
        steady = rate if rate is not None else sum(stage.bids for stage in scenario.stages) / scenario.seconds
        for_s = seconds if seconds is not None else scenario.seconds
        scenario = replace(scenario, stages=(Stage(for_s=for_s, rate=steady, rate_to=steady),), rush=None)
    displays = scenario.displays if displays is None else displays
    return replace(
        scenario,
        displays=displays,
        sampled=min(scenario.sampled, displays),
        bidders=scenario.bidders if bidders is None else bidders,
        seed=scenario.seed if seed is None else seed,
    )
