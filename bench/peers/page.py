"""The comparison as a table and a plot on one page."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from typing import Any

from bench.report import document, pairs, said, section, span, table
from bench.svg import Axis, Line, chart, even

TITLE = ("每条送达消息的服务端 CPU", "Server CPU per delivered message")


def page(rows: Sequence[Mapping[str, Any]], machine: Mapping[str, Any]) -> str:
    """One HTML page, both languages."""
    measured = [row for row in rows if row["us_per_message"]]
    sizes = sorted({int(n) for row in measured for n in row["us_per_message"]})
    body = [f"<h1>{span(*TITLE)}</h1>", _table(measured, sizes)]
    if len(sizes) > 1:
        body.append(_plot(measured, sizes))
    skipped = [(escape(row["name"]), escape(row["skipped"])) for row in rows if row["skipped"]]
    body.append(f"<h2>{span('未测', 'Not measured')}</h2>" + pairs(skipped))
    body.append(section("where", pairs((said(key), escape(str(value))) for key, value in machine.items())))
    return document(" ".join(TITLE), "".join(body))


def _table(rows: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> str:
    head = ["", *(f"N = {n:,}, µs (× C)" for n in sizes), ""]

    def cell(row: Mapping[str, Any], n: int) -> str:
        cost = row["us_per_message"].get(str(n))
        over = row["over_c"].get(str(n))
        return "–" if cost is None else f"{cost:.2f}" + (f" ({over:.2f})" if over is not None else "")

    return table(head, [(escape(row["name"]), *(cell(row, n) for n in sizes), escape(row["settings"])) for row in rows])


def _plot(rows: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> str:
    lines = [
        Line(row["name"], row["name"], [(log10(int(n)), cost) for n, cost in row["us_per_message"].items()])
        for row in rows
    ]
    across = Axis([(log10(n), f"{n:,}") for n in sizes], log10(sizes[0]), log10(sizes[-1]), "大屏数", "displays")
    most = max(cost for row in rows for cost in row["us_per_message"].values())
    return chart(lines, across, even(0, most, "µs", "µs", " µs"), TITLE)
