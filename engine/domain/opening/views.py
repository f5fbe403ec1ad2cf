"""
Who may see what of an opening, and when. Settled here and nowhere else.

Until the deadline nobody is shown anything of anybody else, whatever his office; until all is read out nobody is shown a price. What is
one's own comes apart (:func:`mine`), and so does what a trustee has to answer for (:func:`wanted`).
"""

from collections.abc import Iterable
from typing import Final

from engine.domain.auction import events as common
from engine.domain.auction.hearing import us
from engine.domain.auction.sight import Audience
from engine.domain.opening import events
from engine.domain.opening.commands import Half
from engine.domain.opening.events import Event
from engine.domain.opening.hearing import answered, disclosed, told
from engine.domain.opening.parts import Part, Parts, names, parts, sheet_of, state_of
from engine.domain.opening.sheet import Attend
from engine.domain.opening.sight import bids, listed, veiled
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Opening
from engine.domain.units import PaddleNo

__all__ = [
    "alike",
    "all_concerned",
    "answered",
    "board",
    "changed",
    "concerned",
    "disclosed",
    "mine",
    "overview",
    "picture",
    "present",
    "told",
    "veiled",
    "wanted",
]


def picture(opening: Opening, audience: Audience) -> Parts:
    """Everything ``audience`` may see of the opening as it stands."""
    return parts(opening, names(opening), audience)


def overview(opening: Opening) -> Parts:
    """The parts that say what is opened, and under which conditions."""
    return parts(opening, ("sale", "tender"), Audience.PUBLIC)


def board(opening: Opening) -> Parts:
    """The parts that the day's board is made from, as everybody sees them."""
    return parts(opening, ("sale", "opening", "unsealing"), Audience.PUBLIC)


def alike(opening: Opening) -> bool:
    """Whether bidders see what the public sees, so that one frame serves both."""
    return opening.rules.attend is Attend.ALL


def changed(opening: Opening, happened: Iterable[Event], audience: Audience) -> Parts:
    """The parts that ``happened``, already applied, made different for ``audience``, each whole."""
    found: dict[str, None] = {}
    for event in happened:
        if isinstance(event, events.OpeningAnnounced | events.OpeningEnded | events.ListPublished):
            return picture(opening, audience)
        found |= dict.fromkeys(_touched(opening, event))
    return parts(opening, found, audience)


def mine(opening: Opening, paddle: PaddleNo) -> Part | None:
    """What this bidder sees and nobody else; None if he is not registered."""
    bidder = opening.bidders.get(paddle)
    if bidder is None:
        return None
    return {
        "bidder": paddle,
        "name": bidder.name,
        "signed_in_at_us": us(opening.signed_in.get(paddle)),
        "may_submit": opening.stage is Stage.RECEIVING,
        "sections": {each.name: _own(opening, each.name, paddle) for each in opening.rules.sections},
    }


def present(opening: Opening, paddles: Iterable[PaddleNo]) -> list[PaddleNo]:
    """Those of ``paddles``, who are connected, of whom officers are told: nobody before the list, and then those on it."""
    return [each for each in paddles if bids(opening, each)]


def wanted(opening: Opening, trustee: int) -> list[Part]:
    """What a trustee is to answer for, with the manifests he answers on; nothing before it may be answered."""
    if opening.stage is not Stage.COMBINING or opening.ceilings_due():
        return []
    found: list[Part] = []
    for each in opening.live():
        key = each.section, each.bidder
        halves = [Half.HALL] if not each.hall_known else []
        halves += [Half.REMEDY] if key in opening.remedy and each.own is None and each.lapse is None else []
        found += [
            {
                "section": each.section,
                "bidder": each.bidder,
                "half": half,
                "manifest": each.manifest.write().decode(),
            }
            for half in halves
            if (half, trustee) not in each.answers
        ]
    return found


def concerned(opening: Opening, happened: Iterable[Event]) -> set[PaddleNo]:
    """The bidders whose private part ``happened``, already applied, made different; see also :func:`all_concerned`."""
    return {
        event.bidder
        for event in happened
        if isinstance(event, _FOR_ONE) or (isinstance(event, events.HalfJoined) and event.half is Half.REMEDY)
    }


def all_concerned(happened: Iterable[Event]) -> bool:
    """Whether ``happened`` made the private part of every bidder different."""
    return any(isinstance(event, _FOR_ALL) for event in happened)


