"""
Where a sale is made over HTTP: checked as often as its maker likes, announced once.

A token that is good for the house says who may; it travels in a header and never in a cookie, so no other page can send it along.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.gateway import http
from engine.gateway.limits import Limits, Refused
from engine.gateway.responses import in_json
from engine.gateway.tokens import AuthInvalid, Tokens, bearer
from engine.wire.refusals import Fault

CHECK: Final = "/api/builder/check"
ANNOUNCE: Final = "/api/builder/announce"
PATHS: Final = (CHECK, ANNOUNCE)
PAGE: Final = "/builder"
BUILDER_ROUTES: Final = (
    ("GET", PAGE, "builder"),
    ("POST", CHECK, "check_draft"),
    ("POST", ANNOUNCE, "announce_draft"),
)
"""Method, path, and the name under which it is described."""


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sale to be, as its maker sends it."""

    form: dict[str, Any]
    """As the notice's TOML file is laid out."""

    catalogue: bytes | None = None
    """The lots as a CSV file; base64 on the way."""

    paddles: bytes | None = None
    """The paddles, likewise."""

    digest: str | None = None
    """What its maker saw when he said that it be announced."""

    @property
    def lists(self) -> Mapping[str, bytes]:
        """The CSV files that were sent."""
        given = {"catalogue": self.catalogue, "paddles": self.paddles}
        return {name: data for name, data in given.items() if data is not None}


class Planner(Protocol):
    """Makes sales."""

    async def check(self, draft: Draft) -> dict[str, Any]:
        """
        What the draft says, or all that is wrong with it. Nothing is written.

        Raises:
            Refused: It is no draft at all.

        """
        ...

    async def announce(self, draft: Draft) -> dict[str, Any]:
        """
        Announce the sale and open its room.

        Raises:
            Refused: Nothing was announced.

        """
        ...


class Builder:
    """The two addresses."""

    def __init__(self, planner: Planner, tokens: Tokens, now: Callable[[], float]) -> None:
        self._planner, self._tokens, self._now = planner, tokens, now

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route(CHECK, self.check, methods=["POST"]), Route(ANNOUNCE, self.announce, methods=["POST"])]

    async def check(self, request: Request) -> Response:
        """What a draft says, and what is wrong with it."""
        return in_json(await self._planner.check(await self._draft(request)))

    async def announce(self, request: Request) -> Response:
        """Announce a draft."""
        return in_json(await self._planner.announce(await self._draft(request)))

    async def _draft(self, request: Request) -> Draft:
        self._tokens.check_planner(bearer(request.headers.getlist("authorization")), self._now())
        try:
            return msgspec.json.decode(await request.body(), type=Draft)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Refused(Fault.HTTP_MALFORMED, field="body") from None


def uploads(
    tokens: Tokens, limits: Limits, bytes_max: int, now: Callable[[], float]
) -> Callable[[http.Request], int | None]:
    """How long a body may be: ``bytes_max`` for who may make sales. Others are sent away before their body is read."""

    def longest(request: http.Request) -> int | None:
        if request.path not in PATHS:
            return None
        limits.plan(request.address)
        try:
            tokens.check_planner(bearer([request.table.get(b"authorization", b"").decode("latin-1")]), now())
        except AuthInvalid:
            raise Refused(Fault.AUTH_INVALID) from None
        return bytes_max

    return longest
