"""The rules of an opening, article by article: how it is conducted."""

from dataclasses import replace
from typing import Any

import pytest

from engine.domain.auction import commands as common
from engine.domain.auction.commands import Cause, Title
from engine.domain.auction.state import SalePhase
from engine.domain.opening import commands as to
from engine.domain.opening.events import OpeningStarted, SubmissionClosed, UnsealingMoved
from engine.domain.opening.root import draw, submission_root
from engine.domain.opening.rules import MAY_ASK
from engine.domain.opening.sheet import Ceiling, FieldKind, Section, SheetField
from engine.domain.opening.stage import MAY_FOLLOW, WORDS, Stage
from engine.domain.parties import HOUSE, Principal, Role, bidder
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import InvalidRuleSheet
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL, Suite
from tests.articles import article
from tests.domain.opening.house import (
    DEADLINE,
    FIELDS,
    HOST,
    ONE,
    REGISTRAR,
    SECOND,
    SUPERVISOR,
    WINDOW,
    House,
    code,
    sheet,
    tender_of,
    three,
)

TWO = Section(name="2", title=Title(zh="二标段", en="Section 2"))


@article("31")
@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])
def test_an_opening_goes_from_envelopes_to_a_signed_record(suite: Suite) -> None:
    house = three(House(sheet(suite), suite))
    house.until_unsealing()
    for number in (4711, 305, 90210):
        assert code(house.unseal(number)) == "EnvelopeUnsealed"
    assert code(house.host(to.CloseUnsealing)) == "UnsealingClosed"
    house.until_read_out()
    assert house.opening.stage == "read_out"
    prices = {each.bidder: each.content["price_fen"] for each in house.opening.live() if each.content}
    assert prices == {4711: 1_200_000_00, 305: 1_150_000_00, 90210: 1_310_000_00}
    for number in (4711, 305, 90210):
        assert code(house.by(number, to.ConfirmSheet, section="1")) == "SheetConfirmed"
    house.until_ended()
    assert house.opening.stage == "ended"
    assert house.opening.final


@article("31")
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("sections", {"sections": ()}),
        ("sections", {"sections": (*ONE, *ONE)}),
        ("fields", {"fields": ()}),
        ("fields.name", {"fields": (*FIELDS, replace(FIELDS[0], name="总价"))}),
        ("price", {"price": "period_days"}),
        ("price", {"price": "nothing"}),
        ("unseal_s", {"unseal_for": Nanoseconds(59 * SECOND)}),
        ("bidders_min", {"bidders_min": 0}),
        ("grace_ms", {"grace": Nanoseconds(0)}),
        ("hall", {"hall": "{}"}),
        ("hall", {"tender": "another"}),
    ],
)
def test_conditions_by_which_nothing_could_be_opened_are_not_made(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRuleSheet) as wrong:
        sheet(**changes)
    assert wrong.value.field == field


@article("31", "40")
@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("sections.name", {"name": "一"}),
        ("sections.ceiling_yuan", {"ceiling": Fen(1)}),
        ("sections.ceiling_yuan", {"ceiling_told": Ceiling.PUBLISHED}),
        ("sections.ceiling_yuan", {"ceiling_told": Ceiling.PUBLISHED, "ceiling": Fen(0)}),
        ("sections.coefficients", {"coefficients": (950,)}),
        ("sections.coefficients", {"coefficients": (950, 950)}),
        ("sections.coefficients", {"coefficients": (0, 950)}),
    ],
)
def test_sections_that_could_not_be_opened_are_not_made(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRuleSheet) as wrong:
        replace(ONE[0], **changes)
    assert wrong.value.field == field


@article("31")
def test_what_a_sheet_lacks_or_has_too_much_is_named() -> None:
    rules = sheet()
    assert rules.flaws({"price_fen": 100, "period_days": 180}) == ()
    assert rules.flaws({"price_fen": 100, "period_days": "180", "extra": 1}) == ("extra", "period_days")
    assert rules.flaws({"price_fen": 10**14, "quality": 1}) == ("period_days", "price_fen", "quality")
    assert SheetField(name="a", title=Title(zh="甲", en="A"), kind=FieldKind.TEXT).needed


@article("31")
def test_it_is_announced_once_and_nothing_is_done_before() -> None:
    house = House(sheet())
    assert code(house.ask(to.AnnounceOpening, HOUSE, sale="t1", title=house.opening.title, rules=house.sheet)) == (
        "E_ALREADY_ANNOUNCED"
    )
    house.state = None
    refused = house.host(to.StartOpening)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == ("E_NOT_AT_THIS_STAGE", {"why": "unannounced"})


@article("31")
def test_every_stage_has_words_and_leads_to_the_end() -> None:
    assert WORDS.keys() == {*Stage, "unannounced"}
    reached, ahead = set[Stage](), {Stage.RECEIVING}
    while ahead:
        reached |= ahead
        ahead = {after for stage in ahead for after in MAY_FOLLOW[stage]} - reached
    assert reached == set(Stage)


