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
    LotOpened,
    SaleAnnounced,
    SaleClosed,
    SaleOpened,
    SaleResumed,
    SaleSuspended,
    WarningCancelled,
)
from engine.domain.auction.rules import MAY_ASK, MAY_FOLLOW, apply, decide, next_deadline
from engine.domain.auction.state import LotPhase, SalePhase
from engine.domain.parties import HOUSE, Channel, Principal, Role, bidder
from engine.domain.proceeding import state_digest
from engine.domain.refusals import WORDING, Ineligible, Reason, Refusal
from engine.domain.units import LotNo, Nanoseconds, PaddleNo
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