_FOR_ONE: Final = (
    *(events.BidderRegistered, events.DepositRecorded, events.EnvelopeReceived, events.EnvelopeWithdrawn),
    *(events.BidderSignedIn, events.EnvelopeUnsealed, events.TroubleReported, events.EnvelopeLapsed),
    *(events.SheetOpened, events.SheetConfirmed),
)
_FOR_ALL: Final = (
    *(events.SubmissionClosed, events.UnsealingOpened, events.UnsealingClosed, events.SectionFailed),
    *(events.BidsReadOut, common.SaleSuspended, common.SaleResumed),
)


def _touched(opening: Opening, event: Event) -> tuple[str, ...]:
    if isinstance(event, events.BidderSignedIn):
        own = [section for section, bidder in opening.envelopes if bidder == event.bidder]
        return tuple(f"section/{section}" for section in own) if listed(opening) else ()
    section = getattr(event, "section", None)
    return tuple(name if name != "section" else f"section/{section}" for name in _TOUCHED[type(event)]) + (
        tuple(name for name in names(opening) if name.startswith("section/"))
        if isinstance(event, events.BidsReadOut | events.RemedyOrdered)
        else ()
    )


_TOUCHED: Final[dict[type, tuple[str, ...]]] = {
    events.BidderRegistered: (),
    events.DepositRecorded: (),
    events.EnvelopeReceived: (),
    events.EnvelopeWithdrawn: (),
    events.TimeProposed: ("officers",),
    events.TimeDropped: ("officers",),
    events.TimeChanged: ("sale", "opening", "announcement", "officers"),
    events.SubmissionClosed: ("opening", "officers"),
    events.OpeningStarted: ("sale", "opening"),
    events.SectionFailed: ("sale", "section"),
    events.UnsealingOpened: ("opening", "unsealing"),
    events.UnsealingMoved: ("unsealing",),
    events.UnsealingClosed: ("opening", "unsealing", "trustees"),
    events.EnvelopeUnsealed: ("section", "unsealing"),
    events.TroubleReported: ("officers",),
    events.AnswerTaken: ("trustees",),
    events.AnswerRejected: ("trustees",),
    events.HalfJoined: ("trustees", "section"),
    events.HalfRefuted: ("trustees",),
    events.RemedyOrdered: ("trustees",),
    events.EvidenceFiled: ("officers",),
    events.EnvelopeLapsed: ("section",),
    events.SheetOpened: ("section",),
    events.CeilingAnnounced: ("section",),
    events.CoefficientDrawn: ("section",),
    events.BidsReadOut: ("opening",),
    events.SheetConfirmed: ("section",),
    events.ObjectionRaised: ("objections",),
    events.ObjectionAnswered: ("objections",),
    events.SigningOpened: ("opening",),
    events.OpeningReconvened: ("opening", "announcement"),
    events.StatementMade: ("announcement",),
    common.SaleSuspended: ("sale", "announcement", "unsealing"),
    common.SaleResumed: ("sale", "announcement", "unsealing"),
    common.StopRegistered: ("announcement",),
    common.ResultSigned: ("sale",),
    common.ResultConfirmed: ("sale",),
}
"""``section`` stands for the section the event is about."""


def _own(opening: Opening, section: str, paddle: PaddleNo) -> Part:
    key = section, paddle
    envelope = opening.envelopes.get(key)
    window = opening.stage is Stage.UNSEALING and opening.suspension is None
    part: Part = {
        "deposit": opening.deposits.get(key),
        "version": opening.versions.get(key, 0),
        "envelope": None,
        "state": None,
        "may_unseal": False,
        "troubles": [],
        "sheet": None,
        "flaws": [],
        "above_ceiling": None,
        "confirmed_at_us": None,
    }
    if envelope is None:
        return part
    manifest = envelope.manifest
    return {
        **part,
        "envelope": {
            "manifest": manifest.digest().hex(),
            "spelled": manifest.write().decode(),
            "at_us": us(envelope.at),
            "chunks": {each.name.value: each.chunks for each in manifest.parts},
        },
        "state": state_of(envelope),
        "may_unseal": window and section not in opening.failed and envelope.own is None,
        "troubles": [{"trouble": trouble, "at_us": us(at)} for trouble, at in envelope.troubles],
        **sheet_of(opening, envelope),
        "confirmed_at_us": us(envelope.confirmed_at),
    }
