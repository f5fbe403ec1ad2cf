"""
The record of the sale (拍卖笔录), in full for the file and masked for the public.

Law: 拍卖法 53: auctioneer and recorder sign; where something was sold, the buyer too. 54: it is kept at least five years.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from engine.domain.parties import role_of
from engine.domain.views import Audience
from engine.papers.book import Book, Line
from engine.papers.results import figure_rows, lay_unsold_table, sold_lots, time_rows, unsold_lots
from engine.papers.sentences import sentence
from engine.papers.sheet import Sheet, begin, counts, course_columns
from engine.papers.words import Language, code, money, pick, short_instant, who

_TURNS: Final = frozenset(
    {"SaleOpened", "LotOpened", "HammerFell", "LotPassed", "SaleSuspended", "SaleResumed", "SaleClosed", "BidVoided"}
)
"""Events that a reader looks for, in bold."""

NAMES: Final = {Audience.PUBLIC: "public-record", Audience.ROSTRUM: "record"}


def record_of_sale(book: Book, audience: Audience) -> dict[str, Any]:
    """Everything that happened, in order, as far as ``audience`` may hear of it."""
    parts = book.parts(audience)
    refusals = Counter(entry.refused for entry in book.covered() if entry.refused is not None)
    return {
        **book.envelope(NAMES[audience]),
        "phase": parts["sale"]["phase"],
        "rule_sheet": parts["rules"],
        "figures": parts["figures"],
        "opened_at_us": book.instant_of("SaleOpened"),
        "closed_at_us": book.instant_of("SaleClosed"),
        "lines": [_line(line, audience) for line in book.lines(audience)],
        "refused": dict(sorted(refusals.items())),
        "sold": sold_lots(book, audience),
        "unsold": unsold_lots(book, audience),
    }


def lay_record(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The record of the sale, as it is signed."""
    sheet = begin(paper, lang, "拍卖笔录", "Record of the sale")
    _lay_course(sheet, paper)
    if paper["sold"]:
        sheet.heading(pick(lang, "成交标的及买受人签名", "Lots sold, and the buyers' signatures"))
        sheet.table(
            [
                (pick(lang, "标的", "Lot"), 0, "right"),
                (pick(lang, "号牌", "Plate"), 2, "left"),
                (pick(lang, "成交价", "Hammer price"), 3, "left"),
                (pick(lang, "买受人", "Buyer"), 2, "left"),
                (pick(lang, "记录序号", "Record"), 0, "right"),
                (pick(lang, "买受人签名", "Signature"), 3, "left"),
            ],
            [
                (
                    str(lot["lot"]),
                    lot["plate"],
                    money(lot["hammer_fen"]) + pick(lang, "\n" + lot["hammer_words"], ""),
                    who(lot["who"], lang),
                    str(lot["seq"]),
                    "",
                )
                for lot in paper["sold"]
            ],
            tall=True,
        )
    _lay_rest(sheet, paper)
    sheet.text(
        pick(
            lang,
            "本笔录由系统依据记录自动生成。依照《中华人民共和国拍卖法》第五十三条，由拍卖师、记录人签名；"
            "拍卖成交的，并由买受人签名。",
            "This record was made from the journal by the system. Under article 53 of the Auction Law it is "
            "signed by auctioneer and recorder and, where a lot was sold, by its buyer.",
        )
    )
    sheet.signatures(
        [
            pick(lang, "拍卖师（签名）：", "Auctioneer:"),
            pick(lang, "记录人（签名）：", "Recorder:"),
        ]
    )
    return sheet


def lay_public_record(paper: Mapping[str, Any], lang: Language) -> Sheet:
    """The public record of the sale."""
    sheet = begin(paper, lang, "拍卖会公开记录", "Public record of the sale")
    _lay_course(sheet, paper)
    _lay_rest(sheet, paper)
    return sheet


def _lay_course(sheet: Sheet, paper: Mapping[str, Any]) -> None:
    lang, rules = sheet.lang, paper["rule_sheet"]
    steps = pick(lang, "；", "; ").join(
        pick(lang, "{}起每次 {}", "from {} by {}").format(money(band["from_fen"]), money(band["step_fen"]))
        for band in rules["increments"]
    )
    sheet.facts(
        [
            (pick(lang, "场次编号", "Sale"), paper["sale"]["id"]),
            (pick(lang, "状态", "Phase"), code(paper["phase"], lang)),
            *time_rows(paper, lang),
            (pick(lang, "竞价方式", "How a lot ends"), code(rules["mode"], lang)),
            (pick(lang, "加价幅度", "Increments"), steps),
            *_ending_rows(rules, lang),
            (pick(lang, "保证金规则", "Deposits"), code(rules["deposit"], lang)),
            (pick(lang, "竞买号牌", "Paddles"), code(rules["paddles"], lang)),
            *figure_rows(paper["figures"], lang),
        ]
    )
    sheet.heading(pick(lang, "拍卖过程", "Course of the sale"))
    sheet.table(
        course_columns(lang),
        [
            (
                str(line["seq"]),
                short_instant(line["at_us"]),
                code(role_of(line["by"]), lang),
                pick(lang, line["zh"], line["en"]),
            )
            for line in paper["lines"]
        ],
        strong={at for at, line in enumerate(paper["lines"]) if line["type"] in _TURNS},
    )


def _ending_rows(rules: Mapping[str, Any], lang: Language) -> list[tuple[str, str]]:
    """What the sheet says of how a lot comes to its end."""
    timed = rules.get("timed")
    if timed is None:
        return [(pick(lang, "报价提示次数", "Calls"), str(rules["calls"]))]
    return [
        (
            pick(lang, "自由竞价 / 限时竞价（秒）", "Free / last period (s)"),
            f"{timed['free_s']} / {timed['window_s']}",
        ),
        (pick(lang, "延时方式", "Extension"), code(timed["extension"]["kind"], lang)),
    ]


def _lay_rest(sheet: Sheet, paper: Mapping[str, Any]) -> None:
    lang = sheet.lang
    if paper["unsold"]:
        sheet.heading(pick(lang, "未成交标的", "Lots not sold"))
        lay_unsold_table(sheet, paper["unsold"])
    sheet.facts([(pick(lang, "不予受理的指令", "Commands refused"), counts(paper["refused"]))])


def _line(line: Line, audience: Audience) -> dict[str, Any]:
    """The public is told in what office somebody acted; the file names the office's holder as the token did."""
    return {
        "seq": line.seq,
        "at_us": line.at_us,
        "by": line.by if audience is Audience.ROSTRUM else role_of(line.by),
        "type": line.kind,
        "lot": line.told.get("lot"),
        "zh": sentence(line.told, "zh-CN"),
        "en": sentence(line.told, "en"),
    }
