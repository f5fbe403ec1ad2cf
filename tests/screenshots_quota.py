"""The pages of a quota sale at the moments that matter, for :mod:`tests.screenshots`: a small Shanghai, and hidden prices."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tests.browser.hand import hand
from tests.browser.house import House
from tests.browser.quota import LONG_S, REVISION, SHANGHAI, QuotaScene, write_quota
from tests.browser.screens import DESK, PHONE, WALL, Screen, open_screen

Shoot = Callable[[dict[str, Screen]], None]

FIRST_S: Final = 45
"""So long the first round is: time for a picture of everything."""

LAST_S: Final = 100
OFFERS: Final = {11: 85_600, 12: 86_200, 13: 84_900, 14: 87_300, 15: 86_800, 16: 85_900}
YOU: Final = 8


def quota_sales(browser: Browser, folder: Path, shoot: Shoot) -> None:
    """Hold them, and photograph them."""
    shanghai(browser, folder / "quota", shoot)
    hidden(browser, folder / "quota-hidden", shoot)


def shanghai(browser: Browser, folder: Path, shoot: Shoot) -> None:
    rounds = [{"name": "first", "span_s": FIRST_S}, {**REVISION, "span_s": LAST_S}]
    with House(folder, write_quota(folder, {**SHANGHAI, "quota": 4}, rounds)) as house:
        scene = QuotaScene(house)
        hall, phone_hall = (scene.open(open_screen(browser, size), "hall") for size in (WALL, PHONE))
        desk, phone = (scene.open(open_screen(browser, size), "bidder", str(YOU)) for size in (DESK, PHONE))
        officers = {
            f"quota-{view}": scene.open(open_screen(browser, DESK), view, who)
            for view, who in (("rostrum", "auctioneer"), ("supervisor", "supervisor"), ("admission", "registrar"))
        }
        public = {
            "quota-result": scene.open(open_screen(browser, DESK), "figures"),
            "quota-record": scene.open(open_screen(browser, DESK), "record"),
        }
        bidding = {"quota-bidder-desk": desk, "quota-bidder-phone": phone}
        walls = {"quota-hall": hall, "quota-hall-phone": phone_hall}

        def shoot_all(moment: str, screens: dict[str, Screen]) -> None:
            shoot({f"{name}-{moment}": screen for name, screen in screens.items()})

        for number in OFFERS:
            scene.token(str(number))
        shoot_all("planned", walls | bidding | officers)
        scene.begin(OFFERS)
        hall.see(".step-now")
        desk.page.locator(".offer-desk input").fill("86000")
        desk.press("Enter")
        desk.see("dialog[open]")
        shoot_all("confirm", {"quota-bidder-desk": desk})
        desk.page.locator("dialog[open] .button-main").click()
        phone.see(".where-is-in")
        shoot_all("first", walls | bidding | officers)

        hall.page.locator(".step-now:nth-child(2)").wait_for(timeout=(FIRST_S + 15) * 1000)
        for number, yuan in ((11, 86_100), (13, 86_200)):
            scene.offer(number, yuan)
        phone.see(".where-is-out")
        desk.page.locator(".offer-desk input").fill("86300")
        shoot_all("out", bidding)
        desk.press("Enter")
        desk.see(".where-is-in")
        phone.page.evaluate(
            "document.querySelector('lc-quota-bidder').connection.ask({type: 'offer', amount_fen: 9000000})"
        )
        phone.see(".where-refused")
        shoot_all("refused", {"quota-bidder-phone": phone})
        with hand(house, scene.token("auctioneer")) as auctioneer:
            auctioneer.do("suspend", reason="网络故障，正在处理")
            hall.see(".suspension")
            shoot_all("suspended", walls | bidding | officers)
            officers["quota-rostrum"].press("r")
            officers["quota-rostrum"].see("dialog[open]")
            shoot_all("resuming", {"quota-rostrum": officers["quota-rostrum"]})
            officers["quota-rostrum"].press("Escape")
            auctioneer.do("resume")
        hall.page.locator(".round-clock-deciding").wait_for(timeout=LAST_S * 1000)
        shoot_all("deciding", walls | {"quota-bidder-desk": desk})
        hall.page.locator(".class-result").wait_for(timeout=LAST_S * 1000)
        shoot_all("closed", walls | bidding | officers | public)


def hidden(browser: Browser, folder: Path, shoot: Shoot) -> None:
    rules = {"pack": "guangzhou", "quota": 2, "floor_yuan": 10_000, "average_at_s": [1, 1800], "sign_off": True}
    with House(folder, write_quota(folder, rules, [{"name": "offers", "span_s": LONG_S, "revisions": 2}])) as house:
        scene = QuotaScene(house)
        hall = scene.open(open_screen(browser, WALL), "hall")
        phone = scene.open(open_screen(browser, PHONE), "bidder", str(YOU))
        phone.see("dialog[open]")
        shoot({"quota-hidden-entry": phone})
        phone.page.locator("dialog[open] .button-main").click()
        scene.begin({})
        phone.see(".step-now")
        phone.page.locator(".offer-desk input").fill("16000")
        phone.press("Enter")
        phone.see(".act-stands")
        shoot({"quota-hidden-hall": hall, "quota-hidden-bidder": phone})
