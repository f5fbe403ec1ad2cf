"""A house that holds the demo's opening, by a clock that stands still until the test moves it, with robots for bidders and trustees."""

import json
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import trio

from clients.opening import Opening as Room
from clients.opening import answer_wanted
from clients.robots.tender import CAST, SECTION, BidderAtHome, Part, Way, chance, hall_of, numbers
from engine.app import Engine, Serving
from engine.config import load_config
from engine.demo_opening import notice_of
from engine.domain.parties import Principal
from engine.domain.units import Nanoseconds
from engine.reenactment.clock import StageClock
from engine.room.folder import DataFolder
from tests.browser.house import TOKEN_TTL_S, House, until

SEED: Final = 7
SECOND: Final = 1_000_000_000
BEFORE_S: Final = 600
STARTED_WITHIN_S: Final = 30.0
PARTS: Final = (CAST[0], CAST[3], CAST[4])
"""One unseals with his key, one has lost it and has his recovery file, one does nothing."""

OFTEN: Final = {"limits.commands_per_s": 10_000.0, "limits.commands_burst": 10_000}
READ_OFTEN: Final = {"limits.reads_per_s": 10_000.0, "limits.reads_burst": 10_000}


@dataclass(slots=True)
class OpeningHouse:
    """The house, in a thread of its own. Made by :func:`opening_house`."""

    serving: Serving
    engine: Engine
    clock: StageClock
    loop: trio.lowlevel.TrioToken
    sale: str
    deadline: int
    hall: Any
    shares: list[Any]
    bidders: dict[Way, BidderAtHome] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.serving.url

    page = House.page

    def token(self, who: str) -> str:
        made: str = self.run_sync(lambda: self.engine.token(Principal(who), self.sale, TOKEN_TTL_S))
        return made

    def room(self, who: str | None = None) -> Room:
        return Room(self.url, self.sale, None if who is None else self.token(who))

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do something where the house lives."""
        return trio.from_thread.run(work, trio_token=self.loop)

    def run_sync(self, work: Callable[[], Any]) -> Any:
        return trio.from_thread.run_sync(work, trio_token=self.loop)

    def ask(self, who: str, kind: str, **fields: Any) -> dict[str, Any]:
        room = self.room(who)
        found: dict[str, Any] = self.run(lambda: room.ask(kind, **fields))
        return found

    def parts(self) -> dict[str, Any]:
        room = self.room()
        found: dict[str, Any] = self.run(room.picture)["parts"]
        return found

    def opened(self) -> int:
        """How many sheets are open."""
        return sum(bid["state"] == "opened" for bid in self.parts()[f"section/{SECTION}"]["bidders"])

    def to(self, instant: int) -> None:
        """It is ``instant`` now, in nanoseconds since 1970."""
        self.run_sync(lambda: self.clock.advance(Nanoseconds(instant)))

    def past_the_deadline(self) -> None:
        self.to(self.deadline + SECOND)
        until(lambda: self.parts()["opening"]["root"] is not None, what="the closing")

    def past_the_window(self) -> None:
        self.to(self.parts()["unsealing"]["ends_at_us"] * 1000 + SECOND)
        until(lambda: self.parts()["trustees"] is not None, what="the end of the window")

    def receive(self, folder: Path) -> None:
        """Three register and submit."""
        for number, part in zip(numbers(SEED), PARTS, strict=False):
            self.bidders[part.way] = bidder = self._at_home(number, part, folder)
            known = {"certificate": bidder.signing.der.hex(), "key": bidder.signing.key.spki.hex()}
            self.ask("registrar:1", "register_bidder", bidder=number, name=part.name, **known)
            self.ask("registrar:1", "record_deposit", bidder=number, section=SECTION, status="paid")
            self.run(partial(bidder.submit, self.hall, part.yuan, 1))

    def sign_in(self, *ways: Way) -> None:
        for way in ways:
            self.ask(f"bidder:{self.bidders[way].number}", "sign_in")

    def unseal(self, way: Way) -> None:
        self.run(self.bidders[way].unseal)

    def answer(self, trustee: int) -> None:
        room = self.room(f"trustee:{trustee}")
        drawn = chance(SEED, f"trustee {trustee}")
        self.run(lambda: room.answer(self.hall, self.shares[trustee - 1], drawn))

    def answers(self, trustee: int) -> str:
        """What ``luochui hall answers`` prints for a trustee now."""
        room = self.room(f"trustee:{trustee}")
        share, drawn = self.shares[trustee - 1], chance(SEED, f"trustee {trustee}")
        made = [
            {**answer_wanted(self.hall, share, each, drawn), "half": each["half"]} for each in self.run(room.wanted)
        ]
        return json.dumps({"answers": made})

    def _at_home(self, number: int, part: Part, folder: Path) -> BidderAtHome:
        return BidderAtHome(number, part, self.room(f"bidder:{number}"), folder, SEED)


@contextmanager
def opening_house(folder: Path, settings: Mapping[str, Any] = MappingProxyType({})) -> Iterator[OpeningHouse]:
    """The house, ten minutes before the deadline, with ``settings`` beside its own."""
    notice = notice_of(folder, SEED)
    rules = notice.announce.rules
    started: list[OpeningHouse] = []
    ready = threading.Event()

    async def serve() -> None:
        clock = StageClock(Nanoseconds(rules.deadline - BEFORE_S * SECOND))

        def since(last: Nanoseconds) -> StageClock:
            clock.advance(last)
            return clock

        config = load_config(environ={}, flags={"http.port": 0, **OFTEN, **READ_OFTEN, **settings})
        engine = await Engine.open(DataFolder(folder / "data"), [notice], config, clock=since)
        async with trio.open_nursery() as nursery:
            serving: Serving = await nursery.start(engine.run)
            loop = trio.lowlevel.current_trio_token()
            hall, shares = rules.hall_key, hall_of(rules.tender, SEED)[1]
            started.append(OpeningHouse(serving, engine, clock, loop, notice.sale, rules.deadline, hall, shares))
            ready.set()

    thread = threading.Thread(target=trio.run, args=(serve,), daemon=True)
    thread.start()
    assert ready.wait(STARTED_WITHIN_S), "the house did not start"
    house = started[0]
    try:
        yield house
    finally:
        house.run_sync(house.engine.stop)
        thread.join(STARTED_WITHIN_S)
