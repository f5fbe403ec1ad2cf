"""What is wrong with a notice is named with its place, all of it at once."""

import re
from dataclasses import replace

import pytest

from engine.notice import FaultCode, NoticeFault
from engine.notice.notice import LOTS_MAX, PADDLES_MAX
from tests.notice.conftest import OWN_LOTS, SALE, Desk

# What is wrong is named with its place.


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "found"),
    [
        ('id = "plates-9"', "", FaultCode.MISSING_FIELD, "1: sale.id", ""),
        ('id = "plates-9"', 'id = ""', FaultCode.MISSING_FIELD, "2: sale.id", ""),
        ('id = "plates-9"', 'id = "Plates 9"', FaultCode.BAD_NAME, "2: sale.id", "Plates 9"),
        ('id = "plates-9"', 'id = "-plates"', FaultCode.BAD_NAME, "2: sale.id", "-plates"),
        ('id = "plates-9"', f'id = "{"a" * 65}"', FaultCode.BAD_NAME, "2: sale.id", "a" * 59 + "…"),
        ('id = "plates-9"', "id = 9", FaultCode.BAD_NAME, "2: sale.id", "9"),
        ("第九期号牌竞价", "第九期\u202e号牌", FaultCode.BAD_TEXT, "3: sale.title_zh", "U+202E"),
        ("第九期号牌竞价", "第九期\\u0007", FaultCode.BAD_TEXT, "3: sale.title_zh", "U+0007"),
        ("第九期号牌竞价", "第九期\\n号牌", FaultCode.BAD_TEXT, "3: sale.title_zh", "U+000A"),
        ("第九期号牌竞价", "号\u200b牌", FaultCode.BAD_TEXT, "3: sale.title_zh", "U+200B"),
        ("第九期号牌竞价", "　 ", FaultCode.EMPTY_TEXT, "3: sale.title_zh", ""),
        ("第九期号牌竞价", "号" * 121, FaultCode.TEXT_TOO_LONG, "3: sale.title_zh", "121"),
        ('"第九期号牌竞价"', "9", FaultCode.WRONG_TYPE, "3: sale.title_zh", "9"),
        ("title_en =", "titel_en =", FaultCode.UNKNOWN_FIELD, "4: sale.titel_en", "titel_en"),
        ('"catalogue.csv"', "7", FaultCode.WRONG_TYPE, "5: sale.catalogue", "7"),
        ('"catalogue.csv"', '"../catalogue.csv"', FaultCode.FILE_OUTSIDE, "5: sale.catalogue", "../catalogue.csv"),
        ('"catalogue.csv"', '"/etc/passwd"', FaultCode.FILE_OUTSIDE, "5: sale.catalogue", "/etc/passwd"),
        ('mode = "rostrum"', 'mode = "dutch"', FaultCode.UNKNOWN_VALUE, "9: rules.mode", "dutch"),
        ('mode = "rostrum"', "", FaultCode.MISSING_FIELD, "8: rules.mode", ""),
        ("calls = 3", "calls = 0", FaultCode.TOO_SMALL, "10: rules.calls", "0"),
        ("calls = 3", "calls = 10", FaultCode.TOO_LARGE, "10: rules.calls", "10"),
        ("calls = 3", "calls = true", FaultCode.BOOLEAN_NUMBER, "10: rules.calls", "true"),
        ('"one_lot"', '"one"', FaultCode.UNKNOWN_VALUE, "11: rules.deposit", "one"),
        ('paddles = "shown"', 'paddles = "hidden"', FaultCode.UNKNOWN_VALUE, "12: rules.paddles", "hidden"),
        ("09:30:00+08:00", "09:30:00", FaultCode.BAD_TIME, "13: rules.opens_at", "2016-10-15 09:30:00"),
        ("2016-10-15T09:30:00+08:00", '"today"', FaultCode.BAD_TIME, "13: rules.opens_at", "today"),
        ("2016-10-15T09:30:00+08:00", "2016-10-15", FaultCode.BAD_TIME, "13: rules.opens_at", "2016-10-15"),
        ("2016-", "1916-", FaultCode.BAD_TIME, "13: rules.opens_at", "1916-10-15 09:30:00+08:00"),
        ("2016-", "9999-", FaultCode.BAD_TIME, "13: rules.opens_at", "9999-10-15 09:30:00+08:00"),
        ("from_yuan = 0", "from_yuan = 10", FaultCode.BANDS_FROM_ZERO, "16: rules.increments[1].from_yuan", "10"),
        ("from_yuan = 20000", "from_yuan = 0", FaultCode.BANDS_ORDER, "20: rules.increments[2].from_yuan", "0"),
        ("from_yuan = 20000", "", FaultCode.MISSING_FIELD, "19: rules.increments[2].from_yuan", ""),
        ("step_yuan = 500", "step_yuan = 0", FaultCode.TOO_SMALL, "17: rules.increments[1].step_yuan", "0"),
        ("step_yuan = 500", "step_yuan = -5", FaultCode.NEGATIVE, "17: rules.increments[1].step_yuan", "-5"),
        ("step_yuan = 500", "step_yuan = 500.5", FaultCode.FRACTIONAL, "17: rules.increments[1].step_yuan", "500.5"),
        ("step_yuan = 500", "step_yuan = nan", FaultCode.NOT_A_NUMBER, "17: rules.increments[1].step_yuan", "nan"),
        ("step_yuan = 500", "step_yuan = []", FaultCode.WRONG_TYPE, "17: rules.increments[1].step_yuan", "[]"),
    ],
)
def test_a_fault_in_the_notice_names_line_field_and_what_was_found(
    desk: Desk, *, old: str, new: str, code: FaultCode, place: str, found: str
) -> None:
    desk.change("sale.toml", old, new)
    fault, *_ = [fault for fault in desk.faults() if fault.code is code]
    assert fault.found == found
    assert str(fault).startswith(f"sale.toml:{place}: ")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("5000.50", FaultCode.FRACTIONAL),
        ("5000.", FaultCode.FRACTIONAL),
        ("-5000", FaultCode.NEGATIVE),
        ("0", FaultCode.TOO_SMALL),
        ("000", FaultCode.TOO_SMALL),
        ("５０００", FaultCode.FULL_WIDTH_DIGITS),
        ("五千", FaultCode.NOT_A_NUMBER),
        ("5e3", FaultCode.NOT_A_NUMBER),
        ("¥5000", FaultCode.NOT_A_NUMBER),
        ('"5,000"', FaultCode.NOT_A_NUMBER),
        ("+5000", FaultCode.NOT_A_NUMBER),
        ("0x10", FaultCode.NOT_A_NUMBER),
        ("5_000", FaultCode.NOT_A_NUMBER),
        ("٥٠٠٠", FaultCode.NOT_A_NUMBER),
        ("true", FaultCode.NOT_A_NUMBER),
        ("100000000001", FaultCode.TOO_LARGE),
        ("9" * 10_000, FaultCode.TOO_LARGE),
        ("", FaultCode.MISSING_FIELD),
    ],
)
def test_money_in_a_catalogue_is_whole_yuan_in_plain_digits(desk: Desk, cell: str, code: FaultCode) -> None:
    desk.change("catalogue.csv", "豫HA1234,20000", f"豫HA1234,{cell}")
    fault = desk.fault()
    assert fault.code is code
    assert str(fault).startswith("catalogue.csv:3: opening_yuan: ")


