"""A quota sale from its notice."""

from pathlib import Path

import pytest

from engine.domain.quota import packs
from engine.domain.quota.commands import RUNS_MAX
from engine.domain.quota.sheet import Award, QuotaClass, ReserveOf, Round, Running, Ties
from engine.domain.units import Fen, Nanoseconds
from engine.notice import DEMO, Notice, NoticeFault, QuotaNotice, read_any, read_notice

SALE = """
[sale]
id = "quota-2026-11"
kind = "quota"
title_zh = "2026年11月额度竞价"
title_en = "Plate quota, November 2026"
"""
SHANGHAI = """
[rules]
pack = "shanghai"
quota = 14595
first_max_yuan = 89600
"""


def notice(folder: Path, text: str, bidders: str | None = None) -> QuotaNotice:
    path = folder / "sale.toml"
    path.write_text(text, encoding="utf-8")
    if bidders is not None:
        (folder / "bidders.csv").write_text(bidders, encoding="utf-8")
    made = read_any(path)
    assert isinstance(made, QuotaNotice)
    return made


def faults(folder: Path, text: str, bidders: str | None = None) -> list[str]:
    with pytest.raises(NoticeFault) as found:
        notice(folder, text, bidders)
    for fault in found.value.faults:
        assert fault.zh
        assert fault.en
    return [f"{fault.place}: {fault.code}" for fault in found.value.faults]


def runs(made: QuotaNotice) -> list[tuple[str, int, int]]:
    return [(block.quota_class, run.first, run.last) for block in made.admissions for run in block.runs]


def test_a_pack_and_three_figures_are_a_sale(tmp_path: Path) -> None:
    made = notice(tmp_path, SALE + SHANGHAI + "\n[[bidders]]\nfirst = 1\nlast = 170000\n")
    assert made.announce.rules == packs.shanghai(14595, Fen(89_600_00))
    assert (made.sale, made.announce.title.zh) == ("quota-2026-11", "2026年11月额度竞价")
    assert runs(made) == [("personal", 1, 170_000)]
    assert [str(officer) for officer in made.officers] == ["auctioneer:1", "clerk:1", "supervisor:1", "registrar:1"]


@pytest.mark.parametrize(
    ("pack", "more"),
    [
        ("shenzhen", "floor_yuan = 10000"),
        ("guangzhou", "floor_yuan = 10000"),
        ("hangzhou", "floor_yuan = 10000\nprice_max_yuan = 40000"),
        ("coe", ""),
    ],
)
def test_every_pack_makes_a_sale_with_what_only_the_notice_can_say(tmp_path: Path, pack: str, more: str) -> None:
    assert notice(tmp_path, f'{SALE}[rules]\npack = "{pack}"\nquota = 7\n{more}\n').announce.rules.classes[0].quota == 7
    if more:
        name = more.split(" ", maxsplit=1)[0]
        found = faults(tmp_path, f'{SALE}[rules]\npack = "{pack}"\nquota = 7\n')
        assert f"sale.toml:7: rules.{name}: E_MISSING_FIELD" in found


def test_every_field_of_the_sheet_can_be_said(tmp_path: Path) -> None:
    rules = """
[rules]
floor_yuan = 100
step_yuan = 50
first_max_yuan = 900
price_max_yuan = 2000
upward_only = true
refused_counts = true
award = "uniform"
uniform_step_yuan = 2
ties = "draw"
running = "average"
average_at_s = [30, 60]
trim_percent = 10
opens_at = 2026-11-28T10:30:00+08:00
grace_ms = 500
resume_least_s = 90
mass_loss_percent = 40
offers_published = false
sign_off = true

[[rules.classes]]
name = "personal"
quota = 9

[[rules.classes]]
name = "company"
quota = 1
reserve = "average"

[[rules.rounds]]
name = "all"
span_s = 120
revisions = 3
"""
    sheet = notice(tmp_path, SALE + rules).announce.rules
    assert sheet.classes == (
        QuotaClass(name="personal", quota=9),
        QuotaClass(name="company", quota=1, reserve=ReserveOf.AVERAGE),
    )
    assert sheet.rounds == (Round(name="all", span=Nanoseconds(120 * 10**9), revisions=3),)
    assert (sheet.floor, sheet.step, sheet.first_max, sheet.price_max) == (100_00, 50_00, 900_00, 2000_00)
    assert (sheet.upward_only, sheet.refused_counts, sheet.award, sheet.uniform_step) == (
        True,
        True,
        Award.UNIFORM,
        200,
    )
    assert (sheet.ties, sheet.running, sheet.trim_percent) == (Ties.DRAW, Running.AVERAGE, 10)
    assert sheet.average_at == (30 * 10**9, 60 * 10**9)
    assert (sheet.opens_at, sheet.grace, sheet.resume_least) == (1_795_833_000 * 10**9, 500_000_000, 90 * 10**9)
    assert (sheet.mass_loss_percent, sheet.offers_published, sheet.sign_off) == (40, False, True)


