"""The rules of an opening, article by article: what is submitted, unsealed, remedied, and what lapses."""

from dataclasses import replace
from typing import Any

import pytest

from engine.domain.opening import commands as to
from engine.domain.opening.commands import Half
from engine.domain.opening.events import AnswerRejected, EnvelopeLapsed, EnvelopeReceived, Event
from engine.domain.opening.evidence import CertificateState, LapseCause, Trouble, Why
from engine.domain.opening.receiving import hall_points
from engine.domain.parties import HOUSE, Principal
from engine.domain.refusals import Refusal
from engine.domain.units import PaddleNo
from engine.sealing.content import pack_sheet
from engine.sealing.halves import HALL, REMEDY, half_digest
from engine.sealing.parts import PartName, Rooting, chunk_digest
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL, SUITES, Suite
from tests.articles import article
from tests.domain.opening.house import (
    DEADLINE,
    GOOD,
    SECOND,
    House,
    Outcome,
    code,
    priced,
    resigned,
    sheet,
    tender_of,
    three,
)
from tests.sealing.scene import Envelope, Tender, chance


def only(outcome: Outcome) -> Event:
    """The one thing that happened."""
    assert not isinstance(outcome, Refusal)
    (event,) = outcome
    return event


@article("33")
def test_an_envelope_is_received_replaced_and_taken_back_before_the_deadline() -> None:
    house = House(sheet())
    assert code(house.submit(305, 1)) == "E_BIDDER_UNKNOWN"
    house.register(305)
    received = only(house.submit(305, 1_000_000))
    assert isinstance(received, EnvelopeReceived)
    assert (received.version, received.at) == (1, house.at)
    again = only(house.submit(305, 900_000))
    assert isinstance(again, EnvelopeReceived)
    assert again.version == 2
    assert len(house.opening.envelopes) == 1
    assert code(house.withdraw(305)) == "EnvelopeWithdrawn"
    assert code(house.withdraw(305)) == "E_NO_ENVELOPE"
    assert not house.opening.envelopes
    assert code(house.submit(305, 950_000)) == "EnvelopeReceived"
    assert house.opening.versions["1", PaddleNo(305)] == 3


@article("33")
def test_the_deadline_counts_by_arrival_and_both_stamps_are_told() -> None:
    house = three(House(sheet()))
    made = house.seal(305, priced(7))
    fields: dict[str, Any] = {"manifest": made.manifest.write().decode(), "signature": made.signature.hex()}
    last = to.SubmitEnvelope(command_id="x", by=Principal("bidder:305"), bidder=PaddleNo(305), section="1", **fields)
    assert code(house.take(last, DEADLINE + 1)) == "E_SUBMISSION_CLOSED"
    assert code(house.take(last, DEADLINE)) == "EnvelopeReceived"
    house.until_closed()
    refused = house.take(last, DEADLINE)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == (
        "E_LATE_TRANSIT",
        {"arrived_us": DEADLINE // 1000, "closed_us": DEADLINE // 1000},
    )
    assert code(house.withdraw(305)) == "E_SUBMISSION_CLOSED"


@article("33")
@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])
def test_an_envelope_of_another_tender_section_bidder_version_suite_or_hall_is_refused(suite: Suite) -> None:
    house = House(sheet(suite), suite)
    house.register(305, 4711)
    tender = house.tender
    mine = tender.context("305")
    other = next(each for each in SUITES.values() if each is not suite)
    wrong = [
        Tender(suite, "HZ-2026-002").seal(context=replace(mine, tender="HZ-2026-002"), remedy=False),
        tender.seal(context=replace(mine, section="2"), remedy=False),
        tender.seal(context=replace(mine, bidder="4711"), remedy=False),
        tender.seal(context=replace(mine, version=2), remedy=False),
        tender_of(other).seal(context=replace(mine, suite=other.name), remedy=False),
        resigned(tender, house.seal(305, priced(1)), 305, hall=bytes(32)),
    ]
    assert [code(house.hand_in(305, each)) for each in wrong] == ["E_SEAL_CONTEXT_MISMATCH"] * len(wrong)


