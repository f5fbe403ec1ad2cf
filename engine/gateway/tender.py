"""What an opening of sealed bids is asked over HTTP beside commands: to keep a sealed chunk, and what a trustee is to answer for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

import trio
from starlette.requests import Request
from starlette.responses import Response

from engine.domain.opening.commands import Gap, SubmitEnvelope
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.domain.views import wanted
from engine.gateway import http, qr
from engine.gateway.frames import worded
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits, Refused
from engine.gateway.responses import in_json
from engine.gateway.tokens import AuthInvalid, Credential, Tokens, bearer
from engine.sealing.faults import SealFault
from engine.sealing.manifest import read_manifest
from engine.sealing.parts import CHUNK_BYTES, PartName, chunk_digest
from engine.sealing.suites import TAG_BYTES
from engine.wire.messages import own_paddle
from engine.wire.refusals import Fault

SEALED_SHEET_BYTES: Final = CHUNK_BYTES[PartName.SHEET] + TAG_BYTES
TRY_AGAIN_MS: Final = 1000
CODE_BYTES_MAX: Final = 1024
"""Of a text in a QR code: more of them no hand-held reader makes out."""

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]")
_SALE: Final = "/api/sales/{sale}"
ROUTES: Final = (
    ("POST", f"{_SALE}/chunks", "chunk"),
    ("GET", f"{_SALE}/wanted", "wanted"),
    ("POST", f"{_SALE}/code", "receipt_code"),
    ("GET", f"{_SALE}/receipt", "receipt"),
    ("GET", f"{_SALE}/receipt.pdf", "receipt_paper"),
)
"""Method, path, and the method of :class:`Tender` that answers."""


class Store(Protocol):
    """Where the sealed chunks of one opening lie; see :class:`engine.room.chunks.Chunks`."""

    def put(self, bidder: PaddleNo, digest: bytes, chunk: bytes, needed: frozenset[str]) -> None:
        """Keep a chunk. Raises OSError."""
        ...

    def holds(self, bidder: PaddleNo, digest: bytes) -> bool:
        """Whether a chunk is here."""
        ...


class Receipts(Protocol):
    """The receipts of one opening; see :class:`engine.receipts.Receipts`. Whatever of it is asked for is the asker's own."""

    async def signed(self, bidder: PaddleNo, section: str) -> dict[str, Any] | None:
        """The receipt of the envelope that stands; None if none does."""
        ...

    async def paper(self, bidder: PaddleNo, section: str, lang: str, *, signed: bool) -> bytes | Fault | None:
        """The same as PDF, or with a signature in it; a fault is why it cannot be made."""
        ...


