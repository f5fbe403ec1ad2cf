"""A month held as fast as the house answers: real room, real journal, and a clock the robots move."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

import trio

from clients.robots.quota.crowd import AFTER_S, END_MS, SECOND_MS, Crowd, Try, as_command, next_look
from engine.domain import proceeding
from engine.domain.auction.state import SalePhase
from engine.domain.proceeding import State
from engine.domain.units import Nanoseconds
from engine.journal.asking import RoomBusy
from engine.journal.base import Journal
from engine.journal.record import Record
from engine.journal.signing import Signer
from engine.reenactment.clock import StageClock
from engine.reenactment.month import Scene, opening
from engine.reenactment.onlooker import Onlooker
from engine.room.folder import DataFolder, FolderLock
from engine.room.house import Room, RoomSettings, announce, keep_journal, open_room

BEFORE_NS: Final = 30 * 60 * 1_000_000_000
"""So long before it opens the sale is announced."""

UNDER_WAY_MAX: Final = 512
"""Offers handed in and not answered yet: a batch being kept, and a full one waiting."""

SETTINGS: Final = RoomSettings(records_max=4096)
"""The robots follow closely: nobody needs older batches in memory."""

PAGE: Final = 500
TOLD_S: Final = 60
END_S: Final = END_MS // SECOND_MS
_MS: Final = 1_000_000


@dataclass(slots=True)
class Measured:
    """What holding the sale cost this machine."""

    took_s: float = 0.0
    waits_s: list[float] = field(default_factory=list)
    """From handing in to being acknowledged, for each offer that made a new record."""

    found: int = 0
    """Records that were there when it began: an earlier run was stopped."""


async def hold(
    folder: DataFolder, scene: Scene, seed: int, on_progress: Callable[[Onlooker, int], None]
) -> tuple[Onlooker, Measured]:
    """
    Hold the month to its end, from the beginning or from where an earlier run was stopped.

    The clock stands still while nobody plays: no bidder loses time by a stop, so the sale goes on as if there had been none.

    Returns:
        The sale as the record has it, and what it cost to hold what was not on the record yet.

    Raises:
        JournalFault: Its journal must not be served, or failed.
        NoticeConflict: The folder holds this month with other figures.

    """
    lock = FolderLock(folder)
    try:
        signer = Signer.from_file(folder.signing_key())
        journal = keep_journal(folder, scene.notice.sale, signer)
        try:
            return await perform(journal, signer, scene, seed, on_progress)
        finally:
            journal.close()
    finally:
        lock.release()


async def perform(  # noqa: PLR0913 - everything is handed in
    journal: Journal,
    signer: Signer,
    scene: Scene,
    seed: int,
    on_progress: Callable[[Onlooker, int], None],
    *,
    settings: RoomSettings = SETTINGS,
) -> tuple[Onlooker, Measured]:
    """:func:`hold`, on a journal that is open."""
    opens_at = opening(scene.month.month)
    clock = StageClock(Nanoseconds(opens_at - BEFORE_NS))

    def since(last: Nanoseconds) -> StageClock:
        clock.advance(last)
        return clock

    room = open_room(journal, signer, settings, clock=since)
    found = room.opened.seq
    await announce(room, scene.notice.announce, scene.notice.preparations)
    play = Play(room, clock, opens_at, found)
    began = time.perf_counter()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(room.clerk.run)
        await play.to_the_end(Crowd(scene.market, seed), on_progress)
        nursery.cancel_scope.cancel()
    play.measured.took_s = time.perf_counter() - began
    return play.onlooker, play.measured


class Play:
    """The robots at one room."""

    def __init__(self, room: Room, clock: StageClock, opens_at: Nanoseconds, found: int) -> None:
        self._room, self._clock, self._opens_at = room, clock, opens_at
        self.onlooker, self.measured = Onlooker(), Measured(found=found)
        self._count = room.tail.count
        self._earlier: deque[Record] = deque()
        """Records that were there when the room was opened and that the robots have not come to yet."""

        self._read = 0
        self._under_way = 0

    async def to_the_end(self, crowd: Crowd, on_progress: Callable[[Onlooker, int], None]) -> None:
        """Everything every robot does, look by look. What is on the record already is asked for again, and answered with its record."""
        waiting: list[tuple[int, int, int, Try]] = []
        second, told = 0, 0
        if _is_closed(self._room.opened.state):
            second = END_S + AFTER_S  # Nothing is left to be done.
        while second < END_S + AFTER_S:
            await self._come_to(second)
            self.onlooker.tell(crowd, second)
            after = next_look(second)
            for one in crowd.decide(second, self.onlooker.cutoff):
                heappush(waiting, (one.at_ms, one.paddle, one.nth, one))
            while waiting and waiting[0][0] < after * SECOND_MS:
                await self._hand_in(heappop(waiting)[3])
            while self._under_way:
                await self._hear()
            second = after
            if second >= told + TOLD_S:
                told = second
                on_progress(self.onlooker, second)
        self._clock.advance(self._instant(second * SECOND_MS))
        await self._come_to(None)
        while not self.onlooker.closed:
            await self._hear()

    def _instant(self, ms: int) -> Nanoseconds:
        return Nanoseconds(self._opens_at + ms * _MS)

    async def _come_to(self, second: int | None) -> None:
        """Take in what the record held from the time before ``second`` when the room was opened; all of it, if that is None."""
        until = None if second is None else self._instant(second * SECOND_MS)
        while True:
            if not self._earlier and self._read < self._room.opened.seq:
                pages = await self._room.journal.read(self._read, min(PAGE, self._room.opened.seq - self._read))
                self._earlier.extend(pages.records)
                self._read = pages.records[-1].seq
            if not self._earlier or (until is not None and self._earlier[0].arrived_at >= until):
                return
            self.onlooker.take(self._earlier.popleft())

    async def _hand_in(self, one: Try) -> None:
        while self._under_way >= UNDER_WAY_MAX:
            await self._hear()
        at = self._instant(one.at_ms)
        due = proceeding.next_deadline(self.onlooker.sale)
        while self._under_way and due is not None and due < at:
            await (
                self._hear()
            )  # No record of what came before a deadline is stamped after it, wherever this run is stopped.
        self._clock.advance(at)
        while True:
            try:
                self._room.submit(as_command(one), at, time.perf_counter())
            except RoomBusy:  # His offer before this one is not answered yet.
                await self._hear()
            else:
                self._under_way += 1
                return

    async def _hear(self) -> None:
        """The next answers."""
        for batch in await self._room.tail.after(self._count):
            self._count += 1
            now = time.perf_counter()
            for slip, answer in batch.answers:
                if isinstance(slip, float):
                    self._under_way -= 1
                    if isinstance(answer, Record):
                        self.measured.waits_s.append(now - slip)
            if batch.records:
                await self._come_to(None)  # What stood there before a new record comes before it.
            for record in batch.records:
                self.onlooker.take(record)


def _is_closed(state: State | None) -> bool:
    return state is not None and state.phase is SalePhase.CLOSED
