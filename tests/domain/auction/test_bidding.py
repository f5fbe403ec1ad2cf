"""Who may bid, and at what price."""

import pytest

from engine.domain.auction.commands import (
    PlaceBid,
    WithdrawBid,
)
from engine.domain.auction.events import (
    BidPlaced,
    PaddleAdmitted,
)
from engine.domain.parties import Channel, Principal, bidder
from engine.domain.refusals import Ineligible, Reason
from engine.domain.rulesheet import DepositRule
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import (
    DESK,
    ID,
    Saleroom,
    admit,
    bid,
    pass_lot,
)

EIGHT = bidder(PaddleNo(8))

WITHDRAW = WithdrawBid(command_id=ID, by=EIGHT, lot=LotNo(1), paddle=PaddleNo(8))


# 4: admission.


@article("4")
def test_only_an_admitted_paddle_may_bid(block: Saleroom) -> None:
    refusal = block.refusal(block.offer(77, 5_000))
    assert (refusal.reason, refusal.detail) == (Reason.NOT_ELIGIBLE, {"why": Ineligible.NOT_ADMITTED})
    block.admit(77, Channel.ONLINE)
    assert block.bid(77, 5_000)


@article("4")
def test_one_deposit_buys_one_lot_and_no_second(block: Saleroom) -> None:
    block.bid(8, 5_000)
    for number in (1, 2, 3):
        block.call(number, 5_000)
    block.hammer(5_000)
    block.put_up(2)
    refusal = block.refusal(block.offer(8, 19_800))
    assert (refusal.reason, refusal.detail) == (Reason.NOT_ELIGIBLE, {"why": Ineligible.RIGHTS_USED})


@article("4")
def test_two_deposits_buy_two_lots_and_no_third(room: Saleroom) -> None:
    room.open()
    room.sell(1, 9, 5_000)
    room.sell(2, 9, 19_800)
    room.put_up(3)
    assert room.refusal(room.offer(9, 6_000)).reason is Reason.NOT_ELIGIBLE


@article("4")
def test_a_right_is_used_by_winning_and_not_by_bidding(room: Saleroom) -> None:
    room.open(1)
    room.bid(8, 5_000)
    room.bid(9, 5_500)
    for number in (1, 2, 3):
        room.call(number, 5_500)
    room.hammer(5_500)
    assert room.auction.rights(room.auction.paddles[PaddleNo(8)]) == 1
    assert room.auction.rights(room.auction.paddles[PaddleNo(9)]) == 1
    room.put_up(2)
    assert room.bid(8, 19_800)


@article("4")
def test_a_further_deposit_gives_a_further_right_while_the_sale_runs(room: Saleroom) -> None:
    room.open()
    room.sell(1, 8, 5_000)
    room.put_up(2)
    assert room.admit(8, Channel.ONLINE, 2) == (PaddleAdmitted(paddle=PaddleNo(8), channel=Channel.ONLINE, deposits=2),)
    assert room.auction.rights(room.auction.paddles[PaddleNo(8)]) == 2
    assert room.bid(8, 19_800)


@article("4")
def test_a_deposit_for_the_whole_sale_buys_every_lot() -> None:
    room = Saleroom(deposit=DepositRule.WHOLE_SALE).open()
    for lot, price in ((1, 5_000), (2, 19_800), (3, 6_000)):
        room.sell(lot, 8, price)
    paddle = room.auction.paddles[PaddleNo(8)]
    assert paddle.won == [1, 2, 3]
    assert room.auction.rights(paddle) is None


# 5: paddles and channels.


@article("5")
def test_a_bidder_bids_with_his_own_paddle_only(block: Saleroom) -> None:
    assert block.refusal(bid(9, 5_000, lot=1, by=EIGHT)).reason is Reason.NOT_AUTHORISED
    for nearly in ("bidder:", "bidder:08", "bidder:8 ", "bidder:88"):
        assert block.refusal(bid(8, 5_000, lot=1, by=Principal(nearly))).reason is Reason.NOT_AUTHORISED