@article("33")
def test_a_wrap_that_came_before_is_refused_whoever_sends_it() -> None:
    """So no answer of a trustee ever opens two envelopes."""
    house = three(House(sheet(remedy=True)))
    house.register(66)
    stolen = house.sealed["1", 4711].manifest.wrap_remedy
    copied = resigned(house.tender, house.seal(66, priced(2)), 66, wrap_remedy=stolen)
    assert code(house.hand_in(66, copied)) == "E_SEAL_CONTEXT_MISMATCH"
    own = house.sealed["1", 305].manifest
    again = resigned(house.tender, house.seal(305, priced(2)), 305, wrap_hall=own.wrap_hall)
    assert code(house.hand_in(305, again)) == "E_SEAL_CONTEXT_MISMATCH"
    assert len(hall_points(own)) == 2


@article("33")
def test_an_envelope_must_be_whole_signed_and_spelled_as_the_format_asks() -> None:
    house = House(sheet())
    house.register(305)
    made = house.seal(305, priced(5))
    gap = to.Gap(part="documents", chunks=40, missing=tuple(range(3, 30)))
    refused = house.hand_in(305, made, gaps=(gap,))
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail["missing"]) == ("E_SEAL_INCOMPLETE", ", ".join(map(str, range(3, 23))))
    assert code(house.hand_in(305, made, signature=made.signature.hex()[:-2])) == "E_SEAL_SIGNATURE"
    assert code(house.hand_in(305, made, signature="AB")) == "E_SEAL_SIGNATURE"
    assert code(house.hand_in(305, made, manifest="{}")) == "E_SEAL_MANIFEST"
    assert code(house.hand_in(305, made, manifest="[" * 9000)) == "E_SEAL_MANIFEST"
    with_remedy = house.tender.seal(context=house.tender.context("305"), remedy=True)
    assert code(house.hand_in(305, with_remedy)) == "E_SEAL_MANIFEST"
    assert code(house.hand_in(305, made)) == "EnvelopeReceived"
    assert code(house.by(305, to.WithdrawEnvelope, section="1", signature=made.signature.hex())) == "E_SEAL_SIGNATURE"
    assert code(house.submit(305, 5, section="9")) == "E_SECTION_UNKNOWN"


@article("33")
def test_there_is_a_last_version() -> None:
    house = House(sheet())
    house.register(305)
    house.opening.versions["1", PaddleNo(305)] = 999
    assert code(house.hand_in(305, house.seal(305, priced(5), version=1))) == "E_SEAL_MANIFEST"


@article("33")
def test_the_signing_certificate_is_the_registered_one() -> None:
    house = House(sheet())
    registrar = Principal("registrar:1")
    fields: dict[str, Any] = {"bidder": PaddleNo(305), "name": "甲", "certificate": "ab"}
    assert code(house.ask(to.RegisterBidder, registrar, **fields, key="ab")) == "E_KEY_UNREADABLE"
    house.register(4711)
    der = house.tender.credential("4711 signing").der.hex()
    house.ask(to.RegisterBidder, registrar, **{**fields, "certificate": der}, key=der)
    assert code(house.submit(305, 5)) == "E_SEAL_SIGNATURE"
    house.register(305)
    assert code(house.submit(305, 5)) == "EnvelopeReceived"
    assert code(house.deposit(66)) == "E_BIDDER_UNKNOWN"


@article("37")
def test_a_wrong_half_is_refused_and_the_right_one_taken_within_the_window() -> None:
    house = three(House(sheet()))
    house.until_closed()
    assert code(house.unseal(305)) == "E_NOT_AT_THIS_STAGE"
    house.until_unsealing()
    other = house.sealed["1", 4711].sealed.own
    refused = house.unseal(305, half=other)
    assert isinstance(refused, Refusal)
    assert (code(refused), refused.detail) == ("E_REVEAL_MISMATCH", {"which": "own"})
    assert code(house.by(305, to.UnsealEnvelope, section="1", half="zz")) == "E_REVEAL_MISMATCH"
    assert code(house.by(305, to.ReportTrouble, section="1", trouble=Trouble.DEVICE)) == "TroubleReported"
    assert code(house.unseal(305)) == "EnvelopeUnsealed"
    assert code(house.unseal(305)) == "E_UNSEALED_ALREADY"
    assert code(house.by(305, to.ReportTrouble, section="1", trouble=Trouble.KEY)) == "E_UNSEALED_ALREADY"
    assert code(house.host(to.CloseUnsealing)) == "E_ENVELOPES_SEALED"
    assert house.opening.ends_at is not None
    last = to.UnsealEnvelope(
        command_id="x",
        by=Principal("bidder:4711"),
        bidder=PaddleNo(4711),
        section="1",
        half=other.hex(),
    )
    assert code(house.take(last, house.opening.ends_at + 1)) == "E_WINDOW_CLOSED"
    assert code(house.take(last, house.opening.ends_at)) == "EnvelopeUnsealed"
    house.until_combining()
    assert code(house.unseal(90210)) == "E_NOT_AT_THIS_STAGE"


