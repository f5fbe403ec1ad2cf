"""Every event can be said in both languages."""

import re
from string import Formatter
from typing import get_args

import pytest

from engine.domain.auction.views import Audience
from engine.domain.proceeding import Event
from engine.papers import words
from engine.papers.sentences import SENTENCES, sentence
from engine.papers.words import LANGUAGES, Language
from tests.papers.sale import a_book

EVENTS = [kind.__name__ for kind in get_args(Event)]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_the_table_has_exactly_the_events_there_are() -> None:
    assert set(SENTENCES) == set(EVENTS)


@pytest.mark.parametrize("event", sorted(SENTENCES))
def test_a_sentence_is_in_both_languages_and_ends(event: str) -> None:
    zh, en = SENTENCES[event]
    assert CHINESE.search(zh)
    assert not CHINESE.search(en)
    assert zh.endswith(("。", "}"))
    assert en.endswith((".", "}"))
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
    assert fields[1] - {"nth"} <= fields[0] | {"call"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_happened_in_a_sale_is_said_without_gap(lang: Language) -> None:
    said = [(line.kind, sentence(line.told, lang)) for line in a_book().lines(Audience.ROSTRUM)]
    assert {kind for kind, _ in said} == set(EVENTS)
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
    assert "¥107,000（人民币壹拾万柒仟元整）" in sentence(told, "zh-CN")
    assert sentence(told, "en") == "The hammer falls: lot 1 (豫H8H888) is sold to paddle 8 for ¥107,000 (in the hall)."


def test_instants_are_beijing_time() -> None:
    assert words.instant(1_476_506_400_123_000, "zh-CN") == "2016年10月15日 12:40:00.123"
    assert words.instant(1_476_506_400_123_000, "en") == "2016-10-15 12:40:00.123"
    assert words.day(1_476_547_200_000_000, "en") == "2016-10-16"
    assert words.universal(1_476_506_400_123_000) == (2016, 10, 15, 4, 40, 0)
