"""Whole openings in which everything happens that can, for whoever looks at what is shown of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from engine.domain.auction import commands as common
from engine.domain.auction.commands import Title
from engine.domain.opening import commands as to
from engine.domain.opening.commands import Half
from engine.domain.opening.evidence import LapseCause, Trouble
from engine.domain.opening.sheet import Attend, Ceiling, Section
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from tests.domain.opening.house import GOOD, HOST, ONE, REGISTRAR, SECOND, SUPERVISOR, House, Outcome, sheet, three
from tests.domain.opening.test_envelopes import tampered

PRICES: Final = {4711: 12_345_671, 305: 12_345_673, 90210: 12_345_677, 66: 12_345_679}


def whole(attend: Attend = Attend.ALL) -> Iterator[House]:
    """An opening in which everything happens that can; given out after every command."""
    section = replace(ONE[0], ceiling_told=Ceiling.AT_OPENING, coefficients=(950, 960, 970))
    house = House(sheet(sections=(section,), remedy=True, attend=attend))
    yield house

    def step(*outcomes: Outcome) -> House:
        assert not [each for each in outcomes if isinstance(each, Refusal)], outcomes
        return house

    house.register(4711, 305, 90210, 66, 1001)
    yield house
    yield step(house.deposit(305), house.deposit(1001))
    for number in (4711, 305, 90210, 66):
        yield step(house.submit(number, 99_999_989))
        yield step(house.submit(number, PRICES[number]))
    house.register(2002)
    yield step(house.submit(2002, 88_888_889))
    yield step(house.withdraw(2002), house.by(1001, to.SignIn), house.by(305, to.SignIn))
    later = Nanoseconds(house.opening.deadline + 60 * SECOND)
    yield step(house.host(to.ProposeTime, deadline=later, reason="停电"), house.ask(to.DropTime, SUPERVISOR))
    yield step(house.host(to.ProposeTime, deadline=later, reason="停电"))
    yield step(house.ask(to.ConfirmTime, REGISTRAR, deadline=later))
    house.until_closed()
    yield house
    yield step(house.host(to.StartOpening, absent=3))
    yield step(house.host(to.PublishList))
    yield step(house.by(4711, to.SignIn))
    yield step(house.host(to.OpenUnsealing))
    yield step(house.unseal(4711), house.by(90210, to.ReportTrouble, section="1", trouble=Trouble.KEY))
    yield step(house.ask(common.SuspendSale, HOST, reason="断电"))
    yield step(house.by(305, to.RaiseObjection, text="请延长"), house.ask(common.ResumeSale, HOST))
    yield step(house.ask(common.RegisterStop, SUPERVISOR, reason="核对"), house.ask(common.ResumeSale, HOST))
    yield step(house.unseal(305), house.unseal(66), house.host(to.AnswerObjection, no=1, text="已重新计时"))
    house.until_combining()
    yield house
    yield step(house.host(to.AnnounceCeiling, section="1", amount=Fen(1_234_567_500)))
    given = (to.GivenAnswer(bidder=PaddleNo(305), section="1", answer=house.answer(1, 305, of=66)),)
    yield step(house.ask(to.GiveAnswers, Principal("trustee:1"), half=Half.HALL, answers=given))
    lost = replace(GOOD, stored=False)
    yield step(house.evidence(66, lost), house.lapse(66, LapseCause.PLATFORM, lost))
    yield step(house.host(to.OrderRemedy))
    for trustee in (1, 2):
        yield step(house.answers(trustee, 4711, 305, 90210, 66))
        yield step(house.answers(trustee, 90210, half=Half.REMEDY))
    yield step(house.open(4711), house.open(305))
    yield step(house.open(90210), house.host(to.DrawCoefficient, section="1"))
    yield step(house.host(to.ReadOut))
    yield step(house.by(305, to.ConfirmSheet, section="1"))
    yield step(house.host(to.OpenSigning), house.ask(common.SignResult, HOST, report=house.opening.report))
    yield step(house.ask(common.SignResult, SUPERVISOR, report=house.opening.report))
    yield step(house.host(to.EndOpening))
    yield step(house.host(to.Reconvene, reason="宣布结果"), house.host(to.MakeStatement, text="结果已公示"))
    yield step(house.host(to.EndOpening))


def failing() -> House:
    """One section with too few bidders; in the other an envelope whose half is none, and a lapse that an officer decided on."""
    two = Section(name="2", title=Title(zh="二标段", en="Section 2"))
    house = three(House(sheet(sections=(*ONE, two))))
    house.submit(305, 900_000, section="2")
    house.register(66)
    house.hand_in(66, tampered(house, 66, "hall"))
    house.until_unsealing()
    house.unseal(305)
    house.unseal(66)
    house.until_combining()
    for number in (4711, 90210):
        house.evidence(number)
        house.lapse(number, LapseCause.BIDDER)
    house.until_read_out()
    house.until_ended()
    assert house.opening.final
    return house
