"""Every refusal says in both languages what is wrong and what to do."""

import re
from string import Formatter

import pytest

from engine.trust.faults import SENTENCES, TrustCode


@pytest.mark.parametrize("code", TrustCode)
def test_every_code_has_a_sentence_in_both_languages_with_the_same_facts(code: TrustCode) -> None:
    zh, en = SENTENCES[code]
    facts = [{name for _, name, _, _ in Formatter().parse(text) if name} - {"zh", "en"} for text in (zh, en)]
    assert facts[0] == facts[1]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)
    assert zh.endswith("。")
    assert en.endswith(".")
    assert re.search(r"请", zh)
