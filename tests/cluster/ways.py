"""What lies between the programs of a test, and can be cut: in one direction or both, without a word to either end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, Protocol

import trio

Pair = tuple[str, str]
LOCAL: Final = "127.0.0.1"
READ_BYTES: Final = 65_536
ONE_WAY: Final = ("both", "there", "back")
"""Which directions of a pair are cut."""


def directions(pair: Pair, which: str) -> set[Pair]:
    """From whom to whom nothing comes any more."""
    there, back = pair, (pair[1], pair[0])
    return {"both": {there, back}, "there": {there}, "back": {back}}[which]


class Ways(Protocol):
    """All ways of one test."""

    kind: str

    def host(self, name: str) -> str:
        """Where a program listens."""
        ...

    def within(self, name: str) -> tuple[str, ...]:
        """By which command it is started."""
        ...

    async def reach(self, of: str, to: str, port: int) -> str:
        """``host:port`` by which ``of`` finds what listens at ``port`` with ``to``."""
        ...

    def cut(self, pairs: set[Pair]) -> None:
        """From here on nothing goes from the first to the second of each pair."""
        ...

    def heal(self) -> None:
        """Everything goes again."""
        ...


class Relays:
    """
    A relay between each two, which holds back what must not pass: neither end is told, as with a cable that is pulled.

    What was held back goes on when the way is healed, as what TCP sends again does.
    """

    kind = "relays"

    def __init__(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        self._cut: set[Pair] = set()
        self._news = trio.Event()

    def host(self, name: str) -> str:
        """Everybody is here."""
        assert name
        return LOCAL

    def within(self, name: str) -> tuple[str, ...]:
        """Everybody is here."""
        assert name
        return ()

    async def reach(self, of: str, to: str, port: int) -> str:
        """See :class:`Ways`."""
        (listener,) = await trio.open_tcp_listeners(0, host=LOCAL)

        async def take(near: trio.SocketStream) -> None:
            await self._open((of, to))
            await self._open((to, of))
            try:
                async with near, await trio.open_tcp_stream(LOCAL, port) as far, trio.open_nursery() as both:
                    both.start_soon(self._pour, (of, to), near, far, both.cancel_scope)
                    both.start_soon(self._pour, (to, of), far, near, both.cancel_scope)
            except OSError:
                return  # Nobody listens there at the moment.

        self._nursery.start_soon(trio.serve_listeners, take, [listener])
        return f"{LOCAL}:{listener.socket.getsockname()[1]}"

    def cut(self, pairs: set[Pair]) -> None:
        """See :class:`Ways`."""
        self._cut |= pairs

    def heal(self) -> None:
        """See :class:`Ways`."""
        self._cut.clear()
        self._news.set()
        self._news = trio.Event()

    async def _open(self, way: Pair) -> None:
        while way in self._cut:
            await self._news.wait()

    async def _pour(self, way: Pair, source: trio.SocketStream, to: trio.SocketStream, both: trio.CancelScope) -> None:
        try:
            while data := await source.receive_some(READ_BYTES):
                await self._open(way)
                await to.send_all(data)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        both.cancel()


@asynccontextmanager
async def relays() -> AsyncIterator[Relays]:
    """Relays for as long as the block lasts."""
    async with trio.open_nursery() as nursery:
        yield Relays(nursery)
        nursery.cancel_scope.cancel()


@contextmanager
def cut_for_a_while(ways: Ways, pairs: set[Pair]) -> Iterator[None]:
    """Cut as long as the block lasts."""
    ways.cut(pairs)
    try:
        yield
    finally:
        ways.heal()
