"""What is answered over HTTP: the pages, the public record, figures, tickets, and how the house is doing."""

import ipaddress
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import orjson
import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from engine import wire
from engine.domain.parties import Principal, Role, role_of
from engine.gateway import exports, figure_tables, qr
from engine.gateway.answers import Answer, problem
from engine.gateway.board import ROUTES as BOARD_ROUTES
from engine.gateway.board import Board
from engine.gateway.builder import BUILDER_ROUTES, PAGE, Builder, Planner
from engine.gateway.cluster import ROUTES as CLUSTER_ROUTES
from engine.gateway.cluster import Cluster
from engine.gateway.desk import Desk, answered
from engine.gateway.limits import Limits, Refused
from engine.gateway.papers import MEDIA_TYPES, Papers
from engine.gateway.proofs import ROUTES as LOG_ROUTES
from engine.gateway.proofs import OpenLog, Proofs
from engine.gateway.published import published
from engine.gateway.requests import address_of, number
from engine.gateway.results import ROUTES as RESULT_ROUTES
from engine.gateway.results import Results
from engine.gateway.sales import Sales
from engine.gateway.shanghai import ROUTES as SHANGHAI_ROUTES
from engine.gateway.shanghai import Shanghai
from engine.gateway.shelf import Book, Shelf
from engine.gateway.tender import ROUTES as TENDER_ROUTES
from engine.gateway.tender import Tender
from engine.gateway.tickets import Tickets
from engine.gateway.tokens import AuthInvalid, Credential, Tokens, bearer
from engine.gateway.uploads import UPLOAD_ROUTES, Uploads
from engine.meters import CONTENT_TYPE, Meters
from engine.shanghai import published as published_months
from engine.wire.refusals import Fault

VIEWS: Final = ("hall", "bidder", "rostrum", "supervisor", "admission", "record", "figures")
"""The pages of a sale."""

OF_A_QUOTA: Final = {
    "hall": "quota-hall",
    "bidder": "quota-bidder",
    "rostrum": "quota-desk",
    "supervisor": "quota-desk",
    "admission": "quota-desk",
    "figures": "quota-result",
}
"""What a quota sale has in the place of a page: its addresses are those of every sale."""

OF_AN_OPENING: Final = {
    "hall": "opening-hall",
    "bidder": "opening-bidder",
    "rostrum": "opening-desk",
    "supervisor": "opening-desk",
    "admission": "opening-desk",
    "trustee": "opening-trustee",
    "record": "record",
    "figures": "opening-result",
}
"""What an opening of sealed bids has in the place of a page. It has no others."""

RECORDS_MAX: Final = 500
SEQ_MAX: Final = 2**63 - 1
REVALIDATE: Final = "no-cache"
"""Keep it, but ask each time whether it is still the same."""

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
TRY_AGAIN_MS: Final = 1000
PAPERS_AFTER_MS: Final = {Fault.BUSY: TRY_AGAIN_MS, Fault.PAPER_NOT_YET: 30_000}
"""When it is worth asking for a paper again."""


_T = TypeVar("_T")
PUBLISHED: Final = Path(wire.__file__).parent
"""The folder of ``openapi.json`` and ``asyncapi.json``, made by :mod:`engine.describe`."""

