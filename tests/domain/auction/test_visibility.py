"""Who sees what of amounts, counts and paddles while bidding goes on, and when it is open to all."""

from typing import Any

import pytest

from engine.domain.auction.commands import WithdrawLot
from engine.domain.auction.hearing import answered, disclosed, told
from engine.domain.auction.views import Audience, mine, picture
from engine.domain.parties import Principal, bidder
from engine.domain.refusals import Reason
from engine.domain.rulesheet import Advance, Lifted, PaddleDisplay, Sees, Visibility
from engine.domain.units import LotNo, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import ID, Saleroom, propose_void, timed

PUBLIC, BIDDERS, ROSTRUM = Audience.PUBLIC, Audience.BIDDER, Audience.ROSTRUM
NOT_PRICED = [Sees.OWN, Sees.RANK, Sees.NONE]


def hidden(
    bidders: Sees = Sees.OWN,
    public: Sees = Sees.NONE,
    *,
    counts: bool = False,
    lifted: Lifted = Lifted.LOT_END,
    **sheet: Any,
) -> Saleroom:
    """Lot 1, for which 8 bid 5,000 and 9 bid 6,000, as the sheet lets it be seen."""
    sight = Visibility(
        amounts_public=public, amounts_bidders=bidders, counts_public=counts, counts_bidders=counts, lifted=lifted
    )
    room = Saleroom(visibility=sight, calls=1, **sheet).open(1)
    room.bid(8, 5_000)
    room.bid(9, 6_000)
    return room


def block(room: Saleroom, audience: Audience) -> dict[str, Any]:
    part = picture(room.auction, audience)["block"]
    assert isinstance(part, dict)
    return part


def own(room: Saleroom, paddle: int) -> dict[str, Any]:
    part = mine(room.auction, PaddleNo(paddle))
    assert part is not None
    return part


def sold(room: Saleroom) -> Saleroom:
    room.call(1, 6_000)
    room.hammer(6_000)
    return room


@article("20")
@pytest.mark.parametrize("sees", NOT_PRICED)
@pytest.mark.parametrize("audience", [PUBLIC, BIDDERS])
def test_where_prices_are_hidden_neither_price_nor_leader_nor_what_is_asked_is_seen(
    sees: Sees, audience: Audience
) -> None:
    part = block(hidden(sees), audience)
    seen = {name: part[name] for name in ("price_fen", "leader", "leader_channel", "asked_fen", "bid_count", "bids")}
    assert seen == dict.fromkeys(seen, None) | {"bids": []}
    assert part["step_fen"] == 500_00


@article("20")
def test_before_the_first_bid_as_much_is_seen_as_after_it() -> None:
    sight = Visibility(amounts_public=Sees.NONE, amounts_bidders=Sees.OWN, counts_public=False, counts_bidders=False)
    unbid = block(Saleroom(visibility=sight, calls=1).open(1), PUBLIC)
    assert block(hidden(), PUBLIC) == unbid


@article("20")
@pytest.mark.parametrize("sees", list(Sees))
def test_the_officers_see_every_bid(sees: Sees) -> None:
    public = Sees.NONE if sees in NOT_PRICED else sees
    part = block(hidden(sees, public), ROSTRUM)
    assert [(bid["no"], bid["amount_fen"], bid["who"]) for bid in part["bids"]] == [
        (2, 6_000_00, {"paddle": 9}),
        (1, 5_000_00, {"paddle": 8}),
    ]
    assert (part["price_fen"], part["bid_count"]) == (6_000_00, 2)


@article("20")
def test_the_leading_price_alone_is_seen_without_the_bids_before_it() -> None:
    part = block(hidden(Sees.LEADING, Sees.LEADING, counts=True), PUBLIC)
    assert (part["price_fen"], part["leader"], part["asked_fen"]) == (6_000_00, {"paddle": 9}, 6_500_00)
    assert [(bid["no"], bid["amount_fen"]) for bid in part["bids"]] == [(2, 6_000_00)]


@article("20")
def test_a_bids_number_does_not_tell_a_count_that_is_hidden() -> None:
    room = hidden(Sees.LEADING, Sees.LEADING, counts=False)
    assert [bid["no"] for bid in block(room, PUBLIC)["bids"]] == [None]
    events = room.bid(8, 6_500)
    assert [event["no"] for event in told(room.auction, events, PUBLIC)] == [None]
    assert [event["no"] for event in answered(room.auction, events, bidder(PaddleNo(8)))] == [None]
    assert not disclosed(room.auction, events)
    assert [event["no"] for event in told(room.auction, events, ROSTRUM)] == [3]


@article("20")
def test_the_public_may_see_less_than_the_bidders() -> None:
    room = hidden(Sees.ALL, Sees.NONE)
    assert block(room, PUBLIC)["price_fen"] is None
    assert block(room, BIDDERS)["price_fen"] == 6_000_00
    assert not disclosed(room.auction, room.bid(8, 6_500))


