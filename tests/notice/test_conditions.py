"""The rule sheet of a notice: every field, and every fault with its file, line and field."""

from dataclasses import replace
from typing import Any

import pytest

from engine.domain.auction.commands import Command, GrantPriority, SetReserve
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE
from engine.domain.rulesheet import (
    SECOND,
    Advance,
    Extension,
    ExtensionKind,
    Lifted,
    Mode,
    ResumeFor,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.notice import FaultCode
from tests.articles import article
from tests.notice.conftest import SALE, Desk

TIMED = """
[rules.timed]
free_s = 300
window_s = 120
grace_ms = 500
advance = "together"
pause_s = 45

[rules.timed.extension]
kind = "reset"
within_s = 60
by_s = 90
cap_s = 3600
count_max = 20
top_k = 3
"""
VISIBILITY = """
[rules.visibility]
amounts_public = "none"
amounts_bidders = "rank"
counts_public = false
counts_bidders = true
lifted = "sale_end"
"""
OPTIONS = {
    "dwell_s": ("3", "dwell", 3 * SECOND),
    "delivery_percent": ("80", "delivery_percent", 80),
    "sign_off": ("true", "sign_off", True),
    "proxies": ("true", "proxies", True),
    "reserve_shown": ("false", "reserve_shown", False),
    "reoffers_max": ("2", "reoffers_max", 2),
    "reoffer_lower_percent": ("20", "reoffer_lower_percent", 20),
    "resume_for": ('"who_had_bid"', "resume_for", ResumeFor.WHO_HAD_BID),
    "mass_loss_percent": ("30", "mass_loss_percent", 30),
}


def span(seconds: float) -> Nanoseconds:
    return Nanoseconds(round(seconds * SECOND))


def with_rule(desk: Desk, line: str) -> None:
    """One more line in ``[rules]``, the 13th of the file."""
    desk.change("sale.toml", "opens_at = 2016-10-15T09:30:00+08:00", line)


def timed(desk: Desk, text: str = TIMED) -> None:
    desk.write("sale.toml", SALE.replace('"rostrum"', '"timed"') + text)


def sheet(desk: Desk) -> RuleSheet:
    return desk.read().announce.rules


def where(desk: Desk) -> tuple[FaultCode, str]:
    fault = desk.fault()
    return fault.code, str(fault.place)


# What is said is what is meant.


@article("2")
@pytest.mark.parametrize("name", OPTIONS)
def test_each_condition_is_read_and_nothing_else_changes(desk: Desk, name: str) -> None:
    plain = replace(sheet(desk), opens_at=None)
    text, field, value = OPTIONS[name]
    with_rule(desk, f"{name} = {text}")
    expected: dict[str, Any] = {field: value}
    assert sheet(desk) == replace(plain, **expected)


@article("2", "16", "18")
def test_a_timed_sale_says_when_its_lots_end(desk: Desk) -> None:
    timed(desk)
    assert sheet(desk).mode is Mode.TIMED
    assert sheet(desk).timed == TimedRules(
        free=span(300),
        window=span(120),
        grace=span(0.5),
        advance=Advance.TOGETHER,
        pause=span(45),
        extension=Extension(
            kind=ExtensionKind.RESET, within=span(60), by=span(90), cap=span(3600), count_max=20, top_k=3
        ),
    )


@article("16", "18")
def test_what_a_timed_sale_leaves_out_is_usual_and_nothing_extends(desk: Desk) -> None:
    timed(desk, "\n[rules.timed]\nfree_s = 0\nwindow_s = 60\n")
    assert sheet(desk).timed == TimedRules(free=span(0), window=span(60), extension=Extension(kind=ExtensionKind.NONE))


@article("18")
@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ('kind = "none"', Extension(kind=ExtensionKind.NONE)),
        ('kind = "top_up"\nby_s = 30', Extension(kind=ExtensionKind.TOP_UP, by=span(30))),
        ('kind = "add"\nwithin_s = 5\nby_s = 30', Extension(kind=ExtensionKind.ADD, within=span(5), by=span(30))),
        (
            'kind = "shrinking"\nby_s = 30\nshrink_s = 5\nleast_s = 10',
            Extension(kind=ExtensionKind.SHRINKING, by=span(30), shrink=span(5), least=span(10)),
        ),
        (
            'kind = "price_window"\nwithin_s = 60\nreach_yuan = 1000',
            Extension(kind=ExtensionKind.PRICE_WINDOW, within=span(60), reach=Fen(1_000_00)),
        ),
    ],
)
def test_each_kind_of_extension_is_read(desk: Desk, text: str, extension: Extension) -> None:
    head, _, _ = TIMED.partition("[rules.timed.extension]")
    timed(desk, f"{head}[rules.timed.extension]\n{text}\n")
    rules = sheet(desk).timed
    assert rules is not None
    assert rules.extension == extension


