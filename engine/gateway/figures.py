"""What is asked of a sale in figures, and of all of them, with the lines that were published of others."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from engine.gateway import figure_tables
from engine.gateway.limits import Limits, Refused
from engine.gateway.published import published
from engine.gateway.requests import address_of, language
from engine.gateway.responses import as_file, in_json
from engine.gateway.sales import Sales
from engine.wire.refusals import Fault

_SALE: Final = "/api/sales/{sale}"
ROUTES: Final = (
    ("GET", f"{_SALE}/figures", "figures"),
    ("GET", f"{_SALE}/figures.json", "figures_json"),
    ("GET", f"{_SALE}/figures/records", "figure_records"),
    ("GET", f"{_SALE}/figures/{{table}}.csv", "figures_csv"),
    ("GET", "/api/figures", "series"),
    ("GET", "/api/figures.csv", "series_csv"),
)
"""Method, path, and the method of :class:`Figures` that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The routes. One method, one address."""

    sales: Sales
    limits: Limits

    async def figures(self, request: Request) -> Response:
        """One sale in figures."""
        return in_json(await self._figures(request))

    async def figures_csv(self, request: Request) -> Response:
        """One table of them, for a spreadsheet."""
        figures, name = await self._figures(request), request.path_params["table"]
        content = figure_tables.of_sale(name, figures, language(request))
        if content is None:
            raise Refused(Fault.NOT_FOUND)
        return as_file(content, f"{figures['sale']}-{name}.csv")

    async def figures_json(self, request: Request) -> Response:
        """All of them, to keep."""
        figures = await self._figures(request)
        return as_file(orjson.dumps(figures), f"{figures['sale']}-figures.json", "application/json")

    async def figure_records(self, request: Request) -> Response:
        """The newest records behind one figure."""
        self.limits.read(address_of(request))
        found = await self.sales.figure_records(request.path_params["sale"], request.query_params.get("of", ""))
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return in_json(found)

    async def series(self, request: Request) -> Response:
        """All sales in figures, and the published lines."""
        self.limits.read(address_of(request))
        return in_json({**await self.sales.series(), "published": published()})

    async def series_csv(self, request: Request) -> Response:
        """All sales, for a spreadsheet."""
        self.limits.read(address_of(request))
        content = figure_tables.of_series(await self.sales.series(), language(request))
        return as_file(content, "figures.csv")

    async def _figures(self, request: Request) -> dict[str, Any]:
        self.limits.read(address_of(request))
        figures = await self.sales.figures(request.path_params["sale"])
        if figures is None:
            raise Refused(Fault.NOT_FOUND)
        return figures
