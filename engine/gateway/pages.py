"""The pages people look at, and the files they are made of."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from engine import wire
from engine.gateway import qr
from engine.gateway.limits import Limits, Refused
from engine.gateway.requests import address_of, named, number
from engine.gateway.responses import sent
from engine.gateway.sales import Sales
from engine.gateway.shelf import Book, Shelf
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

PUBLISHED: Final = Path(wire.__file__).parent
"""The folder of ``openapi.json`` and ``asyncapi.json``, made by :mod:`engine.describe`."""

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
)
"""Method, path, and the method of :class:`Pages` that answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The routes. One method, one address."""

    sales: Sales
    limits: Limits
    public_url: str
    """The house as people outside reach it; empty: as the asker called it."""

    shelf: Shelf
    published: Shelf
    usb_key_port: int

    async def index(self, request: Request) -> Response:
        """The list of sales."""
        return self._shell("index", request)

    async def builder(self, request: Request) -> Response:
        """Where a sale is made. Whose it is, is asked when something is sent."""
        return self._shell("builder", request)

    async def view(self, request: Request) -> Response:
        """One page of one sale."""
        found = _page_of(named(self.sales.about, request)["kind"], request.path_params["view"])
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return self._shell(found, request)

    async def kiosk(self, request: Request) -> Response:
        """Where bidders of an opening look, sign in and unseal in the hall, a page."""
        if named(self.sales.about, request)["kind"] != "opening":
            raise Refused(Fault.NOT_FOUND)
        return self._shell("kiosk", request)

    async def code(self, request: Request) -> Response:
        """The address of a sale's public record, or of one record in it, as a QR code, for those who stand before a screen."""
        self.limits.read(address_of(request))
        named(self.sales.about, request)
        origin = self.public_url or _origin(request)
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

    async def api(self, request: Request) -> Response:
        """The protocol, for people to read."""
        return self._shell("api", request)

    async def openapi(self, request: Request) -> Response:
        """What is answered over HTTP, for programs to read (OpenAPI 3.1)."""
        return self._send(self.published.get("openapi.json"), request)

    async def asyncapi(self, request: Request) -> Response:
        """What is said on a socket, for programs to read (AsyncAPI 3)."""
        return self._send(self.published.get("asyncapi.json"), request)

    def _book(self, name: str, request: Request) -> Response:
        return self._send(self.shelf.get(name), request)

    def _send(self, book: Book | None, request: Request) -> Response:
        if book is None:
            raise Refused(Fault.NOT_FOUND)
        return sent(book, request)

    def _shell(self, view: str, request: Request) -> Response:
        """The one page there is, with the style and the script of ``view``."""
        book = self.shelf.get("shared/page.html")
        if book is None:
            raise Refused(Fault.NOT_FOUND)
        port = str(self.usb_key_port)
        content = book.content.replace(b"{view}", view.encode()).replace(b"{usb_key_port}", port.encode())
        etag = f'"{view}-{port}-{book.etag[1:]}'
        return sent(replace(book, content=content, etag=etag), request)


def _origin(request: Request) -> str:
    """
    The house as the asker calls it: only he is told, and nobody keeps the answer for another.

    What a proxy may say of another name is not believed: who lets one rename the house sets ``pages.public_url``.
    """
    host = request.headers.get("host")
    if not host:
        raise Refused(Fault.HTTP_MALFORMED, field="host")
    return f"{request.url.scheme}://{host}"


def _page_of(kind: str, view: str) -> str | None:
    """The page that is at the address ``view`` of a sale of this kind."""
    if kind == "opening":
        return OF_AN_OPENING.get(view)
    if view not in VIEWS:
        return None
    return OF_A_QUOTA.get(view, view) if kind == "quota" else view