_SALE: Final = "/api/sales/{sale}"
ROUTES: Final = (
    ("GET", "/", "index"),
    ("GET", "/sales/{sale}/record.svg", "code"),
    ("GET", "/sales/{sale}/kiosk", "kiosk"),
    ("GET", "/sales/{sale}/{view}", "view"),
    ("GET", "/figures", "series_page"),
    ("GET", "/board", "board_page"),
    ("GET", "/cluster", "cluster_page"),
    ("GET", "/quota", "quota_page"),
    ("GET", "/shanghai", "shanghai_page"),
    ("GET", "/web/{name:path}", "file"),
    ("GET", "/api", "api"),
    ("GET", "/api/openapi.json", "openapi"),
    ("GET", "/api/asyncapi.json", "asyncapi"),
    ("GET", "/api/sales", "listing"),
    ("GET", _SALE, "about"),
    ("POST", f"{_SALE}/ticket", "ticket"),
    ("GET", f"{_SALE}/socket", "socket"),
    ("POST", f"{_SALE}/commands", "command"),
    ("GET", f"{_SALE}/commands/{{id}}", "became"),
    ("GET", f"{_SALE}/picture", "picture"),
    ("GET", f"{_SALE}/record", "record"),
    ("GET", f"{_SALE}/export.jsonl", "export"),
    ("GET", f"{_SALE}/bids.csv", "bids"),
    ("GET", f"{_SALE}/lots.csv", "lots"),
    ("GET", f"{_SALE}/papers", "paper_list"),
    ("GET", f"{_SALE}/papers/{{name}}.{{form}}", "paper"),
    ("GET", f"{_SALE}/figures", "figures"),
    ("GET", f"{_SALE}/figures.json", "figures_json"),
    ("GET", f"{_SALE}/figures/records", "figure_records"),
    ("GET", f"{_SALE}/figures/{{table}}.csv", "figures_csv"),
    ("GET", "/api/figures", "series"),
    ("GET", "/api/figures.csv", "series_csv"),
    ("GET", "/healthz", "healthz"),
    ("GET", "/readyz", "readyz"),
    ("GET", "/metrics", "metrics"),
)
"""Method, path, and the method of :class:`Pages` that answers."""

EVERY_ROUTE: Final = (
    *ROUTES,
    *BOARD_ROUTES,
    *CLUSTER_ROUTES,
    *LOG_ROUTES,
    *RESULT_ROUTES,
    *SHANGHAI_ROUTES,
    *TENDER_ROUTES,
)
"""What every house serves."""

DESCRIBED: Final = (*EVERY_ROUTE, *BUILDER_ROUTES, *UPLOAD_ROUTES)
"""The whole of it, with what is served where sales are made and envelopes kept; described by :mod:`engine.describe`."""

