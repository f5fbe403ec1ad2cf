"""The model to which histories are held finds what is out of order. In full: ``python -m tests.blackbox order``."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.domain.parties import Principal
from tests.blackbox.order import Operation, looked_at, one_run

ANNE, BEN, AUCTIONEER = Principal("bidder:1"), Principal("bidder:2"), Principal("auctioneer:1")


def operation(seq: int, by: Principal, refused: str | None = None, **command: Any) -> Operation:
    return Operation(by, sent_at=seq, heard_at=seq + 0.5, seq=seq, command=command, refused=refused)


def a_bid(seq: int, by: Principal, amount: int, refused: str | None = None) -> Operation:
    return operation(seq, by, refused, type="PlaceBid", lot=1, amount=amount)


BEGUN = [operation(1, AUCTIONEER, type="OpenSale"), operation(2, AUCTIONEER, type="OpenLot", lot=1)]
HISTORY = [
    *BEGUN,
    a_bid(3, ANNE, 980_000),
    a_bid(4, BEN, 980_000, "E_BID_TOO_LOW"),
    a_bid(5, ANNE, 980_100, "E_ALREADY_LEADING"),
    a_bid(6, BEN, 980_100),
    operation(7, AUCTIONEER, "E_PRICE_MOVED", type="CallWarning", lot=1, price=980_000, call=1),
    operation(8, AUCTIONEER, type="StrikeHammer", lot=1, price=980_100),
    a_bid(9, ANNE, 990_000, "E_LOT_NOT_OPEN"),
]


def test_a_history_as_it_should_be_is_in_order() -> None:
    order = looked_at(HISTORY)
    assert (order.operations, order.wrong) == (len(HISTORY), 0), order


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        (3, {"refused": None}),
        (2, {"refused": "E_BID_TOO_LOW"}),
        (4, {"refused": "E_BID_TOO_LOW"}),
        (5, {"refused": "E_ALREADY_LEADING"}),
        (6, {"refused": None}),
        (8, {"refused": None}),
    ],
)
def test_an_outcome_that_could_not_be_is_found(at: int, changes: dict[str, Any]) -> None:
    history = [*HISTORY[:at], replace(HISTORY[at], **changes)]
    assert looked_at(history).not_as_told


def test_what_was_answered_before_another_was_sent_must_stand_before_it() -> None:
    early, late = a_bid(4, BEN, 980_000, "E_BID_TOO_LOW"), a_bid(3, ANNE, 980_000)
    assert looked_at([*BEGUN, early, replace(late, sent_at=4.6, heard_at=5)]).inversions == 1
    assert looked_at([*BEGUN, early, replace(late, sent_at=4.4, heard_at=5)]).inversions == 0  # under way together


async def test_a_real_house_under_a_crowd_answers_in_the_order_of_its_record(tmp_path: Path) -> None:
    order = await one_run(tmp_path, operations=1_000, seed=1)
    assert order.operations >= 1_000
    assert not order.wrong, order
