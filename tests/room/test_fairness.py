"""
Who sends as fast as he can gets as much done as each other who does, and the order stays that of arrival.

A round is a batch of the clerk, or a letter of everybody who has one where that is more.
"""

from collections import Counter
from itertools import count

import pytest
import trio
import trio.lowlevel
import trio.testing

from engine.domain.parties import HOUSE, Principal
from engine.domain.units import Nanoseconds
from engine.journal.asking import Inquiry, RoomBusy
from engine.journal.base import JournalIdentity
from engine.room.clerk import ClerkSettings
from engine.room.house import RoomSettings
from engine.room.mailbox import Letter, Mailbox
from tests.journal.books import IDENTITY
from tests.room.rush import BATCH_MAX, WARMING_UP, Rush, shares
from tests.room.scene import StuckJournal, announcement, at_work, bid, open_sale

SEVERAL = (2, 3, 4, 5, 7, 10, 16, 31, 64, 85, 86, 100, 127, 128, 129, 200, 255, 256, 257, 300, 400, 499, 500)
"""All from 2 to 500 are tried at night."""


@pytest.mark.parametrize("principals", SEVERAL)
def test_each_of_those_who_push_gets_his_share_whatever_his_sockets(principals: int) -> None:
    found = shares(principals, seed=principals)
    assert found.held, found


@pytest.mark.parametrize("principals", SEVERAL)
def test_one_who_pushes_not_is_taken_up_within_two_rounds(principals: int) -> None:
    rush, quiet = Rush(principals, seed=principals), Principal("clerk:1")
    for number in range(10):
        rush.push()
        assert rush.leave(quiet)
        rounds = 0
        while rush.done[quiet] == number:
            rush.round()
            rounds += 1
        rush.round()  # He has been answered.
        assert rounds <= 2 * max(1, -(-(principals + 1) // BATCH_MAX))


def test_one_who_pushes_alone_keeps_nobody_out() -> None:
    rush = Rush(1, seed=1)
    rush.push()
    assert len(rush.mailbox) == BATCH_MAX
    for paddle in range(2, 1000):
        assert rush.leave(Principal(f"bidder:{paddle}"))
        assert not rush.leave(Principal("bidder:1"))


def test_the_burst_a_principal_is_allowed_at_the_door_finds_room_while_no_more_than_twelve_push() -> None:
    rush = Rush(12, seed=12)
    for _ in range(WARMING_UP):
        rush.round()
    rush.push()
    assert min(Counter(letter.content.by for letter in rush.mailbox.take(BATCH_MAX, None)).values()) >= 20


def test_the_house_itself_is_never_told_to_wait_for_its_share() -> None:
    rush = Rush(500, seed=500)
    rush.push()
    for _ in range(100):
        assert rush.leave(HOUSE)


def test_a_full_mailbox_is_full_for_everybody() -> None:
    mailbox = Mailbox(3, 256)
    for paddle in (1, 2, 3):
        mailbox.put(Letter(Inquiry("x", Principal(f"bidder:{paddle}")), Nanoseconds(paddle), None))
    for who in ("bidder:4", HOUSE):
        with pytest.raises(RoomBusy):
            mailbox.put(Letter(Inquiry("x", Principal(who)), Nanoseconds(9), None))


async def test_in_a_room_at_work_each_of_those_who_push_gets_as_many_records(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Twenty paddles with one to three sockets each, against a disk that takes 10 ms."""
    journal = StuckJournal(JournalIdentity(IDENTITY.sale, 1, IDENTITY.salt_key, IDENTITY.public_key))
    ids = count()

    async def disk() -> None:
        while True:
            journal.gate = trio.Event()
            await trio.sleep(0.01)
            journal.gate.set()
            await trio.lowlevel.checkpoint()

    settings = RoomSettings(clerk=ClerkSettings(batch_max=60))
    async with at_work(journal, announced=announcement(), settings=settings) as desk, trio.open_nursery() as nursery:
        await desk.ask(open_sale())

        async def push(paddle: int) -> None:
            while True:
                try:
                    desk.hand_in(bid(f"b{next(ids)}", paddle, 5_000))
                except RoomBusy:
                    await trio.sleep(0.001)

        nursery.start_soon(disk)
        for paddle in range(1, 21):
            for _ in range(paddle % 3 + 1):
                nursery.start_soon(push, paddle)
        await trio.sleep(0.05)
        before = Counter(record.by for record in desk.follower.records)
        await trio.sleep(0.3)
        after = Counter(record.by for record in desk.follower.records)
        nursery.cancel_scope.cancel()
    shares = [after[by] - before[by] for by in after if by.startswith("bidder:")]
    fair = sum(shares) / 20
    assert len(shares) == 20
    assert fair > 30
    assert all(abs(share - fair) <= 0.05 * fair for share in shares), (min(shares), fair, max(shares))
    stamps = [record.arrived_at for record in desk.follower.records]
    assert stamps == sorted(stamps)
