"""The comparison as tables and plots on one page."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import floor, log10
from typing import Any, Final

from bench.report import document, pairs, said, section, span, table
from bench.svg import Axis, Line, chart, even

TITLE: Final = ("落槌与同类软件", "Luochui and its peers")
COST: Final = (
    "每条送达消息的服务端 CPU（微秒；× 纯 C 发送循环）",
    "Server CPU per delivered message (µs; × a bare send loop in C)",
)
OURS: Final = (
    "F2：落槌的成本 ÷ 对方的成本（低于 1 即更省）",
    "F2: what a message costs us ÷ what it costs the other (below 1: less)",
)
PER_S: Final = ("每秒送达的消息", "Messages delivered a second")
IDLE: Final = ("每个空闲连接占用的服务端内存（KiB）", "Server memory per idle connection (KiB)")
BIDS: Final = ("持久出价往返（微秒）", "A durable bid, there and back (µs)")
SETTINGS: Final = ("设置", "Settings")
SKIPPED: Final = ("未测", "Not measured")
_ROUND: Final = (1, 2, 5)

Plain = Mapping[str, Any]


def page(told: Plain) -> str:
    """
    One HTML page, both languages.

    Args:
        told: ``peers``, ``bids`` and ``machine`` as ``luochui bench peers --json`` prints them.

    """
    rows, bids = told["peers"], told["bids"]
    measured = [row for row in rows if row["us_per_message"]]
    sizes = halls(rows)
    body = [f"<h1>{span(*TITLE)}</h1>", _part(COST, _costs(measured, sizes)), _part(PER_S, _rates(measured, sizes))]
    ratios = [[escape(row["name"]), *(_cell(row["ours_over"], n, ".2f") for n in sizes)] for row in measured]
    body.insert(2, _part(OURS, table(_head(sizes), ratios)))
    idle = [[escape(row["name"]), *(_cell(row["idle_kib"], n, ",.1f") for n in sizes)] for row in measured]
    body.append(_part(IDLE, table(_head(sizes), idle)))
    body.append(_part(BIDS, _bids(bids)))
    both = [*rows, *bids]
    run_as = [(row["name"], "; ".join(filter(None, (row["settings"], row.get("version"))))) for row in both]
    body.append(_part(SETTINGS, _list(run_as)))
    body.append(_part(SKIPPED, _list((row["name"], row["skipped"]) for row in both if row["skipped"])))
    body.append(section("where", pairs((said(key), escape(str(value))) for key, value in told["machine"].items())))
    return document(" ".join(TITLE), "".join(body))


def halls(rows: Sequence[Plain]) -> list[int]:
    """The numbers of displays that somebody was measured at."""
    return sorted({int(n) for row in rows for n in row["us_per_message"]})


def over(row: Plain, n: int) -> str:
    """What a message costs, and how many times what it costs the loop in C."""
    cost, ratio = row["us_per_message"].get(str(n)), row["over_c"].get(str(n))
    return "–" if cost is None else f"{cost:.2f}" + (f" ({ratio:.2f})" if ratio is not None else "")


def arrived(row: Plain, n: int) -> str:
    """How many were delivered a second, and how many of all, if not all."""
    per_s = row["delivered_per_s"].get(str(n))
    if per_s is None:
        return "–"
    came, wanted = row["delivered"][str(n)], row["wanted"][str(n)]
    return f"{per_s:,}" + ("" if came == wanted else f" ✗ {came:,}/{wanted:,}")


def _part(title: tuple[str, str], content: str) -> str:
    return f"<section><h2>{span(*title)}</h2>{content or '–'}</section>"


def _list(lines: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<p>{escape(name)}: {escape(text)}</p>" for name, text in lines)


def _head(sizes: Sequence[int]) -> list[str]:
    return ["", *(f"N = {n:,}" for n in sizes)]


def _cell(values: Mapping[str, float], n: int, spelled: str) -> str:
    value = values.get(str(n))
    return "–" if value is None else format(value, spelled)


def _costs(rows: Sequence[Plain], sizes: Sequence[int]) -> str:
    found = table(_head(sizes), [(escape(row["name"]), *(over(row, n) for n in sizes)) for row in rows])
    if len(sizes) < 2:
        return found
    costs = [cost for row in rows for cost in row["us_per_message"].values()]
    lines = [
        Line(row["name"], row["name"], [(log10(int(n)), log10(cost)) for n, cost in row["us_per_message"].items()])
        for row in rows
    ]
    return found + chart(lines, _across(sizes), logarithmic(min(costs), max(costs)), COST)


def _rates(rows: Sequence[Plain], sizes: Sequence[int]) -> str:
    found = table(_head(sizes), [(escape(row["name"]), *(arrived(row, n) for n in sizes)) for row in rows])
    if len(sizes) < 2:
        return found
    lines = [
        Line(row["name"], row["name"], [(log10(int(n)), per_s) for n, per_s in row["delivered_per_s"].items()])
        for row in rows
    ]
    most = max(per_s for row in rows for per_s in row["delivered_per_s"].values())
    return found + chart(lines, _across(sizes), even(0, most, "/s", "/s"), PER_S)


def _across(sizes: Sequence[int]) -> Axis:
    return Axis([(log10(n), f"{n:,}") for n in sizes], log10(sizes[0]), log10(sizes[-1]), "大屏数", "displays")


def logarithmic(low: float, high: float) -> Axis:
    """An axis of logarithms from below ``low`` to above ``high``, in microseconds, with ticks at 1, 2 and 5."""
    ticks = [lead * 10.0**power for power in range(floor(log10(low)), floor(log10(high)) + 2) for lead in _ROUND]
    first = max(tick for tick in ticks if tick <= low)
    last = min(tick for tick in ticks if tick > high)
    shown = [tick for tick in ticks if first <= tick <= last]
    return Axis([(log10(tick), f"{tick:g} µs") for tick in shown], log10(first), log10(last))


def _bids(rows: Sequence[Plain]) -> str:
    head = [
        "",
        "p50",
        "p99",
        span("已受理", "accepted"),
        span("Redis 被强行终止后仍在", "kept when its Redis was killed"),
    ]
    return table(
        head,
        [
            (escape(row["name"]), f"{row['p50_us']:,.0f}", f"{row['p99_us']:,.0f}", f"{row['accepted']:,}", _kept(row))
            for row in rows
            if row["p50_us"] is not None
        ],
    )


def _kept(row: Plain) -> str:
    return "–" if row["kept"] is None else f"{row['kept']:,}"
