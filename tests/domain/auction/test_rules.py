"""What a rostrum sale allows, and what it does not."""

from typing import get_args

import pytest

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    Cause,
    CloseSale,
    Command,
    DeadlineReached,
    OpenSale,
    PlaceBid,
    ResumeSale,
    SuspendSale,
    WithdrawBid,
)
from engine.domain.auction.events import (
    BidPlaced,
    HammerFell,
    LotOpened,
    LotPassed,
    PaddleAdmitted,
    SaleAnnounced,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    WarningCalled,
    WarningCancelled,
)
from engine.domain.auction.rules import MAY_ASK, MAY_FOLLOW, apply, decide, next_deadline
from engine.domain.auction.state import LotPhase, SalePhase
from engine.domain.parties import HOUSE, Channel, Principal, Role, bidder
from engine.domain.proceeding import state_digest
from engine.domain.refusals import WORDING, Ineligible, Reason, Refusal
from engine.domain.rulesheet import DepositRule
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import (
    CATALOGUE,
    DESK,
    ID,
    ROSTRUM,
    Saleroom,
    admit,
    announcement,
    bid,
    call,
    hammer,
    pass_lot,
    put_up,
)

EIGHT = bidder(PaddleNo(8))

OPEN_SALE = OpenSale(command_id=ID, by=ROSTRUM)
SUSPEND = SuspendSale(command_id=ID, by=ROSTRUM, reason="停电")
RESUME = ResumeSale(command_id=ID, by=ROSTRUM)
CLOSE = CloseSale(command_id=ID, by=ROSTRUM)
WITHDRAW = WithdrawBid(command_id=ID, by=EIGHT, lot=LotNo(1), paddle=PaddleNo(8))
OPENING_BID = bid(8, 5_000, lot=1, by=EIGHT)


@pytest.fixture
def room() -> Saleroom:
    """A sale announced, with four paddles, and not open yet."""
    return Saleroom()


@pytest.fixture
def block(room: Saleroom) -> Saleroom:
    """The same with lot 1 on the block."""
    return room.open(1)


# 1: the sale and its notice.


@article("1")
def test_an_announced_sale_is_planned_with_all_its_lots_waiting() -> None:
    command = announcement()
    (event,) = decide(None, command, Nanoseconds(1))
    assert event == SaleAnnounced(sale="trial", title=command.title, rules=command.rules, catalogue=command.catalogue)
    auction = apply(None, event)
    assert auction.phase is SalePhase.PLANNED
    assert [(lot.number, lot.plate, lot.opening_price) for lot in auction.lots.values()] == [
        (entry.lot, entry.plate, entry.opening_price) for entry in CATALOGUE
    ]
    assert {lot.phase for lot in auction.lots.values()} == {LotPhase.WAITING}
    assert auction.open_lot() is None


@article("1")
def test_a_sale_is_announced_once(room: Saleroom) -> None:
    assert room.refusal(announcement()).reason is Reason.ALREADY_ANNOUNCED
    room.open()
    room.passed(1, 2, 3)
    room.close()
    assert room.refusal(announcement()).reason is Reason.ALREADY_ANNOUNCED


@article("1")
@pytest.mark.parametrize(
    "command", [admit(8, Channel.ONLINE), OPEN_SALE, put_up(1), OPENING_BID, WITHDRAW, call(1, 1, 1), CLOSE]
)
def test_before_the_announcement_there_is_nothing_to_do(command: Command) -> None:
    with pytest.raises(Refusal) as raised:
        decide(None, command, Nanoseconds(0))
    assert raised.value.reason is Reason.AUCTION_NOT_OPEN
    assert raised.value.detail["after_ms"] == 1000


@article("1")
def test_the_auctioneer_opens_the_sale_once(room: Saleroom) -> None:
    assert room.ask(OPEN_SALE) == (SaleOpened(at=Nanoseconds(room.at)),)
    assert room.refusal(OPEN_SALE).reason is Reason.ALREADY_OPEN
    room.suspend()
    assert room.refusal(OPEN_SALE).reason is Reason.ALREADY_OPEN


@article("1")
@pytest.mark.parametrize(
    "command", [put_up(1), OPENING_BID, call(1, 1, 5_000), hammer(1, 5_000), pass_lot(1), SUSPEND, CLOSE]
)
def test_nothing_is_put_up_bid_called_or_closed_before_the_sale_opens(room: Saleroom, command: Command) -> None:
    refusal = room.refusal(command)
    assert refusal.reason is Reason.AUCTION_NOT_OPEN
    assert refusal.detail["after_ms"] == 1000


