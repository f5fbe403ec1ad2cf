"""
Nobody is kept out: every page, in both languages, in both colour schemes, in normal and in large type, every two of them together.

Pages are taken from the house's own list, so that a new one is looked at without being named here; only whose page it is, where it is
not everybody's, stands in ``WHOSE``.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from engine.gateway.pages import VIEWS
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.hand import hand
from tests.browser.house import House, write_sale
from tests.browser.scene import Scene, in_full_swing
from tests.browser.screens import Screen, laid_out

pytestmark = pytest.mark.browser

WHOSE: Final = {
    "bidder": ("8",),
    "rostrum": ("auctioneer", "clerk"),
    "supervisor": ("supervisor",),
    "admission": ("registrar",),
}
"""Page → who opens it by a personal link. Others are everybody's."""

OF_THE_HOUSE: Final = {
    "index": "/",
    "series": "/figures",
    "quota": "/quota",
    "shanghai": "/shanghai",
    "cluster": "/cluster",
    "api": "/api",
}
"""Pages of no sale, and where they are."""

LONG: Final = frozenset({"api"})
"""Pages of ten thousand elements: axe leaves them so slow that the next look is better taken of a page loaded anew."""

PAGES: Final = [
    *((name, None) for name in OF_THE_HOUSE),
    *((view, who) for view in VIEWS for who in WHOSE.get(view, (None,))),
]
LOOKS: Final = [
    ("zh-CN", "light", "normal"),
    ("zh-CN", "dark", "large"),
    ("en", "dark", "normal"),
    ("en", "light", "large"),
]
"""Every two of language, colours and size meet once."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A sale in full swing."""
    folder = tmp_path_factory.mktemp("open-to-all")
    with House(
        folder,
        write_sale(
            folder,
            lots=[("豫H8H888", 50_000), ("豫HA1234", 20_000), ("豫HD12345", 8_000)],
            rules={"proxies": True, "reoffers_max": 1},
        ),
    ) as house:
        yield in_full_swing(house, 8, 16, 51)


def go(scene: Scene, screen: Screen, view: str, who: str | None) -> Screen:
    """Open a page of the house, whichever it is."""
    token = scene.tokens.get(who) or scene.house.token(who) if who else None
    at = OF_THE_HOUSE.get(view)
    screen.page.goto(scene.house.page(view, token) if at is None else scene.house.url + at)
    screen.see("main")
    if screen.page.locator(".connection").count():
        screen.see(".connection-live")
    screen.page.wait_for_load_state("networkidle")
    return screen


def look(screen: Screen, lang: str, scheme: str, size: str) -> None:
    """Choose in the bar, as a person does."""
    root = screen.page.locator("html")
    screen.page.locator(f".language [lang={lang}]").click()
    screen.page.wait_for_function("(lang) => document.documentElement.lang === lang", arg=lang)
    large, colours = (screen.page.locator(".looks button").nth(n) for n in (0, 1))
    if (root.get_attribute("data-type") == "large") != (size == "large"):
        large.click()
    while root.get_attribute("data-theme") != scheme:
        colours.click()
    laid_out(screen)


@pytest.mark.parametrize(("view", "who"), PAGES, ids=[f"{view}-{who or 'all'}" for view, who in PAGES])
def test_every_page_is_open_to_everyone_however_it_looks(
    scene: Scene, screen: OpenScreen, view: str, who: str | None
) -> None:
    one = go(scene, screen(), view, who)
    one.miss(".status-shut")
    width = one.page.viewport_size["width"] if one.page.viewport_size else 0
    found: dict[tuple[str, ...], list[str]] = {}
    for looks in LOOKS:
        if found and view in LONG:
            one.page.reload()
            one.see(".language")
            one.page.wait_for_load_state("networkidle")
        look(one, *looks)
        found[looks] = axe(one)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width, f"scrolls sideways: {looks}"
    assert {looks: violations for looks, violations in found.items() if violations} == {}
    one.assert_calm()


