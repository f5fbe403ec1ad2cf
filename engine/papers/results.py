"""Which lots found a buyer, which did not and why: result announcement (结果公告) and list of unsold lots (未成交清单)."""

from collections.abc import Mapping
from typing import Any, Final

from engine.domain.views import Audience
from engine.papers import words
from engine.papers.book import Book
from engine.papers.sheet import Sheet, begin
from engine.papers.words import Language, code, money, pick, who

_ENDS: Final = frozenset({"HammerFell", "LotPassed", "LotWithdrawn", "LotReoffered"})
"""Events after which a lot is somewhere else than on the block."""


def sold_lots(book: Book, audience: Audience) -> list[dict[str, Any]]:
    """Every lot sold, in the order of the catalogue, with the record of its hammer."""
    ends = _ends(book, audience)
    sold = []
    for lot in book.lots(audience):
        if lot["phase"] == "sold":
            seq, at_us, told = ends[lot["lot"]]
            sold.append(
                {
                    "seq": seq,
                    "at_us": at_us,
                    "lot": lot["lot"],
                    "plate": lot["plate"],
                    "opening_fen": lot["opening_fen"],
                    "hammer_fen": lot["hammer_fen"],
                    "hammer_words": words.in_words(lot["hammer_fen"]),
                    "who": lot["who"],
                    "channel": told["channel"],
                }
            )
    return sold


def unsold_lots(book: Book, audience: Audience) -> list[dict[str, Any]]:
    """Every lot not sold, with the reason, and the record that says so; null while it was not put up."""
    ends = _ends(book, audience)
    unsold = []
    for lot in book.lots(audience):
        if lot["phase"] != "sold":
            seq, at_us, told = ends.get(lot["lot"], (None, None, {}))
            unsold.append(
                {
                    "seq": seq,
                    "at_us": at_us,
                    "lot": lot["lot"],
                    "plate": lot["plate"],
                    "opening_fen": lot["opening_fen"],
                    "reason": "reserve_not_met" if told.get("reserve_unmet") else lot["phase"],
                    "told": told.get("reason"),
                }
            )
    return unsold


def announcement(book: Book) -> dict[str, Any]:
    """The result as it is published, masked as the rule sheet says."""
    parts = book.parts(Audience.PUBLIC)
    return {
        **book.envelope("announcement"),
        "phase": parts["sale"]["phase"],
        "opened_at_us": book.instant_of("SaleOpened"),
        "closed_at_us": book.instant_of("SaleClosed"),
        "result": parts["sale"].get("result"),
        "signed": parts["sale"].get("signed", []),
        "figures": parts["figures"],
        "sold": sold_lots(book, Audience.PUBLIC),
        "unsold": unsold_lots(book, Audience.PUBLIC),
    }


def unsold(book: Book) -> dict[str, Any]:
    """The list of lots that were not sold."""
    return {**book.envelope("unsold"), "unsold": unsold_lots(book, Audience.PUBLIC)}


