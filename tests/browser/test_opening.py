"""The pages of an opening of sealed bids: a whole one by keyboard, what nobody may see before the list, and who is kept out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from clients.robots.tender import CEILING_FEN, SECTION, Way
from tests.articles import article
from tests.browser.axe import axe
from tests.browser.conftest import OpenScreen
from tests.browser.house import until
from tests.browser.opening import PARTS, OpeningHouse, opening_house
from tests.browser.screens import PHONE, WALL, Screen, enter, laid_out, open_screen, resize

pytestmark = pytest.mark.browser

DESKS: Final = (("rostrum", "host:1"), ("supervisor", "supervisor:1"), ("admission", "registrar:1"))
LOWEST_FEN: Final = min(part.yuan for part in PARTS) * 100
LOWEST: Final = f"¥{LOWEST_FEN // 100:,}"


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpeningHouse]:
    folder = tmp_path_factory.mktemp("opening")
    with opening_house(folder) as found:
        found.receive(folder)
        yield found


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpeningHouse]:
    """One whose deadline does not come."""
    folder = tmp_path_factory.mktemp("waiting")
    with opening_house(folder) as found:
        found.receive(folder)
        yield found


def come_in(house: OpeningHouse, screen: Screen, view: str, who: str | None = None, lang: str = "zh-CN") -> Screen:
    # A page needs of a house its address and nothing else.
    return enter(screen, house, view, house.token(who) if who else None, lang=lang)  # type: ignore[arg-type]


def act(desk: Screen, key: str, *then: str) -> None:
    """One act of an officer: its key, and what answers the question that is asked back."""
    desk.see(f'.control:enabled:has(kbd:text-is("{key}"))')
    desk.press(key)
    desk.see("dialog[open]")
    desk.press(*(then or ("Enter",)))
    desk.miss("dialog[open]")


def places(screen: Screen, *selectors: str) -> list[Any]:
    laid_out(screen)
    return [screen.page.locator(each).first.bounding_box() for each in selectors]


def assert_open_to_everyone(screen: Screen) -> None:
    """By axe and in width, in both languages, on the page's own size."""
    width = screen.page.viewport_size
    assert width is not None
    found = {}
    for lang in ("en", "zh-CN"):
        screen.page.locator(f".language [lang={lang}]").click()
        screen.see(f"html[lang={lang}]")
        laid_out(screen)
        found[lang] = axe(screen)
        assert screen.page.evaluate("document.documentElement.scrollWidth") <= width["width"], lang
    assert found == {"zh-CN": [], "en": []}


