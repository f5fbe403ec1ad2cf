"""
What the public saw at any earlier record, while the house serves.

A picture of the past is made as the hub made it then: the state is rebuilt up to that record and drawn for the public. What was hidden
then stays hidden in it, whatever has been lifted since.

Nothing is rebuilt before somebody asks. Then the journal is read a page at a time, with a rest as long after each, and applied in one
worker thread, so that bids never wait for more than one page. On the way copies of the state are kept, so that the next question
starts from the nearest. A question is answered within ``wait_s``: with the picture, or with when to ask again; how far the reading
came is kept.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
import trio

from engine.domain import proceeding
from engine.domain.proceeding import State
from engine.domain.refusals import Refusal
from engine.domain.views import Audience, picture
from engine.gateway.hub import Hub
from engine.gateway.limits import Refused
from engine.gateway.slips import Kept
from engine.journal.faults import JournalFault
from engine.journal.record import Record
from engine.wire.refusals import Fault

PAGE: Final = 200
"""Records read at once: a few milliseconds of the journal's time."""

ASK_AGAIN_MS: Final = 500


@dataclass(frozen=True, slots=True)
class PastSettings:
    """How much pictures of the past may cost a house that serves."""

    keep_every: int = 250
    """A copy of the state is kept after so many records; after twice as many, and so on, when there are too many copies."""

    kept_max: int = 64
    """Copies of the state kept for one sale."""

    weight_max: int = 1_000_000
    """Offers and bids that all copies of one sale may hold together; the copies of a big sale are fewer."""

    sales_max: int = 4
    """Sales for which copies are kept."""

    cache_bytes_max: int = 16 * 1024 * 1024
    """Pictures kept for the next who asks."""

    waiting_max: int = 16
    """Questions at once, all sales together."""

    wait_s: float = 1.0
    """So long a question waits for its picture."""


@dataclass(frozen=True, slots=True)
class _Point:
    """A state, and the record that led to it."""

    state: State | None
    last: Record | None

    @property
    def seq(self) -> int:
        return 0 if self.last is None else self.last.seq


class _Course:
    """The way of one sale from its first record on, with the copies kept beside it. Used by one question at a time."""

    def __init__(self, kept: Kept, settings: PastSettings) -> None:
        self.kept = kept
        self.turn = trio.Lock()
        self._every, self._copies_max = settings.keep_every, settings.kept_max
        self._weight_max = settings.weight_max
        self._copies: dict[int, _Point] = {}
        self._at = _Point(None, None)

    @property
    def seq(self) -> int:
        """The record it stands after."""
        return self._at.seq

    def turn_back(self, seq: int) -> None:
        """Stand as near before ``seq`` as possible, or at it."""
        nearest = max((each for each in self._copies if each <= seq), default=0)
        if nearest <= self._at.seq <= seq:
            return
        copy = self._copies.get(nearest, _Point(None, None))
        self._at = _Point(None if copy.state is None else copy.state.fork(), copy.last)

    def go_on(self, records: tuple[Record, ...]) -> None:
        """Carry the next records into the state."""
        for record in records:
            state = self._at.state
            if not isinstance(record.outcome, Refusal):
                for event in record.outcome:
                    state = proceeding.apply(state, event)
            self._at = _Point(state, record)
            if record.seq % self._every == 0 and record.seq not in self._copies and state is not None:
                self._copies[record.seq] = _Point(state.fork(), record)
                self._thin()

    def draw(self) -> bytes | None:
        """The picture the public had here, as JSON; None before the sale was announced."""
        state, last = self._at.state, self._at.last
        if state is None or last is None:
            return None
        return orjson.dumps(
            {
                "epoch": last.epoch,
                "seq": last.seq,
                "head": last.digest.hex(),
                "arrived_us": last.arrived_at // 1000,
                "at_us": last.recorded_at // 1000,
                "parts": picture(state, Audience.PUBLIC),
            }
        )

    def _thin(self) -> None:
        while len(self._copies) > self._copies_max or (len(self._copies) > 1 and self._weight() > self._weight_max):
            self._every *= 2
            self._copies = {seq: copy for seq, copy in self._copies.items() if seq % self._every == 0}

    def _weight(self) -> int:
        return sum(copy.state.weight for copy in self._copies.values() if copy.state is not None)


