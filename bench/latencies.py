"""Percentiles of what was measured, every value kept: nothing is estimated from buckets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

PERCENTILES: Final = (50.0, 90.0, 99.0, 99.9)


@dataclass(frozen=True, slots=True)
class Latencies:
    """A row of the table; milliseconds."""

    count: int
    p50: float
    p90: float
    p99: float
    p99_9: float
    max: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Latencies":
        """The row of these latencies."""
        ordered = sorted(seconds)
        if not ordered:
            nan = float("nan")
            return cls(0, nan, nan, nan, nan, nan)
        p50, p90, p99, p99_9 = (round(percentile(ordered, share) * 1000, 3) for share in PERCENTILES)
        return cls(len(ordered), p50, p90, p99, p99_9, round(ordered[-1] * 1000, 3))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that ``share`` per cent of all do not exceed (nearest rank)."""
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]
