"""What an opening of sealed bids tells has the shapes that are published; what is kept of one leads to the same opening again."""

from functools import cache
from itertools import chain
from typing import Any, get_args

import msgspec
import orjson
import pytest

from engine.domain import proceeding, views
from engine.domain.auction.sight import Audience
from engine.domain.opening.events import Event
from engine.domain.opening.hearing import OFFICIAL, OWN
from engine.domain.opening.sheet import Attend
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds, PaddleNo
from engine.papers import words
from engine.papers.sentences import sentence
from engine.papers.words import LANGUAGES
from engine.wire.codec import decode_command, decode_outcome, dumps, encode_command, encode_outcome
from engine.wire.shapes.events import ToldEvent
from engine.wire.shapes.opening import OpeningMinePart
from engine.wire.shapes.parts import PARTS, family
from tests.domain.opening.house import House
from tests.domain.opening.plays import failing, whole


@cache
def houses() -> tuple[House, House]:
    return list(whole())[-1], failing()


def fits(value: Any, shape: Any) -> None:
    sent = orjson.loads(dumps(value))
    assert msgspec.to_builtins(msgspec.convert(sent, shape)) == sent


def done(house: House) -> list[tuple[Principal, tuple[Event, ...]]]:
    return [(command.by, outcome) for command, _, outcome in house.taken if not isinstance(outcome, Refusal)]


@pytest.mark.parametrize("audience", Audience)
def test_every_event_told_has_its_shape_and_a_sentence(audience: Audience) -> None:
    seen = set()
    for house in houses():
        for _, events in done(house):
            for event in views.told(house.opening, events, audience):
                fits(event, ToldEvent)
                seen.add(event["type"])
                for lang in LANGUAGES:
                    text = sentence(event, lang)
                    assert "None" not in text
                    assert words.WITHHELD[lang] not in text
    unheard = OWN if audience is Audience.ROSTRUM else (*OWN, *OFFICIAL)
    assert seen == {kind.__name__ for kind in get_args(Event) if kind not in unheard}


@pytest.mark.parametrize("audience", Audience)
def test_every_part_of_every_picture_has_its_shape(audience: Audience) -> None:
    for house in chain(whole(), whole(Attend.REGISTERED), [failing()]):
        for name, part in views.picture(house.opening, audience).items():
            fits(part, PARTS[family(name)])


def test_every_private_part_has_its_shape() -> None:
    for house in chain(whole(), [failing()]):
        for number in (305, 66, 90210, 1001, 7):
            fits(views.mine(house.opening, PaddleNo(number)), OpeningMinePart | None)


def test_every_answer_has_its_shape() -> None:
    for house in houses():
        for by, events in done(house):
            for event in views.answered(house.opening, events, by):
                fits(event, ToldEvent)


def test_what_is_kept_of_an_opening_is_read_back_decided_again_and_has_the_same_digest() -> None:
    for house in houses():
        state: proceeding.State | None = None
        for command, at, outcome in house.taken:
            kept = encode_command(command)
            again = decode_command(kept)
            assert again == command
            assert encode_command(again) == kept
            assert encode_outcome(decode_outcome(encode_outcome(outcome))) == encode_outcome(outcome)
            try:
                decided: Any = proceeding.decide(state, again, Nanoseconds(at))
            except Refusal as refusal:
                decided = refusal
            assert encode_outcome(decided) == encode_outcome(outcome)
            for event in () if isinstance(decided, Refusal) else decided:
                state = proceeding.apply(state, event)
        assert isinstance(state, Opening)
        assert proceeding.kept_digest(state) == proceeding.kept_digest(house.opening)
        assert proceeding.agrees(proceeding.kept_digest(house.opening), state)
        assert proceeding.rules_digest(state) == house.sheet.digest()
        assert views.kind(state) == "opening"


def test_the_clock_of_an_opening_runs_while_bidders_unseal_and_at_no_other_time() -> None:
    runs = [house.opening.fork() for house in whole()]
    for opening in runs:
        counting = opening.stage == "unsealing" and opening.suspension is None
        assert proceeding.goes_by_clock(opening) == proceeding.time_runs(opening) == counting
        assert proceeding.follow_up(opening, Nanoseconds(0)) is None
        assert (proceeding.next_deadline(opening) is None) == (not counting and opening.stage != "receiving")
