"""
What stands on papers: each line with its record, the same whenever it is made, and nothing that is not for its reader.

``LUOCHUI_REWRITE=1 python -m tests tests/papers`` writes the golden papers anew. Read the difference: it is what people will sign.
"""

import csv
import io
import os
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.domain import canonical
from engine.domain.auction.views import Audience
from engine.domain.rulesheet import PaddleDisplay
from engine.papers import catalogue, integrity
from engine.papers.book import Book, NothingOnRecord
from engine.papers.tables import TABLES
from tests.journal.books import IDENTITY, Scribe
from tests.papers.sale import PADDLES, PLATES, REASON, a_book, commands, kept, late_bids

GOLDEN = Path(__file__).parents[1] / "golden" / "papers"
MASKS = (PaddleDisplay.MASKED, PaddleDisplay.MASKED_UNTIL_CLOSED)


def read(name: str, book: Book) -> Any:
    made = catalogue.paper(name, book)
    assert made is not None
    return orjson.loads(catalogue.as_json(made, book))


def whole(name: str, book: Book) -> str:
    """A paper as JSON and laid out in both languages, in one text."""
    made = catalogue.paper(name, book)
    assert made is not None
    sheets = [catalogue.sheet(made, book, lang) for lang in ("zh-CN", "en")]
    return catalogue.as_json(made, book).decode() + "".join(str(sheet.blocks) for sheet in sheets)


def paddles_in(text: str) -> set[str]:
    return {str(paddle) for paddle in PADDLES if re.search(rf"(?<![0-9a-f]){paddle}(?![0-9a-f])", text)}


