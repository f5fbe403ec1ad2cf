"""
The one port: pages, HTTP, and the way in for WebSockets.

Connections wait on the porch until they have asked for something; an answer is made by an ordinary task. A request for a sale's
socket needs none: its socket goes, with every byte already read, to whoever holds the WebSockets, and is nobody else's from then on.
"""

import errno
import logging
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from typing import Final

import trio
from starlette.types import ASGIApp

from engine.gateway.answers import problem
from engine.gateway.bodies import COME_BACK_MS, SAFE_METHODS, Bodies
from engine.gateway.http import Conversation, Exchange, HttpSettings, Request, Unacceptable
from engine.gateway.limits import Refused, network
from engine.gateway.origins import Scheme, plain_address
from engine.gateway.porch import HEADS_MAX, Porch, Visitor, settled
from engine.gateway.stream import Stream
from engine.gateway.tls import Terminator
from engine.gateway.upgrade import Gate, Granted, Upgrade, wants_socket
from engine.meters import Meters
from engine.wire.refusals import Fault

log = logging.getLogger("luochui.http")

Handover = Callable[[socket.socket, Upgrade, str, str], None]
"""
``handover(sock, upgrade, address, sale)``: take a socket whose upgrade request has been read.

``sock`` is connected and non-blocking. ``address`` is where it comes from, behind trusted proxies; ``sale`` is as the path says it,
and may not exist. Raises :class:`Refused` to send it away, which is then answered over HTTP; the socket is not taken in that case,
and nothing has changed.
"""

ACCEPT_MAX: Final = 16
"""Connections accepted before other tasks get their turn."""

OUT_OF_BREATH: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
BREATH_S: Final = 0.1


