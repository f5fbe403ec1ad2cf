"""An opening of sealed bids tampered with by the house, with its own key: what it received, opened, drew, read out and signed."""

import json
import random
from dataclasses import replace
from typing import Any

from engine.domain.auction.events import ResultSigned, SaleSuspended
from engine.domain.opening import events
from engine.domain.opening.evidence import LapseCause, Why
from engine.domain.opening.state import Opening
from engine.domain.refusals import Reason
from engine.domain.rulesheet import SECOND
from engine.domain.units import Nanoseconds
from engine.journal.record import Record
from tests.clients.exports import Journal
from tests.tampering.case import Case, Tamper, accepted, receipts_of
from tests.tampering.opening_ways import (
    dropped,
    half_taken_though_refused,
    happened,
    late,
    other,
    picked,
    refused,
    said,
    seq_of,
    standing,
    without,
)
from tests.tampering.quota import found, shown_anyway


def envelope_dropped(journal: Journal, chance: random.Random) -> Case:
    record, _ = standing(journal, chance)
    return Case(without(journal, record).lines(), "36", seq_of(journal, events.SubmissionClosed) - 1)


def envelope_dropped_under_a_receipt(journal: Journal, chance: random.Random) -> Case:
    record, _ = standing(journal, chance)
    return Case(without(journal, record).lines(), "fork", record.seq, receipts_of(journal, record.seq))


def envelope_not_shown(journal: Journal, chance: random.Random) -> Case:
    lines, (record, _) = journal.lines(), standing(journal, chance)
    del lines[record.seq]["outcome"]
    return Case(lines, "36", seq_of(journal, events.SubmissionClosed))


def newer_envelope_denied_under_a_receipt(journal: Journal, chance: random.Random) -> Case:
    """The last envelope is said never to have replaced the one before; its bidder has the receipt."""
    second, event = picked(journal, events.EnvelopeReceived, chance, lambda e: e.version > 1)
    first = picked(
        journal,
        events.EnvelopeReceived,
        chance,
        lambda e: (e.section, e.bidder, e.version) == (event.section, event.bidder, 1),
    )[0]
    lines = journal.lines()
    lines[second.seq].pop("outcome")
    lines[first.seq]["outcome"] = first.outcome_bytes.decode()
    lines[first.seq]["outcome_salt"] = first.outcome_salt.hex()
    return Case(lines, "edit", second.seq, receipts_of(journal, second.seq))


def envelope_of_another(journal: Journal, chance: random.Random) -> Case:
    record, event = standing(journal, chance)
    opening = journal.state
    assert isinstance(opening, Opening)
    others = [e.bidder for e in opening.live() if e.manifest.context.version == event.version]
    whose = chance.choice([number for number in others if number != event.bidder])
    changed = other(journal, record, event, replace(event, bidder=whose))
    return Case(changed.lines(), "33", record.seq)


def manifest_changed(journal: Journal, chance: random.Random) -> Case:
    record, event = standing(journal, chance)
    manifest = json.loads(event.manifest)
    manifest[chance.choice(["kc", "half_own", "half_hall", "wrap_own"])] = "ab" * 32
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    return Case(other(journal, record, event, replace(event, manifest=text)).lines(), "33", record.seq)


def signed_by_another(journal: Journal, chance: random.Random) -> Case:
    """A bidder is said to have been registered with the certificate of another."""
    record, event = picked(journal, events.BidderRegistered, chance, lambda e: e.bidder in {305, 4711})
    another = picked(journal, events.BidderRegistered, chance, lambda e: e.bidder == 90210)[1]
    forged = other(journal, record, event, replace(event, certificate=another.certificate, key=another.key))
    opening = journal.state
    assert isinstance(opening, Opening)
    own = {(e.section, e.manifest.context.version) for e in opening.live() if e.bidder == event.bidder}
    shown = [r.seq for r in journal.records for e in happened(r)
             if isinstance(e, events.EnvelopeReceived) and e.bidder == event.bidder and (e.section, e.version) in own]  # fmt: skip
    return Case(forged.lines(), "33", shown[0])


