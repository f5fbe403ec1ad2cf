"""Papers on request: who gets which, and from when on."""

from dataclasses import replace

import orjson
import pytest
import trio
import trio.testing

from engine.domain.rulesheet import PaddleDisplay
from engine.journal.base import Pages
from engine.journal.faults import StorageFault
from engine.journal.memory import MemoryJournal
from engine.papers.desk import Desk, PaperSettings
from engine.wire.refusals import Fault
from tests.journal.books import IDENTITY
from tests.papers.sale import a_book, a_journal, commands, kept

SALE = IDENTITY.sale
SETTINGS = PaperSettings()


class SlowJournal(MemoryJournal):
    """Is read when it is told to."""

    def __init__(self) -> None:
        super().__init__(IDENTITY)
        self.go = trio.Event()

    async def read(self, after: int, limit: int) -> Pages:
        await self.go.wait()
        return await super().read(after, limit)


async def a_desk(
    paddles: PaddleDisplay = PaddleDisplay.SHOWN, *, close: bool = True, settings: PaperSettings = SETTINGS
) -> Desk:
    return Desk({SALE: await a_journal(paddles, close=close)}.get, settings)


async def ask(desk: Desk, name: str, form: str, *, officer: bool = False, lang: str = "en") -> bytes | Fault:
    return await desk.paper(SALE, name, form, lang, officer=officer)


async def test_a_paper_handed_out_is_the_one_made_of_the_journal() -> None:
    desk = await a_desk()
    content = await ask(desk, "integrity", "json")
    assert isinstance(content, bytes)
    assert orjson.loads(content)["made_from"]["head"] == a_book().head
    assert orjson.loads(content)["anchored"] is True
    pdf = await ask(desk, "unsold", "pdf")
    assert isinstance(pdf, bytes)
    assert pdf.startswith(b"%PDF")
    assert await ask(desk, "unsold", "pdf") is pdf, "kept for the next who asks"
    assert await ask(desk, "unsold", "pdf", lang="zh-CN") != pdf


@pytest.mark.parametrize(
    ("name", "form"),
    [("record", "json"), ("confirmations", "pdf"), ("confirmation-1", "json"), ("paddles", "csv"), ("acts", "csv")],
)
async def test_some_papers_are_for_officers_only(name: str, form: str) -> None:
    desk = await a_desk()
    assert await ask(desk, name, form) is Fault.AUTH_INVALID
    assert isinstance(await ask(desk, name, form, officer=True), bytes)


@pytest.mark.parametrize(
    ("name", "form"),
    [("nothing", "json"), ("confirmation-2", "pdf"), ("record", "csv"), ("bids", "json"), ("unsold", "exe")],
)
async def test_what_there_is_not_is_not_found(name: str, form: str) -> None:
    assert await ask(await a_desk(), name, form, officer=True) is Fault.NOT_FOUND


async def test_other_sales_and_languages_are_not_found() -> None:
    desk = await a_desk()
    assert await desk.paper("other", "unsold", "pdf", "en", officer=True) is Fault.NOT_FOUND
    assert await desk.paper(SALE, "unsold", "pdf", "fr", officer=True) is Fault.NOT_FOUND
    assert await desk.listing("other", officer=True) is Fault.NOT_FOUND
    assert await Desk({SALE: MemoryJournal(IDENTITY)}.get, SETTINGS).listing(SALE, officer=True) is Fault.NOT_FOUND


async def test_the_public_waits_for_the_close_and_officers_do_not() -> None:
    desk = await a_desk(close=False)
    for name, form in (("announcement", "json"), ("public-record", "pdf"), ("bids", "csv")):
        assert await ask(desk, name, form) is Fault.PAPER_NOT_YET
        assert isinstance(await ask(desk, name, form, officer=True), bytes)
    assert await ask(desk, "integrity", "json", officer=True) is Fault.PAPER_NOT_YET


