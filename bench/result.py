"""What was found in one run, held to what the scenario says must hold. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bench.histogram import Histogram, row
from bench.merge import Found
from bench.scenario import Scenario
from bench.thresholds import COUNTS, Judged

FORMAT: Final = 1


@dataclass(slots=True)
class Second:
    """One second of a run."""

    at_s: int
    sent: int = 0
    answered: int = 0
    frames: int = 0
    bytes: int = 0
    ack: Histogram = field(default_factory=Histogram)
    server_cpu: float | None = None
    server_rss_mib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """When, where and under which settings it was tried."""

    began_at: str
    machine: Mapping[str, Any]
    settings: Mapping[str, str]
    generators: int


@dataclass(slots=True, kw_only=True)
class Run:
    """What was tried and what was found."""

    scenario: Scenario
    about: About
    found: Found
    seconds: Sequence[Second]
    server: Mapping[str, float]
    """What the house used and counted."""

    judged: Sequence[Judged]
    void: str | None
    """Why nothing was measured, if so."""

    @property
    def verdict(self) -> str:
        """``pass``, ``fail`` or ``void``."""
        if self.void is not None:
            return "void"
        return "pass" if all(each.held for each in self.judged) else "fail"

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it; what ``compare`` reads."""
        found = self.found
        scenario = asdict(self.scenario)
        scenario["thresholds"] = [threshold.text for threshold in self.scenario.thresholds]
        return {
            "format": FORMAT,
            "verdict": self.verdict,
            "void": self.void,
            **asdict(self.about),
            "scenario": scenario,
            "latencies_ms": {name: row(each) for name, each in found.latencies.items()},
            "counts": dict(found.counts),
            "errors": {code: count for code, count in found.errors.items() if count},
            "refused": dict(found.refused),
            "generator_cpu": found.generator_cpu,
            "server": dict(self.server),
            "thresholds": [asdict(each) for each in self.judged],
            "seconds": [{**asdict(each), "ack": row(each.ack)} for each in self.seconds],
            "histograms": {name: each.plain() for name, each in found.latencies.items()},
        }


def judge(
    scenario: Scenario, found: Found, server: Mapping[str, float], seconds: Sequence[Second], about: About
) -> Run:
    """What was found, held to the scenario's thresholds. Void where the generator was late, or nothing was counted."""
    figures = figures_of(found, server)
    lag = found.latencies["lag"]
    late_ms = lag.percentile(99) / 1e6 if lag.count else 0.0
    void = None
    if not found.counts["bids"]:
        void = "没有计入任何出价。No bid was counted."
    elif late_ms > scenario.lag_p99_ms_max:
        void = (
            f"压测端自身 p99 迟到 {late_ms:.1f} ms，超过 {scenario.lag_p99_ms_max:g} ms。"
            f"The generator itself was {late_ms:.1f} ms late at p99, above {scenario.lag_p99_ms_max:g} ms."
        )
    return Run(
        scenario=scenario,
        about=about,
        found=found,
        seconds=seconds,
        server=server,
        judged=[threshold.judge(found.latencies, figures) for threshold in scenario.thresholds],
        void=void,
    )


def figures_of(found: Found, server: Mapping[str, float]) -> dict[str, float]:
    """What thresholds may name beside latencies. Counts nobody has added to are zero; what is not known is not there."""
    counts = found.counts
    figures = {**dict.fromkeys(COUNTS, 0.0), **{name: float(counts[name]) for name in counts}}
    figures["refused"] = float(found.refused.total())
    figures["errors"] = float(found.errors.total() + counts["gaps"] + counts["dropped"] + counts["unanswered"])
    figures["generator_cpu"] = found.generator_cpu
    figures |= {name: server[of] for name, of in (("server_cpu", "cpu"), ("server_rss", "rss_mib")) if of in server}
    return figures