_Chunks = AsyncGenerator[bytes, None]
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What the pages need to be told."""

    metrics_from: tuple[str, ...] = ()
    """Addresses or networks that may read ``/metrics``, beside this machine."""

    exports_max: int = 4
    """Whole records being sent at once; each takes its share of the journal's time."""

    upload_bytes_max: int = 4 * 1024 * 1024
    """A sale's form and lists as they are sent to be checked or announced."""

    chunks_per_bidder_max: int = 32
    """Sealed opening sheets held of one bidder; then the oldest goes that no envelope needs."""

    public_url: str = ""
    """The house as people outside reach it, ``https://sale.example.cn``, for QR codes; empty: as the asker called it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The routes. One method, one address."""

    sales: Sales
    papers: Papers
    desks: Callable[[str], Desk | None]
    tokens: Tokens
    tickets: Tickets
    limits: Limits
    meters: Meters
    settings: PageSettings
    shelf: Shelf
    published: Shelf
    now: Callable[[], float]
    """Seconds since 1970, for tokens."""

    usb_key_port: int
    exporting: trio.CapacityLimiter
    near: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]

    # Pages.

    async def index(self, request: Request) -> Response:
        """The list of sales."""
        return self._shell("index", request)

    async def builder(self, request: Request) -> Response:
        """Where a sale is made. Whose it is, is asked when something is sent."""
        return self._shell("builder", request)

    async def view(self, request: Request) -> Response:
        """One page of one sale."""
        about = self._about(request)
        view = request.path_params["view"]
        found = _page_of(about["kind"], view)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return self._shell(found, request)

    async def kiosk(self, request: Request) -> Response:
        """Where bidders of an opening look, sign in and unseal in the hall, a page."""
        if self._about(request)["kind"] != "opening":
            raise Refused(Fault.NOT_FOUND)
        return self._shell("kiosk", request)

    async def code(self, request: Request) -> Response:
        """The address of a sale's public record, or of one record in it, as a QR code, for those who stand before a screen."""
        self.limits.read(address_of(request))
        self._about(request)
        origin = self.settings.public_url or _origin(request)
        seq = number(request, "seq", least=1, otherwise=0)
        page = f"{origin}/sales/{quote(request.path_params['sale'], safe='')}/record"
        return Response(qr.svg(f"{page}#seq={seq}" if seq else page), media_type=qr.TYPE)

    async def series_page(self, request: Request) -> Response:
        """All sales in figures."""
        return self._shell("series", request)

    async def board_page(self, request: Request) -> Response:
        """The day's board, a page."""
        return self._shell("board", request)

    async def cluster_page(self, request: Request) -> Response:
        """How the house stands on its machines, a page."""
        return self._shell("cluster", request)

    async def quota_page(self, request: Request) -> Response:
        """The house's quota sales by month, a page."""
        return self._shell("quota-months", request)

    async def shanghai_page(self, request: Request) -> Response:
        """204 months of Shanghai's plate auctions, a page."""
        return self._shell("shanghai", request)

    async def file(self, request: Request) -> Response:
        """Scripts, styles, pictures, words."""
        return self._book(request.path_params["name"], request)

    # The public record.

    async def listing(self, _request: Request) -> Response:
        """Every sale."""
        return _json(self.sales.listing())

    async def about(self, request: Request) -> Response:
        """One sale."""
        return _json(self._about(request))

    async def record(self, request: Request) -> Response:
        """One page of a sale's record."""
        self.limits.read(address_of(request))
        after = number(request, "after", least=0, otherwise=0)
        limit = number(request, "limit", least=1, otherwise=RECORDS_MAX)
        page = await self.sales.record(request.path_params["sale"], after, min(limit, RECORDS_MAX))
        if page is None:
            raise Refused(Fault.NOT_FOUND)
        return _json(page)

    async def export(self, request: Request) -> Response:
        """The whole record, one JSON a line."""
        return self._export(request, ".jsonl", "application/jsonl", partial(exports.jsonl, self.sales))

    async def bids(self, request: Request) -> Response:
        """Every bid, for a spreadsheet."""
        write = partial(exports.bids_csv, self.sales, lang=_language(request))
        return self._export(request, "-bids.csv", "text/csv; charset=utf-8", write)

    async def lots(self, request: Request) -> Response:
        """Every lot, for a spreadsheet."""
        write = partial(exports.lots_csv, self.sales, lang=_language(request))
        return self._export(request, "-lots.csv", "text/csv; charset=utf-8", write)

    # Papers.

    async def paper_list(self, request: Request) -> Response:
        """The papers of a sale; with an officer's token, those for officers too."""
        self.limits.read(address_of(request))
        found = await self.papers.listing(request.path_params["sale"], officer=self._is_officer(request))
        return _json(_given(found))

    async def paper(self, request: Request) -> Response:
        """One paper."""
        self.limits.read(address_of(request))
        sale, name, form = (request.path_params[each] for each in ("sale", "name", "form"))
        if form not in MEDIA_TYPES:
            raise Refused(Fault.NOT_FOUND)
        officer = self._is_officer(request)
        signed = request.query_params.get("signed") == "1"
        made = await self.papers.paper(sale, name, form, _language(request), officer=officer, signed=signed)
        content = _given(made)
        filename = _NOT_IN_NAMES.sub("_", f"{sale}-{name}{'.signed' if signed else ''}.{form}")
        headers = {"content-disposition": f'attachment; filename="{filename}"', "cache-control": "no-store"}
        return Response(content, media_type=MEDIA_TYPES[form], headers=headers)

    # Figures.

    async def figures(self, request: Request) -> Response:
        """One sale in figures."""
        return _json(await self._figures(request))

    async def figures_csv(self, request: Request) -> Response:
        """One table of them, for a spreadsheet."""
        figures, name = await self._figures(request), request.path_params["table"]
        content = figure_tables.of_sale(name, figures, _language(request))
        if content is None:
            raise Refused(Fault.NOT_FOUND)
        return _file(content, f"{figures['sale']}-{name}.csv", "text/csv; charset=utf-8")

    async def figures_json(self, request: Request) -> Response:
        """All of them, to keep."""
        figures = await self._figures(request)
        return _file(orjson.dumps(figures), f"{figures['sale']}-figures.json", "application/json")

    async def figure_records(self, request: Request) -> Response:
        """The newest records behind one figure."""
        self.limits.read(address_of(request))
        found = await self.sales.figure_records(request.path_params["sale"], request.query_params.get("of", ""))
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return _json(found)

    async def series(self, request: Request) -> Response:
        """All sales in figures, and the published lines."""
        self.limits.read(address_of(request))
        return _json({**await self.sales.series(), "published": published()})

    async def series_csv(self, request: Request) -> Response:
        """All sales, for a spreadsheet."""
        self.limits.read(address_of(request))
        content = figure_tables.of_series(await self.sales.series(), _language(request))
        return _file(content, "figures.csv", "text/csv; charset=utf-8")

    # Getting in.

    async def ticket(self, request: Request) -> Response:
        """A ticket for who shows a token."""
        self.limits.ticket(address_of(request))
        self._about(request)
        ticket = self.tickets.issue(self._shown(request))
        return _json({"ticket": ticket, "expires_in_s": int(self.tickets.settings.expires_in_s)})

    # For programs.

    async def command(self, request: Request) -> Response:
        """One command, as a frame on the socket would carry it."""
        desk = self._desk(request)
        raw = await request.body()
        arrived_at = desk.now()
        principal = self._bearer_of(request)
        # From here to the room nothing may wait: the clerk takes up in the order of the stamps.
        reply = desk.take(raw, principal, arrived_at)
        return _response(answered(await reply.payload(), request.path_params["sale"]))

    async def became(self, request: Request) -> Response:
        """What became of one's own command."""
        desk = self._desk(request)
        reply = desk.inquire(request.path_params["id"], self._bearer_of(request))
        return _response(answered(await reply.payload(), request.path_params["sale"], asked_only=True))

    async def picture(self, request: Request) -> Response:
        """How the sale stands, as the public or the bearer of a token may see it; or how the public saw it at an earlier moment."""
        if "at" in request.query_params or "at_us" in request.query_params:
            return await self._past(request)
        self.limits.read(address_of(request))
        desk = self._desk(request)
        principal = self._bearer_of(request) if "authorization" in request.headers else None
        return _json(desk.picture(principal))

    async def api(self, request: Request) -> Response:
        """The protocol, for people to read."""
        return self._shell("api", request)

    async def openapi(self, request: Request) -> Response:
        """What is answered over HTTP, for programs to read (OpenAPI 3.1)."""
        return self._send(self.published.get("openapi.json"), request)

    async def asyncapi(self, request: Request) -> Response:
        """What is said on a socket, for programs to read (AsyncAPI 3)."""
        return self._send(self.published.get("asyncapi.json"), request)

    async def socket(self, _request: Request) -> Response:
        """Where sockets are opened, asked for without wanting one."""
        raise Refused(Fault.HTTP_UPGRADE)

    # How the house is doing.

    async def healthz(self, _request: Request) -> Response:
        """The process lives."""
        return _json({"alive": True})

    async def readyz(self, _request: Request) -> Response:
        """Every room serves."""
        ready, rooms = self.sales.ready()
        if not ready:
            return _response(problem(Fault.NOT_READY, after_ms=TRY_AGAIN_MS, rooms=rooms))
        return _json({"ready": True, "rooms": rooms})

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

    # What they share.

    def _is_officer(self, request: Request) -> bool:
        """
        Whether who asks has shown an officer's token. Without a token he is one of the public.

        Raises:
            AuthInvalid: He has shown one that is not good, or no officer's.

        """
        if "authorization" not in request.headers:
            return False
        if role_of(self._shown(request).principal) in {Role.BIDDER, Role.TRUSTEE}:
            raise AuthInvalid
        return True

    def _about(self, request: Request) -> dict[str, Any]:
        about = self.sales.about(request.path_params["sale"])
        if about is None:
            raise Refused(Fault.NOT_FOUND)
        return about

    async def _figures(self, request: Request) -> dict[str, Any]:
        self.limits.read(address_of(request))
        figures = await self.sales.figures(request.path_params["sale"])
        if figures is None:
            raise Refused(Fault.NOT_FOUND)
        return figures

    async def _past(self, request: Request) -> Response:
        self.limits.look(address_of(request))
        sale, at_us = request.path_params["sale"], number(request, "at_us", least=0, otherwise=0)
        named = "at" in request.query_params
        seq = number(request, "at", least=1, otherwise=1) if named else None
        found = await self.sales.past(sale, seq=seq, at_us=None if named else at_us)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return Response(found, media_type="application/json", headers={"cache-control": "no-store"})

    def _desk(self, request: Request) -> Desk:
        desk = self.desks(request.path_params["sale"])
        if desk is None:
            raise Refused(Fault.NOT_FOUND)
        return desk

    def _bearer_of(self, request: Request) -> Principal:
        """Who shows a token. Who shows a bad one spends what a ticket would have cost him."""
        try:
            return self._shown(request).principal
        except AuthInvalid:
            self.limits.ticket(address_of(request))
            raise

    def _shown(self, request: Request) -> Credential:
        """Who shows a token; one that is refused is counted."""
        try:
            return self.tokens.credential(
                bearer(request.headers.getlist("authorization")), request.path_params["sale"], self.now()
            )
        except AuthInvalid:
            if not self.sales.veiled(request.path_params["sale"]):
                self.meters.token_refused()
            raise

    def _book(self, name: str, request: Request) -> Response:
        return self._send(self.shelf.get(name), request)

    def _send(self, book: Book | None, request: Request) -> Response:
        if book is None:
            raise Refused(Fault.NOT_FOUND)
        return _sent(book, request)

    def _shell(self, view: str, request: Request) -> Response:
        """The one page there is, with the style and the script of ``view``."""
        book = self.shelf.get("shared/page.html")
        if book is None:
            raise Refused(Fault.NOT_FOUND)
        port = str(self.usb_key_port)
        content = book.content.replace(b"{view}", view.encode()).replace(b"{usb_key_port}", port.encode())
        etag = f'"{view}-{port}-{book.etag[1:]}'
        return _sent(replace(book, content=content, etag=etag), request)

    def _export(self, request: Request, end: str, media_type: str, write: Callable[[str], _Chunks]) -> Response:
        self.limits.read(address_of(request))
        self._about(request)
        if not self.exporting.available_tokens:
            raise Refused(Fault.BUSY, after_ms=TRY_AGAIN_MS)
        sale: str = request.path_params["sale"]
        return _Export(self.exporting, write(sale), media_type, _to_keep(sale + end))

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


