"""Reading a sale from its notice."""

import contextlib
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.domain.auction.commands import AdmitPaddle, CatalogueEntry, Command, Title
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE, Channel
from engine.domain.rulesheet import DepositRule, IncrementBand, Mode, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.notice import FaultCode, NoticeFault
from engine.notice.notice import LOTS_MAX, PADDLES_MAX
from engine.notice.text import FILE_BYTES_MAX
from tests.articles import article
from tests.notice.conftest import CATALOGUE, PADDLES, SALE, Desk

OWN_LOTS = '\n[[lots]]\nlot = 3\nplate = "豫H12345"\nopening_yuan = 6000\n'


@article("1", "2")
def test_a_notice_becomes_the_announcement_of_its_sale(desk: Desk) -> None:
    notice = desk.read()
    assert notice.sale == "plates-9"
    assert notice.announce.command_id == "announce"
    assert notice.announce.by == HOUSE
    assert notice.announce.title == Title(zh="第九期号牌竞价", en="Number plates, ninth sale")
    assert notice.announce.rules == RuleSheet(
        mode=Mode.ROSTRUM,
        calls=3,
        deposit=DepositRule.ONE_LOT,
        paddles=PaddleDisplay.SHOWN,
        opens_at=Nanoseconds(1476495000 * 10**9),
        increments=(
            IncrementBand(from_price=Fen(0), step=Fen(50_000)),
            IncrementBand(from_price=Fen(2_000_000), step=Fen(100_000)),
        ),
    )
    assert notice.announce.catalogue == (
        CatalogueEntry(lot=LotNo(1), plate="豫H8H888", opening_price=Fen(5_000_000)),
        CatalogueEntry(lot=LotNo(2), plate="豫HA1234", opening_price=Fen(2_000_000)),
    )


@article("4")
def test_paddles_are_admitted_with_the_same_ids_each_time(desk: Desk) -> None:
    assert desk.read().admissions == (
        AdmitPaddle(command_id="admit-8", by=HOUSE, paddle=PaddleNo(8), channel=Channel.ONLINE, deposits=1),
        AdmitPaddle(command_id="admit-51", by=HOUSE, paddle=PaddleNo(51), channel=Channel.HALL, deposits=2),
    )
    assert desk.read() == desk.read()


def test_the_rules_accept_what_a_notice_says(desk: Desk) -> None:
    notice = desk.read()
    auction: Auction | None = None
    commands: list[Command] = [notice.announce, *notice.admissions]
    for command in commands:
        for event in decide(auction, command, Nanoseconds(0)):
            auction = apply(auction, event)
    assert auction is not None
    assert set(auction.paddles) == {8, 51}


def test_a_notice_without_officers_has_one_of_each(desk: Desk) -> None:
    assert desk.read().officers == ("auctioneer:1", "clerk:1", "supervisor:1", "registrar:1")


def test_a_notice_may_name_its_officers(desk: Desk) -> None:
    desk.write("sale.toml", SALE + '\n[officers]\nauctioneers = ["east"]\nclerks = ["desk-1", "desk-2"]\n')
    officers = desk.read().officers
    assert officers == ("auctioneer:east", "clerk:desk-1", "clerk:desk-2", "supervisor:1", "registrar:1")


def test_lots_and_paddles_may_stand_in_the_notice_itself(desk: Desk) -> None:
    own = OWN_LOTS + '\n[[paddles]]\npaddle = 88\nchannel = "online"\ndeposits = 5\n'
    desk.write("sale.toml", SALE + own)
    notice = desk.read()
    assert [entry.lot for entry in notice.announce.catalogue] == [1, 2, 3]
    assert [admission.paddle for admission in notice.admissions] == [8, 51, 88]
    desk.change("sale.toml", 'catalogue = "catalogue.csv"\npaddles = "paddles.csv"\n', "")
    notice = desk.read()
    assert [entry.plate for entry in notice.announce.catalogue] == ["豫H12345"]
    assert [admission.paddle for admission in notice.admissions] == [88]


def test_a_notice_need_not_admit_anyone_yet_nor_say_when_it_opens(desk: Desk) -> None:
    desk.change("sale.toml", 'paddles = "paddles.csv"\n', "")
    desk.change("sale.toml", "opens_at = 2016-10-15T09:30:00+08:00\n", "")
    assert desk.read().admissions == ()
    assert desk.read().announce.rules.opens_at is None