def test_the_greatest_price_is_taken(desk: Desk) -> None:
    desk.change("catalogue.csv", "豫HA1234,20000", "豫HA1234,100000000000")
    assert desk.read().announce.catalogue[1].opening_price == 10**13


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("5000.50", FaultCode.FRACTIONAL),
        ("5000.0", FaultCode.FRACTIONAL),
        ('"5000.50"', FaultCode.FRACTIONAL),
        ('"５０００"', FaultCode.FULL_WIDTH_DIGITS),
        ("true", FaultCode.BOOLEAN_NUMBER),
        ("inf", FaultCode.NOT_A_NUMBER),
        ("-1", FaultCode.NEGATIVE),
        ("100000000001", FaultCode.TOO_LARGE),
        ("0x" + "f" * 9_000, FaultCode.TOO_LARGE),
        ("{}", FaultCode.WRONG_TYPE),
        ("2016-10-15", FaultCode.WRONG_TYPE),
    ],
)
def test_money_in_the_notice_is_whole_yuan(desk: Desk, value: str, code: FaultCode) -> None:
    desk.write("sale.toml", SALE + OWN_LOTS.replace("6000", value))
    fault = desk.fault()
    assert fault.code is code
    assert (fault.place.line, fault.place.field) == (26, "lots[1].opening_yuan")


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("2,豫HA1234", "1,豫HA1234", FaultCode.DUPLICATE_LOT, "lot"),
        ("2,豫HA1234", "2,豫H8H888", FaultCode.DUPLICATE_PLATE, "plate"),
        ("2,豫HA1234", "0,豫HA1234", FaultCode.TOO_SMALL, "lot"),
        ("2,豫HA1234", "-2,豫HA1234", FaultCode.NEGATIVE, "lot"),
        ("2,豫HA1234", "two,豫HA1234", FaultCode.NOT_A_NUMBER, "lot"),
        ("2,豫HA1234", "1000001,豫HA1234", FaultCode.TOO_LARGE, "lot"),
        ("2,豫HA1234", "2,豫HAI234", FaultCode.NOT_A_PLATE, "plate"),
        ("2,豫HA1234", "2,AH1234", FaultCode.NOT_A_PLATE, "plate"),
        ("2,豫HA1234", "2,", FaultCode.MISSING_FIELD, "plate"),
    ],
)
def test_a_fault_in_the_catalogue_names_line_and_column(
    desk: Desk, old: str, new: str, code: FaultCode, field: str
) -> None:
    desk.change("catalogue.csv", old, new)
    fault = desk.fault()
    assert fault.code is code
    assert str(fault).startswith(f"catalogue.csv:3: {field}: ")