def lay_announcement(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The announcement as it is put up."""
    sheet = begin(paper, lang, "竞价结果公告", "Result of the sale")
    sheet.facts([(pick(lang, "场次编号", "Sale"), paper["sale"]["id"]), *time_rows(paper, lang)])
    if paper["result"] is not None:
        signed = pick(lang, "、", ", ").join(code(role, lang) for role in paper["signed"])
        sheet.facts(
            [
                (pick(lang, "结果状态", "Result"), code(paper["result"], lang)),
                (pick(lang, "已签署", "Signed by"), signed or words.NONE),
            ]
        )
    sheet.facts(figure_rows(paper["figures"], lang))
    lay_sold(sheet, paper["sold"])
    if paper["unsold"]:
        sheet.heading(pick(lang, "未成交标的", "Lots not sold"))
        lay_unsold_table(sheet, paper["unsold"])
    sheet.text(
        pick(
            lang,
            "以上每一行均注明其所依据的记录序号，任何人可据公开记录核对。特此公告。",
            "Each line names the record that says so; anyone can compare it with the public record.",
        )
    )
    sheet.signatures([pick(lang, "拍卖人（盖章）：", "Auction house (seal):")])
    return sheet


def lay_unsold(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The list of unsold lots."""
    sheet = begin(paper, lang, "未成交标的清单", "Lots not sold")
    if paper["unsold"]:
        lay_unsold_table(sheet, paper["unsold"])
    sheet.text(
        pick(lang, "以上标的未成交。", "The lots above were not sold.")
        if paper["unsold"]
        else pick(lang, "本场标的全部成交。", "Every lot of this sale was sold.")
    )
    sheet.signatures([pick(lang, "拍卖师（签名）：", "Auctioneer:"), pick(lang, "记录人（签名）：", "Recorder:")])
    return sheet


def time_rows(paper: Mapping[str, Any], lang: Language) -> list[tuple[str, str]]:
    """When the sale was opened and closed."""
    return [
        (pick(lang, "开始时间", "Opened"), words.instant(paper["opened_at_us"], lang)),
        (pick(lang, "结束时间", "Closed"), words.instant(paper["closed_at_us"], lang)),
    ]


def figure_rows(figures: Mapping[str, Any], lang: Language) -> list[tuple[str, str]]:
    """The figures of a sale, named."""
    top = figures["top"]
    return [
        (
            pick(lang, "成交 / 流拍标的", "Lots sold / passed"),
            f"{figures['sold']} / {figures['passed']}",
        ),
        (
            pick(lang, "网络 / 现场成交", "Sold online / in the hall"),
            f"{figures['online_sold']} / {figures['hall_sold']}",
        ),
        (pick(lang, "起拍总额（成交标的）", "Opening prices of lots sold"), money(figures["opening_fen"])),
        (pick(lang, "成交总额", "Turnover"), pick(lang, *_twice(figures["turnover_fen"]))),
        (pick(lang, "溢价率", "Premium"), figures["premium"] or words.NONE),
        (pick(lang, "标王", "Top lot"), f"{top['plate']}  {money(top['hammer_fen'])}" if top else words.NONE),
    ]


def lay_sold(sheet: Sheet, sold: list[dict[str, Any]]) -> None:
    """A table of lots sold, under its heading."""
    lang = sheet.lang
    sheet.heading(pick(lang, "成交标的", "Lots sold"))
    sheet.table(
        [
            (pick(lang, "标的", "Lot"), 0, "right"),
            (pick(lang, "号牌", "Plate"), 2, "left"),
            (pick(lang, "起拍价", "Opening"), 2, "right"),
            (pick(lang, "成交价", "Hammer price"), 2, "right"),
            (pick(lang, "买受人", "Buyer"), 2, "left"),
            (pick(lang, "竞价方式", "Channel"), 0, "left"),
            (pick(lang, "记录序号", "Record"), 0, "right"),
        ],
        [
            (
                str(lot["lot"]),
                lot["plate"],
                money(lot["opening_fen"]),
                money(lot["hammer_fen"]),
                who(lot["who"], lang),
                code(lot["channel"], lang),
                str(lot["seq"]),
            )
            for lot in sold
        ],
    )


def lay_unsold_table(sheet: Sheet, unsold: list[dict[str, Any]]) -> None:
    """A table of lots not sold."""
    lang = sheet.lang
    sheet.table(
        [
            (pick(lang, "标的", "Lot"), 0, "right"),
            (pick(lang, "号牌", "Plate"), 2, "left"),
            (pick(lang, "起拍价", "Opening"), 2, "right"),
            (pick(lang, "原因", "Why"), 4, "left"),
            (pick(lang, "记录序号", "Record"), 0, "right"),
        ],
        [
            (
                str(lot["lot"]),
                lot["plate"],
                money(lot["opening_fen"]),
                code(lot["reason"], lang) + (pick(lang, "：", ": ") + lot["told"] if lot["told"] else ""),
                str(lot["seq"] or words.NONE),
            )
            for lot in unsold
        ],
    )


def _twice(fen: int) -> tuple[str, str]:
    """An amount for each language: with capital characters, and without."""
    return f"{money(fen)}（{words.in_words(fen)}）", money(fen)


def _ends(book: Book, audience: Audience) -> dict[int, tuple[int, int, dict[str, Any]]]:
    """For each lot the last record that ended it."""
    return {line.told["lot"]: (line.seq, line.at_us, line.told) for line in book.lines(audience) if line.kind in _ENDS}
