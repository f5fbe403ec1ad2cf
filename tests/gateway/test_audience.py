"""What was kept together is shown together: the same as if it had been shown record by record."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import proceeding
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import RuleSheet
from engine.domain.views import Audience, alike, changed, picture, told
from engine.gateway.audience import Gallery, Scene
from tests.domain.auction.random_sale import MOVES, Move, sheets
from tests.gateway.test_outbox import read
from tests.room.test_random_sales import hold


@settings(max_examples=25)
@given(sheets(), MOVES, st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_a_commit_is_one_frame_of_all_that_its_records_would_have_shown(
    sheet: RuleSheet, moves: list[Move], sizes: list[int]
) -> None:
    galleries = {audience: Gallery(audience, seq=0, frames_max=8) for audience in Audience}
    shown: dict[Audience, dict[str, Any]] = {audience: {} for audience in Audience}
    records = [record for _, several in hold(sheet, moves).history() for record in several]
    state, at, turn = None, 0, 0
    while at < len(records):
        size = sizes[turn % len(sizes)]
        scenes = {audience: Scene(audience) for audience in Audience}
        heard: dict[Audience, list[dict[str, Any]]] = {audience: [] for audience in Audience}
        newest: dict[Audience, int] = {}
        for record in records[at : at + size]:
            if isinstance(record.outcome, Refusal):
                continue
            for event in record.outcome:
                state = proceeding.apply(state, event)
            assert state is not None
            public = scenes[Audience.PUBLIC].add(state, record, record.outcome)
            scenes[Audience.BIDDER].add(state, record, record.outcome, public if alike(state) else None)
            scenes[Audience.ROSTRUM].add(state, record, record.outcome)
            for audience in Audience:
                words = told(state, record.outcome, audience)
                heard[audience] += words
                if words or changed(state, record.outcome, audience):
                    newest[audience] = record.seq
        assert state is not None  # The announcement is the first record.
        for audience, scene in scenes.items():
            before = galleries[audience].newest
            one = galleries[audience].frame(state, scene)
            assert (one is None) == (audience not in newest)
            if one is not None:
                [frame] = read(one.ready)
                assert (frame["prev"], frame["seq"], frame["events"]) == (before, newest[audience], heard[audience])
                shown[audience].update(one.parts)
            assert shown[audience] == picture(state, audience)
        at, turn = at + size, turn + 1
