"""Nobody learns of others before the deadline, nor of a price before all are read out: for every seat there is."""

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.domain.auction.sight import Audience
from engine.domain.canonical import plain
from engine.domain.opening import commands as to
from engine.domain.opening import views
from engine.domain.opening.commands import DepositStatus
from engine.domain.opening.rules import apply
from engine.domain.opening.sheet import Attend
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.wire.codec import dumps
from tests.articles import article
from tests.domain.opening.house import (
    NAMES,
    SECOND,
    House,
    Outcome,
    priced,
    sheet,
    three,
)
from tests.domain.opening.plays import PRICES, whole

ME, OTHERS = 4711, (305, 90210, 66)
SEATS = ("trustee 1", "trustee 2", "trustee 3", *map(str, Audience))
Move = tuple[int, str]
ACTS = ("register", "deposit", "submit", "withdraw", "sign in", "bad")
MOVES = st.lists(st.tuples(st.sampled_from((ME, *OTHERS)), st.sampled_from(ACTS)), min_size=1, max_size=14)


def act(house: House, number: int, what: str) -> Outcome | None:
    match what:
        case "register":
            house.register(number)
            return None
        case "deposit":
            return house.deposit(number, DepositStatus.GUARANTEED)
        case "submit":
            return house.submit(number, PRICES[number])
        case "bad":
            return house.hand_in(number, house.seal(number, priced(1), version=99))
        case "withdraw":
            return house.withdraw(number) if ("1", number) in house.sealed else None
        case _:
            return house.by(number, to.SignIn)


def seen(opening: Opening, seat: str) -> Any:
    """Everything that is shown to a seat."""
    if seat.startswith("trustee"):
        number = int(seat.removeprefix("trustee "))
        return plain([views.picture(opening, Audience.ROSTRUM), views.wanted(opening, number)])
    return plain(views.picture(opening, Audience(seat)))


def all_seen(opening: Opening, *, root: bool = True) -> Any:
    found = {seat: seen(opening, seat) for seat in SEATS}
    text = json.dumps(found, ensure_ascii=False, sort_keys=True)
    return text if root or opening.root is None else text.replace(opening.root, "")


@article("34")
@settings(max_examples=25, deadline=None)
@given(MOVES)
@example(
    [(number, what) for what in ("deposit", "submit", "sign in", "submit", "bad", "withdraw") for number in (305, ME)]
)
def test_whatever_others_do_before_the_deadline_nothing_that_anybody_is_shown_is_other_for_it(
    moves: list[Move],
) -> None:
    """Two houses: in one of them the others stay away. No view tells which one it is."""
    full, alone = House(sheet()), House(sheet())
    full.register(ME, *OTHERS[:2])
    alone.register(ME)
    for number, what in moves:
        full.at += SECOND
        alone.at += SECOND
        before = len(full.taken)
        outcome = act(full, number, what)
        if number == ME:
            answer = act(alone, number, what)
            assert isinstance(outcome, Refusal) == isinstance(answer, Refusal)
            if isinstance(outcome, Refusal) and isinstance(answer, Refusal):
                assert (outcome.reason, outcome.detail) == (answer.reason, answer.detail)
            else:
                assert outcome == answer
        for _, _, each in full.taken[before:]:
            if isinstance(each, Refusal):
                continue
            assert not any(views.changed(full.opening, each, audience) for audience in Audience)
            assert not any(views.told(full.opening, each, audience) for audience in Audience)
            assert views.concerned(full.opening, each) == {number}
            assert not views.all_concerned(each)
            assert not views.disclosed(full.opening, each)
        assert all_seen(full.opening) == all_seen(alone.opening)
        assert views.mine(full.opening, PaddleNo(ME)) == views.mine(alone.opening, PaddleNo(ME))
    full.until_closed()
    alone.until_closed()
    assert all_seen(full.opening, root=False) == all_seen(alone.opening, root=False)
    assert views.mine(full.opening, PaddleNo(ME)) == views.mine(alone.opening, PaddleNo(ME))


def numbers(*shown: Any) -> set[int]:
    return {int(found) for one in shown for found in re.findall(r"\d+", json.dumps(plain(one), ensure_ascii=False))}


def known(opening: Opening) -> set[int]:
    """What the ceiling says is nobody's price."""
    return {int(each) for each in opening.ceilings.values()}


@article("34", "41")
@pytest.mark.parametrize("attend", Attend)
def test_no_seat_is_shown_a_price_before_all_are_read_out_and_all_are_afterwards(attend: Attend) -> None:
    secret = {yuan * 100 for yuan in (*PRICES.values(), 99_999_989, 88_888_889)}
    for house in whole(attend):
        opening = house.opening
        done = [outcome for _, _, outcome in house.taken if not isinstance(outcome, Refusal)]
        shown = numbers(all_seen(opening), [views.told(opening, each, seat) for each in done for seat in Audience])
        own = [views.mine(opening, PaddleNo(number)) for number in PRICES]
        if opening.read_out_at is None:
            assert not (shown | numbers(own)) & secret - known(opening)
            assert not numbers([plain(each) for each in done if views.disclosed(opening, each)]) & secret - known(
                opening
            )
        else:
            read = {PRICES[number] * 100 for number in (4711, 305, 90210)}
            assert (shown | numbers(own)) & secret == read
            for number in (4711, 305, 90210):
                assert numbers(views.mine(opening, PaddleNo(number))) & secret == {PRICES[number] * 100}


