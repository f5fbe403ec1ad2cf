"""Maxima left with the house against a naive model that plays them out, and what no sequence of automatic bids may do."""

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction import commands as to
from engine.domain.auction.events import Basis, BidPlaced, ProxyPlaced
from engine.domain.auction.rules import follow_up
from engine.domain.auction.state import Lot
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import RuleSheet
from engine.domain.units import Nanoseconds
from tests.domain.auction.contest import AUCTIONEER, OPENING, Act, Contest, acts, terms
from tests.domain.auction.naive_proxy import Stands, played
from tests.domain.auction.random_sale import MOVES, Move, Sale, sheets

HOLDS = (Basis.HELD, Basis.PRIORITY)


@settings(max_examples=400)
@given(terms, acts, st.integers(0, 3))
def test_the_maxima_end_where_playing_them_out_ends(terms: tuple[Any, Any, Any], acts: list[Act], before: int) -> None:
    contest, opened = Contest(*terms), False
    for at, act in enumerate(acts):
        if at == before:
            stands, left = None, contest.left()
            assert contest.ask(to.OpenSale, by=AUCTIONEER)
            opened = True
            agree(contest, played(contest.increments, OPENING, stands, left, contest.reserve))
        count = len(contest.sale.taken)
        before_it = contest.lot.leading
        if not contest.act(act) or not opened:
            continue
        stands = contest.stood(count, before_it)
        agree(contest, played(contest.increments, OPENING, stands, contest.left(), contest.reserve))


def agree(contest: Contest, expected: Stands | None) -> None:
    leading = contest.lot.leading
    found = None if leading is None else (leading.paddle, leading.amount)
    assert found == (None if expected is None else (expected.paddle, expected.price))


@settings(max_examples=150)
@given(sheets(), MOVES)
def test_automatic_bids_keep_within_their_maxima_and_the_rules_of_prices(sheet: RuleSheet, moves: list[Move]) -> None:
    sale = Sale(sheet)
    for _ in sale.play(moves):
        assert follow_up(sale.state, Nanoseconds(sale.at)) is None or sale.auction.phase != "open"
    maxima: dict[tuple[int, int], int] = {}
    for _, _, outcome in sale.taken:
        events = () if isinstance(outcome, Refusal) else outcome
        for event in events:
            if isinstance(event, ProxyPlaced):
                maxima[event.lot, event.paddle] = event.maximum
            if isinstance(event, BidPlaced) and event.basis in {Basis.PROXY, Basis.HELD, Basis.RESERVE}:
                assert event.amount <= maxima[event.lot, event.paddle]
        answers = [event for event in events if isinstance(event, BidPlaced)]
        assert len(answers) <= 3 * len(sale.auction.paddles) + 1
    for lot in sale.auction.lots.values():
        valid_path(sale, lot)


def valid_path(sale: Sale, lot: Lot) -> None:
    for low, high in pairwise(lot.standing):
        rise = high.amount - low.amount
        step = sale.auction.rules.step(low.amount)
        assert rise % step == 0
        assert rise >= step or (rise == 0 and high.basis in HOLDS)
        assert high.paddle != low.paddle or high.basis is Basis.RESERVE or voided_between(lot, low.no, high.no)


def voided_between(lot: Lot, low: int, high: int) -> bool:
    standing = {bid.no for bid in lot.standing}
    return any(no not in standing for no in range(low + 1, high))
