"""
One task holds every browser: an epoll set of its own, read when it says so.

A task per browser would cost 24 KiB and 44 µs a message; this costs a few KiB and 8 µs. Bytes nobody vouches for are parsed by the
``websockets`` library, see :mod:`engine.gateway.connection`.
"""

import logging
import math
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import trio

from engine.gateway.connection import READ, Connection, Host, Talk
from engine.gateway.frames import PING
from engine.gateway.upgrade import Upgrade

log = logging.getLogger("luochui.reactor")

EVENTS_MAX: Final = 256
"""Sockets served before other tasks get their turn."""

READ_BYTES: Final = 16384
"""Read from one socket before others get their turn."""

WATCH_EVERY_S: Final = 0.25
LOOKS_MAX: Final = 512
ACTS_MAX: Final = 16
"""Of those watched over, so many are looked at, and so many of them dealt with, before other tasks get their turn."""

CLOSE_ANSWER_S: Final = 1.0
"""How long a browser has to answer our goodbye."""

TOO_SLOW: Final = 1013
GOING_AWAY: Final = 1001


@dataclass(frozen=True, slots=True)
class SocketSettings:
    """Limits of one browser's connection."""

    frame_bytes_max: int = 16 * 1024
    """A greater message closes the connection with 1009."""

    outbox_bytes_max: int = 64 * 1024
    """Private bytes that may wait for one browser."""

    sndbuf_bytes: int = 64 * 1024
    """Kernel buffer towards one browser: small, so that we know soon who does not read."""

    frames_per_s_max: int = 500
    """Frames of any kind one browser may send in a second; beyond, it floods and is let go."""

    hello_s: float = 5.0
    """How long a browser may take to say who it is."""

    ping_every_s: float = 2.0
    silent_s_max: float = 4.4
    """A browser that gives no sign of life for so long is let go."""

    stalled_s_max: float = 4.0
    """A browser that takes none of the bytes waiting for it for so long is let go."""


class Poll(Protocol):
    """Says which sockets want to be served; levels, not edges. Events are those of epoll."""

    def register(self, fd: int, mask: int) -> None:
        """Watch a socket for these events."""
        ...

    def modify(self, fd: int, mask: int) -> None:
        """Watch it for these from now on."""
        ...

    def unregister(self, fd: int) -> None:
        """Watch it no more."""
        ...

    async def ready(self) -> list[tuple[int, int]]:
        """Wait until there is something; the sockets, each with its events."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Epoll:
    """The system's."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self.register, self.modify = self._epoll.register, self._epoll.modify
        self.unregister, self.close = self._epoll.unregister, self._epoll.close

    async def ready(self) -> list[tuple[int, int]]:
        """See :class:`Poll`."""
        await trio.lowlevel.wait_readable(self._epoll.fileno())
        return self._epoll.poll(0, EVENTS_MAX)


