"""The durable bid, there and back: ours beside two naive auctions that keep each bid in a Redis of their own before they answer."""

import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from bench.figures.closed import PATIENCE_S, Seat, bid, seated
from bench.figures.figure import NotMeasured
from bench.figures.hall import hall
from bench.histogram import Histogram
from bench.house import share_cores
from bench.peers.ours import OURS_NAME, QUIET
from bench.peers.processes import Stuck, on, running
from bench.peers.programs import HERE, Missing, node_with, python_with
from bench.peers.redis_beside import EVERY_WRITE_KEPT, redis
from bench.peers.redis_beside import missing as no_redis
from bench.peers.sink import enter

TIMES: Final = 1000
TURN: Final = 50
"""So many bids of one, then so many of the next: what else the machine does meets all alike."""

BIDS_KEY: Final = "bids"
ANSWER_BYTES_MAX: Final = 64
LOADING_S: Final = 0.02


class Bidder(Protocol):
    """One who waits for each answer."""

    def round_trip(self, text: bytes, /) -> tuple[int, bool]:
        """Nanoseconds until the answer, and whether it was a good one."""


class Auction(Protocol):
    """One that takes durable bids."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def settings(self) -> str:
        """What a bid goes through."""

    def missing(self) -> str | None:
        """Why it cannot be started here."""

    def seats(self, folder: Path, /) -> AbstractContextManager[Sequence[Bidder]]:
        """It serves for as long as the block lasts, and keeps its bids in ``folder``; two bidders sit in it."""

    def kept(self, folder: Path, /) -> int | None:
        """How many bids are found there once it was killed; None where that is not asked."""


@dataclass(slots=True)
class Trips:
    """What was found of one."""

    name: str
    settings: str
    took: Histogram = field(default_factory=Histogram)
    accepted: int = 0
    kept: int | None = None
    """How many bids its Redis had on the disk after it was killed; None where that is not asked."""

    skipped: str | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing that was acknowledged was lost."""
        return self.kept is None or self.kept == self.accepted

    def plain(self) -> dict[str, Any]:
        """For programs."""
        measured = self.took.count > 0
        return {
            "name": self.name,
            "settings": self.settings,
            "p50_us": round(self.took.percentile(50) / 1e3, 1) if measured else None,
            "p99_us": round(self.took.percentile(99) / 1e3, 1) if measured else None,
            "accepted": self.accepted,
            "kept": self.kept,
            "skipped": self.skipped,
        }


@dataclass(frozen=True, slots=True)
class House:
    """Ours."""

    name: str = OURS_NAME
    settings: str = "decided by all its rules, kept in the journal and its anchor, signed, receipted"

    @staticmethod
    def missing() -> str | None:
        """It is here."""
        return None

    @staticmethod
    @contextmanager
    def seats(_folder: Path) -> Iterator[Sequence[Bidder]]:
        """
        Its journal is in a folder of its own, on the same disk.

        Raises:
            BenchFault: It did not start.

        """
        with seated(hall(0, 1.0, 1.0), 2, QUIET) as (_, seats):
            yield seats

    @staticmethod
    def kept(_folder: Path) -> int | None:
        """What its journal keeps is for its own tests to say."""
        return None


@dataclass(frozen=True, slots=True)
class Naive:
    """One of the naive auctions."""

    name: str
    settings: str
    command: Callable[[], list[str | Path]]
    """Raises Missing."""

    def missing(self) -> str | None:
        """Why it cannot be started here."""
        try:
            self.command()
        except Missing as why:
            return str(why)
        return no_redis()

    @contextmanager
    def seats(self, folder: Path) -> Iterator[Sequence[Bidder]]:
        """
        See :class:`Auction`.

        Raises:
            Stuck: It did not start.

        """
        with (
            redis(folder, EVERY_WRITE_KEPT) as beside,
            running(on(share_cores().house, self.command()), {"PEERS_REDIS": beside.url}) as server,
        ):
            port = server.line()
            if not port.isdigit():
                raise Stuck(port)
            taken = [Seat(paddle, enter(int(port), "/", "", b"")) for paddle in (1, 2)]
            for seat in taken:
                seat.sock.settimeout(PATIENCE_S)
            try:
                yield taken
            finally:
                for seat in taken:
                    seat.sock.close()

    @staticmethod
    def kept(folder: Path) -> int | None:
        """A Redis is started again on what the killed one left, and asked."""
        with (
            redis(folder, EVERY_WRITE_KEPT) as again,
            socket.create_connection(("127.0.0.1", again.port), PATIENCE_S) as sock,
        ):
            return length(sock)


