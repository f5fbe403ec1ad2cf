"""A server on a real port of this machine, and a caller who writes and reads every byte himself."""

import base64
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import orjson
import trio
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.domain.parties import Principal
from engine.gateway.board import Posted
from engine.gateway.http import HttpSettings
from engine.gateway.limits import Limits, LimitSettings, Refused
from engine.gateway.series import series
from engine.gateway.server import Handover, Server, listen
from engine.gateway.site import PageSettings, make_app
from engine.gateway.tickets import Tickets, TicketSettings
from engine.gateway.tls import Terminator
from engine.gateway.tokens import Keyring, Tokens
from engine.gateway.upgrade import Gate, Upgrade
from engine.meters import Meters
from engine.wire.refusals import Fault

SETTINGS = HttpSettings(port=0)
PAGE_SETTINGS = PageSettings()
LIMITS = LimitSettings()
NOW_S = 1_800_000_000.0
RECORDS = 1203
KEY = base64.b64encode(bytes(16)).decode()


class Caller:
    """One connection to the server."""

    def __init__(self, stream: "trio.SocketStream | trio.SSLStream[trio.SocketStream]") -> None:
        self.stream = stream
        self.unread = b""

    async def say(self, data: bytes | str) -> None:
        """Send bytes as they are."""
        await self.stream.send_all(data.encode("latin-1") if isinstance(data, str) else data)

    async def ask(self, start: str, *headers: str, body: bytes = b"") -> "Said":
        """Send a request and read its answer."""
        await self.say(request(start, *headers, body=body))
        return await self.hear(head_only=start.startswith("HEAD "))

    async def hear(self, *, head_only: bool = False) -> "Said":
        """Read one answer."""
        head = await self._until(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        version, status, reason = first.split(" ", 2)
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            name = name.lower()
            assert name not in headers, f"{name} twice"
            headers[name] = value
        said = Said(version, int(status), reason, headers)
        if head_only or said.status < 200 or said.status in {204, 304}:
            return said
        if "content-length" in headers:
            said.body = await self._take(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int(await self._until(b"\r\n"), 16):
                said.body += await self._take(size)
                await self._take(2)
            await self._take(2)
        else:
            said.body = await self.rest()
        return said

    async def rest(self) -> bytes:
        """Everything up to the end. A reset is an end as well."""
        with contextlib.suppress(trio.BrokenResourceError):
            while data := await self.stream.receive_some(65536):
                self.unread += bytes(data)
        rest, self.unread = self.unread, b""
        return rest

    async def _until(self, mark: bytes) -> bytes:
        while mark not in self.unread:
            await self._more()
        taken, _, self.unread = self.unread.partition(mark)
        return taken + mark

    async def _take(self, size: int) -> bytes:
        while len(self.unread) < size:
            await self._more()
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken

    async def _more(self) -> None:
        data = await self.stream.receive_some(65536)
        if not data:
            raise EOFError(f"the server hung up after {self.unread!r}")
        self.unread += bytes(data)


def granted(data: bytes) -> Upgrade:
    """What is handed over for an upgrade request that went the quick way, and what came behind it."""
    read = Gate(HttpSettings(), "http").quick(data, "127.0.0.1")
    assert read is not None
    return read.upgrade


@dataclass
class Said:
    """One answer."""

    version: str
    status: int
    reason: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body, read."""
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error, which must have all its parts."""
        assert self.headers["content-type"] == "application/json"
        error = self.json
        assert error.keys() == {"code", "retry", "zh", "en", "detail"}
        return str(error["code"])


def request(start: str, *headers: str, body: bytes = b"") -> bytes:
    """The bytes of a request. ``Host`` is added if not given."""
    lines = [start if " HTTP/" in start else f"{start} HTTP/1.1"]
    if not any(header.lower().startswith("host:") for header in headers):
        lines.append("Host: house.test")
    lines += headers
    if body and not any(header.lower().startswith("transfer-encoding:") for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def upgrade(sale: str = "s1", *more: str, leave_out: str = "") -> bytes:
    """A request for a sale's socket."""
    headers = [
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY}",
        *more,
    ]
    return request(
        f"GET /api/sales/{sale}/socket",
        *(header for header in headers if not (leave_out and header.startswith(leave_out))),
    )


@dataclass
class Taken:
    """A socket that was handed over."""

    sock: socket.socket
    head: bytes
    address: str
    sale: str


@dataclass
class Doorstep:
    """A server that runs."""

    server: Server
    meters: Meters
    taken: list[Taken] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)

    async def call(self) -> Caller:
        """Another connection."""
        caller = Caller(await trio.open_tcp_stream("127.0.0.1", self.server.port))
        self.callers.append(caller)
        return caller

    async def empties(self) -> None:
        """Return when every connection has ended."""
        with trio.fail_after(10):
            while self.server.connections:  # noqa: ASYNC110 - the server tells nobody
                await trio.sleep(0.01)

    async def ask(self, start: str, *headers: str, body: bytes = b"") -> Said:
        """One request on a connection of its own."""
        caller = await self.call()
        said = await caller.ask(start, *headers, body=body)
        await caller.stream.aclose()
        return said


@asynccontextmanager
async def doorstep(
    app: ASGIApp | None = None,
    settings: HttpSettings = SETTINGS,
    handover: Handover | None = None,
    tls: Terminator | None = None,
) -> AsyncIterator[Doorstep]:
    """A server, for as long as the block lasts. By default it keeps what is handed over, and answers as :func:`simple`."""
    meters = Meters()

    def keep(sock: socket.socket, upgrade: Upgrade, address: str, sale: str) -> None:
        step.taken.append(Taken(sock, upgrade.head, address, sale))

    listener = listen(settings.host, settings.port, settings.backlog)
    server = Server(
        listener=listener,
        app=app or simple,
        handover=handover or keep,
        settings=settings,
        meters=meters,
        bodies=lambda request: 99_999 if request.path == "/long" or request.path.startswith("/beneath/") else None,
        tls=tls,
    )
    step = Doorstep(server, meters)
    async with trio.open_nursery() as nursery:
        if tls is not None:
            await nursery.start(tls.run)
        nursery.start_soon(server.run)
        try:
            yield step
        finally:
            nursery.cancel_scope.cancel()
            for taken in step.taken:
                taken.sock.close()
            for caller in step.callers:
                stream = caller.stream
                (stream.transport_stream if isinstance(stream, trio.SSLStream) else stream).socket.close()


async def simple(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that says what it was asked."""
    asked = await receive()
    told = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "body": asked["body"].decode("latin-1"),
        "client": scope["client"][0],
        "scheme": scope["scheme"],
    }
    body = orjson.dumps(told)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Quiet(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))

    def __enter__(self) -> Self:
        self._log = logging.getLogger("luochui.http")
        self._log.addHandler(self)
        self._log.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self)
        self._log.propagate = True


def _channel(**counted: Any) -> dict[str, Any]:
    return {"sold": 0, "turnover_fen": 0, "bids": 0, "refused": 0, "bidders": 0, "spans": None, **counted}


FIGURES: dict[str, Any] = {
    "sale": "s1",
    "title": {"zh": "=一", "en": "=one"},
    "phase": "open",
    "final": False,
    "rules": "ab",
    "epoch": 1,
    "seq": RECORDS,
    "head": "cd",
    "counted": RECORDS,
    "at_us": 1_476_495_020_002_036,
    "closed_at_us": None,
    "opened_at_us": 1_476_495_000_000_000,
    "turnover_fen": 180_000_050,
    "opening_fen": 100_00,
    "premium": "10%",
    "average_fen": 180_000_050,
    "top": {"lot": 1, "plate": "豫H88888", "hammer_fen": 180_000_050, "seq": 16},
    "lots": 2,
    "sold": 1,
    "passed": 0,
    "bids": 2,
    "refused": 1,
    "bidders": 2,
    "bids_per_lot": "2.0",
    "lot_ms": 900,
    "channels": {
        "hall": _channel(),
        "online": _channel(
            sold=1,
            turnover_fen=180_000_050,
            bids=2,
            spans={
                "count": 3,
                "p50_us": 85,
                "p90_us": 150,
                "p99_us": 150,
                "max_us": 150,
                "max_seq": 12,
                "bars": [2, 1],
            },
        ),
    },
    "bars_us": (100,),
    "refusals": [{"code": "E_BID_TOO_LOW", "count": 1}],
    "by_lot": [
        {
            "lot": 1,
            "plate": "=HYPERLINK(1)",
            "phase": "sold",
            "opening_fen": 100_00,
            "hammer_fen": 180_000_050,
            "premium": "10%",
            "channel": "online",
            "bids": 2,
            "bidders": 2,
            "open_ms": 900,
            "opened_seq": 8,
            "opened_at_us": 1_476_495_008_000_000,
            "ended_at_us": 1_476_495_020_002_000,
            "ended_seq": 16,
        }
    ],
}
"""What a house says of ``s1``."""


STILL_READING_US = 1
"""An instant at which the catalogue has to be asked again."""


class Catalogue:
    """:class:`engine.gateway.sales.Sales`: the sales of a house that plays no part here: one of them, ``s1``, with 1203 records."""

    def __init__(self) -> None:
        self.is_ready = True
        self.kind = "auction"
        self.asked: list[tuple[int, int]] = []
        self.hold: trio.Event | None = None

    def listing(self) -> list[dict[str, Any]]:
        return [{"id": "s1", "title": {"zh": "一", "en": "one"}, "phase": "open", "lots": 2, "sold": 1}]

    def about(self, sale: str) -> dict[str, Any] | None:
        return {"id": sale, "kind": self.kind, "seq": RECORDS} if sale == "s1" else None

    def veiled(self, sale: str) -> bool:
        return False

    def checkpoint(self, sale: str, size: int, head: bytes, at: int) -> str:
        return f"{sale} {size} {head.hex()} {at}"

    def lots(self, sale: str) -> list[dict[str, Any]] | None:
        lot = {"opening_fen": 100_00, "bid_count": 2}
        sold = {"lot": 1, "plate": "豫H·88888", "phase": "sold", "hammer_fen": 180_000_050, "who": {"alias": 3}, **lot}
        waiting = {"lot": 2, "plate": "=HYPERLINK(1)", "phase": "waiting", "hammer_fen": None, "who": None, **lot}
        return [sold, waiting] if sale == "s1" else None

    async def record(self, sale: str, after: int, limit: int) -> dict[str, Any] | None:
        await trio.lowlevel.checkpoint()
        self.asked.append((after, limit))
        if self.hold is not None:
            await self.hold.wait()
        if sale != "s1":
            return None
        last = min(after + limit, RECORDS)
        return {
            "sale": sale,
            "key": "ab",
            "epoch": 1,
            "seq": RECORDS,
            "head": "cd",
            "records": [_record(seq) for seq in range(after + 1, last + 1)],
            "commits": [
                {"first": first, "last": first + 300, "statement": "", "signature": ""}
                for first in range(1, RECORDS, 301)
                if first <= last and first + 300 > after
            ],
        }

    async def past(self, sale: str, *, seq: int | None = None, at_us: int | None = None) -> bytes | None:
        await trio.lowlevel.checkpoint()
        if sale != "s1" or (seq is not None and seq > RECORDS):
            return None
        if at_us == STILL_READING_US:
            raise Refused(Fault.BUSY, after_ms=500)
        return orjson.dumps({"epoch": 1, "seq": seq or 7, "parts": {}})

    async def figures(self, sale: str) -> dict[str, Any] | None:
        await trio.lowlevel.checkpoint()
        return FIGURES if sale == "s1" else None

    async def figure_records(self, sale: str, of: str) -> dict[str, Any] | None:
        await trio.lowlevel.checkpoint()
        latest = [{"seq": 9, "arrived_us": 1_476_495_008_750_864, "span_us": 85}]
        known = sale == "s1" and of == "bids.hall"
        return {"sale": sale, "of": of, "seq": RECORDS, "count": 1, "latest": latest} if known else None

    async def series(self) -> dict[str, Any]:
        await trio.lowlevel.checkpoint()
        return series([FIGURES])

    def posted(self) -> list[Posted]:
        return []

    def cluster(self) -> dict[str, Any]:
        return {"at_us": 1_800_000_000_000_000, "here": "engine", "rooms": [], "carriers": []}

    def house_time(self) -> int:
        return 1_800_000_000_000_000_000

    def results(self) -> list[dict[str, Any]]:
        return []

    def ready(self) -> tuple[bool, dict[str, Any]]:
        return self.is_ready, {} if self.is_ready else {"s1": "halted"}

    def statistics(self) -> dict[str, dict[str, int]]:
        return {"connections": {"public": 7}, "queues": {"mailbox": 2}, "rooms": {"halted": 0}}


class Papers:
    """:class:`engine.gateway.papers.Papers`: one public paper, one for officers, and one for whom it is too early."""

    async def listing(self, sale: str, *, officer: bool) -> dict[str, Any] | Fault:
        await trio.lowlevel.checkpoint()
        return {"sale": sale, "officer": officer} if sale == "s1" else Fault.NOT_FOUND

    async def paper(
        self, sale: str, name: str, form: str, lang: str, *, officer: bool, signed: bool = False
    ) -> bytes | Fault:
        await trio.lowlevel.checkpoint()
        if sale != "s1":
            return Fault.NOT_FOUND
        if name == "record" and not officer:
            return Fault.AUTH_INVALID
        faults = {"early": Fault.PAPER_NOT_YET, "busy": Fault.BUSY, "fontless": Fault.FONTS_MISSING}
        return faults.get(name) or f"{name} {form} {lang} {officer}".encode()


def _record(seq: int) -> dict[str, Any]:
    at = 1_800_000_000_123_456_789 + seq
    header = orjson.dumps({"arrived_at": at, "recorded_at": at, "seq": seq}).decode()
    if seq % 3 == 0:
        return {"header": header, "digest": f"{seq:064x}", "refused": {"code": "E_BID_TOO_LOW"}}
    bid = {"type": "BidPlaced", "lot": 1, "amount_fen": seq * 100, "who": {"paddle": 8}, "channel": "hall"}
    return {
        "header": header,
        "digest": f"{seq:064x}",
        "events": [bid if seq % 3 == 1 else {"type": "LotOpened", "lot": 1}],
    }


@dataclass
class Pages:
    """A house with pages, at the door."""

    step: Doorstep
    sales: Catalogue
    tokens: Tokens
    tickets: Tickets

    def token(self, who: str = "bidder:8", sale: str = "s1", ttl_s: int = 60) -> str:
        """A good token."""
        return self.tokens.issue(Principal(who), sale, ttl_s, NOW_S)


@asynccontextmanager
async def pages(
    folder: Path,
    web: Path,
    *,
    settings: PageSettings = PAGE_SETTINGS,
    http: HttpSettings = SETTINGS,
    limits: LimitSettings = LIMITS,
) -> AsyncIterator[Pages]:
    """The pages, for as long as the block lasts."""
    sales, tokens = Catalogue(), Tokens(Keyring.from_folder(folder / "keys" / "tokens"))
    tickets, keeper = Tickets(TicketSettings(), trio.current_time), Limits(limits, trio.current_time)
    app = make_app(
        sales=sales,
        papers=Papers(),
        desks=lambda _sale: None,
        logs=lambda _sale: None,
        tokens=tokens,
        tickets=tickets,
        limits=keeper,
        meters=Meters(),
        settings=settings,
        web_dir=web,
        now=lambda: NOW_S,
    )
    async with doorstep(app, http) as step:
        yield Pages(step, sales, tokens, tickets)


@contextlib.contextmanager
def no_errors() -> Iterator[None]:
    """Nothing in the block may be logged as an error."""
    with Quiet() as quiet:
        yield
    assert quiet.lines == []
