"""PDF/A with its fonts inside, the same to the byte whenever it is printed."""

import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from engine.papers import catalogue
from engine.papers.press import FONT_FOLDERS, FontsMissing, Press
from engine.papers.words import LANGUAGES, Language
from tests.papers.sale import a_book

PRESS = Press()
URL = "https://plates.example.cn/sales/trial/record"


def printed(name: str, lang: Language = "zh-CN", *, press: Press = PRESS, url: str | None = URL) -> bytes:
    book = a_book()
    made = catalogue.paper(name, book)
    assert made is not None
    return press.pdf(catalogue.sheet(made, book, lang), url)


def unpacked(pdf: bytes) -> bytes:
    """A PDF with what is packed in it beside it."""
    packed = re.findall(rb"FlateDecode[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(each) for each in packed)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*catalogue.PAPERS, "confirmation-1"])
def test_a_paper_is_pdf_a_2b_with_every_font_inside(name: str, lang: Language) -> None:
    pdf = printed(name, lang)
    assert pdf.startswith(b"%PDF-1.7")
    assert re.search(rb'pdfaid:part(>|=")2', pdf)
    assert re.search(rb'pdfaid:conformance(>|=")B', pdf)
    inside = unpacked(pdf)
    described = len(re.findall(rb"/Type\s*/FontDescriptor", inside))
    assert described == len(re.findall(rb"/FontFile[23]?\s+\d+ \d+ R", inside)) > 0
    assert b"NotoSansCJKsc" in inside


def test_the_same_paper_has_the_same_bytes_on_another_press() -> None:
    assert printed("record") == printed("record", press=Press(FONT_FOLDERS))
    assert printed("record") != printed("record", "en")


def test_a_paper_bears_the_date_of_its_records_and_of_no_clock() -> None:
    assert re.findall(rb"<xmp:CreateDate>([^<]*)<", printed("record")) == [b"2027-01-15T08:00:00Z"]


def test_without_an_address_the_code_holds_the_head() -> None:
    assert printed("unsold", url=None) != printed("unsold")


def test_a_character_that_no_font_has_is_marked_as_missing() -> None:
    book = a_book()
    made = catalogue.paper("unsold", book)
    assert made is not None
    sheet = replace(catalogue.sheet(made, book, "zh-CN"), subtitle="🚗\ue000\x07车")
    assert PRESS.pdf(sheet) == PRESS.pdf(replace(sheet, subtitle="🛑\ue001\x08车"))


def test_markup_in_a_title_is_text_and_nothing_else() -> None:
    book = a_book()
    made = catalogue.paper("unsold", book)
    assert made is not None
    sheet = catalogue.sheet(made, book, "en")
    assert PRESS.pdf(replace(sheet, subtitle='#panic("no") $x$ *b* #read("/etc/passwd")')).startswith(b"%PDF")


def test_a_machine_without_chinese_fonts_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match=r"E_FONTS_MISSING.*fonts-noto-cjk.*papers\.fonts"):
        printed("unsold", press=Press((str(tmp_path), str(tmp_path / "nowhere"))))
