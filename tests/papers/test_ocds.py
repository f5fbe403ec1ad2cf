"""A finished opening as an OCDS release: valid by the standard's own schema, exact to the fen, and naming nobody it must not name."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.opening.state import Opening
from engine.domain.units import FEN_MAX, Fen
from engine.papers import ocds
from engine.papers.book import Book, NothingOnRecord
from tests.articles import article
from tests.journal.books import IDENTITY
from tests.papers.sale import a_book
from tests.papers.test_quota import book_of
from tests.tampering.opening_sales import opening_sale

SCHEMAS = Path(__file__).with_name("ocds")
PREFIX = "ocds-abc123"
CENTRE = "某市公共资源交易中心"


@cache
def schema() -> Any:
    """The release schema with the extensions merged in, and strict: what it does not know is wrong."""
    core, *more = (json.loads(path.read_text(encoding="utf-8")) for path in (
        SCHEMAS / "release-schema-1.1.5.json", SCHEMAS / "bids-1.1.3.json", SCHEMAS / "lots-1.1.1.json",
    ))  # fmt: skip
    for each in more:
        core = merged(core, each)
    for kind in [core, *core["definitions"].values()]:
        kind["additionalProperties"] = False
    jsonschema.Draft4Validator.check_schema(core)
    return jsonschema.Draft4Validator(core, format_checker=jsonschema.FormatChecker())


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, Mapping):
        return patch
    found = dict(target) if isinstance(target, Mapping) else {}
    return found | {name: merged(found.get(name), value) for name, value in patch.items()}


def read(book: Book) -> Any:
    return json.loads(ocds.package(book, PREFIX, CENTRE), parse_float=Decimal)


def released(book: Book) -> Any:
    [release] = read(book)["releases"]
    text = ocds.package(book, PREFIX, CENTRE).decode()
    errors = [f"{list(e.path)}: {e.message}" for e in schema().iter_errors(json.loads(text)["releases"][0])]
    assert errors == []
    return release


def of_seed(seed: int) -> Book:
    journal = opening_sale(seed)
    book = Book(IDENTITY)
    book.add(journal.records, journal.commits)
    return book


@pytest.mark.parametrize("name", ["to_the_signed_record", "ceiling_and_coefficient", "too_few", "without_a_remedy"])
def test_a_finished_opening_is_a_valid_release(name: str) -> None:
    book = book_of(f"opening_{name}")
    if book.instant_of("OpeningEnded") is None:
        with pytest.raises(NothingOnRecord, match="ended"):
            ocds.package(book, PREFIX, CENTRE)
        return
    released(book)


@pytest.mark.parametrize("seed", range(3))
def test_any_finished_opening_is_a_valid_release_with_every_price_as_it_was_read_out(seed: int) -> None:
    book = of_seed(seed)
    release, opening = released(book), book.state
    assert isinstance(opening, Opening)
    details = {each["id"]: each for each in release["bids"]["details"]}
    assert details.keys() == {f"{each.section}-{each.bidder}" for each in opening.live()}
    for each in opening.live():
        said = details[f"{each.section}-{each.bidder}"]
        assert said["status"] == ("withdrawn" if each.lapse else "pending")
        price = None if each.content is None else each.content["price_fen"]
        assert (said["value"]["amount"] * 100 if "value" in said else None) == price
    assert {each["id"] for each in release["parties"]} == {str(each.bidder) for each in opening.live()}
    assert [each["value"] for each in release["bids"]["statistics"]] == [
        len(opening.of_section(each.name)) for each in opening.rules.sections
    ]


@article("34")
def test_who_bid_where_nothing_was_opened_or_took_his_bid_back_is_not_named() -> None:
    text = ocds.package(book_of("opening_too_few"), PREFIX, CENTRE).decode()
    assert "parties" not in text
    assert not re.search(r"焦作建工|怀川建设|山阳路桥|4711|90210", text)
    withdrawn = next(of_seed(seed) for seed in range(50) if "1001" in str(of_seed(seed).entries))
    assert "投标人1001" not in ocds.package(withdrawn, PREFIX, CENTRE).decode()


@given(st.integers(min_value=0, max_value=FEN_MAX))
def test_an_amount_is_exact_to_the_fen(fen: int) -> None:
    text = orjson.dumps(ocds.amount(Fen(fen))).decode()
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) * 100 == fen
    assert re.fullmatch(r"(0|[1-9]\d*)\.\d\d", text)


def test_it_is_the_same_to_the_byte_whenever_it_is_made() -> None:
    assert ocds.package(of_seed(0), PREFIX, CENTRE) == ocds.package(of_seed(0), PREFIX, CENTRE)


@pytest.mark.parametrize("prefix", ["", "ocds-", "ocds-ABC123", "abc123", "ocds-abc1234"])
def test_a_prefix_is_registered_and_not_made_up(prefix: str) -> None:
    with pytest.raises(ocds.NoPrefix):
        ocds.package(book_of("opening_too_few"), prefix, CENTRE)


def test_a_sale_of_another_kind_is_no_release() -> None:
    with pytest.raises(NothingOnRecord):
        ocds.package(a_book(), PREFIX, CENTRE)
