"""A rehearsal of one's own sale ends each lot by its rules, and its report is what was signed."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.catalogue import Catalogue
from bench.faults import BenchCode, BenchFault
from bench.rehearse import MARK, USUAL, check, rehearse, sign
from bench.scenario_file import read_scenario
from engine.domain.auction.commands import AnnounceSale
from engine.domain.rulesheet import DepositRule
from engine.domain.units import Nanoseconds
from engine.evidence import export_records
from engine.journal.signing import Signer
from engine.notice import DEMO, Notice, read_notice
from tests.cli.program import last_json, luochui

DEMO_SALE = read_notice(DEMO / "sale.toml")
TRIED = read_scenario(USUAL)

NO_OPTIONS: dict[str, Any] = {
    **dict.fromkeys(("scenario_at", "url", "data", "sign_with", "pid")), "lots": 0, "own_host": False, "quiet": True,
}  # fmt: skip

SALE = """
[sale]
id = "own"
title_zh = "自己的拍卖会"
title_en = "A sale of one's own"
catalogue = "catalogue.csv"
paddles = "paddles.csv"
[rules]
mode = "rostrum"
calls = 2
deposit = "one_lot"
paddles = "masked"
sign_off = true
delivery_percent = 50
[[rules.increments]]
from_yuan = 0
step_yuan = 500
"""
SCENARIO = """
[scenario]
name = "short"
[[stages]]
for_s = 0.6
rate = 10
[crowd]
displays = 5
[run]
warm_up_s = 0
processes = 1
lag_p99_ms_max = 10000
[thresholds]
hold = ["unanswered == 0", "gaps == 0", "count(bid_seen_last) > 0"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "sale.toml").write_text(SALE, encoding="utf-8")
    (tmp_path / "catalogue.csv").write_text("lot,plate,opening_yuan\n1,豫H88888,10000\n2,豫H66666,8000\n", "utf-8")
    (tmp_path / "paddles.csv").write_text("paddle,channel,deposits\n3,online,1\n5,online,1\n8,hall,1\n", "utf-8")
    (tmp_path / "short.toml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path / "sale.toml"


def changed(notice: Notice, **rules: object) -> Notice:
    announce: AnnounceSale = replace(notice.announce, rules=replace(notice.announce.rules, **rules))  # type: ignore[arg-type]
    return replace(notice, announce=announce)


def test_a_sale_of_ones_own_is_rehearsed_to_the_hammer_and_its_report_is_signed(own: Path) -> None:
    out = own.parent / "out"
    done = luochui("bench", "rehearse", own, "--scenario", own.parent / "short.toml", "--out", out, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = last_json(done)
    assert (told["sale"], told["verdict"], told["paddles"]) == ("own", "pass", 2)
    first, second = told["lots"]
    assert first["hammer_fen"] == 1_000_000 + 50_000 * (first["bids"] - 1)
    assert second == {"lot": 2, "plate": "豫H66666", "ended": True, "hammer_fen": None, "bids": 0}  # one right was left
    assert told["counts"]["accepted"] == first["bids"]
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "演练报告" in report
    assert told["key"] in report
    assert check(out / "rehearsal.json", told["key"])["verdict"] == "pass"
    assert sum(1 for _ in export_records(out / "house" / "data")) > first["bids"]  # its journal stays, and is whole
    with pytest.raises(BenchFault) as caught:
        rehearse(own, out, **NO_OPTIONS)
    assert caught.value.code is BenchCode.SALE_BEGUN


def test_the_plan_follows_the_rules_of_the_sale() -> None:
    plan = Catalogue.of(DEMO_SALE, TRIED, 4)
    rules = DEMO_SALE.announce.rules
    assert [slot.lot for slot in plan.slots] == [entry.lot for entry in DEMO_SALE.announce.catalogue[:4]]
    for one, other in pairwise(plan.bids):
        assert one.due_ns <= other.due_ns
        if one.lot == other.lot:
            assert other.amount_fen == rules.next_bid(one.amount_fen)  # type: ignore[arg-type]
            assert other.paddle != one.paddle
    assert all(one.ends_s < other.opens_s for one, other in pairwise(plan.slots))
    assert plan == Catalogue.of(DEMO_SALE, TRIED, 4)


def test_who_has_won_with_his_only_right_bids_no_more() -> None:
    plan = Catalogue.of(changed(DEMO_SALE, deposit=DepositRule.ONE_LOT), TRIED, 6)
    rights = {admit.paddle: admit.deposits for admit in DEMO_SALE.admissions}
    for at, bid in enumerate(plan.bids):
        assert rights[bid.paddle] > 0  # type: ignore[index]
        if at + 1 == len(plan.bids) or plan.bids[at + 1].lot != bid.lot:
            rights[bid.paddle] -= 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("notice", "code"),
    [
        (read_notice(DEMO / "timed.toml"), BenchCode.TIMED_SALE),
        (changed(DEMO_SALE, opens_at=Nanoseconds(2**60)), BenchCode.OPENS_LATER),
        (replace(DEMO_SALE, admissions=DEMO_SALE.admissions[:1]), BenchCode.TOO_FEW_PADDLES),
    ],
)
def test_a_sale_that_cannot_be_rehearsed_is_refused_in_both_languages(notice: Notice, code: BenchCode) -> None:
    with pytest.raises(BenchFault) as caught:
        Catalogue.of(notice, TRIED, 0)
    assert caught.value.code is code
    assert re.search("[\u4e00-\u9fff]", caught.value.zh)


REPORT = {"sale": "own", "rules": "ab" * 32, "verdict": "pass", "began_at": "2026-11-27T08:00:00+00:00"}


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    path = tmp_path / "rehearsal.json"
    path.write_bytes(orjson.dumps(sign(REPORT, Signer.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32)))))))
    return path


