"""
A carrier of Redis streams. Its data may vanish, roll back or stand still at any time, and nothing is lost but time.

Keys, each with the sale in braces so that a Redis Cluster keeps them together::

    luochui:{sale}:tail:<epoch>   stream; one entry a commit, id <last record>-0, bounded
    luochui:{sale}:notes          stream; beats, pages and answers for those who listen now, bounded
    luochui:{sale}:inbox          stream; letters of gateways, bounded
    luochui:rooms                 hash; the newest beat of each room

An entry of the tail has an id of our own: said twice, it stands once. Our synchronous client works in two threads, one that writes
and one that waits for what comes; a command that failed is tried again once, on a new connection.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Final

import redis
import trio
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry
from redis.sentinel import Sentinel

from engine.cluster.carrier import CarrierDown
from engine.cluster.settings import ClusterSettings
from engine.journal.asking import RoomBusy

FIELD: Final = b"f"
ROOMS: Final = "luochui:rooms"
BLOCK_MS: Final = 400
"""So long a reader waits at most, or a beat if that is shorter: streams that are wanted meanwhile are read after it."""

READ_MAX: Final = 512
AGAIN_S: Final = 0.2
"""After a failure Redis is tried again so soon."""

START: Final = "0-0"


def tail_key(sale: str, epoch: int) -> str:
    """Where the tail of a room is carried."""
    return f"luochui:{{{sale}}}:tail:{epoch}"


def notes_key(sale: str) -> str:
    """Where an engine speaks to those who listen now."""
    return f"luochui:{{{sale}}}:notes"


def inbox_key(sale: str) -> str:
    """Where letters wait for the engine."""
    return f"luochui:{{{sale}}}:inbox"


def client(settings: ClusterSettings) -> Any:
    """A client for the Redis the settings name, which connects when it is first used."""
    common: dict[str, Any] = {
        "protocol": 2,
        "socket_timeout": settings.timeout_ms / 1000,
        "socket_connect_timeout": settings.timeout_ms / 1000,
        "retry": Retry(ConstantBackoff(0.05), 1),
    }
    if not settings.sentinels:
        return redis.Redis.from_url(settings.redis_url, **common)
    named: Any = Sentinel
    from_url = redis.Redis.from_url(settings.redis_url).connection_pool.connection_kwargs if settings.redis_url else {}
    own = {name: value for name, value in from_url.items() if name in {"username", "password", "db"}}
    hosts = [(host, int(port or 26379)) for host, _, port in (each.rpartition(":") for each in settings.sentinels)]
    tls = settings.redis_url.startswith("rediss://")
    return named(hosts, sentinel_kwargs=common, **common, **own, ssl=tls).master_for(settings.sentinel_service)


class _Bus:
    """Two threads of our own: nobody else's work keeps them waiting."""

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self._writer, self._reader = client(settings), client(settings)
        self._writing, self._reading = trio.CapacityLimiter(1), trio.CapacityLimiter(1)

    async def write(self, work: Callable[[Any], Any]) -> Any:
        """
        What ``work`` brings about, in the thread that writes.

        Raises:
            CarrierDown: Redis does not answer, or not as it should.

        """
        try:
            return await trio.to_thread.run_sync(work, self._writer, limiter=self._writing)
        except (RedisError, OSError) as error:
            raise CarrierDown(str(error)) from error

    async def aclose(self) -> None:
        """Let go of the connections, each when its thread has done with it: a socket closed under a read is nobody's error to tell."""
        with trio.CancelScope(shield=True):
            for connection, at_work in ((self._writer, self._writing), (self._reader, self._reading)):
                async with at_work:
                    connection.close()

    async def listen(self, places: "Places") -> list[tuple[str, bytes]]:
        """
        What has come at ``places``, waiting a while for it: each with the name of its stream, in order.

        Raises:
            CarrierDown: As :meth:`write`.

        """
        if not places.at:
            await trio.sleep(self.settings.beat_ms / 1000)
            return []
        try:
            return await trio.to_thread.run_sync(places.read, self._reader, limiter=self._reading)
        except (RedisError, OSError) as error:
            raise CarrierDown(str(error)) from error


