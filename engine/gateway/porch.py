"""
Where connections wait that have not asked for anything yet: a dictionary entry each, and no task.

One epoll set watches them all. A request's head is gathered here, byte by byte if it comes so, and only a whole one gets anybody's
attention: who says nothing, or says it slowly, costs the others next to nothing. A connection comes back here after each answer.
"""

import heapq
import math
import re
import select
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import trio

from engine.gateway.http import HttpSettings
from engine.gateway.stream import LINGER_BYTES_MAX, LINGER_S, READ_BYTES

WATCHED: Final = select.EPOLLIN | select.EPOLLRDHUP
EVENTS_MAX: Final = 64
"""Sockets read before other tasks get their turn."""

HEADS_MAX: Final = 8
"""Requests begun before other tasks get their turn: about a millisecond."""

END: Final = re.compile(rb"\n\r?\n")
SPACE: Final = 0x20
"""A head that begins with this, or below, is none: TLS, or an empty line."""


class Visitor:
    """
    A connection that speaks HTTP, for as long as it does.

    ``due`` is when it is let go, in monotonic seconds, and ``alarm`` when that is looked at, which may be sooner.
    """

    __slots__ = ("alarm", "data", "due", "fd", "lingers", "peer", "place", "sock")

    def __init__(self, sock: socket.socket, peer: str, place: str) -> None:
        self.sock, self.fd = sock, sock.fileno()
        self.peer, self.place = peer, place
        self.data = bytearray()
        """What it has said of its next request."""

        self.lingers = 0
        """So many bytes are still read and thrown away, after the last answer; 0 while it may ask."""

        self.due, self.alarm = 0.0, math.inf