@article("20")
def test_who_sees_what_is_read(desk: Desk) -> None:
    desk.write("sale.toml", SALE + VISIBILITY)
    assert sheet(desk).visibility == Visibility(
        amounts_public=Sees.NONE,
        amounts_bidders=Sees.RANK,
        counts_public=False,
        counts_bidders=True,
        lifted=Lifted.SALE_END,
    )


# What is wrong is named with its place.


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("dwell_s = -1", FaultCode.NEGATIVE, "dwell_s"),
        ("dwell_s = 601", FaultCode.RULE_SHEET, "dwell_s"),
        ("dwell_s = 0.5", FaultCode.FRACTIONAL, "dwell_s"),
        ("dwell_s = true", FaultCode.BOOLEAN_NUMBER, "dwell_s"),
        ("delivery_percent = 101", FaultCode.TOO_LARGE, "delivery_percent"),
        ("delivery_percent = -1", FaultCode.NEGATIVE, "delivery_percent"),
        ("mass_loss_percent = 101", FaultCode.TOO_LARGE, "mass_loss_percent"),
        ("reoffer_lower_percent = 101", FaultCode.TOO_LARGE, "reoffer_lower_percent"),
        ("reoffers_max = 10", FaultCode.TOO_LARGE, "reoffers_max"),
        ("sign_off = 1", FaultCode.UNKNOWN_VALUE, "sign_off"),
        ('proxies = "yes"', FaultCode.UNKNOWN_VALUE, "proxies"),
        ("reserve_shown = 0", FaultCode.UNKNOWN_VALUE, "reserve_shown"),
        ('resume_for = "some"', FaultCode.UNKNOWN_VALUE, "resume_for"),
        ("proxy = true", FaultCode.UNKNOWN_FIELD, "proxy"),
        ("timed = 3", FaultCode.WRONG_TYPE, "timed"),
        ('visibility = "all"', FaultCode.WRONG_TYPE, "visibility"),
    ],
)
def test_a_wrong_condition_is_named_with_its_line(desk: Desk, line: str, code: FaultCode, field: str) -> None:
    with_rule(desk, line)
    assert where(desk) == (code, f"sale.toml:13: rules.{field}")


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("free_s = 300", "free_s = -1", FaultCode.NEGATIVE, "24: free_s"),
        ("free_s = 300", "free_s = 2678401", FaultCode.TOO_LARGE, "24: free_s"),
        ("free_s = 300\n", "", FaultCode.MISSING_FIELD, "23: free_s"),
        ("window_s = 120\n", "", FaultCode.MISSING_FIELD, "23: window_s"),
        ("window_s = 120", "window_s = 0", FaultCode.RULE_SHEET, "25: window_s"),
        ("grace_ms = 500", "grace_ms = 0", FaultCode.TOO_SMALL, "26: grace_ms"),
        ("grace_ms = 500", "grace_ms = 60001", FaultCode.TOO_LARGE, "26: grace_ms"),
        ('"together"', '"at_once"', FaultCode.UNKNOWN_VALUE, "27: advance"),
        ("pause_s = 45", "pause_s = 0", FaultCode.RULE_SHEET, "28: pause_s"),
        ("pause_s = 45", "paus_s = 45", FaultCode.UNKNOWN_FIELD, "28: paus_s"),
        ('kind = "reset"\n', "", FaultCode.MISSING_FIELD, "30: extension.kind"),
        ('kind = "reset"', 'kind = "renew"', FaultCode.UNKNOWN_VALUE, "31: extension.kind"),
        ("within_s = 60", "within_s = 0", FaultCode.RULE_SHEET, "32: extension.within_s"),
        ("within_s = 60\n", "", FaultCode.RULE_SHEET, "30: extension.within_s"),
        ("by_s = 90", "by_s = 0", FaultCode.RULE_SHEET, "33: extension.by_s"),
        ("by_s = 90", 'by_s = "90s"', FaultCode.NOT_A_NUMBER, "33: extension.by_s"),
        ("cap_s = 3600", "cap_s = -1", FaultCode.NEGATIVE, "34: extension.cap_s"),
        ("count_max = 20", "count_max = 0", FaultCode.TOO_SMALL, "35: extension.count_max"),
        ("top_k = 3", "top_k = 0", FaultCode.TOO_SMALL, "36: extension.top_k"),
        ("top_k = 3", "reach_yuan = 100", FaultCode.RULE_SHEET, "36: extension.reach_yuan"),
        ("top_k = 3", "top_n = 3", FaultCode.UNKNOWN_FIELD, "36: extension.top_n"),
    ],
)
def test_a_fault_in_the_times_is_named_with_its_line(
    desk: Desk, old: str, new: str, code: FaultCode, place: str
) -> None:
    timed(desk)
    desk.change("sale.toml", old, new)
    assert where(desk) == (code, "sale.toml:" + place.replace(": ", ": rules.timed."))


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('amounts_public = "none"', 'amounts_public = "rank"', FaultCode.RULE_SHEET, "24: amounts_public"),
        ('amounts_public = "none"', 'amounts_public = "all"', FaultCode.RULE_SHEET, "24: amounts_public"),
        ('amounts_public = "none"', 'amounts_public = "some"', FaultCode.UNKNOWN_VALUE, "24: amounts_public"),
        ('amounts_bidders = "rank"', "amounts_bidders = true", FaultCode.UNKNOWN_VALUE, "25: amounts_bidders"),
        ("counts_public = false", "counts_public = 0", FaultCode.UNKNOWN_VALUE, "26: counts_public"),
        ("counts_bidders = true", 'counts_bidders = "true"', FaultCode.UNKNOWN_VALUE, "27: counts_bidders"),
        ('"sale_end"', '"soon"', FaultCode.UNKNOWN_VALUE, "28: lifted"),
        ("lifted =", "shown =", FaultCode.UNKNOWN_FIELD, "28: shown"),
    ],
)
def test_a_fault_in_who_sees_what_is_named_with_its_line(
    desk: Desk, old: str, new: str, code: FaultCode, place: str
) -> None:
    desk.write("sale.toml", SALE + VISIBILITY)
    desk.change("sale.toml", old, new)
    assert where(desk) == (code, "sale.toml:" + place.replace(": ", ": rules.visibility."))


