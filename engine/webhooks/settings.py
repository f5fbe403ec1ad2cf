"""Whom messages go to, and how often they are tried."""

import base64
import binascii
import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

ENDPOINTS_MAX: Final = 16
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how secrets begin
SECRET_BYTES: Final = range(24, 65)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WebhookFault(ValueError):
    """An endpoint cannot be used. Says why, and never a secret."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Endpoints, and the patience of the house with each of them."""

    urls: tuple[str, ...] = ()
    """Where messages are posted: https only, but for this machine itself."""

    secrets: tuple[str, ...] = ()
    """The secret of each, in the same order: ``whsec_`` and base64 of 24 to 64 bytes."""

    private_networks: tuple[str, ...] = ()
    """Networks that are not public and may be posted to all the same, 10.20.0.0/16."""

    timeout_s: float = 10.0
    """So long a whole attempt may take, from the name to the status of the answer."""

    attempts_max: int = 16
    """Then a message is given up, with a line in the log."""

    retry_first_s: float = 2.0
    """So long the second attempt waits; each further one twice as long, and up to half less by chance."""

    retry_s_max: float = 3600.0
    at_once_max: int = 4
    """Messages on their way to one endpoint at once. Those of one sale go one after another."""

    answer_bytes_max: int = 16 * 1024
    """As far as an answer is read for its status; its body is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One receiver."""

    url: str
    secure: bool
    host: str
    port: int
    target: str
    """Path and query."""

    secret: bytes

    def __repr__(self) -> str:
        """Its host only: a path may hold what is not for logs."""
        return f"Endpoint({self.host})"

    @property
    def local(self) -> bool:
        """Whether it is on this machine by its own name."""
        return self.host in LOOPBACK

    @property
    def authority(self) -> str:
        """What the ``host`` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def endpoints(settings: WebhookSettings) -> tuple[Endpoint, ...]:
    """
    The receivers of ``settings``.

    Raises:
        WebhookFault: One of them cannot be.

    """
    if len(settings.urls) != len(settings.secrets):
        raise WebhookFault("webhooks.urls and webhooks.secrets go together: one secret for each address, in order")
    if len(settings.urls) > ENDPOINTS_MAX or len(set(settings.urls)) != len(settings.urls):
        raise WebhookFault(f"webhooks.urls: at most {ENDPOINTS_MAX}, and none twice")
    return tuple(map(endpoint, settings.urls, settings.secrets))


def endpoint(url: str, secret: str) -> Endpoint:
    """
    One receiver.

    Raises:
        WebhookFault: It cannot be one.

    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WebhookFault("webhooks.urls: not an address") from None
    host = parts.hostname or ""
    plain = url.isascii() and url.isprintable() and " " not in url and not parts.username and not parts.password
    if not plain or not host or parts.fragment or parts.scheme not in {"https", "http"} or port == 0:
        raise WebhookFault(
            f"webhooks.urls: {host or 'an address'} cannot be: https://host/path, no name, password or #"
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise WebhookFault(f"webhooks.urls: {host} cannot be: https only, but for this machine itself")
    secure = parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Endpoint(
        url=url,
        secure=secure,
        host=host,
        port=port or (443 if secure else 80),
        target=target,
        secret=_secret(secret),
    )


def networks(settings: WebhookSettings) -> tuple[Network, ...]:
    """
    The networks that are allowed though not public.

    Raises:
        WebhookFault: One of them is no network.

    """
    try:
        return tuple(ipaddress.ip_network(each) for each in settings.private_networks)
    except ValueError as error:
        raise WebhookFault(f"webhooks.private_networks: {error}") from None


def _secret(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(SECRET_PREFIX) or len(secret) not in SECRET_BYTES:
        raise WebhookFault("webhooks.secrets: each is whsec_ and base64 of 24 to 64 bytes")
    return secret
