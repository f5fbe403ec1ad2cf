"""
Bidders of a quota sale, each with a socket, in one loop: a first offer each, and two changes in the rush, by plan.

Open loop: every offer has its instant before the first is sent, and is sent then, whatever became of those before it. Latencies count
from that instant.
"""

import random
import select
import socket
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from bench.house import TOKEN_TTL_S, House
from bench.latencies import Latencies
from bench.wire import CLOSE, PING, PONG, TEXT, Reader, enter, masked
from engine.domain.parties import bidder
from engine.domain.units import PaddleNo
from engine.passes import make_token

ANSWERED_WITHIN_S: Final = 2.0
CHANGES: Final = 2
RUSH_SHARE: Final = 30
"""The last minute is one thirtieth of a round."""

BEFORE_END_S: Final = 0.1
"""The last change is sent so long before the end: it has to get there."""

SETTLE_S: Final = 1.0
DRAIN_S: Final = 6.0
BUFFER_BYTES: Final = 1 << 18
PATIENCE_S: Final = 600.0
_ID: Final = b'"id":"rush-'


@dataclass(slots=True)
class Found:
    """What was measured."""

    sent: int
    unsent: int
    accepted: int
    refused: dict[str, int]
    unknown: int
    unanswered: int
    late: int
    """Answered, but not within 2 s."""

    let_go: int
    first: Latencies
    rush: Latencies
    lag: Latencies
    """How late the generator itself was."""

    rush_s: float
    all_per_s: float
    sockets_per_s: float
    lowest_fen: int | None
    winners: int | None
    winners_here: int


@dataclass(slots=True, eq=False)
class Seat:
    """One bidder."""

    paddle: int
    sock: socket.socket
    reader: Reader
    won: bool = False


@dataclass(slots=True)
class Offer:
    """One offer of the plan."""

    seat: Seat
    due: float
    rush: bool
    sent_at: float = 0.0
    answered_at: float = 0.0


class RoundOver(Exception):
    """The first round had ended before everybody was in: take longer rounds, or fewer sockets."""


