"""What must hold: ``p99(bid_ack) < 50ms``, ``errors == 0``, ``server_cpu < 80%``."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bench.histogram import Histogram

LATENCIES: Final = (
    "bid_ack",
    "bid_ack_after_loss",
    "bid_seen_first",
    "bid_seen_last",
    "connect",
    "resume",
    "lag",
)
"""What is timed. Each from its planned instant."""

COUNTS: Final = (
    "bids",
    "accepted",
    "refused",
    "unanswered",
    "errors",
    "dropped",
    "slow_dropped",
    "conflated",
    "resyncs",
    "gaps",
)
"""What is counted."""

GAUGES: Final = ("server_cpu", "server_rss", "generator_cpu")
"""Shares of one core, and MiB. Known only where the house runs on this machine."""

EXAMPLES: Final = ("p99(bid_ack) < 50ms", "max(bid_seen_last) <= 1s", "errors == 0", "server_cpu < 80%")

_FORM: Final = re.compile(
    r"\s*(?:(?P<of>p\d{1,2}(?:\.\d{1,3})?|p100|max|mean|count)\s*\(\s*(?P<latency>[a-z_]+)\s*\)|(?P<figure>[a-z_]+))"
    r"\s*(?P<sign><=|>=|==|<|>)\s*(?P<number>\d{1,12}(?:\.\d{1,6})?)\s*(?P<unit>us|µs|ms|s|%|MiB)?\s*"
)
_UNITS: Final = {"us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}
_SIGNS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """One line that must hold."""

    text: str
    of: str | None
    """``p99``, ``max``, ``mean`` or ``count`` of a latency; None for a figure."""

    figure: str
    sign: str
    limit: float
    """Nanoseconds, a share, or a plain number."""

    def judge(self, latencies: Mapping[str, Histogram], figures: Mapping[str, float]) -> "Judged":
        """How it stands. What was not measured does not hold: nothing is taken for granted."""
        value = self._value(latencies, figures)
        held = value is not None and _SIGNS[self.sign](value, self.limit)
        return Judged(self.text, self._shown(value), held)

    def _value(self, latencies: Mapping[str, Histogram], figures: Mapping[str, float]) -> float | None:
        if self.of is None:
            return figures.get(self.figure)
        found = latencies.get(self.figure)
        if self.of == "count":
            return float(found.count) if found is not None else 0.0
        if found is None or not found.count:
            return None
        if self.of == "max":
            return float(found.most)
        return found.mean if self.of == "mean" else float(found.percentile(float(self.of[1:])))

    def _shown(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.of is not None and self.of != "count":
            return f"{value / 1e6:.2f} ms"
        if self.figure in {"server_cpu", "generator_cpu"}:
            return f"{value:.0%}"
        return f"{value:,.0f} MiB" if self.figure == "server_rss" else f"{value:,.0f}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A threshold, and how it stood."""

    text: str
    value: str
    held: bool


def parse(text: str) -> Threshold | None:
    """The threshold that ``text`` spells; None if it spells none."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    of, latency, figure, unit = found["of"], found["latency"], found["figure"], found["unit"]
    number = float(found["number"])
    shown = " ".join(text.split())
    if of is not None:
        timed = of != "count"
        if latency not in LATENCIES or timed != (unit in _UNITS) or (unit is not None and not timed):
            return None
        return Threshold(shown, of, latency, found["sign"], number * _UNITS[unit] if timed else number)
    wanted = {"server_cpu": "%", "generator_cpu": "%", "server_rss": "MiB"}.get(figure)
    if figure not in (*COUNTS, *GAUGES) or unit != wanted:
        return None
    return Threshold(shown, None, figure, found["sign"], number / 100 if unit == "%" else number)
