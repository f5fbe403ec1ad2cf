"""The figures of the finished demo sale: as published, and each leading to the records it was computed from."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenScreen
from tests.browser.hand import hand
from tests.browser.house import House, write_sale
from tests.browser.screens import PHONE, enter

pytestmark = pytest.mark.browser


@pytest.fixture
def house(demo_held: House) -> House:
    return demo_held


def test_the_finished_demo_sale_has_the_published_figures(house: House, screen: OpenScreen) -> None:
    one = enter(screen(), house, "figures")
    one.see('a[href="#of=turnover"]', "¥951,000")
    one.see('a[href="#of=premium"]', "180%")
    one.see('a[href="#of=opening"]', "¥339,600")
    one.see('a[href="#of=top"]', "¥150,000")
    one.see('a[href="#of=top"] svg[aria-label="豫H·8H888"]')
    one.see(".as-of .badge-good", "最终")
    one.see('.plot[aria-label*="30 个成交标的"][aria-label*="豫H8H888"]')
    assert one.page.locator(".all-lots tbody tr").count() == 30
    one.see(".all-lots tfoot", "¥951,000")
    one.assert_calm()


def test_the_top_lot_leads_to_the_record_of_its_hammer(house: House, screen: OpenScreen) -> None:
    one = enter(screen(), house, "figures")
    one.see('a[href="#of=top"]').click()
    one.see(".behind", "成交价最高的标的")
    one.see(".behind tbody tr", many=1)
    one.see(".behind tbody td.plate-word", "豫H8H888")
    one.page.locator(".behind tbody a").last.click()
    expect(one.page).to_have_url(re.compile(r"/record#seq=\d+$"))
    one.see(".sought", "第 27 号标的以 ¥150,000 成交")
    one.see(".verdict-good")
    expect(one.page.locator(".sought")).to_be_in_viewport()
    one.assert_calm()


def test_the_turnover_opens_and_shuts_with_the_keyboard(house: House, screen: OpenScreen) -> None:
    one = enter(screen(PHONE), house, "figures")
    one.page.locator('a[href="#of=turnover"]').focus()
    one.press("Enter")
    one.see(".behind tfoot", "¥951,000")
    one.see(".behind tbody tr", many=30)
    expect(one.page.locator(".behind")).to_be_focused()
    one.press("Escape")
    one.miss(".behind")
    expect(one.page.locator('a[href="#of=turnover"]')).to_be_focused()
    assert len(one.asked("hello")) == 1, "looking behind a figure does not connect anew"
    one.assert_calm()


@pytest.mark.parametrize("of", ["refused.", "spans.online.", "bids.hall"])
def test_a_count_leads_to_its_records(house: House, screen: OpenScreen, of: str) -> None:
    one = enter(screen(), house, "figures")
    counted = one.see(f'td a[href^="#of={of}"]').first
    count = int(counted.inner_text())
    counted.click()
    one.see(".behind tbody tr", many=min(count, 200))
    seq = one.page.locator(".behind tbody a").first.inner_text()
    one.page.locator(".behind tbody a").first.click()
    one.see(f"#seq-{seq}.sought.refused" if of == "refused." else f"#seq-{seq}.sought")
    one.assert_calm()


def test_a_record_of_no_lot_and_one_that_is_not_there_are_shown_as_such(house: House, screen: OpenScreen) -> None:
    one = enter(screen(), house, "record")
    one.see(".verdict-good")
    for seq, shown in ((1, "拍卖会公告"), (2, "内容不公开"), (99_999, "还没有第 99999 条记录")):
        one.page.evaluate("(seq) => (location.hash = `seq=${seq}`)", seq)
        one.see("main", shown)
    one.assert_calm()


def test_on_paper_there_are_tables_and_no_buttons(house: House, screen: OpenScreen) -> None:
    one = enter(screen(), house, "figures")
    one.see(".plot")
    one.page.emulate_media(media="print")
    for hidden in (".exports", ".csv", ".status", ".language"):
        expect(one.page.locator(hidden).first).to_be_hidden()
    expect(one.page.locator(".all-lots")).to_be_visible()
    assert one.page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")
    one.assert_calm()


def test_figures_move_while_the_sale_runs_and_name_no_masked_paddle(
    serve: Callable[[Path], House], screen: OpenScreen, tmp_path: Path
) -> None:
    house = serve(write_sale(tmp_path, paddles=[(987_601, "online"), (987_651, "hall")], rules={"paddles": "masked"}))
    one = enter(screen(), house, "figures")
    one.see('a[href="#of=bids"]', "0")
    one.see(".as-of .badge-warn", "非最终")
    with hand(house, house.token("auctioneer")) as auctioneer, hand(house, house.token("clerk")) as clerk:
        auctioneer.do("open_sale")
        auctioneer.do("open_lot", lot=1)
        clerk.do("hall_bid", lot=1, paddle=987_651, amount_fen=5_000_000)
        assert "refused" in clerk.ask("hall_bid", lot=1, paddle=987_651, amount_fen=5_100_000)["outcome"]
        for call in (1, 2, 3):
            auctioneer.do("call", lot=1, call=call, price_fen=5_000_000)
        auctioneer.do("hammer", lot=1, price_fen=5_000_000)
    one.see('a[href="#of=turnover"]', "¥50,000")
    one.see('a[href="#of=premium"]', "0%")
    one.see('td a[href="#of=refused.E_ALREADY_LEADING"]', "1").click()
    one.see(".behind tbody tr", many=1)
    for said in (one.text(), *one.heard):
        assert not re.search(r"(?<![0-9a-f])9876(01|51)(?![0-9a-f])", said)
    one.assert_calm()
