"""Who suspends a sale and for what, what stands meanwhile, and how it goes on."""

import pytest

from engine.domain.auction.announcements import CAUSES
from engine.domain.auction.commands import Cause, RegisterStop, ResumeSale, SuspendSale
from engine.domain.auction.events import (
    BiddingClosed,
    BiddingExtended,
    Extended,
    HammerFell,
    SaleSuspended,
    StopRegistered,
    WarningCancelled,
)
from engine.domain.auction.rules import next_deadline
from engine.domain.auction.state import LotPhase, SalePhase
from engine.domain.parties import HOUSE, Principal
from engine.domain.refusals import Ineligible, Reason
from engine.domain.rulesheet import Advance, ExtensionKind, ResumeFor
from engine.domain.units import LotNo, Nanoseconds
from tests.articles import article
from tests.domain.auction.saleroom import DESK, ID, REGISTRAR, ROSTRUM, SUPERVISOR, Saleroom, extension, span, timed

STOP = RegisterStop(command_id=ID, by=SUPERVISOR, reason="发现串通")


def suspension(cause: Cause = Cause.OFFICER, by: Principal = HOUSE) -> SuspendSale:
    return SuspendSale(command_id=ID, by=by, reason="停电", cause=cause)


def a_lot(**sheet: object) -> Saleroom:
    """Lot 1 on the block from 100 s on, ending at 130 s, 8 leading with 5,000."""
    room = Saleroom(**timed(), **sheet)
    room.open()
    room.wait_until(100).put_up(1)
    room.bid(8, 5_000)
    return room


# Who, and why.


@article("13")
@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.OFFICER])
def test_the_house_says_why_it_suspends_and_an_officer_is_the_cause_himself(cause: Cause) -> None:
    room = Saleroom().open()
    (suspended,) = room.ask(suspension(cause))
    assert suspended == SaleSuspended(reason="停电", cause=cause, at=Nanoseconds(room.at), since=Nanoseconds(room.at))
    room.resume()
    (suspended,) = room.ask(suspension(cause, ROSTRUM))
    assert isinstance(suspended, SaleSuspended)
    assert suspended.cause is Cause.OFFICER


@article("3", "13")
@pytest.mark.parametrize("by", [DESK, REGISTRAR, SUPERVISOR])
def test_other_officers_neither_suspend_nor_resume(by: Principal) -> None:
    room = Saleroom().open()
    assert room.refusal(suspension(by=by)).reason is Reason.NOT_AUTHORISED
    room.suspend()
    assert room.refusal(ResumeSale(command_id=ID, by=by)).reason is Reason.NOT_AUTHORISED


@article("13")
def test_the_supervisors_stop_suspends_a_sale_that_runs() -> None:
    room = Saleroom().open()
    registered, suspended = room.ask(STOP)
    assert registered == StopRegistered(reason="发现串通", at=Nanoseconds(room.at))
    assert suspended == SaleSuspended(
        reason="发现串通", cause=Cause.SUPERVISOR, at=Nanoseconds(room.at), since=Nanoseconds(room.at)
    )


@article("13")
def test_a_stop_is_on_the_record_also_while_the_sale_does_not_run() -> None:
    room = Saleroom()
    assert [type(event) for event in room.ask(STOP)] == [StopRegistered]
    room.open()
    room.suspend()
    assert [type(event) for event in room.ask(STOP)] == [StopRegistered]
    assert room.auction.phase is SalePhase.SUSPENDED
    assert room.auction.announcement is not None
    assert (room.auction.announcement.kind, "发现串通" in room.auction.announcement.zh) == ("stopped", True)


@article("3", "13")
@pytest.mark.parametrize("by", [ROSTRUM, DESK, REGISTRAR, HOUSE])
def test_a_stop_is_the_supervisors_alone(by: Principal) -> None:
    stop = RegisterStop(command_id=ID, by=by, reason="停电")
    assert Saleroom().refusal(stop).reason is Reason.NOT_AUTHORISED


# The time.


@article("13")
@pytest.mark.parametrize(
    ("suspended_s", "resumed_s", "end_s"),
    [
        (105, 200, 225),  # 25 s were left
        (120, 200, 210),  # exactly a window
        (127, 200, 210),  # 3 s: a whole window instead
        (130, 200, 210),
        (127, 128, 138),
    ],
)
def test_a_lot_goes_on_with_what_it_had_left_and_a_whole_window_at_least(
    suspended_s: float, resumed_s: float, end_s: float
) -> None:
    room = a_lot()
    room.wait_until(suspended_s).suspend()
    assert next_deadline(room.state) is None
    events = room.wait_until(resumed_s).resume()
    assert [(event.closes_at, event.why) for event in events if isinstance(event, BiddingExtended)] == [
        (span(end_s), Extended.RESUMPTION)
    ]
    assert room.lot(1).extensions == 0
    leading = room.lot(1).leading
    assert leading is not None
    assert (leading.paddle, leading.amount) == (8, 5_000_00)


@article("13")
def test_every_lot_that_is_open_has_its_own_time_back() -> None:
    rule = extension(ExtensionKind.RESET, within=10, by=40)
    room = Saleroom(**timed(extension=rule, advance=Advance.TOGETHER))
    room.wait_until(100).open()
    room.wait_until(125).ask(room.offer(8, 5_000, 1))  # lot 1 until 165 s
    room.wait_until(128).suspend()
    room.wait_until(200).resume()
    assert [lot.closes_at for lot in room.auction.opened()] == [span(237), span(210), span(210)]