class Places:
    """How far each stream has been read."""

    def __init__(self, wait_ms: int) -> None:
        self.at: dict[str, str] = {}
        self._wait_ms = min(wait_ms, BLOCK_MS)

    def listen(self, key: str) -> None:
        """From here on: what was said before is not wanted."""
        self.at.setdefault(key, "")

    def read(self, connection: Any) -> list[tuple[str, bytes]]:
        """In the thread that reads."""
        for key, at in tuple(self.at.items()):
            if not at:
                self.at[key] = _newest(connection, key)
        from_here = {key: at for key, at in tuple(self.at.items()) if at}
        came: list[Any] = connection.xread(from_here, count=READ_MAX, block=self._wait_ms)
        found: list[tuple[str, bytes]] = []
        for name, entries in came:
            key = name.decode()
            for at, fields in entries:
                if key in self.at:
                    self.at[key] = at.decode()
                found.append((key, fields.get(FIELD, b"")))
        if not came:
            self._look_for_losses(connection)
        return found

    def _look_for_losses(self, connection: Any) -> None:
        """A stream that ends before what we have read of it was lost, or rolled back: it is read from its beginning."""
        for key, at in tuple(self.at.items()):
            if _order(_newest(connection, key)) < _order(at):
                self.at[key] = START


def _newest(connection: Any, key: str) -> str:
    entries: list[Any] = connection.xrevrange(key, count=1)
    return entries[0][0].decode() if entries else START


def _order(at: str) -> tuple[int, int]:
    first, _, second = at.partition("-")
    return int(first), int(second)


class RedisEngine:
    """See :class:`engine.cluster.carrier.EngineCarrier`."""

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings, self._bus = settings, _Bus(settings)

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`. Letters that lie there are read too: old ones are dropped by age."""
        places = Places(self._settings.beat_ms)
        async with aclosing(self._bus):
            while True:
                names = {inbox_key(sale): sale for sale in sales()}
                for key in names:
                    places.at.setdefault(key, START)
                try:
                    for key, frame in await self._bus.listen(places):
                        take(names[key], frame)
                except CarrierDown:
                    await trio.sleep(AGAIN_S)

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        key = tail_key(sale, epoch)

        def work(connection: Any) -> Any:
            pipe = connection.pipeline(transaction=False)
            for seq, frame in frames:
                pipe.xadd(key, {FIELD: frame}, id=f"{seq}-0", maxlen=self._settings.carried_max)
            return pipe.execute(raise_on_error=False)

        _require_done(await self._bus.write(work))

    async def note(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        await self._bus.write(
            lambda connection: connection.xadd(notes_key(sale), {FIELD: frame}, maxlen=self._settings.letters_max)
        )

    async def beat(self, sale: str, frame: bytes) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""

        def work(connection: Any) -> Any:
            pipe = connection.pipeline(transaction=False)
            pipe.hset(ROOMS, sale, frame)
            pipe.xadd(notes_key(sale), {FIELD: frame}, maxlen=self._settings.letters_max)
            return pipe.execute(raise_on_error=False)

        _require_done(await self._bus.write(work))

    async def held(self, sale: str, epoch: int) -> int | None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        newest: str = await self._bus.write(lambda connection: _newest(connection, tail_key(sale, epoch)))
        return _order(newest)[0]

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """See :class:`engine.cluster.carrier.EngineCarrier`."""
        key = tail_key(sale, epoch)

        def work(connection: Any) -> Any:
            pipe = connection.pipeline(transaction=True)
            pipe.delete(key)
            for seq, frame in frames:
                pipe.xadd(key, {FIELD: frame}, id=f"{seq}-0")
            return pipe.execute(raise_on_error=False)

        _require_done(await self._bus.write(work))


class RedisGateway:
    """See :class:`engine.cluster.carrier.GatewayCarrier`."""

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings, self._bus = settings, _Bus(settings)
        self._outbox: list[tuple[str, bytes]] = []
        self._something = trio.Event()
        self._places = Places(self._settings.beat_ms)
        self._names: dict[str, str] = {}
        self._tails: dict[str, str] = {}

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

    async def _write(self) -> None:
        while True:
            if not self._outbox:
                self._something = trio.Event()
                await self._something.wait()
            letters, self._outbox = self._outbox, []

            def work(connection: Any, letters: list[tuple[str, bytes]] = letters) -> Any:
                pipe = connection.pipeline(transaction=False)
                for key, frame in letters:
                    pipe.xadd(key, {FIELD: frame}, maxlen=self._settings.letters_max)
                return pipe.execute(raise_on_error=False)

            try:
                await self._bus.write(work)
            except CarrierDown:
                continue  # Whether they arrived is unknown, and those who wait are told so.


def _require_done(results: Sequence[Any]) -> None:
    """Whether each command did what it should: an entry that stands there already, or a later one, is looked at by who asked."""
    for result in results:
        if isinstance(result, ResponseError) and "equal or smaller" in str(result):
            raise CarrierDown("the stream holds another end than was said")
        if isinstance(result, Exception):
            raise CarrierDown(str(result)) from result
