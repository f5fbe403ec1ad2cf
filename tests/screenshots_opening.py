"""The pages of an opening of sealed bids at the moments that matter, for :mod:`tests.screenshots`: everybody's, wide and on a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from clients.robots.tender import CEILING_FEN, SECTION, Way
from engine.sealing.pem import read_credential
from tests.browser.house import until
from tests.browser.opening import PARTS, OpeningHouse, opening_house
from tests.browser.opening_bidder import AtHome
from tests.browser.screens import DESK, PHONE, WALL, Screen, enter, open_screen
from tests.browser.test_opening_bidder import at_home, seal, submit

Shoot = Callable[[dict[str, Screen]], None]

YOU: Final = 305
YUAN: Final = 12_120_000
DESKS: Final = (("rostrum", "host:1"), ("supervisor", "supervisor:1"), ("admission", "registrar:1"))


@dataclass(frozen=True, slots=True)
class Room:
    """The screens that stay on through the opening, by name; each twice, wide and as a phone."""

    walls: dict[str, Screen]
    desks: dict[str, Screen]
    trustee: dict[str, Screen]
    bidder: dict[str, Screen]
    public: dict[str, Screen]

    @classmethod
    def of(cls, browser: Browser, house: OpeningHouse) -> "Room":
        def pair(view: str, who: str | None = None, wide: tuple[int, int] = DESK) -> dict[str, Screen]:
            token = None if who is None else house.token(who)
            return {
                f"opening-{view}{end}": enter(open_screen(browser, size), house, view, token)  # type: ignore[arg-type]
                for end, size in (("", wide), ("-phone", PHONE))
            }

        def board() -> dict[str, Screen]:
            found = {}
            for end, size in (("", WALL), ("-phone", PHONE)):
                found[f"board{end}"] = one = open_screen(browser, size)
                one.page.goto(f"{house.url}/board?lang=zh-CN")
                one.see("tbody tr")
            return found

        return cls(
            walls={**pair("hall", wide=WALL), **board()},
            desks={name: one for view, who in DESKS for name, one in pair(view, who).items()},
            trustee=pair("trustee", "trustee:3"),
            bidder=pair("bidder", f"bidder:{YOU}"),
            public={**pair("record"), **pair("figures")},
        )

    def all(self) -> dict[str, Screen]:
        return {**self.walls, **self.desks, **self.trustee, **self.bidder, **self.public}


def openings(browser: Browser, folder: Path, shoot: Shoot) -> None:
    """Hold one, and photograph it."""
    folder.mkdir(parents=True, exist_ok=True)

    def shoot_all(moment: str, screens: dict[str, Screen]) -> None:
        shoot({f"{name}-{moment}": one for name, one in screens.items()})

    with opening_house(folder) as house:
        you = at_home(YOU)
        house.receive(folder)
        register(house, you)
        room = Room.of(browser, house)
        shoot_all("before", room.all())
        seal_and_submit(room.bidder["opening-bidder"], you, shoot_all)
        shoot_all("received", room.bidder)
        kiosk(browser, house, shoot_all)
        unsealing(house, room, shoot_all)
        joining(house, room, shoot_all)
        reading(house, room, shoot_all)


def register(house: OpeningHouse, you: AtHome) -> None:
    signing = read_credential(you.signing[0])
    known: dict[str, Any] = {"certificate": signing.der.hex(), "key": signing.key.spki.hex()}
    house.ask("registrar:1", "register_bidder", bidder=YOU, name=you.name, **known)
    house.ask("registrar:1", "record_deposit", bidder=YOU, section=SECTION, status="guaranteed")


def seal_and_submit(one: Screen, you: AtHome, shoot_all: Callable[[str, dict[str, Screen]], None]) -> None:
    seal(one, you, YUAN)
    shoot_all("sealed", {"opening-bidder": one})
    submit(one, 1)
    one.see(".receipt-code img")


def kiosk(browser: Browser, house: OpeningHouse, shoot_all: Callable[[str, dict[str, Screen]], None]) -> None:
    for end, size in (("", WALL), ("-phone", PHONE)):
        one = open_screen(browser, size)
        one.page.goto(f"{house.url}/sales/{house.sale}/kiosk?lang=zh-CN&lock=300")
        one.see(".waiting")
        shoot_all("waiting", {f"opening-kiosk{end}": one})
        one.page.keyboard.type(f"{house.url}/sales/{house.sale}/bidder#token={house.token(f'bidder:{YOU}')}")
        one.page.keyboard.press("Enter")
        one.see(".slip .receipt img")
        shoot_all("slip", {f"opening-kiosk{end}": one})
        one.context.close()


def unsealing(house: OpeningHouse, room: Room, shoot_all: Callable[[str, dict[str, Screen]], None]) -> None:
    house.past_the_deadline()
    house.sign_in(Way.KEY, Way.RECOVERY)
    room.bidder["opening-bidder"].see(".obid-sign-in")
    shoot_all("closed", {**room.walls, **room.desks, **room.bidder, **room.public})
    house.ask(f"bidder:{YOU}", "sign_in")
    house.ask("host:1", "start_opening", absent=1)
    for kind in ("publish_list", "open_unsealing"):
        house.ask("host:1", kind)
    house.unseal(Way.KEY)
    lost = house.bidders[Way.REMEDY].number
    house.ask(f"bidder:{lost}", "report_trouble", section=SECTION, trouble="device")
    room.walls["opening-hall"].see(".board-running dd", "1")
    room.bidder["opening-bidder"].see(".obid-unseal")
    room.walls["board"].see(".stands", "投标人解密")
    shoot_all("unsealing", room.all())


def joining(house: OpeningHouse, room: Room, shoot_all: Callable[[str, dict[str, Screen]], None]) -> None:
    house.unseal(Way.RECOVERY)
    house.past_the_window()
    house.ask("host:1", "announce_ceiling", section=SECTION, amount_fen=CEILING_FEN)
    house.ask("host:1", "order_remedy")
    for one in room.trustee.values():
        one.see(".due li")
    shoot_all("joining", {**room.desks, **room.trustee, **room.bidder})
    for trustee in (1, 3):
        house.answer(trustee)
    until(lambda: house.opened() == len(PARTS) + 1, what="the opening of every sheet", within_s=30)


def reading(house: OpeningHouse, room: Room, shoot_all: Callable[[str, dict[str, Screen]], None]) -> None:
    house.ask("host:1", "draw_coefficient", section=SECTION)
    house.ask("host:1", "read_out")
    for one in room.walls["opening-hall"], room.desks["opening-rostrum"]:
        one.see(".results")
    house.ask(f"bidder:{house.bidders[Way.KEY].number}", "confirm_sheet", section=SECTION)
    house.ask(f"bidder:{YOU}", "object", text="工期请核对")
    room.walls["opening-hall"].see(".newest", "工期请核对")
    shoot_all("read", room.all())
    house.ask("host:1", "answer_objection", no=1, text="已核对，一致")
    house.ask("host:1", "open_signing")
    for who in ("host:1", "supervisor:1"):
        house.ask(who, "sign_result", report=house.parts()["opening"]["report"])
    house.ask("host:1", "end_opening")
    for name in ("opening-figures", "opening-figures-phone"):
        room.public[name].see(".times dd")
    shoot_all("ended", room.all())
    record = room.public["opening-record"]
    record.press("p")
    for _ in range(3):
        record.press("h")
    record.see(".board-table")
    shoot_all("replay", {"opening-record": record})
