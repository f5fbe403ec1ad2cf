"""Whatever is served is described: the routes of the application itself, and of what answers below an opening's uploads."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from engine import describe
from engine.gateway.site import PageSettings, make_app
from engine.gateway.tender import Tender
from engine.gateway.uploads import UPLOADS, Uploads
from engine.submission.front import Front
from engine.submission.settings import SubmissionSettings

NOBODY: Any = SimpleNamespace(results=None, posted=None, cluster=None, house_time=None)
"""Stands for whoever is asked only once somebody asks."""


def whole_app() -> Starlette:
    """Everything that a house may serve over HTTP."""
    parts: dict[str, Any] = dict.fromkeys(
        ("sales", "papers", "desks", "logs", "tokens", "tickets", "limits", "meters", "planner"), NOBODY
    )
    told: dict[str, Any] = dict.fromkeys(
        ("hubs", "stores", "receipts", "house_time", "tokens", "limits", "now"), NOBODY
    )
    uploads = Uploads(fronts=NOBODY, certificates=NOBODY, tokens=NOBODY, limits=NOBODY, now=NOBODY)
    return make_app(
        **parts,
        settings=PageSettings(),
        web_dir=Path(),
        now=NOBODY,
        tender=Tender(**told, frame_bytes_max=1),
        uploads=uploads,
    )


def front_app() -> Starlette:
    """What answers below the uploads of one opening."""
    asked: dict[str, Any] = dict.fromkeys(("who", "deadline", "now", "signer"), NOBODY)
    return Front(NOBODY, opening="t1", **asked, settings=SubmissionSettings()).app()


def served(app: Starlette) -> set[tuple[str, str]]:
    """Method and path of every route, as a description names them."""
    return {
        (method, re.sub(r":\w+\}", "}", route.path))
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or {"*"}
        if method != "HEAD"
    }


def test_every_route_that_is_served_is_described_and_nothing_else() -> None:
    below = f"/api/sales/{{sale}}{UPLOADS}"
    doors = {("*", below), ("*", f"{below}/{{rest}}")}
    whole = served(whole_app())
    assert doors < whole, "what lies below is answered by another application"
    there = (whole - doors) | {(method, f"/api/sales/{{sale}}{path}") for method, path in served(front_app())}
    described = {(method.upper(), path) for path, methods in describe.openapi()["paths"].items() for method in methods}
    assert there == described
