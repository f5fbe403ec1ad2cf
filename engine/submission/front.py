"""
Uploads over HTTP: begin, put a chunk, what is there, finish, discard.

An ASGI application for one opening, to be mounted where its bidders ask. It knows nobody: who a token belongs to is asked of a function
that is handed in. Each answer has the same form whoever else is there, and says nothing but what the asker put here himself.
"""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
import orjson
import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.domain.opening.commands import Gap
from engine.domain.parties import Principal
from engine.domain.units import Nanoseconds
from engine.journal.signing import Signer
from engine.sealing.faults import SealFault
from engine.sealing.manifest import MANIFEST_BYTES_MAX, read_manifest
from engine.sealing.parts import CHUNK_BYTES, CHUNKS_MAX
from engine.sealing.suites import TAG_BYTES
from engine.submission import faults
from engine.submission.declaration import DIGEST_BYTES, Declaration, declare
from engine.submission.faults import UploadCode, UploadFault, closed
from engine.submission.receipt import Receipt
from engine.submission.settings import SubmissionSettings
from engine.submission.store import Store
from engine.wire.refusals import Fault
from engine.wire.refusals import answer as door_answer

T = TypeVar("T")
Ask = Callable[[Request, Principal, Nanoseconds], Awaitable[dict[str, Any]]]

CHUNK_BODY_BYTES_MAX: Final = max(CHUNK_BYTES.values()) + TAG_BYTES
BEGIN_BODY_BYTES_MAX: Final = 2 * MANIFEST_BYTES_MAX + 2 * DIGEST_BYTES * (CHUNKS_MAX + 1) + 1024
"""The manifest with every quotation mark escaped, two hexadecimal digits a byte of digests, and names."""

STATUS: Final[dict[str, int]] = {
    Fault.AUTH_INVALID: 401,
    Fault.NOT_FOUND: 404,
    Fault.HTTP_METHOD: 405,
    Fault.HTTP_MALFORMED: 400,
    Fault.HTTP_BODY_TOO_BIG: 413,
    UploadCode.UNKNOWN: 404,
    UploadCode.CHUNK_UNKNOWN: 404,
    UploadCode.NOT_FINISHED: 409,
    UploadCode.STANDS: 409,
    UploadCode.CLOSED: 409,
    UploadCode.TOO_BIG: 413,
    UploadCode.TOO_MANY: 429,
    UploadCode.STORE_FULL: 507,
    UploadCode.STORAGE: 507,
}
"""Any other fault is 422."""


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an upload will be, as its owner says it."""

    manifest: str
    """In its one spelling."""

    digests: dict[str, str]
    """Of all chunks of a part, in order and after each other, hexadecimal, by the name of the part."""


class _Refused(Exception):
    """The request is none."""

    def __init__(self, fault: Fault, **detail: int | str) -> None:
        super().__init__(fault, detail)
        self.fault, self.detail = fault, detail


class Front:
    """
    The addresses.

    Args:
        store: Where uploads are kept.
        opening: The opening's id, for receipts.
        who: Whose a bearer token is; None if nobody's, or of somebody who does not bid.
        deadline: When submission closes, as it stands now.
        now: House time.
        signer: Signs receipts.
        settings: Limits.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        store: Store,
        *,
        opening: str,
        who: Callable[[str], Principal | None],
        deadline: Callable[[], Nanoseconds],
        now: Callable[[], Nanoseconds],
        signer: Signer,
        settings: SubmissionSettings,
    ) -> None:
        self._store, self._opening, self._signer = store, opening, signer
        self._who, self._deadline, self._now = who, deadline, now
        self._workers = trio.CapacityLimiter(settings.disk_workers)
        self._turns: dict[Principal, trio.Lock] = {}

    def app(self) -> Starlette:
        """The application. Paths begin with ``/uploads``."""
        one, chunk = "/uploads/{upload}", "/uploads/{upload}/{part}/{index}"
        app = Starlette(
            exception_handlers={404: _no_such_address, 405: _no_such_method},
            routes=[
                self._at("/uploads", GET=self._mine, POST=self._begin),
                self._at(one, GET=self._there, DELETE=self._discard),
                self._at(f"{one}/finish", POST=self._finish),
                self._at(chunk, PUT=self._put),
            ],
        )
        app.router.redirect_slashes = False
        return app

    def body_bytes_max(self, method: str, authorization: str) -> int | None:
        """How long the body of a request may be, known before any of it is read; None if the asker is nobody who bids here."""
        if self._who(_bearer(authorization)) is None:
            return None
        return {"PUT": CHUNK_BODY_BYTES_MAX, "POST": BEGIN_BODY_BYTES_MAX}.get(method, 0)

    # The addresses.

    async def _begin(self, request: Request, owner: Principal, at: Nanoseconds) -> dict[str, Any]:
        body = await _body(request, BEGIN_BODY_BYTES_MAX)
        self._check_open(at)
        return await self._picture(owner, await self._work(self._begun, owner, body))

    async def _put(self, request: Request, owner: Principal, at: Nanoseconds) -> dict[str, Any]:
        content = await _body(request, CHUNK_BODY_BYTES_MAX)
        self._check_open(at)
        part, index = request.path_params["part"], _index(request.path_params["index"])
        await self._work(self._store.put, owner, _name(request), part, index, content)
        return {}

    async def _there(self, request: Request, owner: Principal, _: Nanoseconds) -> dict[str, Any]:
        return await self._picture(owner, _name(request))

    async def _mine(self, _: Request, owner: Principal, __: Nanoseconds) -> dict[str, Any]:
        return {"uploads": [await self._picture(owner, name) for name in self._store.mine(owner)]}

    async def _finish(self, request: Request, owner: Principal, at: Nanoseconds) -> dict[str, Any]:
        self._check_open(at)
        declaration, finished_at = await self._work(self._store.finish, owner, _name(request), at)
        receipt = Receipt(
            opening=self._opening, section=declaration.section, manifest=declaration.manifest, at=finished_at
        )
        return {"receipt": receipt.signed(self._signer)}

    async def _discard(self, request: Request, owner: Principal, _: Nanoseconds) -> dict[str, Any]:
        await self._work(self._store.discard, owner, _name(request))
        return {}

    def _begun(self, owner: Principal, body: bytes) -> str:
        return self._store.begin(owner, _declared(body))

    async def _picture(self, owner: Principal, name: str) -> dict[str, Any]:
        declaration, gaps, finished = await self._work(self._store.there, owner, name)
        return _pictured(name, declaration, gaps, finished=finished)

    # What they share.

    def _at(self, path: str, **asks: Ask) -> Route:
        """One address, with what is done there by method."""

        async def answered(request: Request) -> Response:
            at, ask = self._now(), asks["GET" if request.method == "HEAD" else request.method]
            try:
                return _json(await ask(request, self._owner(request), at))
            except _Refused as no:
                return _refused(door_answer(no.fault, **no.detail))
            except (UploadFault, SealFault) as fault:
                return _refused(faults.answer(fault))

        return Route(path, answered, methods=list(asks))

    def _owner(self, request: Request) -> Principal:
        owner = self._who(_bearer(request.headers.get("authorization", "")))
        if owner is None:
            raise _Refused(Fault.AUTH_INVALID)
        return owner

    def _check_open(self, at: Nanoseconds) -> None:
        deadline = self._deadline()
        if at > deadline:
            raise closed(at, deadline)

    async def _work(self, work: Callable[..., T], owner: Principal, *given: object) -> T:
        """Have a thread do ``work``. One at a time for each bidder: nobody keeps all threads from the others."""
        async with self._turns.setdefault(owner, trio.Lock()):
            return await trio.to_thread.run_sync(partial(work, owner, *given), limiter=self._workers)


