"""Who sees what: nothing masked or private in any view of any sale, and parts that add up to the whole picture."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction.commands import CloseSale, Command, OpenSale, ResumeSale, SuspendSale
from engine.domain.auction.events import Event, PaddleAdmitted
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.auction.views import BIDS_SHOWN, Audience, changed, concerned, disclosed, mine, picture, told
from engine.domain.canonical import plain
from engine.domain.parties import Channel, Principal
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import DepositRule, PaddleDisplay, RuleSheet
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from engine.wire.codec import encode_outcome
from tests.articles import article
from tests.domain.auction import random_sale
from tests.domain.auction.saleroom import ID as ANY
from tests.domain.auction.saleroom import (
    ROSTRUM,
    Saleroom,
    admit,
    announcement,
    bid,
    call,
    hammer,
    pass_lot,
    put_up,
    span,
)

ONLINE, HALL = (987_601, 987_602, 987_603), (987_651, 987_652)
MARK = "9876"
"""In every paddle's number, and in nothing else."""

MASKED = (PaddleDisplay.MASKED, PaddleDisplay.MASKED_UNTIL_CLOSED)

Moves = list[tuple[str, int, int]]

MOVES: st.SearchStrategy[Moves] = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("bid",) * 10,
                *("call",) * 3,
                *("knock down",) * 3,
                *("put up",) * 3,
                *("admit", "pass", "suspend", "resume", "close", "finish"),
            ]
        ),
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    min_size=8,
    max_size=40,
)
SHEETS = st.fixed_dictionaries(
    {
        "paddles": st.sampled_from(PaddleDisplay),
        "deposit": st.sampled_from(DepositRule),
        "calls": st.integers(1, 2),
    }
)


@dataclass
class Held:
    """A sale being held."""

    auction: Auction
    events: list[tuple[Event, ...]] = field(default_factory=list)
    at: int = 1_000_000


def held(sheet: dict[str, Any], moves: Moves) -> Iterator[tuple[Held, tuple[Event, ...]]]:
    """The sale after each record that changed it, beginning with its announcement."""
    announced = decide(None, announcement(**sheet), Nanoseconds(1))
    sale = Held(apply(None, announced[0]))
    yield sale, announced
    opening: Moves = [*(("admit", which, 1) for which in range(4)), ("open", 0, 0), ("put up", 0, 0)]
    for move in (*opening, *(one for several in moves for one in spread(several))):
        sale.at += 1000
        command = meant(sale.auction, move)
        if command is None:
            continue
        try:
            events = decide(sale.auction, command, Nanoseconds(sale.at))
        except Refusal:
            continue
        for event in events:
            sale.auction = apply(sale.auction, event)
        sale.events.append(events)
        yield sale, events


def spread(move: tuple[str, int, int]) -> Moves:
    """The single moves of one that stands for several."""
    _, which, more = move
    match move[0]:
        case "knock down":
            return [("call", 0, 0), ("call", 0, 0), ("hammer", 0, 0), ("put up", 0, more)]
        case "finish":
            lots: Moves = []
            for lot in range(3):
                lots += [("put up", 0, lot), ("bid", which, 0), ("call", 0, 0), ("call", 0, 0)]
                lots += [("hammer", 0, 0), ("pass", 0, 0)]
            return [("resume", 0, 0), *lots, ("close", 0, 0)]
        case _:
            return [move]