def test_a_report_holds_with_the_key_it_was_signed_by_and_with_no_other(signed: Path) -> None:
    found = check(signed, None)
    assert found["verdict"] == "pass"
    assert check(signed, found["key"].upper()) == found
    with pytest.raises(BenchFault, match="does not hold: key"):
        check(signed, "00" * 32)


@pytest.mark.parametrize("field", ["verdict", "sale", "rules"])
def test_a_report_that_was_changed_does_not_hold(signed: Path, field: str) -> None:
    told = orjson.loads(signed.read_bytes())
    told["report"][field] = "fail"
    signed.write_bytes(orjson.dumps(told))
    with pytest.raises(BenchFault, match="does not hold"):
        check(signed, None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"report": 1, "statement": 2, "key": "zz", "signature": ""}'])
def test_what_is_no_report_does_not_hold(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rehearsal.json").write_bytes(content)
    with pytest.raises(BenchFault):
        check(tmp_path / "rehearsal.json", None)


QUOTA = """
[sale]
id = "quota"
kind = "quota"
title_zh = "额度"
title_en = "Quota"
[rules]
pack = "shanghai"
quota = 5
first_max_yuan = 100
[[bidders]]
first = 1
last = 9
"""


def test_a_quota_sale_is_not_taken_for_one_by_the_hammer(tmp_path: Path) -> None:
    (tmp_path / "quota.toml").write_text(QUOTA, encoding="utf-8")
    with pytest.raises(BenchFault) as caught:
        rehearse(tmp_path / "quota.toml", tmp_path / "out", **NO_OPTIONS)
    assert caught.value.code is BenchCode.QUOTA_SALE


def test_fake_bids_go_on_no_record_that_is_not_marked_for_them(own: Path) -> None:
    with pytest.raises(BenchFault) as caught:
        rehearse(own, own.parent / "out", **{**NO_OPTIONS, "url": "http://127.0.0.1:1", "data": own.parent})
    assert caught.value.code is BenchCode.NOT_FOR_REHEARSALS
    assert MARK in str(caught.value)
    assert not (own.parent / "out" / "rehearsal.json").exists()
