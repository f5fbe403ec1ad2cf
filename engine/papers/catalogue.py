"""Which papers there are, who may have them, and from when on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal
from urllib.parse import quote

from engine.domain.auction.state import LotPhase, SalePhase
from engine.domain.opening.state import Opening
from engine.domain.quota.state import QuotaSale
from engine.domain.views import Audience
from engine.papers import confirmation, integrity, opening, opening_layout, quota, record, results
from engine.papers.book import Book
from engine.papers.sheet import Sheet
from engine.papers.tables import TABLES, Table, csv_of
from engine.papers.words import Language
from engine.wire.codec import dumps

Form = Literal["pdf", "json", "csv"]

FORMS: Final[tuple[Form, ...]] = ("pdf", "json", "csv")

_CONFIRMATION: Final = re.compile(r"confirmation-([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One kind of paper, as JSON and as PDF."""

    zh: str
    en: str
    make: Callable[[Book], dict[str, Any]]
    lay: Callable[[Mapping[str, Any], Language], Sheet]

    public: bool = False
    """For everybody, masked as the rule sheet says; otherwise for officers only."""

    after_close: bool = False
    """Whether officers, too, get it only once the sale is closed; the public always waits for that."""


PAPERS: Final[dict[str, Paper]] = {
    "record": Paper(
        zh="拍卖笔录",
        en="Record of the sale",
        make=partial(record.record_of_sale, audience=Audience.ROSTRUM),
        lay=record.lay_record,
    ),
    "confirmations": Paper(
        zh="成交确认书（全部）",
        en="Confirmations of sale, all",
        make=confirmation.confirmations,
        lay=confirmation.lay_confirmations,
    ),
    "announcement": Paper(
        zh="竞价结果公告",
        en="Result of the sale",
        make=results.announcement,
        lay=results.lay_announcement,
        public=True,
    ),
    "unsold": Paper(zh="未成交标的清单", en="Lots not sold", make=results.unsold, lay=results.lay_unsold, public=True),
    "integrity": Paper(
        zh="记录完整性报告",
        en="Integrity report",
        make=integrity.integrity,
        lay=integrity.lay_integrity,
        public=True,
        after_close=True,
    ),
    "public-record": Paper(
        zh="拍卖会公开记录",
        en="Public record of the sale",
        make=partial(record.record_of_sale, audience=Audience.PUBLIC),
        lay=record.lay_public_record,
        public=True,
    ),
}
"""Name → paper. Beside these there is ``confirmation-N`` for each lot N sold."""


QUOTA_PAPERS: Final[dict[str, Paper]] = {
    "result": Paper(
        zh="额度竞价结果公告",
        en="Result of the quota sale",
        make=quota.notice,
        lay=quota.lay_notice,
        public=True,
        after_close=True,
    ),
    "integrity": PAPERS["integrity"],
}
"""Of a quota sale; it has no tables."""

OPENING_PAPERS: Final[dict[str, Paper]] = {
    "opening-record": Paper(
        zh="开标记录表",
        en="Record of the opening",
        make=opening.record_of_opening,
        lay=opening_layout.lay_opening,
        public=True,
        after_close=True,
    ),
}
"""Of an opening of sealed bids; it has no tables."""


def _papers(book: Book) -> dict[str, Paper]:
    kinds = {QuotaSale: QUOTA_PAPERS, Opening: OPENING_PAPERS}
    return kinds.get(type(book.state), PAPERS)


def tables(book: Book) -> dict[str, Table]:
    """Every table of this sale."""
    return TABLES if _papers(book) is PAPERS else {}


def paper(name: str, book: Book) -> Paper | None:
    """The paper called ``name``, if there is such a one of this sale, now or later."""
    lot = _CONFIRMATION.fullmatch(name)
    if lot is None or _papers(book) is not PAPERS:
        return _papers(book).get(name)
    number = int(lot[1])
    if not any(each == number and lot_.phase is LotPhase.SOLD for each, lot_ in book.auction.lots.items()):
        return None
    return Paper(
        zh=f"成交确认书（{number} 号标的）",
        en=f"Confirmation of sale, lot {number}",
        make=partial(confirmation.confirmations, lot=number),
        lay=confirmation.lay_confirmations,
    )


def names(book: Book) -> list[str]:
    """Every paper of this sale that is not a table, in the order in which they are handed out."""
    if _papers(book) is not PAPERS:
        return [*_papers(book)]
    sold = [f"confirmation-{number}" for number, lot in book.auction.lots.items() if lot.phase is LotPhase.SOLD]
    return [*PAPERS, *sold]


def closed(book: Book) -> bool:
    """Whether the sale is over."""
    return book.state.phase is SalePhase.CLOSED


def as_json(made: Paper, book: Book) -> bytes:
    """A paper as canonical JSON."""
    return dumps(made.make(book))


def sheet(made: Paper, book: Book, lang: Language) -> Sheet:
    """A paper laid out."""
    return made.lay(made.make(book), lang)


def table(name: str, book: Book, audience: Audience, lang: Language) -> bytes | None:
    """A table as CSV; None if ``audience`` cannot have one of this name."""
    found = tables(book).get(name)
    if found is None or (audience is not Audience.ROSTRUM and not found.public):
        return None
    return csv_of(name, book, audience, lang)


def record_url(base_url: str | None, book: Book) -> str | None:
    """The address of the public record of a sale in the house at ``base_url``."""
    return f"{base_url.rstrip('/')}/sales/{quote(book.state.sale)}/record" if base_url else None
