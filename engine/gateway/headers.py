"""
The headers every answer carries, whatever answered: what a browser may do with our pages, and who may look at them.

Scripts, styles and pictures come from this house only; nothing may frame the pages, and no text becomes markup except through the
template library (Trusted Types policy ``lit-html``).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

Headers = list[tuple[bytes, bytes]]

HOST: Final = re.compile(rb"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
"""A ``Host`` that may be copied into a header: a name or an address, perhaps with a port."""

_ALWAYS: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"accelerometer=(), autoplay=(self), camera=(), display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(), "
        b"magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(self), usb=()",
    ),
]

_STAY_WITH_TLS: Final = (b"strict-transport-security", b"max-age=15552000")
"""Half a year, for this very name: what a browser has once asked over TLS it asks no other way."""


def secured(given: Iterable[tuple[bytes, bytes]], scheme: str, host: bytes, usb_key_port: int = 0) -> Headers:
    """
    ``given``, names in lower case, and what it lacks of the headers every answer carries.

    ``usb_key_port``, if not 0, is where pages may ask the middleware for USB keys on the machine they are looked at on.
    """
    headers = list(given)
    names = {name for name, _ in headers}
    headers += [pair for pair in _standing(scheme, host, usb_key_port) if pair[0] not in names]
    return headers


@lru_cache(maxsize=64)
def _standing(scheme: str, host: bytes, usb_key_port: int) -> tuple[tuple[bytes, bytes], ...]:
    policy = (b"content-security-policy", _policy(scheme, host, usb_key_port))
    stay = [_STAY_WITH_TLS] if scheme == "https" else []
    return (*_ALWAYS, *stay, policy, (b"cache-control", b"no-store"))


def _policy(scheme: str, host: bytes, usb_key_port: int) -> bytes:
    # 'self' covers ws: and wss: in newer browsers only, so the socket is named.
    if not HOST.fullmatch(host):
        sockets = b""
    elif scheme == "https":
        sockets = b" wss://" + host
    else:
        # A proxy that ends TLS and does not say so gives us pages that will open wss:.
        sockets = b" ws://" + host + b" wss://" + host
    if usb_key_port:
        sockets += b" ws://127.0.0.1:%d" % usb_key_port
    return (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        b"connect-src 'self'" + sockets + b"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        b"require-trusted-types-for 'script'; trusted-types lit-html"
    )