@article("34", "44")
def test_a_whole_opening_is_conducted_by_keyboard_and_every_page_shows_it(
    house: OpeningHouse, screen: OpenScreen
) -> None:
    host = come_in(house, screen(), "rostrum", "host:1")
    supervisor = come_in(house, screen(), "supervisor", "supervisor:1")
    wall = come_in(house, open_screen(host.context.browser, WALL, context=host.context), "hall")  # type: ignore[arg-type]
    resize(wall, *WALL)
    everyone = (host, supervisor, wall)
    for one in everyone:
        one.see(".opening-step-now", "准备")
    wall.see(".opening-clock-deadline", "至 2026-12-01 09:30")
    box = places(wall, ".opening-steps", ".seal")

    house.past_the_deadline()
    house.sign_in(Way.KEY, Way.RECOVERY)
    host.see(".opening-step-now", "签到")
    host.see(".control-start_opening:enabled")
    host.press("o")
    host.see("dialog[open]", "启动开标")
    host.press("Enter")
    host.see("dialog[open]", "尚有 1 家未签到")
    host.press("3", "Enter")
    host.see(".asking-wrong", "未签到家数为 1")
    host.press("Backspace", "1", "Enter")
    host.see(".opening-step-now", "启动")
    wall.see(".opening-step-now", "启动")
    names = [part.name for part in PARTS]
    for one in everyone:
        assert not [name for name in names if name in "".join([one.text(), *one.heard])]
    act(host, "l")
    wall.see(".board-table tbody tr", many=len(PARTS))
    act(host, "u")
    wall.see(".opening-clock-window", "至 10:00:01")

    house.unseal(Way.KEY)
    wall.see(".board-running dd", "1")
    act(host, "s", "2", "Enter")
    wall.see(".suspension", "网络故障")
    supervisor.see(".status-suspended", "开标已暂停")
    act(host, "y")
    lost = house.bidders[Way.REMEDY].number
    house.ask(f"bidder:{lost}", "report_trouble", section=SECTION, trouble="device")
    host.see(".trouble", "设备故障")
    house.unseal(Way.RECOVERY)
    wall.see(".board-running dd", "2")
    house.past_the_window()

    host.see(".control-read_out", "须先公布控制价")
    act(host, "c", *str(CEILING_FEN // 100), "Enter", "Enter")
    wall.see(".section-facts", "¥12,900,000")
    act(host, "m")
    trustee = come_in(house, screen(), "trustee", "trustee:3")
    trustee.see(".due li", many=4)
    house.answer(1)
    assert_open_to_everyone(trustee)
    trustee.press("p")
    trustee.page.keyboard.insert_text("nothing of the kind")
    trustee.press("Tab", "Enter")
    trustee.see(".due .bad", "无法读取")
    trustee.page.locator("textarea").fill("")
    trustee.page.locator(".due input[type=file]").set_input_files(
        {"name": "answers.json", "mimeType": "application/json", "buffer": house.answers(3).encode()}
    )
    trustee.miss(".due li")
    wall.see(".board-opened dd", "3")
    said = [text for one in (*everyone, trustee) for text in (one.text(), *one.heard)]
    assert not [text for text in said if str(LOWEST_FEN) in text or LOWEST in text]
    act(host, "d")
    act(host, "r")
    for one in (host, supervisor, wall):
        one.see(".results", LOWEST)
    host.press("v")
    wall.see(".row-read", many=1)
    host.press("v", "j")
    wall.see(".results tbody tr:nth-child(2).row-read")

    house.ask(f"bidder:{house.bidders[Way.KEY].number}", "confirm_sheet", section=SECTION)
    house.ask(f"bidder:{lost}", "object", text="工期请核对")
    wall.see(".newest", "工期请核对")
    host.see(".control-open_signing", "尚有 1 项异议未答复")
    host.see(".control-answer_objection:enabled")
    host.press("a")
    host.see("dialog[open]", "工期请核对")
    host.page.locator("dialog[open] [name=text]").fill("已核对，一致")
    host.press("Enter")
    wall.see(".newest", "已核对，一致")
    assert places(wall, ".opening-steps", ".seal") == box
    act(host, "n")
    for one in (host, supervisor):
        act(one, "g")
    host.see(".control-end_opening:enabled")
    act(host, "x")
    wall.see(".opening-step-now", "结束")
    act(host, "b", "1", "Enter")
    wall.see(".opening-step-now", "复会")
    for one in everyone:
        one.assert_calm()


def test_before_the_deadline_no_page_holds_anything_of_a_bidder(waiting: OpeningHouse, screen: OpenScreen) -> None:
    house = waiting
    numbers = [str(bidder.number) for bidder in house.bidders.values()]
    secret = [*(part.name for part in PARTS), *numbers]
    for view, who in (("hall", None), *DESKS, ("trustee", "trustee:1")):
        one = come_in(house, screen(), view, who)
        one.see(".opening-step-now", "准备")
        house.to(house.clock.now() + 1)
        said = "".join([one.text(), *one.heard])
        assert not [word for word in secret if word in said], view
        assert not one.page.locator("td, .board-figures").count(), view
        assert_open_to_everyone(one)
        one.assert_calm()
    for view, seen in (("record", ".veiled"), ("figures", ".terms .muted")):
        one = come_in(house, screen(), view)
        one.see(seen, "名单公布之前")
        said = "".join([one.text(), *one.heard])
        assert not [word for word in secret if word in said], view
        assert not one.page.locator(".board-figures, .lc-replay, .digests small").count(), view
        assert_open_to_everyone(one)
        one.assert_calm()


def test_the_slip_of_the_kiosk_bears_the_receipt_of_who_stands_there(waiting: OpeningHouse, screen: OpenScreen) -> None:
    house, one = waiting, screen()
    pages = f"{house.url}/sales/{house.sale}"
    one.page.goto(f"{pages}/kiosk?lang=zh-CN")
    one.see(".waiting")
    number = house.bidders[Way.KEY].number
    one.page.keyboard.type(f"{pages}/bidder#token={house.token(f'bidder:{number}')}")
    one.page.keyboard.press("Enter")
    one.see(".slip", PARTS[0].name)
    one.see(".slip .receipt img")
    room = house.room(f"bidder:{number}")
    receipt = house.run(lambda: room.receipt(SECTION))
    one.see(".slip .receipt", receipt["number"])
    assert not [part.name for part in PARTS[1:] if part.name in one.text()]
    one.assert_calm()


def test_another_time_is_confirmed_by_another_office_and_the_supervisors_stop_is_told(
    waiting: OpeningHouse, screen: OpenScreen
) -> None:
    house = waiting
    host, wall = come_in(house, screen(), "rostrum", "host:1"), come_in(house, screen(PHONE), "hall")
    registrar = come_in(house, screen(), "admission", "registrar:1")
    host.see(".control-propose_time:enabled")
    host.press("p")
    host.page.locator("dialog[open] [name=when]").fill("2026-12-01 09:00")
    host.page.locator("dialog[open] [name=reason]").fill("停电")
    host.press("Enter")
    host.see(".asking-wrong", "只能推迟")
    host.page.locator("dialog[open] [name=when]").fill("2026-12-02 10:00")
    host.press("Enter")
    host.see(".time-change", "2026-12-02 10:00")
    host.see(".control-confirm_time:disabled", "须由另一岗位确认")
    assert "停电" not in wall.text()
    act(registrar, "i")
    wall.see(".opening-clock-at", "2026-12-02 10:00")
    wall.see(".status", "停电")
    supervisor = come_in(house, screen(), "supervisor", "supervisor:1")
    act(supervisor, "s", "3", "Enter")
    wall.see(".status", "接有关部门通知")
    for one in (host, wall, registrar, supervisor):
        one.assert_calm()


def test_every_page_is_open_to_everyone_while_bids_are_unsealed_and_when_they_are_read(
    house: OpeningHouse, screen: OpenScreen
) -> None:
    house.past_the_deadline()
    house.ask("host:1", "start_opening", absent=3)
    for kind in ("publish_list", "open_unsealing"):
        house.ask("host:1", kind)
    wall, host = come_in(house, screen(WALL), "hall"), come_in(house, screen(), "rostrum", "host:1")
    phone = come_in(house, screen(PHONE), "rostrum", "host:1")
    for one in (wall, host, phone):
        one.see(".board-table")
        assert_open_to_everyone(one)
    for way in (Way.KEY, Way.RECOVERY):
        house.unseal(way)
    house.past_the_window()
    house.ask("host:1", "announce_ceiling", section=SECTION, amount_fen=CEILING_FEN)
    house.ask("host:1", "order_remedy")
    for trustee in (1, 3):
        house.answer(trustee)
    wall.see(".board-opened dd", "3")
    house.ask("host:1", "draw_coefficient", section=SECTION)
    house.ask("host:1", "read_out")
    for one in (wall, host, phone):
        one.see(".results")
        one.press("v")
        assert_open_to_everyone(one)
        one.assert_calm()


@article("44")
def test_record_and_result_follow_the_opening_to_its_papers(house: OpeningHouse, screen: OpenScreen) -> None:
    record, result = come_in(house, screen(), "record"), come_in(house, screen(), "figures")
    record.see(".veiled")
    house.past_the_deadline()
    house.ask("host:1", "start_opening", absent=3)
    for kind in ("publish_list", "open_unsealing"):
        house.ask("host:1", kind)
    record.see(".verdict-good")
    record.miss(".veiled")
    result.see(".listed .board-table tbody tr", many=len(PARTS))
    for way in (Way.KEY, Way.RECOVERY):
        house.unseal(way)
    house.past_the_window()
    house.ask("host:1", "announce_ceiling", section=SECTION, amount_fen=CEILING_FEN)
    house.ask("host:1", "order_remedy")
    for trustee in (1, 3):
        house.answer(trustee)
    until(lambda: house.opened() == len(PARTS), what="the opening of every sheet")
    house.ask("host:1", "draw_coefficient", section=SECTION)
    house.ask("host:1", "read_out")
    result.see(".results", LOWEST)
    assert not result.page.locator(".actions a[href*='.pdf']").count()
    house.ask("host:1", "open_signing")
    for who in ("host:1", "supervisor:1"):
        house.ask(who, "sign_result", report=house.parts()["opening"]["report"])
    house.ask("host:1", "end_opening")

    result.see(".times dd", many=8)
    result.see(".digests small", "记录")
    with result.page.expect_download() as paper:
        result.page.locator(".actions a[href*='.pdf']").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF-")
    record.see(".lots tbody tr td:nth-child(3)", "开标结束")
    record.page.locator(".check-acts button").click()
    record.see(".check-good", "首尾相连、签名有效")
    record.press("p")
    record.see(".opening-step-now", "签到")
    for _ in range(2):
        record.press("h")
    record.see(".board-table tbody tr", many=len(PARTS))
    for one in (record, result, come_in(house, screen(PHONE), "figures"), come_in(house, screen(PHONE), "record")):
        assert_open_to_everyone(one)
        one.assert_calm()