@article("13", "18")
def test_a_cap_in_time_does_not_count_the_rest() -> None:
    rule = extension(ExtensionKind.ADD, within=10, by=10, cap=10)
    room = Saleroom(**timed(extension=rule))
    room.open()
    room.wait_until(100).put_up(1)
    room.wait_until(120).suspend()
    room.wait_until(200).resume()  # ends at 210 s instead of 130 s
    room.wait_until(205).bid(8, 5_000)
    assert room.lot(1).closes_at == span(220)


@article("13", "16")
@pytest.mark.parametrize("cause", [Cause.OFFICER, Cause.CLOCK, Cause.SUPERVISOR])
def test_a_lot_whose_end_had_come_has_ended(cause: Cause) -> None:
    room = a_lot()
    room.wait_until(130.1)
    closed, fell, suspended = room.ask(suspension(cause))
    assert [type(event) for event in (closed, fell, suspended)] == [BiddingClosed, HammerFell, SaleSuspended]
    assert room.lot(1).ended_at == span(130)


@article("13", "16")
def test_a_stop_after_the_end_does_not_undo_it_either() -> None:
    room = a_lot()
    room.wait_until(130.1)
    assert [type(event) for event in room.ask(STOP)] == [StopRegistered, BiddingClosed, HammerFell, SaleSuspended]


@article("13", "16")
@pytest.mark.parametrize("cause", [Cause.RESTART, Cause.CONNECTIONS])
def test_where_the_last_window_is_in_doubt_the_lot_has_not_ended(cause: Cause) -> None:
    room = a_lot()
    room.wait_until(130.1).ask(suspension(cause))
    assert room.lot(1).phase is LotPhase.OPEN
    room.wait_until(200).resume()
    assert room.lot(1).closes_at == span(210)


@article("13", "16")
def test_a_suspension_at_the_very_end_comes_before_it() -> None:
    room = a_lot()
    room.wait_until(130).suspend()
    assert room.lot(1).phase is LotPhase.OPEN


@article("13", "16")
def test_the_pause_between_lots_begins_anew() -> None:
    room = Saleroom(**timed(advance=Advance.ONE_AFTER_ANOTHER, pause=span(30)))
    room.wait_until(100).open()
    room.wait_until(120).suspend()
    room.wait_until(200).resume()
    assert next_deadline(room.state) == span(230)


# Who goes on.


@article("13")
def test_only_those_with_a_valid_bid_go_on_where_the_sheet_says_so() -> None:
    room = a_lot(resume_for=ResumeFor.WHO_HAD_BID)
    room.bid(51, 5_500)
    room.void(2)  # a bid that was voided is no valid one
    room.suspend()
    room.resume()
    for paddle in (9, 51):
        assert room.refusal(room.offer(paddle, 6_000)).detail == {"why": Ineligible.NOT_QUALIFIED}
    assert room.refusal(room.offer(8, 6_000)).reason is Reason.ALREADY_LEADING
    assert room.auction.announcement is not None
    assert "续拍仅限中止前已有有效应价的竞买人" in room.auction.announcement.zh
    assert "Only those with a valid bid before the interruption may go on" in room.auction.announcement.en


@article("13")
def test_everybody_goes_on_where_nobody_had_bid() -> None:
    room = Saleroom(**timed(), resume_for=ResumeFor.WHO_HAD_BID).open(1)
    room.suspend()
    room.resume()
    room.bid(9, 5_000)


@article("13")
def test_the_next_lot_is_open_to_all_again() -> None:
    room = a_lot(resume_for=ResumeFor.WHO_HAD_BID)
    room.suspend()
    room.resume()
    room.fall_due()
    room.put_up(3)
    room.bid(9, 6_000)


@article("10", "13")
def test_the_calls_begin_anew_and_the_dwell_does() -> None:
    room = Saleroom(dwell=span(3)).open(1)
    room.bid(8, 5_000)
    room.call(1, 5_000)
    room.suspend()
    assert WarningCancelled(lot=LotNo(1)) in room.resume()
    assert (room.lot(1).calls, room.lot(1).price_at) == (0, room.at)


# What is said.


@article("13")
@pytest.mark.parametrize("cause", Cause)
def test_everybody_is_told_when_why_and_what_is_kept(cause: Cause) -> None:
    room = a_lot()
    room.ask(suspension(cause))
    said = room.auction.announcement
    assert said is not None
    assert said.kind == "suspended"
    assert said.at == room.at
    zh, en = CAUSES[cause]
    assert f"（{zh}）。原因：停电。1 号标的 豫H8H888 的最后有效价、竞买人资格和保证金均予保留。" in said.zh
    assert f"({en}). Reason: 停电. For lot 1 豫H8H888 the last valid price, the bidders and their deposits" in said.en


@article("13")
def test_what_is_said_fits_where_nothing_is_open_where_nobody_has_bid_and_where_several_lots_are_open() -> None:
    idle = Saleroom().open()
    idle.suspend()
    unbid = Saleroom().open(1)
    unbid.suspend()
    several = Saleroom(**timed(advance=Advance.TOGETHER)).open()
    several.suspend()
    said = [room.auction.announcement for room in (idle, unbid, several)]
    zh, en = [text.zh for text in said if text], [text.en for text in said if text]
    assert "均予保留" not in zh[0]
    assert "stand" not in en[0]
    assert "尚无应价，竞买人资格和保证金均予保留" in zh[1]
    assert "there is no bid yet; the bidders and their deposits stand" in en[1]
    assert "竞价中的 3 个标的" in zh[2]
    assert "For the 3 lots now open the last valid prices" in en[2]
