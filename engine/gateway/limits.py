"""
How often and how many: per principal, per address, in all.

Every table here is bounded: whoever changes his address with each request fills a table, and does not empty our memory. Time is
monotonic seconds from a clock that is handed in.
"""

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from engine.domain.parties import Principal
from engine.wire.refusals import Fault

PRIVATE_HOSTS_BITS: Final = 64
"""One IPv6 customer is given at least so many bits for himself: his whole network counts as one address."""


ALL: Final = "all"
"""The key under which a table counts everybody. No network is called so."""

Wanted = tuple[Counter[Hashable], Hashable, int]
"""One more in this table under this key, of which there may be so many."""


class Refused(Exception):
    """
    The door says no. Nothing was recorded.

    Attributes:
        fault: What is wrong.
        detail: Values that help to do better; what the sentence of ``fault`` asks for is among them.

    """

    def __init__(self, fault: Fault, **detail: int | str) -> None:
        super().__init__(fault, detail)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """
    What one principal, one address and all together may use.

    Per-address limits are wide: a whole saleroom, or a mobile carrier's city, may come from one address.
    """

    commands_per_s: float = 10.0
    """Per principal and sale, on all its sockets together."""

    commands_burst: int = 20
    """Commands a principal may send at once after a rest."""

    sockets_per_principal: int = 3
    half_open_per_address: int = 200
    """Sockets that have not said yet who they are: a whole hall may come back at once."""

    half_open_max: int = 2000
    public_per_address: int = 1000
    """Sockets of the public hall and the record, which need no ticket."""

    public_max: int = 18_000

    tickets_per_s: float = 20.0
    """Ticket requests per address, right or wrong."""

    tickets_burst: int = 400
    """Ticket requests of one address at once: a hall whose link came back."""

    reads_per_s: float = 20.0
    """Pages of the record and exports, per address: they cost the journal's time."""

    reads_burst: int = 200

    looks_per_s: float = 10.0
    """Pictures of the past, per address: each is rebuilt from the journal."""

    looks_burst: int = 100

    uploads_per_s: float = 50.0
    """What is asked of the store of sealed envelopes, a chunk each, per bidder and opening; commands are counted apart."""

    uploads_burst: int = 100
    plans_per_s: float = 5.0
    """Checks and announcements of sales to be, per address, before anybody looks at the token."""

    plans_burst: int = 40

    keys_max: int = 50_000
    """Entries in any one table."""

    come_back_ms: int = 5000
    """What a refused socket is told: by then a lost one of the same person has been noticed and let go."""


class Buckets:
    """
    Token buckets by key.

    A table that is full forgets the key unused for longest: the worst that can happen is that it gets a new burst.
    """

    def __init__(self, per_s: float, burst: int, keys_max: int, now: Callable[[], float]) -> None:
        self._per_s, self._burst, self._keys_max, self._now = per_s, burst, keys_max, now
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        """Key → tokens left, and when that was so."""

    def __len__(self) -> int:
        """How many keys are known."""
        return len(self._levels)

    def spend(self, key: Hashable) -> int:
        """Take a token; 0 if there was one, else after how many milliseconds there will be."""
        now = self._now()
        tokens, at = self._levels.pop(key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - at) * self._per_s)
        # A hair less than a whole token is one: who comes back exactly when told must not be told again.
        wait_ms = 0 if tokens > 1 - 1e-6 else max(1, ceil((1 - tokens) / self._per_s * 1000))
        self._levels[key] = (tokens if wait_ms else tokens - 1, now)
        if len(self._levels) > self._keys_max:
            self._levels.popitem(last=False)
        return wait_ms


