"""The pages of a quota sale with a house behind them: keyboard, the window that moves, the end, and what nobody may see."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House
from tests.browser.quota import FIRST, FIRST_S, LONG_S, REVISION, SHANGHAI, QuotaScene, write_quota
from tests.browser.screens import DESK, PHONE, WALL, Screen, laid_out, resize

pytestmark = pytest.mark.browser

OFFERS: Final = {8: 88_000, 11: 88_100, 12: 87_600}
"""Two plates: 8 stands at the edge, 12 is out, and 87,600 is nobody's business."""

SECRET: Final = 8_760_000
"""The offer that is never at the edge, in fen."""

ONE: Final = {"name": "offers", "span_s": LONG_S, "revisions": 1}


@dataclass(frozen=True, slots=True)
class Sales:
    """Three small sales, held at the same time."""

    running: QuotaScene
    hidden: QuotaScene
    over: QuotaScene


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sales]:
    """In its second round; with hidden prices; about to be over."""
    folder = tmp_path_factory.mktemp("quota")
    notices = (
        write_quota(folder / "running", SHANGHAI, [FIRST, {**REVISION, "span_s": LONG_S}]),
        write_quota(folder / "hidden", {"pack": "shenzhen", "quota": 2, "floor_yuan": 10_000, "sign_off": True}, [ONE]),
        write_quota(folder / "over", SHANGHAI, [FIRST, {**REVISION, "span_s": 1}]),
    )
    with ExitStack() as held:
        scenes = Sales(*(QuotaScene(held.enter_context(House(each.parent, each))) for each in notices))
        scenes.over.begin(OFFERS)
        scenes.running.begin(OFFERS)
        yield scenes


def in_the_second_round(screen: Screen) -> Screen:
    screen.page.locator(".step-now:nth-child(2)").wait_for(timeout=(FIRST_S + 15) * 1000)
    return screen


def places(screen: Screen, *selectors: str) -> list[Any]:
    """Where things stand on the page."""
    laid_out(screen)
    return [screen.page.locator(each).first.bounding_box() for each in selectors]


def test_a_change_is_made_with_the_keyboard_alone_and_the_page_says_how_one_stands(
    sales: Sales, screen: OpenScreen
) -> None:
    one = in_the_second_round(sales.running.open(screen(), "bidder", "8"))
    one.see(".where-is-in", "88,000")
    one.see(".running .price-now", "¥88,000")
    one.see(".safe-safe")
    before = places(one, ".running", ".where", ".reach-panel", ".offer-desk", ".me")
    assert "accepted" in sales.running.offer(12, 88_200)["outcome"]
    one.see(".where-is-out", "88,100")
    one.see(".reach-bound", "¥87,800")
    assert places(one, ".running", ".where", ".reach-panel", ".offer-desk", ".me") == before
    one.press("b", "ArrowUp", "ArrowUp")
    assert one.page.locator(".offer-desk input").input_value() == "88200"
    one.press("ArrowUp", "Enter")
    one.see(".where-is-in", "88,300")
    one.see(".act-stands", "88,300")
    one.see(".reach-panel h2", "还可修改 1 次")
    one.page.locator(".act-stands button").first.click()
    one.see(".receipt-good")
    one.press("Escape")
    assert places(one, ".running", ".where", ".reach-panel", ".offer-desk", ".me") == before
    one.assert_calm()


