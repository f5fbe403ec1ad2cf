"""
The crowd, in one loop: watchers who count what they are sent, bidders who bid by plan.

Open loop: every bid has its instant before the first is sent, and is sent then, whatever became of those before it. Latencies count
from that instant, so a house that stalls is charged for every bid that should have been made meanwhile.
"""

import gc
import random
import select
import socket
import sys
import time
import urllib.error
import urllib.request
from collections import Counter as Counted
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import orjson
import trio

from bench.figures import Latencies
from bench.house import OPENING_YUAN, SALE, STEP_YUAN, House, Used
from bench.wire import CLOSE, PING, PONG, TEXT, Counter, Reader, enter, masked
from clients import connect
from engine.domain.parties import Principal, bidder
from engine.domain.units import FEN_PER_YUAN, PaddleNo

Meters = Mapping[str, float]

OPENING_FEN: Final = OPENING_YUAN * FEN_PER_YUAN
STEP_FEN: Final = STEP_YUAN * FEN_PER_YUAN
LOT: Final = 1

WARM_UP_S: Final = 2.0
"""Bids before this are made and checked, and left out of the figures."""

SETTLE_S: Final = 1.0
DRAIN_S: Final = 5.0
"""How long answers and frames may still come after the last bid."""

BUFFER_BYTES: Final = 1 << 18
AT_ONCE: Final = 64
"""Watchers read before bids that have come due meanwhile are sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which paddle bids when. The ``k``-th bid offers the opening price and ``k`` steps."""

    rate: float
    bidders: int
    paddles: Sequence[int]

    @classmethod
    def of(cls, bidders: int, rate: float, seconds: float, seed: int) -> "Plan":
        """Paddles in turn, in an order that ``seed`` decides; nobody has to outbid himself."""
        order = list(range(1, bidders + 1))
        random.Random(seed).shuffle(order)
        return cls(rate, bidders, [order[k % bidders] for k in range(int((WARM_UP_S + seconds) * rate))])

    @property
    def counted_from(self) -> int:
        """The first bid that is not warming up."""
        return int(WARM_UP_S * self.rate)

    def paddle(self, k: int) -> int:
        """Whose turn bid ``k`` is; also beyond the plan."""
        return self.paddles[k % self.bidders]

    def due(self, k: int) -> float:
        """When bid ``k`` is to be sent, in seconds from the beginning."""
        return k / self.rate

    @staticmethod
    def amount(k: int) -> int:
        """What bid ``k`` offers, in fen."""
        return OPENING_FEN + k * STEP_FEN


@dataclass(slots=True)
class Result:
    """What was measured."""

    bids: int
    accepted: int
    refused: dict[str, int]
    """Bids the rules or the door refused, by code."""

    errors: dict[str, int]
    acknowledged: Latencies
    """From a bid's planned instant to its answer."""

    seen: Latencies
    """From a bid's planned instant until a sampled watcher was shown its price or a higher one: each bid at each of them."""

    seen_by_all: Latencies
    """The same until the last of the sampled watchers."""

    lag: Latencies
    """How late the generator itself was."""

    sampled: int
    frames: int
    bytes: int
    seconds: float
    house_cpu: float
    """Share of one core."""

    others_on_house_core: float
    """Share of the house's core that other programs took meanwhile: what makes a run worth repeating."""

    house_rss_mib: float
    generator_cpu: float
    commit_ms: float
    """Mean, from the house's own meters."""

    bids_a_commit: float
    sweep_ms: float


@dataclass(slots=True, eq=False)
class Watcher:
    """One of the public. A sampled one decodes what it is sent."""

    sock: socket.socket
    counter: Counter
    reader: Reader | None = None
    seq: int = 0
    shown: int = -1
    """The highest bid of the plan it has been shown."""

    seen_at: list[float] = field(default_factory=list)
    """For each bid of the plan, when its price or a higher one was shown."""


@dataclass(slots=True, eq=False)
class Bidder:
    """One paddle."""

    sock: socket.socket
    reader: Reader
    seq: int = 0


