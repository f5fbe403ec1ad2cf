"""
A full hall: many watchers, bids at a steady rate, one house on one core.

    python -m bench.hall
    python -m bench.hall --watchers 200 --rate 50 --seconds 10 --json

Passes if nothing went wrong and the acknowledgement's 99th percentile is below 50 ms. Exit code: 0 passed, 99 failed or void.
"""

import os
import platform
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import orjson
import trio
import typer

from bench.figures import Latencies
from bench.house import Cores, raise_file_limit, serving, share_cores
from bench.load import WARM_UP_S, Crowd, Plan, Result, open_lot

ACKNOWLEDGED_P99_MS_MAX: Final = 50.0
LAG_P99_MS_MAX: Final = 20.0
"""A generator later than this measured itself: the run is void."""

SAMPLED: Final = 7
EXIT_FAILED: Final = 99

LEFT_OUT: Final = (
    "Left out: TLS, a network (everything is loopback, so the sender pays for the receiver's TCP), compression, browsers' work,",
    "power cuts; one lot only, all bids planned in order; the disk is this machine's. Other work on the machine is not.",
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def hall(  # noqa: PLR0913, PLR0917 - a command line has its options
    watchers: Annotated[int, typer.Option(min=1, help="Sockets of the public hall.")] = 1000,
    bidders: Annotated[int, typer.Option(min=2, help="Paddles, each with a socket.")] = 50,
    rate: Annotated[float, typer.Option(min=0.1, help="Bids a second, all together.")] = 200.0,
    seconds: Annotated[float, typer.Option(min=0.5, help="How long, after warming up.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Decides in which order the paddles bid.")] = 20161015,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")] = False,
) -> None:
    """
    Measure a full hall against a real house, as an open loop.

    Bids are planned beforehand and counted from the planned instant. The house runs as a process of its own on the first core, the
    crowd in this process on the last. Exit code: 0 passed, 99 failed, or void because the generator itself was late.
    """
    raise_file_limit()
    settings = needed_settings(watchers, bidders, rate)
    cores = share_cores()
    load_before = os.getloadavg()
    with (
        tempfile.TemporaryDirectory(prefix="luochui-bench-") as name,
        serving(Path(name), bidders, settings, cores) as house,
    ):
        trio.run(open_lot, house)
        began = time.perf_counter()
        crowd = Crowd(house, Plan.of(bidders, rate, seconds, seed), watchers, bidders, min(SAMPLED, watchers))
        entered = (watchers + bidders) / (time.perf_counter() - began)
        try:
            result = crowd.run()
        finally:
            crowd.close()
    verdict, passed = judge(result)
    if as_json:
        about = {"watchers": watchers, "bidders": bidders, "rate": rate, "seconds": seconds, "seed": seed}
        load = {"before": load_before, "after": os.getloadavg()}
        told = {**about, **asdict(result), "settings": settings, "load_average": load, "passed": passed}
        print(orjson.dumps({**told, "verdict": verdict}).decode(), flush=True)
    else:
        print(
            f"{watchers} watchers, {bidders} bidders, {rate:g} bids/s for {seconds:g} s after {WARM_UP_S:g} s of warming up"
        )
        print(f"{machine(cores)}; load average {load_before[0]:.2f} before, {os.getloadavg()[0]:.2f} after")
        print(f"settings raised: {', '.join(f'{key}={value}' for key, value in settings.items()) or 'none'}")
        print(table(result, entered))
        for line in LEFT_OUT:
            print(line)
        print(verdict, flush=True)
    if not passed:
        raise typer.Exit(EXIT_FAILED)


def needed_settings(watchers: int, bidders: int, rate: float) -> dict[str, str]:
    """Limits that a crowd from one address needs raised; everything else is as it comes."""
    settings = {}
    if watchers >= 1000:
        settings["LUOCHUI_LIMITS_PUBLIC_PER_ADDRESS"] = str(watchers + 10)
    if rate / bidders > 5:
        settings["LUOCHUI_LIMITS_COMMANDS_PER_S"] = f"{2 * rate / bidders:.0f}"
    if bidders > 400:
        settings["LUOCHUI_LIMITS_TICKETS_BURST"] = str(bidders + 10)
    return settings


def judge(result: Result) -> tuple[str, bool]:
    """The closing line, and whether it is a good one."""
    errors = ", ".join(f"{count} × {what}" for what, count in result.errors.items())
    p99 = result.acknowledged.p99
    said = f"{errors or 'no error'}; p99 of the acknowledgement {p99:.1f} ms, to hold: < {ACKNOWLEDGED_P99_MS_MAX:g} ms"
    if result.lag.p99 > LAG_P99_MS_MAX:
        return f"VOID  the generator itself was {result.lag.p99:.1f} ms late at p99; {said}", False
    passed = not errors and p99 < ACKNOWLEDGED_P99_MS_MAX
    return f"{'PASS' if passed else 'FAIL'}  {said}", passed


def table(result: Result, entered: float) -> str:
    """What was measured, for people."""
    rows = {
        "bid → acknowledged": result.acknowledged,
        f"bid → seen, each of {result.sampled} sampled watchers": result.seen,
        "bid → seen by the last of them": result.seen_by_all,
        "generator late by": result.lag,
    }
    refused = ", ".join(f"{count} × {code}" for code, count in result.refused.items()) or "none"
    lines = [
        f"{'milliseconds':<42}{'p50':>9}{'p90':>9}{'p99':>9}{'p99.9':>9}{'max':>9}{'count':>10}",
        *(_row(name, row) for name, row in rows.items()),
        "",
        f"bids {result.bids}, accepted {result.accepted}; refused (warming up included): {refused}",
        f"received {result.frames:,} frames, {result.bytes / 1e6:,.0f} MB in {result.seconds:.1f} s "
        f"({result.frames / result.seconds:,.0f} frames/s, {result.bytes / result.seconds / 1e6:,.0f} MB/s); "
        f"{entered:,.0f} entered a second, one after the other",
        f"house: {result.house_cpu:.0%} of a core, {result.house_rss_mib:.0f} MiB at most; commit {result.commit_ms:.2f} ms for "
        f"{result.bids_a_commit:.2f} records, sweep {result.sweep_ms:.2f} ms (means of its own meters)",
        f"generator: {result.generator_cpu:.0%} of a core; other programs: {result.others_on_house_core:.0%} of the house's core",
    ]
    return "\n".join(lines)


def machine(cores: Cores) -> str:
    """What it was measured on."""
    model = next(
        (line.partition(":")[2].strip() for line in _cpu_lines() if line.startswith("model name")), platform.machine()
    )
    apart = "house and generator on a core each" if cores.apart else "house and generator share all cores"
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}; {apart}"


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _row(name: str, row: Latencies) -> str:
    return f"{name:<42}{row.p50:>9.1f}{row.p90:>9.1f}{row.p99:>9.1f}{row.p99_9:>9.1f}{row.max:>9.1f}{row.count:>10,}"


if __name__ == "__main__":
    app(prog_name="python -m bench.hall")