@article("32")
def test_each_act_is_for_its_roles_and_a_bidder_speaks_for_himself() -> None:
    house = three(House(sheet()))
    assert code(house.ask(to.StartOpening, SUPERVISOR)) == "E_NOT_AUTHORISED"
    assert code(house.ask(to.SignIn, bidder(PaddleNo(305)), bidder=PaddleNo(4711))) == "E_NOT_AUTHORISED"
    assert code(house.ask(to.RecordDeposit, HOST, bidder=PaddleNo(305), section="1", status="paid")) == (
        "E_NOT_AUTHORISED"
    )
    assert all(Role.BIDDER not in who or len(who) == 1 for who in MAY_ASK.values())
    assert not any(Role.AUCTIONEER in who or Role.CLERK in who for who in MAY_ASK.values())


@article("35")
def test_the_opening_is_put_off_by_two_officers_of_different_roles() -> None:
    house = three(House(sheet()))
    later = Nanoseconds(DEADLINE + 3600 * SECOND)
    assert code(house.host(to.ConfirmTime, deadline=later)) == "E_NO_TIME_PROPOSED"
    assert code(house.host(to.ProposeTime, deadline=DEADLINE, reason="停电")) == "E_TIME_NOT_LATER"
    assert code(house.host(to.ProposeTime, deadline=later, reason="停电")) == "TimeProposed"
    assert code(house.ask(to.ConfirmTime, Principal("host:2"), deadline=later)) == "E_SECOND_OFFICER_REQUIRED"
    assert code(house.ask(to.ConfirmTime, SUPERVISOR, deadline=Nanoseconds(later + 1))) == "E_NO_TIME_PROPOSED"
    assert house.opening.deadline == DEADLINE
    assert code(house.ask(to.ConfirmTime, SUPERVISOR, deadline=later)) == "TimeChanged"
    assert house.opening.deadline == later
    house.at = DEADLINE + 60 * SECOND
    assert code(house.submit(305, 1_100_000)) == "EnvelopeReceived"
    house.until_closed()
    assert house.opening.stage == "closed"


@article("35")
def test_a_proposal_can_be_dropped_and_ends_with_the_deadline() -> None:
    house = three(House(sheet()))
    later = Nanoseconds(DEADLINE + 3600 * SECOND)
    house.host(to.ProposeTime, deadline=later, reason="停电")
    assert code(house.ask(to.DropTime, REGISTRAR)) == "TimeDropped"
    assert code(house.ask(to.DropTime, REGISTRAR)) == "E_NO_TIME_PROPOSED"
    house.host(to.ProposeTime, deadline=later, reason="停电")
    house.at = DEADLINE + 1
    assert code(house.ask(to.ConfirmTime, SUPERVISOR, deadline=later)) == "E_SUBMISSION_CLOSED"
    house.until_closed()
    assert code(house.ask(to.ConfirmTime, SUPERVISOR, deadline=later)) == "E_NO_TIME_PROPOSED"


@article("36")
def test_the_root_binds_every_envelope_before_any_is_opened() -> None:
    house = three(House(sheet()))
    house.until_closed()
    closed = house.taken[-1][2]
    assert not isinstance(closed, Refusal)
    (event,) = closed
    assert isinstance(event, SubmissionClosed)
    manifests = [house.sealed["1", number].manifest for number in (305, 4711, 90210)]
    assert event.root == submission_root(house.suite, manifests).hex()
    assert submission_root(house.suite, []) == house.suite.hash(b"")


@article("36")
def test_who_has_not_signed_in_is_confirmed_by_number() -> None:
    house = three(House(sheet()))
    assert code(house.host(to.StartOpening)) == "E_NOT_AT_THIS_STAGE"
    house.by(305, to.SignIn)
    house.until_closed()
    refused = house.host(to.StartOpening)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == ("E_BIDDERS_ABSENT", {"absent": 2})
    house.by(4711, to.SignIn)
    assert code(house.host(to.StartOpening, absent=2)) == "E_BIDDERS_ABSENT"
    assert house.host(to.StartOpening, absent=1) == (OpeningStarted(absent=1, at=Nanoseconds(house.at)),)
    assert code(house.host(to.StartOpening, absent=1)) == "E_NOT_AT_THIS_STAGE"


@article("36")
def test_with_too_few_bidders_nothing_is_opened() -> None:
    house = House(sheet())
    house.register(4711, 305)
    for number in (4711, 305):
        house.submit(number, 1_000_000)
        house.by(number, to.SignIn)
    house.until_closed()
    assert code(house.host(to.StartOpening)) == "OpeningStarted SectionFailed OpeningEnded"
    assert code(house.host(to.PublishList)) == "E_NOT_AT_THIS_STAGE"
    assert code(house.unseal(305)) == "E_NOT_AT_THIS_STAGE"
    assert code(house.host(to.Reconvene, reason="评标")) == "E_SIGNATURES_DUE"


