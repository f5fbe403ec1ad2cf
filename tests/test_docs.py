"""What the documents promise is in the code, and what is in the code is in the documents."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from engine.domain.auction.rules import MAY_FOLLOW
from engine.domain.opening.sheet import ARTICLES as OPENING_ARTICLES
from engine.domain.quota.sheet import ARTICLES as QUOTA_ARTICLES
from engine.domain.refusals import WORDING, Reason
from engine.domain.rulesheet import ARTICLES, ExtensionKind
from engine.notice import conditions
from engine.notice.faults import SENTENCES, FaultCode

ROOT = Path(__file__).resolve().parent.parent
RULES = (ROOT / "engine" / "domain" / "RULES.md").read_text(encoding="utf-8")
COMPLAINTS = (ROOT / "tests" / "COMPLAINTS.md").read_text(encoding="utf-8")


def _articles() -> list[str]:
    return re.findall(r"^### ([0-9]+)\. ", RULES, re.MULTILINE)


def _marked(source: str) -> set[str]:
    """The numbers in every ``@article(…)`` that stands on a test."""
    tests = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
    calls = (call for test in tests for call in test.decorator_list if isinstance(call, ast.Call))
    return {
        str(number.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "article"
        for number in call.args
        if isinstance(number, ast.Constant)
    }


def _tested() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return set().union(*(_marked(file.read_text(encoding="utf-8")) for file in files))


def test_the_articles_are_numbered_without_gap() -> None:
    assert _articles() == [str(number) for number in range(1, len(_articles()) + 1)]
    assert len(_articles()) == 45


def test_every_article_has_a_test() -> None:
    assert set(_articles()) - _tested() == set()


def test_no_test_names_an_article_that_is_not_there() -> None:
    assert _tested() - set(_articles()) == set()


def test_every_article_says_its_source_and_where_it_is_settled() -> None:
    for text in re.split(r"^### ", RULES, flags=re.MULTILINE)[1:]:
        assert "*Source:*" in text, text[:40]
        assert "*Code:*" in text, text[:40]


def test_the_rules_name_the_edition_that_sheets_carry() -> None:
    assert f"`{ARTICLES}`" in RULES
    assert f"`{QUOTA_ARTICLES}`" in RULES
    assert f"`{OPENING_ARTICLES}`" in RULES


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_has_a_sentence_in_both_languages_and_stands_in_the_rules(reason: Reason) -> None:
    wording = WORDING[reason]
    assert re.search(r"[\u4e00-\u9fff]", wording.zh)
    assert re.search(r"[a-z]", wording.en)
    assert not re.search(r"[\u4e00-\u9fff]", wording.en)
    assert {name for _, name, _, _ in Formatter().parse(wording.zh) if name} == {
        name for _, name, _, _ in Formatter().parse(wording.en) if name
    }
    assert f"`{reason}`" in RULES


def test_the_rules_list_the_refusals_in_their_order_of_precedence() -> None:
    listed = re.findall(r"^\| ([0-9]+) \| `(E_[A-Z_]+)` \|", RULES, re.MULTILINE)
    assert listed == [(str(number), reason.value) for number, reason in enumerate(Reason, 1)]


def test_the_rules_name_no_refusal_that_is_not_there() -> None:
    assert set(re.findall(r"`(E_[A-Z_]+)`", RULES)) == {reason.value for reason in Reason}


@pytest.mark.parametrize(
    "name",
    sorted(
        set(
            re.findall(
                r"`(rules|state|events|figures|canonical|rulesheet|refusals|conduct|timing|bidding|voiding|admission|checks|proxy|sight|hearing|announcements)\.",
                RULES,
            )
        )
    ),
)
def test_the_code_the_rules_point_to_is_there(name: str) -> None:
    folder = ROOT / "engine" / "domain"
    source = next(path for path in (folder / f"{name}.py", folder / "auction" / f"{name}.py") if path.exists())
    text = source.read_text(encoding="utf-8")
    for pointer in re.findall(rf"`{name}\.([A-Za-z_.]+)", RULES):
        for part in pointer.split("."):
            assert re.search(rf"\b{part}\b", text), f"{name}.{pointer}"


@pytest.mark.parametrize("code", FaultCode)
def test_every_fault_of_a_notice_has_a_sentence_in_both_languages(code: FaultCode) -> None:
    zh, en = SENTENCES[code]
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert zh.endswith(("。", "？"))
    assert re.search(r"[a-z]", en)
    assert en.endswith((".", "?"))
    assert not re.search(r"[\u4e00-\u9fff]", en)


def test_the_phases_in_the_readme_are_those_of_the_rules() -> None:
    text = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^(\w+) ─▶ (\w+)$", text, re.MULTILINE))
    assert shown == {(str(before), str(after)) for before, those in MAY_FOLLOW.items() for after in those}


def test_every_test_the_readme_promises_is_there() -> None:
    text = (ROOT / "engine" / "README.md").read_text(encoding="utf-8")
    promised = re.findall(r"`(tests/[^`]*)`", text)
    assert promised
    assert [name for name in promised if not (ROOT / name).exists()] == []


def test_every_test_that_security_names_is_there_and_both_readmes_lead_to_it() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[^`]*)`", text)
    assert len(named) >= 15
    assert [name for name in named if not (ROOT / name).exists()] == []
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []
    for readme in ("README.md", "README.zh-CN.md"):
        assert "(SECURITY.md)" in (ROOT / readme).read_text(encoding="utf-8")


def test_every_complaint_names_tests_that_are_there() -> None:
    lines = [line for line in COMPLAINTS.splitlines() if line.startswith("| ") and not line.startswith("| Complaint")]
    assert len(lines) >= 30
    for line in lines:
        shown = re.findall(r"`((?:tests|web)/[^`]+)`", line.rpartition(" | ")[2])
        assert shown, line
        for name in shown:
            path, _, test = name.partition("::")
            source = (ROOT / path).read_text(encoding="utf-8")
            assert f"def {test}(" in source or f'test("{test}"' in source or not test, name


def test_every_field_of_a_notice_is_explained() -> None:
    text = (ROOT / "engine" / "notice" / "README.md").read_text(encoding="utf-8")
    tables = (
        conditions._NEEDED,
        conditions._OPTIONAL,
        conditions._TIMED,
        conditions._EXTENSION,
        conditions._VISIBILITY,
    )
    names = {name for table in tables for name in table} | {kind.value for kind in ExtensionKind}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
