"""Two hundred files nobody should have to open, handed in as lists of a sale (threat T26)."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import orjson
import pytest

from engine.gateway.builder import Draft
from engine.notice.text import FILE_BYTES_MAX
from engine.notice.write import LISTS, NOTICE, write_notice
from engine.planning import _report
from tests.hostile.payloads import PAYLOADS
from tests.hostile.test_text import FORM, spoilt

HEAD: Final = b"lot,plate,opening_yuan\n"
LINE: Final = "1,豫H12345,10000\n".encode()
GOOD: Final = HEAD + LINE
EMPTY: Final = {name: value for name, value in FORM.items() if name != "lots"}
REPORT_BYTES_MAX: Final = 64 * 1024
"""However great a file is, what is said of it is short."""


def archive(*names: str, inside: bytes = GOOD) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.writestr(name, inside)
    return packed.getvalue()


def bombs() -> Iterator[bytes]:
    yield gzip.compress(b"0" * 10_000_000)
    yield zlib.compress(GOOD)
    yield archive("../../etc/cron.d/x", "/abs", "C:\\x", "a/../../b")
    yield archive("xl/workbook.xml", "[Content_Types].xml", inside=b"0" * 5_000_000)
    yield HEAD + b"," * 900_000
    yield HEAD + b'"' * 900_000
    yield HEAD + b'"' + b"x" * 900_000
    yield HEAD + b'"' + b"\n" * 900_000 + b'",a,b\n'
    yield HEAD + b"\n" * 900_000
    yield HEAD + b"\r" * 900_000
    yield HEAD + b"1,a,1\n" * 150_000
    yield HEAD + LINE * 40_000
    yield HEAD + b"1," + b"x" * 900_000 + b",1\n"
    yield HEAD + b"9" * 900_000 + b",x,1\n"
    yield b"lot," * 200_000 + b"\n"
    yield b"x" * (FILE_BYTES_MAX + 1)
    yield GOOD * 60_000


def disguised() -> Iterator[bytes]:
    """What begins as something else: pictures, programs, documents, pages."""
    beginnings = (
        *(
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"\xff\xd8\xff\xe0",
            b"%PDF-1.7\n",
            b"PK\x03\x04",
            b"\x1f\x8b\x08",
            b"7z\xbc\xaf'\x1c",
        ),
        *(
            b"\x7fELF",
            b"MZ\x90\x00",
            b"#!/bin/sh\n",
            b"<?php ",
            b"<?xml version='1.0'?>",
            b"<!doctype html>",
            b"<svg onload=x>",
        ),
        *(
            b"{\\rtf1",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"SQLite format 3\x00",
            b"BZh9",
            b"Rar!\x1a\x07",
            b"\x00asm",
            b"\xca\xfe\xba\xbe",
        ),
        *(
            b"sep=;\n",
            b"ID;PWXL;N;E\n",
            b"-----BEGIN PRIVATE KEY-----\n",
            b"From: x\n",
            b"\xef\xbb\xbf\xef\xbb\xbf",
            b"\x1a",
        ),
    )
    for beginning in beginnings:
        yield beginning
        yield beginning + GOOD
        yield HEAD + beginning + LINE


def written_otherwise() -> Iterator[bytes]:
    text = GOOD.decode()
    for encoding in (
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-7",
        "big5",
        "shift_jis",
        "euc_kr",
        "hz",
        "iso2022_jp",
    ):
        yield text.encode(encoding, errors="replace")
    for at in range(len(GOOD)):
        yield GOOD[:at] + b"\x00" + GOOD[at:]
        yield GOOD[:at] + b"\xff" + GOOD[at:]


def told() -> Iterator[bytes]:
    """Cells that a spreadsheet would run, or a terminal obey."""
    for text in (
        "=1+1",
        "=cmd|'/c calc'!A1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        "\x1b[2J",
        "\x07",
        "\x9b2J",
        '=HYPERLINK("x")',
        "＝1",
        "{=1}",
    ):
        cell = '"' + text.replace('"', '""') + '"'
        for row in (f"{cell},豫H12345,1\n", f"1,{cell},1\n", f"1,豫H12345,{cell}\n"):
            yield HEAD + row.encode()


FILES: Final = tuple(
    dict.fromkeys(file for files in (bombs(), disguised(), written_otherwise(), told()) for file in files)
)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def test_there_are_two_hundred() -> None:
    assert len(FILES) >= 200


@pytest.mark.parametrize("field", LISTS)
def test_a_hostile_list_is_refused_in_few_words_that_can_be_seen(field: str) -> None:
    for file in FILES:
        report = _report(Draft(form=EMPTY, **{field: file}))  # type: ignore[arg-type]
        assert report["faults"], file[:80]
        assert report["digest"] is None
        said = {name: value for name, value in report.items() if name != "toml"}
        assert len(orjson.dumps(said)) < REPORT_BYTES_MAX, file[:80]
        for text in strings(said):
            assert text.isprintable(), (file[:80], text)


def test_the_list_they_are_made_of_is_good() -> None:
    assert _report(Draft(form=EMPTY, catalogue=GOOD))["faults"] == []


def test_files_are_called_as_we_call_them_whatever_they_were_called() -> None:
    for name in PAYLOADS:
        if any("\ud800" <= mark <= "\udfff" for mark in name):
            continue

        def put(form: dict[str, Any], text: str) -> None:
            form["sale"]["catalogue"] = form["sale"]["paddles"] = text

        files = write_notice(spoilt(put, name), {"catalogue": GOOD})
        assert files.keys() == {NOTICE, "catalogue.csv"}
        assert b'catalogue = "catalogue.csv"' in files[NOTICE]
        assert b"paddles =" not in files[NOTICE].split(b"[rules]")[0]