@article("1")
def test_a_sale_with_an_hour_is_not_opened_before_it() -> None:
    room = Saleroom(opens_at=Nanoseconds(5_000_000_000))
    refusal = room.refusal(OPEN_SALE)
    assert refusal.reason is Reason.AUCTION_NOT_OPEN
    room.at = 5_000_000_000 - 2
    assert room.refusal(OPEN_SALE).detail == {"after_ms": 1}
    room.at += 1
    assert room.ask(OPEN_SALE) == (SaleOpened(at=Nanoseconds(5_000_000_000)),)


@article("1")
@pytest.mark.parametrize("early_ns", [1, 999_999, 1_000_000, 1_500_000, 3_600_000_000_000])
def test_whoever_waits_as_long_as_told_is_not_too_early_again(early_ns: int) -> None:
    opens_at = Nanoseconds(10**18)
    room = Saleroom(opens_at=opens_at)
    room.at = opens_at - early_ns - 1
    after_ms = room.refusal(OPEN_SALE).detail["after_ms"]
    assert isinstance(after_ms, int)
    room.at += after_ms * 1_000_000
    assert room.ask(OPEN_SALE)


@article("1")
def test_a_sale_with_an_hour_opens_by_itself_at_that_instant() -> None:
    room = Saleroom(opens_at=Nanoseconds(5_000))
    assert next_deadline(room.state) == 5_000
    room.at = 9_000  # the clerk was busy; what counts is the deadline
    reached = DeadlineReached(command_id=ID, by=HOUSE, deadline=Nanoseconds(5_000))
    assert room.ask(reached) == (SaleOpened(at=Nanoseconds(5_000)),)
    assert next_deadline(room.state) is None
    assert room.refusal(reached).reason is Reason.NOT_DUE


def test_a_sale_without_an_hour_waits_for_nothing(room: Saleroom) -> None:
    assert next_deadline(None) is None
    assert next_deadline(room.state) is None
    assert next_deadline(room.open(1).state) is None


@article("1")
def test_lots_come_to_the_block_one_at_a_time_and_in_any_order(room: Saleroom) -> None:
    room.open(3)
    assert room.refusal(put_up(1)).reason is Reason.BLOCK_TAKEN
    assert room.refusal(put_up(1)).detail == {"lot": 3}
    assert room.refusal(put_up(3)).reason is Reason.BLOCK_TAKEN
    room.ask(pass_lot(3))
    assert room.ask(put_up(1)) == (LotOpened(lot=LotNo(1), at=Nanoseconds(room.at)),)


@article("1")
def test_a_lot_sold_or_passed_does_not_come_back(room: Saleroom) -> None:
    room.open()
    room.sell(1, 8, 5_000)
    room.passed(2)
    for lot in (1, 2):
        refusal = room.refusal(put_up(lot))
        assert (refusal.reason, refusal.detail) == (Reason.LOT_ENDED, {"lot": lot})


def test_a_lot_that_is_not_in_the_catalogue_is_not_put_up(room: Saleroom) -> None:
    refusal = room.open().refusal(put_up(4))
    assert (refusal.reason, refusal.detail) == (Reason.LOT_UNKNOWN, {"lot": 4})


def test_the_table_of_phases_has_no_way_back_from_closed() -> None:
    assert MAY_FOLLOW.keys() == set(SalePhase)
    assert MAY_FOLLOW[SalePhase.CLOSED] == frozenset()


def test_an_event_that_cannot_follow_is_a_fault_and_not_an_answer(room: Saleroom) -> None:
    with pytest.raises(AssertionError):
        apply(room.state, SaleClosed(at=Nanoseconds(1)))
    with pytest.raises(AssertionError):
        apply(None, SaleResumed(at=Nanoseconds(1)))


# 2: the rule sheet.


@article("2")
def test_the_digest_of_the_rules_goes_with_the_sale(room: Saleroom) -> None:
    assert room.auction.rules_digest == room.auction.rules.digest()
    assert len(room.auction.rules_digest) == 64


@article("2")
def test_the_number_of_calls_is_the_sheets() -> None:
    room = Saleroom(calls=1).open(1)
    room.bid(8, 5_000)
    room.call(1, 5_000)
    assert room.hammer(5_000)


# 3: who may ask for what.

EVERYTHING: list[Command] = [
    announcement(),
    admit(8, Channel.ONLINE),
    OPEN_SALE,
    put_up(1),
    OPENING_BID,
    WITHDRAW,
    call(1, 1, 5_000),
    hammer(1, 5_000),
    pass_lot(1),
    SUSPEND,
    RESUME,
    CLOSE,
    DeadlineReached(command_id=ID, by=HOUSE, deadline=Nanoseconds(0)),
]


def as_asked_by(command: Command, principal: str) -> Command:
    fields = {name: getattr(command, name) for name in type(command).__dataclass_fields__}
    return type(command)(**{**fields, "by": Principal(principal)})


