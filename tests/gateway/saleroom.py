"""A small sale behind a real socket: memory journal, real clerk, hub and reactor; and a browser made of bytes."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import trio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.typing import Origin
from websockets.uri import parse_uri

from engine.domain.auction.commands import AdmitPaddle, AnnounceSale, CatalogueEntry, Title
from engine.domain.parties import HOUSE, Channel, Principal
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, PaddleNo
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.hub import Hub, HubSettings
from engine.gateway.limits import Refused
from engine.gateway.reactor import Reactor, SocketSettings
from engine.gateway.session import Elsewhere, Session, at_home
from engine.gateway.upgrade import Upgrade
from engine.hubs import hub_of
from engine.journal.base import Journal, JournalIdentity
from engine.journal.memory import MemoryJournal
from engine.journal.signing import Signer
from engine.meters import Meters
from engine.room.house import Room, RoomSettings, announce, open_room
from engine.wire.refusals import Fault

SALE = "test-sale"
RULES = RuleSheet(increments=(IncrementBand(from_price=Fen(0), step=Fen(50_000)),))


class OpenDoor:
    """Tickets are principals in clear; nobody is limited unless ``wait_ms`` says so."""

    def __init__(self, wait_ms: int = 0) -> None:
        self.wait_ms = wait_ms
        self.principal: str | None = None
        self.broken = False
        self.shut_out: Callable[[], None] | None = None

    def enter(self, ticket: str | None, shut_out: Callable[[], None]) -> Principal | None:
        self.shut_out = shut_out
        if ticket == "bad":
            raise Refused(Fault.TICKET_USED)
        self.principal = ticket
        return None if ticket is None else Principal(ticket)

    def spend(self) -> None:
        if self.broken:
            raise RuntimeError("a fault of ours")
        if self.wait_ms:
            raise Refused(Fault.RATE_LIMITED, after_ms=self.wait_ms)

    def leave(self) -> None:
        pass


def a_signer() -> Signer:
    return Signer.of(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))


def a_memory_journal(sale: str = SALE) -> MemoryJournal:
    return MemoryJournal(JournalIdentity(sale, 1, b"salt" * 8, a_signer().public))


@dataclass
class Saleroom:
    room: Room
    hub: Hub
    reactor: Reactor
    address: tuple[str, int]
    doors: list[OpenDoor] = field(default_factory=list)
    elsewhere: Elsewhere = at_home
    """Where those who come from now on may be served instead."""

    @asynccontextmanager
    async def browser(self, ticket: str | None = None, *, hello: bool = True, **more: Any) -> AsyncIterator["Browser"]:
        stream = await trio.open_tcp_stream(*self.address)
        browser = Browser(stream)
        try:
            await browser.shake_hands()
            if hello:
                frame = {"type": "hello", "protocol": 1, **({"ticket": ticket} if ticket else {}), **more}
                await browser.send(frame)
                await browser.until("welcome")
            yield browser
        finally:
            await stream.aclose()


class Browser:
    """A client's end, frame by frame."""

    def __init__(self, stream: trio.abc.Stream, uri: str = "ws://house/socket", origin: str | None = None) -> None:
        self.stream = stream
        self.protocol = ClientProtocol(parse_uri(uri), origin=Origin(origin) if origin is not None else None)
        self.frames: list[dict[str, Any]] = []
        self.texts: list[bytes] = []

    async def shake_hands(self) -> None:
        self.protocol.send_request(self.protocol.connect())
        await self._flush()
        while self.protocol.state.name == "CONNECTING":
            if not await self._read() or self.protocol.handshake_exc is not None:
                raise ConnectionRefusedError(str(self.protocol.handshake_exc))

    async def send(self, frame: dict[str, Any]) -> None:
        await self.send_raw(orjson.dumps(frame, option=orjson.OPT_SORT_KEYS))

    async def send_raw(self, raw: bytes) -> None:
        self.protocol.send_text(raw)
        await self._flush()

    async def next(self) -> dict[str, Any]:
        while not self.frames:
            if not await self._read():
                raise EOFError(f"closed: {self.protocol.close_code} {self.protocol.close_reason}")
        self.texts.pop(0)
        return self.frames.pop(0)

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        while True:
            frame = await self.next()
            if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    async def until_text(self, kind: str) -> bytes:
        """The very bytes of the next frame of type ``kind``."""
        while True:
            while not self.frames:
                await self._read()
            text = self.texts[0]
            if (await self.next())["type"] == kind:
                return text

    async def end(self) -> int | None:
        """Read to the end; the close code."""
        while await self._read():
            pass
        return self.protocol.close_code

    async def _flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data:
                await self.stream.send_all(data)

    async def _read(self) -> bool:
        try:
            data = await self.stream.receive_some(65536)
        except (trio.BrokenResourceError, ConnectionResetError):
            data = b""
        if not data:
            self.protocol.receive_eof()
            return False
        self.protocol.receive_data(data)
        for event in self.protocol.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self.texts.append(bytes(event.data))
                self.frames.append(orjson.loads(event.data))
        await self._flush()
        return True


