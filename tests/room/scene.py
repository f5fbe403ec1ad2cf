"""A room to try things in: memory journals that can be stuck or fail, virtual house time, and somebody who follows the tail."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import trio
import trio.testing

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CatalogueEntry,
    CloseSale,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    ResumeSale,
    StrikeHammer,
    SuspendSale,
    Title,
    WithdrawBid,
)
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Command
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.asking import Answer, Inquiry
from engine.journal.base import Journal, JournalIdentity
from engine.journal.commit import Commit
from engine.journal.faults import JournalFault, StorageFault
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.journal.tail import Batch
from engine.room.clock import Clock
from engine.room.house import Room, RoomSettings, announce, open_room
from tests.journal.books import IDENTITY, SIGNER

NOON = Nanoseconds(1_800_000_000_000_000_000)
SECOND = 1_000_000_000
AUCTIONEER, CLERK = Principal("auctioneer:1"), Principal("clerk:1")
INCREMENTS = (IncrementBand(from_price=Fen(0), step=Fen(500_00)),)


class TrioClock:
    """House time that goes with trio's: noon, and the seconds since trio began."""

    def __init__(self, floor: Nanoseconds = Nanoseconds(0)) -> None:
        self._base = max(NOON, floor + 1)

    def now(self) -> Nanoseconds:
        return Nanoseconds(self._base + round(trio.current_time() * SECOND))

    async def sleep_until(self, instant: Nanoseconds) -> None:
        await trio.sleep(max(0, instant - self.now()) / SECOND)


class StuckJournal(MemoryJournal):
    """Its disk takes as long as ``gate`` stays shut."""

    def __init__(self, identity: JournalIdentity = IDENTITY) -> None:
        super().__init__(identity)
        self.gate = trio.Event()
        self.gate.set()
        self.waiting = trio.Event()

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        self.waiting.set()
        await self.gate.wait()
        await super().append(records, commit)


class FailingJournal(MemoryJournal):
    """Its disk fails at the ``fails_at``-th append, with or without having written."""

    def __init__(self, fails_at: int, *, written: bool = False, identity: JournalIdentity = IDENTITY) -> None:
        super().__init__(identity)
        self._fails_at, self._written, self._appends = fails_at, written, 0

    async def append(self, records: tuple[Record, ...], commit: Commit) -> None:
        self._appends += 1
        if self._appends >= self._fails_at:
            if self._written and self._appends == self._fails_at:
                await super().append(records, commit)
            raise StorageFault("no space left on device")
        await super().append(records, commit)


async def journal_of(kept: Iterable[tuple[Commit, tuple[Record, ...]]]) -> MemoryJournal:
    """A memory journal that holds these commits."""
    journal = MemoryJournal(IDENTITY)
    for commit, records in kept:
        await journal.append(records, commit)
    return journal


