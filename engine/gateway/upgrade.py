"""
Requests for a sale's socket: what must hold for one to be granted.

Browsers all send about the same, and for that there is a quick way: the WebSocket library reads the request, once, and we shake hands.
It says yes, or nothing. Whatever is out of the ordinary, or would be refused, is read again from its first byte as any HTTP request
is, and that way says why not. Nothing is granted by the quick way that the other would refuse, or understand differently.
"""

import base64
import binascii
import logging
import re
import time
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote

from websockets.http11 import Request as Handshake
from websockets.streams import StreamReader
from websockets.utils import accept_key

from engine.gateway.headers import HOST
from engine.gateway.http import HttpSettings, Request, Unacceptable
from engine.gateway.origins import Origins, Proxies, Scheme
from engine.wire.refusals import Fault

log = logging.getLogger("luochui.http")

ORDINARY_BYTES_MAX: Final = 4096
"""More than this is read the long way, so that no line of the rest can be longer than the WebSocket library reads."""

HEAD_LINE_BYTES_MAX: Final = 8192
"""The longest line of a head that the WebSocket library reads."""

HEAD_LINE_SPARE: Final = 32
KEY_BYTES: Final = 16

_PATH: Final = re.compile(rb"/api/sales/([^/]+)/socket")
_ORDINARY: Final = re.compile(rb"GET /api/sales/([A-Za-z0-9._~-]+)/socket HTTP/1\.1\r\n")
"""The first line of what the quick way is for; anything else is not even read there."""

_KEY: Final = re.compile(r"[A-Za-z0-9+/]{22}==")
_WISHES: Final = frozenset({"upgrade", "keep-alive, upgrade"})
_ODD: Final = frozenset({"transfer-encoding", "content-length", "sec-websocket-protocol"})
"""A body may follow; or there is more to be agreed on than a browser on our pages asks for."""

_ANSWER: Final = (
    b"HTTP/1.1 101 Switching Protocols\r\nDate: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %s\r\n\r\n"
)
"""Byte for byte what the WebSocket library says, which would look for all that once more to say it."""


class Upgrade(NamedTuple):
    """A request for a WebSocket, for whoever holds those."""

    head: bytes
    """The request, and every byte that came behind it."""

    answer: bytes = b""
    """The other half of the handshake, to be sent first of all; empty if ``head`` is still to be read as a handshake."""

    behind: bytes = b""
    """Where there is an answer: what came behind the request."""


class Granted(NamedTuple):
    """A request that may go to whoever holds the WebSockets."""

    upgrade: Upgrade
    address: str
    """Where it comes from, behind trusted proxies."""

    sale: str
    """As the path says it; may not exist."""

    path: str


class Gate:
    """
    Says who may have a WebSocket.

    Args:
        settings: Limits, whose pages may connect, and whose word is taken on where a request comes from.
        spoken: How the other end speaks to us.

    Raises:
        ValueError: An origin or a proxy in ``settings`` is none.

    """

    def __init__(self, settings: HttpSettings, spoken: Scheme) -> None:
        self.proxies = Proxies(settings.trusted_proxies)
        self._origins = Origins(settings.origins)
        self._bytes_max = min(ORDINARY_BYTES_MAX, settings.head_bytes_max)
        self._lines_max = settings.header_lines_max
        self._spoken = spoken

    # The quick way.

    def quick(self, data: bytes, peer: str) -> Granted | None:
        """
        What is granted to the request in ``data``, if that is an ordinary one and nothing speaks against it.

        Args:
            data: All that has come over a connection since its last answer.
            peer: The address at the other end of the connection.

        """
        first = _ORDINARY.match(data)
        if first is None or len(data) > self._bytes_max or (read := _read(data)) is None:
            return None
        asked, behind = read
        lines = list(asked.headers.raw_items())
        if len(lines) > self._lines_max or len(data) + len(lines) > self._bytes_max:
            return None
        said = {name.lower(): value for name, value in lines}
        if len(said) != len(lines) or not said.keys().isdisjoint(_ODD):
            return None  # A name that stands twice is out of the ordinary, whichever it is.
        if said.get("upgrade", "").lower() != "websocket" or said.get("connection", "").lower() not in _WISHES:
            return None
        key, host = said.get("sec-websocket-key", ""), said.get("host", "").encode("latin-1")
        if _KEY.fullmatch(key) is None or said.get("sec-websocket-version") != "13" or HOST.fullmatch(host) is None:
            return None
        scheme = self.proxies.scheme(peer, _sent(said, "x-forwarded-proto"), self._spoken)
        if not self._origins.allow(_sent(said, "origin"), scheme, host):
            return None
        answer = _ANSWER % (_date(int(time.time())), accept_key(key).encode())
        address = self.proxies.address(peer, _sent(said, "x-forwarded-for"))
        return Granted(Upgrade(data, answer, behind), address, first[1].decode(), asked.path)

    # The long way.

    def check(self, request: Request, unread: bytes) -> Granted:
        """
        What is granted to ``request``, behind which ``unread`` came.

        Raises:
            Unacceptable: It is none of ours, or would not be understood as a handshake.

        """
        path = _PATH.fullmatch(request.raw_path)
        if path is None:
            raise Unacceptable(Fault.NOT_FOUND)
        self.check_origin(request)
        if request.version != "1.1" or request.table.get(b"sec-websocket-version") != b"13":
            raise Unacceptable(Fault.HTTP_UPGRADE)
        if not _reads_as_handshake(request):
            raise Unacceptable(Fault.HTTP_MALFORMED)
        if request.has_body:
            raise Unacceptable(Fault.HTTP_MALFORMED)
        return Granted(Upgrade(request.head() + unread), request.address, unquote(path[1].decode()), request.path)

    def check_origin(self, request: Request) -> None:
        """
        See that the page ``request`` comes from, if it is a page, may make it.

        Raises:
            Unacceptable: It may not.

        """
        origin = request.table.get(b"origin")
        if not self._origins.allow(origin, request.scheme, request.host):
            said = (origin or b"").decode("latin-1")[:200]
            house = f"{request.scheme}://{request.host.decode('latin-1')}"
            log.info("a page of %r may not connect to %s: not on the list of origins", said, house)
            raise Unacceptable(Fault.ORIGIN_DENIED, origin=said, house=house)


def wants_socket(request: Request) -> bool:
    """Whether ``request`` asks for a WebSocket."""
    return request.holds(b"upgrade", b"websocket") and request.holds(b"connection", b"upgrade")


def _read(data: bytes) -> tuple[Handshake, bytes] | None:
    """The request ``data`` begins with, as the WebSocket library reads it, and what is behind it."""
    reader = StreamReader()
    reader.feed_data(data)
    try:
        next(Handshake.parse(reader.read_line))
    except StopIteration as end:
        return end.value, bytes(reader.buffer)
    except Exception:
        return None
    return None


def _sent(said: Mapping[str, str], name: str) -> bytes | None:
    """A header's value as it came, if it did."""
    value = said.get(name)
    return None if value is None else value.encode("latin-1")


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """A second since 1970 as HTTP says it."""
    return formatdate(second, usegmt=True).encode()


def _reads_as_handshake(request: Request) -> bool:
    """Whether the WebSocket library will take ``request``: what it refuses there could not be answered any more."""
    try:
        key = base64.b64decode(request.table.get(b"sec-websocket-key", b""), validate=True)
    except binascii.Error:
        return False
    longest = max(len(request.target), *(len(name) + len(value) for name, value in request.headers))
    return request.method == "GET" and len(key) == KEY_BYTES and longest < HEAD_LINE_BYTES_MAX - HEAD_LINE_SPARE
