"""An opening of sealed bids from its notice."""

from dataclasses import fields
from pathlib import Path

import pytest

from engine.domain.opening.sheet import Attend, Ceiling, FieldKind, Section, SheetField, TenderSheet
from engine.domain.units import Fen
from engine.notice import FaultCode, NoticeFault, OpeningNotice, read_any
from engine.notice.opening import OFFICERS
from engine.notice.opening_rules import _FIELD, _RULES, _SECTION
from tests.domain.opening.house import SECOND, tender_of
from tests.sealing.scene import TRUSTEES

SALE = """
[sale]
id = "road-works"
kind = "opening"
title_zh = "道路工程"
title_en = "Road works"

[officers]
hosts = ["wang"]
"""
RULES = """
[rules]
tender = "HZ-2026-001"
hall = "hall.json"
suite = "P256-HPKE/SHA-256/AES-256-GCM"
trustees = ["交易中心", "招标人", "监督部门"]
deadline = 2026-12-01T09:30:00+08:00
unseal_s = 1800
price = "price_fen"
remedy = true
bidders_min = 2
attend = "registered"
grace_ms = 500

[[rules.sections]]
name = "1"
title_zh = "一标段"
title_en = "Section 1"
ceiling_told = "published"
ceiling_yuan = 13000000
coefficients_permille = [950, 960]

[[rules.fields]]
name = "price_fen"
title_zh = "投标报价"
title_en = "Price"
kind = "money"

[[rules.fields]]
name = "quality"
title_zh = "质量"
title_en = "Quality"
kind = "text"
needed = false
"""


def notice(folder: Path, text: str, hall: str | None = None) -> OpeningNotice:
    (folder / "hall.json").write_text(hall if hall is not None else tender_of().hall.write().decode() + "\n")
    (folder / "sale.toml").write_text(text, encoding="utf-8")
    made = read_any(folder / "sale.toml")
    assert isinstance(made, OpeningNotice)
    return made


