"""The result of a quota sale as it is published (结果公告): per class plates, offers, winners, lowest price and its second, average."""

from collections.abc import Mapping
from typing import Any

from engine.domain.quota.result import result
from engine.domain.quota.state import QuotaSale
from engine.papers.book import Book, NothingOnRecord
from engine.papers.results import time_rows
from engine.papers.sheet import DASH, Sheet, begin
from engine.papers.words import NONE, Language, code, instant, money, pick


def notice(book: Book) -> dict[str, Any]:
    """The result, and the record that says so."""
    sale = book.state
    if not isinstance(sale, QuotaSale):
        raise NothingOnRecord("this journal holds an auction: its result is its announcement")
    made = result(sale)
    return {
        **book.envelope("result"),
        "phase": sale.phase,
        "opened_at_us": book.instant_of("SaleOpened"),
        "closed_at_us": book.instant_of("SaleClosed"),
        "closed_seq": book.closed_seq,
        "result": None if book.closed_seq is None else "final" if sale.final else "provisional",
        "signed": list(sale.signed),
        **{name: made[name] for name in ("award", "first_max_fen", "plates", "admitted", "winners", "classes")},
    }


def lay_notice(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The notice as it is put up."""
    sheet = begin(paper, lang, "额度竞价结果公告", "Result of the quota sale")
    signed = pick(lang, "、", ", ").join(code(role, lang) for role in paper["signed"])
    sheet.facts(
        [
            (pick(lang, "场次编号", "Sale"), paper["sale"]["id"]),
            *time_rows(paper, lang),
            (pick(lang, "投放额度", "Plates"), str(paper["plates"])),
            (pick(lang, "取得资格人数", "Bidders admitted"), str(paper["admitted"])),
            (pick(lang, "警示价", "Warning price"), _money(paper["first_max_fen"])),
            (pick(lang, "已签署", "Signed by"), signed or NONE),
            (pick(lang, "依据记录", "Record"), str(paper["closed_seq"] or DASH)),
        ]
    )
    for each in paper["classes"]:
        sheet.heading(pick(lang, f"类别：{each['class']}", f"Class: {each['class']}"))
        at_us = each["lowest_at_us"]
        sheet.facts(
            [
                (pick(lang, "额度", "Plates"), str(each["quota"])),
                (pick(lang, "报价人数", "Offers"), str(each["offers"])),
                (pick(lang, "中标人数", "Winners"), str(each["winners"])),
                (pick(lang, "最低成交价", "Lowest price"), _money(each["lowest_fen"])),
                (
                    pick(lang, "最低成交价截止时刻", "Time of the last winning offer"),
                    DASH if at_us is None else instant(at_us, lang),
                ),
                (pick(lang, "平均成交价", "Average"), _money(each["average_fen"])),
                (pick(lang, "统一成交价", "Price all pay"), _money(each["uniform_fen"])),
                (pick(lang, "摇号中标人数", "Won by lot"), str(each["drawn"])),
            ]
        )
    sheet.text(
        pick(
            lang,
            "排序：价格优先、时间优先；报价时间以到达系统的时刻为准。任何人可据公开记录核对。特此公告。",
            "Price first, then time, which is that of arrival at the house. Anyone can compare this with the public record.",
        )
    )
    sheet.signatures([pick(lang, "拍卖人（盖章）：", "Auction house (seal):")])
    return sheet


def _money(fen: int | None) -> str:
    return DASH if fen is None else money(fen)