def test_a_second_lot_of_the_same_number_is_told_where_the_first_stands(desk: Desk) -> None:
    desk.write("sale.toml", SALE + OWN_LOTS.replace("lot = 3", "lot = 1").replace("豫H12345", "豫HA1234"))
    assert [(fault.code, fault.wanted) for fault in desk.faults()] == [
        (FaultCode.DUPLICATE_LOT, "catalogue.csv:2"),
        (FaultCode.DUPLICATE_PLATE, "catalogue.csv:3"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("51,hall,2", "8,hall,2", FaultCode.DUPLICATE_PADDLE, "paddle"),
        ("51,hall,2", "0,hall,2", FaultCode.TOO_SMALL, "paddle"),
        ("51,hall,2", "51,phone,2", FaultCode.UNKNOWN_VALUE, "channel"),
        ("51,hall,2", "51,,2", FaultCode.MISSING_FIELD, "channel"),
        ("51,hall,2", "51,hall,0", FaultCode.TOO_SMALL, "deposits"),
        ("51,hall,2", "51,hall,1001", FaultCode.TOO_LARGE, "deposits"),
    ],
)
def test_a_fault_among_the_paddles_names_line_and_column(
    desk: Desk, old: str, new: str, code: FaultCode, field: str
) -> None:
    desk.change("paddles.csv", old, new)
    fault = desk.fault()
    assert fault.code is code
    assert str(fault).startswith(f"paddles.csv:3: {field}: ")


def test_a_header_is_named_as_the_file_spells_it(desk: Desk) -> None:
    desk.write("catalogue.csv", "标的号,号牌,起拍价\n1,豫H8H888,-1\n")
    assert str(desk.fault()).startswith("catalogue.csv:2: 起拍价: -1 小于零")


# Names that are not known.


def test_an_unknown_field_is_told_the_name_that_was_probably_meant(desk: Desk) -> None:
    desk.change("sale.toml", "calls = 3", "calls = 3\nopen_at = 2016-10-15T09:30:00+08:00")
    fault = desk.fault()
    assert (fault.code, fault.wanted) == (FaultCode.UNKNOWN_FIELD, "opens_at")
    assert "did you mean opens_at?" in str(fault)


