"""Two runs beside each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from bench.faults import BenchCode, BenchFault
from bench.result import FORMAT
from bench.words import en, zh

COMPARED: Final = ("p50", "p99", "p99.9")
UNSETTLED: Final = 0.15
"""Machines drift by so much between minutes: a smaller difference of single runs establishes nothing."""

RESULT: Final = "result.json"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in both runs."""

    of: str
    zh: str
    en: str
    before: float
    after: float

    @property
    def ratio(self) -> float:
        """After ÷ before."""
        return self.after / self.before if self.before else float("inf")

    @property
    def settled(self) -> bool:
        """Whether the difference is greater than a machine's drift."""
        return not 1 / (1 + UNSETTLED) < self.ratio < 1 + UNSETTLED


def read_run(path: Path) -> dict[str, Any]:
    """
    The run kept in ``path``, a file or the folder that holds it.

    Raises:
        BenchFault: It is none.
        OSError: It cannot be read.

    """
    file = path / RESULT if path.is_dir() else path
    try:
        told = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        raise BenchFault(BenchCode.NOT_A_RUN, path) from None
    if not isinstance(told, dict) or told.get("format") != FORMAT or "latencies_ms" not in told:
        raise BenchFault(BenchCode.NOT_A_RUN, path)
    return told


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Every latency both runs have, and what the house used."""
    for name, row in before["latencies_ms"].items():
        other = after["latencies_ms"].get(name)
        if other is not None and row["count"] and other["count"]:
            for column in COMPARED:
                yield Difference(
                    f"{column}({name})", f"{zh(name)} {column}", f"{en(name)} {column}", row[column], other[column]
                )
    for name in ("cpu", "rss_mib", "commit_ms", "sweep_ms"):
        if name in before["server"] and name in after["server"]:
            yield Difference(name, zh(name), en(name), before["server"][name], after["server"][name])


def unlike(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What was not the same for both, by name: a comparison is worth as much as this list is short."""
    scenarios = [
        f"scenario.{key}"
        for key, value in before["scenario"].items()
        if key not in {"thresholds", "name", "title_zh", "title_en"} and after["scenario"].get(key) != value
    ]
    machines = [
        f"machine.{key}"
        for key, value in before["machine"].items()
        if key != "load_average" and after["machine"].get(key) != value
    ]
    return scenarios + machines