def test_columns_may_have_chinese_headers_in_any_order(desk: Desk) -> None:
    desk.write("catalogue.csv", "号牌,标的号,起拍价\n豫H8H888,1,50000\n豫HA1234,2,20000\n")
    desk.write("paddles.csv", "竞买号牌,渠道,保证金份数\n8,网络,1\n51,现场,2\n")
    spoken = desk.read()
    desk.write("catalogue.csv", CATALOGUE)
    desk.write("paddles.csv", PADDLES)
    assert desk.read() == spoken


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_are_read_as_the_office_saved_them(desk: Desk, encoding: str, newline: str) -> None:
    expected = desk.read()
    for name, text in (("sale.toml", SALE), ("catalogue.csv", CATALOGUE), ("paddles.csv", PADDLES)):
        desk.write(name, text.replace("\n", newline).encode(encoding))
    assert desk.read() == expected


@pytest.mark.parametrize("province", "豫鲁粤京")
def test_a_catalogue_of_plates_alone_is_read_in_gbk_too(desk: Desk, province: str) -> None:
    desk.write("catalogue.csv", CATALOGUE.replace("豫", province).encode("gbk"))
    assert [entry.plate for entry in desk.read().announce.catalogue] == [f"{province}H8H888", f"{province}HA1234"]


def test_an_accented_letter_is_no_chinese_character(desk: Desk) -> None:
    desk.change("sale.toml", "第九期号牌竞价", "Vente aux enchères à Genève")
    assert desk.read().announce.title.zh == "Vente aux enchères à Genève"


def test_blank_lines_blank_cells_at_the_end_and_quoted_cells_do_no_harm(desk: Desk) -> None:
    expected = desk.read()
    desk.write("catalogue.csv", '\nlot,plate,opening_yuan\n\n"1", 豫H8H888 ,50000\n,,\n2,"豫HA1234",20000\n\n')
    assert desk.read() == expected


def test_a_title_is_kept_in_composed_form(desk: Desk) -> None:
    desk.change("sale.toml", "Number plates, ninth sale", " Cafe\u0301 plates ")
    assert desk.read().announce.title.en == "Caf\u00e9 plates"


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


# Files that cannot be read.


def test_a_notice_that_is_not_there_is_named(desk: Desk) -> None:
    desk.remove("sale.toml")
    fault = desk.fault()
    assert (fault.code, str(fault.place)) == (FaultCode.FILE_MISSING, "sale.toml")


def test_a_catalogue_that_is_not_there_is_named_where_the_notice_stands(desk: Desk) -> None:
    desk.remove("catalogue.csv")
    fault = desk.fault()
    assert (fault.code, str(fault.place)) == (FaultCode.FILE_MISSING, "sale.toml:5: sale.catalogue")
    assert fault.found == "catalogue.csv"


def test_a_folder_is_no_catalogue(desk: Desk) -> None:
    desk.remove("catalogue.csv")
    (desk.sale.parent / "catalogue.csv").mkdir()
    assert desk.fault().code is FaultCode.FILE_UNREADABLE


def test_a_file_name_that_no_system_takes_is_unreadable(desk: Desk) -> None:
    desk.change("sale.toml", '"catalogue.csv"', '"a\\u0000b"')
    assert desk.fault().code in {FaultCode.FILE_UNREADABLE, FaultCode.FILE_MISSING}
    desk.write("sale.toml", SALE.replace('"catalogue.csv"', f'"{"a" * 5000}"'))
    assert desk.fault().code in {FaultCode.FILE_UNREADABLE, FaultCode.FILE_MISSING}


