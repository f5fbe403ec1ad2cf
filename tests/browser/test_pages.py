"""What every page owes its reader: it can be read, used and trusted, in both languages and on every screen."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Dialog, expect

from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.hand import hand
from tests.browser.house import House, write_sale
from tests.browser.scene import Scene, in_full_swing
from tests.browser.screens import DESK, PHONE, WALL, Screen, enter, resize

pytestmark = pytest.mark.browser

MARKUP: Final = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """For tests that only look, or whose bids do not matter to the others."""
    folder = tmp_path_factory.mktemp("scene")
    lots = [("豫H8H888", 50_000), ("豫HA1234", 20_000), ("豫HD12345", 8_000), ("豫H66666", 30_000)]
    with House(folder, write_sale(folder, lots=lots)) as house:
        yield in_full_swing(house, 8, 16, 51)


PAGES: Final = [
    ("index", None, ".sale h3"),
    ("hall", None, ".call-now"),
    ("bidder", "8", ".where-outbid"),
    ("rostrum", "auctioneer", ".control"),
    ("rostrum", "clerk", ".hall-bid"),
    ("record", None, ".verdict-good"),
    ("figures", None, ".strip"),
    ("series", None, ".splits"),
    ("shanghai", None, ".all-months"),
]
OF_THE_HOUSE: Final = {"index": "/", "series": "/figures", "shanghai": "/shanghai", "cluster": "/cluster"}
"""Pages that are of no single sale."""


@pytest.mark.parametrize(("lang", "scheme"), [("zh-CN", "light"), ("en", "dark")])
@pytest.mark.parametrize(("view", "who", "shown"), PAGES, ids=[f"{view}-{who or 'all'}" for view, who, _ in PAGES])
def test_every_page_is_open_to_everyone_and_fits_every_screen(  # noqa: PLR0917 - pytest's
    scene: Scene, screen: OpenScreen, view: str, who: str | None, shown: str, lang: str, scheme: str
) -> None:
    one = screen(DESK, scheme=scheme)
    if view in OF_THE_HOUSE:
        one.page.goto(f"{scene.house.url}{OF_THE_HOUSE[view]}?lang={lang}")
    else:
        scene.open(one, view, who, lang=lang)
    one.see(shown)
    assert one.page.locator("html").get_attribute("lang") == lang
    assert one.page.evaluate("location.hash") == "", "a token is not left in the address"

    for width, height in (PHONE, DESK, WALL):
        resize(one, width, height)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways at {width}"
        if (width, height) != DESK:
            assert axe(one) == []

    if view not in OF_THE_HOUSE:
        rules = one.page.request.get(f"{scene.house.url}/api/sales/{scene.house.sale}").json()["rules_digest"]
        assert rules[:16] in one.page.locator("body").inner_text(), "the page names the rules it is held under"
    assert re.findall(r"\b[a-z]+\.[a-z][a-z.-]+", one.page.locator("body").inner_text()) == [], (
        "a key without a sentence"
    )
    if lang == "en":
        text = re.sub("豫|中文", "", one.page.locator("body").inner_text())
        assert re.findall("[\u4e00-\u9fff]+", text) == [], "a sentence that stayed Chinese"
    one.assert_calm()


def test_sheets_are_open_to_everyone_too(scene: Scene, screen: OpenScreen) -> None:
    rostrum = scene.open(screen(), "rostrum", "auctioneer")
    for key, title in (("?", "快捷键"), ("s", "中止拍卖会")):
        rostrum.press(key)
        rostrum.see("dialog[open] h2", title)
        assert axe(rostrum) == []
        rostrum.press("Escape")
        rostrum.miss("dialog[open]")
    rostrum.assert_calm()


def test_a_bid_can_be_made_with_the_keyboard_alone(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "bidder", "8")
    the_hall_bids(scene, one)
    for _ in range(20):
        one.press("Tab")
        if one.page.evaluate("document.activeElement.matches('.bid-asked')"):
            break
    one.press("Enter")
    one.see(".where-leading")
    one.press("e")
    one.page.keyboard.type("b")
    assert one.page.locator(".own input").input_value() == "b", "no key acts while somebody types"
    other = scene.open(screen(), "bidder", "16")
    other.page.locator(".bid-asked:enabled").wait_for()
    other.press("b")
    other.see(".where-leading")
    one.see(".where-outbid")


def test_a_double_click_bids_once(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "bidder", "8")
    the_hall_bids(scene, one)
    one.page.locator(".bid-asked").dblclick()
    one.see(".where-leading")
    assert len(one.asked("bid")) == 1
    assert len({frame["id"] for frame in one.asked("bid")}) == 1


def the_hall_bids(scene: Scene, bidder: Screen) -> int:
    """Let the hall bid what is asked, so that ``bidder`` may; returns what is asked then, in fen."""
    asked_fen = asked(bidder)
    with hand(scene.house, scene.tokens["clerk"]) as clerk:
        answers = (clerk.ask("hall_bid", lot=2, paddle=paddle, amount_fen=asked_fen) for paddle in (51, 52))
        assert any("accepted" in answer["outcome"] for answer in answers), "one of the two does not lead"
    bidder.see(".price-now", f"¥{asked_fen // 100:,}")
    bidder.page.locator(".bid-asked:enabled").wait_for()
    return asked(bidder)


def asked(screen: Screen) -> int:
    """The price asked for now, in fen."""
    told = screen.see(".desk .bid-asked b", "¥").inner_text()
    return int(told.removeprefix("¥").replace(",", "")) * 100


def test_a_price_far_above_is_asked_back(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "bidder", "16")
    asked_fen = the_hall_bids(scene, one)
    one.page.locator(".own input").fill(str(asked_fen * 5 // 100))
    one.press("Enter")
    one.see("dialog[open] .confirm-amount", "¥")
    one.see("dialog[open] .confirm-why", "5 倍")
    assert axe(one) == []
    assert one.page.evaluate("document.activeElement.textContent") == "取消"
    one.press("Enter")
    one.miss("dialog[open]")
    assert one.asked("bid") == []
    one.page.locator(".own input").fill(str(asked_fen * 5 // 100))
    one.press("Enter")
    one.page.get_by_role("button", name="确认出价").click()
    one.see(".where-leading")
    assert [frame["amount_fen"] for frame in one.asked("bid")] == [asked_fen * 5]


def test_the_language_changes_at_a_touch_and_is_remembered(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(PHONE), "bidder", "8")
    one.see(".own span", "自行出价（元）")
    one.page.get_by_role("button", name="EN", exact=True).click()
    one.see(".own span", "Your own amount (yuan)")
    one.see("h1", "Number plates, seventh sale")
    assert one.page.evaluate("document.documentElement.lang") == "en"
    one.page.goto(scene.house.url + "/")
    one.see(".welcome h2", "hall and online in one book")
    one.assert_calm()


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh-CN", "未获准进入：链接无效、已过期或已在别处使用。请联系受理区换取新链接。"),
        ("en", "Not let in: the link is not valid"),
    ],
    ids=("zh-CN", "en"),
)
def test_a_wrong_link_is_told_so_in_a_clear_sentence(
    scene: Scene, screen: OpenScreen, lang: str, sentence: str
) -> None:
    one = screen(PHONE)
    one.page.goto(scene.house.page("bidder", scene.tokens["8"][:-4] + "AAAA", lang=lang))
    one.see(".status-shut", sentence)
    one.see(".connection-shut")
    assert axe(one) == []
    none = screen(PHONE)
    none.page.goto(scene.house.page("rostrum", lang=lang))
    none.see(".status-shut", "个人链接" if lang == "zh-CN" else "personal link")


# Masks.

MASKED: Final = {"735194": "online", "648027": "online", "951830": "hall"}


def told(number: str, text: str) -> bool:
    """Whether a number stands in a text by itself, not within a digest or a time."""
    return re.search(rf"(?<![0-9a-f]){number}(?![0-9a-f])", text) is not None


def test_where_paddles_are_masked_no_page_is_told_whose_they_are(
    tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen
) -> None:
    paddles = [(int(number), channel) for number, channel in MASKED.items()]
    house = serve(write_sale(tmp_path, paddles=paddles, rules={"paddles": "masked"}))
    hall, record = enter(screen(WALL), house, "hall"), enter(screen(), house, "record")
    scene = in_full_swing(house, 735194, 648027, 951830)
    bidder = scene.open(screen(PHONE), "bidder", "648027")
    bidder.page.locator(".bid-asked:enabled").click()
    bidder.see(".where-leading")
    hall.see(".leader .name", "领先竞买人")
    hall.see(".last-bids", "竞买人 3")
    record.page.get_by_role("button", name="逐条查看 第 1 号标的").click()
    record.see(".story", "竞买人 1（网络）应价")
    record.see(".verdict-good")

    read = [
        record.page.request.get(f"{house.url}/api/sales{path}").text()
        for path in (
            "",
            *(f"/{house.sale}{rest}" for rest in ("", "/record", "/export.jsonl", "/bids.csv", "/lots.csv")),
        )
    ]
    for number in MASKED:
        for one in (hall, record):
            assert not told(number, one.text())
            assert not any(told(number, frame) for frame in one.heard)
        assert not any(told(number, text) for text in read)
        if number != "648027":
            assert not told(number, bidder.text())
            assert not any(told(number, frame) for frame in bidder.heard)
    assert told("648027", bidder.text()), "one's own number is on one's own page"


def test_a_bidder_is_told_nothing_about_the_others_but_what_the_hall_shows(scene: Scene, screen: OpenScreen) -> None:
    hall, one = scene.open(screen(WALL), "hall"), scene.open(screen(), "bidder", "8")
    with hand(scene.house, scene.tokens["auctioneer"]) as auctioneer, hand(scene.house, scene.tokens["clerk"]) as clerk:
        clerk.do("admit", paddle=77, channel="hall", deposits=3)
        auctioneer.do("suspend", reason="核对号牌")
        hall.see(".status-suspended", "核对号牌")
        auctioneer.do("resume")
    hall.see(".status-calm")
    one.see(".status", "恢复")
    frames: list[dict[str, Any]] = [json.loads(frame) for frame in one.heard]
    kinds = {frame["type"] for frame in frames}
    assert kinds <= {"welcome", "picture", "record", "mine", "time", "checkpoint"}
    assert {frame["part"]["paddle"] for frame in frames if frame["type"] == "mine"} == {8}
    shared = [frame for frame in one.heard if json.loads(frame)["type"] == "record"]
    assert set(shared) <= set(hall.heard), "what is shared is the same for all, byte for byte"
    for name in ('"deposits"', '"rights"', "paddle/", "PaddleAdmitted", "presence"):
        assert not any(name in frame for frame in hall.heard)
        assert not any(name in frame for frame in shared)
    assert not told("77", hall.page.locator("main").inner_text())


# What somebody types.


def test_markup_in_titles_and_reasons_stays_text(
    tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen
) -> None:
    house = serve(write_sale(tmp_path, titles=(MARKUP, f"<script>alert(1)</script>{MARKUP}")))
    token = house.token("auctioneer")
    screens = [
        enter(screen(), house, "rostrum", token),
        enter(screen(WALL), house, "hall"),
        enter(screen(PHONE), house, "bidder", house.token("bidder", 8)),
        enter(screen(), house, "record"),
    ]
    popped: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        popped.append(dialog.message)
        dialog.dismiss()

    for one in screens:
        one.page.on("dialog", on_dialog)
    rostrum = screens[0]
    rostrum.press("o")
    rostrum.page.locator(".control-suspend:enabled").wait_for()

    suspend(rostrum, "\u202e原因")
    rostrum.see(".status-refused")
    rostrum.miss(".phase-suspended")
    suspend(rostrum, f"{MARKUP}&amp;")
    for one in screens:
        one.see(".status-suspended", f"{MARKUP}&amp;")
        one.see("h1", MARKUP)
        assert MARKUP in one.page.title()
        one.miss('img[src="x"]')
    assert not any("\u202e" in frame for one in screens[1:] for frame in one.heard)
    screens[1].page.goto(f"{house.url}/?lang=en")
    screens[1].see(".sale h3", "<script>alert(1)</script>")
    assert popped == []
    for one in screens:
        one.assert_calm()


def suspend(rostrum: Screen, reason: str) -> None:
    rostrum.press("s")
    rostrum.page.locator("dialog[open] input").fill(reason)
    rostrum.press("Enter")
    rostrum.miss("dialog[open]")


def test_the_reader_of_a_screen_is_told_where_he_stands(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(PHONE), "bidder", "8")
    expect(one.page.get_by_role("status")).to_have_count(2)
    expect(one.page.get_by_role("heading", level=1)).to_have_count(1)
