"""Calls, the hammer, and lots passed."""

import pytest

from engine.domain.auction.events import (
    BidPlaced,
    HammerFell,
    LotPassed,
    WarningCalled,
    WarningCancelled,
)
from engine.domain.auction.state import LotPhase
from engine.domain.parties import Channel
from engine.domain.refusals import Reason
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import (
    Saleroom,
    call,
    hammer,
    pass_lot,
)

# 9: calls, and the price seen.


@article("9")
def test_the_price_is_called_once_twice_and_a_third_time(block: Saleroom) -> None:
    block.bid(8, 5_000)
    for number in (1, 2, 3):
        assert block.call(number, 5_000) == (WarningCalled(lot=LotNo(1), call=number, price=Fen(5_000_00)),)
        assert block.lot(1).calls == number


@article("9")
@pytest.mark.parametrize(("made", "number"), [(0, 2), (0, 0), (1, 1), (1, 3), (2, 1)])
def test_a_call_out_of_order_is_refused_and_told_which_is_due(block: Saleroom, made: int, number: int) -> None:
    block.bid(8, 5_000)
    for done in range(1, made + 1):
        block.call(done, 5_000)
    refusal = block.refusal(call(1, number, 5_000))
    assert (refusal.reason, refusal.detail) == (Reason.CALL_OUT_OF_ORDER, {"due": made + 1})


@article("9")
def test_there_is_no_fourth_of_three_calls(block: Saleroom) -> None:
    block.bid(8, 5_000)
    for number in (1, 2, 3):
        block.call(number, 5_000)
    assert block.refusal(call(1, 4, 5_000)).reason is Reason.CALLS_DONE
    assert block.refusal(call(1, 3, 5_000)).reason is Reason.CALLS_DONE


@article("9")
def test_nothing_is_called_before_there_is_a_bid(block: Saleroom) -> None:
    refusal = block.refusal(call(1, 1, 5_000))
    assert (refusal.reason, refusal.detail) == (Reason.NO_BID, {"lot": 1})


@article("9")
def test_a_call_at_a_price_that_moved_is_refused(block: Saleroom) -> None:
    block.bid(8, 5_000)
    block.bid(9, 5_500)
    refusal = block.refusal(call(1, 1, 5_000))
    assert (refusal.reason, refusal.detail) == (Reason.PRICE_MOVED, {"price_fen": 5_500_00})


@article("9")
def test_a_hammer_at_a_price_that_moved_is_refused_so_the_last_bid_is_not_cut_off(block: Saleroom) -> None:
    block.bid(8, 5_000)
    for number in (1, 2, 3):
        block.call(number, 5_000)
    block.bid(9, 5_500)  # reaches the house just before the hammer
    assert block.refusal(hammer(1, 5_000)).reason is Reason.PRICE_MOVED
    assert block.refusal(hammer(1, 5_500)).reason is Reason.HAMMER_TOO_SOON


@article("9")
def test_a_lot_that_is_not_on_the_block_is_neither_called_nor_knocked_down(block: Saleroom) -> None:
    assert block.refusal(call(2, 1, 19_800)).reason is Reason.LOT_NOT_OPEN
    assert block.refusal(hammer(2, 19_800)).reason is Reason.LOT_NOT_OPEN
    assert block.refusal(call(9, 1, 19_800)).reason is Reason.LOT_UNKNOWN
    assert block.refusal(hammer(9, 19_800)).reason is Reason.LOT_UNKNOWN


# 10: a bid cancels the calls.


@article("10")
def test_a_bid_after_a_call_cancels_all_calls(block: Saleroom) -> None:
    block.bid(8, 5_000)
    block.call(1, 5_000)
    block.call(2, 5_000)
    placed, cancelled = block.bid(9, 5_500)
    assert isinstance(placed, BidPlaced)
    assert cancelled == WarningCancelled(lot=LotNo(1))
    assert block.lot(1).calls == 0
    assert block.call(1, 5_500)


@article("10")
def test_a_refused_bid_cancels_nothing(block: Saleroom) -> None:
    block.bid(8, 5_000)
    block.call(1, 5_000)
    block.refusal(block.offer(9, 5_001))
    assert block.lot(1).calls == 1


@article("10")
def test_a_bid_before_any_call_has_nothing_to_cancel(block: Saleroom) -> None:
    assert len(block.bid(8, 5_000)) == 1
    assert len(block.bid(9, 5_500)) == 1


# 11: the hammer.


@article("11")
def test_the_lot_is_sold_to_the_leader_when_the_hammer_falls(block: Saleroom) -> None:
    block.bid(8, 5_000)
    block.bid(51, 5_500)
    for number in (1, 2, 3):
        block.call(number, 5_500)
    assert block.hammer(5_500) == (
        HammerFell(
            lot=LotNo(1),
            paddle=PaddleNo(51),
            price=Fen(5_500_00),
            channel=Channel.HALL,
            at=Nanoseconds(block.at),
        ),
    )
    assert block.lot(1).phase is LotPhase.SOLD
    assert block.lot(1).hammer_price == 5_500_00
    assert block.auction.paddles[PaddleNo(51)].won == [1]
    assert block.auction.open_lot() is None


@article("11")
@pytest.mark.parametrize("made", [0, 1, 2])
def test_the_hammer_does_not_fall_before_the_last_call(block: Saleroom, made: int) -> None:
    block.bid(8, 5_000)
    for number in range(1, made + 1):
        block.call(number, 5_000)
    refusal = block.refusal(hammer(1, 5_000))
    assert (refusal.reason, refusal.detail) == (Reason.HAMMER_TOO_SOON, {"why": "calls", "due": 3 - made})


@article("11")
def test_the_hammer_does_not_fall_without_a_bid_nor_twice(block: Saleroom) -> None:
    assert block.refusal(hammer(1, 5_000)).reason is Reason.NO_BID
    block.bid(8, 5_000)
    for number in (1, 2, 3):
        block.call(number, 5_000)
    block.hammer(5_000)
    assert block.refusal(hammer(1, 5_000)).reason is Reason.LOT_NOT_OPEN
    assert block.refusal(block.offer(9, 5_500, lot=1)).reason is Reason.LOT_NOT_OPEN


@article("11")
def test_a_lot_not_sold_has_no_hammer_price(block: Saleroom) -> None:
    block.bid(8, 5_000)
    assert block.lot(1).hammer_price is None


# 12: lots passed.


@article("12")
def test_a_lot_without_a_bid_is_passed(block: Saleroom) -> None:
    assert block.ask(pass_lot(1)) == (LotPassed(lot=LotNo(1), at=Nanoseconds(block.at)),)
    assert block.lot(1).phase is LotPhase.PASSED
    assert block.refusal(pass_lot(1)).reason is Reason.LOT_NOT_OPEN
    assert block.refusal(pass_lot(2)).reason is Reason.LOT_NOT_OPEN


@article("12")
def test_a_lot_with_a_bid_cannot_be_passed(block: Saleroom) -> None:
    block.bid(8, 5_000)
    refusal = block.refusal(pass_lot(1))
    assert (refusal.reason, refusal.detail) == (Reason.LOT_HAS_BID, {"lot": 1})
