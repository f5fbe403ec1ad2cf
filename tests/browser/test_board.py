"""The day's board in the lobby: pages through, counts down by the house's clock, says when it is out of date; wall and phone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import House, write_sale
from tests.browser.screens import PHONE, WALL, resize

pytestmark = pytest.mark.browser

NOON_US = 1_795_752_000_000_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("board")
    notice = write_sale(folder)
    notice.write_text(notice.read_text("utf-8").replace("[sale]\n", '[sale]\nroom = "第三拍卖厅"\n', 1), "utf-8")
    with House(folder, notice) as house:
        yield house


def line(at: int, **more: Any) -> dict[str, Any]:
    title = {
        "zh": f"{at} 号道路改造及配套管网工程施工招标（第二次）",
        "en": f"Road works and mains no. {at}, second call",
    }
    known = {
        "sale": f"s{at}",
        "kind": "opening",
        "room": f"第 {at} 开标室",
        "title": title,
        "phase": "planned",
        "lots": 2,
        "sold": 0,
    }
    due = {"due": "deadline", "due_us": NOON_US + at * 1_800_000_000, "opens_at_us": NOON_US + at * 1_800_000_000}
    return {**known, "suspended": None, "result": None, "stage": "receiving", **due, **more}  # fmt: skip


LINES = [
    line(1, phase="open", stage="unsealing", due="unsealing"),
    line(2, kind="auction", phase="open", stage=None, due="lot", lots=12, sold=3, room="第一拍卖厅"),
    line(3, phase="suspended", suspended="停电", due=None, due_us=None),
    line(4, due_us=NOON_US - 1),
    *(line(at) for at in range(5, 9)),
    line(9, phase="closed", stage="ended", result="final", due=None, due_us=None),
    line(10, kind="quota", stage=None, phase="planned", due=None, due_us=None, opens_at_us=None, room=None),
]


def test_the_board_turns_its_pages_counts_down_and_says_when_it_is_out_of_date(
    house: House, screen: OpenScreen
) -> None:
    one = screen(WALL)
    one.page.goto(f"{house.url}/board")
    one.see("tbody tr", "第三拍卖厅", many=1)  # The house's own, as its notice says where it is held.
    body = json.dumps({"at_us": NOON_US, "day": "2026-11-27", "lines": LINES})
    one.page.route("**/api/board", lambda route: route.fulfill(body=body, content_type="application/json"))
    for lang in ("zh-CN", "en"):
        one.page.goto(f"{house.url}/board?lang={lang}")
        one.see("tbody tr", many=7)
        one.see(".is-open .left", many=2)
        one.see(".any-moment", many=1)
        assert one.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert (
            one.page.locator("tbody .what").first.evaluate("(each) => parseFloat(getComputedStyle(each).fontSize)")
            >= 35
        )
        assert axe(one) == []
        one.page.locator(".turner button").nth(1).click()
        one.see("tbody tr", many=3)
        one.see(".is-closed", many=1)
    resize(one, *PHONE)
    one.see("tbody tr", many=10)
    assert one.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert axe(one) == []
    one.page.unroute("**/api/board")
    one.assert_calm()
    one.page.route("**/api/board", lambda route: route.abort("connectionrefused"))
    one.see(".as-of-stale")
