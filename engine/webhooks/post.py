"""
One attempt: a POST over h11, to an address that was looked at before.

The name is resolved once, and the connection goes to an address that was allowed, so that a name cannot point elsewhere in between. No
redirect is followed, nothing of an answer is read but its status, and no proxy is asked.
"""

import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import h11
import trio

from engine.webhooks.message import Message
from engine.webhooks.settings import Endpoint, Network, WebhookSettings, networks

READ_BYTES: Final = 4096
GOOD: Final = range(200, 300)

_HIDDEN: Final[tuple[Network, ...]] = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))
"""Ways to write another address inside one that looks public: NAT64, 6to4, Teredo."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text. Raises OSError."""


class NotDelivered(Exception):
    """
    An attempt failed.

    Attributes:
        why: ``no_address``, ``address_not_allowed``, ``unreachable``, ``timeout``, ``no_http`` or ``status_404`` and the like.

    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def resolved(host: str, port: int) -> list[str]:
    """What the system says."""
    found = await trio.socket.getaddrinfo(host, port, type=trio.socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


@dataclass(frozen=True, slots=True)
class Post:
    """Posts messages, each attempt by itself."""

    settings: WebhookSettings
    now: Callable[[], float]
    """Seconds since 1970, for the signature."""

    resolve: Resolve = resolved
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def __call__(self, endpoint: Endpoint, message: Message) -> None:
        """
        Try once.

        Raises:
            NotDelivered: No answer that says it was taken.

        """
        status = None
        with trio.move_on_after(self.settings.timeout_s):
            status = await self._status(endpoint, message)
        if status is None:
            raise NotDelivered("timeout")
        if status not in GOOD:
            raise NotDelivered(f"status_{status}")

    async def _status(self, endpoint: Endpoint, message: Message) -> int:
        stream: trio.abc.Stream | None = None
        try:
            address = await self._address(endpoint)
            stream = await trio.open_tcp_stream(address, endpoint.port)
            if endpoint.secure:
                stream = trio.SSLStream(stream, self.trusted, server_hostname=endpoint.host, https_compatible=True)
            return await self._ask(stream, endpoint, message)
        except (OSError, trio.BrokenResourceError):
            raise NotDelivered("unreachable") from None
        except h11.ProtocolError:
            raise NotDelivered("no_http") from None
        finally:
            if stream is not None:
                await trio.aclose_forcefully(stream)

    async def _address(self, endpoint: Endpoint) -> str:
        try:
            found = await self.resolve(endpoint.host, endpoint.port)
        except (OSError, UnicodeError):
            raise NotDelivered("no_address") from None
        own = networks(self.settings)
        for each in found:
            if allowed(ipaddress.ip_address(each), own, local=endpoint.local):
                return each
        raise NotDelivered("address_not_allowed" if found else "no_address")

    async def _ask(self, stream: trio.abc.Stream, endpoint: Endpoint, message: Message) -> int:
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=self.settings.answer_bytes_max)
        headers = [
            (b"host", endpoint.authority.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(message.body)).encode()),
            (b"user-agent", b"luochui"),
            (b"connection", b"close"),
            *message.headers(endpoint.secret, int(self.now())),
        ]
        asked = http.send(h11.Request(method="POST", target=endpoint.target, headers=headers))
        await stream.send_all(asked + http.send(h11.Data(data=message.body)) + http.send(h11.EndOfMessage()))
        left = self.settings.answer_bytes_max
        while True:
            event = http.next_event()
            if isinstance(event, h11.Response):
                return event.status_code
            if event is h11.NEED_DATA:
                if left <= 0:
                    raise NotDelivered("no_http")
                data = await stream.receive_some(READ_BYTES)
                left -= len(data)
                http.receive_data(bytes(data))
            elif not isinstance(event, h11.InformationalResponse):
                raise NotDelivered("no_http")


def allowed(address: Address, own: Sequence[Network], *, local: bool) -> bool:
    """
    Whether a message may be sent to ``address``.

    Args:
        address: Where a name points to.
        own: Networks that are allowed though not public.
        local: Whether the endpoint is this machine by its own name; then nothing else will do.

    """
    address = getattr(address, "ipv4_mapped", None) or address
    if local:
        return address.is_loopback
    if any(address in network for network in own):
        return True
    hidden = any(address in network for network in _HIDDEN)
    return address.is_global and not address.is_multicast and not hidden
