"""A whole sale on five screens: bids from a phone, a desk and the hall, a lost network, a killed house, the hammer, and the proof."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenScreen
from tests.browser.house import House, luochui, write_sale
from tests.browser.screens import PHONE, WALL, Screen, enter

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Saleroom:
    """Everybody who is there."""

    house: House
    hall: Screen
    auctioneer: Screen
    clerk: Screen
    phone: Screen
    """Paddle 8."""

    desk: Screen
    """Paddle 16."""

    def __iter__(self) -> Iterator[Screen]:
        yield from (self.hall, self.auctioneer, self.clerk, self.phone, self.desk)

    def all_see(self, selector: str, text: str | None = None) -> None:
        for screen in self:
            screen.see(selector, text)

    def all_miss(self, selector: str) -> None:
        for screen in self:
            screen.miss(selector)


@pytest.fixture
def room(tmp_path: Path, serve: Callable[[Path], House], screen: OpenScreen) -> Saleroom:
    house = serve(write_sale(tmp_path))
    return Saleroom(
        house,
        hall=enter(screen(WALL), house, "hall"),
        auctioneer=enter(screen(), house, "rostrum", house.token("auctioneer")),
        clerk=enter(screen(), house, "rostrum", house.token("clerk")),
        phone=enter(screen(PHONE), house, "bidder", house.token("bidder", 8)),
        desk=enter(screen(), house, "bidder", handed_out(house, 16)),
    )


def handed_out(house: House, paddle: int) -> str:
    """A bidder's token as the desk makes it, on the command line."""
    whose = ("--sale", house.sale, "--role", "bidder", "--paddle", str(paddle))
    return str(json.loads(luochui("token", "--data", house.data, *whose, "--json"))["token"])


def bid_asked(bidder: Screen) -> None:
    bidder.page.locator(".bid-asked:enabled").click()


def bid_own(bidder: Screen, yuan: str) -> None:
    bidder.page.locator(".own input").fill(yuan)
    bidder.page.locator(".own button:enabled").click()


def own_bids(bidder: Screen) -> list[str]:
    """Every own bid as listed, newest first: amount, and how it stands."""
    return [" ".join(line.split()) for line in bidder.page.locator(".act-line").all_inner_texts()]


def last_bids(hall: Screen) -> list[str]:
    return [" ".join(line.split()) for line in hall.page.locator(".last-bids li").all_inner_texts()]


def test_a_whole_sale_is_held_bid_for_and_proved(room: Saleroom, tmp_path: Path) -> None:
    open_the_sale(room)
    the_phone_opens_the_bidding(room)
    the_desk_outbids_it(room)
    a_price_between_steps_is_refused_and_mended(room)
    the_clerk_enters_a_paddle_of_the_hall(room)
    a_call_is_cancelled_while_one_bidder_is_cut_off(room)
    a_bid_survives_the_death_of_the_house(room)
    a_suspension_takes_the_calls_back(room)
    the_hammer_falls(room)
    nobody_wants_the_second_lot(room)
    for screen in room:
        screen.assert_calm()
    everybody_can_check_the_record(room)
    the_receipt_holds_in_the_browser_and_on_the_command_line(room, tmp_path)


def open_the_sale(room: Saleroom) -> None:
    room.hall.see(".curtain-word", "即将开始")
    expect(room.phone.page.locator(".bid-asked")).to_be_disabled()
    room.phone.see(".desk-why", "尚未开始")

    room.auctioneer.press("o")
    room.all_see(".phase-open")
    room.auctioneer.press("n")
    for screen in room:
        screen.see('main svg.plate[aria-label="豫H·8H888"]')
    room.hall.see(".price-now", "¥50,000")
    room.hall.see(".price-words", "人民币伍万元整")
    room.hall.see(".lot-no", "第 1 号标的")


def the_phone_opens_the_bidding(room: Saleroom) -> None:
    room.phone.see(".where-calm", "可以出价：¥50,000")
    with room.house.stopped_short():
        bid_asked(room.phone)
        room.phone.see(".act-sent", "已发送")
        expect(room.phone.page.locator(".bid-asked")).to_be_disabled()
    room.phone.see(".act-leading", "领先")
    room.phone.see(".where-leading", "您当前领先：¥50,000")
    room.hall.see(".paddle", "8")
    room.hall.see(".channel-online", "网络")
    room.hall.see(".name", "当前价")
    room.auctioneer.see(".paddle", "8")