def bind(host: str, port: int) -> socket.socket:
    """
    A socket that has its address, and does not listen yet. ``::`` stands for IPv4 as well.

    Raises:
        OSError: The address is not ours, or taken.

    """
    [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def listen(host: str, port: int, backlog: int) -> socket.socket:
    """
    A listening socket. ``::`` listens to IPv4 as well.

    Raises:
        OSError: The address is not ours, or taken.

    """
    listener = bind(host, port)
    try:
        listener.listen(backlog)
    except BaseException:
        listener.close()
        raise
    return listener


class Then(Enum):
    """What becomes of a connection after its answers."""

    MAY_ASK = auto()
    SEE_OFF = auto()
    HANDED_OVER = auto()
    CLOSE = auto()


class Server:
    """
    Accepts connections and serves them.

    Args:
        listener: From :func:`listen`; the server's from now on.
        app: Answers everything that is not an upgrade.
        handover: Takes the sockets of sales.
        settings: Limits.
        meters: What is counted.
        bodies: How long the body of a request may be, where that is not ``settings.body_bytes_max``; see :class:`Bodies`.
        counted: Whether requests for a path may be counted: those for a sale whose record is veiled are not.
        tls: Ends TLS, if the port speaks it.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        listener: socket.socket,
        app: ASGIApp,
        handover: Handover,
        settings: HttpSettings,
        meters: Meters,
        bodies: Callable[[Request], int | None] = lambda _request: None,
        counted: Callable[[str], bool] = lambda _path: True,
        tls: Terminator | None = None,
    ) -> None:
        self._listener, self._app, self._handover = listener, app, handover
        self._settings, self._meters, self._counted = settings, meters, counted
        self._bodies = Bodies(settings, bodies)
        self._tls = tls
        self._spoken: Scheme = "http" if tls is None else "https"
        self._gate = Gate(settings, self._spoken)
        self._accepting = trio.CancelScope()
        self._porch = Porch(settings, arrived=self._arrived, late=self._late, gone=self._gone)
        self._conversations: set[Conversation] = set()
        self._handshakes: set[trio.CancelScope] = set()
        self._nursery: trio.Nursery | None = None
        self._count: Counter[str] = Counter()
        """Connections by address."""

    @property
    def port(self) -> int:
        """The port listened on."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """How many connections speak HTTP now."""
        return len(self._porch)

    async def run(self) -> None:
        """Serve until :meth:`stop`, then let requests that have begun come to an end, for a while."""
        async with trio.open_nursery() as self._nursery:
            self._nursery.start_soon(self._porch.run)
            with self._accepting, self._listener:
                await self._accept(self._nursery)
            for conversation in self._conversations:
                conversation.closing = True
            for handshake in tuple(self._handshakes):
                handshake.cancel()
            self._porch.shut()
            self._nursery.cancel_scope.deadline = trio.current_time() + self._settings.closing_s

    def stop(self) -> None:
        """Accept nothing more; :meth:`run` returns soon."""
        self._accepting.cancel()

    # Accepting.

    async def _accept(self, nursery: trio.Nursery) -> None:
        while True:
            await trio.lowlevel.wait_readable(self._listener)
            heads = 0
            for _ in range(ACCEPT_MAX):
                try:
                    sock, peer = self._listener.accept()
                except BlockingIOError:
                    break
                except OSError as error:
                    if error.errno in OUT_OF_BREATH:
                        # Waiting would return at once, for ever: give those who are here time to leave.
                        log.warning("no connection can be accepted: %s", error.strerror)
                        await trio.sleep(BREATH_S)
                    break
                heads += self._admit(nursery, sock, plain_address(peer[0]))
                if heads >= HEADS_MAX:
                    break

    def _admit(self, nursery: trio.Nursery, sock: socket.socket, peer: str) -> bool:
        """Let somebody connect, if there is room. Returns whether he had asked already."""
        sock.setblocking(False)
        place = network(peer)
        fault = self._no_room(peer, place)
        if fault is None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._count[place] += 1
            visitor = Visitor(sock, peer, place)
            if self._tls is None:
                return self._porch.welcome(visitor)
            nursery.start_soon(self._shake_hands, self._tls, visitor)
            return False
        turned_away = problem(fault, after_ms=COME_BACK_MS)
        self._meters.http(turned_away.status)
        with suppress(OSError), sock:
            if self._tls is None:
                sock.send(turned_away.whole())
        return False

    def _no_room(self, peer: str, place: str) -> Fault | None:
        if self._count.total() >= self._settings.connections_max:
            return Fault.BUSY
        if self._count[place] >= self._settings.connections_per_address and not self._gate.proxies.trusts(peer):
            return Fault.RATE_LIMITED
        return None

    # Serving.

    async def _shake_hands(self, tls: Terminator, visitor: Visitor) -> None:
        plain = None
        try:
            with trio.CancelScope() as handshake:
                self._handshakes.add(handshake)
                try:
                    plain = await tls.welcome(visitor.sock)
                finally:
                    self._handshakes.discard(handshake)
        finally:
            if plain is None:
                self._gone(visitor)
        if plain is not None:
            self._porch.welcome(Visitor(plain, visitor.peer, visitor.place))

    def _gone(self, visitor: Visitor) -> None:
        self._count[visitor.place] -= 1
        if not self._count[visitor.place]:
            del self._count[visitor.place]

    def _late(self, _visitor: Visitor) -> bytes:
        too_slow = problem(Fault.TIMEOUT)
        self._meters.http(too_slow.status)
        return too_slow.whole(self._spoken)

    def _arrived(self, visitor: Visitor) -> None:
        """Somebody asks: give the socket away, or begin an answer."""
        if self._let_in(visitor):
            return
        stream = Stream(visitor.sock, self._settings.write_stall_s, self._settings.write_bytes_per_s_min)
        conversation = Conversation(stream, self._settings, visitor.peer, self._gate.proxies, spoken=self._spoken)
        asked, visitor.data = bytes(visitor.data), bytearray()
        request = no = None
        try:
            request = conversation.head(asked)
            if wants_socket(request):
                self._hand_over(visitor.sock, self._gate.check(request, conversation.unread))
                self._porch.done(visitor)
                return
        except Unacceptable as refused:
            no = refused
        except Exception:
            self._failed(visitor)
            visitor.sock.close()
            self._porch.done(visitor)
            return
        if self._nursery is None:
            raise AssertionError("nobody asks before the server runs")
        conversation.closing = self._accepting.cancel_called
        self._conversations.add(conversation)
        self._nursery.start_soon(self._attend, visitor, conversation, request, no)

    def _let_in(self, visitor: Visitor) -> bool:
        """Give the socket away at once, if nothing speaks against it. Whether it is gone."""
        try:
            granted = self._gate.quick(bytes(visitor.data), visitor.peer)
            if granted is None:
                return False
            self._hand_over(visitor.sock, granted)
        except Unacceptable:
            return False  # Why not is said the long way.
        except Exception:
            self._failed(visitor)
            visitor.sock.close()
        self._porch.done(visitor)
        return True

    async def _attend(
        self, visitor: Visitor, conversation: Conversation, request: Request | None, no: Unacceptable | None
    ) -> None:
        then = Then.CLOSE
        try:
            then = await self._converse(conversation, request, no)
        except OSError:
            pass  # They left, or stopped reading: nobody is there to be told.
        except Exception:
            self._failed(visitor)
        finally:
            self._conversations.discard(conversation)
            if then is Then.MAY_ASK:
                self._porch.come_back(visitor, conversation.unread)
            elif then is Then.SEE_OFF:
                self._porch.see_off(visitor)
            else:
                if then is Then.CLOSE:
                    conversation.stream.close()
                self._porch.done(visitor)

    async def _converse(self, conversation: Conversation, request: Request | None, no: Unacceptable | None) -> Then:
        """Answer ``request``, and those that came right behind it; or say ``no``."""
        try:
            if request is None:
                raise no or Unacceptable(Fault.HTTP_MALFORMED)
            while True:
                if wants_socket(request):
                    self._hand_over(conversation.stream.sock, self._gate.check(request, conversation.unread))
                    return Then.HANDED_OVER
                if request.method not in SAFE_METHODS:
                    self._gate.check_origin(request)
                with self._bodies.held(request) as bytes_max:
                    exchange = Exchange(conversation, request, await conversation.body(bytes_max))
                    whole = await exchange.run(self._app)
                self._note(request.path, exchange.status)
                if not whole:
                    return Then.CLOSE
                if not conversation.next_cycle():
                    return Then.SEE_OFF
                if conversation.closing:
                    return Then.CLOSE
                if not settled(conversation.unread, 0, self._settings.head_bytes_max):
                    return Then.CLOSE if conversation.ended else Then.MAY_ASK
                request = conversation.head()
        except Unacceptable as refused:
            status = await conversation.refuse(refused.fault, **refused.detail)
            self._note(None if request is None else request.path, status)
            return Then.SEE_OFF

    def _failed(self, visitor: Visitor) -> None:
        log.exception("a connection failed", extra={"address": visitor.peer})

    def _note(self, path: str | None, status: int) -> None:
        if path is None or self._counted(path):
            self._meters.http(status)

    def _hand_over(self, sock: socket.socket, granted: Granted) -> None:
        """
        Let a WebSocket go to whoever holds them.

        Raises:
            Unacceptable: He does not take it.

        """
        try:
            self._handover(sock, granted.upgrade, granted.address, granted.sale)
        except Refused as no:
            raise Unacceptable(no.fault, **no.detail) from None
        self._note(granted.path, 101)
