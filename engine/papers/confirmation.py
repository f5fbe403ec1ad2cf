"""
The confirmation of a sale (成交确认书), one for each lot sold.

Law: 拍卖法 52: buyer and auction house sign it when the lot is sold.
"""

from collections.abc import Mapping
from typing import Any, Final

from engine.domain.views import Audience
from engine.papers.book import Book
from engine.papers.results import sold_lots
from engine.papers.sheet import Sheet, begin
from engine.papers.words import Language, code, day, instant, money, pick, who

_HOW: Final = {
    "rostrum": ("经公开竞价，拍卖师落槌确认", "after public bidding and by the auctioneer's hammer"),
    "timed": (
        "经限时公开竞价，截止时为最高有效应价",
        "after public bidding within a time, by the highest valid bid at its end",
    ),
}
"""By the sheet's mode: how a lot came to be sold (拍卖法 51: by hammer or another public sign)."""


def confirmations(book: Book, lot: int | None = None) -> dict[str, Any]:
    """
    The confirmation of ``lot``, or of every lot sold.

    A lot's confirmation is made from the record up to its hammer, so that it can be signed while the sale goes on and is the same
    whenever it is made again.
    """
    sold = [each for each in sold_lots(book, Audience.ROSTRUM) if lot in {None, each["lot"]}]
    envelope = book.envelope("confirmations") if lot is None else book.envelope(f"confirmation-{lot}", sold[0]["seq"])
    return {**envelope, "mode": book.auction.rules.mode, "confirmations": sold}


def lay_confirmations(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """Each confirmation on a page of its own."""
    sheet = begin(paper, lang, "拍卖成交确认书", "Confirmation of sale")
    for number, lot in enumerate(paper["confirmations"]):
        if number:
            sheet.new_page()
        _lay_one(sheet, paper["sale"]["id"], lot, _HOW[paper["mode"]])
    return sheet


def _lay_one(sheet: Sheet, sale: str, lot: Mapping[str, Any], how: tuple[str, str]) -> None:
    lang = sheet.lang
    title = sheet.subtitle
    sheet.facts(
        [
            (pick(lang, "确认书编号", "Number"), f"{sale} / {lot['lot']} / {lot['seq']}"),
            (pick(lang, "标的", "Lot"), pick(lang, f"{lot['lot']} 号", str(lot["lot"]))),
            (pick(lang, "号牌", "Plate"), lot["plate"]),
            (pick(lang, "买受人", "Buyer"), who(lot["who"], lang)),
            (pick(lang, "竞价方式", "Channel"), code(lot["channel"], lang)),
            (pick(lang, "起拍价", "Opening price"), money(lot["opening_fen"])),
            (pick(lang, "成交价（小写）", "Hammer price"), money(lot["hammer_fen"])),
            (pick(lang, "成交价（大写）", "In capital characters"), lot["hammer_words"]),
            (pick(lang, "成交时间", "Sold at"), instant(lot["at_us"], lang)),
            (pick(lang, "依据记录", "Record"), str(lot["seq"])),
        ]
    )
    sheet.text(
        pick(
            lang,
            f"{day(lot['at_us'], lang)}，在「{title}」中，{how[0]}，上述标的由上述买受人竞得。"
            "双方依照《中华人民共和国拍卖法》第五十二条签署本确认书。",
            f"On {day(lot['at_us'], lang)}, at “{title}”, {how[1]}, the lot named above was sold to the "
            "buyer named above. Both sides sign this confirmation under article 52 of the Auction Law.",
        )
    )
    sheet.text(
        pick(
            lang,
            "买受人应当按照拍卖公告、竞买须知规定的期限和方式付款并办理手续；逾期的，按照其规定处理。",
            "The buyer pays and completes the formalities in the time and manner laid down in the sale notice; whoever does not "
            "is dealt with as laid down there.",
        )
    )
    sheet.signatures(
        [
            pick(lang, "买受人（签名）：", "Buyer:"),
            pick(lang, "拍卖人（盖章）：", "Auction house (seal):"),
            pick(lang, "拍卖师（签名）：", "Auctioneer:"),
        ]
    )