def test_bidders_from_a_list_and_from_the_notice_become_runs_in_blocks(tmp_path: Path) -> None:
    rows = "".join(f"{number}\n" for number in range(3001, 3001 + 2 * (RUNS_MAX + 5), 2))
    more = "[[bidders]]\nfirst = 1\nlast = 10\n[[bidders]]\nfirst = 11\nlast = 20\n"
    text = SALE.replace("kind", 'bidders = "bidders.csv"\nkind') + SHANGHAI + more
    made = notice(tmp_path, text, f"投标号\n{rows}")
    assert runs(made)[0] == ("personal", 1, 20)
    assert len(runs(made)) == RUNS_MAX + 6
    assert [len(block.runs) for block in made.admissions] == [RUNS_MAX, 6]
    assert [block.command_id for block in made.admissions] == ["admit-1", "admit-2"]


def test_a_list_of_runs_has_a_class_for_each(tmp_path: Path) -> None:
    classes = '[[rules.classes]]\nname = "personal"\nquota = 9\n[[rules.classes]]\nname = "company"\nquota = 1\n'
    text = SALE.replace("kind", 'bidders = "bidders.csv"\nkind') + SHANGHAI.replace("quota = 14595\n", "") + classes
    made = notice(tmp_path, text, "起始号,截止号,类别\n1,500,personal\n9001,9020,company\n")
    assert runs(made) == [("personal", 1, 500), ("company", 9001, 9020)]
    found = faults(tmp_path, text, "first,last,class\n1,500,personal\n400,401,company\n700,600,trucks\n")
    assert found == [
        "bidders.csv:3: first: E_DUPLICATE_PADDLE",
        "bidders.csv:4: class: E_UNKNOWN_VALUE",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("quota = 14595", "quota = 0", "sale.toml:10: rules.quota: E_TOO_SMALL"),
        ("quota = 14595", "quotas = 7", "sale.toml:10: rules.quotas: E_UNKNOWN_FIELD"),
        ('pack = "shanghai"', 'pack = "peking"', "sale.toml:9: rules.pack: E_UNKNOWN_VALUE"),
        ("first_max_yuan = 89600", 'first_max_yuan = "1e9"', "sale.toml:11: rules.first_max_yuan: E_NOT_A_NUMBER"),
        ("first_max_yuan = 89600", "first_max_yuan = 89600\nfloor_yuan = 99999", "E_RULE_SHEET"),
        ("[rules]", '[rules]\nrunning = "nothing"', "E_RULE_SHEET"),
        ("[rules]", "[rules]\naverage_at_s = 7", "sale.toml:9: rules.average_at_s: E_WRONG_TYPE"),
        ("[rules]", "[[rules.rounds]]\nspan_s = 7\n[rules.more]", "sale.toml:8: rules.rounds[1].name: E_MISSING_FIELD"),
        ("[rules]", "[[bidders]]\nfirst = 9\nlast = 2\n[rules]", "sale.toml:10: bidders[1].last: E_TOO_SMALL"),
        ("[rules]", "[[bidders]]\npaddle = 9\n[rules]", "sale.toml:9: bidders[1].paddle: E_UNKNOWN_FIELD"),
        ("[rules]", "[lots]\n[rules]", "sale.toml:8: lots: E_UNKNOWN_FIELD"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = faults(tmp_path, (SALE + SHANGHAI).replace(old, new, 1))
    assert any(each.endswith(said) for each in found), found


def test_each_reader_takes_its_own_kind(tmp_path: Path) -> None:
    path = tmp_path / "sale.toml"
    path.write_text(SALE + SHANGHAI, encoding="utf-8")
    with pytest.raises(NoticeFault) as found:
        read_notice(path)
    assert "sale.toml:4: sale.kind: E_UNKNOWN_VALUE" in [f"{each.place}: {each.code}" for each in found.value.faults]
    assert isinstance(read_any(DEMO / "sale.toml"), Notice)
