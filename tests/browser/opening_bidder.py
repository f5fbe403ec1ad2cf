"""An opening in a house of this process, in a thread of its own, so that a test with pages moves the time of the house."""

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import trio
import trio.from_thread
import trio.lowlevel

from engine.sealing.pem import read_credential
from tests.browser.screens import Screen
from tests.engine.tender import SALE, TenderHouse, tender_house
from tests.sealing.test_page import Pem

T = TypeVar("T")
STARTED_WITHIN_S: Final = 30


class OpeningHouse:
    """Somebody who has the house, its clock and every office at hand."""

    def __init__(self, folder: Path, **rules: Any) -> None:
        self._folder, self._rules = folder, rules
        self._ready, self._over = threading.Event(), trio.Event()
        self._thread = threading.Thread(target=partial(trio.run, self._hold))
        self._token: trio.lowlevel.TrioToken | None = None
        self.one: TenderHouse

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(STARTED_WITHIN_S), "the house did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.sync(self._over.set)
        self._thread.join()

    async def _hold(self) -> None:
        async with tender_house(self._folder, **self._rules) as self.one:
            self._token = trio.lowlevel.current_trio_token()
            self._ready.set()
            await self._over.wait()

    def run(self, work: Callable[..., Awaitable[T]], *given: Any, **named: Any) -> T:
        """Have the house's thread do ``work``, and wait for it."""
        return trio.from_thread.run(partial(work, *given, **named), trio_token=self._token)

    def sync(self, work: Callable[..., T], *given: Any) -> T:
        """The same for what does not wait."""
        return trio.from_thread.run_sync(work, *given, trio_token=self._token)

    def ask(self, by: str, kind: str, **fields: Any) -> Any:
        """Ask for something that must be accepted."""
        return self.run(self.one.ask, by, kind, **fields)

    def register(self, bidder: "AtHome") -> None:
        """Let somebody bid, and note his bond."""
        signing = read_credential(bidder.signing[0])
        self.ask(
            *("registrar:1", "register_bidder"),
            bidder=bidder.number,
            name=bidder.name,
            certificate=signing.der.hex(),
            key=signing.key.spki.hex(),
        )
        self.ask("registrar:1", "record_deposit", bidder=bidder.number, section="1", status="paid")

    def enter(self, screen: Screen, number: int, lang: str = "zh-CN") -> Screen:
        """A bidder opens his link."""
        token = self.sync(self.one.token, f"bidder:{number}")
        screen.page.goto(f"{self.one.url}/sales/{SALE}/bidder?lang={lang}#token={token}")
        screen.see(".connection-live")
        return screen


@dataclass(frozen=True, slots=True)
class AtHome:
    """A bidder with his certificates."""

    number: int
    name: str
    signing: Pem
    encryption: Pem
