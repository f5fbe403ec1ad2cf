"""The durable bid, there and back: ours beside two naive auctions that keep each bid in a Redis of their own before they answer."""

import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

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

Seats = Sequence[Seat]


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
class Naive:
    """One of the naive auctions."""

    name: str
    settings: str
    command: Callable[[str | None], list[str | Path]]
    """Made of the Python the caller chose; raises Missing."""

    def missing(self, python: str | None) -> str | None:
        """Why it cannot be started here."""
        try:
            self.command(python)
        except Missing as why:
            return str(why)
        return no_redis()

    @contextmanager
    def seats(self, folder: Path, python: str | None) -> Iterator[Seats]:
        """
        It serves for as long as the block lasts, and two bidders sit in it.

        Raises:
            Stuck: It did not start.

        """
        with (
            redis(folder, EVERY_WRITE_KEPT) as beside,
            running(on(share_cores().house, self.command(python)), {"PEERS_REDIS": beside.url}) as server,
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


_KEEPS: Final = "a script in Redis decides, AOF on every write"
NAIVES: Final = (
    Naive("fastapi + redis", f"uvicorn, {_KEEPS}", lambda python: [
        *python_with("fastapi, uvicorn, redis, hiredis, orjson, uvloop, httptools", python), "-m", "bench.peers.naive_fastapi",
    ]),
    Naive("node ws + redis", _KEEPS, lambda _: [*node_with("redis"), HERE / "naive_ws.cjs"]),
)  # fmt: skip


def round_trips(
    folder: Path, python: str | None = None, times: int = TIMES, naives: Sequence[Naive] = NAIVES
) -> list[Trips]:
    """
    One bid on its way at a time, two paddles by turns.

    Args:
        folder: On the disk that counts; each Redis keeps its bids there.
        python: That has what the naive auction in Python needs.
        times: How many bids each.
        naives: Who is measured beside us.

    Raises:
        BenchFault: Our own house did not start.

    """
    found = [Trips(OURS_NAME, "decided by all its rules, kept in the journal and its anchor, signed, receipted")]
    found += [Trips(naive.name, naive.settings, skipped=naive.missing(python)) for naive in naives]
    with ExitStack() as open_now, tempfile.TemporaryDirectory(dir=folder, prefix="luochui-bids-") as name:
        places = {naive.name: Path(name) / str(number) for number, naive in enumerate(naives)}
        sitting: dict[str, Seats] = {OURS_NAME: open_now.enter_context(seated(hall(0, 1.0, 1.0), 2, QUIET))[1]}
        for naive, trips in zip(naives, found[1:], strict=True):
            if trips.skipped is None:
                places[naive.name].mkdir()
                _sit(sitting, trips, naive.seats(places[naive.name], python), open_now)
        for first in range(0, times, TURN):
            for trips in found:
                if trips.skipped is None:
                    _bid(trips, sitting[trips.name], range(first, min(times, first + TURN)))
        open_now.close()
        for trips in found[1:]:
            if trips.accepted:
                trips.kept = _kept(places[trips.name])
    return found


def _sit(sitting: dict[str, Seats], trips: Trips, seats: AbstractContextManager[Seats], open_now: ExitStack) -> None:
    try:
        sitting[trips.name] = open_now.enter_context(seats)
    except (Stuck, OSError) as why:
        trips.skipped = str(why)


def _bid(trips: Trips, seats: Seats, numbers: range) -> None:
    try:
        for number in numbers:
            trips.took.add(accepted_in(seats[number % len(seats)], number))
            trips.accepted += 1
    except (Stuck, NotMeasured, OSError) as why:
        trips.skipped = f"after {trips.accepted} bids: {why}"


def accepted_in(seat: Seat, number: int) -> int:
    """
    Nanoseconds until bid ``number`` was answered.

    Raises:
        Stuck: It was refused.

    """
    took, accepted = seat.round_trip(bid(number))
    if not accepted:
        raise Stuck("a bid was refused")
    return took


def _kept(folder: Path) -> int:
    """How many bids a Redis that was killed finds when it is started again."""
    with (
        redis(folder, EVERY_WRITE_KEPT) as again,
        socket.create_connection(("127.0.0.1", again.port), PATIENCE_S) as sock,
    ):
        return length(sock)


def length(sock: socket.socket) -> int:
    """
    How many bids a Redis has.

    Raises:
        Stuck: It does not say.

    """
    sock.sendall(b"LLEN %s\r\n" % BIDS_KEY.encode())
    said = b""
    while not said.endswith(b"\r\n") and len(said) < ANSWER_BYTES_MAX:
        more = sock.recv(ANSWER_BYTES_MAX)
        if not more:
            break
        said += more
    if not (said.startswith(b":") and said[1:].strip().isdigit()):
        raise Stuck(f"Redis says {said.decode(errors='replace').strip()}")
    return int(said[1:])
