"""What everybody may read of a sale: what it is, its record page by page, and the whole of it to keep."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

import trio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from engine.gateway import exports
from engine.gateway.limits import Limits, Refused
from engine.gateway.requests import address_of, language, named, number
from engine.gateway.responses import CSV, TRY_AGAIN_MS, in_json, to_keep
from engine.gateway.sales import Sales
from engine.wire.refusals import Fault

RECORDS_MAX: Final = 500
_SALE: Final = "/api/sales/{sale}"
ROUTES: Final = (
    ("GET", "/api/sales", "listing"),
    ("GET", _SALE, "about"),
    ("GET", f"{_SALE}/record", "record"),
    ("GET", f"{_SALE}/export.jsonl", "export"),
    ("GET", f"{_SALE}/bids.csv", "bids"),
    ("GET", f"{_SALE}/lots.csv", "lots"),
)
"""Method, path, and the method of :class:`PublicRecord` that answers."""

_Chunks = AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """The routes. One method, one address."""

    sales: Sales
    limits: Limits
    exporting: trio.CapacityLimiter
    """Whole records being sent at once."""

    async def listing(self, _request: Request) -> Response:
        """Every sale."""
        return in_json(self.sales.listing())

    async def about(self, request: Request) -> Response:
        """One sale."""
        return in_json(named(self.sales.about, request))

    async def record(self, request: Request) -> Response:
        """One page of a sale's record."""
        self.limits.read(address_of(request))
        after = number(request, "after", least=0, otherwise=0)
        limit = number(request, "limit", least=1, otherwise=RECORDS_MAX)
        page = await self.sales.record(request.path_params["sale"], after, min(limit, RECORDS_MAX))
        if page is None:
            raise Refused(Fault.NOT_FOUND)
        return in_json(page)

    async def export(self, request: Request) -> Response:
        """The whole record, one JSON a line."""
        return self._export(request, ".jsonl", "application/jsonl", partial(exports.jsonl, self.sales))

    async def bids(self, request: Request) -> Response:
        """Every bid, for a spreadsheet."""
        write = partial(exports.bids_csv, self.sales, lang=language(request))
        return self._export(request, "-bids.csv", CSV, write)

    async def lots(self, request: Request) -> Response:
        """Every lot, for a spreadsheet."""
        write = partial(exports.lots_csv, self.sales, lang=language(request))
        return self._export(request, "-lots.csv", CSV, write)

    def _export(self, request: Request, end: str, media_type: str, write: Callable[[str], _Chunks]) -> Response:
        self.limits.read(address_of(request))
        named(self.sales.about, request)
        if not self.exporting.available_tokens:
            raise Refused(Fault.BUSY, after_ms=TRY_AGAIN_MS)
        sale: str = request.path_params["sale"]
        return _Export(self.exporting, write(sale), media_type, to_keep(sale + end))


class _Export(StreamingResponse):
    """A stream that takes one of the places for exports while it lasts, and is closed however it ends."""

    def __init__(self, places: trio.CapacityLimiter, chunks: _Chunks, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(chunks, media_type=media_type, headers=headers)
        self._places, self._chunks = places, chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._places, aclosing(self._chunks):
            await super().__call__(scope, receive, send)
