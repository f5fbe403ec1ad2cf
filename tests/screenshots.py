"""
``python -m tests.screenshots``: photograph every page, in both languages, at the moments that matter.

Robots hold the demo sale as far as its top lot; that lot is then bid for by hand, so that each moment stays as long as the
camera needs. A sale by the clock follows, whose first lot has ten minutes, then quota sales and an opening. The few pictures
the READMEs show go into ``web/screenshots``, the others into ``var/screenshots``. With ``opening`` only the opening's are taken.
"""

import json
import sys
import tempfile
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import trio
from playwright.sync_api import Browser, sync_playwright

from clients.robots.pace import FAST
from clients.robots.play import Progress, play
from clients.robots.script import Script
from engine.demo_cast import KEPT, demo_script
from engine.domain.parties import Channel, Principal, bidder
from engine.domain.units import LotNo, PaddleNo
from engine.notice import DEMO, Notice, read_notice
from tests.browser.hand import Hand, hand
from tests.browser.house import House, luochui
from tests.browser.screens import (
    CHROMIUM,
    CHROMIUM_FLAGS,
    DESK,
    PHONE,
    WALL,
    Screen,
    enter,
    laid_out,
    new_context,
    open_screen,
    resize,
)
from tests.screenshots_opening import openings
from tests.screenshots_quota import quota_sales

ROOT: Final = Path(__file__).resolve().parent.parent
SHOWN: Final = ROOT / "web" / "screenshots"
OTHERS: Final = ROOT / "var" / "screenshots"
SIZES: Final = (("wall", WALL), ("desk", DESK), ("phone", PHONE))
IN_README: Final = {"hall", "bidder-phone"}
OFFICERS: Final = ("auctioneer", "clerk", "supervisor", "registrar")
README_WALL: Final = (1280, 720)
LANGUAGES: Final = ("zh-CN", "en")
SEED: Final = 20161015
TOP: Final = LotNo(27)
"""豫H8H888."""

LIMITS: Final = {"LUOCHUI_LIMITS_COMMANDS_PER_S": "2000", "LUOCHUI_LIMITS_COMMANDS_BURST": "2000"}
"""Robots in a hurry."""


@dataclass(frozen=True, slots=True)
class Sale:
    """The demo sale, and a token for everybody in it."""

    house: House
    notice: Notice
    script: Script
    tokens: dict[Principal, str]

    @classmethod
    def of(cls, house: House) -> Self:
        notice = read_notice(house.notice)
        script = demo_script(notice, SEED)
        officers = {Principal(f"{role}:1"): house.token(role) for role in OFFICERS}
        paddles = sorted({KEPT, *script.paddles(Channel.ONLINE)})
        return cls(house, notice, script, officers | {bidder(each): house.token("bidder", each) for each in paddles})

    def able(self, channel: Channel) -> PaddleNo:
        """A robot's paddle that still has a right when the top lot comes."""
        won = Counter(rungs[-1].paddle for lot, rungs in self.script.lots.items() if lot < TOP and rungs)
        return next(
            admitted.paddle
            for admitted in self.notice.admissions
            if admitted.channel is channel
            and won[admitted.paddle] < admitted.deposits
            and admitted.paddle in self.script.paddles(channel)
        )

    def bid(self, paddle: PaddleNo, yuan: int) -> None:
        """Bid for the top lot: at the clerk's desk for a paddle of the hall."""
        online = bidder(paddle) in self.tokens
        with hand(self.house, self.tokens[bidder(paddle) if online else Principal("clerk:1")]) as one:
            if online:
                one.do("bid", lot=TOP, amount_fen=yuan * 100)
            else:
                one.do("hall_bid", lot=TOP, paddle=paddle, amount_fen=yuan * 100)


@dataclass(frozen=True, slots=True)
class Room:
    """The screens that stay on through the sale."""

    hall: Screen
    small_hall: Screen
    phone_hall: Screen
    phone: Screen
    desk: Screen
    rostrum: Screen
    clerk: Screen
    supervisor: Screen
    admission: Screen
    phone_admission: Screen

    @classmethod
    def of(cls, browser: Browser, sale: Sale) -> Self:
        house, you = sale.house, sale.tokens[bidder(KEPT)]
        registrar = sale.tokens[Principal("registrar:1")]
        sharp = new_context(browser, PHONE, scale=2)
        return cls(
            hall=enter(open_screen(browser, WALL), house, "hall"),
            small_hall=enter(open_screen(browser, README_WALL), house, "hall"),
            phone_hall=enter(open_screen(browser, PHONE), house, "hall"),
            phone=enter(open_screen(browser, PHONE, context=sharp), house, "bidder", you),
            desk=enter(open_screen(browser, DESK), house, "bidder", you),
            rostrum=enter(open_screen(browser, DESK), house, "rostrum", sale.tokens[Principal("auctioneer:1")]),
            clerk=enter(open_screen(browser, DESK), house, "rostrum", sale.tokens[Principal("clerk:1")]),
            supervisor=enter(open_screen(browser, DESK), house, "supervisor", sale.tokens[Principal("supervisor:1")]),
            admission=enter(open_screen(browser, DESK), house, "admission", registrar),
            phone_admission=enter(open_screen(browser, PHONE), house, "admission", registrar),
        )


