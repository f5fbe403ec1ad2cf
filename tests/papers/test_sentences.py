"""Every event can be said in both languages."""

import re
from string import Formatter
from typing import get_args

import pytest

from engine.domain.auction import events
from engine.domain.auction.hearing import PRIVATE
from engine.domain.auction.views import Audience
from engine.domain.proceeding import Event
from engine.papers import words
from engine.papers.sentences import SENTENCES, sentence
from engine.papers.words import LANGUAGES, Language
from tests.papers.sale import a_book, book_of, everything

EVENTS = [kind.__name__ for kind in get_args(Event)]
OF_AUCTIONS = [kind.__name__ for kind in get_args(events.Event)]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_event_there_is_has_a_sentence() -> None:
    assert set(EVENTS) == set(SENTENCES)


@pytest.mark.parametrize("event", sorted(SENTENCES))
def test_a_sentence_is_in_both_languages_and_ends(event: str) -> None:
    zh, en = SENTENCES[event]
    assert CHINESE.search(zh)
    assert not CHINESE.search(en)
    assert zh.endswith(("。", "}"))
    assert en.endswith((".", "}"))
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
    assert fields[1] - {"nth", "role"} <= fields[0]


@pytest.mark.parametrize("event", ["ReserveSet", "ProxyPlaced", "ProxyCancelled"])
def test_a_secret_amount_has_no_place_in_a_sentence(event: str) -> None:
    told = {
        "type": event,
        "lot": 1,
        "paddle": 8,
        "amount_fen": 4_711_00,
        "maximum_fen": 4_711_00,
        "reserve_fen": 4_711_00,
    }
    for lang in LANGUAGES:
        assert "4,711" not in sentence(told, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_happened_in_a_sale_is_said_without_gap(lang: Language) -> None:
    books = [a_book(), *map(book_of, everything())]
    said = [(line.kind, sentence(line.told, lang)) for book in books for line in book.lines(Audience.ROSTRUM)]
    private = {kind.__name__ for kind in PRIVATE}
    assert {kind for kind, _ in said} == set(OF_AUCTIONS) - private
    for _, text in said:
        assert words.WITHHELD[lang] not in text
        assert "{" not in text
        assert "None" not in text


def test_what_an_audience_is_not_told_is_said_to_be_withheld() -> None:
    told = {"type": "BidPlaced", "lot": 1, "who": {"alias": 3}, "channel": "online", "amount_fen": None}
    assert sentence(told, "zh-CN") == "竞买人3对 1 号标的应价 （不公开）（网络）。"
    assert sentence(told, "en") == "Lot 1: bidder 3 bids (not published) (online)."


def test_a_hammer_price_is_said_twice_so_that_it_cannot_be_altered() -> None:
    told = {
        "type": "HammerFell",
        "lot": 1,
        "plate": "豫H8H888",
        "price_fen": 107_000_00,
        "who": {"paddle": 8},
        "channel": "hall",
    }
    assert "成交价 ¥107,000（人民币壹拾万柒仟元整）" in sentence(told, "zh-CN")
    assert sentence(told, "en") == "Lot 1 (豫H8H888) is sold to paddle 8 for ¥107,000 (in the hall)."


@pytest.mark.parametrize(
    ("told", "zh", "en"),
    [
        (
            {
                "type": "BidPlaced",
                "lot": 1,
                "who": {"paddle": 8},
                "channel": "online",
                "amount_fen": 100_00,
                "basis": "held",
            },
            "8 号竞买人对 1 号标的应价 ¥100（网络，维持应价）。",
            "Lot 1: paddle 8 bids ¥100 (online, held).",
        ),
        (
            {"type": "SaleSuspended", "reason": "R", "cause": "restart"},
            "拍卖会中止（系统重启）。原因：R",
            "The sale is suspended (restart). Reason: R",
        ),
        (
            {"type": "BiddingExtended", "lot": None, "closes_at_us": 1_476_506_400_123_000},
            "全部竞价中的标的竞价时间延长至 2016年10月15日 12:40:00.123。",
            "The end of every open lot moves to 2016-10-15 12:40:00.123.",
        ),
        (
            {"type": "BidVoided", "lot": 1, "no": 2, "who": {"alias": 3}, "amount_fen": 100_00, "reason": "miskeyed"},
            "1 号标的第 2 号应价（竞买人3，¥100）认定无效，记录保留。原因：金额录入错误",
            "Lot 1: bid 2 (bidder 3, ¥100) is void; it stays on the record. Reason: amount entered wrongly",
        ),
        (
            {"type": "LotPassed", "lot": 1, "plate": "豫H8H888", "reserve_unmet": True},
            "1 号标的（豫H8H888）流拍，未达保留价。",
            "Lot 1 (豫H8H888) is passed, its reserve not met.",
        ),
        (
            {"type": "LotOpened", "lot": 1, "plate": "豫H8H888", "closes_at_us": 1_476_506_400_123_000},
            "1 号标的（豫H8H888）开始竞价，截止 2016年10月15日 12:40:00.123。",
            "Lot 1 (豫H8H888) is open for bids, until 2016-10-15 12:40:00.123.",
        ),
        (
            {"type": "RulesAccepted", "paddle": 8},
            "8 号竞买人确认接受竞价规则。",
            "The rule sheet is accepted by paddle 8.",
        ),
    ],
)
def test_what_an_event_says_only_sometimes_is_said_then(told: dict[str, object], zh: str, en: str) -> None:
    assert (sentence(told, "zh-CN"), sentence(told, "en")) == (zh, en)


def test_instants_are_beijing_time() -> None:
    assert words.instant(1_476_506_400_123_000, "zh-CN") == "2016年10月15日 12:40:00.123"
    assert words.instant(1_476_506_400_123_000, "en") == "2016-10-15 12:40:00.123"
    assert words.day(1_476_547_200_000_000, "en") == "2016-10-16"
    assert words.universal(1_476_506_400_123_000) == (2016, 10, 15, 4, 40, 0)
