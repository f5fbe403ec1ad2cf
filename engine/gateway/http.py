"""
HTTP/1.1 on one connection, and the bridge from there to an ASGI application.

``h11`` reads and writes the bytes; this awaits, and holds a request to its limits. A request reaches the application whole: no route
takes more than one chunk of a file, and so a body that is too long or too slow is refused here, once.
"""

import logging
import re
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

import h11
import trio
from starlette.types import ASGIApp, Message, Scope

from engine.gateway.answers import Answer, problem
from engine.gateway.headers import HOST, Headers, secured
from engine.gateway.origins import Proxies, Scheme
from engine.gateway.stream import READ_BYTES, Stream
from engine.wire.refusals import Fault

log = logging.getLogger("luochui.http")

_REASONS: Final = {status.value: status.phrase.encode() for status in HTTPStatus}
_ABSOLUTE: Final = re.compile(rb"^https?://[^/?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where the house listens, and the limits of one connection."""

    host: str = "127.0.0.1"
    port: int = 8000
    """0 takes a free one."""

    origins: tuple[str, ...] = ("same-origin",)
    """Whose pages may connect: ``https://sale.example.cn`` …, or ``same-origin``."""

    usb_key_port: int = 0
    """Where the middleware for USB keys listens on a bidder's own machine: pages may open a socket to it. 0 lets them open none."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies that set ``X-Forwarded-For`` and ``X-Forwarded-Proto`` themselves."""

    tls_certificate: str = ""
    """A PEM file: the house's certificate, then those that vouch for it. With ``tls_key``, the one port speaks TLS."""

    tls_key: str = ""
    """The PEM file of the certificate's key."""

    tls_handshake_s: float = 10.0
    """How long a TLS handshake may take."""

    backlog: int = 4096
    """Connections that wait in the kernel to be accepted. Who finds no room there tries again after a second, then ever more seldom."""

    connections_max: int = 4096
    """HTTP connections at once; sockets handed over do not count."""

    connections_per_address: int = 1024
    """The same from one address; proxies on the list are not held to it. A whole hall may come from one, six connections a browser."""

    head_bytes_max: int = 64 * 1024
    header_lines_max: int = 100
    header_s: float = 5.0
    """From a head's first byte to its last, and from a connection to its first byte."""

    idle_s: float = 15.0
    """From an answer to the next request on the same connection."""

    body_s: float = 30.0
    """How long a body may take; a long one longer, by ``body_bytes_per_s_min``."""

    body_bytes_max: int = 4096
    """Where an address does not take more."""

    body_bytes_per_s_min: int = 8192
    """What a body says it is longer than ``body_bytes_max``, it has time for at this speed: slow lines bring documents too."""

    long_bodies_per_asker: int = 4
    """Bodies longer than ``body_bytes_max`` that one token may send at once."""

    long_bodies_bytes_max: int = 256 * 1024 * 1024
    """What such bodies may take of our memory, all together."""

    write_stall_s: float = 10.0
    """A reader that takes nothing for so long is let go."""

    write_bytes_per_s_min: int = 8192
    """A reader that takes less than this of a long answer is let go: it keeps a place others wait for."""

    closing_s: float = 5.0
    """How long requests may take when the house closes."""


class Unacceptable(Exception):
    """A request that gets no further than here. The connection ends with the answer."""

    def __init__(self, fault: Fault, **detail: int | str) -> None:
        super().__init__(fault, detail)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request, checked."""

    method: str
    target: bytes
    """Path and query, as sent."""

    version: str
    headers: Headers
    """Names in lower case."""

    raw_headers: Headers
    """Names as sent."""

    table: dict[bytes, bytes]
    """By name; the values of a name that stands several times are joined by commas."""

    address: str
    """Where it comes from, as far as that can be trusted."""

    scheme: str

    @property
    def host(self) -> bytes:
        """The house as it was addressed; empty where HTTP/1.0 does not say."""
        return self.table.get(b"host", b"")

    @property
    def raw_path(self) -> bytes:
        """The path, as sent."""
        return self.target.partition(b"?")[0]

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path.decode("ascii"))

    @property
    def query(self) -> bytes:
        """What stands behind the question mark."""
        return self.target.partition(b"?")[2]

    def holds(self, name: bytes, word: bytes) -> bool:
        """Whether ``word``, in lower case, is on the list in a header."""
        value = self.table.get(name, b"").lower()
        return value == word or any(each.strip() == word for each in value.split(b","))

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return b"transfer-encoding" in self.table or self.table.get(b"content-length", b"0") != b"0"

    def head(self) -> bytes:
        """The request line and the headers, as bytes that read as the same request."""
        lines = [b"%s %s HTTP/%s" % (self.method.encode(), self.target, self.version.encode())]
        lines += [name + b": " + value for name, value in self.raw_headers]
        return b"\r\n".join(lines) + b"\r\n\r\n"


@dataclass(slots=True, eq=False)
class Conversation:
    """Requests and answers on one connection, in order, from a head that has come to the last answer before the next one has."""

    stream: Stream
    settings: HttpSettings
    peer: str
    """The address at the other end of the connection."""

    proxies: Proxies
    closing: bool = False
    """Answers say that they are the last."""

    spoken: Scheme = "http"
    """How the other end speaks to us."""

    _h11: h11.Connection = field(init=False)
    _request: Request | None = None
    _head_only: bool = False

    def __post_init__(self) -> None:
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=self.settings.head_bytes_max)

    # Reading.

    def head(self, data: bytes = b"") -> Request:
        """
        The next request, whose head came with ``data``, or behind the one before.

        Raises:
            Unacceptable: It cannot be read as a request.

        """
        self._request, self._head_only = None, False
        if data:
            self._h11.receive_data(data)
        event = self._next_event()
        if not isinstance(event, h11.Request):
            raise Unacceptable(Fault.HTTP_MALFORMED)
        self._head_only = event.method == b"HEAD"
        self._request = self._checked(event)
        return self._request

    async def body(self, bytes_max: int) -> bytes:
        """
        The whole body of the request whose head was read last.

        Raises:
            Unacceptable: It is too long, too slow, or cannot be read.
            ConnectionError: The other end left in the middle.

        """
        length = self._request.table.get(b"content-length") if self._request is not None else None
        if length is not None and int(length) > bytes_max:
            raise Unacceptable(Fault.HTTP_BODY_TOO_BIG, bytes_max=bytes_max)
        body, longer = bytearray(), max(0, int(length or 0) - self.settings.body_bytes_max)
        with trio.move_on_after(self.settings.body_s + longer / self.settings.body_bytes_per_s_min):
            while isinstance(event := await self._event(), h11.Data):
                body += event.data
                if len(body) > bytes_max:
                    raise Unacceptable(Fault.HTTP_BODY_TOO_BIG, bytes_max=bytes_max)
            if not isinstance(event, h11.EndOfMessage):
                raise ConnectionResetError("left in the middle of a request")
            return bytes(body)
        raise Unacceptable(Fault.TIMEOUT)

    async def left(self) -> None:
        """Return when the other end has nothing more to say. What it says before is kept for the next request."""
        while not self._h11.trailing_data[1]:
            if len(self._h11.trailing_data[0]) > READ_BYTES:
                await trio.sleep_forever()  # So much in advance: we shall learn of its end when we get there.
            self._h11.receive_data(await self.stream.receive())

    @property
    def unread(self) -> bytes:
        """What came behind the last request."""
        return self._h11.trailing_data[0]

    @property
    def ended(self) -> bool:
        """Whether the other end has nothing more to say than :attr:`unread`."""
        return self._h11.trailing_data[1]

    async def _event(self) -> object:
        while (event := self._next_event()) is h11.NEED_DATA:
            if self._h11.they_are_waiting_for_100_continue:
                await self.stream.send(self._h11.send(h11.InformationalResponse(status_code=100, headers=[])))
            data = await self.stream.receive()
            if not data:
                return None
            self._h11.receive_data(data)
        return event

    def _next_event(self) -> object:
        try:
            return self._h11.next_event()
        except h11.RemoteProtocolError as error:
            too_big = error.error_status_hint == 431
            raise Unacceptable(Fault.HTTP_HEAD_TOO_BIG if too_big else Fault.HTTP_MALFORMED) from None

    # Answering.

    async def answer(self, answer: Answer) -> None:
        """Give a whole answer."""
        if self._h11.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            head = self.begin(answer.status, answer.headers)
            await self.stream.send(head + self.go_on(answer.body) + self.end())

    async def refuse(self, fault: Fault, **detail: Any) -> int:
        """Answer with ``fault``, the last thing said on this connection. Returns the status."""
        self.closing = True
        answer = problem(fault, **detail)
        await self.answer(answer)
        return answer.status

    def begin(self, status: int, given: Headers) -> bytes:
        """The bytes of an answer's head."""
        request = self._request
        headers = secured(
            given,
            request.scheme if request else "http",
            request.host if request else b"",
            self.settings.usb_key_port,
        )
        headers.append((b"date", formatdate(usegmt=True).encode()))
        if self.closing:
            headers.append((b"connection", b"close"))
        return self._h11.send(h11.Response(status_code=status, headers=headers, reason=_REASONS.get(status, b"")))

    def go_on(self, data: bytes) -> bytes:
        """The bytes that carry ``data`` of an answer's body; none when the question was for the head only."""
        return b"" if self._head_only or not data else self._h11.send(h11.Data(data=data))

    def end(self) -> bytes:
        """The bytes that end an answer."""
        return self._h11.send(h11.EndOfMessage())

    def next_cycle(self) -> bool:
        """Whether another request may follow on this connection."""
        if self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE:
            self._h11.start_next_cycle()
            return True
        return False

    def _checked(self, event: h11.Request) -> Request:
        """
        The request of ``event``.

        Raises:
            Unacceptable: h11 reads it, but we do not want it.

        """
        headers = list(event.headers)
        table: dict[bytes, bytes] = {}
        size = len(event.method) + len(event.target) + 12
        for name, value in headers:
            size += len(name) + len(value) + 4
            table[name] = table[name] + b"," + value if name in table else value
        if size > self.settings.head_bytes_max or len(headers) > self.settings.header_lines_max:
            raise Unacceptable(Fault.HTTP_HEAD_TOO_BIG)  # h11 looks at the size of incomplete heads only.

        version, host = event.http_version.decode(), table.get(b"host", b"")
        if b"transfer-encoding" in table and (b"content-length" in table or version != "1.1"):
            # Two lengths, and a proxy in front of us may have believed the other one (RFC 9112, 6.3).
            raise Unacceptable(Fault.HTTP_MALFORMED)
        target = _ABSOLUTE.sub(b"", event.target) or b"/"
        if version not in {"1.0", "1.1"} or not target.startswith(b"/") or (host and not HOST.fullmatch(host)):
            raise Unacceptable(Fault.HTTP_MALFORMED)
        if event.method == b"CONNECT":
            raise Unacceptable(Fault.HTTP_METHOD)
        return Request(
            method=event.method.decode(),
            target=target,
            version=version,
            headers=headers,
            raw_headers=event.headers.raw_items(),
            table=table,
            address=self.proxies.address(self.peer, table.get(b"x-forwarded-for")),
            scheme=self.proxies.scheme(self.peer, table.get(b"x-forwarded-proto"), self.spoken),
        )


class Exchange:
    """One request given to an ASGI application, and its answer."""

    def __init__(self, conversation: Conversation, request: Request, body: bytes) -> None:
        self.status = 0
        """What was answered; 0 while nothing was."""

        self.complete = False
        self._conversation, self._request = conversation, request
        self._body: bytes | None = body
        self._start: Message | None = None
        self._lost = False

    async def run(self, app: ASGIApp) -> bool:
        """Have ``app`` answer. Returns whether the answer is whole, so that the connection can be used again."""
        try:
            await app(self._scope(), self._receive, self._send)
        except Exception:
            if self._lost:
                return False
            # Starlette has answered with 500 by now, if it still could; then raises, that we may note it.
            log.exception("%s %s failed", self._request.method, self._request.path)
        if not self.complete and not self._lost:
            log.error("%s %s was not answered to the end", self._request.method, self._request.path)
            if not self.status:
                self.status = 500
                await self._conversation.refuse(Fault.INTERNAL, after_ms=1000)
        return self.complete

    def _scope(self) -> Scope:
        request = self._request
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},  # 2.4: sending to who has left raises OSError
            "http_version": request.version,
            "method": request.method,
            "scheme": request.scheme,
            "path": request.path,
            "raw_path": request.raw_path,
            "query_string": request.query,
            "root_path": "",
            "headers": request.headers,
            "client": (request.address, 0),
            "server": None,
        }

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if not self.complete:
            try:
                await self._conversation.left()
            except OSError:
                self._lost = True
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            await self._send_body(message.get("body", b""), more=message.get("more_body", False))

    async def _send_body(self, body: bytes, *, more: bool) -> None:
        if self._lost:
            raise ConnectionResetError("the other end has left")
        conversation, data = self._conversation, b""
        if self._start is not None:
            self.status = self._start["status"]
            data = conversation.begin(self.status, [(name.lower(), value) for name, value in self._start["headers"]])
            self._start = None
        data += conversation.go_on(bytes(body))
        if not more:
            data += conversation.end()
        try:
            if data:
                await conversation.stream.send(data)
        except OSError:
            self._lost = True
            raise
        self.complete = not more