def test_a_change_out_of_reach_is_refused_with_the_window_it_was_measured_by(sales: Sales, screen: OpenScreen) -> None:
    one = in_the_second_round(sales.running.open(screen(), "bidder", "11"))
    field = one.page.locator(".offer-desk input")
    field.fill("99000")
    one.see("#offer-says .bad")
    assert one.page.locator(".offer-send").is_disabled()
    # As if the window had moved on the way.
    one.page.evaluate(
        "document.querySelector('lc-quota-bidder').connection.ask({ type: 'offer', amount_fen: 9900000 })"
    )
    one.see(".act-refused", "处理时的范围为 ¥")
    one.see(".where-refused", "处理时的范围为 ¥")
    one.see(".reach-panel h2", "还可修改 2 次")
    one.page.locator(".language [lang=en]").click()
    one.see(".act-refused", "when taken up")
    resize(one, *PHONE)
    for said in (".where-refused", ".status-refused"):  # Read whole, however long the sentence is.
        cut = one.page.locator(said).evaluate("(each) => [each.scrollHeight - each.clientHeight, each.textContent]")
        assert cut[0] <= 2, cut[1]  # What a fallback font reaches below its line, and no part of a letter.
    resize(one, *DESK)
    assert field.input_value() == "99000"
    one.assert_calm()


def test_an_offer_without_an_answer_is_asked_after_and_told(sales: Sales, screen: OpenScreen) -> None:
    one = in_the_second_round(sales.running.open(screen(PHONE), "bidder", "12"))
    lead = one.page.evaluate("document.querySelector('lc-quota-bidder').running.cutoff_fen / 100")
    one.page.locator(".offer-desk input").fill(str(int(lead)))
    with sales.running.house.stopped_short():
        one.press("Enter")
        one.see(".act-sent")
        one.see(".act-unknown", "2 秒内未收到答复")
    one.see(".act-stands")
    one.context.set_offline(True)
    one.see(".status-stale")
    assert one.page.locator(".offer-send").is_disabled()
    one.context.set_offline(False)
    one.see(".connection-live")
    assert one.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_the_rostrum_suspends_and_resumes_by_keyboard_and_every_page_says_so_in_its_place(
    sales: Sales, screen: OpenScreen
) -> None:
    scene = sales.running
    rostrum = in_the_second_round(scene.open(screen(), "rostrum", "auctioneer"))
    hall, bidder = scene.open(screen(WALL), "hall"), scene.open(screen(), "bidder", "8")
    bidder.see(".reach-bound")
    before = places(hall, ".stepper", ".class-wall", ".figures"), places(bidder, ".running", ".offer-desk")
    rostrum.press("s")
    rostrum.see("dialog[open]")
    rostrum.press("2", "Enter")
    hall.see(".suspension", "网络故障")
    bidder.see(".said", "网络故障")
    bidder.see(".desk-why", "网络故障")
    assert (places(hall, ".stepper", ".class-wall", ".figures"), places(bidder, ".running", ".offer-desk")) == before
    rostrum.press("r")
    rostrum.see("dialog[open] ul", "全部有效")
    rostrum.press("Enter")
    hall.see(".round-clock-taking")
    rostrum.see(".counts dd", "60")
    for one in (hall, bidder, rostrum):
        one.assert_calm()


def test_nobody_is_shown_an_offer_that_is_not_his_own(sales: Sales, screen: OpenScreen) -> None:
    scene = sales.running
    views = (("hall", None), ("figures", None), ("record", None), ("bidder", "8"), ("rostrum", "auctioneer"))
    for view, who in (*views, ("supervisor", "supervisor"), ("admission", "registrar")):
        one = scene.open(screen(), view, who)
        one.see("main")
        in_the_second_round(one) if view != "record" else one.see(".verdict-good")
        said = [one.text(), *one.heard]
        assert not [text for text in said if str(SECRET) in text or "87,600" in text], view
        assert '"paddle":12' not in "".join(one.heard), view
        one.assert_calm()


