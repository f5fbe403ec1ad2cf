"""What the door says."""

import re
from string import Formatter

import orjson
import pytest

from engine.domain.refusals import Reason, Retry
from engine.wire.refusals import WORDING, Fault, answer

ASKED_FOR = {
    "depth_max": 16,
    "field": "amount_fen",
    "where": "$.lot",
    "wanted": "int",
    "least_fen": 1,
    "most_fen": 10**15,
    "after_ms": 100,
}
"""All a sentence may ask for; see :func:`answer`."""


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence_in_both_languages(fault: Fault) -> None:
    wording = WORDING[fault]
    assert re.search(r"[\u4e00-\u9fff]", wording.zh)
    assert wording.zh.endswith("。")
    assert not re.search(r"[\u4e00-\u9fff]", wording.en)
    assert wording.en.endswith(".")
    assert fields(wording.zh) == fields(wording.en) <= ASKED_FOR.keys()


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_answered_in_the_shape_of_the_protocol(fault: Fault) -> None:
    said = orjson.loads(orjson.dumps(answer(fault, **ASKED_FOR)))
    assert said.keys() == {"code", "retry", "zh", "en", "detail"}
    assert said["code"] == fault.value
    assert said["retry"] in set(Retry)
    assert said["detail"] == ASKED_FOR
    assert "{" not in said["zh"] + said["en"]


def test_codes_are_codes_and_none_is_a_rule_of_the_sale() -> None:
    assert all(re.fullmatch(r"(E|OK)_[A-Z_]+", fault) for fault in Fault)
    assert not {fault.value for fault in Fault} & {reason.value for reason in Reason}


def test_money_is_said_as_people_say_it_and_given_as_programs_read_it() -> None:
    said = answer(Fault.AMOUNT_OUT_OF_RANGE, field="amount_fen", least_fen=1, most_fen=10**13)
    assert "¥0.01" in said["zh"]
    assert "¥100,000,000,000" in said["en"]
    assert said["detail"]["most_fen"] == 10**13


def test_what_a_stranger_wrote_is_repeated_and_never_read() -> None:
    said = answer(Fault.SCHEMA_UNKNOWN_FIELD, field="{after_ms}{0.__class__}")
    assert "{after_ms}{0.__class__}" in said["en"]
