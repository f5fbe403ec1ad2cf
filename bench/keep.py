"""What stays of a run: ``result.json``, ``seconds.csv`` and ``report.html`` in one folder."""

import csv
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import orjson

from bench import report
from bench.compare import RESULT
from bench.result import Run

FOLDER: Final = Path("var/bench")
_COLUMNS: Final = (
    "second", "sent", "answered", "ack_p50_ms", "ack_p90_ms", "ack_p99_ms", "ack_max_ms", "frames", "bytes",
    "server_cpu", "server_rss_mib",
)  # fmt: skip


def folder_for(name: str) -> Path:
    """A new folder's name, from the scenario's name and the time."""
    return FOLDER / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def keep(run: Run, folder: Path, page: Callable[[Mapping[str, Any]], str] = report.page) -> Mapping[str, Any]:
    """Write the three files. What stands in the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    told = run.plain()
    (folder / RESULT).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
    (folder / "seconds.csv").write_text(seconds_csv(told), encoding="utf-8")
    (folder / "report.html").write_text(page(told), encoding="utf-8")
    return told


def seconds_csv(told: Mapping[str, Any]) -> str:
    """The run second by second. What is not known is empty."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(told))
    return out.getvalue()


def _rows(told: Mapping[str, Any]) -> Iterator[list[Any]]:
    for each in told["seconds"]:
        ack = [each["ack"][name] for name in ("p50", "p90", "p99", "max")]
        yield [
            each["at_s"], each["sent"], each["answered"], *ack, each["frames"], each["bytes"],
            each["server_cpu"], each["server_rss_mib"],
        ]  # fmt: skip