def test_where_the_sheet_hides_prices_the_page_says_so_and_holds_none(sales: Sales, screen: OpenScreen) -> None:
    scene = sales.hidden
    one, hall = scene.open(screen(), "bidder", "8"), scene.open(screen(WALL), "hall")
    one.see("dialog[open] ul", "报价期间不公布价格与人数")
    one.page.locator("dialog[open] .button-main").click()
    one.miss("dialog[open]")
    scene.open(screen(), "bidder", "11").page.locator("dialog[open] .button-main").click()
    scene.begin({11: 17_300})
    one.see(".step-now")
    one.press("b")
    one.page.keyboard.type("16000")
    one.press("Enter")
    one.see(".where-calm", "是否入围，结束后公布")
    one.page.keyboard.type("16500")
    one.press("Enter")
    one.see("dialog[open] .confirm-why", "只能修改一次")
    one.press("Tab", "Enter")
    one.see(".act-stands", "16,500")
    hall.see(".class-price", "结束后公布")
    result = scene.open(screen(), "figures")
    result.see(".so-far")
    months = screen()
    months.page.goto(f"{scene.house.url}/quota")
    months.see(".empty")
    asked = [months.page.request.get(f"{scene.house.url}/api/quota{end}").text() for end in ("", ".csv")]
    for page in (hall, one, result, months):
        said = [page.text(), *page.heard, *asked]
        assert not [text for text in said if "1730000" in text or "17,300" in text]
        page.miss("lc-curve")
        page.assert_calm()


def test_the_result_stands_on_every_page_and_is_final_when_two_have_signed(sales: Sales, screen: OpenScreen) -> None:
    scene = sales.over
    hall, result = scene.open(screen(WALL), "hall"), scene.open(screen(), "figures")
    record = scene.open(screen(), "record")
    winner, loser = scene.open(screen(), "bidder", "8"), scene.open(screen(PHONE), "bidder", "12")
    hall.page.locator(".class-result").wait_for(timeout=(FIRST_S + 20) * 1000)
    hall.see(".class-result .price-now", "¥88,000")
    winner.see(".where-is-won", "应付 ¥88,000")
    loser.see(".where-is-missed", "87,600")
    record.see(".lots", "12 号报价 ¥87,600")
    result.see(".fact-average", "¥88,050.00")
    result.see(".fact-lowest", "¥88,000")
    result.see(".result-provisional")
    for who, view in (("auctioneer", "rostrum"), ("supervisor", "supervisor")):
        desk = scene.open(screen(), view, who)
        desk.see(".signing .button:enabled")
        desk.press("g")
        desk.see("dialog[open]")
        desk.press("Enter")
        desk.see(".signing", "拍卖师" if who == "auctioneer" else "监督人")
        desk.assert_calm()
    result.see(".result-final")
    result.page.locator(".language [lang=en]").click()
    result.see(".terms", "Price first, then time")
    months = screen()
    months.page.goto(f"{scene.house.url}/quota")
    months.see(".all-months tbody tr", "¥88,000")
    result.page.emulate_media(media="print")
    assert not result.page.locator(".actions").is_visible()
    assert result.page.locator(".curve").is_visible()
    for page in (hall, winner, loser, result):
        page.assert_calm()


PAGES: Final = (
    ("hall", None, WALL),
    ("figures", None, PHONE),
    ("bidder", "8", PHONE),
    ("rostrum", "auctioneer", PHONE),
    ("supervisor", "supervisor", PHONE),
    ("admission", "registrar", PHONE),
)


@pytest.mark.parametrize(("view", "who", "size"), PAGES, ids=[view for view, _, _ in PAGES])
def test_every_page_of_a_quota_sale_is_open_to_everyone(
    sales: Sales, screen: OpenScreen, view: str, who: str | None, size: tuple[int, int]
) -> None:
    one = in_the_second_round(sales.running.open(screen(size), view, who))
    found = {}
    for lang, large in (("zh-CN", False), ("en", True)):
        one.page.locator(f".language [lang={lang}]").click()
        if large:
            one.page.locator(".looks button").first.click()
            one.page.locator(".looks button").nth(1).click()
        laid_out(one)
        found[lang] = axe(one)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= size[0], f"scrolls sideways: {lang}"
    assert found == {"zh-CN": [], "en": []}
    one.assert_calm()
