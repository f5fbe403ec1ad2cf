"""A whole engine on a free port, in this process, with real SQLite in a folder of the test."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import trio

from engine.app import Engine, Serving
from engine.config import Config
from engine.domain.parties import Principal
from engine.domain.rulesheet import RuleSheet
from engine.notice import Notice
from engine.room.folder import DataFolder
from tests.gateway.saleroom import RULES, SALE, Browser, admissions, an_announcement

TTL_S = 600


@dataclass
class RunningHouse:
    engine: Engine
    url: str
    http: httpx2.AsyncClient

    def token(self, principal: str) -> str:
        return self.engine.token(Principal(principal), SALE, TTL_S)

    async def ticket(self, principal: str) -> str:
        answer = await self.post_ticket(self.token(principal))
        answer.raise_for_status()
        ticket: str = answer.json()["ticket"]
        return ticket

    async def post_ticket(self, token: str) -> httpx2.Response:
        return await self.http.post(f"/api/sales/{SALE}/ticket", headers={"authorization": f"Bearer {token}"})

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    @asynccontextmanager
    async def socket(self, *, origin: str | None = None, sale: str = SALE) -> AsyncIterator[Browser]:
        """A socket that has shaken hands and said nothing yet."""
        parts = urlsplit(self.url)
        stream = await trio.open_tcp_stream(str(parts.hostname), int(parts.port or 0))
        browser = Browser(stream, f"ws://{parts.netloc}/api/sales/{sale}/socket", origin)
        try:
            await browser.shake_hands()
            yield browser
        finally:
            await stream.aclose()

    @asynccontextmanager
    async def viewer(self, principal: str | None = None, **more: Any) -> AsyncIterator[Browser]:
        """A viewer who was let in."""
        ticket = {} if principal is None else {"ticket": await self.ticket(principal)}
        async with self.socket() as browser:
            await browser.send({"type": "hello", "protocol": 1, **ticket, **more})
            await browser.until("welcome")
            yield browser


@asynccontextmanager
async def running_house(
    folder: Path,
    *,
    rules: RuleSheet = RULES,
    config: Config | None = None,
    lots: int = 3,
    paddles: int = 12,
    empty: bool = False,
    on_step: Callable[[str], object] = lambda _step: None,
) -> AsyncIterator[RunningHouse]:
    notice = Notice(
        announce=an_announcement(lots, rules),
        admissions=admissions(paddles),
        terms=(),
        officers=(Principal("auctioneer:1"), Principal("clerk:1")),
    )
    config = config or Config()
    config = replace(config, http=replace(config.http, port=0))
    engine = await Engine.open(DataFolder(folder), [] if empty else [notice], config, on_step=on_step)
    async with trio.open_nursery() as nursery:
        serving: Serving = await nursery.start(engine.run)
        async with httpx2.AsyncClient(base_url=serving.url) as http:
            yield RunningHouse(engine, serving.url, http)
        engine.stop()


async def act(browser: Browser, **frame: Any) -> dict[str, Any]:
    """Send a command and wait for its answer."""
    await browser.send(frame)
    return await browser.until("answer", id=frame["id"])


async def open_first_lot(house: RunningHouse) -> None:
    async with house.viewer("auctioneer:1") as rostrum:
        await act(rostrum, type="open_sale", id="open-sale")
        await act(rostrum, type="open_lot", id="open-lot-1", lot=1)
