"""The desks of the officers in real browsers: voids by two, a stop by the supervisor, resumption, admission."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import OpenScreen
from tests.browser.hand import hand
from tests.browser.house import House, write_sale
from tests.browser.screens import DESK, PHONE, WALL, Screen, enter

pytestmark = pytest.mark.browser

Serve = Callable[[Path], House]


def opened(house: House) -> None:
    with hand(house, house.token("auctioneer")) as auctioneer:
        auctioneer.do("open_sale")
        auctioneer.do("open_lot", lot=1)


def test_two_officers_void_a_miskeyed_hall_bid_in_two_strokes_each(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    house = serve(write_sale(tmp_path))
    opened(house)
    eight = enter(screen(PHONE), house, "bidder", house.token("bidder", 8))
    hall = enter(screen(WALL), house, "hall")
    clerk = enter(screen(DESK), house, "rostrum", house.token("clerk"))
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    eight.page.locator(".bid-asked").click()
    eight.see(".where-leading", "¥50,000")
    with hand(house, house.token("clerk")) as typist:
        typist.do("hall_bid", lot=1, paddle=51, amount_fen=51_000_000)  # a nought too many
    eight.see(".where-outbid")
    clerk.see(".log-bids", "¥510,000")
    clerk.press("v", "1")
    auctioneer.see(".void-waiting", "¥510,000")
    auctioneer.see("#why-hammer", "报价")
    auctioneer.press("v", "Enter")
    eight.see(".where-leading", "¥50,000")
    hall.see(".bid-voided", "已撤销")
    auctioneer.see(".announced-voided", "两名工作人员")
    eight.see(".recent .voided", "已撤销")
    with hand(house, house.token("bidder", 16)) as sixteen:
        sixteen.do("bid", lot=1, amount_fen=5_100_000)  # the minimum is not stuck
    for one in (eight, hall, clerk, auctioneer):
        one.assert_calm()


def test_one_officer_alone_voids_nothing(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(write_sale(tmp_path))
    opened(house)
    with hand(house, house.token("bidder", 8)) as eight:
        eight.do("bid", lot=1, amount_fen=5_000_000)
    clerk = enter(screen(DESK), house, "rostrum", house.token("clerk"))
    clerk.see(".log-bids", "¥50,000")
    clerk.press("v", "4")
    clerk.see(".void-waiting")
    clerk.press("v", "Enter")
    clerk.see(".status-refused", "另一岗位")
    clerk.press("v", "d")
    clerk.miss(".void-waiting")


def test_the_supervisor_stops_the_sale_and_it_goes_on_where_it_stood(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    house = serve(write_sale(tmp_path))
    opened(house)
    eight = enter(screen(PHONE), house, "bidder", house.token("bidder", 8))
    eight.page.locator(".bid-asked").click()
    eight.see(".where-leading")
    supervisor = enter(screen(DESK), house, "supervisor", house.token("supervisor"))
    supervisor.press("s")
    supervisor.page.locator(".asking input").fill("核对竞买人身份")
    supervisor.press("Enter")
    eight.see(".announced", "核对竞买人身份")
    late = enter(screen(DESK), house, "bidder", house.token("bidder", 16))
    late.see(".announced", "核对竞买人身份")  # who comes late reads the same
    late.see(".desk-why", "中止")
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    auctioneer.see(".announced-suspended", "监督人叫停")
    auctioneer.press("r")
    eight.see(".where-leading", "¥50,000")
    late.page.locator(".bid-asked").click()
    late.see(".where-leading", "¥51,000")
    for one in (eight, supervisor, late, auctioneer):
        one.assert_calm()


def test_a_bidder_admitted_at_the_desk_bids(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(write_sale(tmp_path))
    opened(house)
    desk = enter(screen(DESK), house, "admission", house.token("registrar"))
    stranger = enter(screen(PHONE), house, "bidder", house.token("bidder", 77))
    stranger.see(".desk-why", "尚未取得竞买资格")
    desk.press("a")
    desk.page.keyboard.type("77")
    desk.press("Enter")
    desk.see(".present tbody", "77")
    stranger.page.locator(".bid-asked").click()
    stranger.see(".where-leading")
    grant(desk, "77", 2)
    desk.see(".present tbody", "2（1）")
    for one in (desk, stranger):
        one.assert_calm()


def grant(desk: Screen, paddle: str, lot: int) -> None:
    desk.press("g")
    desk.page.locator(".grant [name=paddle]").fill(paddle)
    desk.page.locator(".grant [name=lot]").select_option(str(lot))
    desk.page.locator(".grant button").click()


def test_a_maximum_left_in_the_hall_bids_and_is_shown_on_no_page(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    house = serve(write_sale(tmp_path, rules={"proxies": True}))
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    auctioneer.page.locator(".row-waiting").first.get_by_text("保留价").click()
    auctioneer.page.locator(".asking input").fill("53000")
    auctioneer.press("Enter")
    auctioneer.see(".log-acts", "保留价")
    clerk = enter(screen(DESK), house, "rostrum", house.token("clerk"))
    clerk.press("m")
    clerk.page.locator(".hall-maximum [name=paddle]").fill("51")
    clerk.page.locator(".hall-maximum [name=yuan]").fill("57000")
    clerk.press("Enter")
    clerk.see(".hall-maximum .bad", "伍万柒仟")
    clerk.press("Enter")
    clerk.see(".act-accepted")
    opened(house)
    eight = enter(screen(PHONE), house, "bidder", house.token("bidder", 8))
    eight.page.locator(".bid-asked").click()
    eight.see(".where-outbid")
    for one in (auctioneer, clerk, eight):
        one.see("body", "¥53,000")  # the maximum reached the reserve, and no further
        one.miss(":text('57,000')")
        one.assert_calm()
