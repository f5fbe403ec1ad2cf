"""One HTTP exchange on one connection: enough for a ticket, a page of the record, a receipt."""

import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import h11
import orjson
import trio

ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
CHUNK_BYTES: Final = 65_536

OpenStream = Callable[["Address"], Awaitable[trio.abc.Stream]]
"""Opens a connection to a house. Handed in, so that tests can be the house."""


class HttpFault(Exception):
    """
    The house's answer was not what an answer must be.

    Attributes:
        status: The HTTP status, or 0 where there was none.
        body: The error as the house put it, where it could be read.

    """

    def __init__(self, status: int, said: str, body: dict[str, Any] | None = None) -> None:
        super().__init__(said)
        self.status, self.body = status, body or {}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a house is. ``http(s)`` and ``ws(s)`` addresses mean the same house."""

    host: str
    port: int
    tls: bool
    prefix: str = ""
    """Path before ``/api``, where a proxy puts one."""

    @classmethod
    def of(cls, url: str) -> "Address":
        """
        The address ``url`` names.

        Raises:
            ValueError: It is no http, https, ws or wss address.

        """
        split = urlsplit(url)
        if split.scheme not in {"http", "https", "ws", "wss"} or not split.hostname:
            raise ValueError(f"{url!r} is no address of a house: it should look like http://localhost:8000")
        tls = split.scheme in {"https", "wss"}
        return cls(split.hostname, split.port or (443 if tls else 80), tls, split.path.rstrip("/"))

    @property
    def authority(self) -> str:
        """Host and port as they stand in an address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What a page of this house would send as its Origin."""
        return f"{'https' if self.tls else 'http'}://{self.authority}"

    def socket(self, sale: str) -> str:
        """The address of a sale's socket."""
        return f"{'wss' if self.tls else 'ws'}://{self.authority}{self.prefix}/api/sales/{sale}/socket"


async def open_stream(address: Address) -> trio.abc.Stream:
    """Open a connection over the network."""
    if address.tls:
        return await trio.open_ssl_over_tcp_stream(
            address.host, address.port, https_compatible=True, ssl_context=ssl.create_default_context()
        )
    return await trio.open_tcp_stream(address.host, address.port)


async def exchange(  # noqa: PLR0913 - a request is made of these
    address: Address,
    method: str,
    path: str,
    *,
    headers: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    opener: OpenStream = open_stream,
) -> Any:
    """
    One request, and the JSON of its answer.

    Raises:
        HttpFault: The status is not 2xx, or the answer no JSON.
        OSError: There is nobody at ``address``.
        trio.BrokenResourceError: It hung up.

    """
    status, content = await _ask(address, method, path, [("Accept", "application/json"), *headers], body, opener)
    try:
        plain = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise HttpFault(status, f"HTTP {status} without a readable answer") from error
    if not 200 <= status < 300:
        raise _fault(status, plain)
    return plain


async def fetch_text(address: Address, path: str, *, opener: OpenStream = open_stream) -> str:
    """
    The text at ``path``.

    Raises:
        HttpFault: The status is not 2xx, or the answer no text.
        OSError: There is nobody at ``address``.
        trio.BrokenResourceError: It hung up.

    """
    status, content = await _ask(address, "GET", path, [("Accept", "text/plain")], b"", opener)
    if not 200 <= status < 300:
        try:
            raise _fault(status, orjson.loads(content))
        except orjson.JSONDecodeError as error:
            raise HttpFault(status, f"HTTP {status} without a readable answer") from error
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise HttpFault(status, "the answer is no text") from error


def _fault(status: int, plain: Any) -> HttpFault:
    said = plain if isinstance(plain, dict) else {}
    return HttpFault(status, f"HTTP {status}: {said.get('code', 'no code')} {said.get('en', '')}".strip(), said)


async def _ask(  # noqa: PLR0913, PLR0917 - a request is made of these
    address: Address, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes, opener: OpenStream
) -> tuple[int, bytes]:
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method=method,
        target=address.prefix + path,
        headers=[("Host", address.authority), ("Content-Length", str(len(body))), *headers],
    )
    sent = connection.send(request) or b""
    if body:
        sent += connection.send(h11.Data(data=body)) or b""
    sent += connection.send(h11.EndOfMessage()) or b""
    async with await opener(address) as stream:
        await stream.send_all(sent)
        return await _answer(connection, stream)


async def _answer(connection: h11.Connection, stream: trio.abc.Stream) -> tuple[int, bytes]:
    status, body = 0, bytearray()
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise HttpFault(status, f"the answer is no HTTP: {error}") from error
        if event is h11.NEED_DATA:
            connection.receive_data(bytes(await stream.receive_some(CHUNK_BYTES)))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > ANSWER_BYTES_MAX:
                raise HttpFault(status, "the answer is too long")
        elif isinstance(event, h11.EndOfMessage):
            return status, bytes(body)
        elif not isinstance(event, h11.InformationalResponse):
            raise HttpFault(status, "the house hung up in the middle of its answer")