def section_opened_though_too_few(journal: Journal, chance: random.Random) -> Case:
    record, event = found(journal, events.SectionFailed, chance)
    return Case(other(journal, record, event).lines(), "36", seq_of(journal, events.SubmissionClosed))


def window_not_given_again(journal: Journal, chance: random.Random) -> Case:
    record, event = found(journal, events.UnsealingMoved, chance)
    return Case(other(journal, record, event).lines(), "43", record.seq)


def answer_turned(journal: Journal, chance: random.Random) -> Case:
    """A trustee's answer that holds is said not to, or the other way round."""
    kind = chance.choice([events.AnswerTaken, events.AnswerRejected])
    record, event = found(journal, kind, chance)
    turned = events.AnswerRejected if kind is events.AnswerTaken else events.AnswerTaken
    fields = {name: getattr(event, name) for name in ("trustee", "bidder", "section", "half", "answer")}
    return Case(other(journal, record, event, turned(**fields)).lines(), "38", record.seq)


def half_said_to_be_refuted(journal: Journal, chance: random.Random) -> Case:
    record, event = found(journal, events.HalfJoined, chance)
    refuted = events.HalfRefuted(bidder=event.bidder, section=event.section, half=event.half)
    return Case(other(journal, record, event, refuted).lines(), "38", record.seq)


def sheet_of_another_price(journal: Journal, chance: random.Random) -> Case:
    record, event = found(journal, events.SheetOpened, chance)
    content = json.loads(event.content)
    content["price_fen"] += chance.choice([-1, 1, 100])
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Case(other(journal, record, event, replace(event, content=text)).lines(), "41", record.seq)


def sheet_edited_on_its_way(journal: Journal, chance: random.Random) -> Case:
    lines, (record, event) = journal.lines(), found(journal, events.SheetOpened, chance)
    price = json.loads(event.content)["price_fen"]
    lines[record.seq]["outcome"] = lines[record.seq]["outcome"].replace(str(price), str(price - 100))
    return Case(lines, "outcome", record.seq)


def lapsed_though_it_could_be_opened(journal: Journal, chance: random.Random) -> Case:
    record, event = found(journal, events.SheetOpened, chance)
    about: dict[str, Any] = {"bidder": event.bidder, "section": event.section, "at": record.arrived_at}
    lapse = events.EnvelopeLapsed(
        **about, cause=LapseCause.BIDDER, why=Why.NOT_UNSEALED, evidence="ab" * 32, reason="未解密"
    )
    return Case(other(journal, record, event, lapse).lines(), "39", record.seq)


def record_and_its_signatures_changed(journal: Journal, chance: random.Random) -> Case:
    """Another digest is signed, by everybody: it can be computed where nothing that is in it is hidden."""
    opening = journal.state
    assert isinstance(opening, Opening)
    lines = journal.lines()
    if opening.failed or any(line.get("events") == [] and "outcome" not in line for line in lines):
        raise StopIteration
    report = "cd" * 32

    def change(record: Record) -> Any:
        changed = tuple(replace(e, report=report) if hasattr(e, "report") else e for e in happened(record))
        return changed if changed != happened(record) else None

    forged = shown_anyway(journal, journal.rewritten(change))
    return Case(forged.lines(), "42", seq_of(journal, events.SigningOpened))


def refused_as_in_a_pause(journal: Journal, chance: random.Random) -> Case:
    """The pause in which a half was refused is gone."""
    record, _ = found(journal, SaleSuspended, chance)
    return Case(without(journal, record).lines(), "43", record.seq)


def end_not_shown(journal: Journal, _: random.Random) -> Case:
    """What happened after the signing was opened is not shown; nothing of it is ever hidden."""
    lines, record = journal.lines(), accepted(journal, ResultSigned)[-1]
    del lines[record.seq]["outcome"]
    lines[record.seq]["events"] = []
    return Case(lines, "outcome", record.seq)


def ended_with_one_signature(journal: Journal, _: random.Random) -> Case:
    record = accepted(journal, ResultSigned)[-1]
    return Case(without(journal, record).lines(), "42", seq_of(journal, events.OpeningEnded) - 1)


