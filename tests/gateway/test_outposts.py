"""Gateways elsewhere, as they are counted: what the engine holds is the truth of one report ago, and who is lost is lost in time."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.parties import bidder
from engine.domain.units import PaddleNo
from engine.gateway.guest import Guest
from engine.gateway.outposts import Outposts
from engine.gateway.presence import LOSS_WINDOW_S, Presence, Shown
from engine.wire.attendance import Attendance
from tests.gateway.quota import AUCTIONEER, hall

SILENT_S = 4.0
LATEST = 1_000
GATES = ("a", "b", "c")


@dataclass
class Scene:
    """One sale, seen from its engine, and a clock that is set by hand."""

    most: int = 8
    now: float = 100.0
    presence: Presence = field(default_factory=Presence)
    outposts: Outposts = field(init=False)

    def __post_init__(self) -> None:
        self.outposts = Outposts(self.presence, self.most, SILENT_S)

    def say(self, name: str, *paddles: int, seen: int | None = None, watchers: int = 0, age_s: float = 0.0) -> bool:
        bidders = tuple((PaddleNo(paddle), seen) for paddle in paddles)
        return self.outposts.hear(name, Attendance(watchers, bidders), LATEST, age_s, self.now)

    def goodbye(self, name: str) -> bool:
        return self.outposts.hear(name, Attendance(leaving=True), LATEST, 0.0, self.now)

    def lost(self, percent: int = 50) -> bool:
        self.outposts.forget(self.now)
        return self.presence.lost(self.now, percent)

    def passes(self, seconds: float, *alive: str, paddles: tuple[int, ...] = ()) -> bool:
        """Time goes by, those who are alive saying so; whether many were lost meanwhile."""
        lost, until = False, self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + 0.5)
            for name in alive:
                self.say(name, *paddles)
            lost |= self.lost()
        return lost


def test_a_report_stands_in_the_place_of_the_one_before_and_tells_whether_anything_changed() -> None:
    one = Scene()
    assert one.say("a", 8, 9, watchers=3)
    assert not one.say("a", 8, 9, watchers=3)
    assert not one.say("a", 8, 9, seen=5, watchers=3)
    assert one.say("a", 9, 10, watchers=3)
    assert one.presence.paddles() == [9, 10]
    assert one.say("a", 9, 10, watchers=1)
    assert one.outposts.watchers == 1


def test_what_was_shown_is_what_any_page_showed_and_no_record_that_is_not_there() -> None:
    one = Scene()
    one.say("a", 8, 9)
    assert one.presence.shown(1) == Shown(present=0, shown=0)
    one.say("a", 8, 9, seen=7)
    assert (one.presence.shown(7), one.presence.shown(8)) == (Shown(2, 2), Shown(2, 0))
    one.say("b", 8, seen=9)
    assert one.presence.shown(8) == Shown(2, 1)
    one.say("b", 8, seen=LATEST + 5)
    assert one.presence.shown(LATEST + 1).shown == 0
    assert one.presence.of(PaddleNo(8)) == set()


def test_what_is_as_old_as_silence_is_not_heard_and_what_is_older_is_believed_the_shorter() -> None:
    one = Scene()
    assert not one.say("a", 8, age_s=SILENT_S)
    assert len(one.outposts) == 0
    assert one.say("a", 8, age_s=SILENT_S - 1)
    one.now += 0.9
    assert not one.outposts.forget(one.now)
    one.now += 0.2
    assert one.outposts.forget(one.now)
    assert one.presence.paddles() == []


def test_more_gateways_than_may_be_are_not_heard() -> None:
    one = Scene(most=1)
    one.say("a", 8)
    assert not one.say("b", 9)
    assert one.goodbye("a")
    assert one.say("b", 9)


def test_one_that_is_lost_with_many_is_a_loss_as_soon_as_it_is_missed() -> None:
    one = Scene()
    one.say("a", 1, 2, 3, 4)
    one.say("b", 5)
    assert not one.passes(SILENT_S - 0.5, "b", paddles=(5,))
    assert one.passes(0.5, "b", paddles=(5,))
    assert one.presence.paddles() == [5]
    assert not one.passes(LOSS_WINDOW_S * 2, "b", paddles=(5,)), "it is told once"


def test_one_that_is_lost_and_whose_bidders_come_back_elsewhere_meanwhile_is_none() -> None:
    one = Scene()
    one.say("a", 1, 2, 3, 4)
    one.passes(2)
    one.say("b", 1, 2, 3, 4)
    assert not one.passes(LOSS_WINDOW_S * 2, "b", paddles=(1, 2, 3, 4))


@pytest.mark.parametrize(("back", "lost"), [((1, 2, 3, 4), False), ((1, 2), False), ((), True), ((4,), True)])
def test_after_a_goodbye_those_are_lost_who_have_not_come_back_within_the_window(
    back: tuple[int, ...], lost: bool
) -> None:
    one = Scene()
    one.say("a", 1, 2, 3, 4)
    one.goodbye("a")
    assert one.presence.paddles() == []
    assert not one.passes(LOSS_WINDOW_S / 2, "b")
    assert not one.passes(LOSS_WINDOW_S / 2 - 0.5, "b", paddles=back)
    assert one.passes(0.5, "b", paddles=back) is lost
    assert not one.passes(LOSS_WINDOW_S * 2, "b", paddles=back)


def test_who_was_sent_away_still_counts_among_those_of_whom_many_are_lost() -> None:
    one = Scene()
    one.say("a", *range(1, 11))
    one.say("b", 11, 12, 13, 14)
    one.goodbye("a")
    one.say("b", 14)
    assert not one.lost(50), "three of four, but of fourteen who were here a moment ago"


def test_who_is_at_the_engine_s_own_door_too_is_not_lost_with_the_gateway() -> None:
    one = Scene()
    for paddle in (1, 2, 3):
        one.presence.join(PaddleNo(paddle), Guest("s", None))
    one.say("a", 1, 2, 3)
    assert not one.passes(SILENT_S * 2)
    assert one.presence.paddles() == [1, 2, 3]


# At random.

Step = tuple[str, str, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(("come", "come", "go", "see", "say", "say", "lose", "wait", "goodbye", "die")),
        st.sampled_from(GATES),
        st.integers(1, 12),
    ),
    max_size=60,
)


@given(steps)
def test_whatever_is_lost_the_count_is_the_truth_as_soon_as_each_has_reported_once(taken: list[Step]) -> None:
    one, truth = Scene(), {gate: dict[PaddleNo, int | None]() for gate in GATES}
    said = {gate: (one.now, dict[PaddleNo, int | None]()) for gate in GATES}
    """What the engine was last told by each, and when."""

    def report(gate: str) -> None:
        here = truth[gate]
        one.outposts.hear(gate, Attendance(len(here), tuple(sorted(here.items()))), LATEST, 0.0, one.now)
        said[gate] = one.now, dict(here)

    for what, gate, number in taken:
        here, paddle = truth[gate], PaddleNo(number)
        match what:
            case "come":
                here.setdefault(paddle, None)
            case "go":
                here.pop(paddle, None)
            case "see" if paddle in here:
                here[paddle] = max(here[paddle] or 0, number)
            case "say":
                report(gate)
            case "goodbye":
                here.clear()
                one.goodbye(gate)
                said[gate] = one.now, {}
            case "die":
                here.clear()  # Nobody says so.
            case "wait":
                one.now += number / 4
            case _:
                pass  # A report that was lost: nothing comes of it.
        one.outposts.forget(one.now)
        believed = {gate: each for gate, (at, each) in said.items() if one.now - at < SILENT_S}
        assert one.presence.paddles() == sorted({paddle for each in believed.values() for paddle in each})
        assert one.outposts.watchers == sum(map(len, believed.values()))
    for gate in GATES:
        report(gate)
    everybody = {paddle for each in truth.values() for paddle in each}
    assert one.presence.paddles() == sorted(everybody)
    newest = {paddle: max((each.get(paddle) or 0 for each in truth.values()), default=0) for paddle in everybody}
    for seq in (1, 6, 12):
        assert one.presence.shown(seq).shown == sum(seen >= seq for seen in newest.values())


@given(steps, st.integers(1, 100))
def test_nobody_who_is_here_or_has_a_while_yet_is_ever_taken_for_lost(taken: list[Step], percent: int) -> None:
    one, here = Scene(), {gate: set[int]() for gate in GATES}
    left: dict[int, float] = {}
    for what, gate, number in taken:
        before = {paddle for each in here.values() for paddle in each}
        late = 0.0
        match what:
            case "come":
                here[gate].add(number)
                one.say(gate, *here[gate])
            case "go":
                here[gate].discard(number)
                one.say(gate, *here[gate])
            case "goodbye":
                here[gate].clear()
                one.goodbye(gate)
                late = LOSS_WINDOW_S
            case "wait":
                for each in GATES:
                    one.say(each, *here[each])
                one.now += number / 4
            case _:
                one.say(gate, *here[gate])
        after = {paddle for each in here.values() for paddle in each}
        left.update(dict.fromkeys(before - after, one.now + late))
        for paddle in after:
            left.pop(paddle, None)
        gone = [paddle for paddle, at in left.items() if one.now - LOSS_WINDOW_S <= at <= one.now]
        awaited = [paddle for paddle, at in left.items() if at > one.now]
        many = len(gone) >= 3 and len(gone) * 100 >= percent * (len(gone) + len(awaited) + len(after))
        assert one.presence.lost(one.now, percent) is many
        if many:
            for paddle in gone:
                del left[paddle]


# Who is told.


def test_in_a_quota_sale_only_the_rostrum_is_told_and_nothing_anybody_else_is_shown_depends_on_it() -> None:
    async def held(there: Attendance) -> tuple[list[Any], list[list[tuple[str, Any]]]]:
        async with hall(bidders=50) as sale:
            rostrum, *others = (sale.seat(who) for who in (AUCTIONEER, None, bidder(PaddleNo(7))))
            for paddle, yuan in ((7, 90_000), (8, 90_100)):
                sale.hub.outpost_said("elsewhere", there, 0.0)
                sale.offer(paddle, yuan)
                await trio.sleep(1)
            told = [(frame["online"], frame["watchers"]) for frame in rostrum.of("presence")]
            seen = [[(frame["type"], frame.get("parts")) for frame in seat.frames] for seat in others]
            return told, seen

    there = Attendance(40, tuple((PaddleNo(paddle), 3) for paddle in (9, 12)))
    told, others = trio.run(held, there, clock=trio.testing.MockClock(autojump_threshold=0))
    alone, same = trio.run(held, Attendance(), clock=trio.testing.MockClock(autojump_threshold=0))
    assert (told[-1], alone[-1]) == (([7, 9, 12], 41), ([7], 1))
    assert others == same
    assert not any(kind == "presence" for seat in others for kind, _ in seat)