@pytest.mark.parametrize("name", [*catalogue.PAPERS, "confirmation-3"])
def test_a_paper_of_the_small_sale_is_as_it_was_signed_off(name: str) -> None:
    path = GOLDEN / f"{name}.json"
    text = orjson.dumps(read(name, a_book()), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
    if os.environ.get("LUOCHUI_REWRITE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_line_names_the_record_that_says_so() -> None:
    book = a_book()
    lines = read("record", book)["lines"]
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)
    for line in lines:
        entry = book.entries[line["seq"] - 1]
        assert line["type"] in {type(event).__name__ for event in entry.events}
        assert line["at_us"] == entry.arrived_at // 1000
        assert line["by"] == entry.by


def test_the_lots_of_the_announcement_are_those_of_the_sale() -> None:
    paper = read("announcement", a_book())
    assert [(lot["lot"], lot["hammer_fen"]) for lot in paper["sold"]] == [(1, 11_500_00), (3, 107_000_00)]
    assert [(lot["lot"], lot["reason"]) for lot in paper["unsold"]] == [(2, "passed")]
    assert paper["figures"]["turnover_fen"] == 118_500_00
    assert paper["sold"][1]["hammer_words"] == "人民币壹拾万柒仟元整"


def test_a_timed_sale_says_how_its_lots_end() -> None:
    book = a_book()
    made = catalogue.PAPERS["record"]
    paper = made.make(book)
    paper["rule_sheet"] |= {
        "mode": "timed",
        "timed": {"free_s": 300, "window_s": 60, "extension": {"kind": "reset"}},
    }
    facts = dict(made.lay(paper, "en").blocks[0]["rows"])
    assert facts["How a lot ends"] == "timed"
    assert facts["Free / last period (s)"] == "300 / 60"
    assert facts["Extension"] == "the last period begins anew"
    assert "Calls" not in facts


def test_a_lot_that_was_not_put_up_is_unsold_and_has_no_record() -> None:
    book = Book.of(IDENTITY, [(commit, records) for records, commit in kept(commands(close=False)[:10])])
    assert [(lot["reason"], lot["seq"]) for lot in read("unsold", book)["unsold"]] == [
        ("open", None),
        ("waiting", None),
        ("waiting", None),
    ]


def test_late_bids_make_no_other_paper_of_a_sale_that_is_over() -> None:
    scribe = Scribe()
    history = [(commit, records) for records, commit in kept(commands(), scribe=scribe)]
    before = Book.of(IDENTITY, history, anchored=100)
    history += [(commit, records) for records, commit in kept(late_bids(), scribe=scribe)]
    after = Book.of(IDENTITY, history, anchored=100)
    assert after.read == before.read + 2
    for name in catalogue.names(before):
        assert read(name, after) == read(name, before)
    for name in TABLES:
        assert catalogue.table(name, after, Audience.ROSTRUM, "en") == catalogue.table(
            name, before, Audience.ROSTRUM, "en"
        )


def test_a_confirmation_is_the_same_while_the_sale_goes_on_and_after_it() -> None:
    early = Book.of(IDENTITY, [(commit, records) for records, commit in kept(commands()[:15])])
    assert read("confirmation-1", early) == read("confirmation-1", a_book())


@pytest.mark.parametrize("name", ["confirmation-2", "confirmation-4", "confirmation-0", "confirmation-01", "nothing"])
def test_there_is_no_confirmation_of_what_was_not_sold(name: str) -> None:
    assert catalogue.paper(name, a_book()) is None


def test_a_journal_without_a_sale_gives_no_paper() -> None:
    with pytest.raises(NothingOnRecord):
        catalogue.names(Book(IDENTITY))


# The integrity report.


def test_the_digest_of_the_report_can_be_made_again_from_the_report_itself() -> None:
    paper = read("integrity", a_book())
    assert canonical.digest(paper["report"]) == paper["digest"] == integrity.report_digest(a_book())
    assert re.fullmatch(r"[0-9a-f]{64}", paper["digest"])


def test_the_report_does_not_depend_on_how_its_records_were_read_nor_on_what_came_after() -> None:
    scribe = Scribe()
    batches = kept(commands(), scribe=scribe) + kept(late_bids(), scribe=scribe)
    book = Book(IDENTITY)
    for records, commit in batches:
        for record in records:
            book.add((record,), (commit,))  # As pages of the journal: a commit comes with each page it covers.
    assert integrity.report(book) == integrity.report(a_book())


def test_a_sale_that_is_not_closed_has_no_report() -> None:
    book = a_book(close=False)
    assert integrity.report_digest(book) is None
    with pytest.raises(ValueError, match="closed"):
        integrity.report(book)


def test_the_report_counts_what_is_on_the_record() -> None:
    book = a_book()
    report = integrity.report(book)
    assert (report["records"], report["accepted"], report["refused"]) == (book.read, book.read - 3, 3)
    assert report["refusals"] == {"E_AUCTION_PAUSED": 1, "E_BID_BINDING": 1, "E_BID_TOO_LOW": 1}
    assert [(each["reason"], each["resumed_seq"] - each["seq"]) for each in report["suspensions"]] == [(REASON, 2)]
    assert report["arrival_to_record_us"]["online"]["bids"] == 4
    assert report["arrival_to_record_us"]["hall"]["bids"] == 3
    assert report["clock"] == {"went_back": [], "before_arrival": []}
    assert report["epochs"] == [{"epoch": 1, "first": 1, "last": book.read}]
    assert report["heads"][-1] == {"seq": book.read, "event": "SaleClosed", "head": book.head}


@pytest.mark.parametrize(("anchored", "said"), [(None, None), (3, False), (10_000, True)])
def test_the_report_says_whether_the_anchor_reaches_the_closing(anchored: int | None, said: bool | None) -> None:
    book = a_book()
    book.anchored = anchored
    assert read("integrity", book)["anchored"] is said


# Who may read what.


@pytest.mark.parametrize("name", [name for name, paper in catalogue.PAPERS.items() if paper.public])
def test_masked_paddles_stay_masked_on_public_papers(name: str) -> None:
    assert paddles_in(whole(name, a_book(PaddleDisplay.MASKED))) == set()


@pytest.mark.parametrize("name", ["announcement", "unsold", "public-record"])
def test_paddles_masked_until_the_close_are_masked_before_it(name: str) -> None:
    assert paddles_in(whole(name, a_book(PaddleDisplay.MASKED_UNTIL_CLOSED, close=False))) == set()


@pytest.mark.parametrize("name", ["announcement", "public-record"])
def test_paddles_masked_until_the_close_are_shown_after_it(name: str) -> None:
    assert paddles_in(whole(name, a_book(PaddleDisplay.MASKED_UNTIL_CLOSED))) >= {"4711", "4751"}


@pytest.mark.parametrize("name", ["record", "confirmations", "confirmation-1"])
@pytest.mark.parametrize("mask", MASKS)
def test_officers_papers_name_the_paddles(name: str, mask: PaddleDisplay) -> None:
    assert "4711" in paddles_in(whole(name, a_book(mask)))


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.public])
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_masked_paddles_stay_masked_in_public_tables(name: str, lang: Any) -> None:
    content = catalogue.table(name, a_book(PaddleDisplay.MASKED), Audience.PUBLIC, lang)
    assert content is not None
    assert paddles_in(content.decode()) == set()


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.public])
def test_some_tables_are_for_officers_only(name: str) -> None:
    assert catalogue.table(name, a_book(), Audience.PUBLIC, "en") is None
    assert catalogue.table(name, a_book(), Audience.ROSTRUM, "en") is not None


def test_what_was_offered_in_vain_is_on_no_paper() -> None:
    book = a_book()
    texts = [whole(name, book) for name in catalogue.names(book)]
    texts += [(catalogue.table(name, book, Audience.ROSTRUM, "en") or b"").decode() for name in TABLES]
    for text in texts:
        assert not re.search(r"(?<![0-9])(900000|3000000|9,000|30,000)(?![0-9])", text)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_whole_harmless_and_opens_in_a_spreadsheet(name: str) -> None:
    for lang in ("zh-CN", "en"):
        content = catalogue.table(name, a_book(), Audience.ROSTRUM, lang)
        assert content is not None
        assert content.startswith("\ufeff".encode())
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len(rows) > 1 or name == "extensions"
        assert {len(row) for row in rows} == {len(TABLES[name].zh)} == {len(TABLES[name].en)}
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_the_public_is_told_that_something_was_refused_and_officers_what_it_was() -> None:
    public, full = (
        catalogue.table("refusals", a_book(), audience, "en") or b"" for audience in (Audience.PUBLIC, Audience.ROSTRUM)
    )
    assert b",,,,E_BID_TOO_LOW\r\n" in public
    assert b",bidder:4712,PlaceBid,3,E_BID_TOO_LOW\r\n" in full


def test_the_plate_that_looks_like_a_formula_is_in_the_tables() -> None:
    content = catalogue.table("lots", a_book(), Audience.PUBLIC, "en") or b""
    assert f"'{PLATES[1]}".encode() in content