def missing(store: Store, command: SubmitEnvelope) -> tuple[Gap, ...]:
    """
    The chunks that an envelope names and ``store`` does not hold; nothing of a manifest that cannot be read.

    Documents are larger than what is taken here: an envelope that has some is not complete.
    """
    try:
        manifest = read_manifest(command.manifest.encode())
    except SealFault:
        return ()
    return tuple(
        Gap(part=part.name, chunks=part.chunks, missing=tuple(range(part.chunks)))
        for part in manifest.parts
        if part.name is not PartName.SHEET or not store.holds(command.bidder, part.root)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """The routes. One method, one address."""

    hubs: Callable[[str], Hub | None]
    stores: Callable[[str], Store | None]
    receipts: Callable[[str], Receipts | None]
    house_time: Callable[[str], Nanoseconds]
    tokens: Tokens
    limits: Limits
    now: Callable[[], float]
    """Seconds since 1970, for tokens."""

    frame_bytes_max: int

    async def chunk(self, request: Request) -> Response:
        """Keep the sealed chunk of an opening sheet, before the envelope that names it is submitted."""
        sale = request.path_params["sale"]
        bidder, store, opening = self._bidder(request), self.stores(sale), self._opening(sale)
        if store is None:
            raise Refused(Fault.NOT_FOUND)
        body = await request.body()
        at = self.house_time(sale)
        if opening.stage is not Stage.RECEIVING or at > opening.deadline:
            stamps = {"arrived_us": at // 1000, "closed_us": opening.deadline // 1000}
            return in_json(worded(Refusal(Reason.SUBMISSION_CLOSED, **stamps)), 422)
        if len(body) != SEALED_SHEET_BYTES:
            raise Refused(Fault.HTTP_MALFORMED, field="body", wanted=SEALED_SHEET_BYTES)
        digest = chunk_digest(opening.rules.hall_key.of, body)
        needed = frozenset(
            part.root.hex()
            for (_, whose), envelope in opening.envelopes.items()
            if whose == bidder
            for part in envelope.manifest.parts
        )
        try:
            await trio.to_thread.run_sync(partial(store.put, bidder, digest, body, needed))
        except OSError:
            raise Refused(Fault.STORAGE, after_ms=TRY_AGAIN_MS) from None
        return in_json({"sale": sale, "digest": digest.hex(), "bytes": len(body)})

    async def wanted(self, request: Request) -> Response:
        """What a trustee is to answer for now."""
        sale = request.path_params["sale"]
        principal = self._bearer(request, sale).principal
        self._spend(sale, principal)
        hub = self.hubs(sale)
        found = None if hub is None else wanted(hub.state, principal)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return in_json({"sale": sale, "trustee": int(principal.partition(":")[2]), "wanted": found})

    async def receipt_code(self, request: Request) -> Response:
        """A receipt as a QR code, for its owner to print."""
        sale = request.path_params["sale"]
        self._spend(sale, self._bearer(request, sale).principal)
        text = await request.body()
        if not 0 < len(text) <= CODE_BYTES_MAX or not text.isascii():
            raise Refused(Fault.HTTP_MALFORMED, field="body")
        return Response(qr.svg(text.decode()), media_type=qr.TYPE, headers={"cache-control": "no-store"})

    async def receipt(self, request: Request) -> Response:
        """The bidder's own receipt of the envelope that stands in a section."""
        bidder, receipts = self._bidder(request), self.receipts(request.path_params["sale"])
        found = None if receipts is None else await receipts.signed(bidder, request.query_params.get("section", ""))
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return in_json(found)

    async def receipt_paper(self, request: Request) -> Response:
        """The same as PDF, to be kept and printed."""
        sale, section = request.path_params["sale"], request.query_params.get("section", "")
        bidder, receipts = self._bidder(request), self.receipts(sale)
        lang = "en" if request.query_params.get("lang") == "en" else "zh-CN"
        signed = request.query_params.get("signed") == "1"
        found = None if receipts is None else await receipts.paper(bidder, section, lang, signed=signed)
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        if isinstance(found, Fault):
            raise Refused(found, **({"after_ms": TRY_AGAIN_MS} if found is Fault.BUSY else {}))
        name = _NOT_IN_NAMES.sub("_", f"{sale}-receipt-{section}.pdf")
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(found, media_type="application/pdf", headers=headers)

    def longest(self, request: http.Request) -> int | None:
        """
        How long a body may be: of a command as long as a frame, for a manifest stands in one.

        Where a chunk is sent, as long as that; who is no bidder is sent away before it is read.
        """
        parts = request.path.split("/")
        if request.method != "POST" or len(parts) != 5 or parts[:3] != ["", "api", "sales"]:
            return None
        hub = self.hubs(parts[3])
        if hub is None or not isinstance(hub.state, Opening):
            return None
        if parts[4] == "commands":
            return self.frame_bytes_max
        if parts[4] != "chunks":
            return None
        try:
            shown = [request.table.get(b"authorization", b"").decode("latin-1")]
            principal = self.tokens.credential(bearer(shown), parts[3], self.now()).principal
        except AuthInvalid:
            self.limits.ticket(request.address)
            raise Refused(Fault.AUTH_INVALID) from None
        return SEALED_SHEET_BYTES if own_paddle(principal) is not None else None

    def _opening(self, sale: str) -> Opening:
        hub = self.hubs(sale)
        if hub is None or not isinstance(hub.state, Opening):
            raise Refused(Fault.NOT_FOUND)
        return hub.state

    def _bidder(self, request: Request) -> PaddleNo:
        sale = request.path_params["sale"]
        principal = self._bearer(request, sale).principal
        self._spend(sale, principal)
        bidder = own_paddle(principal)
        if bidder is None:
            raise AuthInvalid
        return bidder

    def _bearer(self, request: Request, sale: str) -> Credential:
        return self.tokens.credential(bearer(request.headers.getlist("authorization")), sale, self.now())

    def _spend(self, sale: str, principal: Principal) -> None:
        self.limits.command(sale, principal)