def test_every_field_of_the_tender_sheet_can_be_said(tmp_path: Path) -> None:
    made = notice(tmp_path, SALE + RULES)
    sheet = made.announce.rules
    [section] = sheet.sections
    assert (section.name, section.title.zh, section.title.en) == ("1", "一标段", "Section 1")
    assert (section.ceiling_told, section.ceiling, section.coefficients) == (
        Ceiling.PUBLISHED,
        Fen(1_300_000_000),
        (950, 960),
    )
    assert [(each.name, each.kind, each.needed) for each in sheet.fields] == [
        ("price_fen", FieldKind.MONEY, True),
        ("quality", FieldKind.TEXT, False),
    ]
    assert (sheet.tender, sheet.price, sheet.hall_key.trustees) == ("HZ-2026-001", "price_fen", TRUSTEES)
    assert (sheet.remedy, sheet.bidders_min, sheet.attend) == (True, 2, Attend.REGISTERED)
    assert (sheet.deadline, sheet.unseal_for, sheet.grace) == (1_796_088_600 * SECOND, 1800 * SECOND, SECOND // 2)
    assert (made.sale, made.announce.title.en) == ("road-works", "Road works")
    assert [str(each) for each in made.officers] == ["host:wang", "supervisor:1", "registrar:1"]
    assert made.preparations == ()


def test_what_may_be_left_out_has_the_sheets_own_values(tmp_path: Path) -> None:
    few = [line for line in RULES.splitlines() if not line.startswith(("suite", "trustees", "remedy", "bidders_min"))]
    few = [line for line in few if not line.startswith(("attend", "grace", "ceiling", "coefficients", "needed"))]
    sheet = notice(tmp_path, SALE + "\n".join(few)).announce.rules
    assert (sheet.remedy, sheet.bidders_min, sheet.attend, sheet.grace) == (False, 3, Attend.ALL, 3 * SECOND // 10)
    assert (sheet.sections[0].ceiling_told, sheet.sections[0].coefficients) == (Ceiling.NONE, ())


def test_no_field_of_the_sheet_is_without_a_line_in_the_notice() -> None:
    spelled = {"unseal_for": "unseal_s", "grace": "grace_ms"}
    named = {"title": "title_zh", "ceiling": "ceiling_yuan", "coefficients": "coefficients_permille"}
    assert {spelled.get(each.name, each.name) for each in fields(TenderSheet)} - {"articles"} <= set(_RULES)
    assert {named.get(each.name, each.name) for each in fields(Section)} <= {*_SECTION, "coefficients_permille"}
    assert {named.get(each.name, each.name) for each in fields(SheetField)} <= set(_FIELD)
    readme = (Path(__file__).resolve().parents[2] / "engine" / "notice" / "README.md").read_text(encoding="utf-8")
    part = readme.split("## An opening of sealed bids")[1]
    told = {*_RULES, *_SECTION, *_FIELD, "coefficients_permille", *OFFICERS}
    assert [name for name in sorted(told) if f"`{name}`" not in part] == []


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ("unseal_s = 1800", "unseal_s = 5", "sale.toml:17: rules.unseal_s: E_RULE_SHEET"),
        ("unseal_s = 1800", "", "sale.toml:11: rules.unseal_s: E_MISSING_FIELD"),
        ('hall = "hall.json"', "", "sale.toml:11: rules.hall: E_MISSING_FIELD"),
        ('hall = "hall.json"', 'hall = "../hall.json"', "sale.toml:13: rules.hall: E_FILE_OUTSIDE"),
        ('hall = "hall.json"', 'hall = "none.json"', "sale.toml:13: rules.hall: E_FILE_MISSING"),
        ('hall = "hall.json"', "hall = 7", "sale.toml:13: rules.hall: E_WRONG_TYPE"),
        ('tender = "HZ-2026-001"', 'tender = "other"', "sale.toml:13: rules.hall: E_RULE_SHEET"),
        ("P256-HPKE/SHA-256/AES-256-GCM", "SM2/SM3/SM4-GCM", "sale.toml:14: rules.suite: E_UNKNOWN_VALUE"),
        ('"交易中心", ', "", "sale.toml:15: rules.trustees: E_UNKNOWN_VALUE"),
        ("deadline = 2026-12-01T09:30:00+08:00", "deadline = 5", "sale.toml:16: rules.deadline: E_BAD_TIME"),
        ("[950, 960]", "[950]", "sale.toml:30: rules.sections.coefficients: E_RULE_SHEET"),
        ("[950, 960]", "[950, 3000]", "sale.toml:30: rules.sections[1].coefficients_permille[2]: E_TOO_LARGE"),
        ("[950, 960]", "7", "sale.toml:30: rules.sections[1].coefficients_permille: E_WRONG_TYPE"),
        ('kind = "money"', 'kind = "gold"', "sale.toml:36: rules.fields[1].kind: E_UNKNOWN_VALUE"),
        ('hosts = ["wang"]', 'auctioneers = ["wang"]', "sale.toml:9: officers.auctioneers: E_UNKNOWN_FIELD"),
        ("needed = false", "need = false", "sale.toml:43: rules.fields[2].need: E_UNKNOWN_FIELD"),
    ],
)
def test_each_fault_has_its_line_and_its_code(tmp_path: Path, good: str, bad: str, fault: str) -> None:
    assert good in SALE + RULES
    with pytest.raises(NoticeFault) as found:
        notice(tmp_path, (SALE + RULES).replace(good, bad))
    assert fault in [f"{each.place}: {each.code}" for each in found.value.faults]
    assert all(each.zh and each.en for each in found.value.faults)


def test_the_room_is_read_and_not_announced(tmp_path: Path) -> None:
    plain = notice(tmp_path, SALE + RULES)
    placed = notice(tmp_path, SALE.replace("[officers]", 'room = "第一开标室"\n\n[officers]') + RULES)
    assert (plain.room, placed.room) == (None, "第一开标室")
    assert placed.announce == plain.announce


def test_a_file_that_is_no_hall_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoticeFault) as found:
        notice(tmp_path, SALE + RULES, hall="{}")
    [fault] = found.value.faults
    assert (str(fault.place), fault.code) == ("hall.json:1", FaultCode.RULE_SHEET)


def test_a_trust_folder_beside_the_notice_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "trust").mkdir()
    named = SALE.replace('kind = "opening"', 'kind = "opening"\ntrust = "trust"')
    assert notice(tmp_path, named + RULES).trust == tmp_path / "trust"
    assert notice(tmp_path, SALE + RULES).trust is None


@pytest.mark.parametrize(
    ("said", "code"),
    [('"none"', FaultCode.FILE_MISSING), ('"../trust"', FaultCode.FILE_OUTSIDE), ("7", FaultCode.WRONG_TYPE)],
)
def test_a_trust_folder_that_is_none_is_named(tmp_path: Path, said: str, code: FaultCode) -> None:
    with pytest.raises(NoticeFault) as found:
        notice(tmp_path, SALE.replace('kind = "opening"', f'kind = "opening"\ntrust = {said}') + RULES)
    assert [(each.place.line, each.code) for each in found.value.faults] == [(5, code)]


def test_who_may_bid_stands_in_no_notice(tmp_path: Path) -> None:
    with pytest.raises(NoticeFault) as found:
        notice(tmp_path, SALE + RULES + "\n[[bidders]]\nbidder = 305\n")
    assert [each.code for each in found.value.faults] == [FaultCode.UNKNOWN_FIELD]
