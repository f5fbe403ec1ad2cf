"""A month held by the clock on the wall: it opens, is interrupted, goes on, and comes to the same prices."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import trio
from trio.testing import MockClock

from clients.robots.quota.crowd import Crowd
from engine.domain.auction.state import SalePhase
from engine.journal.base import JournalIdentity
from engine.journal.memory import MemoryJournal
from engine.reenactment.live import ROUND_S, LivePlay
from engine.reenactment.month import CLASS, scene
from engine.room.house import RoomSettings, announce, open_room, suspend_if_interrupted
from engine.shanghai import published
from tests.journal.books import SIGNER
from tests.room.scene import TrioClock

SEED: Final = 7
STAGED: Final = scene(published()["2019-01"], 300, round_s=ROUND_S)


def a_journal() -> MemoryJournal:
    return MemoryJournal(JournalIdentity(STAGED.notice.sale, 1, b"salt" * 8, SIGNER.public))


@asynccontextmanager
async def at_work(journal: MemoryJournal) -> AsyncIterator[LivePlay]:
    """The robots at a room that serves ``journal``."""
    room = open_room(journal, SIGNER, RoomSettings(), clock=TrioClock)
    await announce(room, STAGED.notice.announce, STAGED.notice.preparations)
    await suspend_if_interrupted(room)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(room.clerk.run)
        yield LivePlay(room, Crowd(STAGED.market, SEED))
        nursery.cancel_scope.cancel()


def comes_near(play: LivePlay) -> bool:
    lowest = play.onlooker.sale.awards[CLASS].lowest
    return lowest is not None and abs(lowest - STAGED.month.lowest) * 100 < STAGED.month.lowest


async def test_it_opens_by_itself_and_closes_in_four_minutes_near_the_published_price(
    autojump_clock: MockClock,
) -> None:
    async with at_work(a_journal()) as play:
        await play.to_the_end()
    assert play.onlooker.closed
    assert 2 * ROUND_S < trio.current_time() < 2 * ROUND_S + 15
    assert len(play.onlooker.sale.books[CLASS]) > 0.98 * STAGED.market.bidders
    assert comes_near(play)
    last, calm = play.onlooker.rush()
    assert last > 4 * calm


async def test_interrupted_it_is_suspended_and_goes_on_where_it_stood_with_nobody_offering_twice(
    autojump_clock: MockClock,
) -> None:
    journal = a_journal()
    async with at_work(journal) as first:
        with trio.move_on_after(ROUND_S * 1.6):
            await first.to_the_end()
    made = first.onlooker.accepted
    async with at_work(journal) as second:
        assert second.onlooker.seq == 0
        await second.to_the_end()
    assert second.onlooker.closed
    assert second.onlooker.sale.phase is SalePhase.CLOSED
    assert second.onlooker.accepted > made
    assert comes_near(second)
    pages = await journal.read(0, 10_000)
    ids = [(record.by, record.command_id) for record in pages.records]
    assert len(set(ids)) == len(ids)
    assert sum("SaleSuspended" in str(record.outcome) for record in pages.records) == 1
