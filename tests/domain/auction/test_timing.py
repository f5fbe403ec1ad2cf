"""When the lots of a timed sale begin and end, and how bids move the end."""

import pytest

from engine.domain.auction.events import (
    BiddingClosed,
    BiddingExtended,
    BidPlaced,
    Event,
    Extended,
    HammerFell,
    LotOpened,
    LotPassed,
)
from engine.domain.auction.rules import next_deadline
from engine.domain.auction.state import LotPhase
from engine.domain.auction.timing import places
from engine.domain.parties import bidder
from engine.domain.refusals import Ineligible, Reason
from engine.domain.rulesheet import Advance, DepositRule, Extension, ExtensionKind
from engine.domain.units import Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import Saleroom, bid, call, due, extension, hammer, pass_lot, put_up, span, timed

GRACE = span(0.3)
RESET = extension(ExtensionKind.RESET, within=10, by=30)


def a_lot(rule: Extension | None = None, **sheet: object) -> Saleroom:
    """Lot 1 on the block from 100 s on: free until 120 s, ending at 130 s."""
    room = Saleroom(**timed(extension=rule), **sheet)
    room.open()
    return room.wait_until(100).put_up(1)


def moved(events: tuple[Event, ...]) -> float | None:
    """Where the end was moved to, in seconds."""
    ends = [event.closes_at for event in events if isinstance(event, BiddingExtended)]
    assert len(ends) <= 1
    return ends[0] / span(1) if ends else None


# 16: the end.


@article("16")
def test_a_lot_has_its_free_period_and_its_window() -> None:
    room = a_lot()
    assert room.history[-1] == LotOpened(lot=room.lot(1).number, at=span(100), closes_at=span(130))
    assert next_deadline(room.state) == span(130) + GRACE


@article("16")
def test_a_bid_at_the_very_end_is_in_time_and_one_a_nanosecond_later_is_not() -> None:
    room = a_lot()
    room.wait_until(130)
    late = room.offer(9, 6_000)
    room.bid(8, 5_000)
    assert room.at == span(130)
    refusal = room.refusal(late)
    assert refusal.reason is Reason.AUCTION_CLOSED
    assert refusal.detail == {"arrived_us": 130_000_000, "closed_us": 130_000_000}


@article("16")
def test_the_end_is_announced_a_grace_period_later_and_the_lot_is_sold_to_its_leader() -> None:
    room = a_lot()
    room.bid(8, 5_000)
    closed, fell = room.fall_due()
    assert closed == BiddingClosed(lot=room.lot(1).number, closes_at=span(130))
    assert isinstance(fell, HammerFell)
    assert (fell.paddle, fell.price, fell.at) == (8, 5_000_00, span(130) + GRACE)
    assert room.lot(1).ended_at == span(130)


@article("16")
def test_a_lot_without_a_bid_is_passed_at_its_end() -> None:
    room = a_lot()
    _, passed = room.fall_due()
    assert passed == LotPassed(lot=room.lot(1).number, at=Nanoseconds(span(130) + GRACE), reserve_unmet=False)


@article("12", "16")
@pytest.mark.parametrize(("reserve", "sold"), [(5_000, True), (5_001, False)])
def test_the_clock_sells_at_the_reserve_and_passes_one_yuan_below(reserve: int, sold: bool) -> None:
    room = Saleroom(**timed())
    room.reserve(1, reserve)
    room.open(1).bid(8, 5_000)
    *_, last = room.fall_due()
    assert isinstance(last, HammerFell) is sold
    assert isinstance(last, LotPassed) is not sold


