"""Maxima left with the house, and what it bids for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.auction.commands import AnswerProxies, GrantPriority, ReofferLot
from engine.domain.auction.events import ProxyPlaced
from engine.domain.auction.rules import follow_up
from engine.domain.auction.state import LotPhase
from engine.domain.parties import HOUSE
from engine.domain.refusals import Ineligible, Reason
from engine.domain.rulesheet import Advance, DepositRule, ResumeFor, Sees, Visibility
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import ID, ROSTRUM, Saleroom, pass_lot, timed


@pytest.fixture
def block() -> Saleroom:
    """Lot 1 on the block, in a sale that takes maxima."""
    return Saleroom(proxies=True).open(1)


def rank(room: Saleroom, paddle: int, number: int, lot: int = 1) -> None:
    room.ask(GrantPriority(command_id=ID, by=HOUSE, lot=LotNo(lot), paddle=PaddleNo(paddle), rank=number))


@article("17")
def test_a_maximum_alone_bids_the_opening_price(block: Saleroom) -> None:
    assert block.leave(8, 9_000) == (
        ProxyPlaced(
            lot=LotNo(1),
            paddle=PaddleNo(8),
            maximum=block.lot(1).proxies[PaddleNo(8)].maximum,
            channel=block.auction.paddles[PaddleNo(8)].channel,
            at=block.lot(1).proxies[PaddleNo(8)].at,
        ),
    )
    assert block.answers() == [(8, 5_000, "proxy")]
    assert follow_up(block.state, Nanoseconds(block.at)) is None


@article("17")
def test_the_house_answers_a_higher_bid_with_the_next_valid_price(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.answers()
    block.bid(9, 7_000)
    assert block.answers() == [(8, 7_500, "proxy")]


@article("17")
@pytest.mark.parametrize(
    ("yuan", "answered"),
    [
        (8_500, [(8, 9_000, "proxy")]),
        (9_000, [(8, 9_000, "held")]),
        (9_500, []),
    ],
)
def test_a_live_bid_below_at_and_above_the_maximum(
    block: Saleroom, yuan: int, answered: list[tuple[int, int, str]]
) -> None:
    block.leave(8, 9_000)
    block.answers()
    block.bid(9, yuan)
    assert block.answers() == answered


@article("17")
def test_a_maximum_between_the_steps_is_bid_up_to_the_last_step_below_it(block: Saleroom) -> None:
    block.leave(8, 9_200)
    block.answers()
    block.leave(9, 12_000)
    assert block.answers() == [(9, 5_500, "proxy"), (8, 9_000, "proxy"), (9, 9_500, "proxy")]


@article("17")
def test_of_equal_maxima_the_earlier_one_holds_the_price(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.leave(9, 9_000)
    assert block.answers()[-1] == (8, 9_000, "held")


@article("17")
def test_the_same_maximum_left_again_keeps_its_place(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.answers()
    block.leave(9, 9_000)
    block.leave(8, 9_000)
    assert block.answers()[-1][0] == 8


@article("17")
def test_a_maximum_that_was_changed_comes_after_an_equal_one(block: Saleroom) -> None:
    block.leave(8, 8_000)
    block.answers()
    block.leave(9, 9_000)
    assert block.answers()[-1] == (9, 8_500, "proxy")
    block.leave(8, 9_000)
    assert block.answers()[-1] == (9, 9_000, "held")


@article("17", "21")
def test_of_equal_maxima_the_better_right_holds_the_price() -> None:
    room = Saleroom(proxies=True)
    rank(room, 9, 1)
    room.open(1)
    room.leave(8, 9_000)
    room.answers()
    room.leave(9, 9_000)
    assert room.answers()[-1] == (9, 9_000, "held")


@article("17", "21")
def test_a_maximum_does_not_hold_the_price_against_the_better_right() -> None:
    room = Saleroom(proxies=True)
    rank(room, 9, 1)
    room.open(1)
    room.leave(8, 9_000)
    room.answers()
    room.bid(9, 9_000)
    assert room.answers() == []


@article("17")
def test_a_price_that_was_held_is_not_held_against(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.answers()
    block.bid(9, 9_000)
    block.answers()
    assert follow_up(block.state, Nanoseconds(block.at)) is None


@article("17")
@pytest.mark.parametrize(("yuan", "least"), [(4_999, 5_000), (5_000, None)])
def test_a_commission_is_at_least_the_opening_price(yuan: int, least: int | None) -> None:
    room = Saleroom(proxies=True)
    if least is None:
        room.leave(8, yuan)
        assert room.answers() == []  # the lot is not open
    else:
        refusal = room.refusal(room.maximum(8, yuan))
        assert (refusal.reason, refusal.detail["least_fen"]) == (Reason.BID_TOO_LOW, least * 100)


@article("17")
def test_commissions_bid_when_their_lot_opens() -> None:
    room = Saleroom(proxies=True)
    room.leave(8, 8_000)
    room.leave(51, 6_500)
    room.open(1)
    assert room.answers() == [(8, 5_000, "proxy"), (51, 6_500, "proxy"), (8, 7_000, "proxy")]


@article("12", "17")
@pytest.mark.parametrize(
    ("maximum", "reserve", "last"),
    [(9_000, 8_000, (8, 8_000, "reserve")), (8_000, 8_000, (8, 8_000, "reserve")), (7_500, 8_000, (8, 5_000, "proxy"))],
)
def test_a_leading_maximum_that_reaches_the_reserve_is_raised_to_it(
    maximum: int, reserve: int, last: tuple[int, int, str]
) -> None:
    room = Saleroom(proxies=True)
    room.reserve(1, reserve)
    room.open(1).leave(8, maximum)
    assert room.answers()[-1] == last


@article("12", "17")
def test_a_reserve_between_the_steps_is_reached_by_the_step_above_it() -> None:
    room = Saleroom(proxies=True)
    room.reserve(1, 7_700)
    room.open(1).leave(8, 9_000)
    assert room.answers()[-1] == (8, 8_000, "reserve")


@article("17")
def test_the_leader_may_lower_his_maximum_to_his_bid_and_no_further(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.answers()
    block.bid(9, 6_000)
    block.answers()
    refusal = block.refusal(block.maximum(8, 6_499))
    assert (refusal.reason, refusal.detail["least_fen"]) == (Reason.BID_TOO_LOW, 6_500_00)
    block.leave(8, 6_500)


@article("17")
def test_what_was_bid_with_a_maximum_stands_when_it_is_taken_back(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.answers()
    block.ask(block.take_back(8))
    assert block.refusal(block.take_back(8)).reason is Reason.NO_PROXY
    leading = block.lot(1).leading
    assert leading is not None
    assert leading.paddle == 8


@article("17")
def test_where_no_maxima_are_taken_nobody_leaves_one() -> None:
    room = Saleroom().open(1)
    assert room.refusal(room.maximum(8, 9_000)).reason is Reason.PROXIES_NOT_TAKEN


@article("17")
def test_the_house_bids_only_when_something_is_to_be_answered(block: Saleroom) -> None:
    assert block.refusal(AnswerProxies(command_id=ID, by=HOUSE, lot=LotNo(1))).reason is Reason.NOT_DUE
    assert block.refusal(AnswerProxies(command_id=ID, by=HOUSE, lot=LotNo(2))).reason is Reason.NOT_DUE


@article("4", "17")
def test_a_maximum_waits_until_its_bidder_has_a_free_right() -> None:
    room = Saleroom(proxies=True, **timed(advance=Advance.TOGETHER))
    room.leave(8, 9_000, 1)
    room.leave(8, 9_000, 3)
    room.open()
    assert room.answers() == [(8, 5_000, "proxy")]  # one deposit: lot 1 alone
    room.ask(room.offer(9, 9_500, 1))
    assert room.answers() == [(8, 6_000, "proxy")]  # free again: lot 3


@article("13", "17")
def test_maxima_do_not_bid_while_the_sale_rests_and_do_after_it(block: Saleroom) -> None:
    block.leave(8, 9_000)
    block.suspend()
    assert follow_up(block.state, Nanoseconds(block.at)) is None
    assert block.refusal(block.maximum(9, 9_500)).reason is Reason.AUCTION_PAUSED
    block.resume()
    assert block.answers() == [(8, 5_000, "proxy")]


@article("13", "17")
def test_the_house_does_not_bid_for_one_who_may_not_go_on() -> None:
    room = Saleroom(proxies=True, resume_for=ResumeFor.WHO_HAD_BID).open(1)
    room.bid(9, 5_000)
    room.leave(8, 9_000)
    room.suspend()
    room.resume()
    assert room.answers() == []
    assert room.refusal(room.maximum(8, 9_500)).detail == {"why": Ineligible.NOT_QUALIFIED}


@article("12", "17")
def test_a_new_round_begins_without_maxima() -> None:
    room = Saleroom(proxies=True, reoffers_max=1)
    room.reserve(1, 50_000)
    room.leave(8, 9_000)
    room.open(1).answers()
    room.ask(pass_lot(1))
    room.ask(ReofferLot(command_id=ID, by=ROSTRUM, lot=LotNo(1), opening_price=Fen(5_000_00)))
    room.put_up(1)
    assert (room.lot(1).phase, room.lot(1).round, room.lot(1).bids) == (LotPhase.OPEN, 2, [])
    assert room.answers() == []


@article("17", "20")
def test_a_maximum_that_does_not_lead_tells_no_hidden_price() -> None:
    hidden = Visibility(amounts_public=Sees.NONE, amounts_bidders=Sees.OWN)
    room = Saleroom(proxies=True, visibility=hidden).open(1)
    room.bid(9, 25_000)
    refusal = room.refusal(room.maximum(8, 9_000))
    assert (refusal.reason, refusal.detail) == (Reason.BID_NOT_LEADING, {"step_fen": 500_00})


LEFT = st.lists(st.tuples(st.sampled_from([8, 9, 51, 52]), st.integers(50, 600)), min_size=1, max_size=8)


@article("17")
@given(left=LEFT)
def test_the_highest_maximum_leads_and_pays_one_step_above_the_second_at_most(left: list[tuple[int, int]]) -> None:
    room = Saleroom(proxies=True, deposit=DepositRule.WHOLE_SALE)
    last: dict[int, tuple[int, int]] = {}
    for nth, (paddle, hundreds) in enumerate(left):
        room.leave(paddle, hundreds * 100, 1)
        if last.get(paddle, (0, 0))[0] != hundreds:
            last[paddle] = hundreds, nth
    room.open(1).answers()
    leading = room.lot(1).leading
    assert leading is not None
    by_strength = sorted(last.items(), key=lambda each: (-each[1][0], each[1][1]))
    winner, (most, _) = by_strength[0]
    assert leading.paddle == winner
    assert leading.amount <= most * 100_00
    second = Fen(by_strength[1][1][0] * 100_00) if len(by_strength) > 1 else None
    assert leading.amount <= (5_000_00 if second is None else room.auction.rules.next_bid(second))
    assert all(bid.amount <= last[bid.paddle][0] * 100_00 for bid in room.lot(1).bids)
