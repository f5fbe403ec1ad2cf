"""The record of an opening: every entry with its record, nobody named who must not be, and no price before all are read out."""

import os
import re
from typing import Any

import orjson
import pytest

from engine.domain.views import Audience
from engine.papers import catalogue
from engine.papers.book import NothingOnRecord
from engine.papers.integrity import report_digest
from engine.papers.press import Press
from engine.papers.words import LANGUAGES, Language
from tests.articles import article
from tests.golden.test_transcripts import TRANSCRIPTS
from tests.papers.sale import a_book
from tests.papers.test_papers import GOLDEN
from tests.papers.test_press import unpacked
from tests.papers.test_quota import book_of

NAMES = sorted(path.stem for path in TRANSCRIPTS.glob("opening_*.txt"))
CITES = {
    "deposit_seq": "DepositRecorded",
    "received_seq": "EnvelopeReceived",
    "sheet_seq": "SheetOpened",
    "confirmed_seq": "SheetConfirmed",
    "failed_seq": "SectionFailed",
    "ceiling_seq": "CeilingAnnounced",
    "coefficient_seq": "CoefficientDrawn",
    "answer_seq": "ObjectionAnswered",
}
PRICES = ("1150000", "1140000", "1200000", "1310000", "1200000", "1,150,000", "1,200,000", "1,310,000", "1,140,000")


def read(name: str, upto: int | None = None) -> Any:
    book = book_of(name, upto)
    return orjson.loads(catalogue.as_json(catalogue.OPENING_PAPERS["opening-record"], book))


def whole(name: str, upto: int) -> str:
    book = book_of(name, upto)
    made = catalogue.OPENING_PAPERS["opening-record"]
    sheets = [catalogue.sheet(made, book, lang) for lang in LANGUAGES]
    return catalogue.as_json(made, book).decode() + "".join(str(sheet.blocks) for sheet in sheets)


@article("42")
@pytest.mark.parametrize(
    "name", ["to_the_signed_record", "remedy_and_what_lapses", "ceiling_and_coefficient", "too_few"]
)
def test_the_record_of_an_opening_is_as_it_was_signed_off(name: str) -> None:
    path = GOLDEN / f"opening-record-{name}.json"
    made = read(f"opening_{name}")
    text = orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
    if os.environ.get("LUOCHUI_REWRITE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_cited_happened_in_that_record(name: str) -> None:
    book, paper = book_of(name), read(name)
    kinds = {entry.seq: [type(event).__name__ for event in entry.events] for entry in book.entries}
    for at, line in enumerate(paper["lines"]):
        assert line["type"] in kinds[line["seq"]]
        assert line["at_us"] == book.entries[line["seq"] - 1].arrived_at // 1000
        assert "（不公开）" not in line["zh"], at
    for part in [
        *paper["sections"],
        *paper["objections"],
        *(bid for each in paper["sections"] for bid in each["bids"]),
    ]:
        for cite, kind in CITES.items():
            assert part.get(cite) is None or kind in kinds[part[cite]]
    for bid in (bid for each in paper["sections"] for bid in each["bids"]):
        assert bid["received_seq"] is not None
        assert (bid["unsealed_by"] is None) == (bid["unsealed_seq"] is None)
        assert bid["sheet"] is None or bid["sheet_seq"] is not None
        assert bid["lapse"] is None or "EnvelopeLapsed" in kinds[bid["lapse"]["seq"]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_opening_has_its_record_and_no_paper_of_a_sale(name: str, lang: Language) -> None:
    book = book_of(name)
    assert catalogue.names(book) == ["opening-record"]
    assert catalogue.tables(book) == {}
    made = catalogue.paper("opening-record", book)
    assert made is not None
    assert catalogue.as_json(made, book) == catalogue.as_json(made, book)
    assert catalogue.sheet(made, book, lang).title
    assert catalogue.paper("confirmation-1", book) is None
    assert catalogue.table("bids", book, Audience.ROSTRUM, lang) is None


@article("34")
@pytest.mark.parametrize("name", ["opening_to_the_signed_record", "opening_remedy_and_what_lapses"])
def test_whenever_it_is_made_it_names_nobody_before_the_list_and_no_price_before_all_are_read_out(name: str) -> None:
    book = book_of(name)
    happened = {type(event).__name__: entry.seq for entry in reversed(book.entries) for event in entry.events}
    for upto in range(1, happened["BidsReadOut"]):
        text = whole(name, upto)
        assert not any(price in text for price in PRICES), upto
        if upto < happened["ListPublished"]:
            assert not re.search(r"焦作建工|怀川建设|山阳路桥|太行水利|4711|90210", text), upto
    assert "1310000" in whole(name, len(book.entries))


@article("34")
def test_who_bid_where_nothing_was_opened_is_never_named() -> None:
    text = whole("opening_too_few", len(book_of("opening_too_few").entries))
    assert not re.search(r"焦作建工|怀川建设|山阳路桥|4711|90210", text)
    paper = read("opening_ceiling_and_coefficient")
    failed = next(each for each in paper["sections"] if each["failed"])
    assert (failed["failed"], failed["bids"]) == (1, [])


@article("42")
def test_the_digest_that_is_signed_stands_on_the_record() -> None:
    book = book_of("opening_to_the_signed_record")
    paper = read("opening_to_the_signed_record")
    assert paper["report"] == report_digest(book) is not None
    assert [each["role"] for each in paper["signed"]] == ["host", "supervisor"]
    assert paper["result"] == "final"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_record_of_an_opening_is_pdf_a_2b_with_every_font_inside(lang: Language) -> None:
    book = book_of("opening_remedy_and_what_lapses")
    sheet = catalogue.sheet(catalogue.OPENING_PAPERS["opening-record"], book, lang)
    pdf = Press().pdf(sheet, "https://plates.example.cn/sales/trial/record")
    assert re.search(rb'pdfaid:part(>|=")2', pdf)
    inside = unpacked(pdf)
    assert (
        len(re.findall(rb"/Type\s*/FontDescriptor", inside))
        == len(re.findall(rb"/FontFile[23]?\s+\d+ \d+ R", inside))
        > 0
    )


def test_of_a_long_sheet_the_price_stands_in_the_table_and_all_of_it_below() -> None:
    paper = catalogue.OPENING_PAPERS["opening-record"].make(book_of("opening_to_the_signed_record"))
    more = [{"name": f"f{at}", "title": {"zh": f"项{at}", "en": f"Item {at}"}, "kind": "whole"} for at in range(4)]
    paper["fields"] += more
    for bid in paper["sections"][0]["bids"]:
        bid["sheet"] |= {each["name"]: 7 for each in more}
    blocks = catalogue.OPENING_PAPERS["opening-record"].lay(paper, "en").blocks
    table = next(block for block in blocks if block["kind"] == "table")
    assert table["heads"] == ["Bidder", "Bond", "Received", "Unsealed", "Price", "Remarks", "Confirmed"]
    rows = [block["rows"] for block in blocks if block["kind"] == "facts" and ["Item 3", "7"] in block["rows"]]
    assert len(rows) == len(paper["sections"][0]["bids"])


def test_a_sale_of_another_kind_has_no_record_of_an_opening() -> None:
    with pytest.raises(NothingOnRecord):
        catalogue.OPENING_PAPERS["opening-record"].make(a_book())
    with pytest.raises(NothingOnRecord):
        book_of("opening_too_few").lots(Audience.PUBLIC)
