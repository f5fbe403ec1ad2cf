"""
Whose page opened a connection, and from where it really comes.

A browser says with ``Origin`` whose page asks. A foreign page may not open a socket here or ask for a ticket. A program that is no
browser sends no Origin and is let through: what counts is the ticket, which no browser adds by itself as it would a cookie, so a
foreign page cannot borrow a visitor's identity, and leaving the header out gives a program nothing it could not claim anyway.
``Origin: null`` (a sandboxed frame, a local file) is somebody's page and nobody's house, and is refused.
"""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

Scheme = Literal["http", "https"]

SAME_ORIGIN: Final = "same-origin"
"""Instead of a list: a page may connect to the house it came from, whatever its name."""

_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_PORTS: Final = {"http": "80", "https": "443"}


class Origins:
    """
    Which pages may connect.

    Args:
        allowed: Origins as browsers write them (``https://sale.example.cn``), or the one word ``same-origin``.

    Raises:
        ValueError: One of them is neither.

    """

    def __init__(self, allowed: Iterable[str]) -> None:
        allowed = tuple(allowed)
        self._same = SAME_ORIGIN in allowed
        self._listed = frozenset(_listed(origin) for origin in allowed if origin != SAME_ORIGIN)

    def allow(self, origin: bytes | None, scheme: str, host: bytes) -> bool:
        """Whether the page that sends ``origin``, if it is a page, may make a request to ``scheme://host``."""
        if origin is None:
            return True
        normal = normal_origin(origin.decode("latin-1"))
        if normal is None:
            return False
        return normal in self._listed or (
            self._same and normal == normal_origin(f"{scheme}://{host.decode('latin-1')}")
        )


class Proxies:
    """
    The proxies in front of the house whose word is taken on where a request comes from.

    Empty by default. A proxy belongs on the list only if it sets ``X-Forwarded-For`` and ``X-Forwarded-Proto`` itself: what it
    would merely pass on, anybody could have written.

    Args:
        trusted: Addresses or networks (``10.0.0.5``, ``172.16.0.0/12``, ``::1``).

    Raises:
        ValueError: One of them is neither.

    """

    def __init__(self, trusted: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(each) for each in trusted]

    def trusts(self, address: str) -> bool:
        """Whether ``address`` is one of them."""
        if not self._networks:
            return False
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._networks)

    def address(self, peer: str, forwarded_for: bytes | None) -> str:
        """
        Where a request comes from that ``peer`` handed us.

        Read from the right: each address was written by the one behind it, so the first that is not a proxy of ours is as far as
        the words can be trusted.
        """
        if forwarded_for is None:
            return peer
        hops, nearest = forwarded_for.decode("latin-1").split(","), peer
        while hops and self.trusts(nearest):
            hop = _address(hops.pop().strip())
            if hop is None:
                break
            nearest = hop
        return nearest

    def scheme(self, peer: str, forwarded_proto: bytes | None, spoken: Scheme = "http") -> Scheme:
        """How the browser spoke to the outermost of us; ``spoken`` is how ``peer`` speaks to us."""
        if forwarded_proto is not None and self.trusts(peer):
            said = forwarded_proto.rpartition(b",")[2].strip().lower()
            return "https" if said == b"https" else "http"
        return spoken


def plain_address(host: str) -> str:
    """An address as a socket gives it, without what only says how it reached us."""
    if ":" not in host:
        return host
    address = ipaddress.IPv6Address(host.partition("%")[0])
    return str(address.ipv4_mapped or address)


@lru_cache(maxsize=256)
def normal_origin(origin: str) -> str | None:
    """``origin`` in its one spelling, without a port that goes without saying; None if it is none."""
    match = _ORIGIN.fullmatch(origin.lower())
    if match is None:
        return None
    scheme, host, port = match.groups()
    return f"{scheme}://{host}" if port in {None, _PORTS[scheme]} else f"{scheme}://{host}:{port}"


def _listed(origin: str) -> str:
    normal = normal_origin(origin)
    if normal is None:
        raise ValueError(f"{origin!r} is no origin: it should look like https://sale.example.cn, or be {SAME_ORIGIN!r}")
    return normal


def _address(hop: str) -> str | None:
    """The address in one element of ``X-Forwarded-For``, which may have a port."""
    bare = hop[1 : hop.index("]")] if hop.startswith("[") and "]" in hop else hop
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return plain_address(str(ipaddress.ip_address(bare)))
    except ValueError:
        return None
