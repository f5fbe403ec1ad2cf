"""How the house is doing, for the machines that watch it: whether it lives, whether it serves, and figures."""

import ipaddress
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.answers import problem
from engine.gateway.limits import Refused
from engine.gateway.requests import address_of
from engine.gateway.responses import TRY_AGAIN_MS, as_answered, in_json
from engine.gateway.sales import Sales
from engine.meters import CONTENT_TYPE, Meters
from engine.wire.refusals import Fault

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
ROUTES: Final = (
    ("GET", "/healthz", "healthz"),
    ("GET", "/readyz", "readyz"),
    ("GET", "/metrics", "metrics"),
)
"""Method, path, and the method of :class:`Health` that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The routes. One method, one address."""

    sales: Sales
    meters: Meters
    near: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    """Who may read figures, beside this machine."""

    async def healthz(self, _request: Request) -> Response:
        """The process lives."""
        return in_json({"alive": True})

    async def readyz(self, _request: Request) -> Response:
        """Every room serves."""
        ready, rooms = self.sales.ready()
        if not ready:
            return as_answered(problem(Fault.NOT_READY, after_ms=TRY_AGAIN_MS, rooms=rooms))
        return in_json({"ready": True, "rooms": rooms})

    async def metrics(self, request: Request) -> Response:
        """Figures, for the house's own machines."""
        if not self._is_near(request):
            raise Refused(Fault.HTTP_NOT_LOCAL)
        now = self.sales.statistics()
        self.meters.connections(now.get("connections", {}))
        for queue, waiting in now.get("queues", {}).items():
            self.meters.depth(queue, waiting)
        self.meters.halted(now.get("rooms", {}).get("halted", 0))
        return Response(self.meters.text(), media_type=CONTENT_TYPE)

    def _is_near(self, request: Request) -> bool:
        """
        Whether a request comes from a machine of the house.

        One that a proxy on this machine passed on looks as if it came from here, unless the proxy is trusted to say from where: so a
        request that says it was passed on is not near because of its address alone.
        """
        try:
            address = ipaddress.ip_address(address_of(request))
        except ValueError:
            return False
        if address.is_loopback:
            return not any(name in request.headers for name in FORWARDED)
        return any(address in network for network in self.near)
