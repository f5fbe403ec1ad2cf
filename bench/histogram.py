"""
How often each latency occurred, at a fixed relative precision (the layout of HDR histograms): small, and merged without loss.

Why our own: the histogram library of the package index brings two build tools along at run time and has no binary for arm64.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, Self

BITS: Final = 11
"""A value keeps its highest eleven bits: what is told of it is at most one part in 1,024 above it."""

VALUE_MAX: Final = 3600 * 10**9
"""Nanoseconds. Whatever takes longer than an hour is counted as an hour."""

PERCENTILES: Final = (50.0, 90.0, 99.0, 99.9, 99.99)


def _index(value: int) -> int:
    shift = max(0, value.bit_length() - BITS)
    return (shift << BITS) | (value >> shift)


def _highest(index: int) -> int:
    """The highest value that is counted under ``index``."""
    shift, kept = index >> BITS, index & ((1 << BITS) - 1)
    return ((kept + 1) << shift) - 1


@dataclass(slots=True)
class Histogram:
    """Latencies in nanoseconds, counted."""

    counts: dict[int, int] = field(default_factory=dict)
    count: int = 0
    total: int = 0
    """The sum of all values, exact."""

    least: int = 0
    most: int = 0

    @classmethod
    def of(cls, values: Iterable[int]) -> Self:
        """The histogram of these values."""
        made = cls()
        for value in values:
            made.add(value)
        return made

    def add(self, value: int) -> None:
        """Count one value; below zero it is zero."""
        value = min(max(0, value), VALUE_MAX)
        index = _index(value)
        self.counts[index] = self.counts.get(index, 0) + 1
        self.least = value if not self.count else min(self.least, value)
        self.most = max(self.most, value)
        self.count += 1
        self.total += value

    def merge(self, other: "Histogram") -> None:
        """Take in all of ``other``, as if its values had been counted here."""
        if not other.count:
            return
        for index, count in other.counts.items():
            self.counts[index] = self.counts.get(index, 0) + count
        self.least = other.least if not self.count else min(self.least, other.least)
        self.most = max(self.most, other.most)
        self.count += other.count
        self.total += other.total

    def percentile(self, share: float) -> int:
        """
        A value that ``share`` per cent of all do not exceed: never below the least such value, at most 0.1 % above it.

        Raises:
            ValueError: Nothing was counted, or the share is none.

        """
        if not self.count or not 0 <= share <= 100:
            raise ValueError("no percentile of nothing, nor one outside 0 to 100")
        wanted = max(1, ceil(round(self.count * share / 100, 6)))
        seen = 0
        for index in sorted(self.counts):
            seen += self.counts[index]
            if seen >= wanted:
                return min(_highest(index), self.most)
        return self.most

    @property
    def mean(self) -> float:
        """The mean, exact; 0 where nothing was counted."""
        return self.total / self.count if self.count else 0.0

    def curve(self) -> list[tuple[float, int]]:
        """The share of all values up to each one that occurs, in per cent, lowest value first."""
        points, seen = [], 0
        for index in sorted(self.counts):
            seen += self.counts[index]
            points.append((100 * seen / self.count, min(_highest(index), self.most)))
        return points

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it. :meth:`read` reads it again."""
        return {
            "count": self.count,
            "total_ns": self.total,
            "least_ns": self.least,
            "most_ns": self.most,
            "buckets": [[index, self.counts[index]] for index in sorted(self.counts)],
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """The histogram that :meth:`plain` wrote."""
        counts = {int(index): int(count) for index, count in plain["buckets"]}
        return cls(counts, plain["count"], plain["total_ns"], plain["least_ns"], plain["most_ns"])


def row(histogram: Histogram) -> dict[str, float | int | None]:
    """What a table tells of it: milliseconds, and how many there were; None where nothing was counted."""
    told: dict[str, float | int | None] = {"count": histogram.count}
    for share in PERCENTILES:
        told[f"p{share:g}"] = round(histogram.percentile(share) / 1e6, 3) if histogram.count else None
    told["max"] = round(histogram.most / 1e6, 3) if histogram.count else None
    told["mean"] = round(histogram.mean / 1e6, 3) if histogram.count else None
    return told
