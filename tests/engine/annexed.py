"""A saleroom with a gateway process beside it, but in this process: the same bytes go the same ways, and nobody waits for a start."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trio

from engine.annex import Annex as Process
from engine.cluster.settings import ClusterSettings
from engine.cluster.unix import PairedEngine, PairedGateway
from engine.config import Config
from engine.domain.parties import Principal
from engine.domain.rulesheet import RuleSheet
from engine.eventlog.lines import EventLog
from engine.far_house import FarHouse, distributors
from engine.gateway.annex import Annex
from engine.gateway.connection import Connection
from engine.gateway.handing import Packets, Told, pair
from engine.gateway.hub import HubSettings
from engine.gateway.revocation import BearerRevoked
from engine.gateway.session import at_home
from engine.gateway.tokens import Credential, Tokens
from engine.meters import Meters
from engine.passes import open_tokens, revoked
from engine.room.folder import DataFolder
from engine.room.house import Room
from engine.wire.messages import Position
from tests.gateway.saleroom import RULES, SALE, Browser, Saleroom, a_signer, saleroom

PATIENCE_S = 10.0
TTL_S = 600


@dataclass
class Annexed:
    """A saleroom, and what it has beside it."""

    place: Saleroom
    annex: Annex
    process: Process
    tokens: Tokens
    folder: DataFolder
    now: Any
    left: list[str] = field(default_factory=list)
    """Whose places were given back."""

    news: trio.Event = field(default_factory=trio.Event)

    def credential(self, principal: str | None) -> Credential | None:
        """By which somebody comes in."""
        if principal is None:
            return None
        return self.tokens.credential(
            self.tokens.issue(Principal(principal), SALE, TTL_S, self.now()), SALE, self.now()
        )

    @asynccontextmanager
    async def there(self, who: str | None = None, **more: Any) -> AsyncIterator[Browser]:
        """A viewer whose socket the annex is given."""
        self.place.elsewhere = self._take
        async with self.place.browser(who, **more) as browser:
            if more.get("hello", True):
                self.place.elsewhere = at_home
            yield browser
        self.place.elsewhere = at_home

    def _take(self, connection: Connection, principal: Principal | None, after: Position | None) -> bool:
        who = principal or "public"
        return self.annex.take(
            self.place.hub, connection, self.credential(principal), after, lambda: self.left.append(who)
        )

    def take_back(self, principal: str) -> None:
        """What he was given is good no longer."""
        revoked(self.folder).add(BearerRevoked(at_s=int(self.now()), sale=SALE, principal=Principal(principal)))

    async def until(self, comes: Any) -> None:
        """Return when ``comes()`` is true: it is asked again whenever the annex has said something."""
        with trio.fail_after(PATIENCE_S):
            while not comes():
                await self.news.wait()

    async def listen(self) -> None:
        while True:
            message, _ = await self.annex.packets.receive()
            if not isinstance(message, Told):
                return
            self.annex.hear(message, trio.current_time())
            self.news.set()
            self.news = trio.Event()


@asynccontextmanager
async def annexed(
    folder: Path,
    *,
    rules: RuleSheet = RULES,
    settings: HubSettings | None = None,
    now: Any = lambda: 1_800_000_000.0,
    as_carried: Callable[[Room], Any] = lambda room: room,
) -> AsyncIterator[Annexed]:
    """A sale with an annex that can show it; ``as_carried`` is the room as the annex finds it."""
    data, config = DataFolder(folder), Config(cluster=ClusterSettings(beat_ms=50))
    carrier = PairedEngine(streams_max=1)
    packets, far_end = pair()
    async with saleroom(rules=rules, settings=settings) as place, trio.open_nursery() as nursery:
        carried = distributors(data, {SALE: as_carried(place.room)}, a_signer(), config.cluster, own=carrier)
        near, far = (trio.SocketStream(each) for each in trio.socket.socketpair())
        carrier.join(near)
        nursery.start_soon(carried["gateways"].run)
        house = FarHouse(data, config.cluster, 4096, {}, PairedGateway(far, config.cluster.letters_max))
        process = Process(
            number=1, folder=data, config=config, packets=Packets(far_end), house=house, log=EventLog(), now=now
        )
        nursery.start_soon(process.run)
        annex = Annex(1, 0, packets, Meters(), trio.current_time(), leaving_max=2)
        nursery.start_soon(annex.pour)
        one = Annexed(place, annex, process, open_tokens(data, revoked(data)), data, now)
        nursery.start_soon(one.listen)
        await one.until(lambda: SALE in annex.sales)
        yield one
        nursery.cancel_scope.cancel()
        packets.close()