class Porch:
    """
    Holds those who have not asked yet.

    Args:
        settings: How long they may take, and how much a head may hold.
        arrived: Called with a visitor whose head is whole, or can only be refused. Whoever takes it brings it back by
            :meth:`come_back` or :meth:`see_off`, or says that it is :meth:`done`.
        late: Called with a visitor whose head has begun and did not end in time: the answer, as bytes.
        gone: Called with a visitor that has left, was let go, or is done.

    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        arrived: Callable[[Visitor], None],
        late: Callable[[Visitor], bytes],
        gone: Callable[[Visitor], None],
    ) -> None:
        self._settings = settings
        self._arrived, self._late, self._gone = arrived, late, gone
        self._epoll = select.epoll()
        self._here: dict[int, Visitor] = {}
        self._away = 0
        """So many are being attended to."""

        self._ready: deque[int] = deque()
        self._alarms: list[tuple[float, int, Visitor]] = []
        self._set = 0
        self._waiting = trio.CancelScope()
        self._closing = self._closed = False

    def __len__(self) -> int:
        """How many there are, here or being attended to."""
        return len(self._here) + self._away

    def welcome(self, visitor: Visitor) -> bool:
        """
        Somebody connected. Returns whether he had asked already: then he is attended to, and never waits here.

        In a rush all have asked by the time they are accepted, and none of them is counted with those who keep places and say nothing.
        """
        try:
            data = b"" if self._closing or self._closed else visitor.sock.recv(READ_BYTES)
        except BlockingIOError:
            pass
        except OSError:
            self._close(visitor)
            return False
        else:
            if not data:
                self._close(visitor)
                return False
            visitor.data += data
            if settled(visitor.data, 0, self._settings.head_bytes_max):
                self._away += 1
                self._arrived(visitor)
                return True
        self._await(visitor, self._settings.header_s)
        return False

    def come_back(self, visitor: Visitor, unread: bytes) -> None:
        """Somebody had an answer, and may ask again; ``unread`` came behind the request, and is no whole head."""
        self._away -= 1
        visitor.data += unread
        self._await(visitor, self._settings.header_s if unread else self._settings.idle_s)

    def see_off(self, visitor: Visitor) -> None:
        """
        Somebody had a last answer: say that no more comes, and read on a moment.

        To close with unread bytes would send a reset, which may overtake the last answer and erase it at the other end.
        """
        self._away -= 1
        visitor.data.clear()
        visitor.lingers = LINGER_BYTES_MAX
        with suppress(OSError):  # They left before us.
            visitor.sock.shutdown(socket.SHUT_WR)
        self._await(visitor, LINGER_S)

    def done(self, visitor: Visitor) -> None:
        """Somebody speaks HTTP no more: the socket is closed, or another's."""
        self._away -= 1
        self._gone(visitor)
        if self._closing:
            self._waiting.cancel()

    def shut(self) -> None:
        """Let go of who has said nothing; :meth:`run` returns when the others are through."""
        self._closing = True
        for visitor in [visitor for visitor in self._here.values() if not visitor.data and not visitor.lingers]:
            self._leave(visitor)
        self._waiting.cancel()

    async def run(self) -> None:
        """Watch until :meth:`shut`, and then until nobody is left; or until cancelled, which lets go of all who are here."""
        try:
            while len(self) or not self._closing:
                await self._turn()
        finally:
            self._closed = True
            for visitor in list(self._here.values()):
                self._leave(visitor)
            self._epoll.close()

    async def _turn(self) -> None:
        if self._ready:
            await trio.lowlevel.checkpoint()
        else:
            until = self._next_alarm()
            with trio.CancelScope(deadline=until) as self._waiting:
                await trio.lowlevel.wait_readable(self._epoll.fileno())
            self._ready.extend(fd for fd, _ in self._epoll.poll(0, EVENTS_MAX))
        heads = 0
        while self._ready and heads < HEADS_MAX:
            heads += self._read(self._ready.popleft())
        now = trio.current_time()
        while self._alarms and self._alarms[0][0] <= now:
            at, _, visitor = heapq.heappop(self._alarms)
            if at == visitor.alarm:
                visitor.alarm = math.inf
                self._rings(visitor, now)

    def _next_alarm(self) -> float:
        """When the next alarm rings for somebody who is still here: to be woken for those who are not would cost more than they did."""
        while self._alarms:
            at, _, visitor = self._alarms[0]
            if at == visitor.alarm and self._here.get(visitor.fd) is visitor:
                return at
            heapq.heappop(self._alarms)
            if at == visitor.alarm:
                visitor.alarm = math.inf
        return math.inf

    def _await(self, visitor: Visitor, patience_s: float) -> None:
        if self._closed or (self._closing and not visitor.data and not visitor.lingers):
            self._close(visitor)
            return
        self._here[visitor.fd] = visitor
        self._epoll.register(visitor.fd, WATCHED)
        self._be_patient(visitor, patience_s)

    def _be_patient(self, visitor: Visitor, patience_s: float) -> None:
        """One alarm for each: it rings too early where there was reason for more patience, and is set again then."""
        visitor.due = trio.current_time() + patience_s
        if visitor.due < visitor.alarm:
            self._set_alarm(visitor)

    def _set_alarm(self, visitor: Visitor) -> None:
        visitor.alarm = visitor.due
        self._set += 1
        heapq.heappush(self._alarms, (visitor.due, self._set, visitor))
        if visitor.due < self._waiting.deadline:  # noqa: PLR1730 - to set it costs, even to what it is
            self._waiting.deadline = visitor.due

    def _rings(self, visitor: Visitor, now: float) -> None:
        if self._here.get(visitor.fd) is not visitor:
            return
        if visitor.due > now:
            self._set_alarm(visitor)
        elif visitor.data:
            self._forget(visitor)
            self._away += 1
            with suppress(OSError):
                visitor.sock.send(self._late(visitor))
            self.see_off(visitor)
        else:
            self._leave(visitor)

    def _read(self, fd: int) -> bool:
        """Take what somebody said. Returns whether that made a whole head."""
        visitor = self._here.get(fd)
        if visitor is None:
            return False
        try:
            data = visitor.sock.recv(READ_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._leave(visitor)
            return False
        if visitor.lingers:
            visitor.lingers -= min(len(data), visitor.lingers)
            if not visitor.lingers:
                self._leave(visitor)
            return False
        known = len(visitor.data)
        if not known:
            self._be_patient(visitor, self._settings.header_s)
        visitor.data += data
        if not settled(visitor.data, known, self._settings.head_bytes_max):
            return False
        self._forget(visitor)
        self._away += 1
        self._arrived(visitor)
        return True

    def _forget(self, visitor: Visitor) -> None:
        del self._here[visitor.fd]
        self._epoll.unregister(visitor.fd)

    def _leave(self, visitor: Visitor) -> None:
        self._forget(visitor)
        self._close(visitor)

    def _close(self, visitor: Visitor) -> None:
        visitor.sock.close()
        self._gone(visitor)


def settled(data: bytes | bytearray, known: int, bytes_max: int) -> bool:
    """Whether ``data``, of which ``known`` bytes were looked at before, holds a whole head, or can only be refused."""
    if not data:
        return False
    return END.search(data, max(0, known - 2)) is not None or data[0] <= SPACE or len(data) > bytes_max
