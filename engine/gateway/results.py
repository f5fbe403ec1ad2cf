"""What outsiders ask of quota sales over HTTP: one sale's result, and all of a house month by month."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from engine.gateway.limits import Limits, Refused
from engine.gateway.months import months, of_months, of_result
from engine.gateway.requests import address_of, language
from engine.gateway.responses import as_file, in_json
from engine.wire.refusals import Fault

ROUTES: Final = (
    ("GET", "/api/sales/{sale}/result", "result"),
    ("GET", "/api/sales/{sale}/result.csv", "result_csv"),
    ("GET", "/api/quota", "months"),
    ("GET", "/api/quota.csv", "months_csv"),
)
"""Method, path, and the method of :class:`Results` that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The routes. One method, one address."""

    results: Callable[[], list[dict[str, Any]]]
    """Of every quota sale."""

    limits: Limits

    async def result(self, request: Request) -> Response:
        """The result of a quota sale; nulls before there is one."""
        return in_json(self._of(request))

    async def result_csv(self, request: Request) -> Response:
        """The same, for a spreadsheet."""
        return as_file(of_result(self._of(request), language(request)), f"{request.path_params['sale']}-result.csv")

    async def months(self, request: Request) -> Response:
        """Every quota sale of the house, by month."""
        self.limits.read(address_of(request))
        return in_json(months(self.results()))

    async def months_csv(self, request: Request) -> Response:
        """The same, for a spreadsheet."""
        self.limits.read(address_of(request))
        return as_file(of_months(months(self.results()), language(request)), "quota.csv")

    def _of(self, request: Request) -> dict[str, Any]:
        self.limits.read(address_of(request))
        sale = request.path_params["sale"]
        found = next((each for each in self.results() if each["sale"] == sale), None)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return found