@pytest.mark.parametrize(("view", "who"), PAGES, ids=[f"{view}-{who or 'all'}" for view, who in PAGES])
def test_every_page_can_be_used_without_a_mouse(scene: Scene, screen: OpenScreen, view: str, who: str | None) -> None:
    one = go(scene, screen(), view, who)
    reached: list[str] = []
    for _ in range(60):
        one.press("Tab")
        stop = one.page.evaluate(
            """() => {
              const at = document.activeElement;
              if (at === document.body) return null;
              const { outlineStyle, outlineWidth } = getComputedStyle(at);
              const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
              return [at.outerHTML.slice(0, 120), seen, at.getBoundingClientRect().height > 0];
            }"""
        )
        if stop is None:
            break
        reached.append(stop[0])
        assert stop[1:] == [True, True], f"the focus cannot be seen on {stop[0]}"
    buttons = one.page.locator("button:enabled:visible, a[href]:visible").count()
    assert len(reached) >= min(buttons, 60), reached
    one.page.locator(".skip").focus()
    one.press("Enter")
    assert one.page.evaluate("document.activeElement.localName") == "main", "the first stop leads past the bar"


def test_the_keys_are_shown_and_the_focus_comes_back(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "hall")
    one.page.locator(".seal-hint button:enabled").first.focus()
    before = one.page.evaluate("document.activeElement.textContent")
    one.press("?")
    one.see("dialog[open] h2", "快捷键")
    for _ in range(6):
        one.press("Tab")
        inside = one.page.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
        assert inside, "the sheet keeps the focus"
    one.press("Escape")
    one.miss("dialog[open]")
    assert one.page.evaluate("document.activeElement.textContent") == before


def test_looks_are_kept_for_every_page_and_need_no_second_drawing(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(scheme="light"), "record")
    dark = "getComputedStyle(document.documentElement).colorScheme === 'dark'"
    assert not one.page.evaluate(dark)
    look(one, "zh-CN", "dark", "large")
    other = one.page.context.new_page()
    other.goto(scene.house.url)
    assert other.evaluate(dark)
    assert other.locator("html").get_attribute("data-type") == "large"
    other.get_by_role("button", name="大字").click()
    one.page.wait_for_function("document.documentElement.dataset.type === undefined")
    one.assert_calm()


def test_in_large_type_every_bid_is_read_back_before_it_is_made(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "bidder", "16")
    look(one, "zh-CN", "light", "large")
    one.page.locator(".bid-asked:enabled").wait_for()
    one.press("b")
    one.see("dialog[open] .confirm-words", "元整")
    one.see("dialog[open] .confirm-why", "不得撤回")
    assert axe(one) == []
    assert one.page.evaluate("document.activeElement.textContent") == "取消"
    one.press("Enter")
    one.miss("dialog[open]")
    assert one.asked("bid") == []
    one.page.locator(".bid-asked").click()
    one.page.get_by_role("button", name="确认出价").click()
    one.see(".where-leading")
    assert len(one.asked("bid")) == 1


def test_in_large_type_the_clerk_is_read_back_what_was_typed(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "rostrum", "clerk")
    look(one, "zh-CN", "light", "large")
    one.press("5", "2", "Enter")
    one.see(".entry-says", "确认请再按一次回车")
    assert one.asked("hall_bid") == []
    one.press("Enter")
    one.see(".log-acts li")
    assert len(one.asked("hall_bid")) == 1


def test_calls_and_the_hammer_interrupt_a_screen_reader(scene: Scene, screen: OpenScreen) -> None:
    one = scene.open(screen(), "hall")
    price = one.see(".price-now", "¥").inner_text()
    with hand(scene.house, scene.tokens["auctioneer"]) as auctioneer:
        for call in (1, 2, 3):
            auctioneer.ask("call", lot=2, call=call, price_fen=int(price[1:].replace(",", "")) * 100)
    one.see(".bar [aria-live=assertive]", f"第三次：{price}")
