"""Two officers void a bid, and price and leader are what they would have been without it."""

import pytest

from engine.domain.auction.commands import VoidReason
from engine.domain.auction.events import (
    BiddingExtended,
    BidVoided,
    Extended,
    ProxyCancelled,
    VoidDropped,
    VoidProposed,
    WarningCancelled,
)
from engine.domain.auction.state import Proposal
from engine.domain.parties import Principal, Role, bidder
from engine.domain.refusals import Reason
from engine.domain.rulesheet import Advance, ExtensionKind
from engine.domain.units import LotNo, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import (
    DESK,
    REGISTRAR,
    ROSTRUM,
    SUPERVISOR,
    Saleroom,
    confirm_void,
    drop_void,
    extension,
    propose_void,
    span,
    timed,
)


@pytest.fixture
def block() -> Saleroom:
    """Lot 1, for which 8 bid 5,500 and the clerk entered 60,000 for 51."""
    room = Saleroom(proxies=True).open(1)
    room.bid(8, 5_500)
    room.bid(51, 60_000)
    return room


def leader(room: Saleroom, lot: int = 1) -> tuple[int, int] | None:
    leading = room.lot(lot).leading
    return None if leading is None else (leading.paddle, leading.amount // 100)


@article("22")
def test_two_officers_void_a_bid_and_the_one_before_leads_again(block: Saleroom) -> None:
    proposed = block.ask(propose_void(1, 2))
    assert proposed == (VoidProposed(lot=LotNo(1), no=2, reason=VoidReason.MISKEYED, by=Role.CLERK),)
    assert leader(block) == (51, 60_000)
    (voided,) = block.ask(confirm_void(1, 2))
    assert isinstance(voided, BidVoided)
    assert (voided.no, voided.paddle, voided.amount, voided.at) == (2, 51, 60_000_00, block.at)
    assert leader(block) == (8, 5_500)
    assert block.auction.asked(block.lot(1)) == 6_000_00


@article("22")
def test_nothing_is_erased(block: Saleroom) -> None:
    block.void(2)
    assert [bid.amount // 100 for bid in block.lot(1).bids] == [5_500, 60_000]
    assert [bid.no for bid in block.lot(1).standing] == [1]
    block.bid(51, 6_000)
    assert block.lot(1).bids[-1].no == 3


@article("22")
def test_the_first_price_is_asked_again_when_the_only_bid_is_void() -> None:
    room = Saleroom().open(1)
    room.bid(8, 9_000)
    room.void(1)
    assert leader(room) is None
    assert room.auction.asked(room.lot(1)) == 5_000_00


@article("22")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DESK, DESK),
        (DESK, Principal("clerk:2")),
        (ROSTRUM, ROSTRUM),
        (ROSTRUM, Principal("auctioneer:2")),
        (SUPERVISOR, Principal("supervisor:2")),
    ],
)
def test_two_of_one_office_void_nothing(block: Saleroom, first: Principal, second: Principal) -> None:
    block.ask(propose_void(1, 2, by=first))
    assert block.refusal(confirm_void(1, 2, by=second)).reason is Reason.SECOND_OFFICER_REQUIRED


@article("22")
@pytest.mark.parametrize(
    ("first", "second"),
    [(DESK, ROSTRUM), (ROSTRUM, DESK), (DESK, SUPERVISOR), (SUPERVISOR, DESK), (ROSTRUM, SUPERVISOR)],
)
def test_two_offices_of_which_one_decides_void_a_bid(block: Saleroom, first: Principal, second: Principal) -> None:
    block.ask(propose_void(1, 2, by=first))
    block.ask(confirm_void(1, 2, by=second))
    assert leader(block) == (8, 5_500)


@article("3", "22")
@pytest.mark.parametrize("by", [REGISTRAR, bidder(PaddleNo(8)), Principal("house:engine")])
def test_nobody_else_proposes_confirms_or_drops(block: Saleroom, by: Principal) -> None:
    assert block.refusal(propose_void(1, 2, by=by)).reason is Reason.NOT_AUTHORISED
    block.ask(propose_void(1, 2))
    assert block.refusal(confirm_void(1, 2, by=by)).reason is Reason.NOT_AUTHORISED
    assert block.refusal(drop_void(1, 2, by=by)).reason is Reason.NOT_AUTHORISED


