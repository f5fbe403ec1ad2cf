"""A house in memory: the real rules behind a small door, so that clients can be tried without network or disk."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import h11
import orjson
import trio
from trio.testing import memory_stream_pair
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from clients.http import Address
from engine.domain import proceeding, views
from engine.domain.auction.commands import AdmitPaddle, AnnounceSale, CatalogueEntry, Title
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE, Channel, Principal, role_of
from engine.domain.proceeding import Command
from engine.domain.refusals import WORDING, Refusal, Retry
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.domain.views import Audience
from engine.wire.acts import to_command
from engine.wire.messages import BadFrame, Hello, Outcome, Seen, Time, own_paddle, read_frame

RULES = RuleSheet(
    increments=(
        IncrementBand(from_price=Fen(0), step=Fen(50_000)),
        IncrementBand(from_price=Fen(5_000_000), step=Fen(100_000)),
        IncrementBand(from_price=Fen(20_000_000), step=Fen(500_000)),
    )
)
SALE = "tianshui-1"
URL = "http://house.test:8000"


def worded(refusal: Refusal) -> dict[str, Any]:
    wording = WORDING[refusal.reason]
    zh, en = wording.say(refusal.detail)
    return {"code": refusal.reason, "retry": wording.retry, "zh": zh, "en": en, "detail": refusal.detail}


def door(code: str, retry: Retry, **detail: int) -> dict[str, Any]:
    return {"code": code, "retry": retry, "zh": "", "en": "", "detail": detail}


class House:
    """
    One sale. ``opener`` is what clients connect with.

    Everything recorded survives :meth:`kill`; whatever was under way to somebody does not.
    """

    def __init__(
        self, lots: Iterable[tuple[int, int]], paddles: Iterable[tuple[int, str, int]], sheet: RuleSheet = RULES
    ) -> None:
        self.auction: Auction | None = None
        self.records: list[tuple[Command, Any]] = []
        self.seq = 0
        self.shown_at = 0
        self.head = "0" * 64
        self.epoch = 1
        self.up = True
        self.silent = False
        """Whether to decide but tell nobody."""

        self.deaf = False
        """Whether to throw away what is asked."""

        self.before_record: Callable[[House, Command], None] = lambda _house, _command: None
        self.after_record: Callable[[House, Command], None] = lambda _house, _command: None
        self.after_showing: Callable[[House, Command], None] = lambda _house, _command: None
        self.busy = 0
        """So many commands are turned away at the door, to come again."""

        self.tickets: dict[str, Principal] = {}
        self.sessions: set[Session] = set()
        self.asked: list[dict[str, Any]] = []
        self._first: dict[tuple[str, str], tuple[bytes, dict[str, Any]]] = {}
        self._nursery: trio.Nursery | None = None
        entries = tuple(
            CatalogueEntry(lot=LotNo(lot), plate=f"甘E{lot:05}", opening_price=Fen(opening)) for lot, opening in lots
        )
        self._record(
            AnnounceSale(
                command_id="announce",
                by=HOUSE,
                sale=SALE,
                title=Title(zh="演示", en="Demo"),
                rules=sheet,
                catalogue=entries,
            )
        )
        for paddle, channel, deposits in paddles:
            self._record(
                AdmitPaddle(
                    command_id=f"admit-{paddle}",
                    by=HOUSE,
                    paddle=PaddleNo(paddle),
                    channel=Channel(channel),
                    deposits=deposits,
                )
            )

    # Doors.

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        async with trio.open_nursery() as self._nursery:
            task_status.started()
            await trio.sleep_forever()

    async def opener(self, address: Address) -> trio.abc.Stream:
        assert address.host == "house.test"
        await trio.lowlevel.checkpoint()
        if not self.up:
            raise ConnectionRefusedError("nobody there")
        theirs, ours = memory_stream_pair()
        assert self._nursery is not None
        self._nursery.start_soon(Session(self, ours).run)
        return theirs

    def kill(self) -> None:
        """As ``kill -9``: every connection ends in the middle of whatever it was doing."""
        self.up = False
        for session in list(self.sessions):
            session.drop()

    def start(self) -> None:
        self.up = True

    def let_in(self, principal: str) -> str:
        """A token for ``principal``."""
        return f"token of {principal}"

    # Deciding.

    def ask(self, session: "Session", body: bytes) -> None:
        message = read_frame(body)
        by = session.principal
        if isinstance(message, Time):
            session.send({"type": "time", "t0": message.t0, "t1_us": 1, "t2_us": 2})
            return
        assert not isinstance(message, Hello)
        self.asked.append(orjson.loads(body))
        if self.deaf:
            return
        assert by is not None
        if isinstance(message, Seen):
            return
        if isinstance(message, Outcome):
            first = self._first.get((by, message.id))
            if first is None:
                session.send({"type": "unknown", "id": message.id, **door("E_NEVER_SEEN", Retry.SAME_ID)})
            else:
                session.send({"type": "duplicate", "code": "OK_DUPLICATE", "answer": first[1]})
            return
        if self.busy:
            self.busy -= 1
            session.send({"type": "refused", "id": message.id, **door("E_BUSY", Retry.AFTER_MS, after_ms=200)})
            return
        if (first := self._first.get((by, message.id))) is not None:
            if first[0] == body:
                session.send({"type": "duplicate", "code": "OK_DUPLICATE", "answer": first[1]})
            else:
                session.send({"type": "refused", "id": message.id, **door("E_IDEMPOTENCY_CONFLICT", Retry.NEVER)})
            return
        command = to_command(message, by)
        assert command is not None
        self.before_record(self, command)
        if not self.up:
            return
        outcome = self._record(command)
        audience_told = [] if isinstance(outcome, Refusal) else views.told(self._auction, outcome, Audience.ROSTRUM)
        answer = {
            "type": "answer",
            "id": message.id,
            "seq": self.seq,
            "outcome": {"refused": worded(outcome)} if isinstance(outcome, Refusal) else {"accepted": audience_told},
            "receipt": {},
        }
        self._first[by, message.id] = (body, answer)
        self.after_record(self, command)
        session.send(answer)
        if not isinstance(outcome, Refusal):
            self._show(outcome)
        self.after_showing(self, command)

    def act(self, command: Command) -> None:
        """Somebody who is not connected here does something, and everybody sees it."""
        outcome = self._record(command)
        assert not isinstance(outcome, Refusal)
        self._show(outcome)

    @property
    def _auction(self) -> Auction:
        assert self.auction is not None
        return self.auction

    def _record(self, command: Command) -> Any:
        self.seq += 1
        at = Nanoseconds(self.seq * 1_000_000)
        outcome: Any
        try:
            outcome = proceeding.decide(self.auction, command, at)
            for event in outcome:
                auction = proceeding.apply(self.auction, event)
                assert isinstance(auction, Auction)
                self.auction = auction
        except Refusal as refusal:
            outcome = refusal
        self.head = hashlib.sha256(f"{self.head}{command}".encode()).hexdigest()
        self.records.append((command, outcome))
        return outcome

    def _show(self, events: Any) -> None:
        prev, self.shown_at = self.shown_at, self.seq
        for paddle in views.concerned(self._auction, events):
            for session in list(self.sessions):
                if session.principal is not None and own_paddle(session.principal) == paddle:
                    session.send_mine()
        for session in list(self.sessions):
            if session.welcome:
                session.send(
                    {
                        "type": "record",
                        "epoch": self.epoch,
                        "prev": prev,
                        "seq": self.seq,
                        "head": self.head,
                        "at_us": self.seq,
                        "parts": views.changed(self._auction, events, session.audience),
                        "events": views.told(self._auction, events, session.audience),
                    }
                )


class Session:
    """One connection, from its first byte."""

    def __init__(self, house: House, stream: trio.abc.HalfCloseableStream) -> None:
        self.house, self.stream = house, stream
        self.principal: Principal | None = None
        self.welcome = False
        self.unplugged = False
        """Whether what the client sends goes nowhere."""

        self._protocol = ServerProtocol(max_size=16_384)
        self._wake = trio.Event()
        self._scope = trio.CancelScope()
        house.sessions.add(self)

    @property
    def audience(self) -> Audience:
        officer = self.principal is not None and role_of(self.principal) in {"auctioneer", "clerk"}
        return Audience.ROSTRUM if officer else Audience.PUBLIC

    def drop(self) -> None:
        self.house.sessions.discard(self)
        self.welcome = False
        self._scope.cancel()

    async def run(self) -> None:
        with self._scope, suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            head = bytes(await self.stream.receive_some())
            if head.startswith(b"POST"):
                await self._give_ticket(head)
            else:
                await self._talk(head)
        self.drop()
        await trio.aclose_forcefully(self.stream)

    async def _give_ticket(self, head: bytes) -> None:
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(head)
        request = connection.next_event()
        assert isinstance(request, h11.Request)
        assert request.target == f"/api/sales/{SALE}/ticket".encode()
        token = dict(request.headers)[b"authorization"].decode().removeprefix("Bearer ")
        good = token.startswith("token of ")
        ticket = f"ticket-{len(self.house.tickets)}"
        if good:
            self.house.tickets[ticket] = Principal(token.removeprefix("token of "))
        body = orjson.dumps({"ticket": ticket, "expires_in_s": 30} if good else door("E_AUTH_INVALID", Retry.NEVER))
        response = h11.Response(status_code=200 if good else 401, headers=[("Content-Length", str(len(body)))])
        data = [connection.send(response), connection.send(h11.Data(data=body)), connection.send(h11.EndOfMessage())]
        await self.stream.send_all(b"".join(part or b"" for part in data))

    async def _talk(self, head: bytes) -> None:
        self._protocol.receive_data(head)
        [request] = self._protocol.events_received()
        assert isinstance(request, Request)
        self._protocol.send_response(self._protocol.accept(request))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write)
            await self._read()
            nursery.cancel_scope.cancel()

    async def _read(self) -> None:
        while True:
            self._wake.set()
            try:
                data = await self.stream.receive_some()
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                return
            if not data:
                return
            if self.unplugged:
                continue
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    self._hear(bytes(event.data))

    async def _write(self) -> None:
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            while True:
                for data in self._protocol.data_to_send():
                    if data:
                        await self.stream.send_all(data)
                    else:
                        await self.stream.send_eof()
                        return
                await self._wake.wait()
                self._wake = trio.Event()

    def _hear(self, body: bytes) -> None:
        try:
            message = read_frame(body)
        except BadFrame as bad:
            raise AssertionError(f"a client sent {body!r}: {bad}") from bad
        if not isinstance(message, Hello):
            assert self.welcome
            self.house.ask(self, body)
            return
        house = self.house
        if message.ticket is not None:
            principal = house.tickets.pop(message.ticket, None)
            if principal is None:
                self._protocol.send_close(4401)
                self._wake.set()
                return
            self.principal = principal
        self.welcome = True
        own = own_paddle(self.principal) if self.principal is not None else None
        self.send(
            {
                "type": "welcome",
                "protocol": 1,
                "sale": SALE,
                "role": role_of(self.principal) if self.principal else "public",
                "epoch": house.epoch,
                "server_us": 1,
                "key": "00" * 32,
                "frame_bytes_max": 16384,
            }
            | ({} if own is None else {"paddle": own})
        )
        parts = views.picture(house._auction, self.audience)
        house.shown_at = house.seq
        self.send({"type": "picture", "epoch": house.epoch, "seq": house.seq, "head": house.head, "parts": parts})
        self.send_mine()

    def send_mine(self) -> None:
        own = own_paddle(self.principal) if self.principal is not None else None
        if own is not None:
            self.send({"type": "mine", "seq": self.house.seq, "part": views.mine(self.house._auction, own)})

    def send(self, frame: dict[str, Any]) -> None:
        if self.welcome and self._protocol.state is OPEN and not self.house.silent:
            self._protocol.send_text(orjson.dumps(frame))
            self._wake.set()