@article("36")
def test_a_section_with_too_few_stays_sealed_while_others_are_opened() -> None:
    house = three(House(sheet(sections=(*ONE, TWO))))
    house.submit(305, 900_000, section="2")
    house.until_unsealing()
    assert house.opening.failed == {"2": 1}
    assert code(house.unseal(305, "2")) == "E_NO_ENVELOPE"
    assert code(house.unseal(305)) == "EnvelopeUnsealed"


@article("40")
def test_ceilings_are_announced_before_anybody_can_know_a_price() -> None:
    house = three(House(sheet(sections=(replace(ONE[0], ceiling_told=Ceiling.AT_OPENING),))))
    house.until_unsealing()
    for number in (4711, 305, 90210):
        house.unseal(number)
    assert code(house.host(to.AnnounceCeiling, section="1", amount=Fen(1))) == "E_NOT_AT_THIS_STAGE"
    house.until_combining()
    assert code(house.answers(1, 305)) == "E_CEILING_DUE"
    assert code(house.host(to.AnnounceCeiling, section="9", amount=Fen(1))) == "E_SECTION_UNKNOWN"
    assert code(house.host(to.AnnounceCeiling, section="1", amount=Fen(1_250_000_00))) == "CeilingAnnounced"
    assert code(house.host(to.AnnounceCeiling, section="1", amount=Fen(1_300_000_00))) == "E_NOT_DUE"
    house.until_read_out()
    assert house.opening.stage == "read_out"


@article("40")
def test_a_coefficient_is_drawn_from_what_all_sealed_in_and_anybody_can_draw_it_again() -> None:
    coefficients = (940, 950, 960, 970)
    house = three(House(sheet(sections=(replace(ONE[0], coefficients=coefficients),))))
    house.until_unsealing()
    for number in (4711, 305, 90210):
        house.unseal(number)
    house.until_combining()
    house.answers(1, 4711, 305, 90210)
    assert code(house.host(to.DrawCoefficient, section="1")) == "E_ENVELOPES_SEALED"
    house.answers(2, 4711, 305, 90210)
    for number in (4711, 305, 90210):
        house.open(number)
    assert code(house.host(to.ReadOut)) == "E_COEFFICIENT_DUE"
    assert code(house.host(to.DrawCoefficient, section="1")) == "CoefficientDrawn"
    assert code(house.host(to.DrawCoefficient, section="1")) == "E_NOT_DUE"
    drawn, root = house.opening.drawn["1"], house.opening.root
    assert root is not None
    seed = draw(house.suite, bytes.fromhex(root), "1", house.opening.of_section("1"))
    assert (drawn.seed, drawn.permille) == (seed.hex(), coefficients[int.from_bytes(seed, "big") % 4])
    assert code(house.host(to.ReadOut)) == "BidsReadOut"


@article("41")
def test_nothing_is_read_out_while_one_is_undecided() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    house.unseal(305)
    house.until_combining()
    refused = house.host(to.ReadOut)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == ("E_ENVELOPES_SEALED", {"envelopes": 3})


def read_out() -> House:
    house = three(House(sheet()))
    house.until_unsealing()
    for number in (4711, 305, 90210):
        house.unseal(number)
    house.until_combining()
    house.until_read_out()
    return house


@article("41")
def test_an_objection_is_answered_on_the_record_before_it_is_signed() -> None:
    house = read_out()
    house.register(66)
    assert code(house.by(66, to.RaiseObjection, text="?")) == "E_NO_ENVELOPE"
    assert code(house.by(305, to.ConfirmSheet, section="1")) == "SheetConfirmed"
    assert code(house.by(66, to.ConfirmSheet, section="1")) == "E_NO_ENVELOPE"
    assert code(house.by(4711, to.RaiseObjection, text="工期读错")) == "ObjectionRaised"
    refused = house.host(to.OpenSigning)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == ("E_OBJECTIONS_OPEN", {"objections": 1})
    assert code(house.host(to.AnswerObjection, no=2, text="")) == "E_OBJECTION_UNKNOWN"
    assert code(house.host(to.AnswerObjection, no=1, text="以开标一览表为准")) == "ObjectionAnswered"
    assert code(house.host(to.AnswerObjection, no=1, text="again")) == "E_OBJECTION_UNKNOWN"
    assert code(house.host(to.OpenSigning)) == "SigningOpened"
    (objection,) = house.opening.objections
    assert (objection.text, objection.answer) == ("工期读错", "以开标一览表为准")