class Crowd:
    """Everybody outside the house."""

    def __init__(self, house: House, plan: Plan, watchers: int, bidders: int, sampled: int) -> None:
        self._house, self._plan = house, plan
        self._first, self._rest = select.epoll(), select.epoll()
        self._rest.register(self._first.fileno(), select.EPOLLIN)
        self._buffer = bytearray(BUFFER_BYTES)
        self._errors: Counted[str] = Counted()
        self._refused: Counted[str] = Counted()
        self._frames = self._bytes = 0
        self._sent_at: list[float] = []
        self._answered_at = [0.0] * (len(plan.paddles) + 1)
        self._accepted = [False] * (len(plan.paddles) + 1)
        """One more than is planned: the closing bid."""

        self._begin = 0.0
        self._due: list[float] = []

        hello = orjson.dumps({"protocol": 1, "type": "hello"}, option=orjson.OPT_SORT_KEYS)
        looked_at = {at * (watchers - 1) // max(1, sampled - 1) for at in range(sampled)} if watchers else set()
        self._watchers: dict[int, Watcher] = {}
        self._bidders: dict[int, Bidder] = {}
        for at in range(watchers):
            sock, came = enter(house.url, SALE, hello)
            watcher = Watcher(sock, Counter(), Reader() if at in looked_at else None)
            self._watchers[sock.fileno()] = watcher
            (self._rest if watcher.reader is None else self._first).register(sock.fileno(), select.EPOLLIN)
            self._hear(watcher, bytearray(came), len(came))
        self._by_paddle: dict[int, Bidder] = {}
        for paddle in range(1, bidders + 1):
            ticket = _ticket(house, house.token(bidder(PaddleNo(paddle))))
            frame = {"protocol": 1, "type": "hello", "ticket": ticket}
            sock, came = enter(house.url, SALE, orjson.dumps(frame, option=orjson.OPT_SORT_KEYS))
            one = self._by_paddle[paddle] = self._bidders[sock.fileno()] = Bidder(sock, Reader())
            self._first.register(sock.fileno(), select.EPOLLIN)
            self._talk(one, came)

    def close(self) -> None:
        """Leave."""
        for sock in [one.sock for one in self._watchers.values()] + [one.sock for one in self._bidders.values()]:
            sock.close()
        self._first.close()
        self._rest.close()

    def run(self) -> Result:
        """Carry out the plan. Takes as long as it says, and a little for the last answers."""
        plan, total = self._plan, len(self._plan.paddles)
        self._settle()
        gc.collect()
        gc.freeze()
        gc.disable()
        self._frames = self._bytes = 0
        before, used, own = self._house.meters(), self._house.used(), time.process_time()
        self._begin = time.perf_counter() + 0.1
        self._due = [self._begin + plan.due(k) for k in range(total)]
        for k, due in enumerate(self._due):
            self._until(due)
            self._bid(k)
        took = time.perf_counter() - self._begin
        sampled = self._sampled()
        after, used_after, own_after = self._house.meters(), self._house.used(), time.process_time()
        self._drain(total)
        self._roll_call()
        gc.enable()
        self._look_for_errors()
        return self._result(sampled, took, (before, after), (used, used_after), own_after - own)

    # At work.

    def _until(self, due: float) -> None:
        """Serve everybody until ``due``, or until just after it if many have something."""
        while True:
            wait = due - time.perf_counter()
            if wait <= 0:
                return
            self._serve(wait)

    def _settle(self) -> None:
        """Read what the house says to newcomers."""
        quiet = time.perf_counter() + SETTLE_S
        while time.perf_counter() < quiet:
            self._serve(0.01)

    def _drain(self, bids: int) -> None:
        """Serve until the first ``bids`` are answered and whoever is looked at has been shown the last of them."""
        patience = time.perf_counter() + DRAIN_S
        while time.perf_counter() < patience:
            self._serve(0.01)
            last = self._last_accepted()
            if all(self._answered_at[:bids]) and all(watcher.shown >= last for watcher in self._sampled()):
                return

    def _roll_call(self) -> None:
        """One more bid, which every single watcher must be shown."""
        for watcher in self._watchers.values():
            if not watcher.counter.between_frames:
                self._errors["a watcher's last frame was cut off"] += 1
            elif watcher.reader is None:
                watcher.reader = Reader()
                watcher.seq = sys.maxsize  # It has not been followed so far, so no frame can be missed.
        total = len(self._plan.paddles)
        self._bid(total)
        self._drain(total + 1)
        if not self._accepted[total]:
            self._errors["the closing bid was not accepted"] += 1

    def _serve(self, wait_s: float) -> bool:
        """Wait, then read from whoever has something. Bidders and sampled watchers come first, and often."""
        select.select((self._rest,), (), (), wait_s)
        for fd, _ in self._first.poll(0):
            self._read_first(fd)
        busy = False
        for fd, _ in self._rest.poll(0, AT_ONCE):
            busy = True
            watcher = self._watchers.get(fd)
            if watcher is not None:
                self._read(watcher)
        return busy

    def _read_first(self, fd: int) -> None:
        one = self._bidders.get(fd)
        if one is None:
            self._read(self._watchers[fd])
            return
        data = self._receive(one.sock, "a bidder was let go")
        if data:
            self._talk(one, data)

    def _receive(self, sock: socket.socket, gone: str) -> bytes:
        try:
            data = sock.recv(BUFFER_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._lose(sock, gone)
        return data

    def _read(self, watcher: Watcher) -> None:
        try:
            size = watcher.sock.recv_into(self._buffer)
        except BlockingIOError:
            return
        except OSError:
            size = 0
        if not size:
            self._lose(watcher.sock, "a watcher was let go")
            return
        self._hear(watcher, self._buffer, size)

    def _hear(self, watcher: Watcher, data: bytearray, size: int) -> None:
        counter, before = watcher.counter, watcher.counter.frames
        counter.take(data, size)
        self._bytes += size
        self._frames += counter.frames - before
        if counter.pings:
            watcher.sock.send(PONG * counter.pings)
            counter.pings = 0
        if watcher.reader is not None:
            now = time.perf_counter()
            for kind, content in watcher.reader.take(memoryview(data)[:size]):
                if kind == TEXT:
                    self._show(watcher, content, now)

    def _show(self, watcher: Watcher, content: bytes, now: float) -> None:
        frame = orjson.loads(content)
        if frame["type"] in {"record", "picture"}:
            if frame.get("prev", 0) > watcher.seq:
                self._errors["a frame is missing"] += 1
            watcher.seq = frame["seq"]
            block = frame["parts"].get("block")
            if block is not None and block["price_fen"] is not None:
                shown = (block["price_fen"] - OPENING_FEN) // STEP_FEN
                watcher.seen_at += [now] * (shown - watcher.shown)
                watcher.shown = max(watcher.shown, shown)

    def _talk(self, one: Bidder, data: bytes) -> None:
        now = time.perf_counter()
        self._bytes += len(data)
        for kind, content in one.reader.take(data):
            self._frames += 1
            if kind == PING:
                one.sock.send(PONG)
            elif kind == CLOSE:
                self._errors["a bidder was sent away"] += 1
            elif kind == TEXT:
                self._heed(one, orjson.loads(content), now)

    def _heed(self, one: Bidder, frame: dict[str, object], now: float) -> None:
        match frame:
            case {"type": "answer", "id": str(command_id), "outcome": dict(outcome)}:
                k = int(command_id)
                self._answered_at[k] = now
                self._accepted[k] = "accepted" in outcome
                if "refused" in outcome:
                    self._refused[outcome["refused"]["code"]] += 1
            case {"type": "refused", "id": str(command_id), "code": str(code)}:
                self._answered_at[int(command_id)] = now
                self._refused[code] += 1
            case {"type": "record", "prev": int(prev), "seq": int(seq)}:
                if prev > one.seq:
                    self._errors["a frame is missing"] += 1
                one.seq = seq
            case {"type": "picture", "seq": int(seq)}:
                one.seq = seq
            case {"type": "unknown" | "notice" | "refused", "code": str(code)}:
                self._errors[code] += 1
            case _:
                pass

    def _bid(self, k: int) -> None:
        one = self._by_paddle[self._plan.paddle(k)]
        text = b'{"amount_fen":%d,"id":"%d","lot":%d,"type":"bid"}' % (self._plan.amount(k), k, LOT)
        self._sent_at.append(time.perf_counter())
        try:
            one.sock.send(masked(text))
        except OSError:
            self._errors["a bid could not be sent"] += 1

    def _lose(self, sock: socket.socket, why: str) -> None:
        self._errors[why] += 1
        fd = sock.fileno()
        if self._bidders.pop(fd, None) is None:
            self._watchers.pop(fd, None)
        sock.close()

    # In the end.

    def _last_accepted(self) -> int:
        return max((k for k, accepted in enumerate(self._accepted) if accepted), default=-1)

    def _sampled(self) -> list[Watcher]:
        return [watcher for watcher in self._watchers.values() if watcher.reader is not None]

    def _look_for_errors(self) -> None:
        """What should have come, and has not. Everybody must stand at the last price."""
        self._errors["a bid was not answered"] += sum(not at for at in self._answered_at)
        last = self._last_accepted()
        behind = sum(watcher.shown < last for watcher in self._watchers.values())
        self._errors["a watcher was not shown the last price"] += behind
        if not self._house.alive():
            self._errors["the house has ended"] += 1

    def _result(
        self, sampled: list[Watcher], took: float, meters: tuple[Meters, Meters], used: tuple[Used, Used], own_s: float
    ) -> Result:
        plan, total = self._plan, len(self._plan.paddles)
        counted = range(plan.counted_from, total)  # without warming up, and without the closing bid
        answered = [k for k in counted if self._answered_at[k]]
        accepted = [k for k in counted if self._accepted[k]]
        seen = [[w.seen_at[k] - self._due[k] for w in sampled if k < len(w.seen_at)] for k in accepted]

        def rise(name: str) -> float:
            return meters[1].get(name, 0.0) - meters[0].get(name, 0.0)

        commits, sweeps = rise("luochui_commit_seconds_count"), rise("luochui_fan_out_seconds_count")
        for why in ("stalled", "silent"):
            evicted = int(rise(f'luochui_evictions_total{{why="{why}"}}'))
            if evicted:
                self._errors[f"evicted as {why}"] += evicted
        return Result(
            bids=len(counted),
            accepted=len(accepted),
            refused=dict(self._refused),
            errors={what: count for what, count in self._errors.items() if count},
            acknowledged=Latencies.of(self._answered_at[k] - self._due[k] for k in answered),
            seen=Latencies.of(one for each in seen for one in each),
            seen_by_all=Latencies.of(max(each) for each in seen if each),
            lag=Latencies.of(self._sent_at[k] - self._due[k] for k in counted),
            sampled=len(sampled),
            frames=self._frames,
            bytes=self._bytes,
            seconds=took,
            house_cpu=(used[1].cpu_s - used[0].cpu_s) / took,
            others_on_house_core=max(0.0, (used[1].core_s - used[0].core_s) - (used[1].cpu_s - used[0].cpu_s)) / took,
            house_rss_mib=used[1].rss_max_kib / 1024,
            generator_cpu=own_s / took,
            commit_ms=rise("luochui_commit_seconds_sum") / commits * 1000 if commits else 0.0,
            bids_a_commit=rise("luochui_records_total") / commits if commits else 0.0,
            sweep_ms=rise("luochui_fan_out_seconds_sum") / sweeps * 1000 if sweeps else 0.0,
        )


async def open_lot(house: House) -> None:
    """The auctioneer opens the sale and puts the lot on the block."""
    auctioneer = Principal("auctioneer:1")
    async with connect(house.url, SALE, token=house.token(auctioneer)) as rostrum:
        with trio.fail_after(30):
            (await rostrum.open_sale()).or_raise()
            (await rostrum.open_lot(LOT)).or_raise()


def _ticket(house: House, token: str) -> str:
    request = urllib.request.Request(  # noqa: S310 - our own house
        f"{house.url}/api/sales/{SALE}/ticket", method="POST", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own house
            ticket: str = orjson.loads(answer.read())["ticket"]
            return ticket
    except urllib.error.HTTPError as error:
        raise ConnectionRefusedError(error.read().decode()) from error
