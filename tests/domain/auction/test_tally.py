"""A sale counted record by record, by example and against a naive recount; and that figures tell nothing that is masked."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction.commands import Command, PlaceBid
from engine.domain.auction.events import BidPlaced, Event, HammerFell, LotOpened, LotPassed
from engine.domain.auction.report import counts_shown, report, rounded, tenths
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.auction.tally import BARS_US, LATEST_MAX, Moment, Spans, Tally
from engine.domain.auction.views import Audience, picture
from engine.domain.canonical import plain
from engine.domain.parties import Channel
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import PaddleDisplay
from engine.domain.units import Nanoseconds
from tests.domain.auction.saleroom import announcement
from tests.domain.auction.test_views import HALL, MARK, MOVES, ONLINE, SHEETS, Moves, meant, spread

Outcome = tuple[Event, ...] | Refusal
Line = tuple[Moment, Command, Outcome]


def held(sheet: dict[str, Any], moves: Moves, delays: list[int]) -> tuple[Auction, list[Line]]:
    """A sale, every record of it, and how it stands at the end."""
    first = announcement(**sheet)
    auction: Auction | None = None
    lines: list[Line] = []
    opening: Moves = [*(("admit", which, 1) for which in range(5)), ("open", 0, 0), ("put up", 0, 0)]
    at = 1_000_000
    for move in (None, *opening, *(one for several in moves for one in spread(several))):
        command = first if move is None or auction is None else meant(auction, move)
        if command is None:
            continue
        at += 1_000_000
        outcome: Outcome
        try:
            outcome = decide(auction, command, Nanoseconds(at))
        except Refusal as refusal:
            outcome = refusal
        else:
            for event in outcome:
                auction = apply(auction, event)
        delay = delays[len(lines) % len(delays)]
        lines.append((Moment(len(lines) + 1, Nanoseconds(at), Nanoseconds(at + delay)), command, outcome))
    assert auction is not None
    return auction, lines


def counted(lines: list[Line]) -> Tally:
    tally = Tally()
    for line in lines:
        tally.take(*line)
    return tally


def reported(auction: Auction, tally: Tally | None) -> dict[str, Any]:
    return report(picture(auction, Audience.PUBLIC), tally)


DELAYS = st.lists(st.integers(0, 10**10), min_size=1, max_size=30)


@settings(max_examples=60)
@given(SHEETS, MOVES, DELAYS)
def test_the_figures_are_those_of_a_naive_recount(sheet: dict[str, Any], moves: Moves, delays: list[int]) -> None:
    auction, lines = held(sheet, moves, delays)
    figures = reported(auction, counted(lines))
    happened = [(line[0], event) for line in lines if not isinstance(line[2], Refusal) for event in line[2]]
    bids = [event for _, event in happened if isinstance(event, BidPlaced)]
    tried = [(line[0], line[1], line[2]) for line in lines if isinstance(line[1], PlaceBid)]
    sold = [event for _, event in happened if isinstance(event, HammerFell)]

    assert figures["turnover_fen"] == sum(event.price for event in sold)
    assert figures["bids"] == len(bids)
    assert figures["refused"] == len(tried) - len(bids)
    assert figures["bidders"] == len({event.paddle for event in bids})
    assert {each["code"]: each["count"] for each in figures["refusals"]} == Counter(
        str(line[2].reason) for line in lines if isinstance(line[2], Refusal)
    )
    for channel in Channel:
        own = figures["channels"][channel]
        assert own["bids"] == sum(event.channel is channel for event in bids)
        assert own["sold"] == sum(event.channel is channel for event in sold)
        assert own["turnover_fen"] == sum(event.price for event in sold if event.channel is channel)
        spans = [
            moment.recorded_at - moment.arrived_at
            for moment, command, _ in tried
            if (command.by.startswith("clerk:")) is (channel is Channel.HALL)
        ]
        assert own["spans"]["count"] == len(spans) == sum(own["spans"]["bars"])
        assert own["spans"]["max_us"] == (-(-max(spans) // 1000) if spans else None)
    for line in figures["by_lot"]:
        opened = [
            (moment, event) for moment, event in happened if isinstance(event, LotOpened) and event.lot == line["lot"]
        ]
        ended = [
            (moment, event)
            for moment, event in happened
            if isinstance(event, HammerFell | LotPassed) and event.lot == line["lot"]
        ]
        assert line["opened_seq"] == (opened[0][0].seq if opened else None)
        assert line["ended_seq"] == (ended[0][0].seq if ended else None)
        if ended:
            assert line["bids"] == sum(event.lot == line["lot"] for event in bids)
            assert line["open_ms"] == rounded(ended[0][1].at - opened[0][1].at, 10**6)
        else:
            assert line["bids"] is None


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10**11), min_size=1, max_size=300), st.sampled_from([500, 900, 990]))
def test_a_percentile_is_never_below_the_true_one_and_at_most_a_128th_above(spans: list[int], permille: int) -> None:
    kept = Spans()
    for seq, span in enumerate(spans, 1):
        kept.add(Nanoseconds(span), seq)
    due = -(-len(spans) * permille // 1000)
    true = sorted(spans)[due - 1]
    found = kept.percentile(permille)
    assert found is not None
    assert true <= found <= true + true // 128
    assert kept.most == max(spans)
    assert kept.most_seq == spans.index(max(spans)) + 1


def test_a_span_on_an_edge_belongs_to_the_bar_below_it() -> None:
    kept = Spans()
    assert kept.add(Nanoseconds(BARS_US[0] * 1000), 1) == 0
    assert kept.add(Nanoseconds(BARS_US[0] * 1000 + 1), 2) == 1
    assert kept.add(Nanoseconds(BARS_US[-1] * 1000 + 1), 3) == len(BARS_US)
    assert kept.bars == [1, 1, *[0] * (len(BARS_US) - 2), 1]


def test_of_no_spans_there_is_no_percentile() -> None:
    assert Spans().percentile(500) is None


@settings(max_examples=30)
@given(SHEETS, MOVES, DELAYS)
def test_every_counted_record_is_named_with_its_figure(sheet: dict[str, Any], moves: Moves, delays: list[int]) -> None:
    _, lines = held(sheet, moves, delays)
    groups = counted(lines).groups
    for name, group in groups.items():
        assert group.count >= len(group.latest) == min(group.count, LATEST_MAX)
        for moment in group.latest:
            _, command, outcome = lines[moment.seq - 1]
            kind, which, *_ = name.split(".", 2)
            if kind == "refused":
                assert isinstance(outcome, Refusal)
                assert name == f"refused.{outcome.reason}"
            elif kind == "bids":
                assert not isinstance(outcome, Refusal)
                assert any(isinstance(event, BidPlaced) and event.channel == which for event in outcome)
            else:
                assert isinstance(command, PlaceBid)


def test_a_tally_takes_the_next_record_only() -> None:
    _, lines = held({}, [], [0])
    tally = counted(lines[:2])
    with pytest.raises(AssertionError, match="not the one after"):
        tally.take(*lines[3])


# What is not told.


@settings(max_examples=40)
@given(SHEETS, MOVES, DELAYS)
def test_figures_name_no_paddle_whatever_the_sheet_shows(
    sheet: dict[str, Any], moves: Moves, delays: list[int]
) -> None:
    for paddles in PaddleDisplay:
        auction, lines = held({**sheet, "paddles": paddles}, moves, delays)
        spelt = json.dumps(plain(reported(auction, counted(lines))), ensure_ascii=False)
        assert MARK not in spelt
        for paddle in (*ONLINE, *HALL):
            assert str(paddle) not in spelt


def hidden(parts: dict[str, Any], *, amounts: bool, counts: bool) -> dict[str, Any]:
    """The public picture as a sheet that hides amounts or counts makes it."""
    shown = {**parts}
    if amounts:
        shown["figures"] = {**parts["figures"], "turnover_fen": None, "premium": None, "top": None}
    for name, part in parts.items():
        if name.startswith("lot/"):
            shown[name] = {
                **part,
                **({"hammer_fen": None} if amounts else {}),
                **({"bid_count": None} if counts else {}),
            }
    if counts and parts["block"] is not None:
        shown["block"] = {**parts["block"], "bid_count": None}
    return shown


@settings(max_examples=40)
@given(SHEETS, MOVES, DELAYS)
def test_a_price_the_views_do_not_tell_is_in_no_figure(sheet: dict[str, Any], moves: Moves, delays: list[int]) -> None:
    auction, lines = held(sheet, moves, delays)
    figures = report(hidden(picture(auction, Audience.PUBLIC), amounts=True, counts=False), counted(lines))
    for name in ("turnover_fen", "average_fen", "premium", "top"):
        assert figures[name] is None
    assert all(line["hammer_fen"] is None and line["premium"] is None for line in figures["by_lot"])
    for channel in Channel:
        own = figures["channels"][channel]
        assert own["turnover_fen"] == (None if any(line["channel"] == channel for line in figures["by_lot"]) else 0)


@settings(max_examples=40)
@given(SHEETS, MOVES, DELAYS)
def test_where_bids_are_not_counted_for_everybody_no_figure_counts_them(
    sheet: dict[str, Any], moves: Moves, delays: list[int]
) -> None:
    auction, lines = held(sheet, moves, delays)
    parts = hidden(picture(auction, Audience.PUBLIC), amounts=False, counts=True)
    assert not counts_shown(parts)
    figures = report(parts, counted(lines))
    for name in ("bids", "refused", "bidders", "refusals"):
        assert figures[name] is None
    assert all(each["spans"] is None and each["bids"] is None for each in figures["channels"].values())
    assert all(line["bids"] is None and line["bidders"] is None for line in figures["by_lot"])


def test_while_a_sale_is_still_being_counted_its_prices_stand_and_its_counts_are_open() -> None:
    auction, lines = held({}, [("finish", 0, 0)], [0])
    whole, part = reported(auction, counted(lines)), reported(auction, None)
    assert part["turnover_fen"] == whole["turnover_fen"] > 0
    assert part["bids"] is None
    assert part["at_us"] is None
    assert part.keys() == whole.keys()


@pytest.mark.parametrize(
    ("total", "count", "whole", "text"), [(7, 2, 4, "3.5"), (10, 3, 3, "3.3"), (0, 4, 0, "0.0"), (5, 0, None, None)]
)
def test_shares_are_rounded_half_up(total: int, count: int, whole: int | None, text: str | None) -> None:
    assert (rounded(total, count), tenths(total, count)) == (whole, text)
    assert rounded(None, count) is None
    assert tenths(None, count) is None