@article("34", "44")
@pytest.mark.parametrize("attend", Attend)
def test_halves_answers_and_signatures_are_in_no_view_and_who_did_not_bid_is_never_named(attend: Attend) -> None:
    for house in whole(attend):
        opening = house.opening
        done = [outcome for _, _, outcome in house.taken if not isinstance(outcome, Refusal)]
        text = all_seen(opening) + json.dumps(
            plain([views.told(opening, each, seat) for each in done for seat in Audience]), ensure_ascii=False
        )
        published = json.dumps(plain([each for each in done if views.disclosed(opening, each)]), ensure_ascii=False)
        for made in house.sealed.values():
            assert made.sealed.own.hex() not in text
            assert made.signature.hex() not in text
        for envelope in opening.envelopes.values():
            for secret in (envelope.own, envelope.hall):
                assert secret is None or secret.hex() not in text
                assert opening.read_out_at or secret is None or secret.hex() not in published
        assert not {1001, 2002} & (numbers(all_seen(opening)) | numbers(json.loads(published)))
        assert "投标人1001" not in text + published
        assert "投标人2002" not in text + published


@article("44")
def test_once_read_out_the_public_record_holds_what_opens_everything_again() -> None:
    house = list(whole())[-1]
    opening = house.opening
    published = json.dumps(
        plain([out for _, _, out in house.taken if not isinstance(out, Refusal) and views.disclosed(opening, out)])
    )
    for envelope in opening.live():
        assert json.dumps(envelope.manifest.write().decode()) in published
        assert envelope.signature in published
        assert opening.bidders[envelope.bidder].certificate in published
        for said in (envelope.own, envelope.hall):
            assert said is None or said.hex() in published
        for answer in envelope.answers.values():
            assert json.dumps(answer) in published
    assert json.dumps(opening.rules.hall) in published


@article("34")
@pytest.mark.parametrize("attend", Attend)
def test_only_those_who_may_watch_are_shown_who_bids(attend: Attend) -> None:
    for house in whole(attend):
        opening = house.opening
        for audience in Audience:
            text = json.dumps(plain(views.picture(opening, audience)), ensure_ascii=False)
            named = any(name in text for name in NAMES.values())
            outside = audience is Audience.PUBLIC and attend is Attend.REGISTERED
            ended = opening.stage in {"ended", "reconvened"}
            assert named == (opening.listed_at is not None and (not outside or ended))
        assert views.alike(opening) == (attend is Attend.ALL)


@pytest.mark.parametrize("attend", Attend)
def test_what_each_record_changed_adds_up_to_the_picture_and_own_parts_are_told_of(attend: Attend) -> None:
    shown: dict[Audience, dict[str, Any]] = {audience: {} for audience in Audience}
    own: dict[int, Any] = {}
    state: Opening | None = None
    house = list(whole(attend))[-1]
    for _, _, outcome in house.taken:
        if isinstance(outcome, Refusal):
            continue
        for event in outcome:
            state = apply(state, event)
        assert state is not None
        for audience, parts in shown.items():
            parts.update(plain(views.changed(state, outcome, audience)))
            assert parts == plain(views.picture(state, audience))
        concerned = views.concerned(state, outcome) | (set(state.bidders) if views.all_concerned(outcome) else set())
        for number in state.bidders:
            part = plain(views.mine(state, number))
            assert number in concerned or own.get(number) == part, (outcome, number)
            own[number] = part
    assert dumps(plain(views.overview(house.opening)))


def test_an_answer_is_for_him_who_asked_and_the_same_at_any_time() -> None:
    first: list[Any] = []
    for house in whole():
        for command, _, outcome in house.taken[len(first) :]:
            first.append(() if isinstance(outcome, Refusal) else views.answered(house.opening, outcome, command.by))
    opening = house.opening
    for (command, _, outcome), said in zip(house.taken, first, strict=True):
        if isinstance(outcome, Refusal):
            continue
        assert views.answered(opening, outcome, command.by) == said
        assert len(said) == len(outcome)
        assert not views.answered(opening, outcome, Principal("bidder:7"))


def test_a_trustee_is_shown_what_he_has_to_answer_for_and_when() -> None:
    house = three(House(sheet(remedy=True)))
    house.until_unsealing()
    house.unseal(305)
    assert views.wanted(house.opening, 1) == []
    house.until_combining()
    assert [(each["bidder"], each["half"]) for each in views.wanted(house.opening, 1)] == [
        (305, "hall"),
        (4711, "hall"),
        (90210, "hall"),
    ]
    house.host(to.OrderRemedy)
    house.answers(1, 305, 4711, 90210)
    assert [(each["bidder"], each["half"]) for each in views.wanted(house.opening, 1)] == [
        (4711, "remedy"),
        (90210, "remedy"),
    ]
    assert views.mine(house.opening, PaddleNo(1)) is None
