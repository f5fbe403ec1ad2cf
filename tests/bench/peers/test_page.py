"""The comparison as a page and on a terminal: ratios, what did not arrive, who was not measured."""

import io
import re
from math import log10
from typing import Any

import pytest
from rich.console import Console

from bench.peers.page import logarithmic, page
from bench.peers.shown import show_peers


def row(name: str, costs: dict[str, float], **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": name, "version": "us 1.2", "settings": "as it comes", "us_per_message": costs, "over_c": dict.fromkeys(costs, 1.25),
        "ours_over": dict.fromkeys(costs, 0.8),
        "delivered_per_s": dict.fromkeys(costs, 20_000), "idle_kib": dict.fromkeys(costs, 7.5),
        "delivered": dict.fromkeys(costs, 300), "wanted": dict.fromkeys(costs, 300), "skipped": None,
    }  # fmt: skip
    return told | more


TOLD: dict[str, Any] = {
    "machine": {"cores": 2},
    "peers": [
        row("us", {"100": 5.0, "10000": 60.0}),
        row("lossy", {"100": 5.0}, delivered={"100": 299}),
        row("<other>", {}, skipped="it is not installed: apt-get install <other>"),
    ],
    "bids": [
        {"name": "us", "settings": "all", "p50_us": 1500.4, "p99_us": 2500.0, "accepted": 1000, "kept": None, "skipped": None},
        {"name": "naive", "settings": "", "p50_us": 700.0, "p99_us": 900.0, "accepted": 1000, "kept": 1000, "skipped": None},
        {"name": "gone", "settings": "", "p50_us": None, "p99_us": None, "accepted": 0, "kept": None, "skipped": "no redis"},
    ],
}  # fmt: skip


def test_the_page_holds_tables_and_plots_in_both_languages_and_fetches_nothing() -> None:
    text = page(TOLD)
    assert text.count("<svg") == 2
    assert re.search("每条送达消息", text)
    assert "Messages delivered a second" in text
    assert "5.00 (1.25)" in text
    assert "20,000 ✗ 299/300" in text
    assert "1,500" in text
    assert "0.80" in text
    assert "as it comes; us 1.2" in text
    assert "&lt;other&gt;" in text
    assert "<other>" not in text
    assert "<script" not in text
    assert "://" not in text


def test_one_hall_alone_is_a_table_without_plots() -> None:
    one = TOLD | {"peers": [row("us", {"100": 5.0})], "bids": []}
    assert "<svg" not in page(one)


def test_a_terminal_is_told_the_same() -> None:
    out = io.StringIO()
    show_peers(TOLD, Console(file=out, width=200, highlight=False))
    text = out.getvalue()
    for part in ("N = 10,000", "60.00 (1.25)", "20,000 ✗ 299/300", "1,500", "naive"):
        assert part in text
    assert "未测 not measured: <other>: it is not installed: apt-get install <other>" in text
    assert "未测 not measured: gone: no redis" in text


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (3.2, 180.0), (0.07, 0.3), (4.9, 99.9), (5.0, 100.0)])
def test_an_axis_of_logarithms_holds_everything_between_round_ticks(low: float, high: float) -> None:
    axis = logarithmic(low, high)
    assert axis.low <= log10(low) <= log10(high) < axis.high
    assert axis.ticks[0][0] == axis.low
    assert axis.ticks[-1][0] == axis.high
