"""The comparison on a terminal."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.peers.page import arrived, halls, over

_WIDE: Final = 200


def show_peers(told: Mapping[str, Any], console: Console | None = None) -> None:
    """
    Us and others, for people.

    Args:
        told: ``peers`` and ``bids`` as ``luochui bench peers --json`` prints them.
        console: Standard output if none is given; wide where it is no terminal, so that no line is folded in a file.

    """
    console = console or Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    rows, bids = told["peers"], told["bids"]
    sizes = halls(rows)
    measured = [row for row in rows if row["us_per_message"]]
    heads = [f"N = {n:,}" for n in sizes]
    costs = [[row["name"], *(over(row, n) for n in sizes)] for row in measured]
    _table(console, ["µs CPU / 消息 message (× C)", *heads], costs)
    ours = [[row["name"], *(_number(row["ours_over"].get(str(n)), ".2f") for n in sizes)] for row in measured]
    _table(console, ["F2: 落槌 luochui ÷", *heads], ours)
    rates = [[row["name"], *(arrived(row, n) for n in sizes)] for row in measured]
    _table(console, ["送达/秒 delivered/s", *heads], rates)
    idle = [[row["name"], *(_number(row["idle_kib"].get(str(n)), ",.1f") for n in sizes)] for row in measured]
    _table(console, ["空闲 idle KiB", *heads], idle)
    trips = [
        [row["name"], *(_number(row[key], ",.0f") for key in ("p50_us", "p99_us", "accepted", "kept"))]
        for row in bids
        if row["p50_us"] is not None
    ]
    _table(console, ["持久出价 durable bid, µs", "p50", "p99", "已受理 accepted", "仍在 kept"], trips)
    for row in (*rows, *bids):
        if row["skipped"]:
            console.print(f"未测 not measured: {row['name']}: {row['skipped']}", markup=False)


def _table(console: Console, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(heads[0])
    for head in heads[1:]:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print()


def _number(value: float | None, spelled: str) -> str:
    return "–" if value is None else format(value, spelled)
