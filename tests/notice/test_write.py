"""Writing a notice: what a form says is what the reader reads."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.rulesheet import (
    CALLS_MAX,
    REOFFERS_MAX,
    SECOND,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    InvalidRuleSheet,
    Lifted,
    Mode,
    PaddleDisplay,
    ResumeFor,
    RuleSheet,
    Sees,
    TimedRules,
    Visibility,
)
from engine.domain.units import Fen, Nanoseconds
from engine.notice import FaultCode, NoticeFault, read_files
from engine.notice.lines import COVERED, LINES_SHOWN, shown
from engine.notice.write import DEPTH_MAX, NOTICE, TooDeep, write_notice, write_toml
from tests.notice.conftest import CATALOGUE, PADDLES

LISTS = {"catalogue": CATALOGUE.encode(), "paddles": PADDLES.encode()}
SALE = {"id": "plates-9", "title_zh": "第九期", "title_en": "Ninth"}

spans = st.integers(1, 86_400).map(lambda seconds: Nanoseconds(seconds * SECOND))
some = st.one_of(st.none(), st.integers(1, 100))
prices = st.integers(1, 10**8).map(lambda yuan: Fen(yuan * 100))


@st.composite
def extensions(draw: st.DrawFn) -> Extension:
    kind = draw(st.sampled_from(ExtensionKind))
    if kind is ExtensionKind.NONE:
        return Extension(kind=kind)
    if kind is ExtensionKind.PRICE_WINDOW:
        return Extension(kind=kind, within=draw(spans), reach=draw(prices))
    by = draw(spans)
    return Extension(
        kind=kind,
        within=draw(spans),
        by=by,
        cap=draw(st.one_of(st.none(), spans)),
        count_max=draw(some),
        top_k=draw(some),
        shrink=draw(spans),
        least=by,
    )


@st.composite
def timed(draw: st.DrawFn) -> TimedRules:
    extension = draw(extensions())
    shrinks = extension.kind is ExtensionKind.SHRINKING
    return TimedRules(
        free=draw(spans),
        window=draw(spans),
        extension=extension,
        grace=Nanoseconds(draw(st.integers(1, 60_000)) * 1_000_000),
        advance=Advance.TOGETHER if shrinks else draw(st.sampled_from(Advance)),
        pause=draw(spans),
    )


@st.composite
def visibilities(draw: st.DrawFn) -> Visibility:
    given: dict[str, Any] = {
        "amounts_public": draw(st.sampled_from([Sees.ALL, Sees.LEADING, Sees.NONE])),
        "amounts_bidders": draw(st.sampled_from(Sees)),
        "counts_public": draw(st.booleans()),
        "counts_bidders": draw(st.booleans()),
        "lifted": draw(st.sampled_from(Lifted)),
    }
    try:
        return Visibility(**given)
    except InvalidRuleSheet:
        return Visibility(**{**given, "amounts_public": Sees.NONE})


@st.composite
def sheets(draw: st.DrawFn) -> RuleSheet:
    mode = draw(st.sampled_from(Mode))
    begins = sorted(draw(st.sets(st.integers(1, 10**6), max_size=4)))
    times = draw(timed()) if mode is Mode.TIMED else None
    bounded = times is not None and times.extension.reach is not None
    return RuleSheet(
        increments=tuple(IncrementBand(from_price=Fen(yuan * 100), step=draw(prices)) for yuan in (0, *begins)),
        mode=mode,
        calls=draw(st.integers(1, CALLS_MAX)),
        deposit=draw(st.sampled_from(DepositRule)),
        paddles=draw(st.sampled_from(PaddleDisplay)),
        opens_at=draw(st.sampled_from([None, Nanoseconds(1_476_495_000 * SECOND)])),
        timed=times,
        dwell=Nanoseconds(draw(st.integers(0, 600)) * SECOND),
        delivery_percent=draw(st.integers(0, 100)),
        visibility=Visibility() if bounded else draw(visibilities()),  # a price window needs a price that is seen
        sign_off=draw(st.booleans()),
        proxies=draw(st.booleans()),
        reserve_shown=draw(st.booleans()),
        reoffers_max=draw(st.integers(0, REOFFERS_MAX)),
        reoffer_lower_percent=draw(st.integers(0, 100)),
        resume_for=draw(st.sampled_from(ResumeFor)),
        mass_loss_percent=draw(st.integers(0, 100)),
    )


def form_of(sheet: RuleSheet) -> dict[str, Any]:
    """The fields of the form that lay down ``sheet``."""
    rules: dict[str, Any] = {
        name: getattr(sheet, name)
        for name in (
            *("mode", "calls", "deposit", "paddles", "delivery_percent", "sign_off", "proxies", "reserve_shown"),
            *("reoffers_max", "reoffer_lower_percent", "resume_for", "mass_loss_percent"),
        )
    }
    rules["dwell_s"] = sheet.dwell // SECOND
    rules["opens_at"] = None if sheet.opens_at is None else "2016-10-15T09:30:00+08:00"
    rules["increments"] = [
        {"from_yuan": band.from_price // 100, "step_yuan": band.step // 100} for band in sheet.increments
    ]
    seen = sheet.visibility
    rules["visibility"] = {
        name: getattr(seen, name)
        for name in ("amounts_public", "amounts_bidders", "counts_public", "counts_bidders", "lifted")
    }
    if sheet.timed is not None:
        rule = sheet.timed.extension
        rules["timed"] = {
            "free_s": sheet.timed.free // SECOND,
            "window_s": sheet.timed.window // SECOND,
            "grace_ms": sheet.timed.grace // 1_000_000,
            "advance": sheet.timed.advance,
            "pause_s": sheet.timed.pause // SECOND,
            "extension": {
                "kind": rule.kind,
                "within_s": rule.within // SECOND,
                "by_s": rule.by // SECOND,
                "cap_s": None if rule.cap is None else rule.cap // SECOND,
                "count_max": rule.count_max,
                "top_k": rule.top_k,
                "shrink_s": rule.shrink // SECOND,
                "least_s": rule.least // SECOND,
                "reach_yuan": None if rule.reach is None else rule.reach // 100,
            },
        }
    return {"sale": SALE, "rules": rules}


@given(sheets())
def test_what_is_written_of_a_sheet_is_read_as_the_same_sheet(sheet: RuleSheet) -> None:
    notice = read_files(write_notice(form_of(sheet), LISTS), NOTICE)
    assert notice.announce.rules == sheet
    assert notice.announce.rules.digest() == sheet.digest()


plain = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**63), 2**63), st.text(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), plain, max_size=4))
def test_whatever_a_form_holds_is_written_as_toml_that_says_the_same(form: dict[str, Any]) -> None:
    try:
        text = write_toml(form)
    except TooDeep:
        return
    assert tomllib.loads(text) == form


def test_a_form_deeper_than_any_notice_is_not_written() -> None:
    form: dict[str, Any] = {}
    for _ in range(DEPTH_MAX + 2):
        form = {"a": form}
    with pytest.raises(TooDeep):
        write_toml(form)


def test_the_files_of_lists_have_names_of_the_houses_own() -> None:
    sale = {**SALE, "catalogue": "../../etc/passwd", "paddles": "C:\\paddles.csv"}
    files = write_notice({"sale": sale}, {"catalogue": b"x"})
    assert sorted(files) == ["catalogue.csv", "sale.toml"]
    assert tomllib.loads(files[NOTICE].decode())["sale"] == {**SALE, "catalogue": "catalogue.csv"}


def test_an_instant_is_an_instant_and_a_text_that_looks_like_one_is_a_text() -> None:
    form = {"sale": {"title_en": "2016-10-15T09:30:00+08:00"}, "rules": {"opens_at": "2016-13-15T09:30:00+08:00"}}
    said = tomllib.loads(write_toml(form))
    assert isinstance(said["sale"]["title_en"], str)
    assert said["rules"]["opens_at"] == form["rules"]["opens_at"], "what is no instant is left for the reader to name"


def test_a_file_that_was_not_handed_in_is_missing_whatever_the_disk_holds() -> None:
    files = {NOTICE: write_toml({"sale": {**SALE, "catalogue": "pyproject.toml"}}).encode()}
    with pytest.raises(NoticeFault) as raised:
        read_files(files, NOTICE)
    assert FaultCode.FILE_MISSING in {fault.code for fault in raised.value.faults}


def test_reading_stops_after_a_thousand_faults_and_says_so() -> None:
    lines = "lot,plate,opening_yuan\n" + "x\n" * 5000
    with pytest.raises(NoticeFault) as raised:
        read_files(write_notice({"sale": SALE}, {"catalogue": lines.encode()}), NOTICE)
    assert len(raised.value.faults) == 1001
    (given_up,) = (fault for fault in raised.value.faults if fault.code is FaultCode.GIVEN_UP)
    assert given_up.place.line is None, "it stands above the lines of its file"
    assert "catalogue.csv:" in given_up.en


def test_the_lines_of_a_list_are_shown_with_reserves_covered() -> None:
    text = "标的号,号牌,起拍价,保留价\n1,豫H12345,100,31700\n\n2,豫H12346,100,\n" + "3,a,b,c\n" * 500
    lines = shown(text.encode("gbk"), "catalogue.csv", {450})
    assert lines.header == ["标的号", "号牌", "起拍价", "保留价"]
    assert lines.rows[:2] == [(2, ["1", "豫H12345", "100", COVERED]), (4, ["2", "豫H12346", "100", ""])]
    assert [line for line, _ in lines.rows][-1] == 450
    assert len(lines.rows) + lines.left_out == 502
    assert len(lines.rows) == LINES_SHOWN + 1


def test_a_list_that_is_no_table_is_shown_as_far_as_it_goes() -> None:
    assert shown(b'lot\n1\n"2', "catalogue.csv", ()).rows == [(2, ["1"])]
    assert shown(b"\0", "catalogue.csv", ()).header == []
