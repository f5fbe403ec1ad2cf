"""From the provisional result to the final one."""

import pytest

from engine.domain.auction.commands import SignResult
from engine.domain.auction.events import ResultConfirmed, ResultSigned
from engine.domain.auction.views import Audience, picture
from engine.domain.parties import HOUSE, Principal, Role, bidder
from engine.domain.refusals import Reason
from engine.domain.units import Nanoseconds, PaddleNo
from tests.articles import article
from tests.domain.auction.saleroom import DESK, ID, REGISTRAR, ROSTRUM, SUPERVISOR, Saleroom

REPORT, OTHER = "a" * 64, "b" * 64


def sign(by: Principal, report: str = REPORT) -> SignResult:
    return SignResult(command_id=ID, by=by, report=report)


@pytest.fixture
def closed() -> Saleroom:
    room = Saleroom().open()
    room.passed(1, 2, 3)
    room.close()
    return room


def result(room: Saleroom) -> tuple[str | None, list[str]]:
    sale = picture(room.auction, Audience.PUBLIC)["sale"]
    return sale["result"], sale["signed"]


@article("24")
@pytest.mark.parametrize(("first", "second"), [(ROSTRUM, SUPERVISOR), (SUPERVISOR, ROSTRUM)])
def test_the_result_is_final_when_both_have_signed_the_same_report(
    closed: Saleroom, first: Principal, second: Principal
) -> None:
    assert result(closed) == ("provisional", [])
    (signed,) = closed.ask(sign(first))
    role = Role(first.split(":")[0])
    assert signed == ResultSigned(role=role, report=REPORT, at=Nanoseconds(closed.at))
    assert result(closed) == ("provisional", [role])
    signed, confirmed = closed.ask(sign(second))
    assert isinstance(signed, ResultSigned)
    assert confirmed == ResultConfirmed(report=REPORT, at=Nanoseconds(closed.at))
    assert result(closed)[0] == "final"


@article("24")
def test_another_report_than_was_signed_is_refused(closed: Saleroom) -> None:
    closed.ask(sign(ROSTRUM))
    assert closed.refusal(sign(SUPERVISOR, OTHER)).reason is Reason.REPORT_DIFFERS
    assert closed.auction.final is False


@article("24")
def test_an_office_signs_once(closed: Saleroom) -> None:
    closed.ask(sign(ROSTRUM))
    assert closed.refusal(sign(ROSTRUM)).reason is Reason.ALREADY_SIGNED
    assert closed.refusal(sign(Principal("auctioneer:2"), OTHER)).reason is Reason.ALREADY_SIGNED


@article("24")
def test_nobody_signs_before_the_sale_is_closed() -> None:
    room = Saleroom()
    assert room.refusal(sign(ROSTRUM)).reason is Reason.SALE_NOT_CLOSED
    room.open()
    room.suspend()
    assert room.refusal(sign(SUPERVISOR)).reason is Reason.SALE_NOT_CLOSED
    assert result(room) == (None, [])


@article("3", "24")
@pytest.mark.parametrize("by", [DESK, REGISTRAR, HOUSE, bidder(PaddleNo(8))])
def test_nobody_else_signs(closed: Saleroom, by: Principal) -> None:
    assert closed.refusal(sign(by)).reason is Reason.NOT_AUTHORISED


@article("24")
def test_everybody_is_told_that_the_result_is_final(closed: Saleroom) -> None:
    closed.ask(sign(ROSTRUM))
    assert picture(closed.auction, Audience.PUBLIC)["announcement"] is None
    closed.ask(sign(SUPERVISOR))
    said = closed.auction.announcement
    assert said is not None
    assert said.kind == "result"
    assert said.zh == "完整性报告已由拍卖师和监督人签署，拍卖结果为最终结果。"
    assert said.en.endswith("signed by the auctioneer and the supervisor: the result is final.")
