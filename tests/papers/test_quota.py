"""The papers of a quota sale: its result, and the integrity report that officers sign."""

import pytest

from engine.domain.views import Audience
from engine.papers import catalogue
from engine.papers.book import Book, NothingOnRecord
from engine.papers.integrity import report_digest
from engine.papers.words import LANGUAGES, Language
from tests.clients.test_verifier import transcript
from tests.golden.test_transcripts import TRANSCRIPTS
from tests.journal.books import IDENTITY
from tests.papers.sale import a_book


def book_of(name: str, upto: int | None = None) -> Book:
    journal = transcript(TRANSCRIPTS / f"{name}.txt")
    book = Book(IDENTITY)
    last = len(journal.records) if upto is None else upto
    book.add(journal.records[:last], [commit for commit in journal.commits if commit.last <= last])
    return book


@pytest.mark.parametrize("name", sorted(path.stem for path in TRANSCRIPTS.glob("quota_*.txt")))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_quota_sale_has_its_papers_and_no_others(name: str, lang: Language) -> None:
    book = book_of(name)
    assert catalogue.names(book) == ["result", "integrity"]
    assert catalogue.tables(book) == {}
    for paper in catalogue.names(book):
        made = catalogue.paper(paper, book)
        assert made is not None
        assert catalogue.as_json(made, book) == catalogue.as_json(made, book)
        assert catalogue.sheet(made, book, lang).title
    assert catalogue.paper("confirmation-1", book) is None
    assert catalogue.table("bids", book, Audience.ROSTRUM, lang) is None


def test_the_result_names_prices_seconds_and_the_record_that_says_so() -> None:
    book = book_of("quota_shanghai")
    made = catalogue.QUOTA_PAPERS["result"].make(book)
    [line] = made["classes"]
    assert (line["winners"], line["lowest_fen"], line["average_fen"]) == (3, 86_200_00, 86_333_33)
    assert (made["result"], made["signed"], made["closed_seq"]) == ("final", ["auctioneer", "supervisor"], 21)


def test_the_digest_that_is_signed_is_that_of_the_sale_as_it_was_closed() -> None:
    assert report_digest(book_of("quota_shanghai", 21)) == report_digest(book_of("quota_shanghai")) is not None
    assert report_digest(book_of("quota_shanghai", 20)) is None


def test_a_kind_of_sale_has_no_papers_of_the_other() -> None:
    with pytest.raises(NothingOnRecord):
        catalogue.QUOTA_PAPERS["result"].make(a_book())
    with pytest.raises(NothingOnRecord):
        book_of("quota_shanghai").lots(Audience.PUBLIC)