def the_desk_outbids_it(room: Saleroom) -> None:
    bid_own(room.desk, "55,000")
    room.desk.see(".where-leading", "¥55,000")
    room.phone.see(".where-outbid", "您已被超过，下一口价 ¥56,000")
    assert own_bids(room.phone) == ["¥50,000 已被超过"]


def a_price_between_steps_is_refused_and_mended(room: Saleroom) -> None:
    bid_own(room.phone, "56500")
    room.phone.see(".act-refused .act-why", "至少出价 ¥56,000")
    room.phone.see(".where-refused", "无效价格")
    room.hall.see(".price-now", "¥55,000")
    room.phone.page.get_by_role("button", name="改为出价 ¥57,000").click()
    room.phone.see(".where-leading", "¥57,000")
    assert own_bids(room.phone) == ["¥57,000 领先", "¥56,500 被拒绝", "¥50,000 已被超过"]


def the_clerk_enters_a_paddle_of_the_hall(room: Saleroom) -> None:
    room.clerk.press("5", "1")
    room.clerk.see(".entry-says", "51 号 → ¥58,000")
    room.clerk.press("Enter")
    room.hall.see(".paddle", "51")
    room.hall.see(".channel-hall", "场内")
    room.phone.see(".where-outbid")
    assert last_bids(room.hall) == [
        "51 号 场内 ¥58,000",
        "8 号 网络 ¥57,000",
        "16 号 网络 ¥55,000",
        "8 号 网络 ¥50,000",
    ]


def a_call_is_cancelled_while_one_bidder_is_cut_off(room: Saleroom) -> None:
    expect(room.auctioneer.page.locator(".control-hammer")).to_be_disabled()
    call(room, "第一次")

    room.desk.context.set_offline(True)
    room.desk.see(".status-stale", "连接已断")
    room.desk.see(".connection-waiting")
    expect(room.desk.page.locator(".bid-asked")).to_be_disabled()

    bid_asked(room.phone)
    room.hall.see(".calls-cancelled .calls-word", "有新应价，提示取消")
    for screen in (room.hall, room.auctioneer, room.clerk, room.phone):
        screen.miss(".call-now")
        screen.see(".price-now", "¥59,000")
    room.desk.see(".price-now", "¥58,000")

    heard = len(room.desk.heard)
    room.desk.context.set_offline(False)
    room.desk.see(".connection-live")
    room.desk.see(".price-now", "¥59,000")
    room.desk.miss(".call-now")
    assert own_bids(room.desk) == ["¥55,000 已被超过"]
    recent = room.desk.page.locator(".recent b").all_inner_texts()
    assert recent == ["¥59,000", "¥58,000", "¥57,000", "¥55,000", "¥50,000"]
    back = [json.loads(frame) for frame in room.desk.heard[heard:]]
    assert "picture" not in [frame["type"] for frame in back], "it was to be told the rest, not all again"


def a_bid_survives_the_death_of_the_house(room: Saleroom) -> None:
    with room.house.stopped_short():
        bid_asked(room.desk)
        room.desk.see(".act-sent")
        room.house.kill()
        room.all_see(".connection-waiting")
        room.desk.see(".status-stale", "不会丢失")
        room.house.start()
    room.all_see(".connection-live")
    for screen in room:
        screen.see(".price-now", "¥60,000")
    room.desk.see(".where-leading", "¥60,000")
    assert own_bids(room.desk) == ["¥60,000 领先", "¥55,000 已被超过"]
    assert len({frame["id"] for frame in room.desk.asked("bid")}) == 2
    assert last_bids(room.hall)[:2] == ["16 号 网络 ¥60,000", "8 号 网络 ¥59,000"]


