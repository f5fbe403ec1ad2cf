"""Accepted rules, rights of first refusal, reserves, lots withdrawn and offered again."""

import pytest

from engine.domain.auction.commands import AcceptRules, GrantPriority, ReofferLot, SetReserve, WithdrawLot
from engine.domain.auction.events import (
    BidPlaced,
    LotReoffered,
    LotWithdrawn,
    PriorityGranted,
    ReserveSet,
    RulesAccepted,
)
from engine.domain.auction.state import LotPhase
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.refusals import Ineligible, Reason
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import (
    DESK,
    ID,
    REGISTRAR,
    ROSTRUM,
    SUPERVISOR,
    Saleroom,
    hammer,
    pass_lot,
    put_up,
    timed,
)

EIGHT, NINE = bidder(PaddleNo(8)), bidder(PaddleNo(9))


def accept(room: Saleroom, paddle: int, by: Principal, digest: str | None = None) -> AcceptRules:
    return AcceptRules(command_id=ID, by=by, paddle=PaddleNo(paddle), digest=digest or room.auction.rules_digest)


def grant(paddle: int, rank: int, *, lot: int = 1, by: Principal = HOUSE) -> GrantPriority:
    return GrantPriority(command_id=ID, by=by, lot=LotNo(lot), paddle=PaddleNo(paddle), rank=rank)


def reserve(yuan: int, *, lot: int = 1, by: Principal = HOUSE) -> SetReserve:
    return SetReserve(command_id=ID, by=by, lot=LotNo(lot), amount=Fen(yuan * 100))


def withdraw(lot: int) -> WithdrawLot:
    return WithdrawLot(command_id=ID, by=ROSTRUM, lot=LotNo(lot), reason="权属争议")


def reoffer(lot: int, yuan: int) -> ReofferLot:
    return ReofferLot(command_id=ID, by=ROSTRUM, lot=LotNo(lot), opening_price=Fen(yuan * 100))


# 19: the rules accepted.


@article("19")
def test_nobody_bids_or_leaves_a_maximum_before_he_has_accepted_the_rules() -> None:
    room = Saleroom(sign_off=True, proxies=True).open(1)
    assert room.refusal(room.offer(8, 5_000)).reason is Reason.RULES_NOT_ACCEPTED
    assert room.refusal(room.maximum(8, 5_000)).reason is Reason.RULES_NOT_ACCEPTED
    assert room.ask(accept(room, 8, EIGHT)) == (RulesAccepted(paddle=PaddleNo(8)),)
    room.bid(8, 5_000)
    assert room.refusal(room.offer(9, 5_500)).reason is Reason.RULES_NOT_ACCEPTED


@article("19")
def test_another_sheet_is_refused() -> None:
    room = Saleroom(sign_off=True)
    assert room.refusal(accept(room, 8, EIGHT, "0" * 64)).reason is Reason.RULES_DIFFER


@article("3", "19")
@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (NINE, Reason.NOT_AUTHORISED),
        (ROSTRUM, Reason.NOT_AUTHORISED),
        (SUPERVISOR, Reason.NOT_AUTHORISED),
        (HOUSE, Reason.NOT_AUTHORISED),
    ],
)
def test_nobody_accepts_for_another(by: Principal, reason: Reason) -> None:
    room = Saleroom(sign_off=True)
    assert room.refusal(accept(room, 8, by)).reason is reason


@article("19")
@pytest.mark.parametrize("by", [DESK, REGISTRAR])
def test_for_a_paddle_of_the_hall_the_desk_attests_it(by: Principal) -> None:
    room = Saleroom(sign_off=True).open(1)
    room.ask(accept(room, 51, by))
    room.bid(51, 5_000)


@article("19")
def test_a_stranger_to_the_sale_accepts_nothing() -> None:
    room = Saleroom(sign_off=True)
    assert room.refusal(accept(room, 7, bidder(PaddleNo(7)))).detail == {"why": Ineligible.NOT_ADMITTED}


@article("19")
def test_where_the_sheet_does_not_ask_for_it_everybody_may_bid() -> None:
    Saleroom().open(1).bid(8, 5_000)


# 21: the right of first refusal.


@article("21")
def test_the_right_lets_its_holder_take_the_leading_price_itself() -> None:
    room = Saleroom()
    assert room.ask(grant(9, 1)) == (PriorityGranted(lot=LotNo(1), paddle=PaddleNo(9), rank=1),)
    room.open(1)
    room.bid(8, 5_000)
    (placed,) = room.bid(9, 5_000)
    assert isinstance(placed, BidPlaced)
    assert (placed.paddle, placed.amount, placed.basis) == (9, 5_000_00, "priority")
    assert room.refusal(room.offer(8, 5_000)).reason is Reason.BID_TOO_LOW
    room.bid(8, 5_500)
    room.bid(9, 5_500)


