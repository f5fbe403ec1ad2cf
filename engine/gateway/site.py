"""Everything that is answered over HTTP, as one application: which part of it answers where, and what is said where none does."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.gateway.answers import problem
from engine.gateway.board import ROUTES as BOARD_ROUTES
from engine.gateway.board import Board
from engine.gateway.builder import BUILDER_ROUTES, PAGE, Builder, Planner
from engine.gateway.callers import Callers
from engine.gateway.cluster import ROUTES as CLUSTER_ROUTES
from engine.gateway.cluster import Cluster
from engine.gateway.desk import Desk
from engine.gateway.figures import ROUTES as FIGURE_ROUTES
from engine.gateway.figures import Figures
from engine.gateway.health import ROUTES as HEALTH_ROUTES
from engine.gateway.health import Health
from engine.gateway.limits import Limits, Refused
from engine.gateway.pages import PUBLISHED, Pages
from engine.gateway.pages import ROUTES as PAGES_ROUTES
from engine.gateway.papers import ROUTES as PAPER_ROUTES
from engine.gateway.papers import PaperCounter, Papers
from engine.gateway.programs import ROUTES as PROGRAM_ROUTES
from engine.gateway.programs import Programs
from engine.gateway.proofs import ROUTES as LOG_ROUTES
from engine.gateway.proofs import OpenLog, Proofs
from engine.gateway.public_record import ROUTES as RECORD_ROUTES
from engine.gateway.public_record import PublicRecord
from engine.gateway.responses import TRY_AGAIN_MS, Routes, as_answered
from engine.gateway.results import ROUTES as RESULT_ROUTES
from engine.gateway.results import Results
from engine.gateway.sales import Sales
from engine.gateway.shanghai import ROUTES as SHANGHAI_ROUTES
from engine.gateway.shanghai import Shanghai
from engine.gateway.shelf import Shelf
from engine.gateway.tender import ROUTES as TENDER_ROUTES
from engine.gateway.tender import Tender
from engine.gateway.tickets import Tickets
from engine.gateway.tokens import AuthInvalid, Tokens
from engine.gateway.uploads import UPLOAD_ROUTES, Uploads
from engine.meters import Meters
from engine.shanghai import published as published_months
from engine.wire.refusals import Fault

EVERY_ROUTE: Final[Routes] = (
    *PAGES_ROUTES,
    *RECORD_ROUTES,
    *PROGRAM_ROUTES,
    *PAPER_ROUTES,
    *FIGURE_ROUTES,
    *HEALTH_ROUTES,
    *BOARD_ROUTES,
    *CLUSTER_ROUTES,
    *LOG_ROUTES,
    *RESULT_ROUTES,
    *SHANGHAI_ROUTES,
    *TENDER_ROUTES,
)
"""What every house serves."""

DESCRIBED: Final[Routes] = (*EVERY_ROUTE, *BUILDER_ROUTES, *UPLOAD_ROUTES)
"""The whole of it, with what is served where sales are made and envelopes kept; described by :mod:`engine.describe`."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What the application needs to be told."""

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
        settings: What the application needs to be told.
        web_dir: The folder ``web/``.
        now: Seconds since 1970.
        planner: Makes sales while the house serves; without one there is no builder.
        tender: What openings are asked; without it none is served.
        uploads: Where bidders bring sealed envelopes; without it they cannot.
        usb_key_port: Where pages may ask for USB keys on the machine they are looked at on; 0 if nowhere.

    Raises:
        ValueError: ``settings.metrics_from`` holds something that is neither an address nor a network.

    """
    callers = Callers(sales=sales, tokens=tokens, limits=limits, meters=meters, now=now)
    pages = Pages(
        sales=sales,
        limits=limits,
        public_url=settings.public_url,
        shelf=Shelf(web_dir),
        published=Shelf(PUBLISHED, ("openapi.json", "asyncapi.json")),
        usb_key_port=usb_key_port,
    )
    answering: list[tuple[object, Routes]] = [
        (pages, PAGES_ROUTES),
        (
            PublicRecord(sales=sales, limits=limits, exporting=trio.CapacityLimiter(settings.exports_max)),
            RECORD_ROUTES,
        ),
        (Programs(sales=sales, desks=desks, tickets=tickets, callers=callers, limits=limits), PROGRAM_ROUTES),
        (PaperCounter(papers=papers, callers=callers, limits=limits), PAPER_ROUTES),
        (Figures(sales=sales, limits=limits), FIGURE_ROUTES),
        (Health(sales=sales, meters=meters, near=_networks(settings.metrics_from)), HEALTH_ROUTES),
        (Board(posted=sales.posted, house_time=sales.house_time, limits=limits), BOARD_ROUTES),
        (Cluster(state=sales.cluster, limits=limits), CLUSTER_ROUTES),
        (Proofs(logs=logs, limits=limits), LOG_ROUTES),
        (Results(results=sales.results, limits=limits), RESULT_ROUTES),
        (Shanghai(months=published_months(), limits=limits), SHANGHAI_ROUTES),
        *([] if tender is None else [(tender, TENDER_ROUTES)]),
    ]
    app = Starlette(
        routes=[
            *([] if planner is None else [Route(PAGE, pages.builder), *Builder(planner, tokens, now).routes()]),
            *(
                Route(path, getattr(part, name), methods=[method])
                for part, at in answering
                for method, path, name in at
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


def _networks(named: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(each) for each in named)


async def _refused(_request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return as_answered(problem(refused.fault, **refused.detail))


async def _not_let_in(_request: Request, _fault: Exception) -> Response:
    return as_answered(problem(Fault.AUTH_INVALID))


async def _no_route(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    allowed = (fault.headers or {}).get("Allow")
    if allowed is None:
        return as_answered(problem(Fault.NOT_FOUND))
    response = as_answered(problem(Fault.HTTP_METHOD, allowed=allowed))
    response.headers["allow"] = allowed
    return response


async def _failed(_request: Request, _fault: Exception) -> Response:
    return as_answered(problem(Fault.INTERNAL, after_ms=TRY_AGAIN_MS))
