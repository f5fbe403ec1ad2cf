"""The report of a run as one HTML file: no script, nothing fetched, both languages, made to be printed."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import log10
from typing import Any, Final

from bench.histogram import Histogram
from bench.svg import Axis, Line, chart, even
from bench.words import LEFT_OUT, en, zh

COLUMNS: Final = ("p50", "p90", "p99", "p99.9", "p99.99", "max", "count")
_CURVES: Final = ("bid_ack", "bid_seen_first", "bid_seen_last", "lag")
_SHARES: Final = (0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999)
_COUNTS: Final = (
    "bids", "accepted", "unanswered", "dropped", "slow_dropped", "conflated", "resyncs", "gaps", "frames", "bytes",
)  # fmt: skip

STYLE: Final = """
body{font:16px/1.5 "Noto Sans CJK SC","Microsoft YaHei",system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;
max-width:60rem;padding:1rem}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.15rem;margin:1.6rem 0 .4rem;border-bottom:1px solid #767676}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .5rem;border-bottom:1px solid #d5d5d5;text-align:right}
th:first-child,td:first-child{text-align:left}code{overflow-wrap:anywhere;font-size:.85em}
.verdict{font-size:1.3rem;font-weight:700;padding:.4rem .8rem;border:3px solid}
.pass{color:#14532d}.fail,.void{color:#8f1d10}
section{overflow-x:auto}svg{width:100%;height:auto;min-width:44rem}svg text{font-size:13px;fill:#1a1a1a}
input{margin-left:1rem}
#zh:checked~main [lang=en],#en:checked~main [lang=zh-CN]{display:none}
@media(max-width:40rem){table{font-size:.8rem}th,td{padding:.15rem .2rem}}
@media print{svg{min-width:0}section{overflow:visible}
input,label{display:none}section{break-inside:avoid}body{max-width:none;font-size:11pt}}
@page{size:A4;margin:15mm}
"""


def said(key: str) -> str:
    """The words for ``key`` in both languages; the page shows one."""
    return span(zh(key), en(key))


def span(chinese: str, english: str) -> str:
    """A text in both languages."""
    if chinese == english:
        return escape(chinese)
    return f'<span lang="zh-CN">{escape(chinese)}</span><span lang="en">{escape(english)}</span>'


def page(run: Mapping[str, Any], first: str = "", title: str = "title") -> str:
    """
    The report of a run.

    Args:
        run: As :meth:`bench.result.Run.plain` tells it.
        first: What comes before everything else, as HTML.
        title: The word for what it is.

    """
    scenario = run["scenario"]
    about = span(scenario["title_zh"], scenario["title_en"])
    sections = [
        section("thresholds", _thresholds(run["thresholds"])),
        section("latencies", _latencies(run["latencies_ms"])),
        section("curve", _curves(run["histograms"])),
        section("over_time", _over_time(run["seconds"])),
        section("rate", _rates(run["seconds"])),
        section("counted", _counted(run)),
        section("house", pairs((said(key), _number(value)) for key, value in run["server"].items())),
        section("tried", _tried(scenario)),
        section("where", _where(run)),
        section("left_out", "<ul>" + "".join(f"<li>{span(*line)}</li>" for line in LEFT_OUT) + "</ul>"),
    ]
    void = f"<p>{escape(run['void'])}</p>" if run["void"] else ""
    verdict = f'<p class="verdict {run["verdict"]}">{said(run["verdict"])}</p>{void}'
    body = f"<h1>{said(title)}</h1><p>{about} · {escape(run['began_at'])}</p>{verdict}{first}{''.join(sections)}"
    return document(f"{zh(title)} {en(title)} {scenario['name']}", body)


def document(title: str, body: str) -> str:
    """A whole page around ``body``."""
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body>"
        '<input type="radio" name="language" id="zh" checked><label for="zh">中文</label>'
        '<input type="radio" name="language" id="en"><label for="en">English</label>'
        f"<main>{body}</main></body></html>\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are HTML already."""
    first = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    rest = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table>"


def section(key: str, content: str) -> str:
    """A part of the page under its heading."""
    return f"<section><h2>{said(key)}</h2>{content}</section>"


def _thresholds(judged: Sequence[Mapping[str, Any]]) -> str:
    if not judged:
        return f"<p>{said('none')}</p>"
    rows = [
        (escape(each["text"]), escape(each["value"]), ("✓ " if each["held"] else "✗ ") + said("held" if each["held"] else "crossed"))
        for each in judged
    ]  # fmt: skip
    return table(("", said("value"), ""), rows)


def _latencies(rows: Mapping[str, Mapping[str, Any]]) -> str:
    return table(
        ("", *(said("count") if name == "count" else name for name in COLUMNS)),
        [(said(name), *(_number(row[column]) for column in COLUMNS)) for name, row in rows.items() if row["count"]],
    )


def _curves(histograms: Mapping[str, Any]) -> str:
    lines, most = [], 0.0
    for name in _CURVES:
        histogram = Histogram.read(histograms[name])
        if histogram.count:
            points = [(_nines(share), value / 1e6) for share, value in histogram.curve()]
            most = max(most, points[-1][1])
            lines.append(Line(zh(name), en(name), points))
    ticks = [(_nines(share), f"{share:g}%") for share in _SHARES]
    across = Axis(ticks, 0.0, _nines(_SHARES[-1]), zh("share"), en("share"))
    return chart(lines, across, even(0, most, "ms", "ms", " ms"), (zh("curve"), en("curve")))


def _nines(share: float) -> float:
    """How many nines: 90 % is one, 99 % two. All of it is shown as the last tick."""
    return -log10(max(1 - share / 100, 1 - _SHARES[-1] / 100))


def _over_time(seconds: Sequence[Mapping[str, Any]]) -> str:
    timed = [each for each in seconds if each["ack"]["count"]]
    lines = [Line(name, name, [(each["at_s"], each["ack"][name]) for each in timed]) for name in ("p50", "p99", "max")]
    most = max((each["ack"]["max"] for each in timed), default=1.0)
    return chart(lines, _time(seconds), even(0, most, "ms", "ms", " ms"), (zh("over_time"), en("over_time")))


def _rates(seconds: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        Line(zh(name), en(name), [(each["at_s"], each[name]) for each in seconds]) for name in ("sent", "answered")
    ]
    most = max((each["sent"] for each in seconds), default=1)
    plot = chart(lines, _time(seconds), even(0, most, "", ""), (zh("rate"), en("rate")))
    known = [each for each in seconds if each["server_cpu"] is not None]
    if not known:
        return plot
    line = Line(zh("cpu"), en("cpu"), [(each["at_s"], 100 * each["server_cpu"]) for each in known])
    top = max(100.0, *(100 * each["server_cpu"] for each in known))
    return plot + chart([line], _time(seconds), even(0, top, "", "", "%"), (zh("cpu"), en("cpu")))


def _time(seconds: Sequence[Mapping[str, Any]]) -> Axis:
    return even(0, max((each["at_s"] for each in seconds), default=1), zh("seconds"), en("seconds"))


def _counted(run: Mapping[str, Any]) -> str:
    counts = pairs((said(key), f"{run['counts'].get(key, 0):,}") for key in _COUNTS)
    refused = [(f"{said('refused')} {escape(code)}", f"{count:,}") for code, count in run["refused"].items()]
    errors = [(f"{said('errors')}: {said(code)}", f"{count:,}") for code, count in run["errors"].items()]
    return counts + pairs([*refused, *errors])


def _tried(scenario: Mapping[str, Any]) -> str:
    stages = "; ".join(
        f"{each['for_s']:g} s: {each['rate']:g}" + (f"–{each['rate_to']:g}" if each["rate_to"] != each["rate"] else "") + "/s"
        for each in scenario["stages"]
    )  # fmt: skip
    simple = {key: value for key, value in scenario.items() if isinstance(value, int | float | str)}
    more = [f"{each['at_s']:g} s: {each['share_percent']:g} %" for each in scenario["storms"]]
    rush = scenario["rush"]
    if rush is not None:
        more.append(f"rush: {rush['last_s']:g} s × {rush['times']:g}")
    all_of_it = [("stages", stages), *((escape(key), escape(str(value))) for key, value in simple.items())]
    return pairs([*all_of_it, ("storms, rush", "; ".join(more) or "–")])


def _where(run: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{key}={value}" for key, value in run["settings"].items()) or "–"
    known = [
        (said(key), _number(value) if isinstance(value, bool) else escape(str(value)))
        for key, value in run["machine"].items()
    ]
    more = [
        (said("generators"), str(run["generators"])),
        (said("generator_cpu"), f"{run['generator_cpu']:.0%}"),
        (said("settings"), escape(settings)),
    ]
    return pairs([*known, *more])


def pairs(each: Iterable[tuple[str, str]]) -> str:
    """A table of names and values; both are HTML already."""
    rows = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in each)
    return f"<table><tbody>{rows}</tbody></table>" if rows else ""


def _number(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return said("yes" if value else "no")
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
