"""
The crowd of one generator, in one loop: displays that look, bidders who bid by plan, links that are lost and come back.

Open loop: every bid has its instant before the first is sent, and is sent then, whatever became of those before it.
"""

import heapq
import select
import socket
import time
from collections import Counter as Counted
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from bench.ears import Ears
from bench.link import RECEIVE_BYTES, Link, Refused, Step
from bench.schedule import SECOND_NS, Cut
from bench.wire import CLOSE, PING, PONG, TEXT, Reader

AT_ONCE: Final = 64
"""Displays read before bids that have come due meanwhile are sent."""

TURNS: Final = 4
"""Links that come or go before bids that have come due meanwhile are sent: each costs a tenth of a millisecond."""

AGAIN_NS: Final = SECOND_NS // 2
"""A link that was refused tries again after so long; its latency goes on counting from the plan."""

REFUSALS_MAX: Final = 20
"""A link refused so often stays away."""

SLOW_EVERY_NS: Final = SECOND_NS // 4
SEEN_EVERY_NS: Final = SECOND_NS * 11 // 10
"""A page says at most once a second what it has shown."""


class Crowd:
    """
    Everybody of one generator.

    Args:
        ears: Take in what is heard.
        links: Displays and bidders.
        cuts: Which links are lost when.
        slow_bytes_per_s: How fast slow displays read.

    """

    def __init__(self, ears: Ears, links: Iterable[Link], cuts: Iterable[Cut], slow_bytes_per_s: int) -> None:
        self.ears = ears
        self.links = {link.who: link for link in links}
        self._slow_bytes = max(1, slow_bytes_per_s * SLOW_EVERY_NS // SECOND_NS)
        self._cuts = tuple(cuts)
        self._by_paddle = {link.paddle: link for link in self.links.values() if link.paddle is not None}
        self._by_fd: dict[int, Link] = {}
        self._next = 0
        self._first, self._rest = select.epoll(), select.epoll()
        self._rest.register(self._first.fileno(), select.EPOLLIN)
        self._buffer = bytearray(RECEIVE_BYTES)
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._timed = 0
        self._tries: Counted[int] = Counted()

    def enter(self, from_ns: int, per_s: float, of: int, at: int) -> None:
        """Plan everybody's coming: all generators together so many a second; this is number ``at`` of ``of``."""
        for turn, link in enumerate(self.links.values()):
            due = from_ns + round((turn * of + at) * SECOND_NS / per_s)
            self._at_time(due, partial(self._begin, link, due, resuming=False))
        if any(link.slow for link in self.links.values()):
            self._at_time(from_ns, self._read_slowly)

    def tell_seen(self) -> None:
        """From now on bidders say what they were shown, as pages do where the hammer waits for it."""
        self._at_time(time.monotonic_ns() + SEEN_EVERY_NS, self.tell_seen)
        for link in self._by_paddle.values():
            if link.step is Step.IN and link.seq > link.told_seq:
                link.told_seq = link.seq
                try:
                    link.say(b'{"seq":%d,"type":"seen"}' % link.seq)
                except OSError:
                    self._lose(link)

    @property
    def all_in(self) -> bool:
        """Whether everybody is in, or has been turned away for good."""
        return all(link.step is Step.IN or self._tries[link.who] > REFUSALS_MAX for link in self.links.values())

    def go(self, begin_ns: int) -> None:
        """The run begins then."""
        self.ears.begin_ns = begin_ns
        for cut in self._cuts:
            self._at_time(begin_ns + cut.due_ns, partial(self._cut, self.links[cut.who], begin_ns + cut.back_ns))

    @property
    def sent_all(self) -> bool:
        """Whether the plan is carried out."""
        return self._next >= len(self.ears.bids)

    def watch_all(self) -> None:
        """From now on look at every display, so that each can be asked what it was shown."""
        for link in self.links.values():
            if link.step is Step.IN and link.reader is None and not link.slow:
                if link.counter.between_frames:
                    link.reader = Reader()
                    link.last = b""
                else:
                    self.ears.errors["frame_cut_off"] += 1

    def behind(self, seq: int) -> int:
        """How many displays have not been shown record ``seq``. Slow ones are not asked."""
        looking = (one for one in self.links.values() if one.paddle is None and not one.slow and one.step is Step.IN)
        return sum(link.seq < seq for link in looking)

    def close(self) -> None:
        """Leave."""
        for link in self.links.values():
            link.hang_up()
        self._first.close()
        self._rest.close()

    def work(self, until_ns: int, also: Iterable[int] = ()) -> None:
        """Do what is due, then serve whoever has something, for ``until_ns`` at most. Ends early if ``also`` can be read."""
        now = time.monotonic_ns()
        for _ in range(TURNS):
            if not self._timers or self._timers[0][0] > now:
                break
            heapq.heappop(self._timers)[2]()
        if self._timers:
            until_ns = min(until_ns, self._timers[0][0])
        if self.ears.begin_ns:
            until_ns = min(until_ns, self._bid(until_ns))
        wait_ns = max(0, until_ns - time.monotonic_ns())
        select.select((self._rest.fileno(), *also), (), (), wait_ns / SECOND_NS)
        for fd, events in self._first.poll(0, AT_ONCE):
            self._turn_to(fd, events)
        for fd, _ in self._rest.poll(0, AT_ONCE):
            link = self._by_fd.get(fd)
            if link is not None and link.sock is not None:
                self._look(link, link.sock)

    # At the right time.

    def _bid(self, until_ns: int) -> int:
        """Make the bids that are due. When the next one is."""
        bids, begin = self.ears.bids, self.ears.begin_ns
        while self._next < len(bids):
            told = bids[self._next]
            due, now = begin + told.bid.due_ns, time.monotonic_ns()
            if due > now:
                return due
            self._next += 1
            link = self._by_paddle[told.bid.paddle]
            try:
                self.ears.due(told, link, now)
            except OSError:
                self._lose(link)
        return until_ns

    def _at_time(self, due_ns: int, then: Callable[[], None]) -> None:
        self._timed += 1
        heapq.heappush(self._timers, (due_ns, self._timed, then))

    def _begin(self, link: Link, due_ns: int, *, resuming: bool) -> None:
        if link.step is Step.AWAY:
            self._watch_new(link.begin(due_ns, resuming=resuming), link)

    def _cut(self, link: Link, back_ns: int) -> None:
        if link.step is not Step.AWAY:
            self._forget(link)
            self._at_time(back_ns, partial(self._begin, link, back_ns, resuming=True))

    def _read_slowly(self) -> None:
        self._at_time(time.monotonic_ns() + SLOW_EVERY_NS, self._read_slowly)
        for link in self.links.values():
            if link.slow and link.step is Step.IN and link.sock is not None:
                self._look(link, link.sock, self._slow_bytes)

    # Coming and going.

    def _watch_new(self, sock: socket.socket, link: Link) -> None:
        self._by_fd[sock.fileno()] = link
        self._first.register(sock.fileno(), select.EPOLLIN | select.EPOLLOUT if link.speaks else select.EPOLLIN)

    def _lose(self, link: Link) -> None:
        """A link is gone that was not planned to be."""
        if link.step in {Step.IN, Step.HELLO}:
            self.ears.counts["slow_dropped" if link.slow else "dropped"] += 1
        self._forget(link)
        self._come_back(link, time.monotonic_ns())

    def _come_back(self, link: Link, due_ns: int) -> None:
        self._tries[link.who] += 1
        if self._tries[link.who] > REFUSALS_MAX:
            self.ears.errors["link_not_made"] += 1
            return
        again = partial(self._begin, link, due_ns, resuming=link.lost > 0)
        self._at_time(time.monotonic_ns() + AGAIN_NS, again)

    def _forget(self, link: Link) -> None:
        if link.sock is not None:
            self._by_fd.pop(link.sock.fileno(), None)
        link.hang_up()
        link.lost += link.step in {Step.IN, Step.HELLO}
        link.step = Step.AWAY
        self.ears.lost(link)

    # Whoever has something.

    def _turn_to(self, fd: int, events: int) -> None:
        link = self._by_fd.get(fd)
        if link is None or link.sock is None:
            return
        try:
            if events & select.EPOLLOUT and link.on_writable():
                self._first.modify(fd, select.EPOLLIN)
            if events & ~select.EPOLLOUT:
                self._receive(link, link.sock)
        except BlockingIOError:
            pass
        except Refused as no:
            self.ears.refused[no.code] += 1
            self._forget(link)
            self._come_back(link, link.due_ns)
        except OSError:
            self._lose(link)

    def _receive(self, link: Link, sock: socket.socket) -> None:
        data = sock.recv(RECEIVE_BYTES)
        if not data:
            raise ConnectionError("the house has closed it")
        if link.step in {Step.TICKET, Step.HANDSHAKE}:
            before, latest = sock.fileno(), self.ears.latest
            frames = link.on_answer(data, link.position() or (latest.position() if latest is not None else None))
            if link.sock is not sock and link.sock is not None:
                self._by_fd.pop(before, None)
                self._watch_new(link.sock, link)
            if frames is None:
                return
            data = frames
        self._hear(link, sock, data)
        if link.step is Step.IN and link.paddle is None and not link.watched and link.reader is not None:
            self._only_count(link, sock)

    def _only_count(self, link: Link, sock: socket.socket) -> None:
        """It has been shown the sale: from here on its frames are counted, beginning with the one that is under way."""
        assert link.reader is not None
        left, link.reader = link.reader.left(), None
        link.counter.take(bytearray(left), len(left))
        self._first.unregister(sock.fileno())
        if not link.slow:
            self._rest.register(sock.fileno(), select.EPOLLIN)

    def _look(self, link: Link, sock: socket.socket, most: int = RECEIVE_BYTES) -> None:
        """Count, or read, what came for a display outside the sample."""
        try:
            size = sock.recv_into(self._buffer, most)
            if not size:
                raise ConnectionError("the house has closed it")
            if link.reader is not None:
                self._hear(link, sock, bytes(memoryview(self._buffer)[:size]))
            else:
                self._count(link, sock, size)
        except BlockingIOError:
            return
        except OSError:
            self._lose(link)

    def _count(self, link: Link, sock: socket.socket, size: int) -> None:
        counter, counts = link.counter, self.ears.counts
        before = counter.frames
        counter.take(self._buffer, size)
        counts["bytes"] += size
        counts["frames"] += counter.frames - before
        if counter.pings:
            sock.send(PONG * counter.pings)
            counter.pings = 0

    def _hear(self, link: Link, sock: socket.socket, data: bytes) -> None:
        assert link.reader is not None
        now, counts = time.monotonic_ns(), self.ears.counts
        counts["bytes"] += len(data)
        for kind, content in link.reader.take(data):
            counts["frames"] += 1
            if kind == TEXT:
                self.ears.hear(link, content, now)
            elif kind == PING:
                sock.send(PONG)
            elif kind == CLOSE:
                counts["goodbyes"] += 1
