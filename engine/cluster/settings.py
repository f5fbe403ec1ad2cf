"""How an engine and its gateways reach each other, and the limits of what is carried."""

from dataclasses import dataclass
from typing import Final

GATEWAYS_MAX: Final = 64
"""Gateway processes one engine may start beside itself."""


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Limits and addresses of a house on several machines. With neither address it is one process."""

    redis_url: str = ""
    """``redis://``, ``rediss://`` or ``unix://``, with user, password and certificates as redis-py reads them; empty for none."""

    sentinels: tuple[str, ...] = ()
    """``host:port`` of each Sentinel, if they say where Redis is; ``redis_url`` then gives user, password, scheme and certificates."""

    sentinel_url: str = ""
    """How to speak to the Sentinels, as ``redis_url`` without a host; empty: as to Redis, without user and password."""

    sentinel_service: str = "luochui"
    """The name the Sentinels know our Redis by."""

    socket: str = ""
    """Path of a Unix socket for gateways on this machine; empty for none."""

    gateways: int = 0
    """
    Gateway processes an engine starts beside itself, behind its one port, for the sockets of bidders and watchers; 0 for none.

    Where TLS ends in the engine (``http.tls_certificate``) none are started: such a socket cannot be another process's.
    """

    gateways_ready_s: float = 10.0
    """At start nobody is let in before these are there, or so long has passed: a hall that comes back at once shall find them."""

    gateway_leaving_max: int = 4096
    """Sockets on their way to one of them; who comes beyond stays with the engine. Each is an open file."""

    gateway_silent_s_max: float = 15.0
    """One that says nothing for so long is ended, and started again."""

    gateway_back_ms: int = 200
    """One that ended is started again after so long; if it ends again at once, after twice as long each time."""

    gateway_back_ms_max: int = 5000
    """But no later than this."""

    beat_ms: int = 500
    """How often an engine says where each record stands, and looks whether the carrier still holds it."""

    silent_ms_max: int = 3000
    """A gateway that has not heard an engine for so long lets its viewers go, so that none takes an old picture for a new one."""

    presence_ms: int = 500
    """How often a gateway elsewhere says of each sale who is there; it says nothing oftener, whatever happens."""

    presence_bidders_max: int = 20_000
    """Bidders of one sale in such a report; a gateway with more leaves the highest paddles out, and they do not count."""

    presence_held_max: int = 512
    """Such reports a carrier holds for each sale; the newest of each gateway says all."""

    transit_ms_max: int = 5000
    """A letter longer on its way than this is not taken up: who asks for it hears that it was never seen."""

    carried_max: int = 4096
    """Newest commits a carrier holds for each room; older ones are asked of the engine."""

    letters_max: int = 8192
    """Letters a carrier, and each gateway, holds for a room."""

    page_records: int = 500
    """Records an engine hands out at once to a gateway that asks."""

    timeout_ms: int = 2000
    """A carrier that does not answer for so long is taken for gone, and tried again."""

    moves_listen: str = ""
    """Where an engine takes sales from others: ``host:port``, or the path of a Unix socket; empty for none."""

    standby_listen: str = ""
    """Where an engine awaits its standby: ``host:port``, or the path of a Unix socket; empty for none."""

    standby_mode: str = "sync"
    """``sync``: nothing is shown or acknowledged before the standby has it on its disk. ``async``: the standby may be behind."""

    standby_gone_ms: int = 3000
    """A standby missing for so long is said on every screen; in sync mode bidding is suspended."""
