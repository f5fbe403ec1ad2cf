"""The screen on the wall, shown pictures made by hand: it reads from afar, nothing jumps, and whoever looks later sees the same."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.picture import BIDS, RULES, SALE, Picture, block, parts
from tests.browser.screens import DESK, WALL, Screen

pytestmark = pytest.mark.browser

FOUR_K: Final = (3840, 2160)
UPRIGHT: Final = (1080, 1920)
WALLS: Final = (WALL, FOUR_K, UPRIGHT, DESK)

Show = Callable[..., tuple[Screen, Picture]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Sends the pages; what is on them is made by hand."""
    folder = tmp_path_factory.mktemp("hall")
    with House(folder, write_sale(folder)) as house:
        yield house


@pytest.fixture
def show(house: House, screen: OpenScreen) -> Show:
    """Opens halls."""

    def show_one(first: dict[str, Any], size: tuple[int, int] = WALL, *, lang: str = "zh-CN") -> tuple[Screen, Picture]:
        hall = screen(size)
        picture = Picture(hall, house)
        picture.show("hall", first, lang=lang)
        return hall, picture

    return show_one


def in_us(seconds: float) -> int:
    """So many seconds from now, by the clock of the house."""
    return time.time_ns() // 1000 + int(seconds * 1_000_000)


HALTED_ZH: Final = (
    "因网络故障中止竞价。自 09:31:02 起中止，第 1 号标的豫H66888 的最后有效报价、竞买人及其保证金继续有效；"
    "中止期间不接受报价，恢复后竞价期重新计足。"
)
HALTED_EN: Final = (
    "The sale is suspended since 09:31:02 (stopped by the supervisor). Reason: 网络故障. For lot 1 豫H66888 the last valid price, "
    "the bidders and their deposits stand. No bid is taken meanwhile; on resumption every window is given in full."
)


def suspended() -> dict[str, Any]:
    sale = {**SALE, "phase": "suspended", "suspended": "网络故障", "suspended_at_us": in_us(-90)}
    said = {"kind": "suspended", "at_us": in_us(-90), "zh": HALTED_ZH, "en": HALTED_EN}
    return parts(block(calls=1), sale=sale, announcement=said)


def timed(**changes: Any) -> dict[str, Any]:
    rules = {**RULES, "mode": "timed", "timed": {"advance": "by_hand"}}
    ending = {"closes_at_us": in_us(900), "limited_from_us": in_us(-5), "extensions": 1}
    return parts(block(**{**ending, **changes}), rules=rules)


def together(count: int) -> dict[str, Any]:
    rules = {**RULES, "mode": "timed", "timed": {"advance": "together"}}
    lots = {}
    for n in range(1, count + 1):
        open_lot = block(lot=n, closes_at_us=in_us(600 + n), limited_from_us=in_us(300), extensions=0, reserve="unmet")
        card = {
            "lot": n,
            "plate": open_lot["plate"],
            "classes": [],
            "opening_fen": 1,
            "phase": "open",
            "open": open_lot,
        }
        lots[f"lot/{n}"] = {**card, "hammer_fen": None, "who": None, "bid_count": None}
    return parts(None, rules=rules, **lots)


PICTURES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "before": lambda: parts(None, sale={**SALE, "phase": "planned", "opens_at_us": in_us(3600)}),
    "bids": lambda: parts(block(bids=[BIDS[0], {**BIDS[1], "voided": True}, *BIDS[2:]], reserve="unmet", round=2)),
    "third-call": lambda: parts(block(calls=3)),
    "sold": lambda: parts(block(phase="sold", calls=3, reserve="met")),
    "passed": lambda: parts(block(phase="passed", price_fen=None, leader=None, leader_channel=None, bids=[])),
    "suspended": suspended,
    "timed": timed,
    "together": lambda: together(12),
}


