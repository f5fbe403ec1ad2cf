"""Robots of a timed sale: what they bid ends exactly at their limit; who comes late waits; the auctioneer goes on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.robots.pace import FAST
from clients.robots.timed import TimedAuctioneer, TimedBidder, Way, Wish, next_bid
from engine.domain.units import Fen, LotNo, PaddleNo


def wished(limit: int, way: Way) -> Wish:
    return Wish(lot=LotNo(1), round=1, paddle=PaddleNo(7), limit=Fen(limit), way=way)


def block(asked: int, step: int, price: int | None = None) -> dict[str, Any]:
    return {
        "lot": 1,
        "phase": "open",
        "asked_fen": asked,
        "step_fen": step,
        "price_fen": price,
        "extensions": 0,
        "closes_at_us": 60_000_000,
    }


@given(st.integers(1, 500), st.integers(1, 50), st.integers(0, 200))
def test_bidding_against_nobody_but_oneself_ends_exactly_at_the_limit(opening: int, step: int, steps: int) -> None:
    wish = wished(opening + steps * step, Way.LIVE)
    asked, last = opening, 0
    while (amount := next_bid(block(asked, step), wish)) is not None:
        assert amount >= asked
        assert (amount - asked) % step == 0
        last, asked = amount, amount + step
    assert last == wish.limit


def test_a_first_refusal_is_a_bid_of_the_price_itself() -> None:
    wish = wished(300, Way.FIRST)
    assert next_bid(block(310, 10, 300), wish) == 300
    assert next_bid(block(320, 10, 310), wish) is None


def parts(**lot: Any) -> dict[str, Any]:
    return {
        "sale": {"phase": "open", "rules": "d", "suspended_by": None},
        "rules": {"sign_off": True, "reoffers_max": 1, "timed": {"advance": "one_after_another"}},
        "mine": {"accepted": True, "leads": [], "proxies": []},
        "lot/1": {"lot": 1, "round": 1, "phase": "open", "opening_fen": 100, "open": block(100, 10), **lot},
    }


def test_who_bids_late_waits_for_the_last_seconds_unless_others_extended() -> None:
    late = TimedBidder([wished(200, Way.LATE)], FAST, 1, now_us=lambda: 0)
    first = late.want(parts())
    assert first is not None
    assert first.delay_s > 50
    extended = late.want(parts(open={**block(100, 10), "extensions": 1}))
    assert extended is not None
    assert extended.delay_s < 5


def test_the_rules_are_signed_first_and_another_round_is_not_bid_for() -> None:
    bidder = TimedBidder([wished(200, Way.LIVE)], FAST, 1)
    signing = bidder.want({**parts(), "mine": {"accepted": False, "leads": [], "proxies": []}})
    assert signing is not None
    assert signing.act.kind == "accept_rules"
    assert bidder.want(parts(round=2)) is None


@pytest.mark.parametrize(("cause", "goes_on"), [("restart", True), ("supervisor", False)])
def test_the_auctioneer_goes_on_only_after_an_interruption_nobody_ordered(cause: str, *, goes_on: bool) -> None:
    stopped = {**parts(), "sale": {"phase": "suspended", "suspended_by": cause}}
    want = TimedAuctioneer(FAST).want(stopped)
    assert (want is not None and want.act.kind == "resume") is goes_on


def test_a_passed_lot_is_put_up_once_more_for_less() -> None:
    want = TimedAuctioneer(FAST, 20).want(parts(phase="passed", open=None))
    assert want is not None
    assert want.act.kind == "reoffer"
    assert want.act.fields == {"lot": 1, "opening_fen": 80}
    over = TimedAuctioneer(FAST, 20).want(parts(phase="passed", open=None, round=2))
    assert over is not None
    assert over.act.kind == "close_sale"