@article("2", "16")
def test_a_timed_sale_has_times_and_no_other_has(desk: Desk) -> None:
    timed(desk, "")
    assert where(desk) == (FaultCode.RULE_SHEET, "sale.toml:8: rules.timed")
    desk.write("sale.toml", SALE + TIMED)
    code, place = where(desk)
    assert (code, place.rpartition(" ")[2]) == (FaultCode.RULE_SHEET, "rules.timed")


@article("18", "20")
def test_a_price_window_cannot_be_had_where_prices_are_hidden(desk: Desk) -> None:
    window = '\n[rules.timed]\nfree_s = 0\nwindow_s = 60\nextension = {kind = "price_window", within_s = 9, reach_yuan = 9}\n'
    timed(desk, window + VISIBILITY)
    fault = desk.fault()
    assert (fault.code, fault.place.field) == (FaultCode.RULE_SHEET, "rules.visibility.amounts_bidders")


def test_faults_of_all_tables_come_out_together(desk: Desk) -> None:
    timed(desk, TIMED + VISIBILITY)
    for old, new in (("calls = 3", "calls = 0"), ("by_s = 90", "by_s = 0"), ("window_s = 120", "window_s = -1")):
        desk.change("sale.toml", old, new)
    desk.change("sale.toml", '"sale_end"', '"soon"')
    assert [fault.place.field for fault in desk.faults()] == [
        "rules.calls",
        "rules.timed.window_s",
        "rules.timed.extension.by_s",
        "rules.visibility.lifted",
    ]


# Reserves and rights of first refusal.


@article("12")
@pytest.mark.parametrize("header", ["reserve_yuan", "保留价"])
def test_a_catalogue_may_have_reserves_for_some_of_its_lots(desk: Desk, header: str) -> None:
    desk.write("catalogue.csv", f"lot,plate,opening_yuan,{header}\n1,豫H8H888,50000,80000\n2,豫HA1234,20000,\n")
    assert desk.read().terms == (SetReserve(command_id="reserve-1", by=HOUSE, lot=LotNo(1), amount=Fen(80_000_00)),)


@article("12")
def test_a_lot_in_the_notice_itself_may_have_a_reserve(desk: Desk) -> None:
    own = '\n[[lots]]\nlot = 3\nplate = "豫H12345"\nopening_yuan = 6000\nreserve_yuan = 7000\n'
    desk.write("sale.toml", SALE + own)
    assert [(term.command_id, term.lot) for term in desk.read().terms] == [("reserve-3", 3)]


@pytest.mark.parametrize(
    ("reserve", "code"),
    [
        ("0", FaultCode.TOO_SMALL),
        ("-1", FaultCode.NEGATIVE),
        ("80000.5", FaultCode.FRACTIONAL),
        ("much", FaultCode.NOT_A_NUMBER),
    ],
)
def test_a_wrong_reserve_is_named_with_line_and_column(desk: Desk, reserve: str, code: FaultCode) -> None:
    desk.write("catalogue.csv", f"lot,plate,opening_yuan,reserve_yuan\n1,豫H8H888,50000,{reserve}\n")
    assert where(desk) == (code, "catalogue.csv:2: reserve_yuan")