@article("20")
@pytest.mark.parametrize(
    ("sees", "eight", "nine"),
    [
        (Sees.OWN, ([], None), ([1], None)),
        (Sees.RANK, ([], 2), ([1], 1)),
        (Sees.NONE, ([], None), ([], None)),
        (Sees.ALL, ([], None), ([1], None)),
    ],
)
def test_a_bidder_sees_his_own_bid_and_what_the_sheet_says_of_his_place(
    sees: Sees, eight: tuple[list[int], int | None], nine: tuple[list[int], int | None]
) -> None:
    room = hidden(sees)
    for paddle, amount, (leads, rank) in ((8, 5_000_00, eight), (9, 6_000_00, nine)):
        part = own(room, paddle)
        assert part["leads"] == leads
        assert part["last"] == [{"lot": 1, "amount_fen": amount, "rank": rank}]
    assert own(room, 51)["last"] == []


@article("20", "22")
def test_places_are_those_of_the_bids_that_stand() -> None:
    room = hidden(Sees.RANK)
    room.bid(51, 60_000)
    assert [own(room, paddle)["last"][0]["rank"] for paddle in (51, 9, 8)] == [1, 2, 3]
    room.void(3)
    assert own(room, 51)["last"] == []
    assert [own(room, paddle)["last"][0]["rank"] for paddle in (9, 8)] == [1, 2]


@article("20", "21")
def test_at_an_equal_price_the_leader_is_first() -> None:
    room = hidden(Sees.RANK, proxies=True)
    room.leave(8, 7_000)
    room.answers()
    room.bid(9, 7_000)
    assert room.answers() == [(8, 7_000, "held")]
    assert [own(room, paddle)["last"][0]["rank"] for paddle in (8, 9)] == [1, 2]


# What is heard.


@article("20")
@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("sees", NOT_PRICED)
def test_where_prices_are_hidden_bids_are_not_heard_of_for_each_one_leads(sees: Sees, counts: bool) -> None:
    room = hidden(sees, counts=counts)
    events = room.bid(8, 6_500)
    assert told(room.auction, events, PUBLIC) == []
    assert told(room.auction, events, BIDDERS) == []
    assert told(room.auction, room.void(3), PUBLIC) == []


@article("20")
def test_a_bidder_hears_the_answer_to_his_own_bid_in_full_and_always_the_same() -> None:
    room = hidden(Sees.NONE, paddles=PaddleDisplay.MASKED)
    events = room.bid(8, 6_500)
    (heard,) = before = answered(room.auction, events, bidder(PaddleNo(8)))
    assert (heard["amount_fen"], heard["who"]) == (6_500_00, {"paddle": 8})
    room.call(1, 6_500)
    room.hammer(6_500)
    assert answered(room.auction, events, bidder(PaddleNo(8))) == before


@article("20")
def test_a_call_is_heard_without_its_price() -> None:
    room = hidden()
    (heard,) = told(room.auction, room.call(1, 6_000), PUBLIC)
    assert heard == {"type": "WarningCalled", "lot": 1, "call": 1, "price_fen": None}


@article("20")
@pytest.mark.parametrize(("yuan", "step_fen"), [(5_000, 500_00), (20_000, 1_000_00)])
def test_a_bid_that_does_not_lead_is_told_nothing_of_the_price_not_even_its_band(yuan: int, step_fen: int) -> None:
    room = hidden()
    room.bid(8, 45_000)
    refusal = room.refusal(room.offer(9, yuan))
    assert (refusal.reason, refusal.detail) == (Reason.BID_NOT_LEADING, {"step_fen": step_fen})


@article("20")
def test_below_the_opening_price_the_least_bid_may_be_told() -> None:
    sight = Visibility(amounts_public=Sees.NONE, amounts_bidders=Sees.NONE)
    room = Saleroom(visibility=sight).open(1)
    assert room.refusal(room.offer(8, 4_000)).detail["least_fen"] == 5_000_00


@article("3", "17", "20")
@pytest.mark.parametrize("audience", Audience)
def test_a_maximum_is_told_to_nobody_but_its_bidder(audience: Audience) -> None:
    room = hidden(Sees.ALL, Sees.ALL, proxies=True)
    events = room.leave(8, 76_543)
    assert told(room.auction, events, audience) == []
    assert not disclosed(room.auction, events)
    assert "7654300" not in str(picture(room.auction, audience))
    assert own(room, 8)["proxies"] == [{"lot": 1, "maximum_fen": 76_543_00}]
    assert own(room, 9)["proxies"] == []


