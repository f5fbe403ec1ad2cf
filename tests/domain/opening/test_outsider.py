"""Whoever was not there opens everything again, from the published record alone."""

from typing import Any

import orjson
import pytest

from engine.domain.opening import views
from engine.domain.refusals import Refusal
from engine.sealing.faults import SealFault
from engine.wire.codec import encode_outcome
from tests.articles import article
from tests.domain.opening.auditor import Found, audit
from tests.domain.opening.house import House
from tests.domain.opening.plays import PRICES, failing, whole


def published(house: House) -> list[dict[str, Any]]:
    """The events everybody may have, byte for byte as they are kept."""
    return [
        event
        for _, _, outcome in house.taken
        if not isinstance(outcome, Refusal) and views.disclosed(house.opening, outcome)
        for event in orjson.loads(encode_outcome(outcome))["events"]
    ]


@article("44")
def test_an_outsider_finds_what_was_read_out_and_the_draw() -> None:
    house = list(whole())[-1]
    found = audit(published(house))
    assert found.complaints == []
    assert found.root == house.opening.root
    assert {key[1]: sheet["price_fen"] for key, sheet in found.sheets.items()} == {
        number: PRICES[number] * 100 for number in (305, 4711, 90210)
    }
    assert found.unopened == {("1", 66)}
    assert found.seeds == {"1": house.opening.drawn["1"].seed}


@article("44")
def test_an_outsider_finds_the_proof_that_an_envelope_was_made_not_to_open() -> None:
    house = failing()
    found = audit(published(house))
    assert found.complaints == []
    assert found.root == house.opening.root
    assert found.refuted == {("1", 66)}
    assert found.unopened == {("1", 4711), ("1", 90210)}
    assert list(found.sheets) == [("1", 305)]


@article("44")
@pytest.mark.parametrize("lie", ["price", "draw", "half", "root"])
def test_an_outsider_finds_out_a_house_that_publishes_something_else(lie: str) -> None:
    house = list(whole())[-1]
    events = published(house)
    for event in events:
        if lie == "price" and event["type"] == "SheetOpened":
            event["content"] = event["content"].replace(str(PRICES[305] * 100), str(PRICES[305] * 100 - 100))
        if lie == "draw" and event["type"] == "CoefficientDrawn":
            event["permille"] = {950: 960, 960: 970, 970: 950}[event["permille"]]
        if lie == "half" and event["type"] == "EnvelopeUnsealed":
            event["half"] = "00" * 32
    if lie == "root":
        events = [event for event in events if (event["type"], event.get("bidder")) != ("EnvelopeReceived", 66)]
        events = [event for event in events if event.get("bidder") != 66]
    assert convicts(events, house)


def convicts(events: list[dict[str, Any]], house: House) -> bool:
    try:
        found: Found = audit(events)
    except SealFault:
        return True
    return bool(found.complaints) or found.root != house.opening.root