@article("5")
def test_a_hall_paddle_bids_through_the_clerk_and_no_other_way(block: Saleroom) -> None:
    refusal = block.refusal(bid(51, 5_000, lot=1, by=bidder(PaddleNo(51))))
    assert (refusal.reason, refusal.detail) == (Reason.NOT_ELIGIBLE, {"why": Ineligible.OTHER_CHANNEL})
    (placed,) = block.ask(bid(51, 5_000, lot=1, by=DESK))
    assert isinstance(placed, BidPlaced)
    assert placed.channel is Channel.HALL


@article("5")
def test_the_clerk_cannot_bid_for_an_online_paddle(block: Saleroom) -> None:
    refusal = block.refusal(bid(8, 5_000, lot=1, by=DESK))
    assert (refusal.reason, refusal.detail) == (Reason.NOT_ELIGIBLE, {"why": Ineligible.OTHER_CHANNEL})


@article("5")
def test_a_paddle_keeps_its_channel_for_the_whole_sale(room: Saleroom) -> None:
    refusal = room.refusal(admit(8, Channel.HALL))
    assert (refusal.reason, refusal.detail) == (Reason.CHANNEL_FIXED, {"paddle": 8})


@article("5")
def test_hall_and_online_bids_stand_in_one_book(block: Saleroom) -> None:
    block.bid(8, 5_000)
    block.bid(51, 5_500)
    block.bid(9, 6_000)
    assert [(bid.paddle, bid.channel) for bid in block.lot(1).bids] == [
        (8, Channel.ONLINE),
        (51, Channel.HALL),
        (9, Channel.ONLINE),
    ]


# 6: order and instant.


@article("6")
def test_of_two_equal_bids_the_one_decided_first_stands(block: Saleroom) -> None:
    block.bid(9, 5_000)
    refusal = block.refusal(block.offer(8, 5_000))
    assert refusal.reason is Reason.BID_TOO_LOW
    assert block.auction.lots[LotNo(1)].bids[-1].paddle == 9


@article("6")
def test_a_bid_carries_the_instant_of_its_arrival(block: Saleroom) -> None:
    block.at = 123_456_789
    (placed,) = block.bid(8, 5_000)
    assert placed == BidPlaced(
        lot=LotNo(1),
        paddle=PaddleNo(8),
        amount=Fen(5_000_00),
        channel=Channel.ONLINE,
        at=Nanoseconds(123_456_790),
        no=1,
    )


# 7: a valid price.


@article("7")
def test_the_first_bid_may_be_the_opening_price(block: Saleroom) -> None:
    assert block.auction.asked(block.lot(1)) == 5_000_00
    assert block.bid(8, 5_000)
    assert block.auction.asked(block.lot(1)) == 5_500_00


@article("7")
def test_a_bid_one_fen_below_the_least_is_refused_and_told_the_least(block: Saleroom) -> None:
    low = PlaceBid(command_id=ID, by=EIGHT, lot=LotNo(1), paddle=PaddleNo(8), amount=Fen(4_999_99))
    refusal = block.refusal(low)
    assert refusal.reason is Reason.BID_TOO_LOW
    assert refusal.detail == {"least_fen": 5_000_00, "step_fen": 500_00, "next_fen": 5_000_00}


@article("7")
@pytest.mark.parametrize(
    ("yuan", "least", "step", "following"),
    [
        (5_000, 5_500, 500, 5_500),
        (0, 5_500, 500, 5_500),
        (-1, 5_500, 500, 5_500),
        (5_499, 5_500, 500, 5_500),
        (5_501, 5_500, 500, 6_000),
        (5_999, 5_500, 500, 6_000),
        (20_100, 5_500, 500, 20_500),
    ],
)
def test_a_price_off_the_steps_is_refused_and_told_the_next_one(
    block: Saleroom, yuan: int, least: int, step: int, following: int
) -> None:
    block.bid(9, 5_000)
    refusal = block.refusal(block.offer(8, yuan))
    assert refusal.reason is Reason.BID_TOO_LOW
    assert refusal.detail == {"least_fen": least * 100, "step_fen": step * 100, "next_fen": following * 100}
    assert block.bid(8, following)


