"""
How Redis is reached: by its address, or by asking the Sentinels which Redis is in force.

Our synchronous client works in two threads, one that writes and one that waits for what comes; a command that failed is tried again
once, on a new connection. Where Redis does not do as it should, or nothing is heard there, we let go of it and look anew: another may
be in force since.
"""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import redis
import trio
from redis.backoff import ConstantBackoff, NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.retry import Retry
from redis.sentinel import Sentinel

from engine.cluster.carrier import LASTING, AddressFault, CarrierDown, Trouble
from engine.cluster.settings import ClusterSettings

FIELD: Final = b"f"
BLOCK_MS: Final = 400
"""So long a reader waits at most, or a beat if that is shorter: streams that are wanted meanwhile are read after it."""

READ_MAX: Final = 512
START: Final = "0-0"
FILES: Final = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")
PLACE: Final = ("host", "port", "path")


def client(settings: ClusterSettings) -> Any:
    """
    A client for the Redis the settings name, which connects when it is first used.

    Raises:
        AddressFault: An address cannot be used.

    """
    wait = {"socket_timeout": settings.timeout_ms / 1000, "socket_connect_timeout": settings.timeout_ms / 1000}
    common: dict[str, Any] = {"protocol": 2, **wait, "retry": Retry(ConstantBackoff(0.05), 1)}
    own = _spoken("cluster.redis_url", settings.redis_url)
    if not settings.sentinels:
        return redis.Redis.from_url(settings.redis_url, **common)
    theirs = {name: value for name, value in own.items() if name not in {"username", "password", "db"}}
    if settings.sentinel_url:
        theirs = _spoken("cluster.sentinel_url", settings.sentinel_url)
    # One that is dead shall not be waited for twice: there are others.
    asked = {**common, "retry": Retry(NoBackoff(), 0), **theirs}
    hosts = [(host.strip("[]"), int(port)) for host, _, port in (each.rpartition(":") for each in settings.sentinels)]
    named: Any = Sentinels
    return named(hosts, sentinel_kwargs=asked, **common, **own).master_for(settings.sentinel_service)


class NobodyInForce(redis.ConnectionError):
    """No Sentinel names a Redis. Holds why, as far as they tell."""

    def __init__(self, troubles: set[Trouble]) -> None:
        super().__init__("no Sentinel names a Redis that is in force")
        self.trouble = next(iter(sorted(troubles & LASTING)), Trouble.UNREACHABLE)


class Sentinels(Sentinel):
    """Those who say which Redis is in force; where none does, why."""

    sentinels: list[Any]

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """
        Where the Redis in force is: whoever answered last is asked first.

        Raises:
            NobodyInForce: None of them says so.

        """
        troubles: set[Trouble] = set()
        for nth, sentinel in enumerate(self.sentinels):
            try:
                known: dict[str, Any] = sentinel.sentinel_masters().get(service_name, {})
            except (RedisError, OSError) as error:
                troubles.add(trouble_in(error))
                continue
            if known and self.check_master_state(known, service_name):  # type: ignore[no-untyped-call]
                self.sentinels[0], self.sentinels[nth] = sentinel, self.sentinels[0]
                return known["ip"], known["port"]
        raise NobodyInForce(troubles)


def _spoken(name: str, url: str) -> dict[str, Any]:
    """How to speak to whoever stands at ``url``: user, password, certificates; not where that is."""
    try:
        pool: Any = redis.Redis.from_url(url).connection_pool
        pool.connection_class(**pool.connection_kwargs)
    except (ValueError, TypeError, RedisError):
        raise AddressFault(
            f"{name} cannot be used: it is no address of Redis, or says something after '?' that redis-py does not know",
            f"{name} 无法使用：不是 Redis 地址，或 '?' 之后有无法识别的参数",
        ) from None
    found = {key: value for key, value in pool.connection_kwargs.items() if key not in PLACE}
    for each in FILES:
        if each in found and not Path(found[each]).exists():
            raise AddressFault(f"{name}: {each} names a file that is not there", f"{name}：{each} 所指文件不存在")
    tls = url.startswith("rediss://")
    return {**{key: value for key, value in found.items() if key in _TOLD or key.startswith("ssl_")}, "ssl": tls}


_TOLD: Final = frozenset({"username", "password", "db"})


