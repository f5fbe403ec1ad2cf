"""
Papers on request, while the house serves: made in a worker thread, few at once, and kept for the next who asks.

A sale's book is read from its journal once and then carried on. What is asked for waits its turn; when too many wait, the next is told
to come back.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import trio

from engine.domain.views import Audience
from engine.journal.base import Journal
from engine.journal.faults import JournalFault
from engine.papers import catalogue
from engine.papers.book import Book, NothingOnRecord
from engine.papers.catalogue import FORMS, Form
from engine.papers.integrity import report_digest
from engine.papers.pades import signer_of
from engine.papers.press import FONT_FOLDERS, FontsMissing, Press
from engine.papers.words import LANGUAGES, Language
from engine.wire.refusals import Fault

T = TypeVar("T")

READ_RECORDS: Final = 500
"""Records read from the journal at once."""


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """Where fonts are, and how much papers may cost a house that serves."""

    fonts: tuple[str, ...] = FONT_FOLDERS
    """Folders with Chinese fonts; those that are not there are passed over."""

    base_url: str = ""
    """The house as the public reaches it, for the QR codes on papers; without it they hold the head of the record."""

    sign_certificate: str = ""
    """Signs PDFs on request (PAdES): PEM, the authorities above after it. Needs the extra ``luochui[pades]``."""

    sign_key: str = ""
    """Its key: PEM, RSA or P-256, without a password."""

    presses: int = 1
    """Papers made at once, each in a thread of its own."""

    waiting_max: int = 16
    """Requests that may wait for a press."""

    cache_bytes_max: int = 64 * 1024 * 1024
    """Papers kept for the next who asks."""

    rows_max: int = 5000
    """Rows of a paper that is printed while the house serves: so many take two seconds and half a gigabyte."""

    books_max: int = 4
    """Sales whose records are held in memory to make papers of."""


class Desk:
    """
    Hands out papers of every sale of a house. The pages ask it as :class:`engine.gateway.papers.Papers`.

    Args:
        journals: The journal of a sale; None where there is no sale, or nothing of it may be known yet.
        settings: Limits.

    """

    def __init__(self, journals: Callable[[str], Journal | None], settings: PaperSettings) -> None:
        self._journals = journals
        self._settings = settings
        self._press = Press(settings.fonts)
        self._signer = signer_of(settings.sign_certificate, settings.sign_key)
        self._presses = trio.CapacityLimiter(settings.presses)
        self._reading = trio.Lock()
        self._waiting = 0
        self._books: OrderedDict[str, Book] = OrderedDict()
        self._kept: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._kept_bytes = 0

    async def listing(self, sale: str, *, officer: bool) -> dict[str, Any] | Fault:
        """
        The papers of a sale: ``{sale, seq, head, report, signs, papers: [{name, zh, en, forms, public, ready}]}``.

        ``report`` is the digest of the integrity report, null while the sale is not closed; ``signs``, whether a PDF can be had with a
        signature.
        """
        try:
            with self._turn():
                return await self._listed(sale, officer)
        except JournalFault:
            return Fault.ENGINE_HALTED_STORAGE
        except _Refused as refused:
            return refused.fault

    async def paper(  # noqa: PLR0913 - what is asked for and by whom
        self, sale: str, name: str, form: str, lang: str, *, officer: bool, signed: bool = False
    ) -> bytes | Fault:
        """One paper, or why it is not handed out; with a signature, if the house has a certificate to sign with."""
        if form not in FORMS or lang not in LANGUAGES or (signed and (self._signer is None or form != "pdf")):
            return Fault.NOT_FOUND
        try:
            with self._turn():
                made = await self._handed_out(sale, name, form, lang, officer)
                if signed and self._signer is not None:
                    return await self._run(self._signer.sign, made)
                return made
        except FontsMissing:
            return Fault.FONTS_MISSING
        except JournalFault:
            return Fault.ENGINE_HALTED_STORAGE
        except _Refused as refused:
            return refused.fault

    async def _listed(self, sale: str, officer: bool) -> dict[str, Any]:
        async with self._reading:
            book = await self._book(sale)
            return {**await self._run(_listing, book, officer), "signs": self._signer is not None}

    async def _handed_out(self, sale: str, name: str, form: Form, lang: Language, officer: bool) -> bytes:
        async with self._reading:
            book = await self._book(sale)
            made = None if form == "csv" else catalogue.paper(name, book)
            self._check(made, book, name, form, officer)
            # JSON speaks both languages; a table differs by who asks.
            key = (sale, book.seq, name, form, "" if form == "json" else lang, officer and form == "csv")
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return found
            if made is None:
                audience = Audience.ROSTRUM if officer else Audience.PUBLIC
                found = await self._run(catalogue.table, name, book, audience, lang)
                return self._keep(key, found or b"")
            if form == "json":
                return self._keep(key, await self._run(catalogue.as_json, made, book))
            sheet = await self._run(catalogue.sheet, made, book, lang)
            if sheet.rows > self._settings.rows_max:
                raise _Refused(Fault.PAPER_TOO_LONG)
            url = catalogue.record_url(self._settings.base_url, book)
        return self._keep(key, await self._run(self._press.pdf, sheet, url))

    def _check(self, made: catalogue.Paper | None, book: Book, name: str, form: Form, officer: bool) -> None:
        """See that who asks may have it, and that it is time."""
        table = catalogue.tables(book).get(name) if form == "csv" else None
        if made is None and table is None:
            # Whether a lot was sold by now is public, so its confirmation may be known not to be there.
            raise _Refused(Fault.NOT_FOUND)
        public = table.public if table is not None else made is not None and made.public
        if not public and not officer:
            raise _Refused(Fault.AUTH_INVALID)
        waits = not officer or (made is not None and made.after_close)
        if waits and not catalogue.closed(book):
            raise _Refused(Fault.PAPER_NOT_YET)

    async def _book(self, sale: str) -> Book:
        """The book of a sale, read up to where its journal stands."""
        journal = self._journals(sale)
        if journal is None:
            raise _Refused(Fault.NOT_FOUND)
        book = self._books.pop(sale, None) or Book(journal.identity)
        while (page := await journal.read(book.read, READ_RECORDS)).records:
            await self._run(book.add, page.records, page.commits)
        book.anchored = book.read  # What can be read from a journal that is served has been anchored.
        self._books[sale] = book
        if len(self._books) > self._settings.books_max:
            self._books.popitem(last=False)
        try:
            _ = book.state
        except NothingOnRecord:
            raise _Refused(Fault.NOT_FOUND) from None
        return book

    async def _run(self, work: Callable[..., T], *given: Any) -> T:
        return await trio.to_thread.run_sync(work, *given, limiter=self._presses)

    def _keep(self, key: tuple[object, ...], made: bytes) -> bytes:
        if key not in self._kept:
            self._kept[key] = made
            self._kept_bytes += len(made)
            while self._kept_bytes > self._settings.cache_bytes_max:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= len(oldest)
        return made

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A place in the line."""
        if self._waiting >= self._settings.presses + self._settings.waiting_max:
            raise _Refused(Fault.BUSY)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def _listing(book: Book, officer: bool) -> dict[str, Any]:
    closed = catalogue.closed(book)
    papers: list[dict[str, Any]] = []
    for name in catalogue.names(book):
        made = catalogue.paper(name, book)
        if made is not None and (officer or made.public):
            ready = closed or (officer and not made.after_close)
            papers.append(
                {
                    "name": name,
                    "zh": made.zh,
                    "en": made.en,
                    "forms": ["pdf", "json"],
                    "public": made.public,
                    "ready": ready,
                }
            )
    for name, table in catalogue.tables(book).items():
        if officer or table.public:
            zh, en = table.title
            papers.append(
                {
                    "name": name,
                    "zh": zh,
                    "en": en,
                    "forms": ["csv"],
                    "public": table.public,
                    "ready": closed or officer,
                }
            )
    return {
        "sale": book.state.sale,
        "seq": book.seq,
        "head": book.head,
        "report": report_digest(book),
        "papers": papers,
    }