def test_an_unknown_section_is_told_the_name_that_was_probably_meant(desk: Desk) -> None:
    desk.write("sale.toml", SALE + '\n[officer]\nclerks = ["1"]\n')
    fault = desk.fault()
    assert (fault.code, fault.place.line, fault.wanted) == (FaultCode.UNKNOWN_FIELD, 23, "officers")


def test_an_unknown_column_is_told_the_name_that_was_probably_meant(desk: Desk) -> None:
    desk.change("catalogue.csv", "opening_yuan", "opening_yaun")
    assert [(fault.code, fault.place.line, fault.place.field) for fault in desk.faults()] == [
        (FaultCode.UNKNOWN_FIELD, 1, "opening_yaun"),
        (FaultCode.MISSING_FIELD, 1, "opening_yuan"),
    ]
    assert desk.faults()[0].wanted == "opening_yuan"


def test_an_unknown_field_of_an_increment_or_a_lot_is_named(desk: Desk) -> None:
    desk.change("sale.toml", "step_yuan = 500", "step_yuan = 500\nsteps = 1")
    desk.write("sale.toml", desk.sale.read_text(encoding="utf-8") + OWN_LOTS + "reserved_yuan = 1\n")
    assert [fault.place.field for fault in desk.faults()] == ["rules.increments[1].steps", "lots[1].reserved_yuan"]


# Too little and too much.


def test_an_empty_catalogue_makes_no_sale(desk: Desk) -> None:
    desk.write("catalogue.csv", "lot,plate,opening_yuan\n")
    fault = desk.fault()
    assert (fault.code, fault.place.field) == (FaultCode.NO_LOTS, "sale.catalogue")


def test_a_notice_without_any_lots_makes_no_sale(desk: Desk) -> None:
    desk.change("sale.toml", 'catalogue = "catalogue.csv"\n', "")
    assert desk.fault().code is FaultCode.NO_LOTS


def test_there_is_a_limit_to_lots(desk: Desk) -> None:
    plates = (f"豫{letter}{number:05}" for letter in "ABCDEFGH" for number in range(1000))
    rows = [f"{lot},{plate},5000\n" for lot, plate in zip(range(1, LOTS_MAX + 2), plates, strict=False)]
    desk.write("catalogue.csv", "lot,plate,opening_yuan\n" + "".join(rows[:-1]))
    assert len(desk.read().announce.catalogue) == LOTS_MAX
    desk.write("sale.toml", SALE + OWN_LOTS.replace("lot = 3", "lot = 5000"))
    assert desk.fault().code is FaultCode.TOO_MANY
    desk.write("sale.toml", SALE)
    desk.write("catalogue.csv", "lot,plate,opening_yuan\n" + "".join(rows))
    fault = desk.fault()
    assert (fault.code, fault.place.line, fault.wanted) == (FaultCode.TOO_MANY, LOTS_MAX + 2, str(LOTS_MAX))


def test_there_is_a_limit_to_paddles_increments_and_officers(desk: Desk) -> None:
    rows = "".join(f"{paddle},online,1\n" for paddle in range(1, PADDLES_MAX + 2))
    desk.write("paddles.csv", "paddle,channel,deposits\n" + rows)
    bands = "".join(f"\n[[rules.increments]]\nfrom_yuan = {n * 50000}\nstep_yuan = 1" for n in range(1, 50))
    officers = '\n[officers]\nclerks = ["' + '", "'.join(f"desk-{n}" for n in range(21)) + '"]\n'
    desk.write("sale.toml", SALE + bands + officers)
    assert [fault.code for fault in desk.faults()] == [FaultCode.TOO_MANY] * 3


def test_rules_without_increments_make_no_sale(desk: Desk) -> None:
    desk.write("sale.toml", re.sub(r"\[\[rules\.increments(.|\n)*", "", SALE))
    fault = desk.fault()
    assert (fault.code, fault.place.field) == (FaultCode.MISSING_FIELD, "rules.increments")
    desk.write("sale.toml", re.sub(r"\[\[rules\.increments(.|\n)*", "increments = []", SALE))
    assert desk.fault().code is FaultCode.NO_BANDS