def confirmed_by_who_was_not_read_out(journal: Journal, chance: random.Random) -> Case:
    record, event = found(journal, events.SheetConfirmed, chance)
    _, lapse = found(journal, events.EnvelopeLapsed, chance)
    return Case(other(journal, record, event, replace(event, bidder=lapse.bidder)).lines(), "41", record.seq)


WAYS: tuple[Tamper, ...] = (
    envelope_dropped,
    envelope_dropped_under_a_receipt,
    envelope_not_shown,
    newer_envelope_denied_under_a_receipt,
    late("late_envelope_taken", events.EnvelopeReceived, "33", lambda opening: opening.deadline),
    refused("envelope_in_time_refused", events.EnvelopeReceived, "33", Reason.SUBMISSION_CLOSED),
    envelope_of_another,
    manifest_changed,
    signed_by_another,
    dropped("put_off_by_one_officer", events.TimeProposed, "35", events.TimeChanged),
    said("brought_forward", events.TimeChanged, "35", lambda e: {"deadline": Nanoseconds(e.deadline - 20 * SECOND)}),
    said("closed_early", events.SubmissionClosed, "36", lambda e: {"deadline": Nanoseconds(e.deadline - SECOND)}),
    said("another_root", events.SubmissionClosed, "36", lambda _: {"root": "ab" * 32}),
    said("fewer_absent", events.OpeningStarted, "36", lambda e: {"absent": e.absent - 1}),
    section_opened_though_too_few,
    dropped("no_list", events.ListPublished, "37", events.UnsealingOpened),
    said("window_cut_short", events.UnsealingOpened, "37", lambda e: {"ends_at": Nanoseconds(e.ends_at - SECOND)}),
    window_not_given_again,
    late("late_half_taken", events.EnvelopeUnsealed, "37", lambda opening: opening.ends_at),
    said("another_half", events.EnvelopeUnsealed, "37", lambda _: {"half": "ab" * 32}),
    refused("right_half_refused", events.EnvelopeUnsealed, "37", Reason.REVEAL_MISMATCH, known=True),
    refused("half_in_time_refused", events.EnvelopeUnsealed, "37", Reason.WINDOW_CLOSED),
    half_taken_though_refused("wrong_half_taken", Reason.REVEAL_MISMATCH, "37"),
    half_taken_though_refused("half_taken_in_a_pause", Reason.OPENING_PAUSED, "43"),
    half_taken_though_refused("half_taken_at_another_stage", Reason.NOT_AT_THIS_STAGE, "37"),
    answer_turned,
    said("another_half_joined", events.HalfJoined, "38", lambda _: {"value": "ab" * 32}),
    half_said_to_be_refuted,
    said("remedy_for_more", events.RemedyOrdered, "38", lambda e: {"envelopes": e.envelopes + 1}),
    dropped("lapsed_without_evidence", events.EvidenceFiled, "39", events.EnvelopeLapsed),
    said("lapsed_on_other_evidence", events.EnvelopeLapsed, "39", lambda _: {"evidence": "ab" * 32}),
    said(
        "proven_lapse_laid_on_the_house",
        events.EnvelopeLapsed,
        "39",
        lambda _: {"cause": LapseCause.PLATFORM},
        where=lambda e: e.evidence is None,
    ),
    lapsed_though_it_could_be_opened,
    dropped("answers_before_the_ceiling", events.CeilingAnnounced, "40", events.AnswerTaken),
    said("another_coefficient", events.CoefficientDrawn, "40", lambda e: {"permille": {950: 960}.get(e.permille, 950)}),
    said("another_seed", events.CoefficientDrawn, "40", lambda _: {"seed": "ab" * 32}),
    dropped("read_out_before_the_coefficient", events.CoefficientDrawn, "40", events.BidsReadOut),
    sheet_of_another_price,
    sheet_edited_on_its_way,
    dropped("read_out_with_one_sealed", events.SheetOpened, "41", events.BidsReadOut),
    confirmed_by_who_was_not_read_out,
    dropped("objection_left_open", events.ObjectionAnswered, "41", events.SigningOpened),
    record_and_its_signatures_changed,
    refused_as_in_a_pause,
    said("other_reports_signed", ResultSigned, "42", lambda _: {"report": "cd" * 32}),
    ended_with_one_signature,
    end_not_shown,
)
"""Each way of tampering with an opening."""
