"""An opening in a whole engine, by a clock that the test moves; bidders and trustees have the keys of :mod:`tests.sealing.scene`."""

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import trio
import trio.lowlevel

from engine.app import Engine, Serving
from engine.config import Config
from engine.domain.auction.commands import Title
from engine.domain.opening.commands import AnnounceOpening, Half
from engine.domain.opening.sheet import TenderSheet
from engine.domain.opening.state import Opening
from engine.domain.parties import HOUSE, Principal
from engine.domain.units import Nanoseconds
from engine.eventlog.lines import EventLog
from engine.notice import OpeningNotice
from engine.reenactment.clock import StageClock
from engine.room.folder import DataFolder
from engine.sealing.halves import HALL, REMEDY
from engine.sealing.manifest import read_manifest
from engine.sealing.parts import PartName
from engine.sealing.shares import write_answer
from engine.wire.codec import dumps
from tests.domain.opening.house import SECOND, START, priced, sheet, tender_of
from tests.sealing.scene import Envelope, Tender

SALE = "t1"
OFFICERS = tuple(map(Principal, ("host:1", "supervisor:1", "registrar:1")))
AHEAD_S = 1_000_000


@dataclass
class TenderHouse:
    engine: Engine
    http: httpx2.AsyncClient
    clock: StageClock
    rules: TenderSheet
    url: str
    tender: Tender = field(default_factory=tender_of)
    """Whose conditions ``rules`` are."""

    sealed: dict[int, Envelope] = field(default_factory=dict)
    asked: int = 0

    @property
    def opening(self) -> Opening:
        state = self.engine.state(SALE)
        assert isinstance(state, Opening)
        return state

    def token(self, by: str) -> str:
        return self.engine.token(Principal(by), SALE, 600)

    def later(self, seconds: float = 1) -> None:
        self.clock.advance(Nanoseconds(self.clock.now() + round(seconds * SECOND)))

    async def said(self, by: str, kind: str, command_id: str | None = None, **fields: Any) -> httpx2.Response:
        self.asked += 1
        body = dumps({"type": kind, "id": command_id or f"c{self.asked}", **fields})
        headers = {"authorization": f"Bearer {self.token(by)}"}
        return await self.http.post(f"/api/sales/{SALE}/commands", content=body, headers=headers)

    async def ask(self, by: str, kind: str, **fields: Any) -> Any:
        said = (await self.said(by, kind, **fields)).json()
        assert "accepted" in said.get("outcome", {}), said
        return said

    async def refused(self, by: str, kind: str, **fields: Any) -> str:
        said = (await self.said(by, kind, **fields)).json()
        code: str = said.get("code") or said["outcome"]["refused"]["code"]
        return code

    async def get(self, path: str, by: str | None = None) -> Any:
        headers = {} if by is None else {"authorization": f"Bearer {self.token(by)}"}
        answer = await self.http.get(path, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def chunk(self, number: int, chunk: bytes) -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.token(f'bidder:{number}')}"}
        return await self.http.post(f"/api/sales/{SALE}/chunks", content=chunk, headers=headers)

    async def register(self, *numbers: int) -> None:
        for number in numbers:
            der = self.tender.credential(f"{number} signing").der.hex()
            await self.ask(
                "registrar:1", "register_bidder", bidder=number, name=f"投标人{number}", certificate=der, key=der
            )

    def seal(self, number: int, yuan: int, version: int = 1) -> Envelope:
        context = self.tender.context(str(number), "1", version)
        self.sealed[number] = made = self.tender.seal(priced(yuan), context=context, remedy=self.rules.remedy)
        return made

    async def submit(self, number: int, yuan: int, version: int = 1) -> Any:
        made = self.seal(number, yuan, version)
        await self.chunk(number, made.chunks[PartName.SHEET][0])
        return await self.ask(f"bidder:{number}", "submit_envelope", **submission(made))

    async def unseal(self, number: int) -> Any:
        half = self.sealed[number].sealed.own.hex()
        return await self.ask(f"bidder:{number}", "unseal", section="1", half=half)

    async def answer(self, trustee: int) -> int:
        """The trustee answers for everything that is wanted of him."""
        wanted = (await self.get(f"/api/sales/{SALE}/wanted", f"trustee:{trustee}"))["wanted"]
        for each in wanted:
            manifest = read_manifest(each["manifest"].encode())
            what = HALL if each["half"] == Half.HALL else REMEDY
            answer = write_answer(self.tender.hall, self.tender.answers(manifest, what, [trustee])[0]).decode()
            given = [{"section": each["section"], "bidder": each["bidder"], "answer": answer}]
            await self.ask(f"trustee:{trustee}", "give_answers", half=each["half"], answers=given)
        return len(wanted)

    async def host(self, kind: str, **fields: Any) -> Any:
        return await self.ask("host:1", kind, **fields)

    async def until(self, holds: Callable[[Opening], bool]) -> None:
        """Wait until the house itself has done what it does."""
        while not holds(self.opening):
            await trio.lowlevel.checkpoint()

    async def until_closed(self) -> None:
        self.clock.advance(Nanoseconds(self.opening.deadline + SECOND))
        await self.until(lambda opening: opening.closed_at is not None)

    async def until_unsealing(self) -> None:
        await self.until_closed()
        await self.host("start_opening", absent=self.opening.not_signed_in())
        await self.host("publish_list")
        await self.host("open_unsealing")

    async def until_combining(self) -> None:
        assert self.opening.ends_at is not None
        self.clock.advance(Nanoseconds(self.opening.ends_at + SECOND))
        await self.until(lambda opening: opening.stage == "combining")


def submission(made: Envelope) -> dict[str, Any]:
    return {"section": "1", "manifest": made.manifest.write().decode(), "signature": made.signature.hex()}


def notice(rules: TenderSheet, trust: Path | None = None) -> OpeningNotice:
    announce = AnnounceOpening(
        command_id="announce", by=HOUSE, sale=SALE, title=Title(zh="道路工程", en="Road works"), rules=rules
    )
    return OpeningNotice(announce=announce, officers=OFFICERS, trust=trust)


@asynccontextmanager
async def tender_house(
    folder: Path,
    *,
    config: Config | None = None,
    log: EventLog | None = None,
    trust: Path | None = None,
    tender: Tender | None = None,
    **changes: Any,
) -> AsyncIterator[TenderHouse]:
    tender = tender or tender_of()
    rules = sheet(tender=tender.name, hall=tender.hall.write().decode(), **changes)
    config = config or Config()
    limits = replace(config.limits, commands_per_s=math.inf, commands_burst=10_000, reads_per_s=math.inf)
    config = replace(config, http=replace(config.http, port=0), limits=limits)
    clock = StageClock(START)

    def since(last: Nanoseconds) -> StageClock:
        clock.advance(last)
        return clock

    engine = await Engine.open(DataFolder(folder), [notice(rules, trust)], config, log=log, clock=since)
    async with trio.open_nursery() as nursery:
        serving: Serving = await nursery.start(engine.run)
        async with httpx2.AsyncClient(base_url=serving.url) as http:
            yield TenderHouse(engine, http, clock, rules, serving.url, tender)
        engine.stop()
