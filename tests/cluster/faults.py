"""Bidding at two gateways, and what happens to the Redis between them and their engine."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import trio

from engine.cluster.bus import FIELD
from engine.cluster.settings import ClusterSettings
from engine.cluster.streams import inbox_key, notes_key, tail_key
from tests.cluster.load import Bidders, holds
from tests.cluster.redis_server import RedisServer
from tests.cluster.scene import QUICK, End, House, house, over_redis
from tests.room.scene import open_sale, put_up

AGAIN: Final = 500
"""Entries of each stream that are delivered once more."""

SOME: Final = 30
"""Answers after which bidding is under way, or again."""


@dataclass
class Scene:
    house: House
    ends: list[End]
    bidders: Bidders
    server: RedisServer

    async def meets(self, *faults: Callable[[], None]) -> None:
        """Bidding, then each of ``faults`` in turn, each time until bidding is under way again; then all is compared."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.bidders.run)
            await self.bidders.told.grows_by(SOME)
            for fault in faults:
                await trio.to_thread.run_sync(fault)
                await self.bidders.told.grows_by(SOME)
            self.bidders.over = True
        await holds(self.bidders.told, self.house.room, self.ends)

    def dropped(self, why: str) -> int:
        return sum(end.far.dropped[why] for end in self.ends if end.far is not None)


@asynccontextmanager
async def scene(server: RedisServer, settings: ClusterSettings = QUICK) -> AsyncIterator[Scene]:
    told, engine, gateway = over_redis(server.url, settings)
    async with house(engine, gateway, settings=told) as held:
        ends = [await held.end(), await held.end()]
        await ends[0].ask(open_sale())
        await ends[0].ask(put_up(1))
        yield Scene(held, ends, Bidders(ends), server)


def stand_still(server: RedisServer, seconds: float) -> None:
    """In a thread: Redis answers nobody for a while, then does what it was told meanwhile."""
    server.stop()
    trio.from_thread.run(trio.sleep, seconds)
    server.go_on()


def say_again(server: RedisServer) -> None:
    """The newest of everything that Redis holds is delivered once more."""
    with server.client() as client:
        for key in (tail_key("trial", 1), notes_key("trial"), inbox_key("trial")):
            to = inbox_key("trial") if "inbox" in key else notes_key("trial")
            pipe = client.pipeline(transaction=False)
            for _, fields in reversed(client.xrevrange(key, count=AGAIN)):
                pipe.xadd(to, {FIELD: fields[FIELD]})
            pipe.execute()
