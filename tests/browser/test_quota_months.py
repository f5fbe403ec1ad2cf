"""The house's own quota sales by month: the table, how prices and bidders ran, and the page of a house that has none yet."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.gateway.months import months
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.screens import DESK, PHONE, WALL, Screen, resize

pytestmark = pytest.mark.browser

MONTH_US = 31 * 86_400 * 1_000_000
JANUARY_US = 1_547_865_000_000_000
"""2019-01-19 10:30:00 in Shanghai."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Sends the page; the results are made by hand."""
    folder = tmp_path_factory.mktemp("months")
    with House(folder, write_sale(folder)) as house:
        yield house


def of_class(name: str, at: int, lowest: int, **other: Any) -> dict[str, Any]:
    known = {"class": name, "quota": 10_000 + at, "offers": 150_000, "winners": 10_000 + at, "lowest_fen": lowest * 100}
    rest = {"lowest_at_us": JANUARY_US + 3_599_000_000, "average_fen": lowest * 100 + 6_543, "uniform_fen": None}
    return {**known, **rest, "reserve_fen": None, "drawn": 0, **other}


def result(at: int, **other: Any) -> dict[str, Any]:
    """Of the sale of one month, the first being 0."""
    return {
        "sale": f"quota-{at}",
        "title": {"zh": f"第 {at + 1} 期", "en": f"Sale {at + 1}"},
        "phase": "closed",
        "final": at < 5,
        "opened_at_us": JANUARY_US + at * MONTH_US,
        "award": "as_offered",
        "first_max_fen": 9_000_000,
        "classes": [of_class("personal", at, 86_000 + 300 * at, drawn=3 if at == 2 else 0)],
        **other,
    }


def opened(screen: Screen, house: House, results: list[dict[str, Any]], lang: str = "zh-CN") -> Screen:
    """The page of a house with these results."""
    body = json.dumps(months(results))
    screen.page.route("**/api/quota", lambda route: route.fulfill(body=body, content_type="application/json"))
    screen.page.goto(f"{house.url}/quota?lang={lang}")
    screen.see("#about")
    return screen


SIX = [result(at) for at in range(6)]


def test_every_sale_that_is_over_has_a_line_and_both_prices_a_course(house: House, screen: OpenScreen) -> None:
    running = result(6, phase="open", classes=[of_class("personal", 6, 99_999, winners=None)])
    one = opened(screen(), house, [*SIX, running])
    one.see(".all-months tbody tr", many=6)
    row = one.page.locator(".all-months tbody tr").nth(2).inner_text()
    for figure in ("2019-03", "第 3 期", "10,002", "150,000", "6.7%", "¥86,600", "11:29:59", "¥86,665.43"):
        assert figure in row
    assert "99,999" not in one.text()
    one.see(".all-months .badge", many=1)
    one.see('.course[aria-label*="2019-01"][aria-label*="¥87,500"]')
    one.see(".course .course-line", many=4)
    one.see(".course .plot-label", many=4)
    expect(one.page.locator(".all-months a").first).to_have_attribute("href", "/sales/quota-0/figures")
    expect(one.page.locator(".exports a").first).to_have_attribute("href", "/api/quota.csv?lang=zh-CN")
    one.assert_calm()


def test_classes_and_uniform_prices_have_columns_and_plots_where_there_are_any(
    house: House, screen: OpenScreen
) -> None:
    two = [
        result(at, classes=[of_class("personal", at, 86_000), of_class("company", at, 90_000, uniform_fen=8_900_000)])
        for at in range(3)
    ]
    one = opened(screen(), house, two, "en")
    one.see(".all-months tbody tr", "Individuals")
    one.see(".all-months thead", "Uniform price")
    one.see(".course", many=4)
    for size in (PHONE, DESK, WALL):
        resize(one, *size)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert axe(one) == []
    one.assert_calm()


def test_a_house_whose_first_sale_is_still_to_end_says_so(house: House, screen: OpenScreen) -> None:
    one = opened(screen(PHONE), house, [result(0, phase="open")])
    one.see(".empty", "尚无")
    one.miss("table")
    assert axe(one) == []
    alone = opened(screen(), house, [result(0)], "en")
    alone.see(".none", "from the second month on")
    alone.see(".all-months tbody tr", many=1)
    alone.miss(".course")
    alone.assert_calm()


def test_it_prints_whole_and_with_nothing_to_press(house: House, screen: OpenScreen) -> None:
    one = opened(screen(), house, SIX)
    one.page.emulate_media(media="print")
    expect(one.page.locator(".exports")).to_be_hidden()
    assert one.page.locator(".all-months").evaluate("(each) => each.scrollHeight <= each.clientHeight")
    one.assert_calm()


def test_index_and_figures_lead_there(house: House, screen: OpenScreen) -> None:
    one = screen()
    for page in ("/", "/figures"):
        one.page.goto(house.url + page)
        one.page.locator('a[href="/quota"]').click()
        one.see(".empty")
