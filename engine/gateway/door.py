"""Who may come in over a socket, and how much he may ask: where he is let in, and where he is only lodged."""

import re
from collections.abc import Callable
from typing import Final, Protocol

from engine.domain.parties import Principal
from engine.gateway.doorkeeper import Doorkeeper
from engine.gateway.limits import Place, Refused
from engine.gateway.tickets import Tickets
from engine.gateway.tokens import Credential
from engine.wire.refusals import Fault

_TICKET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Door(Protocol):
    """Who may come in, and how much he may ask. One per viewer."""

    def enter(self, ticket: str | None, shut_out: Callable[[], None]) -> Principal | None:
        """
        Let in the holder of ``ticket``, or a member of the public. ``shut_out`` is called if he must leave again.

        Raises:
            Refused: The ticket is no good, or there are too many already.

        """
        ...

    def spend(self) -> None:
        """
        One more frame is to be acted on.

        Raises:
            Refused: Too many came, and ``after_ms`` says when one more may; or the viewer is no longer let in.

        """
        ...

    def leave(self) -> None:
        """The viewer is gone."""
        ...


class Entrance:
    """The door of one sale, as one socket meets it."""

    def __init__(self, sale: str, place: Place, tickets: Tickets, doorkeeper: Doorkeeper) -> None:
        self._sale, self._place, self._tickets, self._doorkeeper = sale, place, tickets, doorkeeper
        self.credential: Credential | None = None
        """By which token the viewer came in; None for the public, and before."""

    def enter(self, ticket: str | None, shut_out: Callable[[], None]) -> Principal | None:
        """See :class:`Door`."""
        if ticket is None:
            self._place.seat(self._sale, None)
            return None
        if _TICKET.fullmatch(ticket) is None:
            raise Refused(Fault.AUTH_INVALID)
        credential = self._tickets.use(ticket, self._sale)
        if not self._doorkeeper.lets_in(credential):
            raise Refused(Fault.AUTH_INVALID)
        self._place.seat(self._sale, credential.principal)
        self.credential = credential
        self._doorkeeper.came_in(self, credential, shut_out)
        return credential.principal

    def spend(self) -> None:
        """See :class:`Door`. Each frame is looked at: between two rounds of the doorkeeper a token may have expired."""
        if self.credential is not None and not self._doorkeeper.lets_in(self.credential):
            raise Refused(Fault.AUTH_INVALID)
        self._place.spend()

    def moved(self) -> None:
        """The viewer is another process's now: his token is looked at there, and his place is kept until he is gone."""
        self._doorkeeper.left(self)

    def leave(self) -> None:
        """See :class:`Door`."""
        self._doorkeeper.left(self)
        self._place.leave()


class Lodging:
    """The door of a viewer whom another process let in: here only his token, and how much he asks, are looked at."""

    def __init__(
        self,
        credential: Credential | None,
        doorkeeper: Doorkeeper,
        spend: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        self._credential, self._doorkeeper, self._spend, self._leave = credential, doorkeeper, spend, leave

    def enter(self, ticket: str | None, shut_out: Callable[[], None]) -> Principal | None:
        """See :class:`Door`. Nobody comes in by this one a second time."""
        if ticket is not None or (credential := self._credential) is None:
            return None
        if not self._doorkeeper.lets_in(credential):
            raise Refused(Fault.AUTH_INVALID)
        self._doorkeeper.came_in(self, credential, shut_out)
        return credential.principal

    def spend(self) -> None:
        """See :class:`Door`."""
        if self._credential is not None and not self._doorkeeper.lets_in(self._credential):
            raise Refused(Fault.AUTH_INVALID)
        self._spend()

    def leave(self) -> None:
        """See :class:`Door`."""
        self._doorkeeper.left(self)
        self._leave()
