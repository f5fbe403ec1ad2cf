"""Whatever stands in a command, the rules answer: an outcome or a refusal, never a fault that would stop the room."""

from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.opening import commands as to
from engine.domain.opening.commands import Half
from engine.domain.parties import HOUSE, Principal
from engine.domain.refusals import WORDING, Refusal
from engine.domain.units import PaddleNo
from tests.domain.opening.house import REGISTRAR, House, Outcome, sheet, three

DIGITS = "0123456789abcdef"


@cache
def houses() -> tuple[House, House, House]:
    """One that takes envelopes, one in which they are unsealed, one in which they are opened."""
    taking, window, after = (three(House(sheet(remedy=True))) for _ in range(3))
    window.until_unsealing()
    after.until_unsealing()
    after.unseal(305)
    after.until_combining()
    for trustee in (1, 2):
        after.answers(trustee, 305)
    after.host(to.OrderRemedy)
    return taking, window, after


@cache
def honest() -> dict[str, str]:
    """What honest people send, by what it is."""
    house = houses()[2]
    made = house.sealed["1", 305]
    return {
        "manifest": made.manifest.write().decode(),
        "signature": made.signature.hex(),
        "half": made.sealed.own.hex(),
        "answer": house.answer(3, 4711),
        "content": '{"period_days":180,"price_fen":115000000,"quality":"合格"}',
        "key": house.tender.credential("305 signing").der.hex(),
    }


@st.composite
def texts(draw: st.DrawFn, what: str) -> str:
    """Noise; or what an honest one sends, with a few characters changed, left out or added."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.text(max_size=200) | st.text(DIGITS, max_size=300))
    text = honest()[what]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(["", "0", "f", '"', "{", "}", " ", "\\", "甲", "null", "-1"]))
        text = text[:at] + put + text[at + draw(st.integers(0, 2)) :]
    return text


def said(house: House, kind: type, by: Principal, **fields: Any) -> None:
    """What is asked, of the house as it was made: no example leaves anything behind for the next."""
    before = house.opening.fork()
    outcome: Outcome = house.ask(kind, by, **fields)
    house.taken.pop()
    house.state = before
    if isinstance(outcome, Refusal):
        zh, en = WORDING[outcome.reason].say(outcome.detail)
        assert zh
        assert en


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(["1", "2", "", "一"]), st.sampled_from([305, 4711, 1]))
def test_noise_is_answered(data: st.DataObject, section: str, number: int) -> None:
    taking, window, after = (three_houses := houses())
    house = data.draw(st.sampled_from(three_houses))
    bidder = Principal(f"bidder:{number}")
    of: dict[str, Any] = {"bidder": PaddleNo(number), "section": section}

    def text(what: str) -> str:
        return data.draw(texts(what))

    match data.draw(st.integers(0, 6)):
        case 0:
            said(taking, to.SubmitEnvelope, bidder, **of, manifest=text("manifest"), signature=text("signature"))
        case 1:
            said(taking, to.WithdrawEnvelope, bidder, **of, signature=text("signature"))
        case 2:
            said(window, to.UnsealEnvelope, bidder, **of, half=text("half"))
        case 3:
            given = (to.GivenAnswer(**of, answer=text("answer")),)
            by = Principal(f"trustee:{data.draw(st.sampled_from(['3', '0', '99', '', '１', '-1', '1' * 5000]))}")
            said(after, to.GiveAnswers, by, half=data.draw(st.sampled_from(Half)), answers=given)
        case 4:
            said(after, to.OpenSheet, HOUSE, **of, content=text("content"))
        case 5:
            said(after, to.ReportUnreadable, HOUSE, **of, chunk=text("content"))
        case _:
            fields = {"bidder": PaddleNo(7), "name": "甲", "certificate": text("key"), "key": text("key")}
            said(house, to.RegisterBidder, REGISTRAR, **fields)
