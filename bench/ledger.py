"""A run second by second, as far as it is known, and what the house used meanwhile."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from bench.histogram import Histogram
from bench.house import House, Used
from bench.result import Second

Told = Callable[[str, Second | None], None]
"""Called with what is being done, and with each second as far as it is known."""


class Ledger:
    """The run second by second, as far as it is known."""

    def __init__(self, house: House, told: Told) -> None:
        self._house, self._told = house, told
        self.seconds: dict[int, Second] = {}
        self._sums: dict[tuple[int, str], int] = {}
        self._used: Used | None = None
        self._began = 0.0

    def begin(self) -> Used | None:
        """The run begins. What the house has used so far, where that is known."""
        self._began = time.monotonic()
        self._used = self._look()
        return self._used

    def second(self, number: int, told: Mapping[str, Any]) -> None:
        """One generator's second: its counts are sums since the beginning."""
        at = told["second"]
        second = self.seconds.setdefault(at, Second(at))
        for name in ("sent", "answered", "frames", "bytes"):
            grown = told[name] - self._sums.get((number, name), 0)
            self._sums[number, name] = told[name]
            setattr(second, name, getattr(second, name) + grown)
        second.ack.merge(Histogram.read(told["ack"]))
        if number == 0:
            now, before = self._look(), self._used
            if now is not None and before is not None:
                second.server_cpu, second.server_rss_mib = now.cpu_s - before.cpu_s, now.rss_kib / 1024
            self._used = now
            self._told("second", second)

    def end(self, used: Used | None, before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
        """What the house used and counted during the run."""
        took = time.monotonic() - self._began

        def rise(name: str) -> float:
            return after.get(name, 0.0) - before.get(name, 0.0)

        commits, sweeps = rise("luochui_commit_seconds_count"), rise("luochui_fan_out_seconds_count")
        server = {
            "records": int(rise("luochui_records_total")),
            "commits": int(commits),
            "commit_ms": rise("luochui_commit_seconds_sum") / commits * 1000 if commits else 0.0,
            "sweeps": int(sweeps),
            "sweep_ms": rise("luochui_fan_out_seconds_sum") / sweeps * 1000 if sweeps else 0.0,
            "evicted_stalled": int(rise('luochui_evictions_total{why="stalled"}')),
            "evicted_silent": int(rise('luochui_evictions_total{why="silent"}')),
            "resyncs": int(rise("luochui_resyncs_total")),
            "seconds": took,
        }
        bound = _bound(before, after, commits)
        if bound is not None:
            server["commit_ms_at_most"] = bound * 1000
        now = self._look()
        if now is not None and used is not None:
            server["cpu"] = (now.cpu_s - used.cpu_s) / took
            server["rss_mib"] = now.rss_max_kib / 1024
            server["others_on_its_core"] = max(0.0, now.core_s - used.core_s - (now.cpu_s - used.cpu_s)) / took
        return server

    def _look(self) -> Used | None:
        if self._house.pid is None:
            return None
        try:
            return self._house.used()
        except OSError:
            return None


def _bound(before: Mapping[str, float], after: Mapping[str, float], commits: float) -> float | None:
    """Seconds no commit took longer than, as fine as the house's meters go; None beyond the last of their marks."""
    start = 'luochui_commit_seconds_bucket{le="'
    marks = sorted(float(name[len(start) : -2]) for name in after if name.startswith(start) and "Inf" not in name)
    for mark in marks:
        name = f'{start}{mark}"}}'
        if after.get(name, 0.0) - before.get(name, 0.0) >= commits > 0:
            return mark
    return None