def meant(auction: Auction, move: tuple[str, int, int]) -> Command | None:
    """The command of ``move``, mostly one that will be accepted."""
    kind, which, more = move
    lot = auction.open_lot()
    number = lot.number if lot is not None else 1
    paddle = PaddleNo((*ONLINE, *HALL)[which])
    price = (lot.leading.amount if lot is not None and lot.leading else 0) // 100
    match kind:
        case "bid":
            by = Principal("clerk:1" if paddle in HALL else f"bidder:{paddle}")
            asked = auction.asked(lot) if lot is not None else Fen(0)
            step = auction.rules.step(asked)
            return bid(paddle, (asked + more * step) // 100, lot=number, by=by)
        case "call":
            return call(number, (lot.calls if lot is not None else 0) + 1, price)
        case "hammer":
            return hammer(number, price)
        case "put up":
            return put_up(more + 1)
        case "pass":
            return pass_lot(number)
        case "admit":
            return admit(paddle, Channel.HALL if paddle in HALL else Channel.ONLINE, more + 1)
        case "open":
            return OpenSale(command_id=ANY, by=ROSTRUM)
        case "suspend":
            return SuspendSale(command_id=ANY, by=ROSTRUM, reason="停电")
        case "resume":
            return ResumeSale(command_id=ANY, by=ROSTRUM)
        case _:
            return CloseSale(command_id=ANY, by=ROSTRUM)


def spelt(view: Any) -> str:
    return json.dumps(plain(view), ensure_ascii=False)


# Leaks.


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_a_masked_sale_shows_no_paddle_to_the_public(sheet: dict[str, Any], moves: Moves) -> None:
    for sale, events in held({**sheet, "paddles": PaddleDisplay.MASKED}, moves):
        for view in (
            picture(sale.auction, Audience.PUBLIC),
            changed(sale.auction, events, Audience.PUBLIC),
            told(sale.auction, events, Audience.PUBLIC),
        ):
            assert MARK not in spelt(view)
        if disclosed(sale.auction, events):
            assert MARK not in encode_outcome(events).decode()


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_a_sale_masked_until_it_is_closed_shows_no_paddle_before(sheet: dict[str, Any], moves: Moves) -> None:
    for sale, events in held({**sheet, "paddles": PaddleDisplay.MASKED_UNTIL_CLOSED}, moves):
        if sale.auction.phase == "closed":
            return
        for view in (
            picture(sale.auction, Audience.PUBLIC),
            changed(sale.auction, events, Audience.PUBLIC),
            told(sale.auction, events, Audience.PUBLIC),
        ):
            assert MARK not in spelt(view)
        if disclosed(sale.auction, events):
            assert MARK not in encode_outcome(events).decode()


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_an_outcome_is_disclosed_only_if_everybody_may_see_all_of_it(sheet: dict[str, Any], moves: Moves) -> None:
    for sale, events in held(sheet, moves):
        if disclosed(sale.auction, events):
            assert not any(isinstance(event, PaddleAdmitted) for event in events)
            if MARK in encode_outcome(events).decode():
                assert MARK in spelt(told(sale.auction, events, Audience.PUBLIC))


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_admissions_are_never_public(sheet: dict[str, Any], moves: Moves) -> None:
    for sale, events in held(sheet, moves):
        public = picture(sale.auction, Audience.PUBLIC)
        assert not [name for name in public if name.startswith("paddle/")]
        assert "rights" not in spelt(public)
        shown = spelt(public)
        bidders = {bid.paddle for lot in sale.auction.lots.values() for bid in lot.bids}
        for paddle in set(sale.auction.paddles) - bidders:
            assert str(paddle) not in shown  # admitted, and has not bid
        if any(isinstance(event, PaddleAdmitted) for event in events):
            assert changed(sale.auction, events, Audience.PUBLIC) == {}
            assert told(sale.auction, events, Audience.PUBLIC) == []


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_a_private_part_concerns_its_own_paddle_only(sheet: dict[str, Any], moves: Moves) -> None:
    for sale, _ in held(sheet, moves):
        for paddle in (*ONLINE, *HALL, 1):
            part = mine(sale.auction, PaddleNo(paddle))
            assert (part is None) == (paddle not in sale.auction.paddles)
            if part is None:
                continue
            assert part["paddle"] == paddle
            assert MARK not in spelt(part).replace(str(paddle), "")
            lots = sale.auction.lots.values()
            won = [lot.number for lot in lots if lot.phase == "sold" and lot.bids[-1].paddle == paddle]
            assert sorted(one["lot"] for one in part["won"]) == won
            leads = [lot.number for lot in lots if lot.phase == "open" and lot.bids and lot.bids[-1].paddle == paddle]
            assert part["leads"] == leads


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_who_is_masked_has_one_alias_throughout_and_shares_it_with_nobody(sheet: dict[str, Any], moves: Moves) -> None:
    known: dict[int, int] = {}
    for sale, _ in held({**sheet, "paddles": PaddleDisplay.MASKED}, moves):
        public = picture(sale.auction, Audience.PUBLIC)
        rostrum = picture(sale.auction, Audience.ROSTRUM)
        pairs = [(public["block"], rostrum["block"], "leader")] if public["block"] else []
        pairs += [(public[name], rostrum[name], "who") for name in public if name.startswith("lot/")]
        if public["block"]:
            pairs += [
                (one, other, "who")
                for one, other in zip(public["block"]["bids"], rostrum["block"]["bids"], strict=True)
            ]
        for one, other, name in pairs:
            if one[name] is None:
                assert other[name] is None
                continue
            assert list(one[name]) == ["alias"]
            assert known.setdefault(one[name]["alias"], other[name]["paddle"]) == other[name]["paddle"]
    assert len(set(known.values())) == len(known)
    assert sorted(known) == list(range(1, len(known) + 1)) or not known


# Adding up.


@pytest.mark.parametrize("audience", Audience)
@settings(max_examples=40)
@given(sheet=SHEETS, moves=MOVES)
def test_the_parts_that_changed_add_up_to_the_picture(audience: Audience, sheet: dict[str, Any], moves: Moves) -> None:
    parts: dict[str, Any] = {}
    for sale, events in held(sheet, moves):
        parts.update(changed(sale.auction, events, audience))
        assert parts == picture(sale.auction, audience)


@settings(max_examples=60)
@given(random_sale.sheets(), random_sale.MOVES)
def test_the_parts_that_changed_add_up_in_sales_of_every_kind(sheet: RuleSheet, moves: list[random_sale.Move]) -> None:
    sale, done = random_sale.Sale(sheet), 0
    parts: dict[Audience, dict[str, Any]] = {audience: {} for audience in Audience}
    for _ in sale.play(moves):
        taken, done = sale.taken[done:], len(sale.taken)
        events = [event for _, _, outcome in taken if not isinstance(outcome, Refusal) for event in outcome]
        for audience, shown in parts.items():
            shown.update(changed(sale.auction, events, audience))
            assert shown == picture(sale.auction, audience)


@pytest.mark.parametrize("audience", Audience)
def test_a_lot_says_that_its_reserve_is_met_as_soon_as_a_bid_meets_it(audience: Audience) -> None:
    room = Saleroom()
    room.reserve(1, 6_000)
    room.open(1)
    before = picture(room.auction, audience)
    events = room.bid(8, 6_000)
    after = {**before, **changed(room.auction, events, audience)}
    assert (before["lot/1"]["reserve"], after["lot/1"]["reserve"]) == ("unmet", "met")
    assert after == picture(room.auction, audience)


@pytest.mark.parametrize("audience", Audience)
def test_after_a_resumption_everybody_sees_from_when_the_hammer_may_fall(audience: Audience) -> None:
    room = Saleroom(dwell=span(5)).open(1)
    room.bid(8, 5_000)
    room.suspend()
    before = picture(room.auction, audience)
    events = room.wait_until(60).resume()
    after = {**before, **changed(room.auction, events, audience)}
    assert after["block"]["hammer_from_us"] > before["block"]["hammer_from_us"]
    assert after == picture(room.auction, audience)


@pytest.mark.parametrize("audience", Audience)
def test_a_bid_changes_every_part_that_counts_it(audience: Audience) -> None:
    room = Saleroom().open(1)
    before = picture(room.auction, audience)
    events = room.bid(8, 5_000)
    assert {**before, **changed(room.auction, events, audience)} == picture(room.auction, audience)


@pytest.mark.parametrize("audience", Audience)
@settings(max_examples=40)
@given(sheet=SHEETS, moves=MOVES)
def test_nothing_is_sent_that_did_not_change_but_what_a_record_is_about(
    audience: Audience, sheet: dict[str, Any], moves: Moves
) -> None:
    """A part may be sent again unchanged; one that is no part of the picture may not be sent at all."""
    for sale, events in held(sheet, moves):
        whole = picture(sale.auction, audience)
        for name, part in changed(sale.auction, events, audience).items():
            assert whole[name] == part


@pytest.mark.parametrize("audience", Audience)
@settings(max_examples=40)
@given(sheet=SHEETS, moves=MOVES, gaps=st.lists(st.integers(1, 7), min_size=1))
def test_a_viewer_who_is_sent_only_the_newest_of_each_part_sees_the_same(
    audience: Audience, sheet: dict[str, Any], moves: Moves, gaps: list[int]
) -> None:
    parts: dict[str, Any] = {}
    missed: dict[str, Any] = {}
    due, turn = gaps[0], 0
    for count, (sale, events) in enumerate(held(sheet, moves), 1):
        missed |= changed(sale.auction, events, audience)
        if count >= due:
            parts, missed, turn = parts | missed, {}, turn + 1
            due += gaps[turn % len(gaps)]
            assert parts == picture(sale.auction, audience)


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_everyone_whose_private_part_changed_is_concerned(sheet: dict[str, Any], moves: Moves) -> None:
    everyone = [PaddleNo(number) for number in (*ONLINE, *HALL)]
    before: dict[PaddleNo, Any] = dict.fromkeys(everyone)
    for sale, events in held(sheet, moves):
        now = {paddle: mine(sale.auction, paddle) for paddle in everyone}
        assert {paddle for paddle in everyone if now[paddle] != before[paddle]} <= concerned(sale.auction, events)
        before = now


@settings(max_examples=40)
@given(SHEETS, MOVES)
def test_looking_changes_nothing(sheet: dict[str, Any], moves: Moves) -> None:
    for sale, events in held(sheet, moves):
        before = spelt(sale.auction)
        for audience in Audience:
            picture(sale.auction, audience)
            changed(sale.auction, events, audience)
            told(sale.auction, events, audience)
        mine(sale.auction, PaddleNo(ONLINE[0]))
        assert spelt(sale.auction) == before


# By example.


@pytest.mark.parametrize("paddles", PaddleDisplay)
def test_the_rostrum_sees_every_paddle(paddles: PaddleDisplay) -> None:
    room = Saleroom(paddles=paddles).open(1)
    room.bid(8, 5_000)
    view = picture(room.auction, Audience.ROSTRUM)
    assert view["block"]["leader"] == view["block"]["bids"][0]["who"] == {"paddle": 8}
    assert {name for name in view if name.startswith("paddle/")} == {"paddle/8", "paddle/9", "paddle/51", "paddle/52"}


@pytest.mark.parametrize("paddles", MASKED)
def test_masked_bidders_are_numbered_in_the_order_of_their_first_bid(paddles: PaddleDisplay) -> None:
    room = Saleroom(paddles=paddles).open(1)
    room.bid(9, 5_000)
    room.bid(51, 5_500)
    room.bid(9, 6_000)
    room.bid(8, 6_500)
    bids = picture(room.auction, Audience.PUBLIC)["block"]["bids"]
    assert [one["who"] for one in bids] == [{"alias": 3}, {"alias": 1}, {"alias": 2}, {"alias": 1}]


def test_closing_a_sale_masked_until_then_unmasks_everything_at_once() -> None:
    room = Saleroom(paddles=PaddleDisplay.MASKED_UNTIL_CLOSED).open()
    room.sell(1, 9, 5_000)
    room.passed(2, 3)
    hidden = picture(room.auction, Audience.PUBLIC)
    assert hidden["lot/1"]["who"] == {"alias": 1}
    events = room.close()
    shown = changed(room.auction, events, Audience.PUBLIC)
    assert shown == picture(room.auction, Audience.PUBLIC)
    assert shown["lot/1"]["who"] == {"paddle": 9}
    assert disclosed(room.auction, room.history[-1:])


def test_an_admission_stays_private_after_the_sale_is_closed() -> None:
    room = Saleroom(paddles=PaddleDisplay.SHOWN).open()
    admissions = [event for event in room.history if isinstance(event, PaddleAdmitted)]
    room.passed(1, 2, 3)
    room.close()
    for event in admissions:
        assert not disclosed(room.auction, (event,))


def test_the_block_shows_the_last_bids_only_and_counts_all() -> None:
    room = Saleroom().open(1)
    for at in range(BIDS_SHOWN + 3):
        room.bid((8, 9)[at % 2], 5_000 + 500 * at)
    block = picture(room.auction, Audience.PUBLIC)["block"]
    assert len(block["bids"]) == BIDS_SHOWN
    assert block["bid_count"] == BIDS_SHOWN + 3
    assert [one["amount_fen"] for one in block["bids"]] == sorted(
        (one["amount_fen"] for one in block["bids"]), reverse=True
    )
    assert block["bids"][0]["amount_fen"] == block["price_fen"]


@article("7")
def test_the_price_asked_for_on_the_screen_is_one_that_is_accepted() -> None:
    room = Saleroom().open(1)
    for paddle in (8, 51, 9):
        asked = picture(room.auction, Audience.PUBLIC)["block"]["asked_fen"]
        room.bid(paddle, asked // 100)


def test_a_view_can_be_sent() -> None:
    room = Saleroom().open()
    room.sell(1, 9, 5_000)
    for audience in Audience:
        json.dumps(plain(picture(room.auction, audience)))
    assert MARK not in spelt(picture(room.auction, Audience.PUBLIC))