@article("38")
@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])
def test_a_wrong_answer_names_its_trustee_and_opens_nothing(suite: Suite) -> None:
    house = three(House(sheet(suite), suite))
    house.until_unsealing()
    assert code(house.answers(1, 305)) == "E_NOT_AT_THIS_STAGE"
    for number in (4711, 305, 90210):
        house.unseal(number)
    house.until_combining()
    given = (
        to.GivenAnswer(bidder=PaddleNo(305), section="1", answer=house.answer(2, 305, of=4711)),
        to.GivenAnswer(bidder=PaddleNo(4711), section="1", answer=house.answer(2, 4711)),
    )
    by = Principal("trustee:2")
    outcome = house.ask(to.GiveAnswers, by, half=Half.HALL, answers=given)
    assert code(outcome) == "AnswerRejected AnswerTaken"
    assert not isinstance(outcome, Refusal)
    assert isinstance(outcome[0], AnswerRejected)
    assert (outcome[0].trustee, outcome[0].bidder) == (2, 305)
    assert house.opening.rejected == [(2, ("1", 305), Half.HALL)]
    assert code(house.answers(1, 305, 4711)) == "AnswerTaken AnswerTaken HalfJoined"
    assert code(house.answers(2, 305)) == "AnswerTaken HalfJoined"
    assert code(house.answers(3, 305)) == "E_ANSWER_NOT_WANTED"


@article("38")
def test_answers_that_are_another_trustees_or_not_spelled_as_asked_are_refused() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    house.until_combining()
    right = to.GivenAnswer(bidder=PaddleNo(305), section="1", answer=house.answer(1, 305))

    def told(by: str, *answers: to.GivenAnswer, half: Half = Half.HALL) -> str:
        return code(house.ask(to.GiveAnswers, Principal(by), half=half, answers=answers))

    assert told("trustee:2", right) == "E_NOT_AUTHORISED"
    assert told("trustee:x", right) == "E_NOT_AUTHORISED"
    assert told("trustee:1") == "E_ANSWER_MALFORMED"
    assert told("trustee:1", right, right) == "E_ANSWER_MALFORMED"
    assert (
        told("trustee:1", *(replace(right, bidder=PaddleNo(number)) for number in range(1, 6))) == "E_ANSWER_MALFORMED"
    )
    assert told("trustee:1", replace(right, answer="{}")) == "E_ANSWER_MALFORMED"
    assert told("trustee:1", replace(right, bidder=PaddleNo(1))) == "E_NO_ENVELOPE"
    assert told("trustee:1", right, half=Half.REMEDY) == "E_ANSWER_NOT_WANTED"
    assert told("trustee:1", right) == "AnswerTaken"
    assert told("trustee:1", right) == "E_ANSWER_NOT_WANTED"


@article("38")
@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])
def test_the_remedy_opens_for_all_who_did_nothing(suite: Suite) -> None:
    house = three(House(sheet(suite, remedy=True), suite))
    house.until_unsealing()
    house.unseal(305)
    assert code(house.host(to.OrderRemedy)) == "E_NOT_AT_THIS_STAGE"
    house.until_combining()
    house.evidence(4711)
    assert code(house.lapse(4711, LapseCause.BIDDER)) == "E_CAN_STILL_OPEN"
    assert code(house.answers(1, 4711, half=Half.REMEDY)) == "E_ANSWER_NOT_WANTED"
    assert code(house.host(to.OrderRemedy)) == "RemedyOrdered"
    assert code(house.host(to.OrderRemedy)) == "E_NOT_DUE"
    for trustee in (2, 3):
        house.answers(trustee, 4711, 90210, half=Half.REMEDY)
    assert code(house.answers(1, 4711, half=Half.REMEDY)) == "E_ANSWER_NOT_WANTED"
    house.until_read_out()
    assert house.opening.stage == "read_out"
    assert all(each.content for each in house.opening.live())
    assert [each.own_by for each in house.opening.live()] == [None, Half.REMEDY, Half.REMEDY]


