"""Lets bidders to the store of sealed envelopes of their opening: who may ask, how often, and how much may come at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec
import orjson
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.domain.parties import Principal
from engine.gateway.http import Request
from engine.gateway.limits import Limits, Refused
from engine.gateway.requests import address_of
from engine.gateway.tokens import AuthInvalid, Tokens, bearer
from engine.wire.messages import own_paddle
from engine.wire.refusals import Fault, answer
from engine.wire.shapes.uploads import CertificatesSent

UPLOADS: Final = "/uploads"
CERTIFICATES: Final = "/certificates"

_SALE: Final = "/api/sales/{sale}"
_ONE: Final = f"{_SALE}{UPLOADS}/{{upload}}"
UPLOAD_ROUTES: Final = (
    ("GET", f"{_SALE}{UPLOADS}", "own_uploads"),
    ("POST", f"{_SALE}{UPLOADS}", "begin_upload"),
    ("GET", _ONE, "upload"),
    ("DELETE", _ONE, "discard_upload"),
    ("POST", f"{_ONE}/finish", "finish_upload"),
    ("PUT", f"{_ONE}/{{part}}/{{index}}", "put_chunk"),
    ("POST", f"{_SALE}{CERTIFICATES}", "certificates"),
)
"""Method, path, and the name under which it is described; those below ``/uploads`` are answered by a :class:`Front`."""


class Front(Protocol):
    """Answers for one store; see :class:`engine.submission.front.Front`."""

    def body_bytes_max(self, method: str, authorization: str) -> int | None:
        """How long a body may be; None for somebody who does not bid here."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said to who shows certificates."""

    status: int
    said: dict[str, Any]


class Certificates(Protocol):
    """Looks at certificates; see :class:`engine.certified.Certified`."""

    @property
    def body_bytes_max(self) -> int:
        """How long the body of a request may be."""
        ...

    async def show(self, by: Principal, body: bytes) -> Shown:
        """What is said to ``by``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """
    The addresses below ``/api/sales/{sale}/uploads``.

    Args:
        fronts: What answers for an opening, by its id; None where no envelopes are kept.
        certificates: What looks at certificates, by the opening's id; None where nobody asks for them.
        tokens: Says who someone is.
        limits: How often he may ask.
        now: Seconds since 1970, for tokens.

    """

    fronts: Callable[[str], tuple[Front, ASGIApp] | None]
    certificates: Callable[[str], Certificates | None]
    tokens: Tokens
    limits: Limits
    now: Callable[[], float]

    def routes(self) -> list[Route]:
        """The addresses."""
        whole = f"{_SALE}{UPLOADS}"
        shown = Route(f"{_SALE}{CERTIFICATES}", self.show, methods=["POST"])
        return [shown, *(Route(path, _Door(self)) for path in (whole, whole + "/{rest:path}"))]

    async def show(self, request: Asked) -> Response:
        """A bidder shows the certificates of an envelope. Where nobody asks for them, whichever they are is good."""
        sale = request.path_params["sale"]
        if self.fronts(sale) is None:
            raise Refused(Fault.NOT_FOUND)
        principal = self.who(sale, bearer(request.headers.getlist("authorization")))
        if principal is None:
            raise AuthInvalid
        self.limits.command(sale, principal)
        looks, body = self.certificates(sale), await request.body()
        found = _unseen(body) if looks is None else await looks.show(principal, body)
        return Response(
            orjson.dumps(found.said), found.status, {"cache-control": "no-store"}, media_type="application/json"
        )

    def who(self, sale: str, token: str) -> Principal | None:
        """The bidder whose token this is; None if it is nobody's, or of somebody who does not bid."""
        try:
            principal = self.tokens.credential(token, sale, self.now()).principal
        except AuthInvalid:
            return None
        return principal if own_paddle(principal) is not None else None

    def longest(self, request: Request) -> int | None:
        """How long a body may be, where one is sent here; whoever may send none is sent away before it is read."""
        if request.method not in {"POST", "PUT"}:
            return None
        parts = request.path.split("/")
        if parts[:3] != ["", "api", "sales"] or parts[4:5] not in ([UPLOADS[1:]], [CERTIFICATES[1:]]):
            return None
        found = self.fronts(parts[3])
        if found is None:
            return None
        most = found[0].body_bytes_max(request.method, request.table.get(b"authorization", b"").decode("latin-1"))
        if most is not None and parts[4] == CERTIFICATES[1:]:
            looks = self.certificates(parts[3])
            most = most if looks is None else looks.body_bytes_max
        if most is None:
            self.limits.ticket(request.address)
            raise Refused(Fault.AUTH_INVALID)
        return most


def _unseen(body: bytes) -> Shown:
    """What is said where nobody looks at certificates: whether they were shown at all."""
    try:
        msgspec.json.decode(body, type=CertificatesSent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Shown(400, answer(Fault.HTTP_MALFORMED, field="body"))
    return Shown(200, {})


@dataclass(frozen=True, slots=True)
class _Door:
    uploads: Uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, sale = Asked(scope), scope["path_params"]["sale"]
        found = self.uploads.fronts(sale)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        try:
            shown = bearer(request.headers.getlist("authorization"))
            principal = self.uploads.tokens.credential(shown, sale, self.uploads.now()).principal
        except AuthInvalid:
            self.uploads.limits.ticket(address_of(request))
            raise
        self.uploads.limits.upload(sale, principal)
        rest = scope["path_params"].get("rest")
        path = UPLOADS if rest is None else f"{UPLOADS}/{rest}"
        await found[1]({**scope, "path": path, "root_path": ""}, receive, send)
