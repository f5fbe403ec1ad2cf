"""
The rush of the last minute over real sockets: bidders in a served quota sale, the rest of the month's bidders as robots in the house.

    python -m bench.rush
    python -m bench.rush --sockets 200 --robots 2000 --round-s 30 --json

Passes if every offer was answered within 2 s, none with "unknown", and no socket was let go. Exit code: 0 passed, 99 failed.
"""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import orjson
import typer

from bench.house import running, share_cores
from bench.latencies import Latencies
from bench.machine import machine
from bench.offers import ANSWERED_WITHIN_S, Found, Offerers
from bench.open_files import raise_file_limit

EXIT_FAILED: Final = 99
SALE: Final = "shanghai-2019-01"

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def rush(
    sockets: Annotated[int, typer.Option(min=1, help="Bidders, each with a socket of his own.")] = 1000,
    robots: Annotated[int, typer.Option(min=10, help="Bidders inside the house.")] = 20_000,
    round_s: Annotated[int, typer.Option(min=4, help="How long each of the two rounds lasts.")] = 120,
    seed: Annotated[int, typer.Option(help="Decides when each bids.")] = 20161015,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for programs.")] = False,
) -> None:
    """
    Let bidders with sockets into a quota sale full of robots, and have all of them offer in the rush.

    Each makes a first offer in the first round, and two changes in the last thirtieth of the second (its last minute, at the length it
    has in Shanghai), at planned instants and 300 yuan above the cut-off price they are shown. Latency counts from the planned instant.
    The house, robots included, runs on the first core, the sockets on the last. Exit code: 0 passed, 99 failed.
    """
    raise_file_limit()
    cores, settings = share_cores(), needed_settings(sockets)
    with tempfile.TemporaryDirectory(prefix="luochui-rush-") as name:
        data = Path(name) / "data"
        sizes = ("--bidders", str(robots), "--seats", str(sockets), "--round-s", str(round_s))
        with running(
            Path(name), data, ("demo", "quota", "--data", data, "--port", "0", *sizes), settings, cores
        ) as house:
            crowd = Offerers(house, SALE, range(robots + 1, robots + sockets + 1), seed)
            try:
                found = crowd.run()
            finally:
                crowd.close()
    verdict, passed = judge(found)
    if as_json:
        about = {"sockets": sockets, "robots": robots, "round_s": round_s, "seed": seed, "settings": settings}
        print(orjson.dumps({**about, **asdict(found), "passed": passed, "verdict": verdict}).decode(), flush=True)
    else:
        print(f"{sockets} bidders with sockets, {robots} robots in the house, two rounds of {round_s} s")
        print("; ".join(f"{name} {value}" for name, value in machine(cores).items()))
        print(f"settings raised: {', '.join(f'{key}={value}' for key, value in settings.items()) or 'none'}")
        print(table(found))
        print(verdict, flush=True)
    if not passed:
        raise typer.Exit(EXIT_FAILED)


def needed_settings(sockets: int) -> dict[str, str]:
    """Limits that bidders from one address need raised; everything else is as it comes."""
    return {"LUOCHUI_LIMITS_TICKETS_BURST": str(sockets + 10)} if sockets > 400 else {}


def judge(found: Found) -> tuple[str, bool]:
    """The closing line, and whether it is a good one."""
    wrong = {
        "unknown": found.unknown,
        "not answered": found.unanswered,
        f"answered after {ANSWERED_WITHIN_S:g} s": found.late,
        "sockets let go": found.let_go,
        "not sent: the house was closed already": found.unsent,
    }
    said = ", ".join(f"{count} {what}" for what, count in wrong.items() if count)
    held = said or f"every answer within {ANSWERED_WITHIN_S:g} s"
    return f"{'FAIL' if said else 'PASS'}  {held}; p99 {found.rush.p99:.1f} ms", not said


def table(found: Found) -> str:
    """What was measured, for people."""
    rows = {
        "first offer → answered": found.first,
        "change in the rush → answered": found.rush,
        "sent late by": found.lag,
    }
    refused = ", ".join(f"{count} × {code}" for code, count in found.refused.items()) or "none"
    return "\n".join(
        [
            f"{'milliseconds':<34}{'p50':>9}{'p90':>9}{'p99':>9}{'p99.9':>9}{'max':>9}{'count':>9}",
            *(_row(name, row) for name, row in rows.items()),
            "",
            f"sent {found.sent}, accepted {found.accepted}; refused: {refused}; unknown {found.unknown}; "
            f"not answered {found.unanswered}",
            f"all offers of the sale in its last {found.rush_s:.1f} s, robots' included: {found.all_per_s:,.0f} a second; "
            f"from sockets {found.sockets_per_s:,.0f} a second",
            f"lowest price {found.lowest_fen // 100:,} yuan; {found.winners} won, {found.winners_here} of them here"
            if found.lowest_fen is not None
            else "no result yet",
        ]
    )


def _row(name: str, row: Latencies) -> str:
    return f"{name:<34}{row.p50:>9.1f}{row.p90:>9.1f}{row.p99:>9.1f}{row.p99_9:>9.1f}{row.max:>9.1f}{row.count:>9,}"


if __name__ == "__main__":
    app(prog_name="python -m bench.rush")