@article("38")
def test_without_an_announced_remedy_there_is_none() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    house.until_combining()
    assert code(house.host(to.OrderRemedy)) == "E_NO_REMEDY"


@article("39")
def test_an_officer_decides_on_the_evidence_sheet_whose_cause_it_was() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    for number in (4711, 305):
        house.unseal(number)
    house.until_combining()
    assert code(house.lapse(90210, LapseCause.BIDDER)) == "E_EVIDENCE_DIFFERS"
    house.evidence(90210)
    fault = replace(GOOD, server_ok=False, attempts=2)
    house.evidence(90210, fault)
    assert (GOOD.suggests, fault.suggests) == (LapseCause.BIDDER, LapseCause.PLATFORM)
    assert code(house.lapse(90210, LapseCause.BIDDER)) == "E_EVIDENCE_DIFFERS"
    outcome = house.lapse(90210, LapseCause.PLATFORM, fault)
    assert not isinstance(outcome, Refusal)
    (lapsed,) = outcome
    assert isinstance(lapsed, EnvelopeLapsed)
    assert (lapsed.cause, lapsed.why, lapsed.evidence) == (LapseCause.PLATFORM, Why.NOT_UNSEALED, fault.digest())
    assert code(house.lapse(90210, LapseCause.BIDDER, fault)) == "E_ENVELOPE_SETTLED"
    house.evidence(4711)
    assert code(house.lapse(4711, LapseCause.BIDDER)) == "E_CAN_STILL_OPEN"
    house.until_read_out()
    assert house.opening.stage == "read_out"


@article("39")
def test_what_the_house_lost_is_not_the_bidders_cause() -> None:
    house = three(House(sheet(remedy=True)))
    house.until_unsealing()
    house.unseal(305)
    house.until_combining()
    lost = replace(GOOD, stored=False, certificate=CertificateState.RENEWED)
    assert lost.suggests is LapseCause.PLATFORM
    house.evidence(305, lost)
    assert code(house.lapse(305, LapseCause.PLATFORM, lost)) == "EnvelopeLapsed"
    lapse = house.opening.envelopes["1", PaddleNo(305)].lapse
    assert lapse is not None
    assert lapse.why is Why.NOT_STORED


def tampered(house: House, number: int, kind: str) -> Envelope:
    """An envelope made by its bidder so that it does not open."""
    tender, context = house.tender, house.tender.context(str(number))
    made = tender.seal(priced(number), context=context, remedy=house.sheet.remedy)
    half = chance(f"tampered {number}")(32)
    match kind:
        case "hall":
            wrapped = tender.hall.public.wrap(half, context.purpose(HALL), chance(f"wrap {number}")(48))
            return resigned(tender, made, number, wrap_hall=wrapped)
        case "noise":
            wrapped = made.manifest.wrap_hall[:-1] + bytes([made.manifest.wrap_hall[-1] ^ 1])
            return resigned(tender, made, number, wrap_hall=wrapped)
        case "remedy":
            wrapped = tender.hall.public.wrap(half, context.purpose(REMEDY), chance(f"wrap {number}")(48))
            return resigned(tender, made, number, wrap_remedy=wrapped)
        case "kc":
            return resigned(tender, made, number, kc=bytes(32))
        case "kc own":
            own = half_digest(context, "own", half)
            changed = resigned(tender, made, number, half_own=own)
            changed.sealed = replace(changed.sealed, own=half)
            return changed
        case "content":
            return _without_sheet(tender, made, number)
        case _:
            raise AssertionError(kind)


def _without_sheet(tender: Tender, made: Envelope, number: int) -> Envelope:
    """The same, with noise where the sheet should be, all of it properly committed to."""
    key = tender.open(made.manifest)
    part = made.manifest.parts[0]
    chunk = key.cipher(part).seal(0, bytes([0, 0, 0, 9]) + pack_sheet({"a": 1})[4:])
    rooting = Rooting(tender.suite)
    rooting.add(chunk_digest(tender.suite, chunk))
    parts = (replace(part, root=rooting.root()),)
    changed = resigned(tender, made, number, parts=parts, kc=key.commitment(parts))
    changed.chunks[PartName.SHEET] = [chunk]
    return changed


