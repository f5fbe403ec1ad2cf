"""Nothing secret in anything that anybody else is shown, in random sales under every combination of what a sheet may hide."""

import json
import re
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings

from engine.domain.auction.events import BidPlaced, BidVoided, Event, HammerFell, ProxyPlaced, ReserveSet
from engine.domain.auction.state import Auction
from engine.domain.auction.views import Audience, answered, changed, disclosed, mine, picture, told
from engine.domain.canonical import plain
from engine.domain.parties import bidder
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import PaddleDisplay, RuleSheet, Sees
from engine.domain.units import PaddleNo
from engine.wire.codec import dumps, encode_outcome
from tests.articles import article
from tests.domain.auction.random_sale import MOVES, PADDLES, Move, Sale, hidden, is_officer, sheets


def numbers(*views: Any) -> set[int]:
    """Every number that stands in the bytes of ``views``."""
    return {int(found) for view in views for found in re.findall(r"\d+", json.dumps(plain(view), ensure_ascii=False))}


def sealed(events: Iterable[Event], but: PaddleNo | None = None) -> set[int]:
    """What is never told: reserves and the maxima of others."""
    reserves = {int(event.amount) for event in events if isinstance(event, ReserveSet)}
    return reserves | {int(each.maximum) for each in events if isinstance(each, ProxyPlaced) and each.paddle != but}


def hidden_amounts(
    auction: Auction, events: Iterable[Event], sees: Sees, but: PaddleNo | None = None, *, ever: bool = False
) -> set[int]:
    """Amounts of bids that are not open to those who see ``sees``; own ones are known to their bidder."""
    known = {lot.opening_price for lot in auction.lots.values()}
    bids = [event for event in events if isinstance(event, BidPlaced)]
    known |= {bid.amount for bid in bids if bid.paddle == but}
    priceless = sees in {Sees.OWN, Sees.RANK, Sees.NONE}
    return {
        int(bid.amount)
        for bid in bids
        if bid.amount not in known and (priceless if ever else hidden(auction, auction.lots[bid.lot], sees))
    }


def masked(auction: Auction) -> bool:
    rule = auction.rules.paddles
    return rule is PaddleDisplay.MASKED or (rule is PaddleDisplay.MASKED_UNTIL_CLOSED and auction.phase != "closed")


def shown_to(auction: Auction, events: tuple[Event, ...], audience: Audience) -> tuple[Any, ...]:
    return picture(auction, audience), changed(auction, events, audience), told(auction, events, audience)


@article("20")
@settings(max_examples=60)
@given(sheets(), MOVES)
def test_no_view_of_many_holds_what_is_sealed_hidden_or_masked(sheet: RuleSheet, moves: list[Move]) -> None:
    sale = Sale(sheet)
    done = 0
    for _ in sale.play(moves):
        news = [outcome for _, _, outcome in sale.taken[done:] if not isinstance(outcome, Refusal)]
        done = len(sale.taken)
        auction, events = sale.auction, sale.events
        sight = auction.rules.visibility
        for outcome in news:
            views = {audience: numbers(*shown_to(auction, outcome, audience)) for audience in Audience}
            for audience, sees in (
                (Audience.PUBLIC, sight.amounts_public),
                (Audience.BIDDER, sight.amounts_bidders),
                (Audience.ROSTRUM, Sees.ALL),
            ):
                assert not views[audience] & sealed(events)
                assert not views[audience] & hidden_amounts(auction, events, sees)
                if audience is not Audience.ROSTRUM and masked(auction):
                    assert not views[audience] & set(PADDLES)
            assert not {"VoidProposed", "VoidDropped"} & kinds(told(auction, outcome, Audience.BIDDER))
        for audience in (Audience.PUBLIC, Audience.BIDDER):
            parts = picture(auction, audience)
            bidding = [
                part for part in (parts["block"], *(parts[f"lot/{n}"].get("open") for n in auction.lots)) if part
            ]
            assert all(part["void"] is None for part in bidding)
            secret = secret_reserves(auction, audience)
            assert not any(raised([{**bid, "lot": part["lot"]} for bid in part["bids"]]) & secret for part in bidding)
            assert not any(raised(told(auction, outcome, audience)) & secret for outcome in news)


def kinds(heard: list[dict[str, Any]]) -> set[str]:
    return {event["type"] for event in heard}