def main() -> int:
    """Take all pictures, and say where they are."""
    for folder in (SHOWN, OTHERS):
        folder.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:] == ["opening"]:
        with tempfile.TemporaryDirectory(prefix="luochui-screenshots-") as data, sync_playwright() as playwright:
            openings(playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS), Path(data), shoot)
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="luochui-screenshots-") as data,
        House(Path(data), DEMO / "sale.toml", LIMITS) as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        sale = Sale.of(house)
        room = Room.of(browser, sale)
        shoot({"hall-planned": room.hall, "bidder-phone-planned": room.phone, "rostrum-planned": room.rostrum})
        trio.run(play_to, sale, LotNo(TOP - 1))
        with hand(house, sale.tokens[Principal("auctioneer:1")]) as auctioneer:
            the_bidding(sale, room, auctioneer)
            the_calls(sale, room, auctioneer)
            the_hammer(room, auctioneer)
            the_end(room, auctioneer)
        what_anyone_may_read(browser, house)
        making_a_sale(browser, house)
        by_the_clock(browser, Path(data))
        quota_sales(browser, Path(data), shoot)
        openings(browser, Path(data) / "opening", shoot)
        browser.close()
    print(f"Pictures: {SHOWN} and {OTHERS}")
    return 0


async def play_to(sale: Sale, last: LotNo) -> None:
    """Let robots hold the sale until ``last`` has ended; of what follows they know nothing."""
    known = Script({lot: rungs for lot, rungs in sale.script.lots.items() if lot <= last})
    with trio.CancelScope() as enough:

        def on_progress(progress: Progress) -> None:
            if progress.lot == last:
                enough.cancel()

        house = sale.house
        await play(house.url, house.sale, known, sale.tokens, pace=FAST, seed=SEED, on_progress=on_progress)


def the_bidding(sale: Sale, room: Room, auctioneer: Hand) -> None:
    raised, rival = sale.able(Channel.HALL), sale.able(Channel.ONLINE)
    auctioneer.ask("open_lot", lot=TOP)  # the robot at the rostrum may have been quicker
    room.hall.see('main svg[aria-label="豫H·8H888"]')
    shoot({"hall-no-bid": room.hall, "bidder-desk-no-bid": room.desk})
    for paddle, yuan in ((raised, 50_000), (rival, 62_000), (raised, 76_000), (rival, 88_000)):
        sale.bid(paddle, yuan)
    room.desk.see(".price-now", "¥88,000")
    room.desk.page.locator(".own input").fill("89000")
    room.desk.page.locator(".own button:enabled").click()
    room.desk.see(".where-refused")
    shoot({"bidder-desk-refused": room.desk})
    bid_asked(room.phone)
    sale.bid(raised, 100_000)
    room.phone.see(".where-outbid")
    room.desk.see(".where-outbid")
    shoot({"bidder-phone-outbid": room.phone, "bidder-desk-outbid": room.desk})
    room.phone.page.locator(".own input").fill("106000")
    room.phone.see(".own-words .bad")
    shoot({"bidder-phone-typing": room.phone})
    room.phone.page.locator(".own input").fill("125000")
    room.phone.page.locator(".own button:enabled").click()
    room.phone.see(".where-leading")
    room.hall.see(".price-now", "¥125,000")
    shoot(
        {
            "hall-bidding": room.hall,
            "hall-phone-bidding": room.phone_hall,
            "rostrum-bidding": room.rostrum,
            "clerk-bidding": room.clerk,
            "supervisor-bidding": room.supervisor,
            "admission": room.admission,
            "admission-phone": room.phone_admission,
        }
    )
    for size, name in ((WALL, "wall"), (PHONE, "phone"), (DESK, "desk")):
        resize(room.rostrum, *size)
        shoot({f"rostrum-{name}": room.rostrum})
    with hand(sale.house, sale.tokens[Principal("clerk:1")]) as clerk:
        clerk.do("propose_void", lot=TOP, no=2, reason="miskeyed")
        room.rostrum.see(".void-waiting")
        shoot({"rostrum-void": room.rostrum, "clerk-void": room.clerk})
        clerk.do("drop_void", lot=TOP, no=2)