def make_app(  # noqa: PLR0913 - everything is handed in
    *,
    sales: Sales,
    papers: Papers,
    desks: Callable[[str], Desk | None],
    logs: Callable[[str], OpenLog | None],
    tokens: Tokens,
    tickets: Tickets,
    limits: Limits,
    meters: Meters,
    settings: PageSettings,
    web_dir: Path,
    now: Callable[[], float],
    planner: Planner | None = None,
    tender: Tender | None = None,
    uploads: Uploads | None = None,
    usb_key_port: int = 0,
) -> Starlette:
    """
    Everything that is answered over HTTP.

    Args:
        sales: What there is to be told.
        papers: What there is to be handed out.
        desks: Where programs ask, by sale.
        logs: The transparency logs, by sale.
        tokens: Says who someone is.
        tickets: Lets him in.
        limits: How often he may ask.
        meters: Shown at ``/metrics``.
        settings: What the pages need to be told.
        web_dir: The folder ``web/``.
        now: Seconds since 1970.
        planner: Makes sales while the house serves; without one there is no builder.
        tender: What openings are asked; without it none is served.
        uploads: Where bidders bring sealed envelopes; without it they cannot.
        usb_key_port: Where pages may ask for USB keys on the machine they are looked at on; 0 if nowhere.

    Raises:
        ValueError: ``settings.metrics_from`` holds something that is neither an address nor a network.

    """
    pages = Pages(
        sales=sales,
        papers=papers,
        desks=desks,
        tokens=tokens,
        tickets=tickets,
        limits=limits,
        meters=meters,
        settings=settings,
        shelf=Shelf(web_dir),
        published=Shelf(PUBLISHED, ("openapi.json", "asyncapi.json")),
        now=now,
        usb_key_port=usb_key_port,
        exporting=trio.CapacityLimiter(settings.exports_max),
        near=tuple(ipaddress.ip_network(each) for each in settings.metrics_from),
    )
    builder = None if planner is None else Builder(planner, tokens, now)
    proofs = Proofs(logs=logs, limits=limits)
    results = Results(results=sales.results, limits=limits)
    cluster = Cluster(state=sales.cluster, limits=limits)
    board = Board(posted=sales.posted, house_time=sales.house_time, limits=limits)
    shanghai = Shanghai(months=published_months(), limits=limits)
    app = Starlette(
        routes=[
            *([] if builder is None else [Route(PAGE, pages.builder), *builder.routes()]),
            *(Route(path, getattr(pages, name), methods=[method]) for method, path, name in ROUTES),
            *(Route(path, getattr(board, name), methods=[method]) for method, path, name in BOARD_ROUTES),
            *(Route(path, getattr(cluster, name), methods=[method]) for method, path, name in CLUSTER_ROUTES),
            *(Route(path, getattr(proofs, name), methods=[method]) for method, path, name in LOG_ROUTES),
            *(Route(path, getattr(results, name), methods=[method]) for method, path, name in RESULT_ROUTES),
            *(Route(path, getattr(shanghai, name), methods=[method]) for method, path, name in SHANGHAI_ROUTES),
            *(
                Route(path, getattr(tender, name), methods=[method])
                for method, path, name in TENDER_ROUTES
                if tender is not None
            ),
            *([] if uploads is None else uploads.routes()),
        ],
        exception_handlers={
            Refused: _refused,
            AuthInvalid: _not_let_in,
            HTTPException: _no_route,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False
    return app


class _Export(StreamingResponse):
    """A stream that takes one of the places for exports while it lasts, and is closed however it ends."""

    def __init__(self, places: trio.CapacityLimiter, chunks: _Chunks, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(chunks, media_type=media_type, headers=headers)
        self._places, self._chunks = places, chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._places, aclosing(self._chunks):
            await super().__call__(scope, receive, send)


# Reading a request.


def _origin(request: Request) -> str:
    """
    The house as the asker calls it: only he is told, and nobody keeps the answer for another.

    What a proxy may say of another name is not believed: who lets one rename the house sets ``pages.public_url``.
    """
    host = request.headers.get("host")
    if not host:
        raise Refused(Fault.HTTP_MALFORMED, field="host")
    return f"{request.url.scheme}://{host}"


def _language(request: Request) -> exports.Language:
    return "en" if request.query_params.get("lang") == "en" else "zh-CN"


def _has(request: Request, book: Book) -> bool:
    """Whether the browser has this very file."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return book.etag in known or "*" in known


# Writing an answer.


def _given(found: _T | Fault) -> _T:
    """What was found; raises :class:`Refused` if nothing was."""
    if isinstance(found, Fault):
        raise Refused(found, **({"after_ms": PAPERS_AFTER_MS[found]} if found in PAPERS_AFTER_MS else {}))
    return found


def _sent(book: Book, request: Request) -> Response:
    headers = {"etag": book.etag, "cache-control": REVALIDATE}
    if _has(request, book):
        return Response(status_code=304, headers=headers)
    return Response(book.content, headers={**headers, "content-type": book.kind})


def _page_of(kind: str, view: str) -> str | None:
    """The page that is at the address ``view`` of a sale of this kind."""
    if kind == "opening":
        return OF_AN_OPENING.get(view)
    if view not in VIEWS:
        return None
    return OF_A_QUOTA.get(view, view) if kind == "quota" else view


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json", headers={"cache-control": "no-store"})


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={**_to_keep(name), "cache-control": "no-store"})


def _to_keep(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{_NOT_IN_NAMES.sub("_", name)}"'}


def _response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    response.raw_headers = list(answer.headers)
    return response


async def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return _response(problem(refused.fault, **refused.detail))


async def _not_let_in(_request: Request, _fault: Exception) -> Response:
    return _response(problem(Fault.AUTH_INVALID))


async def _no_route(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    allowed = (fault.headers or {}).get("Allow")
    if allowed is None:
        return _response(problem(Fault.NOT_FOUND))
    response = _response(problem(Fault.HTTP_METHOD, allowed=allowed))
    response.headers["allow"] = allowed
    return response


async def _failed(_request: Request, _fault: Exception) -> Response:
    return _response(problem(Fault.INTERNAL, after_ms=TRY_AGAIN_MS))