@article("22")
@pytest.mark.parametrize("no", [0, 3])
def test_a_number_that_is_no_bid_is_refused(block: Saleroom, no: int) -> None:
    assert block.refusal(propose_void(1, no)).reason is Reason.BID_UNKNOWN


@article("22")
def test_a_bid_is_voided_once(block: Saleroom) -> None:
    block.void(2)
    assert block.refusal(propose_void(1, 2)).reason is Reason.BID_UNKNOWN
    assert block.refusal(confirm_void(1, 2)).reason is Reason.NO_VOID_PENDING


@article("22")
def test_one_void_is_pending_at_a_time(block: Saleroom) -> None:
    block.ask(propose_void(1, 2))
    refusal = block.refusal(propose_void(1, 1, by=SUPERVISOR))
    assert (refusal.reason, refusal.detail) == (Reason.VOID_PENDING, {"no": 2})
    assert block.refusal(confirm_void(1, 1)).reason is Reason.NO_VOID_PENDING


@article("22")
@pytest.mark.parametrize("by", [DESK, ROSTRUM, SUPERVISOR])
def test_a_proposal_may_be_dropped_and_then_the_bid_stands(block: Saleroom, by: Principal) -> None:
    block.ask(propose_void(1, 2))
    assert block.ask(drop_void(1, 2, by=by)) == (VoidDropped(lot=LotNo(1), no=2),)
    assert leader(block) == (51, 60_000)
    assert block.refusal(drop_void(1, 2)).reason is Reason.NO_VOID_PENDING


@article("22")
def test_a_bid_may_come_while_a_void_is_pending(block: Saleroom) -> None:
    block.ask(propose_void(1, 2))
    block.bid(8, 61_000)
    assert block.lot(1).proposal == Proposal(no=2, reason=VoidReason.MISKEYED, by=Role.CLERK)
    block.ask(confirm_void(1, 2))
    assert leader(block) == (8, 61_000)


@article("10", "22")
def test_a_void_of_the_leading_bid_cancels_the_calls_and_another_does_not(block: Saleroom) -> None:
    block.call(1, 60_000)
    block.void(1)
    assert block.lot(1).calls == 1
    events = block.void(2)
    assert WarningCancelled(lot=LotNo(1)) in events
    assert block.lot(1).calls == 0


@article("17", "22")
def test_with_a_bid_go_the_automatic_bids_that_answered_it_and_others_answer_anew(block: Saleroom) -> None:
    block.void(2)
    block.leave(9, 20_000)
    assert block.answers() == [(9, 6_000, "proxy")]
    block.bid(51, 15_000)
    assert block.answers() == [(9, 15_500, "proxy")]
    events = block.void(4)
    assert [event.no for event in events if isinstance(event, BidVoided)] == [4, 5]
    assert leader(block) == (9, 6_000)
    assert block.answers() == []
    block.bid(51, 6_500)
    assert block.answers() == [(9, 7_000, "proxy")]


@article("17", "22")
def test_the_maximum_of_whoever_made_the_bid_is_cancelled(block: Saleroom) -> None:
    block.leave(51, 70_000)
    assert ProxyCancelled(lot=LotNo(1), paddle=PaddleNo(51)) in block.void(2)
    assert block.answers() == []
    assert leader(block) == (8, 5_500)


@article("17", "22")
def test_maxima_that_were_beaten_by_the_bid_answer_anew() -> None:
    room = Saleroom(proxies=True).open(1)
    room.leave(8, 9_000)
    room.answers()
    room.bid(51, 60_000)
    room.leave(9, 61_000)
    assert room.answers() == [(9, 61_000, "proxy")]
    room.void(2)
    assert leader(room) == (8, 5_000)
    assert room.answers() == [(9, 5_500, "proxy"), (8, 9_000, "proxy"), (9, 9_500, "proxy")]