def the_calls(sale: Sale, room: Room, auctioneer: Hand) -> None:
    for call in (1, 2, 3):
        auctioneer.do("call", lot=TOP, call=call, price_fen=12_500_000)
        for screen in (room.hall, room.small_hall, room.phone):
            screen.see(f".call:nth-child({call}).call-now")
        shoot({f"hall-call-{call}": room.hall})
        if call == 1:
            shoot({"hall": room.small_hall, "bidder-phone": room.phone})
    sale.bid(sale.able(Channel.HALL), 130_000)
    room.hall.see(".calls-cancelled")
    shoot({"hall-cancelled": room.hall})
    bid_asked(room.phone)
    auctioneer.do("suspend", reason="网络故障，正在处理")
    room.hall.see(".status-suspended")
    shoot({"hall-suspended": room.hall, "bidder-phone-suspended": room.phone, "rostrum-suspended": room.rostrum})
    auctioneer.do("resume")


def the_hammer(room: Room, auctioneer: Hand) -> None:
    for call in (1, 2, 3):
        auctioneer.do("call", lot=TOP, call=call, price_fen=13_500_000)
    auctioneer.do("hammer", lot=TOP, price_fen=13_500_000)
    room.hall.see(".calls-sold")
    room.phone.see(".where-won")
    shoot(
        {
            "hall-sold": room.hall,
            "bidder-phone-sold": room.phone,
            "bidder-desk-sold": room.desk,
            "rostrum-sold": room.rostrum,
        }
    )
    room.phone.page.locator(".act-won button").first.click()
    room.phone.see(".receipt-good")
    room.phone.page.locator(".finding-true", has_text="检查点").wait_for()
    shoot({"bidder-phone-receipt": room.phone})
    room.phone.press("Escape")
    for key, name in (("s", "suspending"), ("?", "keys")):
        room.rostrum.press(key)
        room.rostrum.see("dialog[open]")
        shoot({f"rostrum-{name}": room.rostrum})
        room.rostrum.press("Escape")


def the_end(room: Room, auctioneer: Hand) -> None:
    for lot in range(TOP + 1, 31):
        auctioneer.do("open_lot", lot=lot)
        auctioneer.do("pass", lot=lot)
    room.hall.see(".lot-no", "30")
    shoot({"hall-passed": room.hall, "bidder-phone-passed": room.phone, "rostrum-passed": room.rostrum})
    for name, screen in (("hall", room.hall), ("bidder-phone", room.phone)):
        screen.context.set_offline(True)
        screen.see(".status-stale")
        shoot({f"{name}-cut-off": screen}, languages=LANGUAGES[:1])  # the other language could not be fetched
        screen.context.set_offline(False)
        screen.see(".connection-live")
    auctioneer.do("close_sale")
    room.hall.see(".curtain-word")
    shoot(
        {
            "hall-closed": room.hall,
            "bidder-phone-closed": room.phone,
            "rostrum-closed": room.rostrum,
            "supervisor-closed": room.supervisor,
        }
    )


def what_anyone_may_read(browser: Browser, house: House) -> None:
    for size, end in ((DESK, ""), (PHONE, "-phone")):
        record = enter(open_screen(browser, size), house, "record")
        record.see(".verdict-good")
        shoot({f"record{end}": record})
        button = record.page.locator(".lot button").nth(TOP - 1)
        button.click()
        record.see(".story")
        button.evaluate("(button) => button.scrollIntoView()")
        shoot({f"record-lot{end}": record})

        figures = enter(open_screen(browser, size), house, "figures")
        figures.see(".plot")
        shoot({f"figures{end}": figures})
        figures.page.locator('a[href="#of=premium"]').click()
        figures.see(".behind td")
        shoot({f"figures-behind{end}": figures})

        series = open_screen(browser, size)
        series.page.goto(f"{house.url}/figures")
        series.see(".splits")
        shoot({f"series{end}": series})

        shanghai = open_screen(browser, size)
        shanghai.page.goto(f"{house.url}/shanghai")
        shanghai.see(".all-months")
        shoot({f"shanghai{end}": shanghai})

        cluster = open_screen(browser, size)
        cluster.page.goto(f"{house.url}/cluster")
        cluster.see(".room")
        shoot({f"cluster{end}": cluster})

        index = open_screen(browser, size)
        index.page.goto(house.url)
        index.see(".sale")
        shoot({f"index{end}": index})