@article("16")
@pytest.mark.parametrize(
    ("arrived_s", "reason"),
    [
        (99.9, Reason.AUCTION_CLOSED),  # before the lot began
        (100, Reason.LATE_TRANSIT),
        (130, Reason.LATE_TRANSIT),
        (130.000_001, Reason.AUCTION_CLOSED),
    ],
)
def test_what_is_taken_up_after_the_announcement_is_told_both_stamps(arrived_s: float, reason: Reason) -> None:
    room = a_lot()
    room.fall_due()
    room.wait_until(arrived_s)
    refusal = room.refusal(room.offer(8, 5_000))
    assert refusal.reason is reason
    assert refusal.detail == {"arrived_us": span(arrived_s) // 1000, "closed_us": 130_000_000}


@article("16")
def test_a_maximum_is_in_time_or_late_as_a_bid_is() -> None:
    room = a_lot(proxies=True)
    room.wait_until(130.000_001)
    assert room.refusal(room.maximum(8, 9_000)).reason is Reason.AUCTION_CLOSED
    room.wait_until(130).leave(8, 9_000)
    room.fall_due()
    assert room.refusal(room.take_back(8)).reason is Reason.AUCTION_CLOSED


@article("16")
def test_nobody_calls_strikes_or_passes_where_the_clock_ends_the_lots() -> None:
    room = a_lot()
    room.bid(8, 5_000)
    for command in (call(1, 1, 5_000), hammer(1, 5_000), pass_lot(1)):
        assert room.refusal(command).reason is Reason.CLOCK_ENDS_LOT


@article("16")
@pytest.mark.parametrize("early_ns", [1, GRACE, 2 * GRACE, -1])
def test_only_the_deadline_itself_ends_a_lot(early_ns: int) -> None:
    room = a_lot()
    room.wait_until(200)
    assert room.refusal(due(span(130) + GRACE - early_ns)).reason is Reason.NOT_DUE


@article("16")
def test_a_deadline_that_a_bid_has_moved_is_not_due() -> None:
    room = a_lot(RESET)
    old = next_deadline(room.state)
    room.wait_until(125).bid(8, 5_000)
    assert old is not None
    assert room.refusal(due(old)).reason is Reason.NOT_DUE
    assert next_deadline(room.state) == span(155) + GRACE


@article("16")
def test_lots_open_one_after_another_a_pause_after_the_one_before_has_ended() -> None:
    room = Saleroom(**timed(advance=Advance.ONE_AFTER_ANOTHER, pause=span(5)))
    room.wait_until(100).open()
    assert next_deadline(room.state) == span(105)
    (opened,) = room.fall_due()
    assert opened == LotOpened(lot=room.lot(1).number, at=span(105), closes_at=span(135))
    room.fall_due()
    assert next_deadline(room.state) == span(135) + GRACE + span(5)
    for lot in (2, 3):
        room.fall_due()
        assert room.lot(lot).phase is LotPhase.OPEN
        room.fall_due()
    assert next_deadline(room.state) is None


@article("16")
def test_the_auctioneer_may_open_the_next_lot_before_the_pause_is_over() -> None:
    room = Saleroom(**timed(advance=Advance.ONE_AFTER_ANOTHER, pause=span(5)))
    room.wait_until(100).open()
    room.put_up(2)
    assert next_deadline(room.state) == room.lot(2).closes_at + GRACE  # type: ignore[operator]
    room.fall_due()
    room.fall_due()
    assert room.lot(1).phase is LotPhase.OPEN


@article("16")
def test_all_lots_open_with_the_sale_where_they_go_together() -> None:
    room = Saleroom(**timed(advance=Advance.TOGETHER))
    room.wait_until(100).open()
    assert [lot.closes_at for lot in room.auction.opened()] == [span(130)] * 3
    assert room.auction.on_block is None
    assert room.refusal(put_up(1)).reason is Reason.BLOCK_TAKEN
    assert len(room.fall_due()) == 6
    assert room.auction.open_lots == []


@article("16")
def test_a_sale_that_opens_by_itself_opens_its_lots_with_it() -> None:
    room = Saleroom(**timed(advance=Advance.TOGETHER), opens_at=span(50))
    room.fall_due()
    assert [lot.opened_at for lot in room.auction.opened()] == [span(50)] * 3


@article("4", "16")
def test_nobody_leads_more_lots_than_he_has_rights() -> None:
    room = Saleroom(**timed(advance=Advance.TOGETHER))
    room.open()
    eight = bidder(PaddleNo(8))
    room.ask(bid(8, 5_000, lot=1, by=eight))
    refusal = room.refusal(bid(8, 6_000, lot=3, by=eight))
    assert refusal.detail == {"why": Ineligible.RIGHTS_USED}
    nine = bidder(PaddleNo(9))
    room.ask(bid(9, 5_500, lot=1, by=nine))
    room.ask(bid(8, 6_000, lot=3, by=eight))
    assert room.refusal(bid(8, 6_000, lot=1, by=eight)).detail == {"why": Ineligible.RIGHTS_USED}
    room.ask(bid(9, 19_800, lot=2, by=nine))  # two deposits
    assert room.refusal(bid(9, 6_500, lot=3, by=nine)).detail == {"why": Ineligible.RIGHTS_USED}


# 18: extensions.


@article("18")
@pytest.mark.parametrize(("arrived_s", "end_s"), [(119.999_999, None), (120, 150), (125, 155), (130, 160)])
def test_reset_gives_a_full_span_from_the_arrival_of_a_bid_within_the_last_seconds(
    arrived_s: float, end_s: float | None
) -> None:
    room = a_lot(RESET)
    room.wait_until(arrived_s)
    assert moved(room.bid(8, 5_000)) == end_s


@article("18")
@pytest.mark.parametrize(("arrived_s", "end_s"), [(101, None), (115, None), (116, 131), (130, 145)])
def test_top_up_leaves_at_least_a_span_after_any_bid(arrived_s: float, end_s: float | None) -> None:
    room = a_lot(extension(ExtensionKind.TOP_UP, by=15))
    room.wait_until(arrived_s)
    assert moved(room.bid(8, 5_000)) == end_s


@article("18")
@pytest.mark.parametrize(("arrived_s", "end_s"), [(119.999_999, None), (120, 145), (130, 145)])
def test_add_moves_the_end_by_a_span_whenever_a_bid_comes_late(arrived_s: float, end_s: float | None) -> None:
    room = a_lot(extension(ExtensionKind.ADD, within=10, by=15))
    room.wait_until(arrived_s)
    assert moved(room.bid(8, 5_000)) == end_s


@article("18")
def test_a_reset_to_less_than_is_left_moves_nothing() -> None:
    room = a_lot(extension(ExtensionKind.RESET, within=10, by=5))
    assert moved(room.wait_until(122).bid(8, 5_000)) is None
    assert moved(room.wait_until(125).bid(9, 5_500)) is None  # 5 s are left exactly
    assert moved(room.wait_until(126).bid(8, 6_000)) == 131


@article("18")
def test_without_an_extension_the_end_stands() -> None:
    room = a_lot()
    assert moved(room.wait_until(130).bid(8, 5_000)) is None


@article("18")
def test_a_cap_in_time_is_reached_exactly_and_then_nothing_moves() -> None:
    room = a_lot(extension(ExtensionKind.ADD, within=10, by=10, cap=20))
    assert moved(room.wait_until(125).bid(8, 5_000)) == 140
    assert moved(room.wait_until(135).bid(9, 5_500)) == 150
    assert moved(room.wait_until(145).bid(8, 6_000)) is None
    assert room.lot(1).extensions == 2


@article("18")
def test_a_cap_in_time_cuts_the_last_extension_short() -> None:
    room = a_lot(extension(ExtensionKind.ADD, within=10, by=15, cap=20))
    assert moved(room.wait_until(125).bid(8, 5_000)) == 145
    assert moved(room.wait_until(140).bid(9, 5_500)) == 150


@article("18")
def test_a_count_is_reached_exactly_and_then_nothing_moves() -> None:
    room = a_lot(extension(ExtensionKind.ADD, within=10, by=10, count_max=2))
    assert moved(room.wait_until(125).bid(8, 5_000)) == 140
    assert moved(room.wait_until(135).bid(9, 5_500)) == 150
    assert moved(room.wait_until(145).bid(8, 6_000)) is None


@article("18")
def test_among_the_first_places_only_other_places_move_the_end() -> None:
    room = a_lot(extension(ExtensionKind.RESET, within=10, by=10, top_k=2))
    room.bid(8, 5_000)
    room.bid(9, 5_500)
    assert moved(room.wait_until(125).bid(8, 6_000)) == 135  # 8 before 9
    assert moved(room.wait_until(130).bid(51, 6_500)) == 140
    assert moved(room.wait_until(135).bid(8, 7_000)) == 145


@article("18")
def test_a_bid_and_the_answer_that_undoes_it_leave_the_places_as_they_were() -> None:
    room = a_lot(extension(ExtensionKind.RESET, within=10, by=10, top_k=1), proxies=True)
    room.leave(9, 20_000)
    room.answers()
    before = room.lot(1).closes_at
    assert moved(room.wait_until(125).bid(8, 6_000)) is None
    assert room.answers() == [(9, 6_500, "proxy")]
    assert (room.lot(1).closes_at, room.lot(1).extensions) == (before, 0)
    assert moved(room.wait_until(126).bid(8, 21_000)) == 136


@article("18")
def test_places_are_those_of_different_bidders_the_best_first() -> None:
    eight, nine, ten = PaddleNo(8), PaddleNo(9), PaddleNo(10)
    assert places([nine, eight, nine, ten], 2) == [nine, eight]
    assert places([nine, nine], 3) == [nine]
    assert places([], 1) == []


@article("18")
def test_one_instant_extends_once() -> None:
    room = a_lot(extension(ExtensionKind.ADD, within=10, by=10), proxies=True)
    room.leave(9, 20_000)
    room.answers()
    room.wait_until(125).bid(8, 6_000)
    assert room.answers() == [(9, 6_500, "proxy")]
    assert (room.lot(1).closes_at, room.lot(1).extensions) == (span(140), 1)


@article("18")
def test_a_refused_bid_moves_nothing() -> None:
    room = a_lot(RESET)
    room.bid(8, 5_000)
    room.wait_until(125)
    assert room.refusal(room.offer(9, 5_400)).reason is Reason.BID_TOO_LOW
    assert room.lot(1).closes_at == span(130)


@article("18")
def test_one_shrinking_timer_runs_over_all_open_lots() -> None:
    rule = extension(ExtensionKind.SHRINKING, by=30, shrink=12, least=10)
    room = Saleroom(**timed(extension=rule, advance=Advance.TOGETHER), deposit=DepositRule.WHOLE_SALE)
    room.wait_until(100).open()
    bids = ((125, 8, 5_000, 1), (150, 9, 6_000, 3), (165, 8, 6_500, 3), (170, 9, 5_500, 1))
    ends = []
    for arrived_s, paddle, yuan, lot in bids:
        ends.append(moved(room.wait_until(arrived_s).ask(room.offer(paddle, yuan, lot))))
        assert len({lot.closes_at for lot in room.auction.opened()}) == 1
    assert ends == [155, 168, 175, 180]  # 30 s, 18 s, and never less than 10 s


@article("18", "22")
def test_a_void_moves_the_end_of_every_lot_that_has_the_same_timer() -> None:
    rule = extension(ExtensionKind.SHRINKING, by=5, least=5)
    room = Saleroom(**timed(extension=rule, advance=Advance.TOGETHER))
    room.wait_until(100).open()
    room.wait_until(126).ask(room.offer(8, 5_000, 1))
    room.void(1, lot=1)
    assert {lot.closes_at for lot in room.auction.opened()} == {room.at + span(10)}


@article("18")
@pytest.mark.parametrize(
    ("arrived_s", "yuan", "allowed"),
    [(119.999_999, 50_000, True), (120, 6_000, True), (120, 6_500, False), (130, 6_000, True), (130, 6_500, False)],
)
def test_a_price_window_bounds_a_late_bid_to_the_reach_above_the_leading_price(
    arrived_s: float,
    yuan: int,
    allowed: bool,
) -> None:
    room = a_lot(extension(ExtensionKind.PRICE_WINDOW, within=10, reach_yuan=1_000))
    room.bid(8, 5_000)
    room.wait_until(arrived_s)
    if allowed:
        assert [type(event) for event in room.bid(9, yuan)] == [BidPlaced]
    else:
        refusal = room.refusal(room.offer(9, yuan))
        assert (refusal.reason, refusal.detail) == (Reason.BID_TOO_HIGH, {"most_fen": 6_000_00})


@article("18")
def test_a_reach_below_the_step_lets_the_next_valid_price_through() -> None:
    room = a_lot(extension(ExtensionKind.PRICE_WINDOW, within=10, reach_yuan=100))
    room.wait_until(125)
    assert room.refusal(room.offer(8, 5_500)).detail == {"most_fen": 5_100_00}
    room.bid(8, 5_000)
    assert room.refusal(room.offer(9, 6_000)).detail == {"most_fen": 5_500_00}
    room.bid(9, 5_500)


@article("18")
def test_the_record_says_why_the_end_moved() -> None:
    room = a_lot(RESET)
    *_, extended = room.wait_until(125).bid(8, 5_000)
    assert extended == BiddingExtended(
        lot=room.lot(1).number, closes_at=span(155), at=Nanoseconds(span(125)), why=Extended.BID
    )
