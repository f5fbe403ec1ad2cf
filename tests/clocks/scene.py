"""A house with one room at work on a machine of ours; and what its journal says of every lot's time."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import trio
import trio.testing

from engine.domain.auction import commands as to
from engine.domain.auction.events import BiddingClosed, BiddingExtended, LotOpened, SaleResumed, SaleSuspended
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Announcement, Command
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import DepositRule, IncrementBand, Mode, RuleSheet, TimedRules
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.room.house import House, Room, RoomSettings, announce, open_room, suspend_if_interrupted
from tests.clocks.machine import Machine
from tests.journal.books import SIGNER
from tests.room.scene import Desk, Follower

AUCTIONEER = Principal("auctioneer:1")
PADDLES = (PaddleNo(1), PaddleNo(2))
OPENING, STEP = Fen(1_000_000), Fen(10_000)


def announcement(timed: TimedRules, lots: int) -> to.AnnounceSale:
    """A timed sale of so many lots."""
    return to.AnnounceSale(
        command_id="announce",
        by=HOUSE,
        sale="trial",
        title=to.Title(zh="试拍", en="Trial"),
        rules=RuleSheet(
            increments=(IncrementBand(from_price=Fen(0), step=STEP),),
            mode=Mode.TIMED,
            deposit=DepositRule.WHOLE_SALE,
            timed=timed,
        ),
        catalogue=tuple(
            to.CatalogueEntry(lot=LotNo(lot), plate=f"豫H{lot:05}", opening_price=OPENING) for lot in range(1, lots + 1)
        ),
    )


def admissions() -> tuple[to.AdmitPaddle, ...]:
    return tuple(
        to.AdmitPaddle(command_id=f"admit-{paddle}", by=HOUSE, paddle=paddle, channel=Channel.ONLINE, deposits=1)
        for paddle in PADDLES
    )


def open_sale() -> to.OpenSale:
    return to.OpenSale(command_id="open", by=AUCTIONEER)


def put_up(lot: int) -> to.OpenLot:
    return to.OpenLot(command_id=f"put-up-{lot}", by=AUCTIONEER, lot=LotNo(lot))


def bid(command_id: str, lot: int, amount: int, paddle: PaddleNo = PADDLES[0]) -> to.PlaceBid:
    return to.PlaceBid(command_id=command_id, by=bidder(paddle), lot=LotNo(lot), paddle=paddle, amount=Fen(amount))


def state_of(room: Room) -> Auction:
    state = room.clerk.memory.state
    assert isinstance(state, Auction)
    return state


@asynccontextmanager
async def house_at_work(
    journal: MemoryJournal,
    machine: Machine,
    announced: Announcement | None = None,
    prepared: tuple[Command, ...] = (),
) -> AsyncIterator[Desk]:
    """The house opened from ``journal``, as it is after every start; it looks at its machine's clock."""
    room = open_room(journal, SIGNER, RoomSettings(letters_max=100_000), clock=machine.house_clock)
    if announced is not None:
        await announce(room, announced, prepared or admissions())
    await suspend_if_interrupted(room)
    follower = Follower(room)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(follower.run)
        nursery.start_soon(House({"trial": room}, steps=machine.steps()).run)
        await trio.testing.wait_all_tasks_blocked()
        yield Desk(room, follower)
        nursery.cancel_scope.cancel()


def wrong_times(records: Iterable[Record], timed: TimedRules) -> list[str]:
    """
    What is wrong with the time lots were given, from the records alone.

    Every lot has its free period and a window from its opening, and a window from every resumption; no end moves earlier; none is
    announced before it has come, or while the sale rests; stamps never go back.
    """
    ends: dict[LotNo, Nanoseconds] = {}
    begun: dict[LotNo, Nanoseconds] = {}
    found: list[str] = []
    last_at, resting = Nanoseconds(0), False

    def check(fine: bool, words: str, record: Record) -> None:
        if not fine:
            found.append(f"record {record.seq}: {words}")

    for record in records:
        check(record.recorded_at >= last_at, "recorded before the record before it", record)
        check(record.arrived_at <= record.recorded_at, "recorded before it arrived", record)
        last_at = record.recorded_at
        if isinstance(record.outcome, Refusal):
            continue
        resumed = False
        for event in record.outcome:
            match event:
                case LotOpened(closes_at=closes_at):
                    assert closes_at is not None
                    check(closes_at - event.at >= timed.free + timed.window, "opened for less than its time", record)
                    ends[event.lot], begun[event.lot] = closes_at, event.at
                case BiddingExtended():
                    for lot in (event.lot,) if event.lot is not None else tuple(ends):
                        check(event.closes_at >= ends[lot], "an end moved earlier", record)
                        ends[lot] = event.closes_at
                case SaleSuspended():
                    resting = True
                case SaleResumed():
                    resting, resumed = False, True
                case BiddingClosed():
                    end, began = ends.pop(event.lot), begun.pop(event.lot)
                    check(event.closes_at == end, "announced another end", record)
                    check(record.arrived_at >= end, "announced before its end", record)
                    check(end - began >= timed.window, "given less than a window", record)
                    check(not resting or isinstance(record.outcome[-1], SaleSuspended), "ended while it rested", record)
                case _:
                    pass
        if resumed:
            for lot, end in ends.items():
                check(end - record.arrived_at >= timed.window, f"lot {lot} goes on with less than a window", record)
                begun[lot] = record.arrived_at
    return found
