"""
What gateway processes beside the engine give: the same crowd at houses with none, one and two of them, by turns.

    python -m bench.gateways
    python -m bench.gateways --displays 5000 --rate 20 --rounds 5 --json

Two things are tried of each house. How many bids fit through: a closed loop, each bids when he has his answer, and all see all. And how
soon the last of many displays is shown a bid: an open loop at a fixed rate. Houses and crowd share all cores, so nothing here says what
one core does; a house of more processes than there are free cores is slower for it. What counts are the ratios to the house without
gateways in the same run. There is no threshold.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import orjson
import trio
import typer

from bench.figures.closed import SETTINGS, saturate, sit
from bench.figures.hall import LATE_MS, hall
from bench.histogram import Histogram
from bench.house import Cores, House, open_lot, serving
from bench.machine import machine
from bench.open_files import raise_file_limit
from bench.program import OneLot
from bench.run import conduct
from bench.target import needed_settings
from engine.cluster_state import read_state
from engine.room.folder import DataFolder

HOUSES: Final = (0, 1, 2)
"""So many gateways."""

ALL: Final = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset[int]()
EVERYWHERE: Final = Cores(ALL, ALL)
WARM_S: Final = 0.5

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class Tried:
    """What one house did, once."""

    bids_per_s: float
    answered_p50_ms: float
    answered_p99_ms: float
    bid_cpu_us: float
    """Processor time of the engine for a bid."""

    bid_gateways_cpu_us: float
    """And of all its gateways."""

    last_seen_p50_ms: float
    """From the planned instant of a bid until the last display was shown it."""

    last_seen_p99_ms: float
    frames_per_s: float
    void: str
    """Why the open loop measured nothing; empty if it did."""


@app.command()
def gateways(  # noqa: PLR0913, PLR0917 - a command line has its options
    bidders: Annotated[int, typer.Option(min=2, help="In the closed loop.")] = 100,
    displays: Annotated[int, typer.Option(min=1, help="In the open loop.")] = 1000,
    rate: Annotated[float, typer.Option(min=0.1, help="Bids a second of the open loop.")] = 20.0,
    seconds: Annotated[float, typer.Option(min=0.2, help="Each loop lasts so long.")] = 10.0,
    rounds: Annotated[int, typer.Option(min=1, help="Of all houses by turns; medians count.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")] = False,
) -> None:
    """Measure throughput and fan-out of a house with 0, 1 and 2 gateway processes."""
    raise_file_limit()
    tried: dict[int, list[Tried]] = {count: [] for count in HOUSES}
    for _ in range(rounds):
        for count in HOUSES:
            tried[count].append(_try(count, bidders, displays, rate, seconds))
    found = {count: middle(each) for count, each in tried.items()}
    if as_json:
        told = {
            "gateways": {str(count): asdict(one) for count, one in found.items()},
            "rounds": {str(count): [asdict(each) for each in all_of] for count, all_of in tried.items()},
        }
        print(orjson.dumps(told).decode(), flush=True)
        return
    print("; ".join(f"{name} {value}" for name, value in machine(EVERYWHERE).items()))
    print(table(found), flush=True)


def _try(count: int, bidders: int, displays: int, rate: float, seconds: float) -> Tried:
    settings = {**SETTINGS, "LUOCHUI_CLUSTER_GATEWAYS": str(count)}
    with _folder() as name, serving(Path(name), bidders, settings, EVERYWHERE) as house:
        trio.run(open_lot, house)
        seats = [sit(house, paddle) for paddle in range(1, bidders + 1)]
        warm = saturate(seats, WARM_S)
        before, began = _cpu_s(house), time.monotonic()
        accepted, refused, took = saturate(seats, seconds, sum(warm[:2]) + len(seats))
        passed = time.monotonic() - began
        engine_s, gateways_s = (after - then for after, then in zip(_cpu_s(house), before, strict=True))
        for seat in seats:
            seat.sock.close()
    scenario = hall(displays, rate, seconds, sampled=displays, lag_p99_ms_max=LATE_MS)
    settings |= needed_settings(scenario)
    with _folder() as name, serving(Path(name), scenario.bidders, settings, EVERYWHERE) as house:
        run = trio.run(partial(conduct, house, scenario, OneLot.of(scenario), settings))
    seen, answered, made = run.found.latencies["bid_seen_last"], Histogram.of(took), accepted + refused
    return Tried(
        bids_per_s=accepted / passed,
        answered_p50_ms=answered.percentile(50) / 1e6,
        answered_p99_ms=answered.percentile(99) / 1e6,
        bid_cpu_us=engine_s / made * 1e6,
        bid_gateways_cpu_us=gateways_s / made * 1e6,
        last_seen_p50_ms=seen.percentile(50) / 1e6,
        last_seen_p99_ms=seen.percentile(99) / 1e6,
        frames_per_s=run.found.counts["frames"] / seconds,
        void=run.void or "",
    )


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="luochui-gateways-")


def _cpu_s(house: House) -> tuple[float, float]:
    """Processor time so far: the engine's, and that of all its gateways."""
    state = read_state(DataFolder(house.data))
    beside = [] if state is None else [replace(house, pid=each.pid) for each in state.beside]
    return house.used().cpu_s, sum(each.used().cpu_s for each in beside)


def middle(tried: Sequence[Tried]) -> Tried:
    """The median of each figure; ``void`` where any was."""
    numbers = [asdict(each) for each in tried]
    void = next((each.void for each in tried if each.void), "")
    return Tried(**{name: median(each[name] for each in numbers) for name in numbers[0] if name != "void"}, void=void)


def table(found: dict[int, Tried]) -> str:
    """What was measured, for people; in brackets the ratio to the house without gateways."""
    plain = {count: asdict(one) for count, one in found.items()}
    names = [name for name in plain[HOUSES[0]] if name != "void"]

    def cell(name: str, count: int) -> str:
        value, base = plain[count][name], plain[HOUSES[0]][name]
        return f"{value:,.2f} ({value / base:.2f}×)" if base else f"{value:,.2f}"

    rows = [f"{'gateways':<24}" + "".join(f"{count:>22}" for count in plain)]
    rows += [f"{name:<24}" + "".join(f"{cell(name, count):>22}" for count in plain) for name in names]
    rows += [
        f"{count} gateway(s): the open loop measured nothing: {one.void}" for count, one in found.items() if one.void
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    app(prog_name="python -m bench.gateways")
