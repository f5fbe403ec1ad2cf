"""A sale that was forked goes on by itself."""

from dataclasses import fields, is_dataclass
from typing import Any

from hypothesis import given, settings

from engine.domain import proceeding
from engine.domain.auction.views import Audience, picture
from engine.domain.rulesheet import RuleSheet
from tests.domain.auction.random_sale import MOVES, Move, Sale, sheets


def changeable(value: Any) -> dict[int, Any]:
    """Everything in ``value`` that could be changed, by its identity."""
    found: dict[int, Any] = {}
    if isinstance(value, dict | list):
        found[id(value)] = value
        inner = [*value, *value.values()] if isinstance(value, dict) else list(value)
    elif is_dataclass(value):
        if type(value).__hash__ is None:  # what is not frozen cannot be hashed
            found[id(value)] = value
        inner = [getattr(value, each.name) for each in fields(value)]
    else:
        inner = []
    for each in inner:
        found |= changeable(each)
    return found


@settings(max_examples=25)
@given(sheets(), MOVES)
def test_what_becomes_of_a_sale_is_not_seen_in_its_fork(sheet: RuleSheet, moves: list[Move]) -> None:
    sale, forks = Sale(sheet), []
    for nth, _ in enumerate(sale.play(moves)):
        if nth % 8 == 0:
            fork = sale.auction.fork()
            assert not changeable(fork).keys() & changeable(sale.auction).keys()
            forks.append((fork, proceeding.state_digest(fork), picture(fork, Audience.ROSTRUM)))
            assert forks[-1][1:] == (proceeding.state_digest(sale.state), picture(sale.auction, Audience.ROSTRUM))
    for fork, digest, seen in forks:
        assert (proceeding.state_digest(fork), picture(fork, Audience.ROSTRUM)) == (digest, seen)
