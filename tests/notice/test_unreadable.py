"""Files of a notice that cannot be read, and whatever else may stand in them."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.notice import FaultCode, NoticeFault
from engine.notice.text import FILE_BYTES_MAX
from tests.notice.conftest import CATALOGUE, PADDLES, SALE, Desk

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