def done(pipe: Any) -> None:
    """
    Execute what is in ``pipe``, all of it.

    Raises:
        CarrierDown: A stream holds an entry with this number, or a later one: who asked looks at it.
        RedisError: A command failed.

    """
    for result in pipe.execute(raise_on_error=False):
        if isinstance(result, ResponseError) and "equal or smaller" in str(result):
            raise CarrierDown
        if isinstance(result, Exception):
            raise result


def trouble_in(error: BaseException) -> Trouble:
    """What stands behind an error of the client."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, NobodyInForce):
            return cause.trouble
        if isinstance(cause, ssl.SSLError):
            return Trouble.TLS
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, AuthenticationError):
        return Trouble.CREDENTIALS
    if isinstance(error, NoPermissionError):
        return Trouble.NOT_PERMITTED
    return Trouble.REFUSES if isinstance(error, ResponseError) else Trouble.UNREACHABLE


class Bus:
    """
    Two threads of our own: nobody else's work keeps them waiting.

    Raises:
        AddressFault: An address cannot be used.

    """

    def __init__(self, settings: ClusterSettings) -> None:
        self.settings = settings
        self._writer, self._reader = client(settings), client(settings)
        self._writing, self._reading = trio.CapacityLimiter(1), trio.CapacityLimiter(1)
        self._troubles: dict[Any, Trouble | None] = {}
        self._silent_since: float | None = None

    @property
    def trouble(self) -> Trouble | None:
        """Why the newest command of either thread failed; None if neither did."""
        return self._troubles.get(self._writer) or self._troubles.get(self._reader)

    async def write(self, work: Callable[[Any], Any]) -> Any:
        """
        What ``work`` brings about, in the thread that writes.

        Raises:
            CarrierDown: Redis does not answer, or not as it should.

        """
        return await self._run(work, self._writer, self._writing)

    async def listen(self, places: "Places") -> list[tuple[str, bytes]]:
        """
        What has come at ``places``, waiting a while for it: each with the name of its stream, in order.

        Raises:
            CarrierDown: As :meth:`write`.

        """
        if not places.at:
            await trio.sleep(self.settings.beat_ms / 1000)
            return []
        found: list[tuple[str, bytes]] = await self._run(places.read, self._reader, self._reading)
        await self._mind_silence(heard=bool(found))
        return found

    async def _mind_silence(self, *, heard: bool) -> None:
        """One that was in force, is cut off from its Sentinels and not from us, answers for ever and has nothing new."""
        now = trio.current_time()
        if heard or self._silent_since is None:
            self._silent_since = now
        elif self.settings.sentinels and now - self._silent_since > self.settings.silent_ms_max / 1000:
            self._silent_since = now
            await self._run(lambda connection: connection.connection_pool.disconnect(), self._reader, self._reading)

    async def aclose(self) -> None:
        """Let go of the connections, each when its thread has done with it: a socket closed under a read is nobody's error to tell."""
        with trio.CancelScope(shield=True):
            for connection, at_work in ((self._writer, self._writing), (self._reader, self._reading)):
                async with at_work:
                    connection.close()
                    if self.settings.sentinels:
                        connection.connection_pool.sentinel_manager.close()

    async def _run(self, work: Callable[[Any], Any], connection: Any, at_work: trio.CapacityLimiter) -> Any:
        try:
            result = await trio.to_thread.run_sync(_tried, work, connection, limiter=at_work)
        except CarrierDown as down:
            self._troubles[connection] = down.trouble
            raise
        self._troubles[connection] = None
        return result


def _tried(work: Callable[[Any], Any], connection: Any) -> Any:
    """In a thread. A Redis that fails is let go, whether or not it is still there: the Sentinels may know another by now."""
    try:
        return work(connection)
    except (RedisError, OSError) as error:
        connection.connection_pool.disconnect()
        raise CarrierDown(trouble_in(error)) from error


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
                self.at[key] = newest(connection, key)
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
            if order(newest(connection, key)) < order(at):
                self.at[key] = START


def newest(connection: Any, key: str) -> str:
    """The id of the newest entry of a stream."""
    entries: list[Any] = connection.xrevrange(key, count=1)
    return entries[0][0].decode() if entries else START


def order(at: str) -> tuple[int, int]:
    """An id of a stream, to be compared."""
    first, _, second = at.partition("-")
    return int(first), int(second)
