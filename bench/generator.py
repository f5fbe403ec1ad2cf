"""
One generator, a process of its own: told on stdin what to do, tells on stdout how it goes. One line of JSON each.

    python -m bench.generator

The first line is the job; then come orders: ``enter``, ``go``, ``listen``, ``reach``, ``end``.
"""

import gc
import os
import select
import sys
import time
from array import array
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson

from bench.crowd import Crowd
from bench.ears import Ears
from bench.link import Link
from bench.open_files import raise_file_limit
from bench.schedule import SECOND_NS, Bid, Cut
from clients.http import Address

ENTER_S_MAX: Final = 60.0
"""So long after the last planned arrival a link may still be on its way in."""

DRAIN_S: Final = 5.0
"""How long answers and frames may still come after the last bid."""

TICK_NS: Final = SECOND_NS // 10
LOOK_NS: Final = SECOND_NS // 100
"""So often it is looked whether all are there: that costs a look at everybody."""

FLAG_ACCEPTED: Final = 1
FLAG_TOUCHED: Final = 2


def main() -> None:
    """Work until told to end, or until nobody is there any more to tell."""
    raise_file_limit()
    orders = Orders(sys.stdin.fileno())
    job = orders.wait(lambda _until: None)
    if job is None:
        return
    if job["cores"]:
        os.sched_setaffinity(0, job["cores"])
    worker = Worker(job, orders)
    try:
        worker.work()
    finally:
        worker.crowd.close()


def say(**told: Any) -> None:
    """One line to whoever started us."""
    sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
    sys.stdout.buffer.flush()


class Orders:
    """Lines from stdin, read without keeping the crowd waiting."""

    def __init__(self, fd: int) -> None:
        self.fd, self._came, self._ended = fd, b"", False

    def wait(self, meanwhile: Callable[[int], None]) -> dict[str, Any] | None:
        """The next order, doing ``meanwhile`` until a given instant again and again; None when there will be no more."""
        while b"\n" not in self._came:
            if self._ended:
                return None
            meanwhile(time.monotonic_ns() + TICK_NS)
            self._read()
        line, _, self._came = self._came.partition(b"\n")
        order: dict[str, Any] = orjson.loads(line)
        return order

    def _read(self) -> None:
        if not select.select((self.fd,), (), (), 0)[0]:
            return
        data = os.read(self.fd, 1 << 20)
        self._ended = not data
        self._came += data


class Worker:
    """Carries out the orders."""

    def __init__(self, job: Mapping[str, Any], orders: Orders) -> None:
        self._job, self._orders = job, orders
        address = Address.of(job["url"])
        links = [
            Link(
                one["who"],
                address,
                job["sale"],
                token=one.get("token"),
                paddle=one.get("paddle"),
                watched=one.get("watched", False),
                slow=one.get("slow", False),
            )
            for one in job["links"]
        ]
        ears = Ears(job["run"], [Bid(*each) for each in job["bids"]])
        self.crowd = Crowd(ears, links, [Cut(*each) for each in job["cuts"]], job["slow_bytes_per_s"])
        self._second = 0
        self._cpu_s = self._entry_s = 0.0
        self._took_s = 0.0

    def work(self) -> None:
        """Until the end."""
        say(ready=True)
        while (order := self._orders.wait(self._serve)) is not None:
            match order:
                case {"enter": int(from_ns)}:
                    self._enter(from_ns)
                case {"go": int(begin_ns), "for_s": int() | float() as seconds}:
                    self._go(begin_ns, seconds)
                case {"listen": True}:
                    self.crowd.watch_all()
                    say(listening=True)
                case {"reach": int(seq)}:
                    self._until(time.monotonic_ns() + round(DRAIN_S * SECOND_NS), lambda: not self.crowd.behind(seq))
                    say(behind=self.crowd.behind(seq))
                case {"end": True}:
                    say(result=self._result())
                    return
                case _:
                    raise ValueError(f"no such order: {sorted(order)}")

    def _serve(self, until_ns: int) -> None:
        self.crowd.work(until_ns, (self._orders.fd,))

    def _until(self, until_ns: int, done: Callable[[], bool]) -> None:
        while not done() and (now := time.monotonic_ns()) < until_ns:
            look_ns = min(until_ns, now + LOOK_NS)
            while time.monotonic_ns() < look_ns:
                self.crowd.work(look_ns)

    def _enter(self, from_ns: int) -> None:
        job = self._job
        cpu = time.process_time()
        self.crowd.enter(from_ns, job["enter_per_s"], job["of"], job["number"])
        took_ns = round(len(self.crowd.links) * job["of"] / job["enter_per_s"] * SECOND_NS)
        self._until(from_ns + took_ns + round(ENTER_S_MAX * SECOND_NS), lambda: self.crowd.all_in)
        self._entry_s = (time.process_time() - cpu) / max(1, len(self.crowd.links))
        say(entered=self.crowd.all_in)

    def _go(self, begin_ns: int, seconds: float) -> None:
        crowd, ears = self.crowd, self.crowd.ears
        gc.collect()
        gc.freeze()
        gc.disable()
        ears.counts.clear()
        crowd.go(begin_ns)
        if self._job["tell_seen"]:
            crowd.tell_seen()
        cpu, ends = time.process_time(), begin_ns + round(seconds * SECOND_NS)
        while (now := time.monotonic_ns()) < ends or not crowd.sent_all:
            tick = begin_ns + (self._second + 1) * SECOND_NS
            if now >= tick:
                self._tell(cpu)
            crowd.work(min(max(ends, now + TICK_NS), tick))
        self._cpu_s, self._took_s = time.process_time() - cpu, (time.monotonic_ns() - begin_ns) / SECOND_NS
        self._until(time.monotonic_ns() + round(DRAIN_S * SECOND_NS), lambda: ears.answered_all)
        self._tell(cpu)
        gc.enable()
        say(done=True)

    def _tell(self, cpu: float) -> None:
        """How the second went that is over now."""
        ears = self.crowd.ears
        counts = {name: ears.counts[name] for name in ("sent", "answered", "frames", "bytes")}
        say(second=self._second, ack=ears.second.plain(), cpu_s=time.process_time() - cpu, **counts)
        self._second += 1
        ears.second = type(ears.second)()

    def _result(self) -> dict[str, Any]:
        ears, links = self.crowd.ears, self.crowd.links.values()
        flags = [
            FLAG_ACCEPTED * told.accepted + FLAG_TOUCHED * (told.touched or not told.answered_ns) for told in ears.bids
        ]
        return {
            "connect": ears.connect.plain(),
            "resume": ears.resume.plain(),
            "lag": ears.lag.plain(),
            "counts": dict(ears.counts),
            "errors": {what: count for what, count in ears.errors.items() if count},
            "refused": dict(ears.refused),
            "entry_s": self._entry_s,
            "cpu_s": self._cpu_s,
            "took_s": self._took_s,
            "bids": {
                "due": packed(told.bid.due_ns for told in ears.bids),
                "answered": packed(told.answered_ns - ears.begin_ns if told.answered_ns else -1 for told in ears.bids),
                "seq": packed(told.seq for told in ears.bids),
                "flags": packed(flags),
            },
            "displays": [
                {
                    "lost": link.lost,
                    "seq": packed(link.seen_seq),
                    "at": packed(at - ears.begin_ns for at in link.seen_at),
                }
                for link in links
                if link.watched
            ],
        }


def packed(values: Iterable[int]) -> str:
    """Whole numbers, eight bytes each, as text. ``merge.unpacked`` reads them."""
    return b64encode(array("q", values).tobytes()).decode()


if __name__ == "__main__":
    main()
