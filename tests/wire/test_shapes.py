"""What a real sale shows has the shapes that are published, field by field."""

from copy import deepcopy
from typing import Any, get_args

import msgspec
import orjson
import pytest

from engine.domain import proceeding
from engine.domain.auction.events import Event
from engine.domain.auction.hearing import OFFICIAL, PRIVATE
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction
from engine.domain.auction.views import Audience, answered, changed, mine, picture, told
from engine.domain.parties import Channel, bidder
from engine.domain.rulesheet import PaddleDisplay
from engine.domain.units import Nanoseconds, PaddleNo
from engine.wire.codec import dumps
from engine.wire.shapes.events import EVENTS, ToldEvent
from engine.wire.shapes.parts import PARTS, family
from tests.domain.auction.saleroom import PADDLES, Saleroom
from tests.journal.books import NOON
from tests.papers.sale import everything


def played(display: PaddleDisplay) -> list[tuple[Auction, tuple[Event, ...]]]:
    """A sale in which everything happens once: the sale after each step, and the events of the step."""
    room = Saleroom(paddles=display, opens_at=Nanoseconds(1))
    steps: list[tuple[Auction, tuple[Event, ...]]] = []

    def step(*events: Event) -> None:
        steps.append((deepcopy(room.auction), events))

    step(*room.history)
    step(*room.admit(60, Channel.ONLINE))
    room.open()
    step(*room.history[-1:])
    room.put_up(1)
    step(*room.history[-1:])
    step(*room.bid(8, 5_000))
    step(*room.call(1, 5_000))
    step(*room.bid(51, 5_500))
    step(*room.suspend())
    step(*room.resume())
    for number in (1, 2, 3):
        step(*room.call(number, 5_500))
    step(*room.hammer(5_500))
    room.passed(2)
    step(*room.history[-2:])
    room.passed(3)
    step(*room.close())
    return steps


@pytest.mark.parametrize("display", PaddleDisplay)
@pytest.mark.parametrize("audience", Audience)
def test_every_part_of_every_picture_has_its_shape(display: PaddleDisplay, audience: Audience) -> None:
    for auction, events in played(display):
        for parts in (picture(auction, audience), changed(auction, events, audience)):
            for name, part in parts.items():
                fits(part, PARTS[family(name)])
        for paddle in (*PADDLES, 99):
            fits(mine(auction, PaddleNo(paddle)), PARTS["mine"])


@pytest.mark.parametrize("audience", Audience)
def test_every_event_told_has_its_shape(audience: Audience) -> None:
    seen = set()
    for auction, events in [*played(PaddleDisplay.MASKED_UNTIL_CLOSED), *all_kinds()]:
        for event in told(auction, events, audience):
            fits(event, ToldEvent)
            seen.add(event["type"])
    unheard = PRIVATE if audience is Audience.ROSTRUM else (*PRIVATE, *OFFICIAL)
    assert seen == {kind.__name__ for kind in get_args(Event) if kind not in unheard}


@pytest.mark.parametrize("paddle", [8, 9])
def test_every_event_told_to_the_asker_has_its_shape(paddle: int) -> None:
    for auction, events in all_kinds():
        for event in answered(auction, events, bidder(PaddleNo(paddle))):
            fits(event, ToldEvent)


@pytest.mark.parametrize("audience", Audience)
def test_the_parts_of_sales_of_every_kind_have_their_shapes(audience: Audience) -> None:
    for auction, events in all_kinds():
        for name, part in {**picture(auction, audience), **changed(auction, events, audience)}.items():
            fits(part, PARTS[family(name)])
        for paddle in auction.paddles:
            fits(mine(auction, paddle), PARTS["mine"])


def all_kinds() -> list[tuple[Auction, tuple[Event, ...]]]:
    """Sales in which all happens that can happen: the sale after each step, and the events of the step."""
    steps: list[tuple[Auction, tuple[Event, ...]]] = []
    for commands in everything():
        auction: Auction | None = None
        for seq, command in enumerate(commands, 1):
            events = decide(
                auction,
                command,  # type: ignore[arg-type]
                Nanoseconds(NOON + seq * 1_000),
            )
            for event in events:
                auction = apply(auction, event)
            assert auction is not None
            steps.append((deepcopy(auction), events))
    return steps


def test_every_event_of_the_domain_has_a_shape() -> None:
    assert EVENTS.keys() == {kind.__name__ for kind in get_args(proceeding.Event)}


def fits(value: Any, shape: Any) -> None:
    sent = orjson.loads(dumps(value))
    assert msgspec.to_builtins(msgspec.convert(sent, shape)) == sent
