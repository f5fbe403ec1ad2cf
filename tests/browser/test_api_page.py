"""The protocol page: whole, readable and open to everyone, in both languages and on every screen."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import describe
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.screens import DESK, PHONE, WALL, Screen, laid_out

pytestmark = pytest.mark.browser

OPEN_ALL = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
CHINESE_WHERE_ENGLISH_IS_MEANT = """
[...document.querySelectorAll("main td, main p, main h2, main h3, main summary, nav")]
  .filter((each) => !each.querySelector("[lang=zh-CN]"))
  .map((each) => each.innerText)
  .filter((text) => /[\\u4e00-\\u9fff]/.test(text.replace("落槌", "")))
"""


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_protocol_page_shows_all_there_is(
    tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen, lang: str
) -> None:
    one = at_the_protocol(serve(write_sale(tmp_path)), screen(DESK), lang)
    openapi, asyncapi = describe.openapi(), describe.asyncapi()
    operations = sum(len(methods) for methods in openapi["paths"].values())
    one.see("#http details", many=operations)
    one.see("#hear details, #tell details", many=len(asyncapi["components"]["messages"]))
    one.see("#codes tbody tr", many=len(openapi["x-codes"]))

    one.page.evaluate(OPEN_ALL)
    text = one.page.locator("body").inner_text()
    assert re.findall(r"\bapi\.[a-z.-]+", text.replace("openapi.json", "").replace("asyncapi.json", "")) == []
    if lang == "en":
        assert one.page.evaluate(CHINESE_WHERE_ENGLISH_IS_MEANT) == []
    one.assert_calm()


@pytest.mark.parametrize(
    ("lang", "size"),
    [("zh-CN", PHONE), ("en", PHONE), ("zh-CN", WALL), ("en", DESK)],
    ids=["zh-phone", "en-phone", "zh-wall", "en-desk"],
)
def test_the_protocol_page_is_readable_on_every_screen(
    tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen, lang: str, size: tuple[int, int]
) -> None:
    one = at_the_protocol(serve(write_sale(tmp_path)), screen(size), lang)
    one.page.evaluate(OPEN_ALL)
    laid_out(one)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= size[0], "scrolls sideways"
    assert axe(one) == []
    one.assert_calm()


def test_a_link_to_a_frame_opens_it(tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen) -> None:
    one = at_the_protocol(serve(write_sale(tmp_path)), screen(DESK), "en")
    one.page.locator("#operation-command summary").click()
    one.page.locator("#operation-command a[href='#hear-hammer']").click()
    one.see("#hear-hammer[open] table", "price_fen")
    one.assert_calm()


def at_the_protocol(house: House, one: Screen, lang: str) -> Screen:
    one.page.goto(f"{house.url}/api?lang={lang}")
    one.see("#codes tbody tr")
    assert one.page.locator("html").get_attribute("lang") == lang
    return one
