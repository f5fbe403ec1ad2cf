"""The house says in how many places the record is kept: when that changes, and nobody else does."""

import pytest

from engine.domain import proceeding
from engine.domain.auction.commands import Copies, StateCopies
from engine.domain.auction.events import CopiesStated
from engine.domain.auction.views import Audience, changed, picture
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.refusals import Reason
from engine.domain.units import Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import DESK, ID, REGISTRAR, ROSTRUM, SUPERVISOR, Saleroom, timed


def said(copies: Copies, by: Principal = HOUSE) -> StateCopies:
    return StateCopies(command_id=ID, by=by, copies=copies)


@article("45")
@pytest.mark.parametrize("copies", [copies for copies in Copies if copies is not Copies.ONE])
def test_what_the_house_says_is_seen_by_everybody_and_since_when(copies: Copies) -> None:
    room = Saleroom().open()
    assert all("copies" not in picture(room.auction, audience) for audience in Audience)
    (event,) = room.ask(said(copies))
    assert event == CopiesStated(copies=copies, at=Nanoseconds(room.at))
    shown = {"copies": {"copies": copies, "since_us": room.at // 1000}}
    for audience in Audience:
        assert changed(room.auction, [event], audience) == shown
        assert picture(room.auction, audience)["copies"] == shown["copies"]


@article("45")
def test_before_the_house_has_said_so_there_is_one_copy_and_what_is_so_is_not_said_again() -> None:
    room = Saleroom()
    assert proceeding.copies(room.auction) is Copies.ONE
    assert room.refusal(said(Copies.ONE)).reason is Reason.NOT_DUE
    for copies in (Copies.SYNC, Copies.ASYNC, Copies.ALONE, Copies.ONE):
        room.ask(said(copies))
        assert proceeding.copies(room.auction) is copies
        assert room.refusal(said(copies)).reason is Reason.NOT_DUE


@article("3", "45")
@pytest.mark.parametrize("by", [ROSTRUM, DESK, REGISTRAR, SUPERVISOR, bidder(PaddleNo(8))])
def test_nobody_but_the_house_says_how_the_record_is_kept(by: Principal) -> None:
    assert Saleroom().refusal(said(Copies.SYNC, by)).reason is Reason.NOT_AUTHORISED


@article("45")
def test_it_moves_no_price_no_call_and_no_end() -> None:
    room = Saleroom(**timed()).open()
    room.put_up(1)
    room.bid(8, 5_000)
    before = [lot.summary() for lot in room.auction.lots.values()]
    room.ask(said(Copies.ALONE))
    assert [lot.summary() for lot in room.auction.lots.values()] == before


@article("45")
def test_after_the_close_nothing_more_is_said() -> None:
    room = Saleroom().open()
    room.passed(*room.auction.lots)
    room.close()
    assert proceeding.copies(room.auction) is None
    assert room.refusal(said(Copies.SYNC)).reason is Reason.SALE_CLOSED