def making_a_sale(browser: Browser, house: House) -> None:
    made = json.loads(luochui("token", "--data", house.data, "--planner", "--url", house.url, "--json"))
    lots = "lot,plate,opening_yuan\n1,豫H12345,10000\n2,豫HI8588,20000\n3,豫H66666,３００\n"
    for size, end in ((DESK, ""), (PHONE, "-phone")):
        one = open_screen(browser, size)
        one.page.goto(made["link"])
        one.page.locator("#file-catalogue").set_input_files(
            {"name": "catalogue.csv", "mimeType": "text/csv", "buffer": lots.encode()}
        )
        one.see(".line-fault", many=2)
        shoot({f"builder{end}": one})


def by_the_clock(browser: Browser, folder: Path) -> None:
    """The first lot of the timed demo, given ten minutes, from the signing of the rules to a supervisor's stop."""
    notice = folder / "timed.toml"
    text = (DEMO / "timed.toml").read_text(encoding="utf-8")
    notice.write_text(text.replace("free_s = 30", "free_s = 0").replace("window_s = 20", "window_s = 600"), "utf-8")
    with House(folder / "timed", notice, LIMITS) as house:
        you, rival = house.token("bidder", KEPT), house.token("bidder", 16)
        phone, desk = (enter(open_screen(browser, size), house, "bidder", you) for size in (PHONE, DESK))
        phone.see("dialog[open]")
        shoot({"timed-phone-entry": phone, "timed-desk-entry": desk})
        phone.page.locator("dialog[open] .button-main").click()
        leave_maximum(house, rival, 48_000)
        with hand(house, house.token("auctioneer")) as auctioneer:
            auctioneer.do("open_sale")
            auctioneer.ask("open_lot", lot=1)  # it may have opened by itself
        walls = {f"timed-hall-{name}": enter(open_screen(browser, size), house, "hall") for name, size in SIZES}
        desks = {
            f"timed-{view}-{name}": enter(open_screen(browser, size), house, view, house.token(role))
            for view, role in (("rostrum", "auctioneer"), ("supervisor", "supervisor"), ("admission", "registrar"))
            for name, size in SIZES[1:]
        }
        clerk = enter(open_screen(browser, DESK), house, "rostrum", house.token("clerk"))
        bid_and_be_answered(phone)
        shoot({**walls, **desks, "timed-clerk": clerk, "timed-phone-outbid": phone, "timed-desk-outbid": desk})
        phone.page.locator(".maxima input").fill("60000")
        phone.page.locator(".maxima form .button").click()
        phone.see(".where-leading")
        shoot({"timed-phone-maximum": phone, "timed-desk-maximum": desk})
        with hand(house, house.token("supervisor")) as supervisor:
            supervisor.do("stop", reason="核对竞买人身份")
        phone.see(".announced")
        shoot({f"{name}-stopped": one for name, one in (*walls.items(), *desks.items(), ("timed-phone", phone))})


def leave_maximum(house: House, token: str, yuan: int) -> None:
    with urllib.request.urlopen(f"{house.url}/api/sales/{house.sale}/picture", timeout=10) as answer:
        digest = json.load(answer)["parts"]["sale"]["rules"]
    with hand(house, token) as one:
        one.do("accept_rules", digest=digest)
        one.do("proxy", lot=1, maximum_fen=yuan * 100)


def bid_and_be_answered(bidding: Screen) -> None:
    bidding.page.locator(".bid-asked:enabled").click()
    bidding.see(".where-outbid")


def bid_asked(bidding: Screen) -> None:
    bidding.page.locator(".bid-asked:enabled").click()
    bidding.see(".where-leading")


def shoot(screens: dict[str, Screen], *, languages: tuple[str, ...] = LANGUAGES) -> None:
    """Photograph screens by name, all at one moment, in every language; Chinese stays on."""
    for language in languages:
        for name, screen in screens.items():
            speak(screen, language)
            folder = SHOWN if name in IN_README else OTHERS
            screen.page.screenshot(path=folder / f"{name}.{language}.png")
    for screen in screens.values():
        speak(screen, LANGUAGES[0])


def speak(screen: Screen, language: str) -> None:
    if screen.page.evaluate("document.documentElement.lang") == language:
        return
    screen.page.evaluate("(lang) => document.querySelector(`.language [lang=${lang}]`).click()", language)
    screen.page.wait_for_function("(lang) => document.documentElement.lang === lang", arg=language)
    laid_out(screen)


if __name__ == "__main__":
    sys.exit(main())
