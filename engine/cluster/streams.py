"""
A carrier of Redis streams. Its data may vanish, roll back or stand still at any time, and nothing is lost but time.

Keys, each with the sale in braces so that a Redis Cluster keeps them together::

    luochui:{sale}:tail:<epoch>   stream; one entry a commit, id <last record>-0, bounded
    luochui:{sale}:notes          stream; beats, pages and answers for those who listen now, bounded
    luochui:{sale}:inbox          stream; letters of gateways, bounded
    luochui:{sale}:present        stream; who is at each gateway, as it last said, bounded
    luochui:rooms                 hash; the newest beat of each room

An entry of the tail has an id of our own: said twice, it stands once. How Redis is reached stands in ``engine.cluster.bus``.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Final

import trio

from engine.cluster.bus import FIELD, START, Bus, Places, done, newest, order
from engine.cluster.carrier import CarrierDown, Trouble
from engine.cluster.settings import ClusterSettings
from engine.journal.asking import RoomBusy

ROOMS: Final = "luochui:rooms"
AGAIN_S: Final = 0.2
"""After a failure Redis is tried again so soon."""


def tail_key(sale: str, epoch: int) -> str:
    """Where the tail of a room is carried."""
    return f"luochui:{{{sale}}}:tail:{epoch}"


def notes_key(sale: str) -> str:
    """Where an engine speaks to those who listen now."""
    return f"luochui:{{{sale}}}:notes"


def inbox_key(sale: str) -> str:
    """Where letters wait for the engine."""
    return f"luochui:{{{sale}}}:inbox"


def present_key(sale: str) -> str:
    """Where gateways say who is there."""
    return f"luochui:{{{sale}}}:present"


class RedisEngine:
    """See :class:`engine.cluster.carrier.EngineCarrier`. A command that failed is tried again, and may then stand twice."""

    once = False

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings, self._bus = settings, Bus(settings)

    @property
    def trouble(self) -> Trouble | None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        return self._bus.trouble

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`. Letters that lie there are read too: old ones are dropped by age."""
        places = Places(self._settings.beat_ms)
        async with aclosing(self._bus):
            while True:
                inboxes = {inbox_key(sale): sale for sale in sales()}
                names = inboxes | {present_key(sale): sale for sale in inboxes.values()}
                for key in [key for key in places.at if key not in names]:
                    del places.at[key]  # It is another engine's now.
                for key, sale in inboxes.items():
                    places.at.setdefault(key, START)
                    places.listen(present_key(sale))
                try:
                    for key, frame in await self._bus.listen(places):
                        take(names[key], frame)
                except CarrierDown:
                    await trio.sleep(AGAIN_S)

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        key = tail_key(sale, epoch)

        def work(connection: Any) -> None:
            pipe = connection.pipeline(transaction=False)
            for seq, frame in frames:
                pipe.xadd(key, {FIELD: frame}, id=f"{seq}-0", maxlen=self._settings.carried_max)
            done(pipe)

        await self._bus.write(work)

    async def note(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        await self._bus.write(
            lambda connection: connection.xadd(notes_key(sale), {FIELD: frame}, maxlen=self._settings.letters_max)
        )

    async def beat(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""

        def work(connection: Any) -> None:
            pipe = connection.pipeline(transaction=False)
            pipe.hset(ROOMS, sale, frame)
            pipe.xadd(notes_key(sale), {FIELD: frame}, maxlen=self._settings.letters_max)
            done(pipe)

        await self._bus.write(work)

    async def held(self, sale: str, epoch: int) -> int | None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        end: str = await self._bus.write(lambda connection: newest(connection, tail_key(sale, epoch)))
        return order(end)[0]

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        key = tail_key(sale, epoch)

        def work(connection: Any) -> None:
            pipe = connection.pipeline(transaction=True)
            pipe.delete(key)
            for seq, frame in frames:
                pipe.xadd(key, {FIELD: frame}, id=f"{seq}-0")
            done(pipe)

        await self._bus.write(work)


class RedisGateway:
    """See :class:`engine.cluster.carrier.GatewayCarrier`."""

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings, self._bus = settings, Bus(settings)
        self._outbox: list[tuple[str, bytes]] = []
        self._reports: dict[str, bytes] = {}
        """By stream the newest, while it is not written yet."""

        self._something = trio.Event()
        self._places = Places(self._settings.beat_ms)
        self._names: dict[str, str] = {}
        self._tails: dict[str, str] = {}

    @property
    def trouble(self) -> Trouble | None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        return self._bus.trouble

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        async with aclosing(self._bus):
            await self._talk(hear)

    async def _talk(self, hear: Callable[[str, bytes], None]) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write)
            nursery.start_soon(self._look, hear)
            while True:
                try:
                    for key, frame in await self._bus.listen(self._places):
                        hear(self._names[key], frame)
                except CarrierDown:
                    await trio.sleep(AGAIN_S)

    async def _look(self, hear: Callable[[str, bytes], None]) -> None:
        """Find rooms, also those that open later."""
        while True:
            try:
                rooms: dict[bytes, bytes] = await self._bus.write(lambda connection: connection.hgetall(ROOMS))
            except CarrierDown:
                rooms = {}
            for name, frame in rooms.items():
                sale = name.decode("utf-8", "replace")
                if notes_key(sale) not in self._names:
                    self._names[notes_key(sale)] = sale
                    self._places.listen(notes_key(sale))
                    hear(sale, frame)
            await trio.sleep(self._settings.beat_ms / 1000)

    def follow(self, sale: str, epoch: int, seq: int) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        key = tail_key(sale, epoch)
        if self._tails.get(sale) != key:
            self._places.at.pop(self._tails.get(sale, ""), None)
            self._tails[sale] = key
            self._names[key] = sale
            self._places.at[key] = f"{seq}-0"

    def send(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        if len(self._outbox) >= self._settings.letters_max:
            raise RoomBusy
        self._outbox.append((inbox_key(sale), frame))
        self._something.set()

    def report(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.GatewayCarrier`."""
        self._reports[present_key(sale)] = frame
        self._something.set()

    async def _write(self) -> None:
        while True:
            if not self._outbox and not self._reports:
                self._something = trio.Event()
                await self._something.wait()
            settings = self._settings
            entries = [(key, frame, settings.letters_max) for key, frame in self._outbox]
            entries += [(key, frame, settings.presence_held_max) for key, frame in self._reports.items()]
            self._outbox, self._reports = [], {}

            def work(connection: Any, entries: list[tuple[str, bytes, int]] = entries) -> None:
                pipe = connection.pipeline(transaction=False)
                for key, frame, most in entries:
                    pipe.xadd(key, {FIELD: frame}, maxlen=most)
                done(pipe)

            try:
                await self._bus.write(work)
            except CarrierDown:
                continue  # Whether they arrived is unknown, and those who wait are told so.
