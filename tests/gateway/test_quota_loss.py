"""Many bidders lost at once while they may change their offers: the sale rests, says why, and gives their time back."""

from dataclasses import replace
from typing import cast

import trio
import trio.testing

from engine.domain.auction import commands as common
from engine.domain.auction.commands import Cause
from engine.domain.parties import bidder
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.units import Nanoseconds, PaddleNo
from engine.gateway.connection import Connection
from engine.gateway.presence import LOSS_WINDOW_S
from tests.articles import article
from tests.gateway.quota import AUCTIONEER, SHEET, Hall, hall

SECOND = 1_000_000_000
FIRST_S, REVISION_S = 20, 60


def sheet(percent: int) -> QuotaSheet:
    """A first round of twenty seconds and one of changes of sixty."""
    spans = (FIRST_S, REVISION_S)
    rounds = tuple(replace(each, span=Nanoseconds(s * SECOND)) for each, s in zip(SHEET.rounds, spans, strict=True))
    return replace(SHEET, rounds=rounds, mass_loss_percent=percent, resume_least=Nanoseconds(5 * SECOND))


def come(sale: Hall, *paddles: int) -> None:
    for paddle in paddles:
        sale.seat(bidder(PaddleNo(paddle)))


def leave(sale: Hall, *paddles: int) -> None:
    for paddle in paddles:
        sale.hub.leave(cast("Connection", sale.seats[bidder(PaddleNo(paddle))]))


async def until(sale: Hall, seconds: float) -> None:
    """Let the sale be so old."""
    assert sale.sale.opened_at is not None
    await trio.sleep(seconds - (sale.room.clock.now() - sale.sale.opened_at) / SECOND)
    await sale.settle()


@article("25")
async def test_a_loss_while_offers_may_be_changed_suspends_the_sale_and_the_round_is_given_in_full(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall(sheet(50)) as sale:
        watcher = sale.seat(None)
        come(sale, *range(1, 7))
        await until(sale, FIRST_S + 40)
        ends_at = sale.sale.ends_at
        assert ends_at is not None
        leave(sale, 1, 2, 3, 4)
        await until(sale, FIRST_S + 42)
        assert (sale.sale.phase, sale.sale.suspension and sale.sale.suspension.cause) == (
            "suspended",
            Cause.CONNECTIONS,
        )
        resting = watcher.parts()["sale"]
        assert (resting["suspended_by"], "断线" in resting["suspended"]) == ("connections", True)
        refused = sale.offer(5, 86_000)
        await sale.settle()
        assert refused.of("answer")[0]["outcome"]["refused"]["code"] == "E_AUCTION_PAUSED"
        since = sale.sale.suspension.since if sale.sale.suspension else 0
        await until(sale, FIRST_S + 300)
        sale.ask(common.ResumeSale(command_id="go-on", by=AUCTIONEER))
        await sale.settle()
        now = sale.room.clock.now()
        assert (sale.sale.phase, sale.sale.round) == ("open", 2)
        assert sale.sale.ends_at == now + (ends_at - since)
        assert ends_at - since >= (REVISION_S - 40) * SECOND, "nobody loses a second that he was gone"


async def test_who_has_offered_and_leaves_is_no_loss_and_one_who_is_back_neither(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall(sheet(50)) as sale:
        come(sale, *range(1, 7))
        await until(sale, FIRST_S - 1)
        leave(sale, 1, 2, 3, 4)
        await until(sale, FIRST_S + LOSS_WINDOW_S + 5)
        assert (sale.sale.phase, sale.sale.round) == ("open", 2)
        come(sale, 1, 2, 3, 4)
        leave(sale, 1, 2, 3)
        come(sale, 1, 2, 3)
        await until(sale, FIRST_S + LOSS_WINDOW_S + 20)
        assert sale.sale.phase == "open"


async def test_a_loss_in_the_first_seconds_of_the_round_is_noticed(autojump_clock: trio.testing.MockClock) -> None:
    async with hall(sheet(50)) as sale:
        come(sale, *range(1, 7))
        await until(sale, FIRST_S + 3)
        leave(sale, 1, 2, 3, 4)
        await until(sale, FIRST_S + LOSS_WINDOW_S + 1)
        assert sale.sale.phase == "suspended"
        assert sale.sale.suspension is not None
        assert sale.sale.round_at is not None
        assert sale.sale.suspension.since >= sale.sale.round_at, "the round does not become longer than it was"


async def test_where_the_sheet_does_not_ask_for_it_a_loss_suspends_nothing(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with hall(sheet(0)) as sale:
        come(sale, *range(1, 7))
        await until(sale, FIRST_S + 40)
        leave(sale, *range(1, 7))
        await until(sale, FIRST_S + 55)
        assert sale.sale.phase == "open"
