"""``luochui bench`` as people run it, against a real house. How fast the house is, is not asked here."""

import socket
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from bench.faults import BenchCode, BenchFault
from bench.house import Cores, House, share_cores
from bench.scenario_file import read_scenario
from bench.target import is_loopback, needed_settings, own_house, running_house
from engine.cli import app
from tests.cli.program import last_json, luochui

SCENARIO = """
[scenario]
name = "tiny"
[[stages]]
for_s = 2
rate = 25
[crowd]
bidders = 5
displays = 20
slow_percent = 5
[links]
lost_per_s = 2
back_after_s = 0.2
[[storms]]
at_s = 1
share_percent = 50
back_after_s = 0.2
[run]
warm_up_s = 0.4
processes = 2
lag_p99_ms_max = 10000
[thresholds]
hold = [{}]
"""
SURE = '"unanswered == 0", "gaps == 0", "count(bid_ack) > 0", "count(resume) > 0", "count(bid_seen_last) > 0"'


QUICK = """
[scenario]
name = "quick"
[[stages]]
for_s = 0.5
rate = 20
[crowd]
bidders = 3
displays = 2
[run]
warm_up_s = 0
processes = 1
lag_p99_ms_max = 10000
[thresholds]
hold = [{}]
"""


def tiny(folder: Path, hold: str, scenario: str = SCENARIO) -> Path:
    path = folder / "tiny.toml"
    path.write_text(scenario.format(hold), encoding="utf-8")
    return path


def asked(*arguments: str | Path) -> Result:
    """The same command line, without a process of its own."""
    return CliRunner().invoke(app, [str(each) for each in ("bench", *arguments)])


def test_a_tiny_run_with_losses_and_a_storm_answers_every_bid_and_keeps_what_it_found(tmp_path: Path) -> None:
    done = luochui("bench", "run", tiny(tmp_path, SURE), "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = last_json(done)
    assert told["verdict"] == "pass"
    assert told["counts"]["bids"] == 40
    assert told["generators"] == 2
    ack, lost = told["latencies_ms"]["bid_ack"], told["latencies_ms"]["bid_ack_after_loss"]
    assert ack["count"] + lost["count"] == 40
    assert told["latencies_ms"]["connect"]["count"] == 25
    assert told["errors"] == {}
    assert told["counts"]["accepted"] + sum(told["refused"].values()) >= 40  # too low, or his own already
    assert 0 < told["server"]["cpu"] < 2
    kept = orjson.loads((tmp_path / "out" / "result.json").read_bytes())
    assert sum(each["sent"] for each in kept["seconds"]) >= 50
    assert "</html>" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert b"eyJ" not in everything + done.stdout.encode()  # how every token begins


def test_a_threshold_that_is_crossed_ends_with_99_and_says_which(tmp_path: Path) -> None:
    hold = '"p99(bid_ack) < 1us", "errors == 0"'
    done = asked("run", tiny(tmp_path, hold, QUICK), "--out", tmp_path / "out")
    assert done.exit_code == 99, done.output
    assert "✗ p99(bid_ack) < 1us" in done.stdout
    assert "未通过 FAIL" in done.stdout
    same = asked("compare", tmp_path / "out", tmp_path / "out", "--worse-percent-max", "10")
    assert same.exit_code == 0
    assert "within drift" in same.stdout


@pytest.mark.parametrize(
    ("url", "data", "code"),
    [
        ("http://192.0.2.1:8000", True, BenchCode.NOT_LOOPBACK),
        ("https://127.0.0.1:8000", True, BenchCode.NO_TLS),
        ("nonsense", True, BenchCode.BAD_ADDRESS),
        ("http://127.0.0.1:1", False, BenchCode.DATA_MISSING),
        ("http://127.0.0.1:1", True, BenchCode.HOUSE_NOT_THERE),
    ],
)
def test_a_house_that_must_not_or_cannot_be_measured_is_refused(
    tmp_path: Path, url: str, data: bool, code: BenchCode
) -> None:
    with pytest.raises(BenchFault) as caught:
        running_house(url, tmp_path if data else None, "bench", None, own_host=False)
    assert caught.value.code is code


def test_another_machine_is_loaded_only_by_who_owns_it_and_the_refusal_ends_with_1(tmp_path: Path) -> None:
    with pytest.raises(BenchFault) as caught:
        running_house("https://192.0.2.1", tmp_path, "bench", None, own_host=True)
    assert caught.value.code is BenchCode.NO_TLS
    done = asked("run", tiny(tmp_path, '"errors == 0"'), "--url", "http://192.0.2.1:8000", "--json")
    assert done.exit_code == 1
    assert orjson.loads(done.stdout)["fault"] == "E_BENCH_NOT_LOOPBACK"
    assert "--i-own-this-host" in done.stderr


def test_a_scenario_that_is_wrong_ends_with_1_and_names_the_line(tmp_path: Path) -> None:
    done = asked("run", tiny(tmp_path, '"p99(bid_ak) < 5ms"'), "--json")
    assert done.exit_code == 1
    told = orjson.loads(done.stdout)
    assert told["faults"][0]["code"] == "E_UNKNOWN_VALUE"
    assert "tiny.toml:" in told["faults"][0]["place"]
    assert "thresholds.hold[1]" in done.stderr


@pytest.mark.parametrize(
    "command",
    [(), *((name,) for name in ("run", "sale", "compare", "rehearse", "check", "self", "figures", "peers"))],
)
def test_the_help_says_what_it_does(command: tuple[str, ...]) -> None:
    shown = asked(*command, "--help")
    assert shown.exit_code == 0
    assert len(shown.stdout.split("\n\n")[1].strip()) > 30
    if command == ("run",):
        assert "Exit code 99" in shown.stdout
        assert "open loop" in shown.stdout


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("localhost.example.cn", False),
        ("0.0.0.0", False),
        ("example.cn", False),
    ],
)
def test_only_what_cannot_be_another_machine_is_loopback(host: str, ours: bool) -> None:
    assert is_loopback(host) is ours


