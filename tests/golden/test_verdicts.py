"""
Tampered exports and their verdicts, for every language that checks them: ``verdicts.jsonl``.

The first lines are the exports of honest sales, by name. Each line after them is a case: which sale it is made of, its lines (a number
is the line of that sale, a text stands for itself), what others hold, and the record and the rule that the verdict must name.
``LUOCHUI_REWRITE=1 python -m tests tests/golden`` writes the file anew.
"""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.verifier import judge
from tests.clients.exports import KEY, text
from tests.tampering import ANY, CLASSES, OPENING, QUOTA, SHOWN, TIMED
from tests.tampering.case import Case, receipts_of
from tests.tampering.sales import sale

GOLDEN = Path(__file__).parent / "verdicts.jsonl"
SEED = 1
SALES = {"any": ANY, "shown": SHOWN, "timed": TIMED}


def cases() -> Iterator[tuple[str, str, Case]]:
    """Each with the sale it is made of: first the honest ones with what bidders hold."""
    for name, kind in SALES.items():
        journal = sale(SEED, **kind, short=True)
        bidders = [record.seq for record in journal.records if record.by.startswith("bidder")][:3]
        held = receipts_of(journal, *bidders) | {"remembered": journal.note(9)}
        yield f"honest {name}", name, Case(journal.lines(), "", held=held)
    for tamper, kind in CLASSES.items():
        if kind in (QUOTA, OPENING):  # Pages check the proofs of these only.
            continue
        case = tamper(sale(SEED, **kind, short=True), random.Random(SEED))
        if not case.witnesses:  # Pages know no witnesses.
            name = next(name for name, each in SALES.items() if each == kind)
            yield tamper.__name__.replace("_", " "), name, case


def written() -> str:
    bases = {name: text(sale(SEED, **kind, short=True).lines()).splitlines() for name, kind in SALES.items()}
    lines: list[dict[str, Any]] = [{"sale": name, "key": KEY, "lines": base} for name, base in bases.items()]
    for name, base, case in cases():
        known = {line: number for number, line in enumerate(bases[base])}
        told = [known.get(line, line) for line in text(case.lines).splitlines()]
        expected = {"rule": case.rule or None, "seq": case.seq}
        lines.append({"case": name, "of": base, "lines": told, "held": case.held, **expected})
    return text(lines)


def test_the_golden_verdicts_are_those_of_the_sales_they_are_made_of() -> None:
    if os.environ.get("LUOCHUI_REWRITE"):
        GOLDEN.write_text(written(), encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == written()


LINES = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()] if GOLDEN.exists() else []
BASES = {line["sale"]: line["lines"] for line in LINES if "sale" in line}


@pytest.mark.parametrize("case", [line for line in LINES if "case" in line], ids=lambda case: str(case["case"]))
def test_every_golden_case_gets_its_verdict(case: dict[str, Any]) -> None:
    base = BASES[case["of"]]
    export = "".join((base[line] if isinstance(line, int) else line) + "\n" for line in case["lines"])
    said = judge(export, KEY, case["held"], [])
    assert (said["rule"], said["seq"]) == (case["rule"], case["seq"])
