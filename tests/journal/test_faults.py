"""What is wrong with a journal is said in both languages, on one line, with what to do next."""

import ast
import re
from pathlib import Path

import pytest

from engine.journal.faults import (
    AnchorLost,
    JournalDamaged,
    JournalFault,
    JournalLocked,
    JournalTailLost,
    StorageFault,
    WrongKey,
)

ENGINE = Path(__file__).resolve().parent.parent.parent / "engine"
FAULTS = [
    JournalLocked("another engine holds it; stop it first"),
    JournalDamaged(7, "it is missing"),
    JournalTailLost(8, 9),
    JournalTailLost(9, 9, forked=True),
    AnchorLost(3, 9),
    WrongKey(),
    StorageFault("the disk is full"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_every_fault_is_said_in_both_languages(fault: JournalFault) -> None:
    assert re.search(r"[\u4e00-\u9fff]{4}", fault.zh)
    assert not re.search(r"[\u4e00-\u9fff]", str(fault))
    assert "请" in fault.zh
    assert "\n" not in str(fault) + fault.zh


def test_whatever_can_be_wrong_with_a_record_has_its_chinese_words() -> None:
    said = set()
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "JournalDamaged":
                what = node.args[1]
                text = what.values[0] if isinstance(what, ast.JoinedStr) else what
                assert isinstance(text, ast.Constant), path
                said.add(str(text.value).partition(" (")[0].strip())
    assert len(said) > 10
    for words in said:
        assert re.search(r"：[^a-z]*。其前各条完好", JournalDamaged(1, words).zh), words


def test_what_is_for_programmers_stays_as_it_is() -> None:
    assert "无法读出（CorruptError: malformed）" in JournalDamaged(4, "it cannot be read (CorruptError: malformed)").zh