def test_only_limits_that_a_crowd_from_one_address_meets_are_raised(tmp_path: Path) -> None:
    base = '[scenario]\nname = "x"\n[[stages]]\nfor_s = 5\nrate = {rate}\n[crowd]\ndisplays = {displays}\nbidders = {bidders}\n'

    def needed(rate: int, displays: int, bidders: int, more: str = "") -> dict[str, str]:
        path = tmp_path / "x.toml"
        path.write_text(base.format(rate=rate, displays=displays, bidders=bidders) + more, encoding="utf-8")
        return needed_settings(read_scenario(path))

    assert needed(200, 999, 50) == {}
    assert needed(200, 1000, 50) == {"LUOCHUI_LIMITS_PUBLIC_PER_ADDRESS": "1010"}
    assert set(needed(200, 10, 5)) == {"LUOCHUI_LIMITS_COMMANDS_PER_S"}
    storm = "[[storms]]\nat_s = 1\nshare_percent = 100\n"
    assert set(needed(2, 500, 50, storm)) == {
        "LUOCHUI_LIMITS_HALF_OPEN_PER_ADDRESS",
        "LUOCHUI_LIMITS_HALF_OPEN_MAX",
    }


def test_a_house_that_has_been_measured_leaves_us_the_cores_we_had(tmp_path: Path) -> None:
    before = share_cores()
    with own_house(read_scenario(tiny(tmp_path, SURE)), {}):
        pass
    assert share_cores() == before


def test_house_and_crowd_have_cores_of_their_own_where_there_are_two() -> None:
    cores = share_cores()
    assert cores.apart is not bool(cores.house & cores.generator)
    assert Cores(frozenset({0}), frozenset({1, 2})).apart


def test_a_house_that_ended_is_not_taken_for_one_that_uses_nothing(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        house = House(f"http://127.0.0.1:{free.getsockname()[1]}", tmp_path, 2**22 + 1, share_cores())
        with pytest.raises(OSError, match="No such"):
            house.used()