@article("42")
def test_the_record_is_signed_by_both_and_only_this_record() -> None:
    house = read_out()
    house.host(to.OpenSigning)
    report = house.opening.report
    assert report == house.opening.record_digest()
    assert code(house.host(to.EndOpening)) == "E_SIGNATURES_DUE"
    assert code(house.ask(common.SignResult, HOST, report="00" * 32)) == "E_REPORT_DIFFERS"
    assert code(house.ask(common.SignResult, HOST, report=report)) == "ResultSigned"
    assert code(house.ask(common.SignResult, Principal("host:2"), report=report)) == "E_ALREADY_SIGNED"
    assert code(house.by(305, to.SignIn)) == "E_NOT_AT_THIS_STAGE"
    assert code(house.ask(common.SignResult, SUPERVISOR, report=report)) == "ResultSigned ResultConfirmed"
    assert code(house.host(to.EndOpening)) == "OpeningEnded"
    assert house.opening.phase is SalePhase.CLOSED


@article("42")
def test_after_the_end_all_can_be_called_together_once_more() -> None:
    house = read_out()
    house.until_ended()
    assert code(house.host(to.MakeStatement, text="x")) == "E_NOT_AT_THIS_STAGE"
    assert code(house.host(to.Reconvene, reason="宣布评标结果")) == "OpeningReconvened"
    assert code(house.host(to.MakeStatement, text="评标结果已公示")) == "StatementMade"
    assert code(house.host(to.EndOpening)) == "OpeningEnded"
    assert house.opening.reconvened == 1


@article("43")
def test_a_pause_gives_the_whole_window_again() -> None:
    house = three(House(sheet()))
    assert code(house.ask(common.SuspendSale, HOST, reason="r")) == "E_NOT_AT_THIS_STAGE"
    house.until_unsealing()
    assert code(house.ask(common.ResumeSale, HOST)) == "E_NOT_PAUSED"
    house.unseal(305)
    house.at += WINDOW - SECOND
    assert code(house.ask(common.SuspendSale, HOST, reason="网络故障")) == "SaleSuspended"
    assert house.opening.phase is SalePhase.SUSPENDED
    house.at += 2 * WINDOW
    assert code(house.unseal(4711)) == "E_OPENING_PAUSED"
    assert code(house.by(4711, to.RaiseObjection, text="断线")) == "ObjectionRaised"
    assert code(house.ask(common.ResumeSale, HOST)) == "SaleResumed UnsealingMoved"
    assert house.opening.ends_at == house.at + WINDOW
    house.at += WINDOW
    assert code(house.unseal(4711)) == "EnvelopeUnsealed"


@article("43")
def test_the_supervisor_stops_it_and_his_stop_is_on_the_record_at_any_time() -> None:
    house = three(House(sheet()))
    assert code(house.ask(common.RegisterStop, SUPERVISOR, reason="核对")) == "StopRegistered"
    house.until_unsealing()
    assert code(house.ask(common.RegisterStop, SUPERVISOR, reason="核对")) == "StopRegistered SaleSuspended"
    assert code(house.ask(common.RegisterStop, SUPERVISOR, reason="核对")) == "StopRegistered"
    assert code(house.ask(common.ResumeSale, HOST)) == "SaleResumed UnsealingMoved"


@article("43")
def test_a_window_that_was_over_is_over_unless_the_house_itself_was_away() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    assert house.opening.ends_at is not None
    house.at = house.opening.ends_at + 1
    assert code(house.ask(common.SuspendSale, HOST, reason="r")) == "UnsealingClosed SaleSuspended"
    other = three(House(sheet()))
    other.until_unsealing()
    assert other.opening.ends_at is not None
    other.at = other.opening.ends_at + 1
    fields: dict[str, Any] = {"reason": "重启", "cause": Cause.RESTART, "since": Nanoseconds(other.at - SECOND)}
    assert code(other.ask(common.SuspendSale, HOUSE, **fields)) == "SaleSuspended"
    resumed = other.ask(common.ResumeSale, HOST)
    assert not isinstance(resumed, Refusal)
    assert isinstance(resumed[-1], UnsealingMoved)


@article("43")
def test_a_deadline_that_is_not_due_is_refused() -> None:
    house = three(House(sheet()))
    due = common.DeadlineReached(command_id="d", by=HOUSE, deadline=Nanoseconds(house.at))
    assert code(house.take(due, house.at)) == "E_NOT_DUE"


def test_a_fork_goes_its_own_way_and_equal_openings_have_equal_summaries() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    copy = house.opening.fork()
    before = copy.summary()
    house.unseal(305)
    house.until_combining()
    house.answers(1, 305)
    assert copy.summary() == before
    assert house.opening.summary() != before
    assert house.opening.weight > 0


def test_the_tenders_of_both_suites_are_not_the_same() -> None:
    assert tender_of(INTERNATIONAL).hall != tender_of(COMMERCIAL).hall
