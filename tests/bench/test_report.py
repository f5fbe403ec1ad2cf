"""What stays of a run tells all of it: to people on one page, to programs as JSON and CSV, and beside another run."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bench import report
from bench.compare import differences, read_run, unlike
from bench.faults import BenchCode, BenchFault
from bench.histogram import Histogram
from bench.keep import keep, seconds_csv
from bench.merge import Found
from bench.result import About, Run, Second, judge
from bench.scenario import Scenario
from bench.scenario_file import read_scenario
from bench.svg import even
from bench.thresholds import COUNTS, GAUGES, LATENCIES, parse
from bench.words import WORDS

SMALL = read_scenario(Path(__file__).resolve().parents[2] / "bench" / "scenarios" / "small.toml")
MS = 1_000_000
ABOUT = About(began_at="2026-11-27T08:00:00+00:00", machine={"processor": "<none>"}, settings={}, generators=1)


def found(acknowledged_ms: int = 5, lag_ms: int = 1, bids: int = 100) -> Found:
    made = Found()
    made.counts.update({"bids": bids, "accepted": bids})
    for name, ms in (("bid_ack", acknowledged_ms), ("bid_seen_last", 2 * acknowledged_ms), ("lag", lag_ms)):
        made.latencies[name] = Histogram.of([ms * MS] * bids)
    return made


def done(what: Found, scenario: Scenario = SMALL) -> Run:
    seconds = [Second(0, sent=20, answered=19, server_cpu=0.5, server_rss_mib=80.0), Second(1, sent=20, answered=20)]
    seconds[0].ack.add(5 * MS)
    return judge(scenario, what, {"cpu": 0.5, "rss_mib": 80.0}, seconds, ABOUT)


@pytest.mark.parametrize(
    ("what", "verdict"),
    [
        (found(), "pass"),
        (found(acknowledged_ms=50), "fail"),
        (found(lag_ms=21), "void"),
        (found(acknowledged_ms=50, lag_ms=21), "void"),
        (found(bids=0), "void"),
    ],
)
def test_a_run_holds_or_not_and_is_void_where_the_generator_was_late(what: Found, verdict: str) -> None:
    assert done(what).verdict == verdict


@pytest.mark.parametrize("count", ["gaps", "dropped", "unanswered"])
def test_what_went_wrong_for_somebody_is_an_error(count: str) -> None:
    what = found()
    what.counts[count] += 1
    assert done(what).verdict == "fail"


def test_slow_displays_that_were_let_go_and_bids_refused_are_no_errors() -> None:
    what = found()
    what.counts["slow_dropped"] += 3
    what.refused["E_BID_TOO_LOW"] += 3
    assert done(what).verdict == "pass"


class Reader(HTMLParser):
    """Checks that what is opened is closed, and collects the text of each language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.said: dict[str, str] = {"zh-CN": "", "en": "", "": ""}
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.fetched += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "input", "rect", "line", "polyline"}:
            self.open.append((tag, named.get("lang")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        languages = [lang for tag, lang in self.open if lang and tag != "html"]
        self.said[languages[-1] if languages else ""] += data + " "


def test_the_page_says_the_same_in_both_languages_and_fetches_nothing() -> None:
    scenario = replace(SMALL, thresholds=tuple(filter(None, map(parse, ["p99(bid_ack) < 50ms", "errors == 0"]))))
    reader = Reader()
    reader.feed(report.page(done(found(), scenario).plain()))
    assert reader.open == []
    assert reader.fetched == []
    assert "<script" not in report.page(done(found()).plain())
    assert "压力测试报告" in reader.said["zh-CN"]
    assert "load test report" in reader.said["en"]
    assert not re.search("[\u4e00-\u9fff]", reader.said["en"])
    assert "p99(bid_ack) < 50ms" in reader.said[""]
    assert "<none>" in reader.said[""]  # what came from outside is text
    assert len(re.findall("<svg", report.page(done(found()).plain()))) == 4


def test_a_page_of_a_run_that_measured_nothing_can_be_made() -> None:
    run = judge(SMALL, Found(), {}, [], ABOUT)
    assert "没有计入任何出价" in report.page(run.plain())


@pytest.mark.parametrize("key", [*LATENCIES, *COUNTS, *(name for name in GAUGES if name == "generator_cpu")])
def test_whatever_is_measured_has_a_name_in_both_languages(key: str) -> None:
    chinese, english = WORDS[key]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_what_is_kept_is_read_again_and_a_run_is_like_itself(tmp_path: Path) -> None:
    keep(done(found()), tmp_path / "one")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["report.html", "result.json", "seconds.csv"]
    told = read_run(tmp_path / "one")
    assert told == read_run(tmp_path / "one" / "result.json")
    assert unlike(told, told) == []
    assert {each.ratio for each in differences(told, told)} == {1.0}


def test_a_second_whose_cpu_is_not_known_is_empty_there() -> None:
    first, second = seconds_csv(done(found()).plain()).splitlines()[1:]
    assert first.startswith("0,20,19,5.0,")
    assert first.endswith(",0.5,80.0")
    assert second == "1,20,20,,,,,0,0,,"


def test_a_difference_is_told_with_whether_it_is_more_than_drift() -> None:
    before, after = done(found()).plain(), done(found(acknowledged_ms=6)).plain()
    by_name = {each.of: each for each in differences(before, after)}
    assert by_name["p99(bid_ack)"].ratio == pytest.approx(1.2, abs=0.01)
    assert by_name["p99(bid_ack)"].settled
    assert not by_name["cpu"].settled
    other = done(found(), replace(SMALL, displays=7, name="other")).plain()
    assert unlike(before, other) == ["scenario.displays"]


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 99}', b"\xff"])
def test_what_is_no_run_is_told_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "result.json").write_bytes(content)
    with pytest.raises(BenchFault) as caught:
        read_run(tmp_path)
    assert caught.value.code is BenchCode.NOT_A_RUN


@pytest.mark.parametrize("high", [0.0, 0.003, 1.0, 7.0, 99.9, 123.0, 5e6])
def test_an_axis_reaches_beyond_what_it_shows_with_few_ticks(high: float) -> None:
    axis = even(0, high, "", "")
    assert axis.high >= high
    assert 2 <= len(axis.ticks) <= 8
    assert axis.ticks[-1][0] == pytest.approx(axis.high)
