"""What a figure is, and how one that was measured stands."""

import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.house import busy_s

OTHERS_MAX: Final = 0.1
"""Share of one core that other programs may take before a figure is called disturbed."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a figure, held to what it must and to what it should be."""

    of: str
    """Which of several: ``N = 1,000``, ``p99``."""

    value: float
    unit: str
    gate: float
    """A release that is worse is not made."""

    target: float
    """What we are after."""

    more_is_better: bool = False

    @property
    def holds(self) -> bool:
        """Whether the gate is kept."""
        return self.value >= self.gate if self.more_is_better else self.value <= self.gate

    @property
    def reached(self) -> bool:
        """Whether the target is."""
        return self.value >= self.target if self.more_is_better else self.value <= self.target


class NotMeasured(Exception):
    """
    There is no value, and none is guessed.

    Attributes:
        zh: Why, in Chinese.
        en: Why, in English.

    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How figures are measured this time."""

    folder: Path
    """For journals that are made for it; on the disk that is to be measured."""

    quick: bool = False
    """Small, to see that it works: such values are none to publish."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a measurement gave: values, and whatever else helps to understand them."""

    values: Sequence[Value]
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the twelve."""

    name: str
    zh: str
    en: str
    leaves_out: tuple[str, str]
    """In both languages."""

    measure: Callable[[Setting], Found]
    """Raises :class:`NotMeasured`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure as it stands."""

    figure: Figure
    found: Found | None
    why_not: NotMeasured | None
    others: float
    """Share of one core that programs not of ours took meanwhile, on all cores together."""

    @property
    def disturbed(self) -> bool:
        """Whether it should be measured again on a quiet machine."""
        return self.others > OTHERS_MAX

    @property
    def holds(self) -> bool | None:
        """Whether every value keeps its gate; None where there is none."""
        return None if self.found is None else all(value.holds for value in self.found.values)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        figure, found, why = self.figure, self.found, self.why_not
        values = [
            {
                "of": value.of,
                "value": round(value.value, 4),
                "unit": value.unit,
                "gate": value.gate,
                "target": value.target,
                "more_is_better": value.more_is_better,
                "pass": value.holds,
                "target_reached": value.reached,
            }
            for value in (found.values if found is not None else ())
        ]
        return {
            "figure": figure.name,
            "zh": figure.zh,
            "en": figure.en,
            "pass": self.holds,
            "values": values,
            "others_cpu": round(self.others, 3),
            "disturbed": self.disturbed,
            "detail": found.detail if found is not None else {},
            "not_measured": None if why is None else {"zh": why.zh, "en": why.en},
            "leaves_out": {"zh": figure.leaves_out[0], "en": figure.leaves_out[1]},
        }


def measured(figure: Figure, setting: Setting) -> Standing:
    """The figure, measured now."""
    began, busy, own = time.monotonic(), busy_s(_ALL), _own_s()
    found, why = None, None
    try:
        found = figure.measure(setting)
    except NotMeasured as reason:
        why = reason
    passed = max(0.01, time.monotonic() - began)
    return Standing(figure, found, why, max(0.0, busy_s(_ALL) - busy - (_own_s() - own)) / passed)


_ALL: Final = frozenset(range(os.cpu_count() or 1))


def _own_s() -> float:
    """Processor time of ours and of whatever we started that has ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