_KEEPS: Final = "a script in Redis decides, AOF on every write"


def auctions(python: str | None = None) -> tuple[Auction, ...]:
    """Ours, and the naive ones; that in Python is run by ``python``, as :func:`bench.peers.programs.python_with` finds it."""
    needs = "fastapi, uvicorn, redis, hiredis, orjson, uvloop, httptools"
    return (
        House(),
        Naive("fastapi + redis", f"uvicorn, uvloop, {_KEEPS}", lambda: [
            *python_with(needs, python), "-m", "bench.peers.naive_fastapi",
        ]),
        Naive("node ws + redis", _KEEPS, lambda: [*node_with("redis"), HERE / "naive_ws.cjs"]),
    )  # fmt: skip


def round_trips(folder: Path, taking_part: Sequence[Auction], times: int = TIMES) -> list[Trips]:
    """
    One bid on its way at a time, two paddles by turns; all auctions run at once, and have their turns too.

    Args:
        folder: On the disk that counts.
        taking_part: See :func:`auctions`.
        times: How many bids each.

    Raises:
        BenchFault: Our own house did not start.

    """
    found = [Trips(each.name, each.settings, skipped=each.missing()) for each in taking_part]
    with tempfile.TemporaryDirectory(dir=folder, prefix="luochui-bids-") as name:
        places = [Path(name, str(number)) for number in range(len(found))]
        with ExitStack() as open_now:
            sitting = [
                _sit(each, trips, place, open_now)
                for each, trips, place in zip(taking_part, found, places, strict=True)
            ]
            for first in range(0, times, TURN):
                for trips, seats in zip(found, sitting, strict=True):
                    if trips.skipped is None:
                        _bid(trips, seats, range(first, min(times, first + TURN)))
        for each, trips, place in zip(taking_part, found, places, strict=True):
            if trips.accepted:
                _look(each, trips, place)
    return found


def _sit(auction: Auction, trips: Trips, place: Path, open_now: ExitStack) -> Sequence[Bidder]:
    place.mkdir()
    if trips.skipped is None:
        try:
            return open_now.enter_context(auction.seats(place))
        except (Stuck, OSError) as why:
            trips.skipped = str(why)
    return ()


def _bid(trips: Trips, seats: Sequence[Bidder], numbers: range) -> None:
    try:
        for number in numbers:
            trips.took.add(accepted_in(seats[number % len(seats)], number))
            trips.accepted += 1
    except (Stuck, NotMeasured, OSError) as why:
        trips.skipped = f"after {trips.accepted} bids: {why}"


def _look(auction: Auction, trips: Trips, place: Path) -> None:
    try:
        trips.kept = auction.kept(place)
    except (Stuck, OSError) as why:
        trips.kept, trips.skipped = 0, f"what it kept could not be read: {why}"


def accepted_in(seat: Bidder, number: int) -> int:
    """
    Nanoseconds until bid ``number`` was answered.

    Raises:
        Stuck: It was refused.

    """
    took, accepted = seat.round_trip(bid(number))
    if not accepted:
        raise Stuck("a bid was refused")
    return took


def length(sock: socket.socket, patience_s: float = PATIENCE_S) -> int:
    """
    How many bids a Redis has, once it has read what it kept.

    Raises:
        Stuck: It does not say.

    """
    ends = time.monotonic() + patience_s
    said = _ask(sock)
    while said.startswith(b"-LOADING") and time.monotonic() < ends:
        time.sleep(LOADING_S)
        said = _ask(sock)
    if not (said.startswith(b":") and said[1:].strip().isdigit()):
        raise Stuck(f"Redis says {said.decode(errors='replace').strip()}")
    return int(said[1:])


def _ask(sock: socket.socket) -> bytes:
    sock.sendall(b"LLEN %s\r\n" % BIDS_KEY.encode())
    said = b""
    while not said.endswith(b"\r\n") and len(said) < ANSWER_BYTES_MAX:
        more = sock.recv(1)
        if not more:
            break
        said += more
    return said
