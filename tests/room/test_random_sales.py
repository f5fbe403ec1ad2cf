"""Whole random sales through a real clerk on virtual time: what is kept decides itself again; who is in time, and who is not."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import proceeding
from engine.domain.auction import commands as to
from engine.domain.auction.events import BiddingClosed, BidPlaced
from engine.domain.auction.state import Auction
from engine.domain.parties import bidder
from engine.domain.proceeding import follow_up
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import (
    SECOND,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    Mode,
    RuleSheet,
    TimedRules,
)
from engine.domain.units import Fen, LotNo, Nanoseconds
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.room.clerk import ClerkSettings
from engine.room.house import RoomSettings
from engine.room.recovery import recover, retrace
from engine.wire.codec import decode_command, decode_outcome, encode_command, encode_outcome
from tests.articles import article
from tests.domain.auction.random_sale import (
    AUCTIONEER,
    MOVES,
    PADDLES,
    STEP,
    Move,
    announcement,
    meant,
    opening_moves,
    sheets,
    spread,
)
from tests.journal.books import IDENTITY
from tests.room.scene import at_work

OFTEN = RoomSettings(clerk=ClerkSettings(state_digest_every=3))


async def held(sheet: RuleSheet, moves: list[Move], clock: trio.testing.MockClock) -> MemoryJournal:
    """The journal of a sale held by a real clerk."""
    journal = MemoryJournal(IDENTITY)
    async with at_work(journal, settings=OFTEN) as desk:
        await desk.ask(announcement(sheet))
        for nth, move in enumerate((*opening_moves(), *(single for several in moves for single in spread(several)))):
            clock.jump(0.5 if move[0] != "wait" else move[3])
            await trio.testing.wait_all_tasks_blocked()
            if move[0] == "wait":
                continue
            state = desk.room.clerk.memory.state
            assert isinstance(state, Auction)
            await desk.ask(meant(state, move, f"c{nth}"))
            assert follow_up(desk.room.clerk.memory.state, desk.room.clock.now()) is None
    return journal


def hold(sheet: RuleSheet, moves: list[Move]) -> MemoryJournal:
    clock = trio.testing.MockClock()
    journal: MemoryJournal = trio.run(held, sheet, moves, clock, clock=clock)
    return journal


@settings(max_examples=40)
@given(sheets(), MOVES)
def test_a_sale_decided_again_from_its_journal_is_the_same_sale(sheet: RuleSheet, moves: list[Move]) -> None:
    journal = hold(sheet, moves)
    again = list(retrace(journal))
    memory, _ = recover(journal)
    assert proceeding.state_digest(again[-1][1].state) == proceeding.state_digest(memory.state)
    assert again[-1][1].head == memory.head
    for record, _ in again:
        assert encode_command(decode_command(record.command_bytes)) == record.command_bytes
        assert decode_command(record.command_bytes) == record.command
        assert encode_outcome(decode_outcome(record.outcome_bytes)) == record.outcome_bytes
        if not isinstance(record.outcome, Refusal):
            assert decode_outcome(record.outcome_bytes) == record.outcome


ROOT = Path(__file__).parents[2]
SCRIPT = """
import random
from hypothesis import strategies as st
from engine.domain.proceeding import state_digest
from engine.wire.codec import encode_command, encode_outcome
from engine.domain.rulesheet import IncrementBand, RuleSheet
from tests.domain.auction.random_sale import KINDS, STEP, Sale
import hashlib
chance = random.Random(7)
whole = hashlib.sha256()
for _ in range(30):
    sale = Sale(RuleSheet(increments=(IncrementBand(from_price=0, step=STEP),), proxies=True, reoffers_max=2))
    moves = [(chance.choice(KINDS), chance.randrange(3), chance.randrange(4), chance.randrange(6)) for _ in range(60)]
    for _ in sale.play(moves):
        whole.update(state_digest(sale.state).encode())
    for command, _, outcome in sale.taken:
        whole.update(encode_command(command) + encode_outcome(outcome))
print(whole.hexdigest())
"""


def test_a_sale_does_not_depend_on_how_strings_are_hashed() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            cwd=ROOT,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(said) == 1


# Who is in time.

WINDOW, GRACE = 5 * SECOND, 300_000_000
TIMED = RuleSheet(
    increments=(IncrementBand(from_price=Fen(0), step=STEP),),
    mode=Mode.TIMED,
    deposit=DepositRule.WHOLE_SALE,
    timed=TimedRules(
        free=Nanoseconds(0),
        window=Nanoseconds(WINDOW),
        grace=Nanoseconds(GRACE),
        extension=Extension(kind=ExtensionKind.NONE),
    ),
)
offsets = st.integers(-1000, 1000).map(lambda ms: ms * 1_000_000) | st.sampled_from(
    [-1, 0, 1, GRACE - 1, GRACE, GRACE + 1]
)
delays = st.sampled_from([0, 1_000_000, 100_000_000, 299_000_000, 301_000_000, 900_000_000])


async def one_bid(offset: int, delay: int, clock: trio.testing.MockClock) -> tuple[Record, bool]:
    """A bid stamped ``offset`` from the end, handed to the clerk ``delay`` later; and whether the end was announced by then."""
    async with at_work(MemoryJournal(IDENTITY)) as desk:
        await desk.ask(announcement(TIMED))
        state = desk.room.clerk.memory.state
        assert isinstance(state, Auction)
        await desk.ask(meant(state, ("admit", 0, 0, 0), "admit"))
        await desk.ask(to.OpenSale(command_id="open", by=AUCTIONEER))
        await desk.ask(to.OpenLot(command_id="put up", by=AUCTIONEER, lot=LotNo(1)))
        end = state.lots[LotNo(1)].closes_at
        assert end is not None
        clock.jump((end + offset + delay - desk.room.clock.now()) / SECOND)
        await trio.testing.wait_all_tasks_blocked()
        announced = any(
            isinstance(event, BiddingClosed)
            for record in desk.follower.records
            if not isinstance(record.outcome, Refusal)
            for event in record.outcome
        )
        bid = to.PlaceBid(command_id="b", by=bidder(PADDLES[0]), lot=LotNo(1), paddle=PADDLES[0], amount=Fen(1_010_001))
        answer: Any = await desk.ask(bid, Nanoseconds(end + offset))
        assert isinstance(answer, Record)
        return answer, announced


@article("16")
@settings(max_examples=150)
@given(offsets, delays)
def test_a_bid_is_accepted_if_and_only_if_it_came_by_the_end_and_was_taken_up_before_the_announcement(
    offset: int, delay: int
) -> None:
    clock = trio.testing.MockClock()
    record, announced = trio.run(one_bid, offset, delay, clock, clock=clock)
    assert announced == (offset + delay > GRACE)
    if offset <= 0 and not announced:
        assert not isinstance(record.outcome, Refusal)
        assert isinstance(record.outcome[0], BidPlaced)
    else:
        assert isinstance(record.outcome, Refusal)
        assert record.outcome.reason is (Reason.LATE_TRANSIT if offset <= 0 else Reason.AUCTION_CLOSED)
