"""The hall as it was: leafed through, played, linked to and printed, and never taken for the hall as it is."""

import json
import re
import urllib.request
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House
from tests.browser.screens import DESK, PHONE, Screen, resize

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Course:
    """The records of the demo sale, by what happened in them. Robots hurry: no two demos have the same numbers."""

    house: House
    last: int
    bids: list[int]
    hammers: list[int]
    amounts: dict[int, int]

    @property
    def bid(self) -> int:
        """A bid in the middle of the sale, with another before it."""
        return self.bids[len(self.bids) // 2]


@pytest.fixture(scope="module")
def course(demo_held: House) -> Course:
    with urllib.request.urlopen(f"{demo_held.url}/api/sales/{demo_held.sale}/record?limit=500") as answer:
        page = json.load(answer)
    kinds: dict[str, list[int]] = {"BidPlaced": [], "HammerFell": []}
    amounts = {}
    for seq, record in enumerate(page["records"], 1):
        for event in record.get("events", ()):
            kinds.setdefault(event["type"], []).append(seq)
            amounts[seq] = event.get("amount_fen", 0)
    return Course(demo_held, page["seq"], kinds["BidPlaced"], kinds["HammerFell"], amounts)


def open_at(one: Screen, course: Course, seq: int, lang: str = "zh-CN") -> Screen:
    """The record page by a link to one record."""
    one.page.goto(f"{course.house.page('record', lang=lang)}#seq={seq}")
    one.see(".verdict-good")
    one.see("lc-then .replayed", str(seq))
    return one


def test_a_link_to_a_record_shows_it_and_the_hall_as_it_was(course: Course, screen: OpenScreen) -> None:
    one = open_at(screen(), course, course.bid)
    price = f"¥{course.amounts[course.bid] // 100:,}"
    one.see("lc-then .price-now", price)
    one.see(f"#seq-{course.bid}", price)
    one.see("lc-then .replayed", "回放，非直播")
    expect(one.page.locator(f"#seq-{course.bid}")).to_be_in_viewport()
    expect(one.page.locator("lc-then")).to_be_in_viewport()
    said = one.page.locator(f"#seq-{course.bid} time").inner_text()
    assert said.strip()[-12:] in one.page.locator("lc-then .replayed time").inner_text()


def test_the_record_is_leafed_through_by_the_keyboard_alone(course: Course, screen: OpenScreen) -> None:
    one = open_at(screen(), course, course.bid)
    slider = one.page.locator(".replay input[type=range]")
    slider.focus()
    bid, last = course.bid, course.last
    steps = (("ArrowRight", bid + 1), ("ArrowLeft", bid), ("Home", 1), ("End", last), ("ArrowLeft", last - 1))
    for key, seq in steps:
        one.press(key)
        one.see("lc-then .replayed", f"记录 {seq}")
    one.press("PageDown")
    expect(slider).not_to_have_value(str(last - 1))
    expect(one.page).to_have_url(re.compile(f"#seq={slider.input_value()}$"))
    open_at(one, course, course.bid)
    slider.focus()
    hammer = next(seq for seq in course.hammers if seq > bid)
    before = course.hammers[course.hammers.index(hammer) - 1]
    after = next(seq for seq in course.bids if seq > before)
    again = course.bids[course.bids.index(after) - 1]
    for key, seq in (("h", hammer), ("g", before), ("b", after), ("v", again), (".", again + 1), (",", again)):
        one.press(key)
        one.see("lc-then .replayed", f"记录 {seq}")
    expect(one.page).to_have_url(re.compile(f"#seq={again}$"))
    one.assert_calm()


def test_an_instant_leads_to_its_record_and_what_is_none_is_said_so(course: Course, screen: OpenScreen) -> None:
    one = open_at(screen(), course, course.bid)
    hammer = next(seq for seq in course.hammers if seq > course.bid)
    at = one.page.locator(f"#seq-{hammer} time").inner_text().replace(" ", "")[-15:]
    field = one.page.locator(".replay-jump input")
    field.fill("noon")
    one.press("Enter")
    one.see("#replay-unread", "10:00:05.123")
    field.fill(at)
    one.press("Enter")
    one.see("lc-then .replayed", f"记录 {hammer - 1}")
    field.fill("9999")
    one.press("Enter")
    one.see(".replay .empty", "9999")


def test_the_sale_is_played_to_its_end_and_stops(course: Course, screen: OpenScreen) -> None:
    one = open_at(screen(), course, course.last - 20)
    one.page.get_by_role("button", name="16 倍速").click()
    one.page.get_by_role("button", name="播放").first.click()
    one.see("lc-then .replayed", f"记录 {course.last}")
    one.see("lc-then .curtain-word", "拍卖会结束")
    expect(one.page.locator(".replay-play .button-main")).to_have_attribute("aria-pressed", "false")
    one.assert_calm()


def test_a_moment_is_printed_with_its_stamps_digest_and_way_to_the_record(course: Course, screen: OpenScreen) -> None:
    one = open_at(screen(), course, course.bid)
    past = one.page.request.get(f"{course.house.url}/api/sales/{course.house.sale}/picture?at={course.bid}").json()
    one.page.get_by_role("button", name="打印此刻").click()
    sheet = one.see("dialog.moment")
    for part in (past["head"], past["parts"]["sale"]["rules"], f"/record#seq={course.bid}", "非直播"):
        expect(sheet).to_contain_text(part)
    one.see("dialog.moment lc-then .price-now")
    code = f"dialog.moment img[src='record.svg?seq={course.bid}']"
    one.page.wait_for_function("(code) => document.querySelector(code)?.naturalWidth > 0", arg=code)
    assert axe(one) == []
    assert one.page.pdf(format="A4", print_background=True).count(b"/Type /Page\n") == 1, "one sheet of paper"
    one.press("Escape")
    one.see("dialog.moment", many=0)
    one.assert_calm()


def test_the_replay_fits_every_screen_and_is_open_to_everyone(course: Course, screen: OpenScreen) -> None:
    one = open_at(screen(DESK, scheme="dark"), course, course.bid, "en")
    for width, height in (DESK, PHONE):
        resize(one, width, height)
        one.see("lc-then .price-now")
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width
        assert axe(one) == []
    text = one.page.locator(".replay").inner_text() + one.page.locator("lc-then .wall").inner_text()
    assert re.findall("[\u4e00-\u9fff]+", text.replace("豫", "")) == []
    one.assert_calm()