class Place:
    """
    One socket's place in the house: from the moment its upgrade was let through until it is gone.

    Made by :meth:`Limits.knock`; whoever holds it must :meth:`leave`, however the socket ends.
    """

    def __init__(self, limits: "Limits", address: str) -> None:
        self._limits, self._network = limits, network(address)
        self._held: list[tuple[Counter[Hashable], Hashable]] = []
        self._key: Hashable = self
        self.give_way: Callable[[], None] = self.leave
        """Called when the place is needed for one from an address that holds fewer: the socket is to go at once."""

    def seat(self, sale: str, principal: Principal | None) -> None:
        """
        The socket has said who it is: ``principal``, or None for the public.

        Raises:
            Refused: ``E_TOO_MANY_SESSIONS``. The place is still half open; leave it.

        """
        limits, settings = self._limits, self._limits.settings
        if principal is None:
            wanted: list[Wanted] = [
                (limits.public, self._network, settings.public_per_address),
                (limits.public, ALL, settings.public_max),
            ]
        else:
            self._key = (sale, principal)
            wanted = [(limits.sockets, self._key, settings.sockets_per_principal)]
        self._check(wanted)
        self.leave()
        self._hold(wanted)

    def spend(self) -> None:
        """
        A frame came that costs work.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self._limits.commands, self._key)

    def leave(self) -> None:
        """The socket is gone. A second time does nothing."""
        self._limits.not_half_open(self, self._network)
        for counter, key in self._held:
            counter[key] -= 1
            if not counter[key]:
                del counter[key]
        self._held = []

    def knock(self) -> None:
        """Take a half-open place; see :meth:`Limits.knock`."""
        limits, settings = self._limits, self._limits.settings
        wanted: list[Wanted] = [
            (limits.half_open, self._network, settings.half_open_per_address),
            (limits.half_open, ALL, settings.half_open_max),
        ]
        self._check(wanted[:1])
        if limits.half_open[ALL] >= settings.half_open_max:
            limits.make_room(self._network)
        self._check(wanted)
        self._hold(wanted)
        limits.knocking.setdefault(self._network, {})[self] = None

    def _check(self, wanted: Sequence[Wanted]) -> None:
        for counter, key, most in wanted:
            if counter[key] >= most:
                raise Refused(Fault.TOO_MANY_SESSIONS, most=most, after_ms=self._limits.settings.come_back_ms)

    def _hold(self, wanted: Sequence[Wanted]) -> None:
        for counter, key, _ in wanted:
            counter[key] += 1
            self._held.append((counter, key))


class Limits:
    """
    All limits of one engine.

    Args:
        settings: The figures.
        now: Monotonic seconds.

    """

    def __init__(self, settings: LimitSettings, now: Callable[[], float]) -> None:
        self.settings = settings
        self.commands = Buckets(settings.commands_per_s, settings.commands_burst, settings.keys_max, now)
        self.half_open: Counter[Hashable] = Counter()
        self.knocking: dict[str, dict[Place, None]] = {}
        """Half-open places by network, the oldest first."""

        self.public: Counter[Hashable] = Counter()
        self.sockets: Counter[Hashable] = Counter()
        self._uploads = Buckets(settings.uploads_per_s, settings.uploads_burst, settings.keys_max, now)
        self._tickets = Buckets(settings.tickets_per_s, settings.tickets_burst, settings.keys_max, now)
        self._reads = Buckets(settings.reads_per_s, settings.reads_burst, settings.keys_max, now)
        self._looks = Buckets(settings.looks_per_s, settings.looks_burst, settings.keys_max, now)
        self._plans = Buckets(settings.plans_per_s, settings.plans_burst, settings.keys_max, now)

    def knock(self, address: str) -> Place:
        """
        A place for a socket from ``address`` that has not said yet who it is.

        Raises:
            Refused: ``E_TOO_MANY_SESSIONS``.

        """
        place = Place(self, address)
        place.knock()
        return place

    def make_room(self, network_: str) -> None:
        """
        Let the oldest half-open socket of the network that holds most give way to one of ``network_``, if that holds fewer.

        Who means to come in says who he is as soon as he is connected; who fills the house with silence waits longest.
        """
        most = max(self.knocking, key=lambda each: len(self.knocking[each]))
        if len(self.knocking[most]) > len(self.knocking.get(network_, ())) + 1:
            oldest = next(iter(self.knocking[most]))
            oldest.give_way()
            oldest.leave()

    def not_half_open(self, place: Place, network_: str) -> None:
        """``place`` is gone, or its socket has said who it is."""
        there = self.knocking.get(network_, {})
        there.pop(place, None)
        if not there:
            self.knocking.pop(network_, None)

    def ticket(self, address: str) -> None:
        """
        ``address`` asks for a ticket.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self._tickets, network(address))

    def command(self, sale: str, principal: Principal) -> None:
        """
        ``principal`` asks something of ``sale`` without a socket; it counts with what comes over its sockets.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self.commands, (sale, principal))

    def stranger(self, number: int) -> None:
        """
        One of the public, known by ``number``, sends a frame over his socket.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self.commands, number)

    def upload(self, sale: str, principal: Principal) -> None:
        """
        ``principal`` asks the store of sealed envelopes of ``sale``.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self._uploads, (sale, principal))

    def read(self, address: str) -> None:
        """
        ``address`` asks for a page of the record.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self._reads, network(address))

    def look(self, address: str) -> None:
        """
        ``address`` asks how a sale stood at an earlier record.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self._looks, network(address))

    def plan(self, address: str) -> None:
        """
        ``address`` sends a sale to be.

        Raises:
            Refused: ``E_RATE_LIMITED``, with ``after_ms``.

        """
        _spend(self._plans, network(address))


def _spend(buckets: Buckets, key: Hashable) -> None:
    wait_ms = buckets.spend(key)
    if wait_ms:
        raise Refused(Fault.RATE_LIMITED, after_ms=wait_ms)


def network(address: str) -> str:
    """
    What counts as one address: an IPv4 address, or an IPv6 network of 64 bits.

    An address that cannot be read counts as itself.
    """
    if ":" not in address:
        return address
    try:
        whole = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if whole.ipv4_mapped is not None:
        return str(whole.ipv4_mapped)
    return str(ipaddress.IPv6Network((whole, PRIVATE_HOSTS_BITS), strict=False))