@asynccontextmanager
async def saleroom(
    *,
    journal: Journal | None = None,
    paddles: int = 12,
    lots: int = 3,
    rules: RuleSheet = RULES,
    sockets: SocketSettings | None = None,
    settings: HubSettings | None = None,
    wait_ms: int = 0,
) -> AsyncIterator[Saleroom]:
    """A sale with ``lots`` lots; odd paddles online, even ones in the hall, each with two deposits."""
    room = open_room(journal or a_memory_journal(), a_signer(), RoomSettings())
    await announce(room, an_announcement(lots, rules), admissions(paddles))
    hub = hub_of(
        SALE,
        room,
        broadcaster=Broadcaster(SweepSettings()),
        settings=settings or HubSettings(),
        meters=Meters(),
    )
    reactor = Reactor(sockets or SocketSettings(), may_move=True)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    place = Saleroom(room, hub, reactor, listener.getsockname())
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(room.clerk.run)
            nursery.start_soon(hub.run)
            nursery.start_soon(reactor.run)
            nursery.start_soon(_let_in, place, listener, wait_ms)
            yield place
            nursery.cancel_scope.cancel()
    finally:
        reactor.close()
        listener.close()


def an_announcement(lots: int = 3, rules: RuleSheet = RULES) -> AnnounceSale:
    return AnnounceSale(
        command_id="announce",
        by=HOUSE,
        sale=SALE,
        title=Title(zh="测试拍卖会", en="Test sale"),
        rules=rules,
        catalogue=tuple(
            CatalogueEntry(lot=LotNo(lot), plate=f"豫H{lot:05}", opening_price=Fen(1_000_000))
            for lot in range(1, lots + 1)
        ),
    )


def admissions(paddles: int) -> tuple[AdmitPaddle, ...]:
    return tuple(
        AdmitPaddle(
            command_id=f"admit-{paddle}",
            by=HOUSE,
            paddle=PaddleNo(paddle),
            channel=Channel.ONLINE if paddle % 2 else Channel.HALL,
            deposits=2,
        )
        for paddle in range(1, paddles + 1)
    )


async def _let_in(place: Saleroom, listener: socket.socket, wait_ms: int) -> None:
    while True:
        await trio.lowlevel.wait_readable(listener)
        sock, _ = listener.accept()
        sock.setblocking(False)
        head = b""
        while b"\r\n\r\n" not in head:
            await trio.lowlevel.wait_readable(sock)
            head += sock.recv(65536)
        door = OpenDoor(wait_ms)
        place.doors.append(door)
        place.reactor.adopt(
            sock,
            Upgrade(head),
            lambda make, door=door: (
                Session(  # type: ignore[misc]
                    place.hub,
                    door,
                    place.room.clock.now,
                    make,
                    frame_bytes_max=16 * 1024,
                    elsewhere=place.elsewhere,
                ).connection
            ),
        )