class Offerers:
    """Everybody with a socket. The first of them is read for what the sale looks like."""

    def __init__(self, house: House, sale: str, paddles: Sequence[int], seed: int) -> None:
        self._house, self._sale, self._dice = house, sale, random.Random(seed)
        self._poll = select.epoll()
        self._buffer = bytearray(BUFFER_BYTES)
        self._seats: dict[int, Seat] = {}
        self._parts: dict[str, Any] = {}
        self._seq = 0
        self._offers: dict[str, Offer] = {}
        self._accepted = self._unknown = self._let_go = self._unsent = 0
        self._refused: Counter[str] = Counter()
        self._lookout: Seat | None = None
        for paddle in paddles:
            hello = {"protocol": 1, "type": "hello", "ticket": self._ticket(paddle)}
            sock, came = enter(house.url, sale, orjson.dumps(hello, option=orjson.OPT_SORT_KEYS))
            seat = self._seats[sock.fileno()] = Seat(paddle, sock, Reader())
            self._lookout = self._lookout or seat
            self._poll.register(sock.fileno(), select.EPOLLIN)
            self._hear(seat, came)
            self._serve(0)

    def close(self) -> None:
        """Leave."""
        for seat in self._seats.values():
            seat.sock.close()
        self._poll.close()

    def run(self) -> Found:
        """Carry out the plan, until the sale is closed and every answer has come or been waited for long enough."""
        self._until(lambda: self._round()["number"] >= 1)
        if self._round()["number"] > 1:
            raise RoundOver
        self._make(self._spread(time.time() + 0.2, self._ends_at() - 0.5, each=1, rush=False))
        self._until(lambda: self._round()["number"] == 2)
        ends_at, rush_s = self._ends_at(), self._round()["span_s"] / RUSH_SHARE
        changes = self._spread(ends_at - rush_s, ends_at - BEFORE_END_S, each=CHANGES, rush=True)
        self._until(lambda: time.time() >= ends_at - rush_s)
        before = self._seq
        self._make(changes)
        self._until(lambda: self._parts["sale"]["phase"] == "closed")
        after = self._seq
        closed, made = time.time(), self._offers.values()
        self._until(lambda: time.time() > closed + SETTLE_S)  # Each is told how it ended for him.
        self._until(lambda: all(one.answered_at for one in made) or time.time() > closed + DRAIN_S)
        return self._found(rush_s, after - before)

    # By plan.

    def _spread(self, first: float, last: float, *, each: int, rush: bool) -> list[Offer]:
        """So many offers of each, at instants of the time of day."""
        dice = self._dice
        made = [
            Offer(seat, first + dice.random() * (last - first), rush)
            for seat in self._seats.values()
            for _ in range(each)
        ]
        return sorted(made, key=lambda one: one.due)

    def _make(self, offers: Sequence[Offer]) -> None:
        for one in offers:
            while (wait := one.due - time.time()) > 0:
                self._serve(wait)
            self._send(one)
            self._serve(0)

    def _send(self, one: Offer) -> None:
        running, conditions = self._parts["running/personal"], self._parts["conditions"]
        amount = running["most_fen"] if one.rush else conditions["first_max_fen"]
        if amount is None or one.seat.sock.fileno() < 0:
            self._unsent += 1
            return
        command_id = f"rush-{one.seat.paddle}-{len(self._offers)}"
        text = orjson.dumps({"amount_fen": amount, "id": command_id, "type": "offer"})
        one.sent_at = time.time()
        self._offers[command_id] = one
        one.seat.sock.setblocking(True)
        one.seat.sock.sendall(masked(text))
        one.seat.sock.setblocking(False)

    # Listening.

    def _round(self) -> dict[str, Any]:
        return self._parts.get("round") or {"number": 0}

    def _ends_at(self) -> float:
        at: float = self._round()["ends_at_us"] / 1e6
        return at

    def _until(self, done: Any) -> None:
        patience = time.time() + PATIENCE_S
        while not done():
            if time.time() > patience:
                raise TimeoutError("the sale does not go on")
            self._serve(0.02)

    def _serve(self, wait_s: float) -> None:
        for fd, _ in self._poll.poll(wait_s):
            seat = self._seats[fd]
            try:
                size = seat.sock.recv_into(self._buffer)
            except (BlockingIOError, ConnectionResetError):
                size = -1
            if size == 0:
                self._gone(seat)
            elif size > 0:
                self._hear(seat, memoryview(self._buffer)[:size])

    def _gone(self, seat: Seat) -> None:
        self._let_go += 1
        self._poll.unregister(seat.sock.fileno())
        seat.sock.close()

    def _hear(self, seat: Seat, data: bytes | memoryview) -> None:
        for kind, content in seat.reader.take(data):
            if kind == PING:
                seat.sock.send(PONG)
            elif kind == CLOSE:
                self._gone(seat)
                return
            elif kind == TEXT and _ID in content:
                self._answered(orjson.loads(content))
            elif kind == TEXT and seat is self._lookout and (b'"parts":' in content):
                frame = orjson.loads(content)
                self._parts.update(frame["parts"])
                self._seq = frame["seq"]
            elif b'"won":true' in content:
                seat.won = True

    def _answered(self, frame: dict[str, Any]) -> None:
        one = self._offers[frame["id"]]
        if frame["type"] == "unknown":
            self._unknown += 1
            return
        one.answered_at = time.time()
        if frame["type"] == "answer" and "accepted" in frame["outcome"]:
            self._accepted += 1
        else:
            said = frame["outcome"]["refused"] if frame["type"] == "answer" else frame
            self._refused[said["code"]] += 1

    def _found(self, rush_s: float, records: int) -> Found:
        made = self._offers.values()
        answered = [one for one in made if one.answered_at]
        result = self._parts.get("result/personal") or {}
        return Found(
            sent=len(self._offers),
            unsent=self._unsent,
            accepted=self._accepted,
            refused=dict(self._refused),
            unknown=self._unknown,
            unanswered=len(made) - len(answered),
            late=sum(one.answered_at - one.due > ANSWERED_WITHIN_S for one in answered),
            let_go=self._let_go,
            first=Latencies.of(one.answered_at - one.due for one in answered if not one.rush),
            rush=Latencies.of(one.answered_at - one.due for one in answered if one.rush),
            lag=Latencies.of(one.sent_at - one.due for one in made),
            rush_s=rush_s,
            all_per_s=records / rush_s,
            sockets_per_s=sum(one.rush for one in made) / rush_s,
            lowest_fen=result.get("lowest_fen"),
            winners=result.get("winners"),
            winners_here=sum(seat.won for seat in self._seats.values()),
        )

    def _ticket(self, paddle: int) -> str:
        token = make_token(self._house.data, self._sale, bidder(PaddleNo(paddle)), ttl_s=TOKEN_TTL_S)
        request = urllib.request.Request(  # noqa: S310 - our own house
            f"{self._house.url}/api/sales/{self._sale}/ticket",
            method="POST",
            headers={"Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own house
                ticket: str = orjson.loads(answer.read())["ticket"]
                return ticket
        except urllib.error.HTTPError as error:
            raise ConnectionRefusedError(error.read().decode()) from error