@article("12", "20")
@pytest.mark.parametrize("audience", Audience)
def test_a_reserve_is_told_to_nobody(audience: Audience) -> None:
    room = Saleroom()
    room.reserve(1, 76_543)
    assert told(room.auction, [room.history[-1]], audience) == [{"type": "ReserveSet", "lot": 1}]
    assert not disclosed(room.auction, [room.history[-1]])
    assert "7654300" not in str(picture(room.auction, audience))


@article("12", "20")
@pytest.mark.parametrize(
    ("shown", "sees", "public", "rostrum"),
    [
        (True, Sees.ALL, "unmet", "unmet"),
        (False, Sees.ALL, "secret", "unmet"),
        (True, Sees.NONE, "secret", "unmet"),
    ],
)
def test_whether_the_reserve_is_met_is_told_as_the_sheet_says_and_where_the_price_is_seen(
    shown: bool, sees: Sees, public: str, rostrum: str
) -> None:
    sight = Visibility(amounts_public=sees, amounts_bidders=sees)
    room = Saleroom(visibility=sight, reserve_shown=shown)
    room.reserve(1, 6_000)
    room.open(1)
    room.bid(8, 5_000)
    assert (block(room, PUBLIC)["reserve"], block(room, ROSTRUM)["reserve"]) == (public, rostrum)


@article("20", "22")
def test_only_the_officers_see_a_void_that_is_pending() -> None:
    room = hidden(Sees.ALL, Sees.ALL, counts=True)
    events = room.ask(propose_void(1, 2))
    assert block(room, PUBLIC)["void"] is None
    assert block(room, ROSTRUM)["void"]["no"] == 2
    assert told(room.auction, events, BIDDERS) == []


# When it is lifted.


@article("20")
@pytest.mark.parametrize(
    ("lifted", "at_lot_end", "at_sale_end"),
    [(Lifted.LOT_END, True, True), (Lifted.SALE_END, False, True), (Lifted.NEVER, False, False)],
)
@pytest.mark.parametrize("audience", [PUBLIC, BIDDERS])
def test_what_was_hidden_is_open_when_the_sheet_says(
    lifted: Lifted, at_lot_end: bool, at_sale_end: bool, audience: Audience
) -> None:
    room = sold(hidden(lifted=lifted))
    for lot in (2, 3):
        room.ask(WithdrawLot(command_id=ID, by=Principal("auctioneer:1"), lot=LotNo(lot), reason="权属争议"))

    def is_open() -> bool:
        parts = picture(room.auction, audience)
        seen = {
            parts["block"]["price_fen"] == 6_000_00,
            parts["block"]["bid_count"] == 2,
            len(parts["block"]["bids"]) == 2,
            parts["lot/1"]["hammer_fen"] == 6_000_00,
            parts["lot/1"]["who"] == {"paddle": 9},
            parts["figures"]["turnover_fen"] == 6_000_00,
            parts["figures"]["premium"] is not None,
            parts["figures"]["top"] is not None,
        }
        assert len(seen) == 1  # all of it or nothing
        return True in seen

    assert is_open() is at_lot_end
    room.close()
    assert is_open() is at_sale_end


@article("20")
def test_the_hammer_tells_neither_price_nor_buyer_while_they_are_hidden() -> None:
    room = hidden(lifted=Lifted.NEVER)
    room.call(1, 6_000)
    (heard,) = told(room.auction, room.hammer(6_000), PUBLIC)
    assert (heard["price_fen"], heard["who"]) == (None, None)
    assert own(room, 9)["won"] == [{"lot": 1, "plate": "豫H8H888", "hammer_fen": 6_000_00}]


@article("20")
def test_what_is_lifted_at_the_end_of_a_lot_is_that_lots_alone() -> None:
    sight = Visibility(amounts_public=Sees.NONE, amounts_bidders=Sees.OWN)
    room = Saleroom(**timed(advance=Advance.TOGETHER), visibility=sight).open()
    room.ask(room.offer(8, 5_000, 1))
    room.at += 1
    parts = picture(room.auction, PUBLIC)
    assert parts["lot/1"]["open"]["price_fen"] is None
    room.fall_due()
    parts = picture(room.auction, PUBLIC)
    assert (parts["lot/1"]["hammer_fen"], parts["lot/1"]["open"]) == (5_000_00, None)


@article("5", "20")
@pytest.mark.parametrize("paddles", [PaddleDisplay.MASKED, PaddleDisplay.MASKED_UNTIL_CLOSED])
def test_masks_hold_whatever_is_lifted(paddles: PaddleDisplay) -> None:
    room = sold(hidden(paddles=paddles))
    assert picture(room.auction, PUBLIC)["lot/1"]["who"] == {"alias": 2}
    room.passed(2, 3)
    room.close()
    who = picture(room.auction, PUBLIC)["lot/1"]["who"]
    assert who == ({"alias": 2} if paddles is PaddleDisplay.MASKED else {"paddle": 9})
