"""
TLS on the one port: an ordinary task per connection, for houses without a proxy in front.

The task shakes hands, keeps the browser's socket to itself, and relays plain bytes over a pair of connected sockets. The other end of
the pair is what the front and the reactor are given: they serve it as if the browser had connected without TLS. Where the browser
comes from is not asked of that socket but told with it.

A relay holds at most one read of either direction and what the kernel holds; who does not read is felt through it as through a wire.
It costs a browser two more open files, and a message up to 50 µs, so a full hall is better served behind a proxy that ends TLS.
"""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import trio

from engine.gateway.answers import problem
from engine.gateway.stream import LINGER_S, Stream
from engine.wire.refusals import Fault

READ_BYTES: Final = 16_384
BUFFER_BYTES: Final = 64 * 1024
"""Kernel buffers of a relay towards the browser: small, so that the house feels soon who does not read."""

HANDSHAKE_RECORD: Final = b"\x16"
"""How everything begins that wants to speak TLS (RFC 8446, 5.1)."""

DONE: Final = "done"
FAILED: Final = "failed"
LATE: Final = "late"
PLAIN: Final = "plain"


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """
    How the house speaks TLS: 1.2 and newer.

    Args:
        certificate: A PEM file: our certificate, then those that vouch for it.
        key: The PEM file of its key.

    Raises:
        OSError: One of them cannot be read (:class:`ssl.SSLError` is one), or they do not fit.

    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


class Terminator:
    """
    Ends TLS for every connection that is given to it.

    Args:
        context: From :func:`server_context`.
        handshake_s: How long a handshake may take.
        stall_s: A browser that takes nothing for so long is let go.
        on_handshake: Told how each handshake ended: ``done``, ``failed``, ``late`` or ``plain``.

    """

    def __init__(
        self, context: ssl.SSLContext, *, handshake_s: float, stall_s: float, on_handshake: Callable[[str], None]
    ) -> None:
        self._context = context
        self._handshake_s, self._stall_s = handshake_s, stall_s
        self._on_handshake = on_handshake
        self._nursery: trio.Nursery | None = None
        self._empty = trio.Event()
        self._count = 0

    @property
    def relays(self) -> int:
        """How many relays are at work."""
        return self._count

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Keep the relays until cancelled: a browser's relay outlives the task that read its first request."""
        async with trio.open_nursery() as self._nursery:
            task_status.started()
            await trio.sleep_forever()

    async def drained(self, within_s: float) -> None:
        """Give the relays a moment to carry the last bytes out."""
        with trio.move_on_after(within_s):
            while self._count:
                await self._empty.wait()

    async def welcome(self, sock: socket.socket) -> socket.socket | None:
        """
        Shake hands on a socket that was just accepted; it is ours from now on.

        Returns:
            A plain, connected, non-blocking socket that stands for the browser; None if there is nobody to serve.

        """
        if self._nursery is None:
            raise AssertionError("relays need a nursery")
        browser = None
        try:
            with trio.move_on_after(self._handshake_s) as patience:
                browser = await self._shake_hands(sock)
            if patience.cancelled_caught:
                self._on_handshake(LATE)
        except (trio.BrokenResourceError, OSError):
            self._on_handshake(FAILED)
        finally:
            if browser is None:
                _close(sock)
        if browser is None:
            return None
        self._on_handshake(DONE)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        self._count += 1
        self._nursery.start_soon(self._relay, browser, trio.socket.from_stdlib_socket(theirs))
        return ours

    async def _shake_hands(self, sock: socket.socket) -> "trio.SSLStream[trio.SocketStream] | None":
        """Shake hands; None if the browser does not mean to and has been told so."""
        await trio.lowlevel.wait_readable(sock)
        first = sock.recv(1, socket.MSG_PEEK)
        if first and first != HANDSHAKE_RECORD:
            self._on_handshake(PLAIN)
            await _send_to_https(sock, self._stall_s)
            return None
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        outer = trio.SocketStream(trio.socket.from_stdlib_socket(sock))
        browser = trio.SSLStream(outer, self._context, server_side=True)
        await browser.do_handshake()
        return browser

    async def _relay(self, browser: "trio.SSLStream[trio.SocketStream]", house: trio.socket.SocketType) -> None:
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_inwards, browser, house)
                await self._outwards(browser, house)
                # The house has said all. What the browser answers to a goodbye is still carried in.
                nursery.cancel_scope.deadline = trio.current_time() + LINGER_S
        except* (trio.BrokenResourceError, OSError):
            pass  # One of them left without a word: the other learns it from the end of its socket.
        finally:
            house.close()
            with trio.move_on_after(LINGER_S, shield=True):
                await browser.aclose()
            self._count -= 1
            self._empty.set()
            self._empty = trio.Event()

    async def _outwards(self, browser: "trio.SSLStream[trio.SocketStream]", house: trio.socket.SocketType) -> None:
        """From the house to the browser, until the house has no more to say or the browser takes nothing."""
        while data := await house.recv(READ_BYTES):
            with trio.move_on_after(self._stall_s) as patience:
                await browser.send_all(data)
            if patience.cancelled_caught:
                raise TimeoutError("the browser takes nothing")


async def _inwards(browser: "trio.SSLStream[trio.SocketStream]", house: trio.socket.SocketType) -> None:
    """From the browser to the house, until the browser has no more to say."""
    with suppress(trio.BrokenResourceError):  # Many hang up without the goodbye that TLS asks for.
        while data := await browser.receive_some(READ_BYTES):
            rest = memoryview(data)
            while rest:
                rest = rest[await house.send(rest) :]
    house.shutdown(socket.SHUT_WR)


async def _send_to_https(sock: socket.socket, stall_s: float) -> None:
    """Tell whoever speaks plain HTTP to a TLS port what to do."""
    stream = Stream(sock, stall_s, bytes_per_s_min=1)
    try:
        with suppress(OSError):
            await stream.send(problem(Fault.HTTP_TLS_ONLY).whole())
            await stream.linger()
    finally:
        stream.close()


def _close(sock: socket.socket) -> None:
    if sock.fileno() != -1:
        trio.lowlevel.notify_closing(sock)
        sock.close()