PRIORITY = "\n[[priority]]\nlot = 1\npaddle = 8\nrank = 1\n"


@article("21")
def test_a_notice_may_grant_rights_of_first_refusal(desk: Desk) -> None:
    desk.write("sale.toml", SALE + PRIORITY + PRIORITY.replace("8", "51") + PRIORITY.replace("lot = 1", "lot = 2"))
    assert desk.read().terms == tuple(
        GrantPriority(command_id=f"priority-{lot}-{paddle}", by=HOUSE, lot=LotNo(lot), paddle=PaddleNo(paddle), rank=1)
        for lot, paddle in ((1, 8), (1, 51), (2, 8))
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("lot = 1", "lot = 9", FaultCode.UNKNOWN_VALUE, "24: lot"),
        ("lot = 1\n", "", FaultCode.MISSING_FIELD, "23: lot"),
        ("paddle = 8", "paddle = 9", FaultCode.UNKNOWN_VALUE, "25: paddle"),
        ("paddle = 8", 'paddle = "x"', FaultCode.NOT_A_NUMBER, "25: paddle"),
        ("rank = 1", "rank = 0", FaultCode.TOO_SMALL, "26: rank"),
        ("rank = 1", "rank = 101", FaultCode.TOO_LARGE, "26: rank"),
        ("rank = 1\n", "", FaultCode.MISSING_FIELD, "23: rank"),
        ("rank = 1", "ranks = 1", FaultCode.UNKNOWN_FIELD, "26: ranks"),
    ],
)
def test_a_wrong_right_is_named_with_its_line(desk: Desk, old: str, new: str, code: FaultCode, place: str) -> None:
    desk.write("sale.toml", SALE + PRIORITY.replace(old, new))
    faults = [(fault.code, str(fault.place)) for fault in desk.faults()]
    assert (code, "sale.toml:" + place.replace(": ", ": priority[1].")) in faults


def test_a_right_for_an_unknown_lot_or_paddle_is_told_which_there_are(desk: Desk) -> None:
    desk.write("sale.toml", SALE + PRIORITY.replace("lot = 1", "lot = 9").replace("8", "7"))
    assert [fault.wanted for fault in desk.faults()] == ["1, 2", "8, 51"]


def test_a_right_is_granted_once_for_a_lot(desk: Desk) -> None:
    desk.write("sale.toml", SALE + PRIORITY + PRIORITY.replace("rank = 1", "rank = 2"))
    fault = desk.fault()
    assert (fault.code, str(fault.place)) == (FaultCode.DUPLICATE_PADDLE, "sale.toml:30: priority[2].paddle")
    assert (fault.found, fault.wanted) == ("8", "sale.toml:25")


@article("12", "21")
def test_what_a_notice_prepares_is_accepted_in_its_order(desk: Desk) -> None:
    desk.write("catalogue.csv", "lot,plate,opening_yuan,reserve_yuan\n1,豫H8H888,50000,80000\n")
    desk.write("sale.toml", SALE + PRIORITY)
    notice = desk.read()
    auction: Auction | None = None
    commands: list[Command] = [notice.announce, *notice.preparations]
    for command in commands:
        for event in decide(auction, command, Nanoseconds(0)):
            auction = apply(auction, event)
    assert auction is not None
    lot = auction.lots[LotNo(1)]
    assert (lot.reserve, lot.priority) == (80_000_00, {8: 1})


# Officers.


@article("3")
def test_every_office_may_have_several_officers(desk: Desk) -> None:
    named = '\n[officers]\nauctioneers = ["a", "b"]\nclerks = ["c"]\nsupervisors = ["notary"]\nregistrars = ["desk", "door"]\n'
    desk.write("sale.toml", SALE + named)
    assert desk.read().officers == (
        "auctioneer:a",
        "auctioneer:b",
        "clerk:c",
        "supervisor:notary",
        "registrar:desk",
        "registrar:door",
    )


@article("3")
@pytest.mark.parametrize("office", ["supervisors", "registrars"])
@pytest.mark.parametrize(
    ("names", "code", "field"),
    [
        ("[]", FaultCode.WRONG_TYPE, ""),
        ('"1"', FaultCode.WRONG_TYPE, ""),
        ('["A"]', FaultCode.BAD_NAME, "[1]"),
        ('["a", "a"]', FaultCode.DUPLICATE_NAME, "[2]"),
    ],
)
def test_a_wrong_officer_is_named_with_his_place(
    desk: Desk, office: str, names: str, code: FaultCode, field: str
) -> None:
    desk.write("sale.toml", SALE + f"\n[officers]\n{office} = {names}\n")
    assert where(desk) == (code, f"sale.toml:24: officers.{office}{field}")