def a_suspension_takes_the_calls_back(room: Saleroom) -> None:
    call(room, "第一次")
    room.auctioneer.press("s")
    room.auctioneer.page.locator("dialog[open] input").fill("核对号牌")
    room.auctioneer.press("Enter")
    room.all_see(".status-suspended", "核对号牌")
    room.phone.see(".desk-why", "拍卖会中止：核对号牌")
    room.auctioneer.page.locator(".control-resume:enabled").wait_for()
    room.auctioneer.press("r")
    room.auctioneer.see("dialog[open] .asking-facts", "报价提示重新开始")
    room.auctioneer.press("Enter")
    room.hall.see(".calls-cancelled .calls-word", "提示取消，重新报价")
    room.all_miss(".call-now")
    room.all_miss(".status-suspended")


def call(room: Saleroom, name: str) -> None:
    room.auctioneer.page.locator(".control-call:enabled").wait_for()
    room.auctioneer.press("c")
    room.all_see(".call-now", name)


def the_hammer_falls(room: Saleroom) -> None:
    for name in ("第一次", "第二次", "第三次"):
        call(room, name)
    room.auctioneer.page.locator(".control-hammer:enabled").wait_for()
    room.auctioneer.press("h")
    room.all_see(".calls-sold", "落槌成交")
    room.hall.see(".name", "成交价")
    room.hall.see(".leader .name", "买受人")
    room.desk.see(".where-won", "恭喜！您竞得第 1 号标的 豫H8H888")
    room.desk.see(".won", "¥60,000")
    room.phone.see(".where-calm", "本标的已由他人竞得")
    assert own_bids(room.desk)[0] == "¥60,000 竞得"


def nobody_wants_the_second_lot(room: Saleroom) -> None:
    room.auctioneer.press("n")
    room.all_see('main svg.plate[aria-label="豫H·A1234"]')
    room.auctioneer.page.locator(".control-pass:enabled").wait_for()
    room.auctioneer.press("p")
    room.all_see(".calls-passed", "流拍")

    room.auctioneer.page.locator(".control-close_sale:enabled").wait_for()
    room.auctioneer.press("x")
    room.auctioneer.page.get_by_role("dialog").get_by_role("button", name="结束拍卖", exact=True).click()
    room.hall.see(".curtain-word", "拍卖会结束")
    room.hall.see(".figures", "¥60,000")
    room.phone.see(".desk-why", "拍卖会已结束")


def everybody_can_check_the_record(room: Saleroom) -> None:
    record = enter(room.hall, room.house, "record")
    verdict = record.see(".verdict-good .verdict-word", "首尾相连，签名有效").inner_text()
    said = re.search(r"全部 (\d+) 条", verdict)
    assert said is not None
    total = said[1]
    figures = record.page.locator(".verdict dd.number").all_inner_texts()
    assert figures[0] == f"{total} / {total}"
    assert figures[1] == figures[2] != "0", "every commit's signature is valid"

    record.page.get_by_role("button", name="逐条查看 第 1 号标的").click()
    told = record.see(".story tbody tr").all_inner_texts()
    bids = [match[1] for line in told if (match := re.search(r"应价 (¥[\d,]+)", line))]
    assert bids == ["¥50,000", "¥55,000", "¥57,000", "¥58,000", "¥59,000", "¥60,000"]
    assert "以 ¥60,000 成交，买受人 16 号" in told[-1]
    assert not any("拒绝" in line for line in told)
    record.page.get_by_label("显示被拒绝的指令").check()
    record.see(".story .refused", "E_BID_TOO_LOW")
    record.assert_calm()


def the_receipt_holds_in_the_browser_and_on_the_command_line(room: Saleroom, tmp_path: Path) -> None:
    key = room.hall.page.locator(".verdict dd.code").last.inner_text()
    room.desk.page.locator(".act-won").get_by_role("button", name="回执").click()
    room.desk.see(".receipt-good", "✓ 核验通过")
    room.desk.see(".findings", "记录在本场日志的签名检查点")
    room.desk.miss(".finding-false, .finding-null")
    room.desk.see(".finding-true", many=8)
    with room.desk.page.expect_download() as download:
        room.desk.page.get_by_role("button", name="下载 JSON").click()
    receipt = tmp_path / download.value.suggested_filename
    download.value.save_as(receipt)
    assert json.loads(luochui("verify", receipt, "--key", key, "--json"))["holds"] is True
    room.desk.assert_calm()

    room.house.stop()
    found = json.loads(luochui("verify", room.house.data / "sales" / room.house.sale, "--key", key, "--json"))
    assert found["holds"] is True