@article("7")
def test_the_step_is_that_of_the_band_the_leading_price_lies_in(room: Saleroom) -> None:
    room.open(2)
    room.bid(8, 19_800)
    assert room.auction.asked(room.lot(2)) == 20_300_00  # 19,800 is below 20,000: 500 more
    room.bid(9, 20_300)
    assert room.auction.asked(room.lot(2)) == 21_300_00
    assert room.refusal(room.offer(8, 20_800)).reason is Reason.BID_TOO_LOW
    assert room.bid(8, 21_300)


@article("7")
def test_a_jump_over_several_steps_is_valid_also_into_a_higher_band(block: Saleroom) -> None:
    block.bid(8, 5_000)
    assert block.bid(9, 30_500)
    assert block.auction.asked(block.lot(1)) == 31_500_00


@article("7")
def test_the_first_bid_may_jump_in_whole_steps_above_the_opening_price(block: Saleroom) -> None:
    assert block.refusal(block.offer(8, 5_100)).detail["next_fen"] == 5_500_00
    assert block.bid(8, 6_500)


@article("7")
def test_who_leads_is_not_let_bid_against_himself(block: Saleroom) -> None:
    block.bid(8, 5_000)
    assert block.refusal(block.offer(8, 5_500)).reason is Reason.ALREADY_LEADING
    assert block.refusal(block.offer(8, 1)).reason is Reason.ALREADY_LEADING
    block.bid(9, 5_500)
    assert block.bid(8, 6_000)


@article("7")
def test_a_bid_is_for_the_lot_on_the_block_and_no_other(block: Saleroom) -> None:
    refusal = block.refusal(block.offer(8, 19_800, lot=2))
    assert (refusal.reason, refusal.detail) == (Reason.LOT_NOT_OPEN, {"lot": 2})
    refusal = block.refusal(block.offer(8, 5_000, lot=99))
    assert (refusal.reason, refusal.detail) == (Reason.LOT_UNKNOWN, {"lot": 99})
    block.ask(pass_lot(1))
    assert block.refusal(block.offer(8, 5_000, lot=1)).reason is Reason.LOT_NOT_OPEN


def test_masked_paddles_are_numbered_in_the_order_of_their_first_bid(room: Saleroom) -> None:
    room.open(1)
    room.bid(51, 5_000)
    room.bid(8, 5_500)
    room.bid(51, 6_000)
    assert room.auction.aliases == {51: 1, 8: 2}


# 8: a bid binds.


@article("8")
def test_a_bid_once_made_cannot_be_withdrawn(block: Saleroom) -> None:
    block.bid(8, 5_000)
    assert block.refusal(WITHDRAW).reason is Reason.BID_BINDING
    leading = block.lot(1).leading
    assert leading is not None
    assert leading.paddle == 8


@article("8")
def test_a_bid_that_was_outbid_cannot_be_withdrawn_either_nor_one_never_made(block: Saleroom) -> None:
    assert block.refusal(WITHDRAW).reason is Reason.BID_BINDING
    block.bid(8, 5_000)
    block.bid(9, 5_500)
    assert block.refusal(WITHDRAW).reason is Reason.BID_BINDING


@article("8")
def test_nobody_withdraws_anothers_bid_and_of_no_lot_there_is_none(block: Saleroom) -> None:
    nine = WithdrawBid(command_id=ID, by=EIGHT, lot=LotNo(1), paddle=PaddleNo(9))
    assert block.refusal(nine).reason is Reason.NOT_AUTHORISED
    none = WithdrawBid(command_id=ID, by=EIGHT, lot=LotNo(7), paddle=PaddleNo(8))
    assert block.refusal(none).reason is Reason.LOT_UNKNOWN
