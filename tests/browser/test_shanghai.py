"""204 months of Shanghai's plate auctions: plotted, looked at month by month, and every figure in a table."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from engine.shanghai import published
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.screens import PHONE, Screen

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Any house has the page."""
    folder = tmp_path_factory.mktemp("months")
    with House(folder, write_sale(folder, lots=[("豫H8H888", 50_000)])) as house:
        yield house


def opened(screen: Screen, house: House, lang: str = "zh-CN") -> Screen:
    screen.page.goto(f"{house.url}/shanghai?lang={lang}")
    screen.see(".all-months tbody tr", many=204)
    return screen


def test_every_published_figure_stands_in_the_table_under_four_plots(house: House, screen: OpenScreen) -> None:
    one = opened(screen(), house)
    rows = one.page.locator(".all-months tbody tr").all_inner_texts()
    for month, row in zip(published().values(), rows, strict=True):
        for figure in (month.month, f"{month.plates:,}", f"{month.bidders:,}", f"¥{month.lowest // 100:,}"):
            assert figure in row
    one.see(".course", many=4)
    one.see('.course[aria-label*="2019-01"][aria-label*="¥8,100"]')
    assert axe(one) == []
    one.assert_calm()


def test_all_months_are_plotted_among_the_figures_of_the_house(house: House, screen: OpenScreen) -> None:
    one = screen()
    one.page.goto(f"{house.url}/figures?lang=en")
    one.see("#shanghai h2", "204 months, 2002-01 to 2019-01")
    one.see('#shanghai .course[aria-label*="2019-01"][aria-label*="¥8,100"]')
    one.see("#shanghai .course", many=2)
    one.page.locator("#shanghai .exports a").click()
    one.see(".all-months tbody tr", many=204)
    one.assert_calm()


def test_a_month_is_chosen_with_the_keyboard_or_in_a_plot(house: House, screen: OpenScreen) -> None:
    one = opened(screen(), house, "en")
    one.see(".looked .strip", "¥89,500")
    chooser = one.page.locator("#month")
    chooser.focus()
    one.press("ArrowLeft")
    one.see(".choose b", "2018-12")
    one.see(".looked .strip", "165,442")
    expect(chooser).to_have_attribute(
        "aria-valuetext", "2018-12: lowest ¥87,400, average ¥87,508, 12,850 plates, 165,442 applicants, hit rate 7.8%"
    )
    one.press("Home")
    one.see(".choose b", "2002-01")
    box = one.page.locator(".course").first.bounding_box()
    assert box is not None
    one.page.mouse.click(box["x"] + box["width"] * 0.99, box["y"] + box["height"] / 2)
    one.see(".choose b", "2019-01")
    one.assert_calm()


def test_months_in_doubt_are_marked_in_plot_strip_and_table(house: House, screen: OpenScreen) -> None:
    one = opened(screen(PHONE), house)
    one.see(".course .course-doubt", many=8)
    one.see(".all-months small", "少于额度")
    one.page.locator("#month").evaluate(
        "(range) => { range.value = '58'; range.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    one.see(".choose b", "2006-11")
    one.see(".looked .strip", "疑多一位")
    assert axe(one) == []
    one.assert_calm()


def test_on_paper_the_whole_table_stands_and_nothing_to_press(house: House, screen: OpenScreen) -> None:
    one = opened(screen(), house)
    one.page.emulate_media(media="print")
    for hidden in (".exports", "#month", ".again", ".language"):
        expect(one.page.locator(hidden).first).to_be_hidden()
    table = one.page.locator(".all-months")
    assert table.evaluate("(each) => each.scrollHeight <= each.clientHeight"), "nothing is left to scroll"
    assert one.page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
    one.assert_calm()
