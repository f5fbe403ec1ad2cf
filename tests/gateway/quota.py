"""A quota sale held in memory, by the clock of the test: room, hub, and seats that keep every frame they are sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import orjson
import trio

from engine.domain.auction import commands as common
from engine.domain.auction.commands import Title
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.quota import packs
from engine.domain.quota.commands import AdmitBidders, AnnounceQuota, MakeOffer, Run
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.quota.state import QuotaSale
from engine.domain.units import Fen, PaddleNo
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.connection import Connection
from engine.gateway.hub import Hub, HubSettings
from engine.gateway.pacing import PaceSettings
from engine.hubs import hub_of
from engine.journal.base import Journal
from engine.meters import Meters
from engine.room.house import Room, RoomSettings, announce, open_room
from tests.gateway.saleroom import SALE, a_memory_journal, a_signer
from tests.room.scene import TrioClock

AUCTIONEER = Principal("auctioneer:1")
SHEET = packs.shanghai(3, Fen(90_000_00))


class Seat:
    """A browser that takes everything at once, and keeps it."""

    blocked = False
    dead = False

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.frames.append(orjson.loads(_payload(data)))

    def catch_up(self, data: bytes) -> None:
        self.send(data)

    def hear(self, payload: bytes) -> None:
        self.frames.append(orjson.loads(payload))

    def send(self, data: bytes) -> int:
        rest = data
        while rest:
            size = _size(rest)
            self.frames.append(orjson.loads(_payload(rest[:size])))
            rest = rest[size:]
        return len(data)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Every frame of one type, oldest first."""
        return [frame for frame in self.frames if frame["type"] == kind]

    def parts(self) -> dict[str, Any]:
        """What the page shows: the picture, and every record after it."""
        shown: dict[str, Any] = {}
        for frame in self.frames:
            if frame["type"] in {"picture", "record"}:
                shown.update(frame["parts"])
        return shown


def _size(data: bytes) -> int:
    match data[1]:
        case 126:
            return 4 + int.from_bytes(data[2:4])
        case 127:
            return 10 + int.from_bytes(data[2:10])
        case size:
            return 2 + size


def _payload(data: bytes) -> bytes:
    return data[{126: 4, 127: 10}.get(data[1], 2) :]


@dataclass
class Hall:
    """The sale, and whoever looks at it."""

    room: Room
    hub: Hub
    asked: int = 0
    seats: dict[Principal | None, Seat] = field(default_factory=dict)

    @property
    def sale(self) -> QuotaSale:
        assert isinstance(self.hub.state, QuotaSale)
        return self.hub.state

    def seat(self, who: Principal | None) -> Seat:
        """One who looks, from now on."""
        seat = self.seats[who] = Seat()
        self.hub.join(cast("Connection", seat), who, None)
        return seat

    def ask(self, command: Any) -> Seat:
        """Hand a command in at this instant; its answer comes to the seat returned."""
        seat = Seat()
        self.hub.ask(seat, command.command_id, command, self.room.clock.now())
        return seat

    def offer(self, paddle: int, yuan: int) -> Seat:
        """A paddle offers."""
        self.asked += 1
        number = PaddleNo(paddle)
        amount = Fen(yuan * 100)
        return self.ask(MakeOffer(command_id=f"o{self.asked}", by=bidder(number), paddle=number, amount=amount))

    async def settle(self) -> None:
        """Let the clerk and the hub do what there is to do, no time passing."""
        await trio.testing.wait_all_tasks_blocked()


@asynccontextmanager
async def hall(
    sheet: QuotaSheet = SHEET,
    *,
    bidders: int = 5000,
    pace: PaceSettings | None = None,
    journal: Journal | None = None,
    opened: bool = True,
) -> AsyncIterator[Hall]:
    """A quota sale with paddles 1 to ``bidders``, open and in its first round."""
    room = open_room(journal or a_memory_journal(), a_signer(), RoomSettings(), clock=TrioClock)
    title = Title(zh="额度", en="Quota")
    first = AnnounceQuota(command_id="announce", by=HOUSE, sale=SALE, title=title, rules=replace(sheet))
    runs = (Run(first=PaddleNo(1), last=PaddleNo(bidders)),)
    admit = AdmitBidders(command_id="admit-1", by=HOUSE, quota_class=sheet.classes[0].name, runs=runs)
    await announce(room, first, (admit,))
    hub = hub_of(
        SALE,
        room,
        broadcaster=Broadcaster(SweepSettings()),
        settings=HubSettings(pace=pace or PaceSettings()),
        meters=Meters(),
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(room.clerk.run)
        nursery.start_soon(hub.run)
        one = Hall(room, hub)
        await one.settle()
        if opened:
            one.ask(common.OpenSale(command_id="open", by=AUCTIONEER))
            await one.settle()
        yield one
        nursery.cancel_scope.cancel()
