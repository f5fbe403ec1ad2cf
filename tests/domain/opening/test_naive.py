"""Random openings held twice, by the rules and by a model of one line a bidder: they must agree on who is read out and who lapsed."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.opening import commands as to
from engine.domain.opening.commands import Half
from engine.domain.opening.parts import state_of
from engine.domain.opening.rules import apply
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.sealing import canonical
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL, Suite
from tests.articles import article
from tests.domain.opening.house import GOOD, House, code, sheet
from tests.domain.opening.test_envelopes import tampered

NUMBERS = (305, 4711, 90210, 66)


@dataclass(frozen=True)
class Plan:
    """What one bidder does."""

    yuan: int
    made: str
    """How the envelope was made: ``honest``, or one of the ways in which it does not open."""

    does: str
    """``unseals``, ``unseals at last`` after a wrong half, ``sleeps``, ``wrong`` half only, or ``withdraws`` before the deadline."""

    house_fault: bool

    def ends(self, *, remedy: bool) -> tuple[str, int | None] | None:
        """How it ends: state and price read out; None for one who does not bid."""
        if self.does == "withdraws":
            return None
        opened = self.does.startswith("unseals") or remedy
        if self.made != "honest" and opened:
            return "revoked", None
        if self.made == "hall":
            return "revoked", None  # The hall's half tells, whoever unsealed.
        if opened:
            return "opened", self.yuan * 100
        return ("withdrawn" if self.house_fault else "revoked"), None


PLANS = st.builds(
    Plan,
    yuan=st.sampled_from([900_000, 1_000_000, 1_100_000]),
    made=st.sampled_from(["honest", "honest", "honest", "hall", "kc", "content"]),
    does=st.sampled_from(["unseals", "unseals", "unseals at last", "sleeps", "sleeps", "wrong", "withdraws"]),
    house_fault=st.booleans(),
)


def submit(house: House, number: int, plan: Plan) -> None:
    house.register(number)
    made = house.seal(number, {"price_fen": plan.yuan * 100, "period_days": 1})
    if plan.made != "honest":
        made = tampered(house, number, plan.made)
    assert code(house.hand_in(number, made)) == "EnvelopeReceived"
    if plan.does == "withdraws":
        assert code(house.withdraw(number)) == "EnvelopeWithdrawn"


def unseal(house: House, number: int, plan: Plan) -> None:
    if plan.does in {"wrong", "unseals at last"}:
        assert code(house.unseal(number, half=bytes(32))) == "E_REVEAL_MISMATCH"
    if plan.does.startswith("unseals"):
        assert code(house.unseal(number)) == "EnvelopeUnsealed"


def lie(answer: str) -> str:
    """A well-spelled answer whose proof does not hold."""
    said = json.loads(answer)
    last = "1" if said["response"][-1] == "0" else "0"
    return canonical.write({**said, "response": said["response"][:-1] + last}).decode()


def decide(house: House, bidders: dict[int, Plan], liar: int) -> None:
    """The trustees answer, the first of them wrongly at first; the host decides what is left."""
    first, second = [each for each in (1, 2, 3) if each != liar][:2]
    halves = [Half.HALL]
    if house.sheet.remedy and any(each.own is None for each in house.opening.live()):
        assert code(house.host(to.OrderRemedy)) == "RemedyOrdered"
        halves.append(Half.REMEDY)
    for half in halves:
        for number in bidders:
            if half is Half.REMEDY and ("1", number) not in house.opening.remedy:
                continue
            given = (
                to.GivenAnswer(bidder=PaddleNo(number), section="1", answer=lie(house.answer(liar, number, half))),
            )
            said = house.ask(to.GiveAnswers, Principal(f"trustee:{liar}"), half=half, answers=given)
            assert code(said) in {"AnswerRejected", "E_ANSWER_NOT_WANTED"}
            for trustee in (first, second):
                house.answers(trustee, number, half=half)
    for number, plan in bidders.items():
        envelope = house.opening.envelopes["1", PaddleNo(number)]
        if envelope.settled:
            continue
        if envelope.own is None:
            evidence = replace(GOOD, server_ok=not plan.house_fault)
            house.evidence(number, evidence)
            assert code(house.lapse(number, evidence.suggests, evidence)) == "EnvelopeLapsed"
        elif plan.made == "content":
            assert code(house.unreadable(number)) == "EnvelopeLapsed"
        else:
            assert code(house.open(number)) == "SheetOpened"


@article("38", "39", "41")
@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])
@settings(max_examples=6, deadline=None)
@given(st.tuples(*[PLANS] * 4), st.booleans(), st.sampled_from([1, 2, 3]))
def test_every_envelope_ends_as_its_bidder_and_the_conditions_have_it(
    suite: Suite, plans: tuple[Plan, ...], remedy: bool, liar: int
) -> None:
    house = House(sheet(suite, remedy=remedy, bidders_min=1), suite)
    bids = dict(zip(NUMBERS, plans, strict=True))
    for number, plan in bids.items():
        submit(house, number, plan)
    expected = {n: end for n, plan in bids.items() if (end := plan.ends(remedy=remedy)) is not None}
    if not expected:
        house.until_closed()
        assert code(house.host(to.StartOpening)).endswith("OpeningEnded")
        return
    house.until_unsealing()
    for number in expected:
        unseal(house, number, bids[number])
    house.until_combining()
    decide(house, {number: bids[number] for number in expected}, liar)
    assert code(house.host(to.ReadOut)) == "BidsReadOut"
    found: dict[int, Any] = {
        each.bidder: (state_of(each), None if each.content is None else each.content["price_fen"])
        for each in house.opening.live()
    }
    assert found == expected
    assert all(trustee == liar for trustee, _, _ in house.opening.rejected)
    house.until_ended()
    assert house.opening.final
    again: Opening | None = None
    for _, _, outcome in house.taken:
        for event in () if isinstance(outcome, Refusal) else outcome:
            again = apply(again, event)
    assert again is not None
    assert again.summary() == house.opening.summary()