class Follower:
    """Somebody outside, who sees what the tail shows and nothing else."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.seen: list[Batch] = []
        self.fault: JournalFault | None = None
        self._count = room.tail.count

    async def run(self) -> None:
        try:
            while True:
                self._add(await self.room.tail.after(self._count))
        except JournalFault as fault:
            self.fault = fault

    def _add(self, batches: list[Batch]) -> None:
        self._count += len(batches)
        self.seen += batches

    @property
    def records(self) -> list[Record]:
        return [record for batch in self.seen for record in batch.records]

    def answer(self, slip: object) -> Answer | None:
        """The answer to whoever handed in ``slip``, once there is one."""
        answers = [answer for batch in self.seen for given, answer in batch.answers if given is slip]
        assert len(answers) <= 1
        return answers[0] if answers else None


class Desk:
    """Hands in commands and waits for the answer."""

    def __init__(self, room: Room, follower: Follower) -> None:
        self.room, self.follower = room, follower

    def hand_in(self, content: Command | Inquiry, at: Nanoseconds | None = None) -> object:
        """Leave ``content``, stamped now or ``at``; the slip."""
        slip = object()
        self.room.submit(content, self.room.clock.now() if at is None else at, slip)
        return slip

    async def ask(self, content: Command | Inquiry, at: Nanoseconds | None = None) -> Answer:
        """Hand in and wait."""
        slip = self.hand_in(content, at)
        await trio.testing.wait_all_tasks_blocked()
        answer = self.follower.answer(slip)
        assert answer is not None, "no answer"
        return answer

    async def recorded(self, command: Command) -> Record:
        """Hand in what must become a record."""
        answer = await self.ask(command)
        assert isinstance(answer, Record)
        return answer


@asynccontextmanager
async def at_work(
    journal: Journal,
    *,
    settings: RoomSettings | None = None,
    clock: Callable[[Nanoseconds], Clock] = TrioClock,
    announced: AnnounceSale | None = None,
) -> AsyncIterator[Desk]:
    """A room whose clerk works, on which a sale is announced unless it was."""
    room = open_room(journal, SIGNER, settings or RoomSettings(), clock=clock)
    if announced is not None:
        await announce(room, announced, PADDLES)
    follower = Follower(room)

    async def clerk() -> None:
        with suppress(JournalFault):  # told to those who follow the tail
            await room.clerk.run()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(follower.run)
        nursery.start_soon(clerk)
        yield Desk(room, follower)
        nursery.cancel_scope.cancel()


# Commands.


def announcement(*, lots: int = 2, **sheet: Any) -> AnnounceSale:
    plates = ("豫H8H888", "豫HA1234", "豫H111V6", "豫H54321")
    return AnnounceSale(
        command_id="announce",
        by=HOUSE,
        sale="trial",
        title=Title(zh="试拍", en="Trial"),
        rules=RuleSheet(**{"increments": INCREMENTS, **sheet}),
        catalogue=tuple(
            CatalogueEntry(lot=LotNo(lot), plate=plates[lot - 1], opening_price=Fen(lot * 5_000_00))
            for lot in range(1, lots + 1)
        ),
    )


def admit(
    paddle: int, channel: Channel = Channel.ONLINE, deposits: int = 1, *, command_id: str = "", by: Principal = HOUSE
) -> AdmitPaddle:
    return AdmitPaddle(
        command_id=command_id or f"admit-{paddle}",
        by=by,
        paddle=PaddleNo(paddle),
        channel=channel,
        deposits=deposits,
    )


PADDLES = (admit(8), admit(9, deposits=2), admit(51, Channel.HALL), admit(52, Channel.HALL))


def open_sale(command_id: str = "open") -> OpenSale:
    return OpenSale(command_id=command_id, by=AUCTIONEER)


def close_sale(command_id: str = "close") -> CloseSale:
    return CloseSale(command_id=command_id, by=AUCTIONEER)


def suspend(reason: str = "停电", command_id: str = "suspend") -> SuspendSale:
    return SuspendSale(command_id=command_id, by=AUCTIONEER, reason=reason)


def resume(command_id: str = "resume") -> ResumeSale:
    return ResumeSale(command_id=command_id, by=AUCTIONEER)


def put_up(lot: int, command_id: str = "") -> OpenLot:
    return OpenLot(command_id=command_id or f"put-up-{lot}", by=AUCTIONEER, lot=LotNo(lot))


def pass_lot(lot: int, command_id: str = "") -> PassLot:
    return PassLot(command_id=command_id or f"pass-{lot}", by=AUCTIONEER, lot=LotNo(lot))


def bid(command_id: str, paddle: int, yuan: int, *, lot: int = 1) -> PlaceBid:
    """Online paddles bid for themselves, those from 50 on through the clerk."""
    by = CLERK if paddle >= 50 else bidder(PaddleNo(paddle))
    return PlaceBid(command_id=command_id, by=by, lot=LotNo(lot), paddle=PaddleNo(paddle), amount=Fen(yuan * 100))


def withdraw(command_id: str, paddle: int, *, lot: int = 1) -> WithdrawBid:
    return WithdrawBid(command_id=command_id, by=bidder(PaddleNo(paddle)), lot=LotNo(lot), paddle=PaddleNo(paddle))


def call(command_id: str, nth: int, yuan: int, *, lot: int = 1) -> CallWarning:
    return CallWarning(command_id=command_id, by=AUCTIONEER, lot=LotNo(lot), call=nth, price=Fen(yuan * 100))


def hammer(command_id: str, yuan: int, *, lot: int = 1) -> StrikeHammer:
    return StrikeHammer(command_id=command_id, by=AUCTIONEER, lot=LotNo(lot), price=Fen(yuan * 100))


def small_sale() -> list[Command]:
    """One lot sold to paddle 9 after a bid cancelled the calls, the other passed; some refused on the way."""
    return [
        bid("early", 8, 5_000),
        open_sale(),
        put_up(1),
        bid("b1", 8, 5_000),
        bid("b2", 9, 5_100),
        bid("b3", 51, 5_500),
        call("c1", 1, 5_500),
        bid("b4", 9, 6_000),
        withdraw("w1", 9),
        call("c2", 1, 6_000),
        call("c3", 2, 6_000),
        call("c4", 3, 6_000),
        hammer("h1", 6_000),
        put_up(2),
        suspend(),
        bid("b5", 8, 10_000, lot=2),
        resume(),
        pass_lot(2),
        close_sale(),
    ]