@article("4", "22")
def test_a_bid_whose_right_is_bound_elsewhere_does_not_come_back() -> None:
    room = Saleroom(**timed(advance=Advance.TOGETHER))
    room.open()
    room.ask(room.offer(9, 5_000, 1))
    room.ask(room.offer(8, 5_500, 1))
    room.ask(room.offer(51, 60_000, 1))
    room.ask(room.offer(8, 6_000, 3))  # his only right is free again, and goes here
    events = room.void(3, lot=1)
    assert [(event.no, event.reason) for event in events if isinstance(event, BidVoided)] == [
        (2, VoidReason.NOT_ENTITLED),
        (3, VoidReason.MISKEYED),
    ]
    assert leader(room, 1) == (9, 5_000)
    assert leader(room, 3) == (8, 6_000)
    assert room.auction.announcement is not None
    assert "entered wrongly" in room.auction.announcement.en


@article("4", "22")
def test_a_bid_whose_right_is_free_comes_back() -> None:
    room = Saleroom(**timed(advance=Advance.TOGETHER))
    room.open()
    room.ask(room.offer(9, 5_000, 1))
    room.ask(room.offer(51, 60_000, 1))
    room.ask(room.offer(9, 6_000, 3))  # two deposits
    room.void(2, lot=1)
    assert (leader(room, 1), leader(room, 3)) == ((9, 5_000), (9, 6_000))


@article("18", "22")
@pytest.mark.parametrize(("confirmed_s", "end_s"), [(120, None), (120.5, 130.5), (130, 140)])
def test_a_whole_window_is_left_after_a_void_and_never_less_than_before(
    confirmed_s: float, end_s: float | None
) -> None:
    room = Saleroom(**timed())
    room.open()
    room.wait_until(100).put_up(1)
    room.bid(8, 5_000)
    room.ask(propose_void(1, 1))
    events = room.wait_until(confirmed_s).ask(confirm_void(1, 1))
    extended = [event for event in events if isinstance(event, BiddingExtended)]
    assert [(event.closes_at, event.why) for event in extended] == (
        [] if end_s is None else [(span(end_s), Extended.VOID)]
    )
    assert room.lot(1).extensions == 0  # it counts for no bound of the sheet


@article("18", "22")
def test_what_a_voided_bid_had_moved_stays_moved() -> None:
    room = Saleroom(**timed(extension=extension(ExtensionKind.RESET, within=10, by=60)))
    room.open()
    room.wait_until(100).put_up(1)
    room.wait_until(125).bid(8, 5_000)
    room.void(1)
    assert room.lot(1).closes_at == span(185)


@article("22")
def test_a_proposal_lapses_with_the_lot() -> None:
    room = Saleroom(**timed()).open(1)
    room.bid(8, 5_000)
    room.ask(propose_void(1, 1))
    first, *_ = room.fall_due()
    assert first == VoidDropped(lot=LotNo(1), no=1)
    assert room.refusal(confirm_void(1, 1)).reason is Reason.LOT_NOT_OPEN
    assert room.refusal(drop_void(1, 1)).reason is Reason.NO_VOID_PENDING


@article("13", "22")
def test_bids_are_voided_while_the_sale_rests_too(block: Saleroom) -> None:
    block.suspend()
    block.void(2)
    assert leader(block) == (8, 5_500)


@article("22")
def test_what_is_not_on_the_block_is_not_voided(block: Saleroom) -> None:
    assert block.refusal(propose_void(2, 1)).reason is Reason.LOT_NOT_OPEN
    assert block.refusal(propose_void(9, 1)).reason is Reason.LOT_UNKNOWN
    assert block.refusal(drop_void(9, 1)).reason is Reason.LOT_UNKNOWN


@article("22")
@pytest.mark.parametrize("reason", VoidReason)
def test_everybody_is_told_why_and_no_amount_and_nobody(block: Saleroom, reason: VoidReason) -> None:
    block.void(2, reason)
    said = block.auction.announcement
    assert said is not None
    assert said.kind == "voided"
    assert "1 号标的 豫H8H888 有应价经两名工作人员确认撤销（" in said.zh
    assert said.en.startswith("A bid for lot 1 豫H8H888 was voided by two officers (")
    for text in (said.zh, said.en):
        assert "60" not in text
        assert "51" not in text
