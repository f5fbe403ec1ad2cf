"""The receipt of a sealed bid on paper: as it was signed off, whole for who checks it without the house, and the same to the byte."""

import os
import re
from typing import Any

import orjson
import pytest

from engine.domain.opening.events import EnvelopeReceived
from engine.domain.refusals import Refusal
from engine.journal.receipt import sealed_receipt
from engine.journal.signing import holds
from engine.papers.opening import opening_of
from engine.papers.press import Press
from engine.papers.receipt import code_of, lay_receipt, receipt_paper
from engine.papers.words import LANGUAGES, Language
from engine.sealing.manifest import read_manifest
from tests.clients.test_verifier import transcript
from tests.golden.test_transcripts import TRANSCRIPTS
from tests.journal.books import SIGNER
from tests.papers.test_papers import GOLDEN
from tests.papers.test_press import unpacked
from tests.papers.test_quota import book_of


def paper() -> dict[str, Any]:
    """The receipt of the first envelope of an opening."""
    name = "opening_to_the_signed_record"
    for record in transcript(TRANSCRIPTS / f"{name}.txt").records:
        for event in () if isinstance(record.outcome, Refusal) else record.outcome:
            if isinstance(event, EnvelopeReceived):
                manifest = read_manifest(event.manifest.encode()).digest().hex()
                signed = sealed_receipt(record, SIGNER.public, SIGNER.sign)
                return receipt_paper(opening_of(book_of(name)), event, manifest, signed)
    raise AssertionError("nobody submitted")


def test_a_receipt_is_as_it_was_signed_off() -> None:
    path = GOLDEN / "receipt.json"
    text = orjson.dumps(paper(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
    if os.environ.get("LUOCHUI_REWRITE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_its_code_holds_all_that_is_signed_and_the_signature() -> None:
    made = paper()
    word, number, *said, signature = code_of(made).split(":")
    assert (word, number) == ("luochui-receipt-2", made["number"])
    statement = "\n".join(["luochui receipt v1", *said]) + "\n"
    assert holds(bytes.fromhex(made["key"]), statement.encode(), bytes.fromhex(signature))
    assert len(code_of(made)) < 500


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_to_check_it_with_is_in_writing(lang: Language) -> None:
    made = paper()
    sheet = lay_receipt(made, lang)
    assert sheet.mark is not None
    written = "".join(value for _, value in sheet.mark.source)
    assert all(each in written for each in made["statement"].splitlines()[1:])
    assert made["signature"] in written
    assert made["key"] in written
    assert made["name"] in str(sheet.blocks)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_pdf_a_2b_of_one_page_and_the_same_to_the_byte_on_another_press(lang: Language) -> None:
    pdf = Press().pdf(lay_receipt(paper(), lang))
    assert pdf == Press().pdf(lay_receipt(paper(), lang))
    assert re.search(rb'pdfaid:part(>|=")2', pdf)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", unpacked(pdf))) == 1
