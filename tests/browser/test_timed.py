"""A sale by the clock in real browsers: its end, maxima left with the house, the rules accepted at entry, hidden prices."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import OpenScreen
from tests.browser.hand import hand
from tests.browser.house import House, write_sale
from tests.browser.screens import DESK, PHONE, WALL, Screen, enter

pytestmark = pytest.mark.browser

Serve = Callable[[Path], House]
RESET = {"kind": "reset", "within_s": 4, "by_s": 4}
TOP_UP = {"kind": "top_up", "by_s": 12}


def timed(
    folder: Path,
    *,
    window_s: int = 60,
    extension: dict[str, object] = RESET,
    rules: dict[str, object] | None = None,
) -> Path:
    """A notice of a timed sale whose lots are opened by hand."""
    times = {"free_s": 0, "window_s": window_s, "extension": extension}
    return write_sale(folder, rules={"mode": "timed", "timed": times, **(rules or {})})


def opened(house: House, lot: int = 1) -> None:
    with hand(house, house.token("auctioneer")) as auctioneer:
        auctioneer.do("open_sale")
        auctioneer.do("open_lot", lot=lot)


def bid_own(screen: Screen, yuan: str) -> None:
    screen.page.locator(".own input").fill(yuan)
    screen.page.locator(".own button").click()


def test_a_lot_ends_by_the_clock_and_a_bidder_who_lost_his_line_is_told_what_became_of_his_bid(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    house = serve(timed(tmp_path, window_s=15, extension=TOP_UP))
    hall = enter(screen(WALL), house, "hall")
    eight = enter(screen(PHONE), house, "bidder", house.token("bidder", 8))
    sixteen = enter(screen(DESK), house, "bidder", house.token("bidder", 16))
    opened(house)
    eight.see(".countdown-left")
    eight.see(".safe-safe")
    eight.page.locator(".bid-asked").click()
    eight.see(".where-leading")
    sixteen.see(".where", "可以出价")
    sixteen.page.context.set_offline(True)
    sixteen.see(".desk-why", "已断线")
    sixteen.page.context.set_offline(False)
    sixteen.see(".connection-live")
    sixteen.page.locator(".bid-asked").click()  # the end moves
    sixteen.see(".where-leading")
    eight.see(".where-outbid")
    hall.see(".countdown", "延时")
    sixteen.page.wait_for_selector(".where-won", timeout=30_000)
    sixteen.see(".where-won", "竞得")
    eight.see(".where", "已由他人竞得")
    hall.see("main", "成交")
    answer = late(house)
    assert answer["code"] == "E_AUCTION_CLOSED"
    assert answer["detail"]["arrived_us"] > answer["detail"]["closed_us"]
    assert "截止" in answer["zh"]


def late(house: House) -> dict[str, Any]:
    with hand(house, house.token("bidder", 8)) as eight:
        refused: dict[str, Any] = eight.ask("bid", lot=1, amount_fen=9_900_000)["outcome"]["refused"]
        return refused


def test_two_maxima_fight_it_out_and_neither_is_told_to_the_other(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    house = serve(timed(tmp_path, rules={"proxies": True}))
    eight = enter(screen(DESK), house, "bidder", house.token("bidder", 8))
    sixteen = enter(screen(PHONE), house, "bidder", house.token("bidder", 16))
    leave(eight, "80000")  # before the sale: a commission
    eight.see(".maxima-left", "¥80,000")
    opened(house)
    eight.see(".where-leading", "¥50,000")
    leave(sixteen, "70000")
    eight.see(".where-leading", "¥71,000")
    sixteen.see(".where-outbid")
    leave(sixteen, "80000")  # equal: the one left earlier holds
    eight.see(".where-leading", "¥80,000")
    sixteen.see(".where-outbid")
    assert not any("maximum_fen" in frame and "8000000" in frame for frame in sixteen.heard if '"paddle":8' in frame)
    hall = enter(screen(WALL), house, "hall")
    hall.see("main", "80,000")
    assert not any("maximum" in frame for frame in hall.heard)


def leave(screen: Screen, yuan: str) -> None:
    screen.page.locator(".maxima input").fill(yuan)
    screen.page.locator(".maxima form button").click()


def test_nobody_bids_before_he_has_accepted_the_rules(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(timed(tmp_path, rules={"sign_off": True}))
    opened(house)
    eight = enter(screen(PHONE), house, "bidder", house.token("bidder", 8))
    eight.see(".entry", "确认竞价规则")
    eight.page.locator(".entry .choices button").first.click()
    eight.see(".desk-why", "请先确认竞价规则")
    eight.page.locator(".entry-rest button").click()
    eight.page.locator(".entry .button-main").click()
    eight.page.wait_for_selector(".entry", state="detached")
    eight.page.locator(".bid-asked").click()
    eight.see(".where-leading")


def test_where_prices_are_hidden_a_bidder_sees_his_own_and_his_place(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    sight = {"amounts_public": "none", "amounts_bidders": "rank", "counts_public": False, "counts_bidders": False}
    house = serve(timed(tmp_path, rules={"visibility": sight}))
    opened(house)
    eight = enter(screen(PHONE), house, "bidder", house.token("bidder", 8))
    sixteen = enter(screen(DESK), house, "bidder", house.token("bidder", 16))
    hall = enter(screen(WALL), house, "hall")
    bid_own(eight, "52000")
    eight.see(".price-now", "第 1 名")
    bid_own(sixteen, "51000")
    sixteen.see(".where-refused", "未能领先")
    bid_own(sixteen, "60000")
    sixteen.see(".price-now", "第 1 名")
    eight.see(".price-now", "第 2 名")
    for other in (hall, eight):
        assert not any("6000000" in frame for frame in other.heard)


def test_of_lots_that_are_open_together_the_one_chosen_is_bid_for(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    times = {"free_s": 0, "window_s": 60, "advance": "together", "extension": RESET}
    house = serve(write_sale(tmp_path, rules={"mode": "timed", "timed": times}))
    with hand(house, house.token("auctioneer")) as auctioneer:
        auctioneer.do("open_sale")
    eight = enter(screen(DESK), house, "bidder", house.token("bidder", 8))
    eight.page.locator(".opening").nth(1).click()
    eight.page.locator(".bid-asked:enabled").click()
    eight.see(".where-leading")
    eight.see(".act-leading")
    eight.assert_calm()