class Reactor:
    """The epoll set and its connections."""

    def __init__(
        self,
        settings: SocketSettings,
        on_evicted: Callable[[str], None] = lambda _why: None,
        poll: Callable[[], Poll] = Epoll,
        *,
        may_move: bool = False,
    ) -> None:
        self._settings, self._may_move = settings, may_move
        self._poll = poll()
        self._connections: dict[int, Connection] = {}
        self._host = Host(trio.current_time, self._arm, self._gone, on_evicted, settings.frames_per_s_max)

    def __len__(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def host(self, sock: socket.socket, meet: Callable[[Callable[[Talk], Connection]], Connection]) -> Connection:
        """
        Take over a socket on which another process has spoken so far.

        Args:
            sock: A connected socket whose handshake is over; the reactor's from now on.
            meet: As for :meth:`adopt`.

        """
        return self._take_up(sock, meet, begun=True, may_move=False)

    def hear(self, connection: Connection, data: bytes, at: float | None = None) -> None:
        """Bytes came from a browser, by whatever way, ``at`` this moment or now."""
        try:
            connection.receive(data, at)
        except Exception:
            self._at_fault(connection)

    def adopt(
        self, sock: socket.socket, upgrade: Upgrade, meet: Callable[[Callable[[Talk], Connection]], Connection]
    ) -> None:
        """
        Take over a socket whose upgrade request has been read.

        Args:
            sock: A connected socket; the reactor's from now on.
            upgrade: What came over it.
            meet: Is given a function that makes the connection for a talk, and returns that connection.

        """
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._settings.sndbuf_bytes)
        connection = self._take_up(sock, meet, begun=bool(upgrade.answer), may_move=self._may_move)
        connection.due_at = trio.current_time() + self._settings.hello_s
        if not upgrade.answer:
            self.hear(connection, upgrade.head)
            return
        connection.grant(upgrade.answer)
        if upgrade.behind:
            self.hear(connection, upgrade.behind)

    async def run(self) -> None:
        """Serve every connection until cancelled."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._watch)
            while True:
                ready = await self._poll.ready()
                now = trio.current_time()
                for fd, mask in ready:
                    self._serve(fd, mask, now)

    async def farewell(self) -> None:
        """Tell every browser that the house closes, and give it a moment to answer."""
        for connection in list(self._connections.values()):
            connection.close(GOING_AWAY, "closing")
        with trio.move_on_after(CLOSE_ANSWER_S):
            while self._connections:  # noqa: ASYNC110 - they go one by one, each for its own reason
                await trio.sleep(WATCH_EVERY_S / 5)
        for connection in list(self._connections.values()):
            connection.drop()

    def close(self) -> None:
        """Let go of every socket."""
        for connection in list(self._connections.values()):
            connection.drop()
        self._poll.close()

    def _take_up(
        self,
        sock: socket.socket,
        meet: Callable[[Callable[[Talk], Connection]], Connection],
        *,
        begun: bool,
        may_move: bool,
    ) -> Connection:
        sock.setblocking(False)

        def make(talk: Talk) -> Connection:
            return Connection(
                sock,
                self._host,
                talk,
                frame_bytes_max=self._settings.frame_bytes_max,
                outbox_bytes_max=self._settings.outbox_bytes_max,
                begun=begun,
                may_move=may_move,
            )

        connection = meet(make)
        self._connections[connection.fd] = connection
        self._poll.register(connection.fd, READ)
        return connection

    def _serve(self, fd: int, mask: int, now: float) -> None:
        connection = self._connections.get(fd)
        if connection is None:
            return
        if mask & select.EPOLLOUT:
            try:
                connection.writable()
            except Exception:
                self._at_fault(connection)
        if mask & ~select.EPOLLOUT and not connection.dead:
            try:
                data = connection.sock.recv(READ_BYTES)
            except BlockingIOError:
                return
            except OSError:
                connection.drop()
                return
            self.hear(connection, data, now)

    async def _watch(self) -> None:
        while True:
            await trio.sleep(WATCH_EVERY_S)
            now = trio.current_time()
            looks = acts = 0
            for connection in list(self._connections.values()):
                if connection.look_at > now or connection.dead:
                    continue
                try:
                    acts += self._look_after(connection, now)
                except Exception:
                    self._at_fault(connection)
                looks += 1
                if acts >= ACTS_MAX or looks >= LOOKS_MAX:
                    await trio.lowlevel.checkpoint()
                    looks = acts = 0

    def _at_fault(self, connection: Connection) -> None:
        """One browser's frames must never take the house from the others."""
        log.exception("a browser could not be served; its connection is let go")
        connection.let_go("fault")

    def _look_after(self, connection: Connection, now: float) -> bool:
        """Let go of who is late, ask for a sign of life. Returns whether there was anything to do."""
        settings = self._settings
        if connection.closing_at is not None:
            if now - connection.closing_at <= CLOSE_ANSWER_S:
                return False
            connection.drop()
        elif connection.waiting and now - connection.moved_at > settings.stalled_s_max:
            connection.let_go("stalled")
        elif now - max(connection.heard_at, connection.progress_at) > settings.silent_s_max:
            connection.let_go("silent")
        elif connection.due_at is not None and now > connection.due_at:
            connection.late()
        elif now - connection.pinged_at >= settings.ping_every_s:
            connection.ping(PING)
        else:
            connection.look_at = self._next_look(connection, now)
            return False
        return True

    def _next_look(self, connection: Connection, now: float) -> float:
        """The first moment at which there may be anything to do, whatever happens before; but that it says goodbye."""
        settings = self._settings
        stalled = (connection.moved_at if connection.waiting else now) + settings.stalled_s_max
        silent = max(connection.heard_at, connection.progress_at) + settings.silent_s_max
        late = math.inf if connection.due_at is None else connection.due_at
        return min(stalled, silent, late, connection.pinged_at + settings.ping_every_s)

    def _arm(self, connection: Connection, mask: int) -> None:
        self._poll.modify(connection.fd, mask)

    def _gone(self, connection: Connection) -> None:
        if self._connections.get(connection.fd) is connection:
            del self._connections[connection.fd]
            self._poll.unregister(connection.fd)
