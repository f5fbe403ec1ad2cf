"""A voided bid against the sale in which it never was; and nobody with more lots than rights, whatever is voided."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction import commands as to
from engine.domain.auction.checks import may_bid
from engine.domain.auction.events import BidPlaced, BidVoided
from engine.domain.parties import bidder
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import DepositRule, IncrementBand, RuleSheet
from engine.domain.units import Fen, PaddleNo
from tests.articles import article
from tests.domain.auction.contest import AUCTIONEER, CLERK, LOT, OTHER, Act, Contest, acts, paddles, terms
from tests.domain.auction.random_sale import MOVES, Move, Sale, sheets

STEPS = (IncrementBand(from_price=Fen(0), step=Fen(100)),)


def held(terms: tuple[Any, Any, Any], acts: list[Act]) -> Contest:
    contest = Contest(*terms)
    contest.ask(to.OpenSale, by=AUCTIONEER)
    for act in acts:
        contest.act(act)
    return contest


def standing(contest: Contest) -> Any:
    """What a sale is to those who bid: price, leader, what is asked, who may bid, whose maxima remain."""
    lot, auction = contest.lot, contest.sale.auction
    leading = lot.leading
    return (
        None if leading is None else (leading.paddle, leading.amount),
        auction.asked(lot),
        [may_bid(auction, lot, paddle) for paddle in auction.paddles],
        [may_bid(auction, auction.lots[OTHER], paddle) for paddle in auction.paddles],
        {proxy.paddle: proxy.maximum for proxy in lot.proxies.values()},
    )


def void(contest: Contest, no: int) -> bool:
    contest.ask(to.ProposeVoid, by=CLERK, lot=LOT, no=no, reason=to.VoidReason.TECHNICAL)
    return contest.ask(to.ConfirmVoid, by=AUCTIONEER, lot=LOT, no=no)


@article("22")
@settings(max_examples=300)
@given(terms, acts, paddles, st.integers(0, 9))
def test_a_sale_after_a_void_is_the_sale_in_which_the_bid_never_was(
    terms: tuple[Any, Any, Any], acts: list[Act], who: int, steps: int
) -> None:
    paddle = PaddleNo(who)
    voided, never = held(terms, acts), held(terms, acts)
    before = list(voided.lot.bids)
    if not voided.act(("bid", who, steps)):
        return
    assert void(voided, len(before) + 1)
    never.ask(to.CancelProxy, by=bidder(paddle), lot=LOT, paddle=paddle)
    assert standing(voided) == standing(never)


@article("22")
@settings(max_examples=200)
@given(terms, acts)
def test_a_void_erases_nothing_and_lets_the_other_bids_stand_as_they_were(
    terms: tuple[Any, Any, Any], acts: list[Act]
) -> None:
    contest = held(terms, [act for act in acts if act[0] != "void"])
    for no in range(len(contest.lot.bids), 0, -1):
        book, stood = list(contest.lot.bids), [bid.no for bid in contest.lot.standing]
        count = len(contest.sale.taken)
        if not void(contest, no):
            continue
        done = [
            event
            for _, _, outcome in contest.sale.taken[count:]
            if not isinstance(outcome, Refusal)
            for event in outcome
        ]
        gone = {event.no for event in done if isinstance(event, BidVoided)}
        answers = [event.no for event in done if isinstance(event, BidPlaced)]
        assert no in gone
        assert contest.lot.bids[: len(book)] == book
        assert [bid.no for bid in contest.lot.standing] == [*(each for each in stood if each not in gone), *answers]
        assert [bid.no for bid in contest.lot.bids] == list(range(1, len(contest.lot.bids) + 1))


@article("4")
@settings(max_examples=250)
@given(sheets(), MOVES)
def test_nobody_leads_and_wins_more_lots_than_he_has_rights(sheet: RuleSheet, moves: list[Move]) -> None:
    sale = Sale(sheet)
    for _ in sale.play(moves):
        if sheet.deposit is DepositRule.WHOLE_SALE:
            continue
        for paddle in sale.auction.paddles.values():
            leads = [lot for lot in sale.auction.opened() if lot.leading and lot.leading.paddle == paddle.number]
            assert len(leads) + len(paddle.won) <= paddle.deposits


@article("4")
def test_who_would_lead_again_after_a_void_with_his_right_bound_elsewhere_does_not() -> None:
    contest = held((STEPS, {}, None), [("bid", 3, 0), ("bid", 1, 0), ("bid", 2, 0), ("elsewhere", 1, 0)])
    assert void(contest, 3)
    leading = contest.lot.leading
    assert leading is not None
    assert (leading.paddle, leading.amount) == (3, Fen(1_000))
