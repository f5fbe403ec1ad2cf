"""What each event of an opening changes. Nothing here refuses: it already happened."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from engine.domain.auction import events as common
from engine.domain.auction.state import Suspension
from engine.domain.opening import announcements, events, sheets
from engine.domain.opening.commands import Half
from engine.domain.opening.receiving import hall_points
from engine.domain.opening.stage import MAY_FOLLOW, Stage
from engine.domain.opening.state import Bidder, Drawn, Envelope, Lapse, Objection, Opening, TimeProposal
from engine.sealing.manifest import read_manifest


def begin(event: events.OpeningAnnounced) -> Opening:
    """The opening as its announcement leaves it."""
    rules = event.rules
    return Opening(
        sale=event.sale, title=event.title, rules=rules, rules_digest=rules.digest(), deadline=rules.deadline
    )


def carry(opening: Opening, event: events.Event) -> None:
    """Carry one event into the state."""
    _APPLY[type(event)](opening, event)


def _to(opening: Opening, stage: Stage) -> None:
    if stage not in MAY_FOLLOW[opening.stage]:
        raise AssertionError(f"{stage} cannot follow {opening.stage}")
    opening.stage = stage


def _envelope(opening: Opening, event: Any) -> Envelope:
    return opening.envelopes[event.section, event.bidder]


def _registered(opening: Opening, event: events.BidderRegistered) -> None:
    opening.bidders[event.bidder] = Bidder(
        number=event.bidder, name=event.name, certificate=event.certificate, key=event.key
    )


def _deposit(opening: Opening, event: events.DepositRecorded) -> None:
    opening.deposits[event.section, event.bidder] = event.status


def _received(opening: Opening, event: events.EnvelopeReceived) -> None:
    key = event.section, event.bidder
    manifest = read_manifest(event.manifest.encode())
    opening.versions[key] = event.version
    opening.points |= hall_points(manifest)
    opening.envelopes[key] = Envelope(
        bidder=event.bidder, section=event.section, manifest=manifest, signature=event.signature, at=event.at
    )


def _withdrawn(opening: Opening, event: events.EnvelopeWithdrawn) -> None:
    del opening.envelopes[event.section, event.bidder]


def _signed_in(opening: Opening, event: events.BidderSignedIn) -> None:
    opening.signed_in.setdefault(event.bidder, event.at)


def _time_proposed(opening: Opening, event: events.TimeProposed) -> None:
    opening.proposal = TimeProposal(deadline=event.deadline, reason=event.reason, by=event.by)


def _time_dropped(opening: Opening, _: events.TimeDropped) -> None:
    opening.proposal = None


def _time_changed(opening: Opening, event: events.TimeChanged) -> None:
    opening.deadline, opening.proposal = event.deadline, None
    opening.announcement = announcements.time_changed(event)


def _closed(opening: Opening, event: events.SubmissionClosed) -> None:
    _to(opening, Stage.CLOSED)
    opening.root, opening.closed_at, opening.proposal = event.root, event.at, None


def _started(opening: Opening, event: events.OpeningStarted) -> None:
    _to(opening, Stage.STARTED)
    opening.started_at, opening.absent = event.at, event.absent


def _failed(opening: Opening, event: events.SectionFailed) -> None:
    opening.failed[event.section] = event.envelopes


def _listed(opening: Opening, event: events.ListPublished) -> None:
    _to(opening, Stage.LISTED)
    opening.listed_at = event.at


def _unsealing(opening: Opening, event: events.UnsealingOpened) -> None:
    _to(opening, Stage.UNSEALING)
    opening.unsealing_at, opening.ends_at = event.at, event.ends_at


def _moved(opening: Opening, event: events.UnsealingMoved) -> None:
    opening.ends_at = event.ends_at


def _unsealing_closed(opening: Opening, _: events.UnsealingClosed) -> None:
    _to(opening, Stage.COMBINING)


def _unsealed(opening: Opening, event: events.EnvelopeUnsealed) -> None:
    envelope = _envelope(opening, event)
    envelope.own, envelope.unsealed_at = bytes.fromhex(event.half), event.at


def _trouble(opening: Opening, event: events.TroubleReported) -> None:
    _envelope(opening, event).troubles.append((event.trouble, event.at))


def _answer_taken(opening: Opening, event: events.AnswerTaken) -> None:
    _envelope(opening, event).answers[event.half, event.trustee] = event.answer


def _answer_rejected(opening: Opening, event: events.AnswerRejected) -> None:
    opening.rejected.append((event.trustee, (event.section, event.bidder), event.half))


def _joined(opening: Opening, event: events.HalfJoined) -> None:
    envelope = _envelope(opening, event)
    if event.half is Half.HALL:
        envelope.hall = bytes.fromhex(event.value)
    else:
        envelope.own, envelope.own_by = bytes.fromhex(event.value), Half.REMEDY


def _refuted(opening: Opening, event: events.HalfRefuted) -> None:
    if event.half is Half.HALL:
        _envelope(opening, event).hall_refuted = True


def _remedy(opening: Opening, _: events.RemedyOrdered) -> None:
    opening.remedy = {(each.section, each.bidder) for each in opening.live() if each.own is None and each.lapse is None}


def _evidence(opening: Opening, event: events.EvidenceFiled) -> None:
    _envelope(opening, event).evidence = event.evidence


def _lapsed(opening: Opening, event: events.EnvelopeLapsed) -> None:
    _envelope(opening, event).lapse = Lapse(
        cause=event.cause, why=event.why, evidence=event.evidence, reason=event.reason, at=event.at
    )


def _sheet(opening: Opening, event: events.SheetOpened) -> None:
    _envelope(opening, event).content = sheets.read(event.content)


def _ceiling(opening: Opening, event: events.CeilingAnnounced) -> None:
    opening.ceilings[event.section] = event.amount


def _drawn(opening: Opening, event: events.CoefficientDrawn) -> None:
    opening.drawn[event.section] = Drawn(permille=event.permille, seed=event.seed)


def _read_out(opening: Opening, event: events.BidsReadOut) -> None:
    _to(opening, Stage.READ_OUT)
    opening.read_out_at = event.at


def _confirmed(opening: Opening, event: events.SheetConfirmed) -> None:
    envelope = _envelope(opening, event)
    envelope.confirmed_at = envelope.confirmed_at or event.at


def _objection(opening: Opening, event: events.ObjectionRaised) -> None:
    opening.objections.append(Objection(no=event.no, bidder=event.bidder, text=event.text, at=event.at))


def _objection_answered(opening: Opening, event: events.ObjectionAnswered) -> None:
    raised = opening.objections[event.no - 1]
    opening.objections[event.no - 1] = replace(raised, answer=event.text, answered_at=event.at)


def _signing(opening: Opening, event: events.SigningOpened) -> None:
    _to(opening, Stage.SIGNING)
    opening.report = event.report


def _signed(opening: Opening, event: common.ResultSigned) -> None:
    opening.signed[event.role] = event.report


def _final(opening: Opening, _: common.ResultConfirmed) -> None:
    opening.final = True


def _ended(opening: Opening, event: events.OpeningEnded) -> None:
    if opening.stage is Stage.STARTED:
        opening.announcement = announcements.not_held(event.at)
    _to(opening, Stage.ENDED)


def _reconvened(opening: Opening, event: events.OpeningReconvened) -> None:
    _to(opening, Stage.RECONVENED)
    opening.reconvened += 1
    opening.announcement = announcements.reconvened(event)


def _statement(opening: Opening, event: events.StatementMade) -> None:
    opening.announcement = announcements.statement(event)


def _suspended(opening: Opening, event: common.SaleSuspended) -> None:
    opening.suspension = Suspension(reason=event.reason, cause=event.cause, at=event.at, since=event.since)
    opening.announcement = announcements.suspended(event)


def _resumed(opening: Opening, event: common.SaleResumed) -> None:
    opening.suspension = None
    opening.announcement = announcements.resumed(event.at, window=opening.stage is Stage.UNSEALING)


def _stop(opening: Opening, event: common.StopRegistered) -> None:
    opening.announcement = announcements.stopped(event.reason, event.at)


_APPLY: Final[dict[type, Callable[[Opening, Any], None]]] = {
    events.BidderRegistered: _registered,
    events.DepositRecorded: _deposit,
    events.EnvelopeReceived: _received,
    events.EnvelopeWithdrawn: _withdrawn,
    events.BidderSignedIn: _signed_in,
    events.TimeProposed: _time_proposed,
    events.TimeDropped: _time_dropped,
    events.TimeChanged: _time_changed,
    events.SubmissionClosed: _closed,
    events.OpeningStarted: _started,
    events.SectionFailed: _failed,
    events.ListPublished: _listed,
    events.UnsealingOpened: _unsealing,
    events.UnsealingMoved: _moved,
    events.UnsealingClosed: _unsealing_closed,
    events.EnvelopeUnsealed: _unsealed,
    events.TroubleReported: _trouble,
    events.AnswerTaken: _answer_taken,
    events.AnswerRejected: _answer_rejected,
    events.HalfJoined: _joined,
    events.HalfRefuted: _refuted,
    events.RemedyOrdered: _remedy,
    events.EvidenceFiled: _evidence,
    events.EnvelopeLapsed: _lapsed,
    events.SheetOpened: _sheet,
    events.CeilingAnnounced: _ceiling,
    events.CoefficientDrawn: _drawn,
    events.BidsReadOut: _read_out,
    events.SheetConfirmed: _confirmed,
    events.ObjectionRaised: _objection,
    events.ObjectionAnswered: _objection_answered,
    events.SigningOpened: _signing,
    common.ResultSigned: _signed,
    common.ResultConfirmed: _final,
    events.OpeningEnded: _ended,
    events.OpeningReconvened: _reconvened,
    events.StatementMade: _statement,
    common.SaleSuspended: _suspended,
    common.SaleResumed: _resumed,
    common.StopRegistered: _stop,
}