class Past:
    """
    Shows the sales of a house as they were.

    Args:
        hubs: What is shown now, by sale: nothing later is shown of the past.
        journals: Where records are read, by sale.
        settings: What it may cost.
        work: Does the work of rebuilding and drawing, one piece at a time, beside everything else.

    """

    def __init__(
        self,
        hubs: Mapping[str, Hub],
        journals: Mapping[str, Kept],
        settings: PastSettings,
        work: Callable[[Callable[[], Any]], Awaitable[Any]] | None = None,
    ) -> None:
        self._hubs, self._journals, self._settings = hubs, journals, settings
        self._work = work or partial(trio.to_thread.run_sync, limiter=trio.CapacityLimiter(1))
        self._waiting = 0
        self._courses: OrderedDict[str, _Course] = OrderedDict()
        self._made: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._made_bytes = 0

    async def at(self, sale: str, seq: int) -> bytes | None:
        """
        The picture the public had when record ``seq`` had been applied; None if there is no such record.

        Raises:
            Refused: ``E_BUSY``, with ``after_ms``; ``E_ENGINE_HALTED_STORAGE``.

        """
        hub = self._hubs.get(sale)
        if hub is None or not 1 <= seq <= hub.seq:
            return None
        if (made := self._made.get((sale, seq))) is not None:
            self._made.move_to_end((sale, seq))
            return made
        with self._place(), trio.move_on_after(self._settings.wait_s):
            course = self._course(sale)
            async with course.turn:
                await self._go_to(course, seq)
                drawn: bytes | None = await self._work(course.draw)
            return None if drawn is None else self._keep((sale, seq), drawn)
        raise Refused(Fault.BUSY, after_ms=ASK_AGAIN_MS)

    async def at_instant(self, sale: str, at_us: int) -> bytes | None:
        """The same after the last record made at or before ``at_us``; None if there was none."""
        hub = self._hubs.get(sale)
        if hub is None:
            return None
        before, after = 0, hub.seq + 1
        with self._place(), trio.move_on_after(self._settings.wait_s):
            while after - before > 1:
                middle = (before + after) // 2
                [record] = (await self._journals[sale].read(middle - 1, 1)).records
                if record.recorded_at // 1000 <= at_us:
                    before = middle
                else:
                    after = middle
        if after - before > 1:
            raise Refused(Fault.BUSY, after_ms=ASK_AGAIN_MS)
        return await self.at(sale, before)

    async def _go_to(self, course: _Course, seq: int) -> None:
        await self._work(partial(course.turn_back, seq))
        while course.seq < seq:
            began = trio.current_time()
            records = (await course.kept.read(course.seq, min(PAGE, seq - course.seq))).records
            if not records:
                raise AssertionError("what the hub has shown is in the journal")
            await self._work(partial(course.go_on, records))
            if course.seq < seq:
                await trio.sleep(trio.current_time() - began)

    def _course(self, sale: str) -> _Course:
        course = self._courses.pop(sale, None) or _Course(self._journals[sale], self._settings)
        self._courses[sale] = course
        if len(self._courses) > self._settings.sales_max:
            self._courses.popitem(last=False)
        return course

    def _keep(self, key: tuple[str, int], made: bytes) -> bytes:
        if key not in self._made:
            self._made[key] = made
            self._made_bytes += len(made)
            while self._made_bytes > self._settings.cache_bytes_max:
                _, oldest = self._made.popitem(last=False)
                self._made_bytes -= len(oldest)
        return made

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places for questions."""
        if self._waiting >= self._settings.waiting_max:
            raise Refused(Fault.BUSY, after_ms=ASK_AGAIN_MS)
        self._waiting += 1
        try:
            yield
        except JournalFault:
            raise Refused(Fault.ENGINE_HALTED_STORAGE) from None
        finally:
            self._waiting -= 1
