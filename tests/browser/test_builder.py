"""A sale is made in the browser, from an empty folder to the hall's wall."""

import base64
import json
from collections.abc import Iterator
from typing import Final

import pytest

from engine.passes import make_planner_token
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import TOKEN_TTL_S, House, luochui, write_sale
from tests.browser.screens import DESK, PHONE, Screen, laid_out, resize

pytestmark = pytest.mark.browser

BAD: Final = (
    "标的号,号牌,起拍价,保留价\n1,豫H12345,10000,\n2,豫HI8588,20000,30000\n3,豫H66666,３００,\n3,豫H99999,5000,\n"
)
GOOD: Final = "标的号,号牌,起拍价,保留价\n1,豫H12345,10000,\n2,豫H88588,20000,31700\n3,豫H66666,300,\n"
PADDLES: Final = "竞买号牌,渠道,保证金份数\n8,网络,1\n51,现场,2\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("builder")
    with House(folder, write_sale(folder)) as house:
        yield house


def at_the_desk(house: House, screen: Screen, lang: str = "zh-CN") -> Screen:
    token = make_planner_token(house.data, "1", ttl_s=TOKEN_TTL_S)
    return at_the_link(screen, f"{house.url}/builder?lang={lang}#token={token}")


def at_the_link(screen: Screen, link: str) -> Screen:
    screen.page.goto(link)
    screen.see(".verdict [role=status]")
    return screen


def fill(screen: Screen, **fields: str) -> None:
    for name, text in fields.items():
        screen.page.locator(f"[id='sale.{name}']").fill(text)


def choose(screen: Screen, name: str, text: str, encoding: str = "utf-8") -> None:
    file = {"name": f"{name}\u202e.csv", "mimeType": "text/csv", "buffer": text.encode(encoding)}
    screen.page.locator(f"#file-{name}").set_input_files(file)  # type: ignore[arg-type]


def test_a_sale_is_made_mended_and_announced(house: House, screen: OpenScreen) -> None:
    made = json.loads(luochui("token", "--data", house.data, "--planner", "--url", house.url, "--json"))
    one = at_the_link(screen(), made["link"])
    assert "token" not in one.page.url
    fill(one, id="plates-8", title_zh="第八期号牌竞价", title_en="Eighth sale")
    choose(one, "catalogue", BAD, "gbk")
    one.see(".line-fault", many=3)
    for line, said in (("3", "不是号牌"), ("4", "全角"), ("5", "重复")):
        row = one.page.locator(f".line-bad:has(th:text-is('{line}')) + .line-fault")
        assert said in row.inner_text()
    assert one.page.locator(".announce").is_disabled()
    choose(one, "catalogue", GOOD)
    choose(one, "paddles", PADDLES)
    one.miss(".line-fault")
    one.see(".figures", "¥30,300")
    one.see(".summary li", "落槌")
    digest = one.see(".whole-digest").inner_text()
    assert len(digest) == 64
    assert "31700" not in one.text(), "a reserve is covered"
    one.page.locator(".announce:enabled").click()
    one.see("dialog[open]", digest)
    assert axe(one) == []
    one.page.locator(".confirm").click()
    one.see(".done")
    one.see(".links input", many=4)
    link = one.page.locator(".links input").first.input_value()
    assert axe(one) == []
    one.assert_calm()

    hall = screen()
    hall.page.goto(f"{house.url}/sales/plates-8/hall")
    hall.see(".bar h1", "第八期号牌竞价")
    rostrum = screen()
    rostrum.page.goto(link)
    rostrum.see(".connection-live")
    one.page.goto(house.url)
    one.see(".sales", "第八期号牌竞价")


def test_a_list_may_be_dropped_on_the_page(house: House, screen: OpenScreen) -> None:
    one = at_the_desk(house, screen(), "en")
    drop = """([where, text]) => {
        const carried = new DataTransfer();
        carried.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "list.csv"));
        document.querySelectorAll(".drop")[where].dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
    }"""
    one.page.evaluate(drop, [1, base64.b64encode(PADDLES.encode()).decode()])
    one.see(".lines tbody tr", many=2)
    one.assert_calm()


def test_only_the_fields_an_extension_needs_are_asked_for(house: House, screen: OpenScreen) -> None:
    one = at_the_desk(house, screen())
    one.miss("[id='rules.timed.free_s']")
    one.page.locator(".presets button").nth(2).click()
    one.see("[id='rules.timed.extension.shrink_s']")
    one.miss("[id='rules.timed.extension.reach_yuan']")
    one.see(".all-faults", "sale.id")
    fill(one, id="herd-1", title_zh="活畜", title_en="Livestock")
    one.page.locator("[id='rules.timed.extension.least_s']").fill("900")
    one.see("[id='rules.timed.extension.least_s-bad']")
    one.page.locator("[id='rules.timed.extension.least_s']").fill("20")
    one.miss("[id='rules.timed.extension.least_s-bad']")
    choose(one, "catalogue", GOOD)
    one.see(".summary li:nth-child(3)", "最短 20 秒")
    for preset in range(4):
        one.page.locator(".presets button").nth(preset).click()
        one.page.locator(".announce:enabled").wait_for()
    one.assert_calm()


def test_without_a_planners_token_there_is_no_desk(house: House, screen: OpenScreen) -> None:
    one = screen()
    one.page.goto(f"{house.url}/builder#token={house.token('auctioneer')}")
    one.see("[role=alert]", "专用链接")
    one.miss("form")


def test_the_whole_form_is_reached_by_the_keyboard(house: House, screen: OpenScreen) -> None:
    one = at_the_desk(house, screen())
    reached: set[str] = set()
    one.page.locator(".presets button").first.focus()
    for _ in range(60):
        one.press("Tab")
        reached.add(one.page.evaluate("document.activeElement.id"))
    wanted = set(
        one.page.evaluate(
            "[...document.querySelectorAll('form [id] ')].filter((one) => 'value' in one).map((one) => one.id)"
        )
    )
    assert wanted - {""} <= reached


@pytest.mark.parametrize(("lang", "scheme"), [("zh-CN", "light"), ("en", "dark"), ("zh-CN", "dark"), ("en", "light")])
def test_the_builder_is_open_to_everyone_and_fits(house: House, screen: OpenScreen, lang: str, scheme: str) -> None:
    one = at_the_desk(house, screen(DESK, scheme=scheme), lang)
    one.page.locator(".presets button").nth(1).click()
    choose(one, "catalogue", BAD)
    one.see(".line-fault", many=3)
    for width, height in (DESK, PHONE):
        resize(one, width, height)
        laid_out(one)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(one) == []
    one.page.locator(".looks button").first.click()
    laid_out(one)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "large type fits a phone too"
    one.assert_calm()
