"""The newest report's figures, written into ``tests/README.md`` between two marks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.nightly.report import OPEN, SMALL, WORDS, figures

BEGIN: Final = "<!-- nightly: begin -->"
END: Final = "<!-- nightly: end -->"


def table(report: Mapping[str, Any]) -> str:
    """The report as Markdown: a line for each check that ran."""
    machine = report["machine"]
    where = (
        f"{machine['cores']} cores, {machine['memory_gib']} GiB, Python {machine['python']}, SQLite {machine['sqlite']}"
    )
    lines = [
        f"{report['at'][:10]}, commit `{report['commit'] or '?'}`; {where}.",
        "",
        "| check | promises | figures | seeds | scale | took | verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for check in report["checks"]:
        result = check["result"]
        if result is not None:
            verdict = "passed" if result["passed"] else f"**{result['why']}**"
            cells = [
                f"`{check['name']}` {check['en']}",
                ", ".join(check["promises"]),
                figures(result["figures"]),
                result["seeds"] or "",
                f"{result['scale']:g}",
                f"{result['took_s']:,.0f} s",
                verdict,
            ]
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    for verdict, said in ((SMALL, "Looked at in small"), (OPEN, "Not looked at in this report")):
        promises = [each["promise"] for each in report["promises"] if each["verdict"] == verdict]
        if promises:
            lines += ["", f"{said} ({WORDS[verdict][1]}): {', '.join(promises)}."]
    return "\n".join(lines)


def publish(report: Mapping[str, Any], readme: Path) -> None:
    """
    Put the table of ``report`` between the marks in ``readme``.

    Raises:
        ValueError: The marks are not there.

    """
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} has no place for the figures, between {BEGIN} and {END}")
    readme.write_text(f"{before}{BEGIN}\n\n{table(report)}\n\n{END}{after}", encoding="utf-8")
