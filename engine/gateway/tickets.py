"""
Tickets: how a browser that has shown its token over HTTP says who it is on a socket.

A ticket is 256 random bits, good once and for 30 seconds, for one principal in one sale. It is deliberately **not** bound to the
address it was asked from: a telephone changes its address between two requests when it leaves the Wi-Fi or falls back from IPv6 to
IPv4, and a carrier may answer two requests from two addresses. Binding would turn such a bidder away at the worst moment, and would
buy little against someone who can read a TLS connection within its 30 seconds.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engine.domain.parties import Principal
from engine.gateway.limits import Refused
from engine.gateway.tokens import Credential
from engine.wire.refusals import Fault

TICKET_BYTES: Final = 32
BUSY_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class TicketSettings:
    """How long tickets are good, and how many may be out."""

    expires_in_s: float = 30.0

    per_principal_max: int = 8
    """Beyond, the oldest of the same principal is void: who asks again did not get the answer."""

    outstanding_max: int = 20_000


@dataclass(frozen=True, slots=True)
class _Holder:
    credential: Credential
    until: float

    @property
    def whose(self) -> tuple[str, Principal]:
        """The sale, and who in it."""
        return self.credential.sale, self.credential.principal


class Tickets:
    """
    The tickets that are out.

    Kept as digests: whoever reads our memory cannot use them, and looking one up takes the same time for every wrong guess.

    Args:
        settings: The figures.
        now: Monotonic seconds.

    """

    def __init__(self, settings: TicketSettings, now: Callable[[], float]) -> None:
        self.settings = settings
        self._now = now
        self._holders: dict[bytes, _Holder] = {}
        """In the order in which they expire."""

        self._count: Counter[tuple[str, Principal]] = Counter()

    def __len__(self) -> int:
        """How many are out, expired ones not yet swept included."""
        return len(self._holders)

    def issue(self, credential: Credential) -> str:
        """
        A new ticket for who has shown the token of ``credential``.

        Raises:
            Refused: ``E_BUSY``: too many are out.

        """
        now = self._now()
        self._sweep(now)
        whose = credential.sale, credential.principal
        if self._count[whose] >= self.settings.per_principal_max:
            oldest = next(key for key, held in self._holders.items() if held.whose == whose)
            self._take(oldest)
        if len(self._holders) >= self.settings.outstanding_max:
            raise Refused(Fault.BUSY, after_ms=BUSY_MS)
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        self._holders[_digest(ticket)] = _Holder(credential, now + self.settings.expires_in_s)
        self._count[whose] += 1
        return ticket

    def use(self, ticket: str, sale: str) -> Credential:
        """
        Who holds ``ticket``, and by which token; that one may have been taken back since.

        The ticket is void from now on, whatever the answer.

        Raises:
            Refused: ``E_TICKET_USED``: used, expired, for another sale, or never issued. Which of these is not said.

        """
        held = self._take(_digest(ticket))
        if held is None or held.credential.sale != sale or self._now() >= held.until:
            raise Refused(Fault.TICKET_USED)
        return held.credential

    def _sweep(self, now: float) -> None:
        while self._holders:
            oldest = next(iter(self._holders))
            if self._holders[oldest].until > now:
                return
            self._take(oldest)

    def _take(self, key: bytes) -> _Holder | None:
        held = self._holders.pop(key, None)
        if held is not None:
            self._count[held.whose] -= 1
            if not self._count[held.whose]:
                del self._count[held.whose]
        return held


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode(errors="surrogatepass")).digest()
