"""A run on the terminal: how it goes while it goes, and what was found."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from bench.compare import Difference
from bench.ledger import Told
from bench.report import COLUMNS
from bench.result import Second
from bench.words import en, zh

_WIDE: Final = 160
_STEPS: Final = {
    "start": "启动压测进程 starting generators",
    "enter": "入场 coming in",
    "run": "出价 bidding",
    "look": "核对 asking what was seen",
}


@contextmanager
def progress(seconds: float, *, quiet: bool) -> Iterator[Told]:
    """A line that moves; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _second: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[last]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_STEPS["start"], total=seconds, last="")

        def told(what: str, second: Second | None) -> None:
            if second is None:
                bar.update(task, description=_STEPS.get(what, what))
            else:
                p99 = f"p99 {second.ack.percentile(99) / 1e6:.1f} ms" if second.ack.count else "p99 –"
                cpu = f", CPU {second.server_cpu:.0%}" if second.server_cpu is not None else ""
                bar.update(task, completed=second.at_s + 1, last=f"{second.sent}/s, {p99}{cpu}")

        yield told


def show(told: Mapping[str, Any]) -> None:
    """What was found, for people."""
    console = _console()
    scenario = told["scenario"]
    console.print(Text(f"{scenario['title_zh']}  {scenario['title_en']}", style="bold"))
    console.print(_latencies(told["latencies_ms"]))
    counts = ("bids", "accepted", "unanswered", "dropped", "slow_dropped", "conflated", "resyncs", "gaps")
    console.print(", ".join(f"{zh(key)} {en(key)} {told['counts'].get(key, 0):,}" for key in counts))
    refused = ", ".join(f"{count} × {code}" for code, count in told["refused"].items()) or f"{zh('none')} {en('none')}"
    console.print(f"{zh('refused')} {en('refused')}: {refused}")
    for code, count in told["errors"].items():
        console.print(f"{zh('errors')} {en('errors')}: {count} × {zh(code)} {en(code)}")
    server = told["server"]
    if "cpu" in server:
        console.print(f"{zh('house')} {en('house')}: CPU {server['cpu']:.0%}, {server['rss_mib']:.0f} MiB", end="")
        console.print(f", commit {server['commit_ms']:.2f} ms, sweep {server['sweep_ms']:.2f} ms", end="")
        console.print(f"; {zh('others_on_its_core')} {en('others_on_its_core')} {server['others_on_its_core']:.0%}")
    console.print(f"{zh('generator_cpu')} {en('generator_cpu')}: {told['generator_cpu']:.0%}")
    for each in told["thresholds"]:
        console.print(f"  {'✓' if each['held'] else '✗'} {each['text']}   {each['value']}")
    verdict = told["verdict"]
    console.print(Text(f"{zh(verdict)} {en(verdict)}", style="bold"), end="")
    console.print(f"  {told['void']}" if told["void"] else "")


def show_differences(found: list[Difference], unlike: list[str]) -> None:
    """Two runs beside each other, for people."""
    console = _console()
    table = Table(box=None, pad_edge=False)
    for name in ("", "A", "B", "B ÷ A", ""):
        table.add_column(name, justify="right" if name else "left")
    for each in found:
        note = "" if each.settled else "在波动之内 within drift"
        table.add_row(f"{each.zh} {each.en}", f"{each.before:,.2f}", f"{each.after:,.2f}", f"{each.ratio:.2f}", note)
    console.print(table)
    if unlike:
        console.print(f"两次条件不同 not alike: {', '.join(unlike)}")


def show_own(rows: list[dict[str, Any]]) -> None:
    """What the crowd itself needs, for people."""
    console = _console()
    table = Table(box=None, pad_edge=False)
    names = (
        "出价/秒 bids/s",
        "迟到 late p50",
        "p99",
        "max ms",
        "回执 ack p50",
        "p99 ms",
        "帧/秒 frames/s",
        "每帧 a frame µs",
        "每次入场 an entry µs",
        "CPU",
        "镜像 mirror CPU",
        "",
    )
    for name in names:
        table.add_column(name, justify="right")
    for each in rows:
        lag, ack = each["lag_ms"], each["bid_ack_ms"]
        figures = [lag["p50"], lag["p99"], lag["max"], ack["p50"], ack["p99"]]
        shown = ["–" if figure is None else f"{figure:.2f}" for figure in figures]
        costs = (f"{each['frame_us']:.2f}", f"{each['entry_us']:.0f}")
        busy = (f"{each['frames_per_s']:,}", *costs, f"{each['generator_cpu']:.0%}", f"{each['mirror_cpu']:.0%}")
        table.add_row(f"{each['rate']:,g}", *shown, *busy, "✓" if each["fit"] else "✗")
    console.print(table)


def show_standing(standing: Mapping[str, Any]) -> None:
    """One figure, for people."""
    console = _console()
    mark = {True: "✓", False: "✗", None: "–"}[standing["pass"]]
    console.print(f"{standing['figure']:<4}{mark} {standing['zh']}  {standing['en']}")
    for value in standing["values"]:
        sign = "≥" if value["more_is_better"] else "≤"
        held = f"{'✓' if value['pass'] else '✗'} {sign} {value['gate']:,g}"
        after = f"{'✓' if value['target_reached'] else '✗'} {sign} {value['target']:,g}"
        console.print(
            f"       {value['of']}: {value['value']:,.2f} {value['unit']}   门槛 gate {held}   目标 target {after}"
        )
    if standing["disturbed"]:
        share = f"{standing['others_cpu']:.0%}"
        console.print(
            f"       受干扰 disturbed: 其他程序占用 {share} 核心 other programs took {share} of a core; 请重测 measure again"
        )
    if standing["not_measured"] is not None:
        console.print(f"       未测 not measured: {standing['not_measured']['zh']} {standing['not_measured']['en']}")
    elif standing["leaves_out"]["en"] != "–":
        console.print(f"       不含 leaves out: {standing['leaves_out']['zh']} {standing['leaves_out']['en']}")


def _console() -> Console:
    """Standard output; wide where it is no terminal, so that no line is folded in a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)


def _latencies(rows: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("ms")
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for name, row in rows.items():
        if row["count"]:
            values = [f"{row[column]:,}" if column == "count" else f"{row[column]:.1f}" for column in COLUMNS]
            table.add_row(f"{zh(name)} {en(name)}", *values)
    return table