@article("3")
@pytest.mark.parametrize("command", EVERYTHING, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize(
    "who", ["auctioneer:1", "clerk:1", "bidder:8", "house:engine", "supervisor:1", "", "Auctioneer:1", ":1"]
)
def test_each_may_ask_only_for_what_is_his(block: Saleroom, command: Command, who: str) -> None:
    allowed = {
        AnnounceSale: {"house"},
        DeadlineReached: {"house"},
        AdmitPaddle: {"clerk", "registrar", "house"},
        SuspendSale: {"auctioneer", "house"},
        PlaceBid: {"bidder", "clerk"},
        WithdrawBid: {"bidder", "clerk"},
    }.get(type(command), {"auctioneer"})
    asked = as_asked_by(command, who)
    if who.partition(":")[0] not in allowed:
        assert block.refusal(asked).reason is Reason.NOT_AUTHORISED
        return
    reason: Reason | None = None
    try:
        decide(block.state, asked, Nanoseconds(1))
    except Refusal as refusal:
        reason = refusal.reason  # he was let ask, and something else speaks against it
    assert reason is not Reason.NOT_AUTHORISED


@article("3")
def test_there_is_a_line_for_every_command_and_no_bid_from_the_rostrum() -> None:
    assert MAY_ASK.keys() == set(get_args(Command))
    assert Role.AUCTIONEER not in MAY_ASK[PlaceBid]


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


# 13: suspension.


@article("13")
@pytest.mark.parametrize(
    "command", [put_up(2), OPENING_BID, call(1, 1, 5_000), hammer(1, 5_000), pass_lot(1), SUSPEND, CLOSE]
)
def test_while_the_sale_is_suspended_nothing_goes_on(block: Saleroom, command: Command) -> None:
    assert block.suspend() == (
        SaleSuspended(reason="停电", cause=Cause.OFFICER, at=Nanoseconds(block.at), since=Nanoseconds(block.at)),
    )
    assert block.auction.suspension is not None
    assert block.auction.suspension.reason == "停电"
    refusal = block.refusal(command)
    assert (refusal.reason, refusal.detail) == (Reason.AUCTION_PAUSED, {"after_ms": 1000})


@article("13")
def test_paddles_may_be_admitted_while_the_sale_is_suspended(block: Saleroom) -> None:
    block.suspend()
    assert block.admit(77, Channel.ONLINE)


@article("13")
def test_on_resumption_price_and_leader_stand_and_the_calls_begin_anew(block: Saleroom) -> None:
    block.bid(8, 5_000)
    block.call(1, 5_000)
    block.call(2, 5_000)
    block.suspend()
    assert block.resume() == (SaleResumed(at=Nanoseconds(block.at)), WarningCancelled(lot=LotNo(1)))
    assert block.auction.suspension is None
    leading = block.lot(1).leading
    assert leading is not None
    assert (leading.paddle, leading.amount, block.lot(1).calls) == (8, 5_000_00, 0)
    assert block.call(1, 5_000)


@article("13")
def test_on_resumption_without_calls_there_is_nothing_to_cancel(block: Saleroom) -> None:
    block.suspend()
    assert block.resume() == (SaleResumed(at=Nanoseconds(block.at)),)


@article("13")
def test_what_is_not_suspended_cannot_be_resumed(room: Saleroom) -> None:
    assert room.refusal(RESUME).reason is Reason.NOT_PAUSED
    assert room.open().refusal(RESUME).reason is Reason.NOT_PAUSED


# 14: closing.


@article("14")
def test_a_sale_is_closed_when_every_lot_is_sold_or_passed(room: Saleroom) -> None:
    room.open()
    room.sell(1, 8, 5_000)
    room.passed(2)
    assert room.refusal(CLOSE).detail == {"lots": 1}
    room.put_up(3)
    refusal = room.refusal(CLOSE)
    assert (refusal.reason, refusal.detail) == (Reason.LOTS_REMAIN, {"lots": 1})
    room.ask(pass_lot(3))
    assert room.close() == (SaleClosed(at=Nanoseconds(room.at)),)
    assert room.auction.phase is SalePhase.CLOSED


@article("14")
@pytest.mark.parametrize(
    "command",
    [command for command in EVERYTHING if not isinstance(command, AnnounceSale)],
    ids=lambda command: type(command).__name__,
)
def test_after_the_close_nothing_is_accepted(room: Saleroom, command: Command) -> None:
    room.open()
    room.passed(1, 2, 3)
    room.close()
    assert room.refusal(command).reason is Reason.SALE_CLOSED


# 15: refusals and which comes first.


@article("15")
def test_a_role_that_may_not_ask_is_told_nothing_else(room: Saleroom) -> None:
    for made in (lambda: room.open(1), room.suspend, room.resume):
        assert room.refusal(as_asked_by(put_up(99), "bidder:8")).reason is Reason.NOT_AUTHORISED
        made()


@article("15")
def test_of_several_reasons_against_a_bid_the_first_in_order_is_given(room: Saleroom) -> None:
    """One bid against which everything speaks; then one obstacle after the other is taken away."""
    lot_two = LotNo(2)
    foreign = bid(77, 1, lot=99, by=EIGHT)
    reasons = [room.refusal(foreign).reason]
    strange = bid(77, 1, lot=99, by=bidder(PaddleNo(77)))
    reasons.append(room.refusal(strange).reason)
    room.open(1)
    room.suspend()
    reasons.append(room.refusal(strange).reason)
    room.resume()
    reasons.append(room.refusal(strange).reason)
    known = bid(77, 1, lot=lot_two, by=bidder(PaddleNo(77)))
    reasons.append(room.refusal(known).reason)
    room.ask(pass_lot(1))
    room.put_up(2)
    reasons.append(room.refusal(known).reason)
    room.admit(77, Channel.ONLINE)
    reasons.append(room.refusal(known).reason)
    assert reasons == [
        Reason.NOT_AUTHORISED,
        Reason.AUCTION_NOT_OPEN,
        Reason.AUCTION_PAUSED,
        Reason.LOT_UNKNOWN,
        Reason.LOT_NOT_OPEN,
        Reason.NOT_ELIGIBLE,
        Reason.BID_TOO_LOW,
    ]
    assert reasons == sorted(reasons, key=list(Reason).index)


@article("15")
def test_of_several_reasons_why_a_paddle_may_not_bid_the_channel_comes_before_the_rights(room: Saleroom) -> None:
    room.open()
    room.sell(1, 51, 5_000)
    room.put_up(2)
    online = bid(51, 19_800, lot=2, by=bidder(PaddleNo(51)))
    assert room.refusal(online).detail == {"why": Ineligible.OTHER_CHANNEL}
    assert room.refusal(bid(51, 19_800, lot=2, by=DESK)).detail == {"why": Ineligible.RIGHTS_USED}


@article("15")
def test_of_several_reasons_against_a_call_or_the_hammer_the_first_in_order_is_given(block: Saleroom) -> None:
    assert block.refusal(call(1, 7, 1)).reason is Reason.NO_BID
    assert block.refusal(hammer(1, 1)).reason is Reason.NO_BID
    block.bid(8, 5_000)
    assert block.refusal(call(1, 7, 1)).reason is Reason.PRICE_MOVED
    assert block.refusal(hammer(1, 1)).reason is Reason.PRICE_MOVED
    assert block.refusal(call(1, 7, 5_000)).reason is Reason.CALL_OUT_OF_ORDER
    assert block.refusal(hammer(1, 5_000)).reason is Reason.HAMMER_TOO_SOON


@article("15")
def test_of_several_reasons_against_putting_up_a_lot_its_own_end_comes_before_the_block(room: Saleroom) -> None:
    room.open()
    room.passed(1)
    room.put_up(2)
    assert room.refusal(put_up(1)).reason is Reason.LOT_ENDED
    assert room.refusal(put_up(3)).reason is Reason.BLOCK_TAKEN
    assert room.refusal(put_up(4)).reason is Reason.LOT_UNKNOWN


@article("15")
@pytest.mark.parametrize(
    "command",
    [
        OPENING_BID,
        WITHDRAW,
        put_up(2),
        call(1, 2, 5_000),
        hammer(1, 5_000),
        CLOSE,
        pass_lot(1),
        admit(8, Channel.HALL),
        RESUME,
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_refusal_can_be_said_in_both_languages_with_its_values(block: Saleroom, command: Command) -> None:
    block.bid(8, 5_000)
    refusal = block.refusal(command)
    for sentence in WORDING[refusal.reason].say(refusal.detail):
        assert sentence
        assert "{" not in sentence


# The state is what the events made of it.


def test_replaying_the_events_gives_the_same_sale(room: Saleroom) -> None:
    room.open(1)
    room.bid(8, 5_000)
    room.call(1, 5_000)
    room.bid(51, 5_500)
    room.suspend()
    room.resume()
    for number in (1, 2, 3):
        room.call(number, 5_500)
    room.hammer(5_500)
    room.passed(2, 3)
    room.close()
    again = None
    for event in room.history:
        again = apply(again, event)
    assert state_digest(again) == state_digest(room.state)
    assert again == room.state


def test_deciding_the_same_twice_gives_the_same(block: Saleroom) -> None:
    offer = block.offer(8, 5_000)
    assert decide(block.state, offer, Nanoseconds(7)) == decide(block.state, offer, Nanoseconds(7))