async def test_a_table_names_paddles_to_officers_and_not_to_the_public() -> None:
    desk = await a_desk(PaddleDisplay.MASKED)
    public, full = await ask(desk, "bids", "csv"), await ask(desk, "bids", "csv", officer=True)
    assert isinstance(public, bytes)
    assert isinstance(full, bytes)
    assert b"4711" not in public
    assert b"4711" in full


async def test_the_list_says_what_there_is_and_for_whom() -> None:
    desk = await a_desk()
    public, full = await desk.listing(SALE, officer=False), await desk.listing(SALE, officer=True)
    assert isinstance(public, dict)
    assert isinstance(full, dict)
    assert all(paper["public"] and paper["ready"] for paper in public["papers"])
    names = {paper["name"] for paper in full["papers"]}
    assert names - {paper["name"] for paper in public["papers"]} == {
        "record", "confirmations", "confirmation-1", "confirmation-3", "paddles", "acts",
    }  # fmt: skip
    assert len(public["report"]) == 64
    early = await (await a_desk(close=False)).listing(SALE, officer=True)
    assert isinstance(early, dict)
    assert early["report"] is None
    assert [paper["name"] for paper in early["papers"] if not paper["ready"]] == ["integrity"]


async def test_a_house_without_fonts_still_gives_json_and_tables() -> None:
    desk = await a_desk(settings=replace(SETTINGS, fonts=("/nowhere",)))
    assert await ask(desk, "unsold", "pdf") is Fault.FONTS_MISSING
    assert isinstance(await ask(desk, "unsold", "json"), bytes)
    assert isinstance(await ask(desk, "lots", "csv"), bytes)


async def test_a_paper_too_long_is_not_printed_while_the_house_serves() -> None:
    desk = await a_desk(settings=replace(SETTINGS, rows_max=5))
    assert await ask(desk, "public-record", "pdf") is Fault.PAPER_TOO_LONG
    assert isinstance(await ask(desk, "public-record", "json"), bytes)


async def test_papers_kept_stay_within_their_limit() -> None:
    desk = await a_desk(settings=replace(SETTINGS, cache_bytes_max=1))
    first, second = await ask(desk, "unsold", "json"), await ask(desk, "unsold", "json")
    assert first == second
    assert first is not second


async def test_when_too_many_wait_the_next_is_told_to_come_back() -> None:
    journal = SlowJournal()
    for records, commit in kept(commands()):
        await journal.append(records, commit)
    desk = Desk({SALE: journal}.get, replace(SETTINGS, waiting_max=1))
    answers: list[bytes | Fault] = []

    async def wait_for_one() -> None:
        answers.append(await ask(desk, "lots", "csv", officer=True))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(wait_for_one)
        nursery.start_soon(wait_for_one)
        await trio.testing.wait_all_tasks_blocked()
        assert await ask(desk, "lots", "csv", officer=True) is Fault.BUSY
        assert await desk.listing(SALE, officer=True) is Fault.BUSY
        journal.go.set()
    assert [type(answer) for answer in answers] == [bytes, bytes]
    assert isinstance(await ask(desk, "lots", "csv", officer=True), bytes)


class BrokenJournal(MemoryJournal):
    """Cannot be read."""

    async def read(self, after: int, limit: int) -> Pages:
        raise StorageFault("the disk is gone")


async def test_a_house_whose_storage_failed_says_so() -> None:
    desk = Desk({SALE: BrokenJournal(IDENTITY)}.get, SETTINGS)
    assert await ask(desk, "unsold", "json") is Fault.ENGINE_HALTED_STORAGE
    assert await desk.listing(SALE, officer=False) is Fault.ENGINE_HALTED_STORAGE


async def test_books_beyond_the_limit_are_read_again() -> None:
    journals = {sale: await a_journal(sale=sale) for sale in (SALE, "other", "third")}
    desk = Desk(journals.get, replace(SETTINGS, books_max=1))
    for sale in (SALE, "other", "third", SALE):
        assert isinstance(await desk.paper(sale, "lots", "csv", "en", officer=False), bytes)