@article("21")
@pytest.mark.parametrize(
    ("leads", "asks", "allowed"), [(2, 1, True), (1, 2, False), (1, 1, False), (None, 5, True), (5, None, False)]
)
def test_at_an_equal_price_the_better_rank_prevails_and_of_equal_ranks_the_earlier_bid(
    leads: int | None, asks: int | None, allowed: bool
) -> None:
    room = Saleroom()
    for paddle, rank in ((8, leads), (9, asks)):
        if rank is not None:
            room.ask(grant(paddle, rank))
    room.open(1)
    room.bid(8, 5_000)
    if allowed:
        room.bid(9, 5_000)
    else:
        assert room.refusal(room.offer(9, 5_000)).reason is Reason.BID_TOO_LOW


@article("21")
def test_the_right_is_for_one_lot() -> None:
    room = Saleroom()
    room.ask(grant(9, 1, lot=2))
    room.open(1)
    room.bid(8, 5_000)
    assert room.refusal(room.offer(9, 5_000)).reason is Reason.BID_TOO_LOW


@article("10", "21")
def test_an_equal_bid_cancels_the_calls_as_any_bid_does() -> None:
    room = Saleroom()
    room.ask(grant(9, 1))
    room.open(1)
    room.bid(8, 5_000)
    room.call(1, 5_000)
    room.bid(9, 5_000)
    assert room.lot(1).calls == 0
    assert room.refusal(hammer(1, 5_000)).reason is Reason.HAMMER_TOO_SOON


@article("21")
def test_a_lower_price_than_the_leading_one_is_nobodys_right() -> None:
    room = Saleroom()
    room.ask(grant(9, 1))
    room.open(1)
    room.bid(8, 6_000)
    assert room.refusal(room.offer(9, 5_500)).reason is Reason.BID_TOO_LOW
    assert room.refusal(room.offer(9, 6_100)).reason is Reason.BID_TOO_LOW


@article("21")
def test_the_right_is_granted_before_the_lot_starts_and_to_an_admitted_paddle() -> None:
    room = Saleroom()
    assert room.refusal(grant(7, 1)).detail == {"why": Ineligible.NOT_ADMITTED}
    assert room.refusal(grant(8, 1, lot=9)).reason is Reason.LOT_UNKNOWN
    room.open(1)
    assert room.refusal(grant(8, 1)).reason is Reason.LOT_STARTED
    room.ask(pass_lot(1))
    assert room.refusal(grant(8, 1)).reason is Reason.LOT_ENDED


@article("3", "21")
@pytest.mark.parametrize("by", [DESK, REGISTRAR, HOUSE])
def test_the_desk_grants_the_right(by: Principal) -> None:
    Saleroom().ask(grant(8, 1, by=by))


@article("3", "21")
@pytest.mark.parametrize("by", [ROSTRUM, SUPERVISOR, EIGHT])
def test_nobody_else_does(by: Principal) -> None:
    assert Saleroom().refusal(grant(8, 1, by=by)).reason is Reason.NOT_AUTHORISED


# 12: reserves, withdrawal, another round.


@article("12")
def test_a_reserve_is_set_before_the_lot_starts_and_may_be_set_anew() -> None:
    room = Saleroom()
    assert room.ask(reserve(8_000)) == (ReserveSet(lot=LotNo(1), amount=Fen(8_000_00)),)
    room.ask(reserve(7_000, by=ROSTRUM))
    room.open(1)
    assert room.lot(1).reserve == 7_000_00
    assert room.refusal(reserve(6_000)).reason is Reason.LOT_STARTED


@article("3", "12")
@pytest.mark.parametrize("by", [DESK, REGISTRAR, SUPERVISOR, EIGHT])
def test_a_reserve_is_set_by_the_house_or_the_auctioneer(by: Principal) -> None:
    assert Saleroom().refusal(reserve(8_000, by=by)).reason is Reason.NOT_AUTHORISED


@article("12")
def test_a_lot_is_sold_at_the_reserve_exactly_and_passed_below_it() -> None:
    room = Saleroom(calls=1)
    room.ask(reserve(5_500))
    room.open(1)
    room.bid(8, 5_000)
    room.call(1, 5_000)
    assert room.refusal(hammer(1, 5_000)).reason is Reason.RESERVE_NOT_MET
    room.bid(9, 5_500)
    assert room.refusal(pass_lot(1)).reason is Reason.LOT_HAS_BID
    room.call(1, 5_500)
    room.hammer(5_500)


