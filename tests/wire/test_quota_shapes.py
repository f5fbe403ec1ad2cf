"""What a quota sale shows has the shapes that are published, field by field."""

from typing import Any, get_args

import msgspec
import orjson
import pytest

from engine.domain.auction.events import RulesAccepted
from engine.domain.auction.sight import Audience
from engine.domain.parties import Principal, bidder
from engine.domain.quota import views
from engine.domain.quota.events import Event
from engine.domain.quota.result import result
from engine.domain.units import PaddleNo
from engine.gateway.months import months
from engine.papers import words
from engine.papers.sentences import sentence
from engine.wire.codec import decode_command, decode_outcome, dumps, encode_command, encode_outcome
from engine.wire.shapes.events import ToldEvent
from engine.wire.shapes.parts import PARTS, family
from engine.wire.shapes.quota import Months, QuotaMinePart, QuotaResult
from tests.domain.quota.plays import everything

ROOMS = everything()


def fits(value: Any, shape: Any) -> None:
    sent = orjson.loads(dumps(value))
    assert msgspec.to_builtins(msgspec.convert(sent, shape)) == sent


@pytest.mark.parametrize("audience", Audience)
def test_every_part_of_every_picture_has_its_shape(audience: Audience) -> None:
    for room in ROOMS:
        for sale, events in room.steps:
            for parts in (views.picture(sale, audience), views.changed(sale, events, audience)):
                for name, part in parts.items():
                    fits(part, PARTS[family(name)])


def test_every_private_part_has_its_shape() -> None:
    for room in ROOMS:
        for sale, _ in room.steps:
            for paddle in (1, 2, 6, 1001, 77):
                fits(views.mine(sale, PaddleNo(paddle)), QuotaMinePart | None)


@pytest.mark.parametrize("audience", Audience)
def test_every_event_told_has_its_shape_and_a_sentence(audience: Audience) -> None:
    seen = set()
    for room in ROOMS:
        for _, events in room.steps:
            for event in views.told(room.sale, events, audience):
                fits(event, ToldEvent)
                seen.add(event["type"])
                for lang in ("zh-CN", "en"):
                    text = sentence(event, lang)
                    assert "None" not in text
                    assert words.WITHHELD[lang] not in text
    unheard = () if audience is Audience.ROSTRUM else (RulesAccepted,)
    assert seen == {kind.__name__ for kind in get_args(Event) if kind not in unheard}


@pytest.mark.parametrize("by", [bidder(PaddleNo(1)), Principal("clerk:1")])
def test_every_answer_has_its_shape(by: Principal) -> None:
    for room in ROOMS:
        for sale, events in room.steps:
            for event in views.answered(sale, events, by):
                fits(event, ToldEvent)


def test_results_have_their_shape_before_and_after() -> None:
    for room in ROOMS:
        for sale, _ in room.steps:
            fits(result(sale), QuotaResult)
            fits(months([result(sale)]), Months)


def test_commands_and_outcomes_have_one_spelling_and_are_read_back() -> None:
    for room in ROOMS:
        for command, _, outcome in room.taken:
            assert decode_command(encode_command(command)) == command
            spelt = encode_outcome(outcome)
            assert encode_outcome(decode_outcome(spelt)) == spelt
