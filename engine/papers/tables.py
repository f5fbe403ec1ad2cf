"""The tables of a sale, for spreadsheets: each row with the record it comes from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.domain.parties import Role, role_of
from engine.domain.views import Audience
from engine.papers import results
from engine.papers.book import Book, Line
from engine.papers.sentences import sentence
from engine.papers.words import Language, code, pick, who
from engine.wire import spreadsheet
from engine.wire.spreadsheet import instant, yuan

Row = tuple[object, ...]

_NO_OFFICERS: Final = frozenset({Role.BIDDER.value, Role.HOUSE.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table."""

    title: tuple[str, str]
    """In Chinese and in English."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    """Headings of the columns."""

    rows: Callable[[Book, Audience, Language], Iterator[Row]]

    public: bool = True
    """Whether there is a version for everybody, masked as the rule sheet says."""


def csv_of(name: str, book: Book, audience: Audience, lang: Language) -> bytes:
    """The table called ``name``, as CSV."""
    table = TABLES[name]
    head = pick(lang, "\n".join(table.zh), "\n".join(table.en)).split("\n")
    return spreadsheet.BOM.encode() + spreadsheet.table([head, *table.rows(book, audience, lang)])


def _lots(book: Book, audience: Audience, lang: Language) -> Iterator[Row]:
    for lot in book.lots(audience):
        yield (
            lot["lot"],
            lot["plate"],
            lot["opening_fen"],
            yuan(lot["opening_fen"]),
            code(lot["phase"], lang),
            lot["hammer_fen"],
            yuan(lot["hammer_fen"]),
            _who(lot["who"], lang),
            lot["bid_count"],
            lot.get("round"),
            code(lot.get("reserve", "none"), lang),
        )


def _bids(book: Book, audience: Audience, lang: Language) -> Iterator[Row]:
    plates = {lot["lot"]: lot["plate"] for lot in book.lots(audience)}
    voided = _voided(book, audience)
    for line in book.lines(audience):
        if line.kind == "BidPlaced":
            told = line.told
            amount = told.get("amount_fen")
            yield (
                line.seq,
                _at(line),
                told["lot"],
                plates[told["lot"]],
                told.get("no"),
                _who(told.get("who"), lang),
                code(told["channel"], lang),
                code(told.get("basis", "bid"), lang),
                amount,
                yuan(amount),
                voided.get(line.seq),
            )


def _voided(book: Book, audience: Audience) -> dict[int, int]:
    """The record of each voided bid → the one that voided it. A lot put up again numbers its bids anew."""
    placed: dict[tuple[int, int], int] = {}
    voided: dict[int, int] = {}
    for line in book.lines(audience):
        if line.kind in {"BidPlaced", "BidVoided"} and "no" in line.told:
            bid = line.told["lot"], line.told["no"]
            if line.kind == "BidPlaced":
                placed[bid] = line.seq
            else:
                voided[placed[bid]] = line.seq
    return voided


def _paddles(book: Book, audience: Audience, lang: Language) -> Iterator[Row]:
    for name, paddle in book.parts(audience).items():
        if name.startswith("paddle/"):
            yield (
                paddle["paddle"],
                code(paddle["channel"], lang),
                paddle["rights"],
                " ".join(map(str, paddle["won"])),
            )


def _calls(book: Book, audience: Audience, _lang: Language) -> Iterator[Row]:
    for line in book.lines(audience):
        if line.kind == "WarningCalled":
            price = line.told.get("price_fen")
            yield line.seq, _at(line), line.told["lot"], line.told["call"], price, yuan(price)


def _suspensions(book: Book, audience: Audience, lang: Language) -> Iterator[Row]:
    for line in book.lines(audience):
        if line.kind in {"SaleSuspended", "SaleResumed"}:
            yield line.seq, _at(line), sentence(line.told, lang), line.told.get("reason")


def _refusals(book: Book, audience: Audience, _lang: Language) -> Iterator[Row]:
    """The public record shows of a refusal its code; what was asked in vain, and by whom, is for officers."""
    for entry in book.covered():
        if entry.refused is not None:
            asked = (entry.by, entry.command, entry.lot) if audience is Audience.ROSTRUM else (None, None, None)
            yield entry.seq, instant(entry.arrived_at), *asked, entry.refused


def _acts(book: Book, audience: Audience, lang: Language) -> Iterator[Row]:
    for line in book.lines(audience):
        if role_of(line.by) not in _NO_OFFICERS:
            yield line.seq, _at(line), line.by, line.kind, line.told.get("lot"), sentence(line.told, lang)


def _extensions(book: Book, audience: Audience, _lang: Language) -> Iterator[Row]:
    for line in book.lines(audience):
        if line.kind == "BiddingExtended":
            yield line.seq, _at(line), line.told.get("lot"), instant(line.told["closes_at_us"] * 1000)


def _results(book: Book, audience: Audience, lang: Language) -> Iterator[Row]:
    for lot in results.sold_lots(book, audience):
        yield (
            lot["seq"],
            instant(lot["at_us"] * 1000),
            lot["lot"],
            lot["plate"],
            code("sold", lang),
            _who(lot["who"], lang),
            code(lot["channel"], lang),
            lot["opening_fen"],
            lot["hammer_fen"],
            yuan(lot["hammer_fen"]),
            lot["hammer_words"],
        )
    for lot in results.unsold_lots(book, audience):
        at = None if lot["at_us"] is None else instant(lot["at_us"] * 1000)
        how = code(lot["reason"], lang)
        yield lot["seq"], at, lot["lot"], lot["plate"], how, None, None, lot["opening_fen"], None, None, None


def _who(person: dict[str, int] | None, lang: Language) -> object:
    """A paddle as a number that can be sorted; a masked one by its name."""
    if person is None:
        return None
    return person["paddle"] if "paddle" in person else who(person, lang)


def _at(line: Line) -> str:
    return instant(line.at_us * 1000)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TABLES: Final[dict[str, Table]] = {
    "lots": Table(
        title=("标的", "Lots"),
        zh=_columns("标的 号牌 起拍价（分） 起拍价（元） 状态 成交价（分） 成交价（元） 买受人 应价次数 轮次 保留价"),
        en=_columns("lot plate opening_fen opening_yuan phase hammer_fen hammer_yuan buyer bids round reserve"),
        rows=_lots,
    ),
    "bids": Table(
        title=("应价", "Bids"),
        zh=_columns(
            "记录序号 到达时间 标的 号牌 应价号 竞买人 竞价方式 应价依据 应价（分） 应价（元） 认定无效的记录序号"
        ),
        en=_columns("seq arrived_at lot plate no bidder channel basis amount_fen amount_yuan voided_by_seq"),
        rows=_bids,
    ),
    "paddles": Table(
        title=("竞买号牌", "Paddles"),
        zh=_columns("竞买号牌 竞价方式 剩余竞买权 竞得标的"),
        en=_columns("paddle channel rights_left won"),
        rows=_paddles,
        public=False,
    ),
    "calls": Table(
        title=("报价提示", "Calls"),
        zh=_columns("记录序号 到达时间 标的 第几次报价 价格（分） 价格（元）"),
        en=_columns("seq arrived_at lot call price_fen price_yuan"),
        rows=_calls,
    ),
    "suspensions": Table(
        title=("中止与恢复", "Suspensions"),
        zh=_columns("记录序号 到达时间 事项 原因"),
        en=_columns("seq arrived_at what reason"),
        rows=_suspensions,
    ),
    "refusals": Table(
        title=("不予受理的指令", "Refusals"),
        zh=_columns("记录序号 到达时间 提出者 指令 标的 代码"),
        en=_columns("seq arrived_at by command lot code"),
        rows=_refusals,
    ),
    "acts": Table(
        title=("工作人员操作", "Acts of officers"),
        zh=_columns("记录序号 到达时间 经办 事件 标的 事项"),
        en=_columns("seq arrived_at by event lot what"),
        rows=_acts,
        public=False,
    ),
    "extensions": Table(
        title=("延时", "Extensions"),
        zh=_columns("记录序号 到达时间 标的 新的截止时间"),
        en=_columns("seq arrived_at lot closes_at"),
        rows=_extensions,
    ),
    "results": Table(
        title=("结果", "Results"),
        zh=_columns(
            "记录序号 时间 标的 号牌 结果 买受人 竞价方式 起拍价（分） 成交价（分） 成交价（元） 成交价（大写）"
        ),
        en=_columns("seq at lot plate outcome buyer channel opening_fen hammer_fen hammer_yuan hammer_words"),
        rows=_results,
    ),
}
"""Name → table."""
