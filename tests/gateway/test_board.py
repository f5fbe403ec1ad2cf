"""The day's board: what is of today, in which order, what comes next, and that nothing is on it but what everybody is shown."""

from typing import Any

import msgspec
import pytest

from engine.domain.views import Audience, ended_at, kind, picture
from engine.domain.views import board as board_parts
from engine.gateway.board import Posted, board
from engine.wire.shapes.board import Board
from tests.articles import article
from tests.domain.auction.saleroom import Saleroom
from tests.domain.auction.saleroom import timed as clocked
from tests.domain.opening.house import SECOND, House, sheet
from tests.domain.quota import plays

DAY_US = 86_400 * 1_000_000
NOON_US = 1_795_752_000_000_000
"""2026-11-27 12:00:00 in China."""


def posted(sale: str, room: str | None = None, *, ended_us: int | None = None, **more: Any) -> Posted:
    part = {
        "title": {"zh": sale, "en": sale},
        "phase": "planned",
        "suspended": None,
        "lots": 3,
        "sold": 0,
        "opens_at_us": NOON_US,
        "result": None,
    }
    parts = {"sale": {**part, **{name: more.pop(name) for name in list(more) if name in part}}, **more}
    return Posted(sale, "opening" if "opening" in parts else "auction", room, parts, ended_us)


def shown(*sales: Posted, now_us: int = NOON_US) -> list[str]:
    return [line["sale"] for line in board(sales, now_us)["lines"]]


def of(state: Any, room: str | None = None) -> Posted:
    ended = ended_at(state)
    ended_us = None if ended is None else ended // 1000
    return Posted(state.sale, kind(state), room, board_parts(state), ended_us)


def test_what_runs_comes_first_then_what_is_to_come_by_its_hour_then_what_is_over() -> None:
    sales = (
        posted("over", phase="closed", opens_at_us=NOON_US - 3),
        posted("late", opens_at_us=NOON_US + 9),
        posted("unnamed", opens_at_us=None),
        posted("soon", opens_at_us=NOON_US + 5),
        posted("runs", phase="open", opens_at_us=NOON_US - 1),
        posted("rests", phase="suspended", suspended="停电", opens_at_us=NOON_US - 2),
    )
    assert shown(*sales) == shown(*reversed(sales)) == ["rests", "runs", "soon", "late", "unnamed", "over"]


@pytest.mark.parametrize(
    ("there", "sale"),
    [
        (True, posted("s", opens_at_us=NOON_US + DAY_US // 2 - 1)),  # A microsecond before midnight in China.
        (False, posted("s", opens_at_us=NOON_US + DAY_US // 2)),
        (True, posted("s", opens_at_us=NOON_US - DAY_US // 2)),
        (True, posted("s", opens_at_us=NOON_US - DAY_US)),  # It was to be held yesterday and is still to come.
        (True, posted("s", opens_at_us=NOON_US - 9 * DAY_US, phase="open")),
        (False, posted("s", opens_at_us=NOON_US - DAY_US, phase="closed")),
        (True, posted("s", opens_at_us=NOON_US - DAY_US, phase="closed", ended_us=NOON_US - 1)),
        (True, posted("s", opens_at_us=None, phase="closed", ended_us=NOON_US - 1)),
        (False, posted("s", opens_at_us=None, phase="closed")),
    ],
)
def test_the_day_is_the_one_in_china(there: bool, sale: Posted) -> None:
    assert shown(sale) == ["s"] * there


@pytest.mark.parametrize(
    ("due", "due_us", "sale"),
    [
        ("opens", NOON_US, posted("s")),
        (None, None, posted("s", opens_at_us=None)),
        (None, None, posted("s", suspended="停电")),
        ("deadline", 7, posted("s", opening={"stage": "receiving", "deadline_us": 7})),
        (None, None, posted("s", opening={"stage": "closed", "deadline_us": 7}, unsealing=None)),
        ("unsealing", 9, posted("s", phase="open", opening={"stage": "unsealing"}, unsealing={"taking": True, "ends_at_us": 9})),
        (None, None, posted("s", phase="open", opening={"stage": "unsealing"}, unsealing=None)),  # Only bidders may watch.
        ("round", 8, posted("s", phase="open", round={"taking": True, "ends_at_us": 8})),
        (None, None, posted("s", phase="open", round={"taking": False, "ends_at_us": 8})),
        ("lot", 6, posted("s", phase="open", block={"phase": "open", "closes_at_us": 6})),
        (None, None, posted("s", phase="open", block={"phase": "open", "closes_at_us": None})),  # The hammer ends it.
        (None, None, posted("s", phase="open", block={"phase": "sold", "closes_at_us": 6})),
    ],
)  # fmt: skip
def test_what_comes_next_by_the_clock(due: str | None, due_us: int | None, sale: Posted) -> None:
    (line,) = board([sale], NOON_US)["lines"]
    assert (line["due"], line["due_us"]) == (due, due_us)


@article("34")
def test_until_the_deadline_a_line_is_the_same_whoever_bids() -> None:
    alone, others = House(sheet()), House(sheet())
    others.register(305, 4711)
    others.deposit(305)
    others.submit(305, 1_150_000)
    others.submit(4711, 1_200_000)
    others.withdraw(4711)
    us = alone.at // 1000
    for each in (alone.opening, others.opening):
        assert board_parts(each).items() <= picture(each, Audience.PUBLIC).items()
    told = [board([of(each.opening, "第一开标室")], us) for each in (alone, others)]
    assert told[0] == told[1]
    (line,) = told[0]["lines"]
    assert (line["room"], line["stage"], line["due"]) == ("第一开标室", "receiving", "deadline")
    assert line["due_us"] * 1000 == alone.opening.deadline < alone.at + 365 * 86_400 * SECOND


@pytest.mark.parametrize("room", plays.everything(), ids=lambda room: str(room.sheet.running))
def test_a_line_has_the_published_shape_at_every_step(room: plays.Watched) -> None:
    for sale, _ in room.steps:
        assert board_parts(sale).items() <= picture(sale, Audience.PUBLIC).items()
        day = board([of(sale)], (sale.ends_at or sale.rules.opens_at or 0) // 1000)
        assert msgspec.to_builtins(msgspec.convert(day, Board)) == day
        assert {line["due"] for line in day["lines"]} <= {None, "opens", "round"}


def test_a_timed_lot_counts_down_and_one_at_the_rostrum_does_not() -> None:
    timed, rostrum = Saleroom(**clocked()).open(1), Saleroom().open(1)
    for room in (timed, rostrum):
        assert board_parts(room.auction).items() <= picture(room.auction, Audience.PUBLIC).items()
    lines = [board([of(room.auction)], room.at // 1000)["lines"] for room in (timed, rostrum)]
    assert [line["due"] for (line,) in lines] == ["lot", None]
    assert lines[0][0]["due_us"] == (timed.lot(1).closes_at or 0) // 1000