@pytest.mark.parametrize("size", WALLS, ids=["1080p", "4k", "upright", "1366x768"])
def test_every_state_fits_every_wall_in_both_languages(show: Show, house: House, size: tuple[int, int]) -> None:
    hall, picture = show(PICTURES["before"](), size)
    for lang in ("zh-CN", "en"):
        hall.page.locator(f".language [lang={lang}]").click()
        for name, made in PICTURES.items():
            picture.replace(made())
            width, height = hall.page.evaluate(
                "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            assert width <= size[0], (name, lang)
            assert height <= size[1], (name, lang)
            for cut in hall.page.locator(".suspension, .suspension-why").all():
                assert cut.evaluate("(one) => one.scrollHeight <= one.clientHeight * 1.15"), (name, lang)
    assert axe(hall) == []
    hall.assert_calm()


@pytest.mark.parametrize("size", [WALL, FOUR_K, DESK], ids=["1080p", "4k", "1366x768"])
def test_the_digits_of_the_price_take_an_eighth_of_the_height(show: Show, size: tuple[int, int]) -> None:
    hall, _ = show(parts(block(price_fen=999_999_900)), size)
    digits = hall.page.evaluate(
        """() => {
          const price = document.querySelector(".price-now");
          const pen = document.createElement("canvas").getContext("2d");
          const { fontWeight, fontSize, fontFamily } = getComputedStyle(price);
          pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
          return pen.measureText("8").actualBoundingBoxAscent + pen.measureText("8").actualBoundingBoxDescent;
        }"""
    )
    assert digits >= 0.12 * size[1]
    price, leader = hall.page.locator(".price-now"), hall.page.locator(".leader")
    right = price.evaluate(
        "(price) => { const r = document.createRange(); r.selectNodeContents(price); return r.getBoundingClientRect().right; }"
    )
    assert right <= leader.evaluate("(leader) => leader.getBoundingClientRect().left"), "price and paddle do not touch"


@pytest.mark.parametrize("size", WALLS, ids=["1080p", "4k", "upright", "1366x768"])
def test_nothing_moves_when_the_price_does(show: Show, size: tuple[int, int]) -> None:
    hall, picture = show(parts(block(price_fen=None, leader=None, leader_channel=None, bids=[], bid_count=0)), size)
    boxes = [".lot", ".standing", ".price-now", ".price-words", ".leader", ".calls", "aside", ".figures", ".seal"]

    def places() -> dict[str, Any]:
        hall.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
        return {box: {**(hall.page.locator(box).bounding_box() or {}), "width": None} for box in boxes}

    before = places()
    for price_fen, paddle in ((5_000_000, 8), (99_900_000, 1234), (1_234_567_890, 735194), (100_000_000_000, 51)):
        picture.become(block=block(price_fen=price_fen, leader={"paddle": paddle}, calls=price_fen % 3))
        assert places() == before, price_fen


def text_of(hall: Screen) -> str:
    """What is read on the wall, without clock and round-trip times."""
    return re.sub(r"\d\d:\d\d(:\d\d|\.\d)?|±?[\d.]+ ms|\d+ · \w+", "", hall.page.locator("body").inner_text())


def test_a_screen_switched_on_late_shows_what_the_others_show(show: Show) -> None:
    first, picture = show(parts(None))
    story: list[dict[str, Any]] = [
        {"block": block(price_fen=None, leader=None, bids=[])},
        {"block": block(reserve="unmet", bids=[BIDS[0], {**BIDS[1], "voided": True}])},
        {"announcement": {"kind": "voided", "at_us": in_us(0), "zh": "一笔应价已撤销。", "en": "A bid was voided."}},
        {"block": block(phase="sold", calls=3), "announcement": None},
    ]
    shown = parts(None)
    for step in story:
        shown |= step
        picture.become(**step)
        late, _ = show(shown)
        assert text_of(late).split("\n") == text_of(first).split("\n")
        late.context.close()


def test_a_picture_that_may_be_out_of_date_says_since_when(show: Show) -> None:
    hall, picture = show(parts(block()))
    picture.cut()
    told = hall.see(".status-stale", "画面停在").inner_text()
    assert re.search(r"停在 \d\d:\d\d:\d\d", told)
    expect(hall.page.locator(".price-now")).to_have_css("opacity", "0.4")
    hall.see(".price-now", "¥520,000")


def test_a_timed_lot_counts_down_and_says_that_its_end_has_moved(show: Show) -> None:
    hall, picture = show(timed(limited_from_us=in_us(300)))
    hall.see(".countdown-free", "自由竞价")
    hall.see(".countdown-more", "延时 1 次")
    assert re.fullmatch(r"1[45]:\d\d", hall.page.locator(".countdown-left").inner_text())
    picture.become(block=timed(closes_at_us=in_us(1800), extensions=2)["block"])
    hall.see(".countdown-moved .countdown-stage", "延时")
    hall.see(".countdown-more", "延时 2 次")
    hall.see(".countdown-limited", "限时竞价")
    picture.become(block=timed(closes_at_us=in_us(-1))["block"])
    hall.see(".countdown-over", "等待结果")
    picture.cut()
    hall.see(".countdown-unknown .countdown-left", "--:--")


def test_a_suspension_says_why_and_since_when(show: Show) -> None:
    hall, _ = show(suspended())
    assert re.search(r"自 \d\d:\d\d:\d\d 起", hall.see(".suspension", "因网络故障中止竞价。").inner_text())


def test_what_was_voided_is_struck_out_in_words_too(show: Show) -> None:
    hall, _ = show(PICTURES["bids"]())
    assert hall.page.locator(".bid-voided s").inner_text() == "¥510,000"
    hall.see(".bid-voided", "已撤销")
    hall.see(".reserve-unmet", "未达保留价")
    hall.see(".lot-no", "第 2 次推出")


def test_nobody_gets_a_menu_or_marks_text_on_the_wall(show: Show) -> None:
    hall, _ = show(parts(block()))
    hall.page.evaluate("addEventListener('contextmenu', (event) => (window.menu = !event.defaultPrevented))")
    hall.page.locator(".price-now").click(button="right")
    assert hall.page.evaluate("window.menu") is False
    hall.page.locator(".price-now").dblclick()
    assert hall.page.evaluate("getSelection().toString()") == ""
    hall.page.locator("html[data-idle]").wait_for()
    assert hall.page.evaluate("getComputedStyle(document.documentElement).cursor") == "none"
    assert hall.page.locator(".seal-hint").evaluate("(hint) => getComputedStyle(hint).opacity") == "0"
    hall.page.mouse.move(5, 5)
    hall.miss("html[data-idle]")


def test_the_wall_leads_to_the_public_record(show: Show, house: House) -> None:
    hall, _ = show(parts(block()))
    hall.page.wait_for_function("document.querySelector('.record-code img')?.naturalWidth > 0")
    assert hall.page.locator(".record-code").get_attribute("href") == "record"
    hall.assert_calm()
