"""
Closed loops: each bidder bids when he has his answer.

Good for what something costs and how much fits through. Of waiting it says nothing, which is why scenarios are open loops.
"""

import select
import socket
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import orjson
import trio

from bench.figures.figure import NotMeasured
from bench.house import LOT, House, amount_fen, open_lot
from bench.link import RECEIVE_BYTES
from bench.scenario import Scenario
from bench.target import own_house
from bench.wire import enter, masked
from engine.domain.parties import bidder
from engine.domain.units import PaddleNo

SETTINGS: Final = {
    "LUOCHUI_LIMITS_COMMANDS_PER_S": "1000000",
    "LUOCHUI_LIMITS_COMMANDS_BURST": "1000000",
    "LUOCHUI_LIMITS_TICKETS_PER_S": "10000",
    "LUOCHUI_LIMITS_TICKETS_BURST": "10000",
    "LUOCHUI_LIMITS_PUBLIC_PER_ADDRESS": "18000",
    "LUOCHUI_SOCKET_FRAMES_PER_S_MAX": "1000000",
}
PATIENCE_S: Final = 10.0
ANSWER_BYTES_MAX: Final = 16_384
"""No answer is longer; of what came before it nothing is wanted."""

_ACCEPTED: Final = b'"outcome":{"accepted":'
_TIME: Final = b'"type":"time"}'
_ENDS: Final = ((b'"type":"answer"}', True), (_TIME, True), (b'"type":"refused"}', False))


@dataclass(slots=True)
class Seat:
    """One bidder, waiting for one answer at a time."""

    paddle: int
    sock: socket.socket
    came: bytes = b""
    sent_ns: int = 0

    def ask(self, text: bytes) -> None:
        """Say it now."""
        self.sent_ns = time.monotonic_ns()
        self.sock.send(masked(text))

    def hear(self) -> bool | None:
        """
        Read what has come, passing over everything but the answer: keys are sorted, so its end says what it is.

        Returns:
            Whether a bid was accepted, or anything else answered; None if the answer has not come yet.

        Raises:
            NotMeasured: The house let go of him.

        """
        more = self.sock.recv(RECEIVE_BYTES)
        self.came += more
        for end, good in _ENDS:
            at = self.came.find(end)
            if at >= 0:
                accepted = good and (_ACCEPTED in self.came[:at] or end is _TIME)
                self.came = self.came[at + len(end) :]
                return accepted
        if not more:
            raise NotMeasured("有竞买人被断开。", "A bidder was let go of.")
        self.came = self.came[-ANSWER_BYTES_MAX:]
        return None

    def round_trip(self, text: bytes) -> tuple[int, bool]:
        """Nanoseconds until the answer, and whether it was a good one."""
        self.ask(text)
        while (accepted := self.hear()) is None:
            pass
        return time.monotonic_ns() - self.sent_ns, accepted


def bid(number: int) -> bytes:
    """The bid that is ``number`` steps above the opening price."""
    return b'{"amount_fen":%d,"id":"c%d","lot":%d,"type":"bid"}' % (amount_fen(number), number, LOT)


@contextmanager
def seated(
    scenario: Scenario, count: int, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[House, list[Seat]]]:
    """A house whose lot is on the block, and so many bidders; ``more`` are settings of this house alone."""
    with own_house(scenario, {**SETTINGS, **more}) as house:
        trio.run(open_lot, house)
        seats = [sit(house, paddle) for paddle in range(1, count + 1)]
        try:
            yield house, seats
        finally:
            for seat in seats:
                seat.sock.close()


def sit(house: House, paddle: int) -> Seat:
    """A bidder who has been let in."""
    token = house.token(bidder(PaddleNo(paddle)))
    request = urllib.request.Request(  # noqa: S310 - our own house
        f"{house.url}/api/sales/{house.sale}/ticket", method="POST", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - our own house
        ticket = orjson.loads(answer.read())["ticket"]
    hello = orjson.dumps({"protocol": 1, "ticket": ticket, "type": "hello"}, option=orjson.OPT_SORT_KEYS)
    sock, came = enter(house.url, house.sale, hello)
    sock.setblocking(True)
    sock.settimeout(PATIENCE_S)
    return Seat(paddle, sock, came)


def saturate(seats: list[Seat], seconds: float, first: int = 0) -> tuple[int, int, list[int]]:
    """
    All bid as soon as they have their answers, each the next step, from ``first`` on.

    Returns:
        How many bids were accepted, how many refused, and how long each answer took, in nanoseconds.

    """
    poll, by_fd = select.epoll(), {seat.sock.fileno(): seat for seat in seats}
    number, accepted, refused = first, 0, 0
    took: list[int] = []
    for seat in seats:
        poll.register(seat.sock.fileno(), select.EPOLLIN)
        seat.ask(bid(number))
        number += 1
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for fd, _ in poll.poll(PATIENCE_S):
            seat = by_fd[fd]
            good = seat.hear()
            if good is None:
                continue
            took.append(time.monotonic_ns() - seat.sent_ns)
            accepted, refused = accepted + good, refused + (not good)
            seat.ask(bid(number))
            number += 1
    for seat in seats:
        while seat.hear() is None:
            pass
    poll.close()
    return accepted, refused, took
