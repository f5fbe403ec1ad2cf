"""A scenario says what is wrong with it, in both languages, with file and line; and every one we ship is right."""

import re
from pathlib import Path

import pytest

from bench.faults import SENTENCES, BenchCode, BenchFault
from bench.scenario import Scenario, changed
from bench.scenario_file import read_scenario
from engine.notice.faults import FaultCode, NoticeFault

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "bench" / "scenarios").glob("*.toml"))
WHOLE = """
[scenario]
name = "whole"
title_zh = "全部"
title_en = "Everything"
seed = 7
pace = "random"
[[stages]]
for_s = 10
rate = 5
rate_to = 20
[[stages]]
for_s = 20
rate = 20
[rush]
last_s = 5
times = 10
[crowd]
bidders = 20
displays = 100
sampled = 9
slow_percent = 10
slow_bytes_per_s = 500
enter_per_s = 100
[links]
lost_per_s = 0.5
back_after_s = 2
[[storms]]
at_s = 15
share_percent = 50
[run]
warm_up_s = 1
processes = 2
lag_p99_ms_max = 10
[thresholds]
hold = ["p99(bid_ack) < 50ms"]
"""


def read(folder: Path, text: str) -> Scenario:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    scenario = read(tmp_path, WHOLE)
    assert scenario.seconds == 30
    assert scenario.rate_most == 200
    assert (scenario.steady, scenario.sampled, scenario.processes) == (False, 9, 2)
    assert scenario.rush is not None
    assert scenario.storms[0].back_after_s == 1
    assert [each.text for each in scenario.thresholds] == ["p99(bid_ack) < 50ms"]


def test_what_is_left_out_has_a_sensible_value(tmp_path: Path) -> None:
    scenario = read(tmp_path, '[scenario]\nname = "least"\n[[stages]]\nfor_s = 5\nrate = 2\n[crowd]\ndisplays = 3\n')
    assert scenario.title_zh == "least"
    assert scenario.stages[0].rate_to == 2
    assert scenario.sampled == 3
    assert scenario.steady
    assert scenario.thresholds == ()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_scenarios_we_ship_can_be_read_and_hold_something(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.name == path.stem
    assert scenario.thresholds
    assert scenario.title_zh != scenario.title_en


def test_another_rate_or_length_makes_one_stage_of_all(tmp_path: Path) -> None:
    scenario = read(tmp_path, WHOLE)
    assert changed(scenario) == scenario
    faster = changed(scenario, rate=100.0, displays=3, seed=1)
    assert [(stage.for_s, stage.rate, stage.rate_to) for stage in faster.stages] == [(30, 100, 100)]
    assert (faster.rush, faster.displays, faster.sampled, faster.seed) == (None, 3, 3, 1)
    shorter = changed(scenario, seconds=6.0)
    assert shorter.stages[0].rate == pytest.approx((10 * 12.5 + 20 * 20) / 30)
    assert shorter.seconds == 6


START = '[scenario]\nname = "x"\n[[stages]]\nfor_s = 5\nrate = 2\n'


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", FaultCode.MISSING_FIELD, "name"),
        ('[scenario]\nname = "x"\n', FaultCode.MISSING_FIELD, "stages"),
        ('[scenario]\nname = "Not so"\n[[stages]]\nfor_s = 5\nrate = 2\n', FaultCode.BAD_NAME, "scenario.toml:2"),
        (f"{START}rat = 3\n", FaultCode.UNKNOWN_FIELD, "scenario.toml:6: stages[1].rat"),
        (f"{START}[crowed]\n", FaultCode.UNKNOWN_FIELD, "crowed"),
        (START.replace("rate = 2", "rate = true"), FaultCode.BOOLEAN_NUMBER, "scenario.toml:5"),
        (START.replace("rate = 2", 'rate = "fast"'), FaultCode.WRONG_TYPE, "scenario.toml:5"),
        (START.replace("rate = 2", "rate = nan"), FaultCode.WRONG_TYPE, "scenario.toml:5"),
        (START.replace("rate = 2", "rate = -2"), FaultCode.NEGATIVE, "scenario.toml:5"),
        (START.replace("rate = 2", "rate = 0"), FaultCode.TOO_SMALL, "scenario.toml:5"),
        (START.replace("for_s = 5", "for_s = 1e9"), FaultCode.TOO_LARGE, "scenario.toml:4"),
        (f"{START}[crowd]\nbidders = 1\n", FaultCode.TOO_SMALL, "crowd.bidders"),
        (f"{START}[crowd]\nbidders = 2.5\n", FaultCode.FRACTIONAL, "crowd.bidders"),
        (START.replace('"x"', '"x"\npace = "wild"'), FaultCode.UNKNOWN_VALUE, "scenario.pace"),
        (f'{START}[thresholds]\nhold = ["p99(bid_ak) < 5ms"]\n', FaultCode.UNKNOWN_VALUE, "thresholds.hold[1]"),
        (f"{START}[thresholds]\nhold = 5\n", FaultCode.WRONG_TYPE, "thresholds.hold"),
        (START.replace("rate = 2", "rate = 100000").replace("= 5", "= 60"), FaultCode.TOO_MANY, "stages"),
        ("[scenario\n", FaultCode.TOML_SYNTAX, "scenario.toml:1"),
    ],
)
def test_a_fault_is_named_with_its_place_in_both_languages(
    tmp_path: Path, text: str, code: FaultCode, place: str
) -> None:
    with pytest.raises(NoticeFault) as caught:
        read(tmp_path, text)
    found = [fault for fault in caught.value.faults if fault.code is code]
    assert found, str(caught.value)
    assert place in str(found[0])
    assert re.search("[\u4e00-\u9fff]", found[0].zh)
    assert not re.search("[\u4e00-\u9fff]", found[0].en)


def test_all_faults_come_out_together(tmp_path: Path) -> None:
    with pytest.raises(NoticeFault) as caught:
        read(tmp_path, f"{START}rat = 1\n[crowd]\nbidders = 0\n[rush]\ntimes = -1\n")
    assert len(caught.value.faults) == 3


def test_a_file_that_is_not_there_is_a_fault_too(tmp_path: Path) -> None:
    with pytest.raises(NoticeFault, match="找不到文件"):
        read_scenario(tmp_path / "none.toml")


@pytest.mark.parametrize("code", BenchCode)
def test_every_other_fault_has_a_sentence_in_both_languages(code: BenchCode) -> None:
    chinese, english = SENTENCES[code]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)
    assert str(BenchFault(code, "THIS")).count("THIS") in {0, 2}
