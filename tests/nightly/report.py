"""The report of a night: one JSON file for programs, and one page for people that needs nothing else, in Chinese and English."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from tests.nightly.check import Check, Result
from tests.nightly.machine import Machine
from tests.nightly.promises import PROMISES

PASSED, SMALL, BROKEN, OPEN = "passed", "small", "broken", "open"
"""What may be said of a promise; *small*: a check of it was not run in full; *open*: not every one has run at this commit."""

WORDS: Final = {
    PASSED: ("守住", "kept"),
    SMALL: ("小规模守住", "kept in small"),
    BROKEN: ("未守住", "broken"),
    OPEN: ("本次未检", "not this night"),
}


def made(
    checks: Sequence[Check], results: Mapping[str, Result | None], *, commit: str, scale: float, machine: Machine
) -> dict[str, Any]:
    """The report as plain data."""
    promises = []
    for number, promise in PROMISES.items():
        looked = [check.name for check in checks if number in check.promises]
        found = [result for name in looked if (result := results.get(name)) is not None]
        if any(not each.passed for each in found):
            verdict = BROKEN
        elif not found or len(found) < len(looked):
            verdict = OPEN
        else:
            verdict = PASSED if all(each.scale >= 1 for each in found) else SMALL
        promises.append(
            {
                "promise": number,
                "zh": promise.zh,
                "en": promise.en,
                "verdict": verdict,
                "checks": looked,
                "daily": list(promise.daily),
            }
        )
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        "scale": scale,
        "machine": machine.plain(),
        "passed": all(result is None or result.passed for result in results.values()),
        "promises": promises,
        "checks": [
            {
                "name": check.name,
                "zh": check.zh,
                "en": check.en,
                "promises": list(check.promises),
                "result": None if (result := results.get(check.name)) is None else result.plain(),
            }
            for check in checks
        ],
    }


def figures(found: Mapping[str, Any]) -> str:
    """Figures in one line."""
    return "; ".join(f"{name.replace('_', ' ')} {figure(value)}" for name, value in found.items())


def figure(value: Any) -> str:
    """One figure as it is printed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def page(report: Mapping[str, Any]) -> str:
    """The report as a page."""
    machine = report["machine"]
    by_name = {check["name"]: check for check in report["checks"]}
    rows = "".join(_promise(promise, by_name) for promise in report["promises"])
    checks = "".join(_check(check) for check in report["checks"])
    red = [check for check in report["checks"] if check["result"] is not None and not check["result"]["passed"]]
    zh, en = ("全部通过", "all that ran passed") if not red else (f"{len(red)} 项未通过", f"{len(red)} red")
    facts = [
        ("版本", "commit", report["commit"] or "?"),
        ("时间", "date", report["at"]),
        (
            "机器",
            "machine",
            f"{machine['cores']} × {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}",
        ),
        ("软件", "software", f"Python {machine['python']}, SQLite {machine['sqlite']}"),
    ]
    told = "".join(f"<dt>{zh} {en}</dt><dd>{escape(str(value))}</dd>" for zh, en, value in facts)
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>落槌 夜间检查 Luochui nightly {escape(report["commit"])}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>落槌 夜间检查 <span lang="en">Luochui nightly report</span></h1>
<p class="sum {"broken" if red else "passed"}">{zh} · <span lang="en">{en}</span></p>
<dl>{told}</dl>
<h2>承诺 <span lang="en">Promises</span></h2>
<table class=promises><thead><tr><th>#</th><th>承诺 Promise</th><th>检查与数字 Checks and figures</th><th>结论 Verdict</th></tr></thead>
<tbody>{rows}</tbody></table>
<h2>检查 <span lang="en">Checks</span></h2>
<table class=checks><thead><tr><th>检查 Check</th><th>数字 Figures</th><th>种子 Seeds</th><th>规模 Scale</th><th>用时 Took</th>
<th>结论 Verdict</th></tr></thead>
<tbody>{checks}</tbody></table>
</body>
</html>
"""


def _promise(promise: Mapping[str, Any], by_name: Mapping[str, Any]) -> str:
    told = []
    for name in promise["checks"]:
        result = by_name[name]["result"]
        said = "—" if result is None else escape(figures(result["figures"]) or result["why"])
        told.append(f"<p><b>{escape(name)}</b> {said}</p>")
    if promise["daily"]:
        told.append(f"<p class=daily>make test: {escape(', '.join(promise['daily']))}</p>")
    zh, en = WORDS[promise["verdict"]]
    return (
        f"<tr class={promise['verdict']}><th>{promise['promise']}</th>"
        f'<td>{escape(promise["zh"])}<br><span lang="en">{escape(promise["en"])}</span></td>'
        f"<td>{''.join(told)}</td><td class=verdict>{zh}<br>{en}</td></tr>"
    )


def _check(check: Mapping[str, Any]) -> str:
    result = check["result"]
    title = (
        f"<b>{escape(check['name'])}</b> <small>{escape(', '.join(check['promises']))}</small><br>{escape(check['zh'])}"
        f'<br><span lang="en">{escape(check["en"])}</span>'
    )
    if result is None:
        return f"<tr class=open><td>{title}</td><td>—</td><td>—</td><td>—</td><td>—</td><td class=verdict>未检<br>not run</td></tr>"
    verdict = "通过<br>passed" if result["passed"] else f"未通过<br>{escape(result['why'])}"
    words = f"<pre>{escape(result['last_words'])}</pre>" if result["last_words"] else ""
    return (
        f"<tr class={PASSED if result['passed'] else BROKEN}>"
        f"<td>{title}<br><code>{escape(' '.join(result['command']))}</code></td>"
        f"<td>{escape(figures(result['figures']))}{words}</td><td>{escape(result['seeds'] or '—')}</td>"
        f"<td>{result['scale']:g}</td><td>{figure(result['took_s'])} s</td><td class=verdict>{verdict}</td></tr>"
    )


STYLE: Final = """
:root { color-scheme: light; }
body { font: 14px/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #1b1b1b; background: #fff;
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h1 span, h2 span { font-weight: normal; color: #555; }
[lang=en] { color: #444; }
.sum { font-size: 1.2rem; font-weight: bold; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; } dd { margin: 0; } dt { color: #555; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
.promises th:nth-child(1) { width: 2.6rem; } .promises th:nth-child(2) { width: 38%; } .promises th:nth-child(4) { width: 6.5rem; }
.checks th:nth-child(1) { width: 36%; } .checks th:nth-child(n+3) { width: 4.6rem; }
.checks th:nth-child(6) { width: 7rem; }
thead { display: table-header-group; }
th, td { border: 1px solid #bbb; padding: .35rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: #f0eee8; } tr { break-inside: avoid; }
td p { margin: 0 0 .3rem; } .daily, small, code { color: #555; font-size: .85rem; } pre { white-space: pre-wrap; font-size: .8rem; }
.passed .verdict, p.passed { color: #14602c; } .broken .verdict, p.broken { color: #a1121b; font-weight: bold; }
.open .verdict, .small .verdict { color: #666; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } @page { size: A4; margin: 15mm; } }
"""
