"""How the house stands on its machines, for everybody: its rooms, their epochs, how far each record is, and in how many copies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.limits import Limits
from engine.gateway.requests import address_of
from engine.gateway.responses import in_json

ROUTES: Final = (("GET", "/api/cluster", "cluster"),)
"""Method, path, and the method of :class:`Cluster` that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The route. One method, one address."""

    state: Callable[[], dict[str, Any]]
    """See :meth:`engine.gateway.sales.Sales.cluster`."""

    limits: Limits

    async def cluster(self, request: Request) -> Response:
        """How the house stands now. Of openings nothing: how far their record is, nobody is to know."""
        self.limits.read(address_of(request))
        return in_json(self.state())
