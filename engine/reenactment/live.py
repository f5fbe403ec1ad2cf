"""A month held in minutes by the clock on the wall, with pages open: the robots hand in at the mailbox, and everybody may watch."""

from heapq import heappop, heappush
from typing import Final

import trio

from clients.robots.quota.crowd import END_MS, FIRST_MS, SECOND_MS, Crowd, Try, as_command, next_look
from engine.domain.auction.commands import Cause, OpenSale, ResumeSale
from engine.domain.auction.state import SalePhase
from engine.domain.parties import Principal, Role
from engine.journal.asking import RoomBusy
from engine.journal.record import Record
from engine.reenactment.onlooker import Onlooker
from engine.reenactment.stage import PAGE
from engine.room.house import Room

ROUND_S: Final = 120
"""How long a round lasts that lasts half an hour in Shanghai."""

BIDDERS: Final = 20_000
"""How many robots there are unless somebody wants more: in a fifteenth of the time, their last minute is as dense as that of all."""

BEAT_S: Final = 0.05
OPENS_AFTER_S: Final = 8.0
"""Time to open a page; less where rounds are short."""

RESUMES_AFTER_S: Final = 2.0
BY_ITSELF: Final = frozenset({Cause.RESTART, Cause.CLOCK, Cause.CONNECTIONS, Cause.STANDBY, Cause.TAKEOVER, Cause.MOVE})
"""Interruptions after which the robot at the rostrum goes on. A person's is a person's to end."""

AUCTIONEER: Final = Principal(f"{Role.AUCTIONEER}:1")
_MS: Final = 1_000_000


class LivePlay:
    """The robots at one room of a house that serves, and the auctioneer who opens the sale and goes on after an interruption."""

    def __init__(self, room: Room, crowd: Crowd) -> None:
        self._room, self._crowd = room, crowd
        self.onlooker = Onlooker()
        self._count = room.tail.count
        self.waits_s: list[float] = []
        self._waiting: list[tuple[int, int, int, Try]] = []
        self._second = 0

    async def to_the_end(self) -> None:
        """Go on from wherever the sale stands until it is closed."""
        await self._catch_up()
        if self.onlooker.sale.opened_at is not None and not self.onlooker.closed:
            self.onlooker.tell(self._crowd, 0)
            while self._second * SECOND_MS < self._position_ms()[0]:
                self._second = next_look(self._second)
            self._crowd.go_on_at(self._second)
        while not self.onlooker.closed:
            await self._conduct()
            self._play()
            await trio.sleep(BEAT_S)
            await self._hear()

    async def _catch_up(self) -> None:
        while self.onlooker.seq < self._room.opened.seq:
            for record in (await self._room.journal.read(self.onlooker.seq, PAGE)).records:
                self.onlooker.take(record)
        await self._hear()

    async def _hear(self) -> None:
        if self._room.tail.count == self._count:
            return
        for batch in await self._room.tail.after(self._count):
            self._count += 1
            now = trio.current_time()
            for slip, answer in batch.answers:
                if isinstance(slip, float) and isinstance(answer, Record):
                    self.waits_s.append(now - slip)
            for record in batch.records:
                self.onlooker.take(record)

    async def _conduct(self) -> None:
        sale = self.onlooker.sale
        if sale.phase is SalePhase.PLANNED:
            await trio.sleep(min(OPENS_AFTER_S, sale.rules.rounds[0].span / 4e9))
            opening = OpenSale(command_id="open", by=AUCTIONEER)
            self._room.submit(opening, self._room.clock.now(), None)
        elif sale.suspension is not None and sale.suspension.cause in BY_ITSELF:
            await trio.sleep(RESUMES_AFTER_S)
            going_on = ResumeSale(command_id=f"resume-{self.onlooker.seq}", by=AUCTIONEER)
            self._room.submit(going_on, self._room.clock.now(), None)
        else:
            return
        while self.onlooker.sale.phase is not SalePhase.OPEN:
            await trio.sleep(BEAT_S)
            await self._hear()

    def _play(self) -> None:
        """Whatever is due by now."""
        if self.onlooker.sale.phase is not SalePhase.OPEN:
            return
        looks_ms, sends_ms = self._position_ms()
        while self._second * SECOND_MS <= looks_ms:
            self.onlooker.tell(self._crowd, self._second)
            for one in self._crowd.decide(self._second, self.onlooker.cutoff):
                heappush(self._waiting, (one.at_ms, one.paddle, one.nth, one))
            self._second = next_look(self._second)
        while self._waiting and self._waiting[0][0] <= sends_ms:
            item = heappop(self._waiting)
            try:
                self._room.submit(as_command(item[3]), self._room.clock.now(), trio.current_time())
            except RoomBusy:
                heappush(self._waiting, item)
                return

    def _position_ms(self) -> tuple[int, int]:
        """
        Where the sale is, in milliseconds of a sale of two half hours.

        Counted back from the end of the round, so that an interruption takes nobody's time. The first for looks, which wait for the
        next round to be announced; the second for what is on its way already.
        """
        sale = self.onlooker.sale
        assert sale.ends_at is not None
        quicker = FIRST_MS * _MS / sale.rules.rounds[sale.round - 1].span
        end_ms = FIRST_MS if sale.round == 1 else END_MS
        now = self._room.clock.now() if sale.suspension is None else sale.suspension.since
        at_ms = end_ms - int((sale.ends_at - now) * quicker) // _MS
        return min(at_ms, end_ms - 1), at_ms
