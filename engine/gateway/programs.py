"""What programs ask of a sale, and how people come to its socket: tickets, commands, what became of them, and how the sale stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.callers import Callers
from engine.gateway.desk import Desk, answered
from engine.gateway.limits import Limits, Refused
from engine.gateway.requests import address_of, named, number
from engine.gateway.responses import NO_STORE, as_answered, in_json
from engine.gateway.sales import Sales
from engine.gateway.tickets import Tickets
from engine.wire.refusals import Fault

_SALE: Final = "/api/sales/{sale}"
ROUTES: Final = (
    ("POST", f"{_SALE}/ticket", "ticket"),
    ("GET", f"{_SALE}/socket", "socket"),
    ("POST", f"{_SALE}/commands", "command"),
    ("GET", f"{_SALE}/commands/{{id}}", "became"),
    ("GET", f"{_SALE}/picture", "picture"),
)
"""Method, path, and the method of :class:`Programs` that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """The routes. One method, one address."""

    sales: Sales
    desks: Callable[[str], Desk | None]
    tickets: Tickets
    callers: Callers
    limits: Limits

    async def ticket(self, request: Request) -> Response:
        """A ticket for who shows a token."""
        self.limits.ticket(address_of(request))
        named(self.sales.about, request)
        ticket = self.tickets.issue(self.callers.shown(request))
        return in_json({"ticket": ticket, "expires_in_s": int(self.tickets.settings.expires_in_s)})

    async def socket(self, _request: Request) -> Response:
        """Where sockets are opened, asked for without wanting one."""
        raise Refused(Fault.HTTP_UPGRADE)

    async def command(self, request: Request) -> Response:
        """One command, as a frame on the socket would carry it."""
        desk = self._desk(request)
        raw = await request.body()
        arrived_at = desk.now()
        principal = self.callers.bearer_of(request)
        # From here to the room nothing may wait: the clerk takes up in the order of the stamps.
        reply = desk.take(raw, principal, arrived_at)
        return as_answered(answered(await reply.payload(), request.path_params["sale"]))

    async def became(self, request: Request) -> Response:
        """What became of one's own command."""
        desk = self._desk(request)
        reply = desk.inquire(request.path_params["id"], self.callers.bearer_of(request))
        return as_answered(answered(await reply.payload(), request.path_params["sale"], asked_only=True))

    async def picture(self, request: Request) -> Response:
        """How the sale stands, as the public or the bearer of a token may see it; or how the public saw it at an earlier moment."""
        if "at" in request.query_params or "at_us" in request.query_params:
            return await self._past(request)
        self.limits.read(address_of(request))
        desk = self._desk(request)
        principal = self.callers.bearer_of(request) if "authorization" in request.headers else None
        return in_json(desk.picture(principal))

    async def _past(self, request: Request) -> Response:
        self.limits.look(address_of(request))
        sale, at_us = request.path_params["sale"], number(request, "at_us", least=0, otherwise=0)
        named = "at" in request.query_params
        seq = number(request, "at", least=1, otherwise=1) if named else None
        found = await self.sales.past(sale, seq=seq, at_us=None if named else at_us)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return Response(found, media_type="application/json", headers=NO_STORE)

    def _desk(self, request: Request) -> Desk:
        desk = self.desks(request.path_params["sale"])
        if desk is None:
            raise Refused(Fault.NOT_FOUND)
        return desk
