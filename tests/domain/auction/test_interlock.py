"""What the hammer waits for."""

import pytest

from engine.domain.auction.commands import ShowPrice
from engine.domain.auction.events import HammerFell, PriceShown
from engine.domain.parties import HOUSE, Principal
from engine.domain.refusals import Reason, TooSoon
from engine.domain.units import Fen, LotNo
from tests.articles import article
from tests.domain.auction.saleroom import (
    DESK,
    ID,
    ROSTRUM,
    Saleroom,
    confirm_void,
    drop_void,
    hammer,
    propose_void,
    span,
)


def called(**sheet: object) -> Saleroom:
    """Lot 1 with a bid of 8 at 100 s and every call made."""
    room = Saleroom(calls=1, **sheet).open(1)
    room.wait_until(100).bid(8, 5_000)
    room.call(1, 5_000)
    return room


def shown(yuan: int, count: int, present: int, *, by: Principal = HOUSE, lot: int = 1) -> ShowPrice:
    return ShowPrice(command_id=ID, by=by, lot=LotNo(lot), price=Fen(yuan * 100), present=present, shown=count)


@article("11", "23")
def test_the_hammer_waits_for_every_call() -> None:
    room = Saleroom(calls=3).open(1)
    room.bid(8, 5_000)
    room.call(1, 5_000)
    assert room.refusal(hammer(1, 5_000)).detail == {"why": TooSoon.CALLS, "due": 2}


@article("23")
def test_the_hammer_falls_when_the_price_has_stood_for_exactly_the_dwell() -> None:
    room = called(dwell=span(3))
    room.wait_until(103)
    room.at -= 1
    refusal = room.refusal(hammer(1, 5_000))
    assert refusal.reason is Reason.HAMMER_TOO_SOON
    assert refusal.detail == {"why": TooSoon.DWELL, "due": "1 ms", "after_ms": 1}
    room.wait_until(103)
    assert isinstance(room.hammer(5_000)[0], HammerFell)


@article("23")
def test_the_time_left_of_the_dwell_is_told() -> None:
    room = called(dwell=span(3))
    room.wait_until(101)
    assert room.refusal(hammer(1, 5_000)).detail["after_ms"] == 2000


@article("23")
def test_the_dwell_begins_anew_with_each_price() -> None:
    room = called(dwell=span(3))
    room.wait_until(102).bid(9, 5_500)
    room.call(1, 5_500)
    room.wait_until(104)
    assert room.refusal(hammer(1, 5_500)).detail["after_ms"] == 1000
    room.wait_until(104.5).void(2)
    room.call(1, 5_000)
    assert room.refusal(hammer(1, 5_000)).detail["why"] is TooSoon.DWELL


@article("23")
@pytest.mark.parametrize(
    ("count", "present", "enough"),
    [(7, 10, False), (8, 10, True), (79, 99, False), (80, 99, True), (0, 0, True), (10, 10, True)],
)
def test_exactly_the_share_of_those_present_is_enough(count: int, present: int, enough: bool) -> None:
    room = called(delivery_percent=80)
    assert room.refusal(hammer(1, 5_000)).detail == {"why": TooSoon.DELIVERY, "due": "80%"}
    report = shown(5_000, count, present)
    if not enough:
        assert room.refusal(report).reason is Reason.NOT_DUE
        return
    assert room.ask(report) == (PriceShown(lot=LotNo(1), price=Fen(5_000_00), present=present, shown=count),)
    room.hammer(5_000)


@article("23")
def test_each_price_is_to_be_shown_anew_and_is_reported_once() -> None:
    room = called(delivery_percent=80)
    room.ask(shown(5_000, 10, 10))
    assert room.refusal(shown(5_000, 10, 10)).reason is Reason.NOT_DUE
    room.bid(9, 5_500)
    refusal = room.refusal(shown(5_000, 10, 10))
    assert (refusal.reason, refusal.detail) == (Reason.PRICE_MOVED, {"price_fen": 5_500_00})
    room.call(1, 5_500)
    assert room.refusal(hammer(1, 5_500)).detail["why"] is TooSoon.DELIVERY