@article("12")
def test_a_lot_is_withdrawn_before_its_start_and_does_not_come_to_the_block() -> None:
    room = Saleroom()
    assert room.ask(withdraw(3)) == (LotWithdrawn(lot=LotNo(3), reason="权属争议", at=Nanoseconds(room.at)),)
    room.open(1)
    assert room.refusal(withdraw(1)).reason is Reason.LOT_STARTED
    assert room.refusal(withdraw(3)).reason is Reason.LOT_ENDED
    assert room.refusal(put_up(3)).reason is Reason.LOT_ENDED
    room.ask(pass_lot(1))
    assert room.refusal(withdraw(1)).reason is Reason.LOT_ENDED
    room.passed(2)
    room.close()


@article("12")
def test_everybody_is_told_that_a_lot_was_withdrawn_and_why() -> None:
    room = Saleroom()
    room.ask(withdraw(3))
    said = room.auction.announcement
    assert said is not None
    assert said.zh == "3 号标的 豫H111V6 由委托人撤回，不再拍卖。原因：权属争议。"
    assert said.en == "Lot 3 豫H111V6 was withdrawn by the consignor. Reason: 权属争议."


@article("12")
@pytest.mark.parametrize(("yuan", "allowed"), [(3_999, False), (4_000, True), (5_000, True), (5_001, False)])
def test_a_passed_lot_is_put_up_again_at_most_so_much_lower_and_never_higher(yuan: int, allowed: bool) -> None:
    room = Saleroom(reoffers_max=1, reoffer_lower_percent=20).open()
    room.passed(1)
    if not allowed:
        refusal = room.refusal(reoffer(1, yuan))
        assert refusal.reason is Reason.OPENING_PRICE
        assert refusal.detail == {"least_fen": 4_000_00, "most_fen": 5_000_00}
        return
    assert room.ask(reoffer(1, yuan)) == (
        LotReoffered(lot=LotNo(1), opening_price=Fen(yuan * 100), round=2, at=Nanoseconds(room.at)),
    )
    said = room.auction.announcement
    assert said is not None
    assert f"{yuan:,}" in said.zh
    assert f"{yuan:,}" in said.en


@article("12")
def test_a_share_of_an_odd_price_is_rounded_up_to_the_fen() -> None:
    room = Saleroom(reoffers_max=1, reoffer_lower_percent=33).open()
    room.passed(2)
    assert room.refusal(reoffer(2, 1)).detail["least_fen"] == 13_266_00


@article("12")
def test_a_lot_is_put_up_again_as_often_as_the_sheet_says() -> None:
    room = Saleroom(reoffers_max=2).open()
    for _ in range(2):
        room.passed(1)
        room.ask(reoffer(1, 5_000))
    room.passed(1)
    refusal = room.refusal(reoffer(1, 5_000))
    assert (refusal.reason, refusal.detail) == (Reason.REOFFER_LIMIT, {"lot": 1, "most": 2})


@article("12")
def test_only_a_passed_lot_is_put_up_again() -> None:
    room = Saleroom(reoffers_max=1, calls=1).open()
    assert room.refusal(reoffer(1, 5_000)).reason is Reason.REOFFER_LIMIT
    room.sell(1, 8, 5_000)
    assert room.refusal(reoffer(1, 5_000)).reason is Reason.REOFFER_LIMIT
    assert room.refusal(reoffer(9, 5_000)).reason is Reason.LOT_UNKNOWN


@article("12")
def test_the_new_round_has_a_book_of_its_own_and_the_reserve_stays() -> None:
    room = Saleroom(**timed(), reoffers_max=1)
    room.ask(reserve(9_000))
    room.open(1)
    room.bid(8, 5_000)
    book = room.lot(1).book
    room.fall_due()
    room.ask(reoffer(1, 5_000))
    lot = room.lot(1)
    assert (lot.phase, lot.bids, lot.standing, lot.highest, lot.leading) == (LotPhase.WAITING, [], [], {}, None)
    assert (lot.reserve, lot.closes_at, lot.ended_at) == (9_000_00, None, None)
    assert lot.book != book  # what came before is sealed in it
    room.put_up(1)
    (placed,) = room.bid(9, 9_000)
    assert isinstance(placed, BidPlaced)
    assert placed.no == 1