@pytest.mark.parametrize("name", ["sale.toml", "catalogue.csv", "paddles.csv"])
@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"one\ntwo \xff\xfe three", FaultCode.ENCODING, 2),
        ("标的号".encode("utf-16"), FaultCode.ENCODING, 1),
        (b"one\ntwo\n\0", FaultCode.NUL_BYTE, 3),
        (b" " * (FILE_BYTES_MAX + 1), FaultCode.FILE_TOO_BIG, None),
    ],
)
def test_a_file_that_is_no_text_is_named(desk: Desk, name: str, data: bytes, code: FaultCode, line: int | None) -> None:
    desk.write(name, data)
    fault = desk.fault()
    assert (fault.code, fault.place.file, fault.place.line) == (code, name, line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[sale]\nid = \n", 2),
        ("[sale]\nid = plates\n", 2),
        ("[sale\n", 1),
        ("[sale]\n[sale]\n", 2),
        ('[sale]\nid = "a"\nid = "b"\n', 3),
        ("[sale]\nid = '''", 2),
        ("x = " + "9" * 5000, 1),
    ],
)
def test_a_notice_that_is_no_toml_is_named_with_its_line(desk: Desk, text: str, line: int) -> None:
    desk.write("sale.toml", text)
    fault = desk.fault()
    assert (fault.code, fault.place.line) == (FaultCode.TOML_SYNTAX, line)


def test_a_notice_nested_beyond_reason_is_no_toml_of_ours(desk: Desk) -> None:
    desk.write("sale.toml", "x = " + "[" * 100_000)
    assert desk.fault().code is FaultCode.TOML_SYNTAX


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('lot,plate,opening_yuan\n1,"豫H8H888,50000\n', FaultCode.CSV_SYNTAX, None),
        ('lot,plate,opening_yuan\n1,"豫H8"H888,50000\n', FaultCode.CSV_SYNTAX, None),
        (f"lot,plate,opening_yuan\n1,{'x' * 200_000},50000\n", FaultCode.CSV_SYNTAX, None),
        ("lot,plate,opening_yuan\n1,豫H8H888\n", FaultCode.COLUMNS, 2),
        ("lot,plate,opening_yuan\n1,豫H8H888,50000,\n", FaultCode.COLUMNS, 2),
        ("lot,plate,opening_yuan,标的号\n1,豫H8H888,50000,2\n", FaultCode.DUPLICATE_COLUMN, 1),
        ("lot,plate\n1,豫H8H888\n", FaultCode.MISSING_FIELD, 1),
        ("", FaultCode.MISSING_FIELD, 1),
        ("\n\n", FaultCode.MISSING_FIELD, 1),
    ],
)
def test_a_catalogue_that_is_no_table_is_named(desk: Desk, text: str, code: FaultCode, line: int | None) -> None:
    desk.write("catalogue.csv", text)
    fault, *_ = [fault for fault in desk.faults() if fault.code is code]
    assert (fault.place.file, fault.place.line) == ("catalogue.csv", line)


def test_a_line_of_the_wrong_length_does_not_shift_the_numbers_of_the_others(desk: Desk) -> None:
    desk.write("catalogue.csv", 'lot,plate,opening_yuan\n1,豫H8H888\n2,"豫\nH",1\n3,豫HA1234,0\n')
    assert [(fault.code, fault.place.line) for fault in desk.faults()] == [
        (FaultCode.COLUMNS, 2),
        (FaultCode.NOT_A_PLATE, 3),
        (FaultCode.TOO_SMALL, 5),
    ]


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


# Whatever stands in the files.

BITS = st.sampled_from(
    [
        "[sale]\n",
        "[[rules.increments]]\n",
        "[[lots]]\n",
        "lots = [",
        "]",
        "{",
        "}",
        "=",
        '"',
        "'''",
        "\n",
        ",",
        "1",
        "a",
        "#",
        "\r",
        "id",
        ".",
        "豫H8H888",
        "-",
        "2016-10-15T09:30:00Z",
        "0.5",
        "true",
        "\\",
        "标的号",
        "plate",
        "opening_yuan",
        "nan",
        "\t",
        " ",
    ]
)
TEXTS = st.lists(BITS, max_size=40).map("".join)
ANY_BYTES = st.binary(max_size=60) | TEXTS.map(str.encode) | TEXTS.map(lambda text: text.encode("gb18030"))


@given(data=ANY_BYTES, name=st.sampled_from(["sale.toml", "catalogue.csv", "paddles.csv"]), after=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_file_is_a_notice_or_a_list_of_faults(
    desk: Desk, data: bytes, name: str, after: bool
) -> None:
    text = {"sale.toml": SALE, "catalogue.csv": CATALOGUE, "paddles.csv": PADDLES}
    for each, whole in text.items():
        desk.write(each, whole)
    desk.write(name, text[name].encode() + data if after else data)
    with contextlib.suppress(NoticeFault):
        desk.read()