@article("22", "23")
def test_the_price_that_leads_after_a_void_is_to_be_shown_anew() -> None:
    room = called(delivery_percent=80)
    room.bid(51, 60_000)
    room.ask(shown(60_000, 10, 10))
    room.void(2)
    assert room.lot(1).price_shown is False


@article("23")
def test_where_the_sheet_asks_for_no_share_the_hammer_waits_for_none() -> None:
    called().hammer(5_000)


@article("3", "23")
@pytest.mark.parametrize("by", [ROSTRUM, DESK])
def test_only_the_house_reports_what_was_shown(by: Principal) -> None:
    assert called(delivery_percent=80).refusal(shown(5_000, 10, 10, by=by)).reason is Reason.NOT_AUTHORISED


@article("23")
def test_nothing_is_reported_of_a_lot_without_a_price_or_not_on_the_block() -> None:
    room = Saleroom(delivery_percent=80).open(1)
    assert room.refusal(shown(5_000, 10, 10)).reason is Reason.PRICE_MOVED
    assert room.refusal(shown(5_000, 10, 10, lot=2)).reason is Reason.LOT_NOT_OPEN
    room.suspend()
    assert room.refusal(shown(5_000, 10, 10)).reason is Reason.AUCTION_PAUSED


@article("22", "23")
def test_a_pending_void_blocks_the_hammer_until_it_is_confirmed_or_dropped() -> None:
    room = called()
    room.ask(propose_void(1, 1))
    assert room.refusal(hammer(1, 5_000)).detail == {"why": TooSoon.VOID, "due": 1}
    room.ask(drop_void(1, 1))
    room.hammer(5_000)


@article("22", "23")
def test_after_a_void_the_hammer_waits_for_the_calls_of_the_price_that_stands() -> None:
    room = called()
    room.bid(51, 60_000)
    room.call(1, 60_000)
    room.ask(propose_void(1, 2))
    room.ask(confirm_void(1, 2))
    assert room.refusal(hammer(1, 60_000)).reason is Reason.PRICE_MOVED
    assert room.refusal(hammer(1, 5_000)).detail["why"] is TooSoon.CALLS


@article("23")
def test_calls_are_named_before_a_void_before_the_dwell_before_the_share_before_the_reserve() -> None:
    room = Saleroom(calls=1, dwell=span(3), delivery_percent=80)
    room.reserve(1, 9_000)
    room.open(1)
    room.wait_until(100).bid(8, 5_000)
    room.ask(propose_void(1, 1))
    why = [room.refusal(hammer(1, 5_000)).detail["why"]]
    room.call(1, 5_000)
    why.append(room.refusal(hammer(1, 5_000)).detail["why"])
    room.ask(drop_void(1, 1))
    why.append(room.refusal(hammer(1, 5_000)).detail["why"])
    room.wait_until(103)
    why.append(room.refusal(hammer(1, 5_000)).detail["why"])
    assert why == [TooSoon.CALLS, TooSoon.VOID, TooSoon.DWELL, TooSoon.DELIVERY]
    room.ask(shown(5_000, 1, 1))
    assert room.refusal(hammer(1, 5_000)).reason is Reason.RESERVE_NOT_MET


@article("6", "23")
def test_a_bid_that_came_before_the_hammer_and_is_taken_up_after_it_is_told_both_stamps() -> None:
    room = called()
    room.wait_until(110).hammer(5_000)
    room.wait_until(109)
    refusal = room.refusal(room.offer(9, 5_500, 1))
    assert (refusal.reason, refusal.detail) == (
        Reason.LATE_TRANSIT,
        {"arrived_us": 109_000_000, "closed_us": 110_000_000},
    )
    room.wait_until(110)
    assert room.refusal(room.offer(9, 5_500, 1)).reason is Reason.LOT_NOT_OPEN