@pytest.mark.parametrize("text", ["", "# nothing\n", "[sale]\n[rules]\n", "sale = 1\nrules = []\n", "[[sale]]\n"])
def test_an_empty_notice_lists_all_that_is_missing(desk: Desk, text: str) -> None:
    desk.write("sale.toml", text)
    missing = {fault.place.field for fault in desk.faults() if fault.code is FaultCode.MISSING_FIELD}
    assert missing == {
        "sale.id",
        "sale.title_zh",
        "sale.title_en",
        "rules.mode",
        "rules.calls",
        "rules.deposit",
        "rules.paddles",
        "rules.increments",
    }


@pytest.mark.parametrize("section", ["lots", "paddles", "officers", "sale", "rules"])
@pytest.mark.parametrize("value", ["1", '"x"', "[1]", "[[]]", "[{}, 2]", "true"])
def test_a_section_of_the_wrong_kind_is_a_fault_and_no_crash(desk: Desk, section: str, value: str) -> None:
    kept = re.sub(rf"(?ms)^\[{section}\].*?(?=^\[[a-z]|\Z)", "", SALE)
    kept = re.sub(r"(?ms)^\[\[rules\.increments.*", "", kept) if section == "rules" else kept
    desk.write("sale.toml", f"{section} = {value}\n{kept}")
    codes = {fault.code for fault in desk.faults()}
    assert FaultCode.WRONG_TYPE in codes


@pytest.mark.parametrize(
    "officers", ['clerks = "1"', "clerks = []", 'clerks = ["A"]', 'clerks = ["1", "1"]', "clerks = [1]", "judges = []"]
)
def test_officers_are_lists_of_different_names(desk: Desk, officers: str) -> None:
    desk.write("sale.toml", SALE + f"\n[officers]\n{officers}\n")
    assert desk.fault().place.line == 24


# All at once.


def test_faults_of_all_files_come_out_together_and_in_order(desk: Desk) -> None:
    desk.change("sale.toml", "calls = 3", "calls = 0")
    desk.change("sale.toml", "step_yuan = 1000", "step_yuan = 0")
    desk.change("catalogue.csv", "豫HA1234,20000", "豫HA123,20000.5")
    desk.change("paddles.csv", "8,online", "x,online")
    assert [(fault.place.file, fault.place.line, fault.code) for fault in desk.faults()] == [
        ("sale.toml", 10, FaultCode.TOO_SMALL),
        ("sale.toml", 21, FaultCode.TOO_SMALL),
        ("catalogue.csv", 3, FaultCode.NOT_A_PLATE),
        ("catalogue.csv", 3, FaultCode.FRACTIONAL),
        ("paddles.csv", 2, FaultCode.NOT_A_NUMBER),
    ]
    with pytest.raises(NoticeFault) as raised:
        desk.read()
    assert str(raised.value).count("\n") == 4


def test_of_very_many_faults_a_hundred_are_printed_and_the_rest_counted(desk: Desk) -> None:
    desk.write("paddles.csv", "paddle,channel,deposits\n" + "".join(f"{n},fax,1\n" for n in range(1, 151)))
    with pytest.raises(NoticeFault) as raised:
        desk.read()
    assert len(raised.value.faults) == 150
    assert len(str(raised.value).splitlines()) == 101
    assert str(raised.value).endswith("另有 50 处。 And 50 more.")


def test_what_was_found_is_printed_without_moving_the_cursor(desk: Desk) -> None:
    desk.change("catalogue.csv", "豫HA1234", "\x1b[2J\u202e豫H")
    fault = desk.fault()
    assert fault.found == "U+001B[2JU+202E豫H"


def test_every_sentence_can_be_said(desk: Desk) -> None:
    desk.change("catalogue.csv", "豫HA1234", "{wanted}")
    fault = desk.fault()
    for code in FaultCode:
        said = replace(fault, code=code)
        assert said.zh
        assert said.en