async def _no_such_address(_: Request, __: Exception) -> Response:
    return _refused(door_answer(Fault.NOT_FOUND))


async def _no_such_method(_: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    allowed = ", ".join(sorted((fault.headers or {})["Allow"].split(", ")))
    response = _refused(door_answer(Fault.HTTP_METHOD, allowed=allowed))
    response.headers["allow"] = allowed
    return response


def _pictured(name: str, declaration: Declaration, gaps: tuple[Gap, ...], *, finished: bool) -> dict[str, Any]:
    missing = {gap.part: _ranges(gap.missing) for gap in gaps}
    return {
        "upload": name,
        "section": declaration.section,
        "manifest": declaration.manifest.hex(),
        "finished": finished,
        "parts": [
            {"part": piece.name, "chunks": len(piece.digests), "missing": missing.get(piece.name, [])}
            for piece in declaration.pieces
        ],
    }


def _ranges(indices: tuple[int, ...]) -> list[list[int]]:
    """First and last of each stretch: ``[[0, 2], [5, 5]]``."""
    stretches: list[list[int]] = []
    for index in indices:
        if stretches and stretches[-1][1] == index - 1:
            stretches[-1][1] = index
        else:
            stretches.append([index, index])
    return stretches


def _declared(body: bytes) -> Declaration:
    try:
        said = msgspec.json.decode(body, type=Begin)
        digests = {part: bytes.fromhex(text) for part, text in said.digests.items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise _Refused(Fault.HTTP_MALFORMED, field="body") from None
    return declare(read_manifest(said.manifest.encode()), digests)


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > most:
                raise _Refused(Fault.HTTP_BODY_TOO_BIG, bytes_max=most)
    return bytes(body)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _name(request: Request) -> str:
    name: str = request.path_params["upload"]
    return name


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise UploadFault(UploadCode.CHUNK_UNKNOWN)
    return int(text)


def _refused(said: dict[str, Any]) -> Response:
    headers = {"www-authenticate": "Bearer"} if said["code"] == Fault.AUTH_INVALID else {}
    if "after_ms" in said["detail"]:
        headers["retry-after"] = str(-(-said["detail"]["after_ms"] // 1000))
    return _json(said, STATUS.get(said["code"], 422), headers)


def _json(value: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(value), status, {"cache-control": "no-store", **(headers or {})}, media_type="application/json"
    )
