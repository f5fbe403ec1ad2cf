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

TOGETHER = """
[rules.timed]
free_s = 600
window_s = 60
grace_ms = 500
advance = "together"

[rules.timed.extension]
kind = "none"
"""


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
    auctioneer.see(".gate-void.gate-shut")
    auctioneer.press("v")
    auctioneer.see("dialog[open] .void-bid", "伍拾壹万元整")
    auctioneer.press("Enter")
    auctioneer.see(".gate-void.gate-open")
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
    clerk.press("v")
    clerk.see("dialog[open] .void-second", "另一岗位")
    clerk.press("Enter")
    clerk.miss("dialog[open]")
    assert clerk.asked("confirm_void") == []
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
    assert supervisor.page.locator("main button:enabled").count() == 1, "a supervisor conducts nothing"
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
    auctioneer.see("dialog[open] .asking-facts", "领先者和保证金不变")
    auctioneer.press("Enter")
    eight.see(".where-leading", "¥50,000")
    late.page.locator(".bid-asked").click()
    late.see(".where-leading", "¥51,000")
    for one in (eight, supervisor, late, auctioneer):
        one.assert_calm()


def test_the_auctioneer_suspends_and_resumes_without_a_mouse(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(write_sale(tmp_path))
    opened(house)
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    hall = enter(screen(WALL), house, "hall")
    auctioneer.page.locator(".control-suspend:enabled").wait_for()
    moved = auctioneer.page.locator(".control-call").bounding_box()
    auctioneer.press("s", "2", "Enter")
    hall.see(".status-suspended", "网络故障")
    auctioneer.see(".announced-suspended", "网络故障")
    auctioneer.page.locator(".control-resume:enabled").wait_for()
    assert auctioneer.page.locator(".control-call").bounding_box() == moved, "nothing moves"
    auctioneer.press("r", "Enter")
    hall.miss(".status-suspended")
    for one in (auctioneer, hall):
        one.assert_calm()


def test_a_clerk_voids_at_once_after_entering_and_leaves_a_commission(
    tmp_path: Path, serve: Serve, screen: OpenScreen
) -> None:
    house = serve(write_sale(tmp_path, rules={"proxies": True, "sign_off": True}))
    opened(house)
    clerk = enter(screen(DESK), house, "rostrum", house.token("clerk"))
    for paddle in ("51", "52"):
        clerk.press("t")
        clerk.page.keyboard.type(paddle)
        clerk.press("Enter")
        clerk.see(".log-acts", f"{paddle} 号已确认规则")
    clerk.press("5", "1", "Enter")
    clerk.see(".log-bids", "¥50,000")
    clerk.press("v")  # the field still has the focus
    clerk.see("dialog[open] h2", "撤销哪一笔")
    clerk.press("Escape", "m")
    clerk.page.locator("dialog[open] [name=paddle]").fill("52")
    clerk.page.locator("dialog[open] [name=maximum]").fill("70000")
    clerk.press("Enter")
    clerk.see(".asking-wrong", "人民币柒万元整")
    assert clerk.asked("hall_proxy") == []
    clerk.press("Enter")
    clerk.see(".paddle", "52")
    clerk.see(".price-now", "¥51,000")
    stored = clerk.page.evaluate("JSON.stringify(localStorage)")
    assert "7000000" not in stored, "a maximum is not kept to be read again"
    clerk.assert_calm()


def test_a_result_is_final_when_both_have_signed(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(write_sale(tmp_path, lots=[("豫H8H888", 50_000)]))
    opened(house)
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    supervisor = enter(screen(DESK), house, "supervisor", house.token("supervisor"))
    with hand(house, house.token("auctioneer")) as busy:
        busy.do("pass", lot=1)
        busy.do("close_sale")
    for officer in (auctioneer, supervisor):
        officer.page.locator(".signing button:enabled").wait_for()
        officer.see(".signing h2", "结果待确认")
        officer.press("g")
        officer.see("dialog[open] .code")
        officer.press("Enter")
        officer.miss(".signing button")
    for officer in (auctioneer, supervisor):
        officer.see(".signing h2", "结果已确认")
        officer.assert_calm()


def test_lots_are_withdrawn_and_put_up_again_by_keys(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    house = serve(write_sale(tmp_path, rules={"reoffers_max": 1, "reoffer_lower_percent": 20}))
    opened(house)
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    auctioneer.page.locator(".control-withdraw_lot:enabled").wait_for()
    auctioneer.press("w", "1", "Enter")
    auctioneer.see(".row-withdrawn", "撤拍")
    auctioneer.press("p")
    auctioneer.page.locator(".control-reoffer:enabled").wait_for()
    auctioneer.press("e")
    auctioneer.page.locator("dialog[open] [name=price]").fill("39999")
    auctioneer.press("Enter")
    auctioneer.see(".asking-wrong", "¥40,000 至 ¥50,000")
    auctioneer.page.locator("dialog[open] [name=price]").fill("40000")
    auctioneer.press("Enter")
    auctioneer.see(".row-waiting", "¥40,000")
    auctioneer.press("n")
    auctioneer.see(".block-lot", "第 2 次推出")
    auctioneer.assert_calm()


def test_of_lots_open_together_the_clerk_chooses_one_by_a_key(tmp_path: Path, serve: Serve, screen: OpenScreen) -> None:
    notice = write_sale(tmp_path, rules={"mode": "timed"})
    notice.write_text(f"{notice.read_text(encoding='utf-8')}{TOGETHER}", encoding="utf-8")
    house = serve(notice)
    auctioneer = enter(screen(DESK), house, "rostrum", house.token("auctioneer"))
    clerk = enter(screen(DESK), house, "rostrum", house.token("clerk"))
    auctioneer.page.locator(".control-open_sale:enabled").wait_for()
    auctioneer.press("o")
    auctioneer.see(".open-lot", many=2)
    auctioneer.miss(".control-hammer, .control-call, .control-pass, .gates")
    auctioneer.see("#why-close_sale", "当前标的尚未结束")
    clerk.see(".for-lot", "第 1 号标的")
    clerk.press("j")
    clerk.see(".for-lot", "第 2 号标的")
    clerk.press("5", "1", "Enter")
    auctioneer.see(".open-lot:nth-child(2)", "51 号")
    clerk.see(".log-bids", "51 号")
    clerk.press("v", "1")
    auctioneer.see(".void-waiting", "第 2 号标的第 1 笔")
    auctioneer.press("v", "Enter")
    auctioneer.see(".open-lot:nth-child(2)", "等待应价")
    for one in (auctioneer, clerk):
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
    desk.see(".present tbody", "第 2 号标的，顺位 1")
    desk.see(".log-acts", "77 号牌已登记")
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
    clerk.page.locator(".clerk-more button:enabled").nth(1).wait_for()
    clerk.press("m")
    clerk.page.locator("dialog[open] [name=paddle]").fill("51")
    clerk.page.locator("dialog[open] [name=maximum]").fill("57000")
    clerk.press("Enter")
    clerk.see(".asking-wrong", "伍万柒仟")
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