@article("39")
@pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])
@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("hall", Why.HALL_HALF),
        ("noise", Why.HALL_HALF),
        ("kc", Why.COMMITMENT),
        ("kc own", Why.COMMITMENT),
        ("content", Why.CONTENT),
    ],
)
def test_an_envelope_made_not_to_open_lapses_by_its_own_proof(kind: str, why: Why, suite: Suite) -> None:
    house = three(House(sheet(suite), suite))
    house.register(66)
    assert code(house.hand_in(66, tampered(house, 66, kind))) == "EnvelopeReceived"
    house.until_unsealing()
    for number in (4711, 305, 90210, 66):
        assert code(house.unseal(number)) == "EnvelopeUnsealed"
    house.until_combining()
    assert code(house.unreadable(66)) == "E_HALVES_MISSING"
    for trustee in (1, 2):
        house.answers(trustee, 66)
    if kind == "content":
        assert code(house.open(66, {"a": 1})) == "E_CHUNK_HASH"
        assert code(house.unreadable(66)) == "EnvelopeLapsed"
    lapse = house.opening.envelopes["1", PaddleNo(66)].lapse
    assert lapse is not None
    assert (lapse.cause, lapse.why, lapse.evidence) == (LapseCause.BIDDER, why, None)


@article("38", "39")
@pytest.mark.parametrize("first", [Half.HALL, Half.REMEDY])
@pytest.mark.parametrize(("kind", "why"), [("remedy", Why.REMEDY_HALF), ("kc", Why.COMMITMENT)])
def test_the_remedy_shows_too_that_an_envelope_was_made_not_to_open(kind: str, why: Why, first: Half) -> None:
    house = three(House(sheet(remedy=True)))
    house.register(66)
    house.hand_in(66, tampered(house, 66, kind))
    house.until_unsealing()
    house.until_combining()
    house.host(to.OrderRemedy)
    halves = [first, Half.REMEDY if first is Half.HALL else Half.HALL]
    for half in halves:
        for trustee in (1, 2):
            house.answers(trustee, 66, half=half)
    lapse = house.opening.envelopes["1", PaddleNo(66)].lapse
    assert lapse is not None
    assert (lapse.cause, lapse.why) == (LapseCause.BIDDER, why)


@article("39")
def test_a_lapsed_envelope_still_has_its_halls_half_opened_and_refuted() -> None:
    house = three(House(sheet()))
    house.register(66)
    house.hand_in(66, tampered(house, 66, "hall"))
    house.until_unsealing()
    house.until_combining()
    house.evidence(66)
    house.lapse(66, LapseCause.BIDDER)
    house.answers(1, 66)
    assert code(house.answers(2, 66)) == "AnswerTaken HalfRefuted"
    assert house.opening.envelopes["1", PaddleNo(66)].hall_known
    assert code(house.answers(3, 66)) == "E_ANSWER_NOT_WANTED"


@article("41")
def test_the_house_can_only_read_out_what_was_sealed() -> None:
    house = three(House(sheet()))
    house.until_unsealing()
    house.unseal(305)
    house.until_combining()
    assert code(house.open(305, priced(1_150_000))) == "E_HALVES_MISSING"
    for trustee in (1, 2):
        house.answers(trustee, 305)
    assert code(house.open(305, priced(1_150_001))) == "E_CHUNK_HASH"
    spaced = house.ask(to.OpenSheet, HOUSE, bidder=PaddleNo(305), section="1", content='{"price_fen": 1}')
    assert code(spaced) == "E_SEAL_MANIFEST"
    listed = house.ask(to.OpenSheet, HOUSE, bidder=PaddleNo(305), section="1", content="[]")
    assert code(listed) == "E_SEAL_MANIFEST"
    assert code(house.unreadable(305)) == "E_CAN_STILL_OPEN"
    bad = house.ask(to.ReportUnreadable, HOUSE, bidder=PaddleNo(305), section="1", chunk="?")
    assert code(bad) == "E_CHUNK_HASH"
    assert code(house.open(305)) == "SheetOpened"
    assert code(house.open(305)) == "E_ENVELOPE_SETTLED"


def test_the_deadline_of_the_scene_is_an_hour_after_its_start() -> None:
    assert (DEADLINE - House(sheet()).at) // SECOND == 3600