@settings(max_examples=60)
@given(sheets(), MOVES)
def test_no_published_outcome_holds_what_is_sealed_hidden_or_masked(sheet: RuleSheet, moves: list[Move]) -> None:
    """At any later time, the whole record read again."""
    sale = Sale(sheet)
    for count, _ in enumerate(sale.play(moves)):
        if count % 7:
            continue
        auction, events = sale.auction, sale.events
        secret = sealed(events) | hidden_amounts(auction, events, auction.rules.visibility.amounts_public)
        secret |= set(PADDLES) if masked(auction) else set()
        for _, _, outcome in sale.taken:
            if isinstance(outcome, Refusal):
                continue
            heard = told(auction, outcome, Audience.PUBLIC)
            assert not numbers(heard) & secret
            assert not raised(heard) & secret_reserves(auction, Audience.PUBLIC)
            if disclosed(auction, outcome):
                raw = json.loads(encode_outcome(outcome))
                assert not numbers(raw) & secret
                assert not raised(raw["events"]) & secret_reserves(auction, Audience.PUBLIC)
            for event, said in (
                (each, said) for each in outcome for said in heard if said["type"] == type(each).__name__
            ):
                if isinstance(event, BidPlaced | BidVoided | HammerFell):
                    away = hidden(auction, auction.lots[event.lot], auction.rules.visibility.amounts_public)
                    assert not away or said["who"] is None


def raised(events: list[dict[str, Any]]) -> set[int]:
    """The lots of which it is said that a bid was raised to the reserve, and so that it is met."""
    return {event["lot"] for event in events if event.get("basis") == "reserve"}


def secret_reserves(auction: Auction, audience: Audience) -> set[int]:
    """The lots of which ``audience`` may not know whether the reserve is met."""
    parts = picture(auction, audience)
    return {number for number in auction.lots if parts[f"lot/{number}"]["reserve"] == "secret"}


@settings(max_examples=60)
@given(sheets(), MOVES)
def test_what_one_bidder_is_told_apart_holds_nothing_of_another(sheet: RuleSheet, moves: list[Move]) -> None:
    sale = Sale(sheet)
    for _ in sale.play(moves):
        auction, events = sale.auction, sale.events
        sees = auction.rules.visibility.amounts_bidders
        for paddle in PADDLES:
            part = numbers(mine(auction, paddle))
            assert not part & sealed(events, but=paddle)
            assert not part & (set(PADDLES) - {paddle})
            assert not part & hidden_amounts(auction, events, sees, but=paddle)


@settings(max_examples=60)
@given(sheets(), MOVES)
def test_an_answer_is_the_same_bytes_at_any_time_and_tells_of_nobody_else(sheet: RuleSheet, moves: list[Move]) -> None:
    sale = Sale(sheet)
    first: list[bytes] = []
    for _ in sale.play(moves):
        auction = sale.auction
        for command, _, outcome in sale.taken[len(first) :]:
            answer = said(auction, command.by, outcome)
            first.append(answer)
            if is_officer(command.by) or command.by.startswith("house"):
                continue
            own = next(paddle for paddle in PADDLES if command.by == bidder(paddle))
            told_numbers = {int(found) for found in re.findall(rb"\d+", answer)}
            told_numbers |= {int(found) for found in re.findall(rb"\d+", encode_outcome(outcome))}  # on the receipt
            assert not told_numbers & (sealed(sale.events, but=own) | (set(PADDLES) - {own}))
            sees = auction.rules.visibility.amounts_bidders
            assert not told_numbers & hidden_amounts(auction, sale.events, sees, but=own, ever=True)
    auction = sale.auction
    assert [said(auction, command.by, outcome) for command, _, outcome in sale.taken] == first


def said(auction: Auction, by: Any, outcome: Any) -> bytes:
    """The part of an answer that is made anew each time."""
    if isinstance(outcome, Refusal):
        return dumps(outcome.detail)
    return dumps(answered(auction, outcome, by))


@settings(max_examples=30)
@given(sheets(), MOVES)
def test_what_each_record_changed_adds_up_to_the_picture_in_any_sale(sheet: RuleSheet, moves: list[Move]) -> None:
    sale, shown, seen = Sale(sheet), {audience: dict[str, Any]() for audience in Audience}, 0
    for _ in sale.play(moves):
        events = [each for _, _, out in sale.taken[seen:] if not isinstance(out, Refusal) for each in out]
        seen = len(sale.taken)
        for audience, parts in shown.items():
            parts.update(changed(sale.auction, events, audience))
            assert parts == picture(sale.auction, audience)
