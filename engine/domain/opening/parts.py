"""The parts of an opening's picture, each as it stands; who is shown which of them is said here too."""

from collections.abc import Iterable
from typing import Any, Final

from engine.domain.auction.hearing import us
from engine.domain.auction.sight import Audience
from engine.domain.auction.state import SalePhase
from engine.domain.opening.commands import Half
from engine.domain.opening.evidence import LapseCause
from engine.domain.opening.sheet import Section
from engine.domain.opening.sight import listed, read_out, watches
from engine.domain.opening.stage import Stage
from engine.domain.opening.state import Envelope, Opening
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen

_MS: Final = 1_000_000
_LAPSED: Final = {LapseCause.BIDDER: "revoked", LapseCause.PLATFORM: "withdrawn"}

Part = dict[str, Any]
Parts = dict[str, Any]


def names(opening: Opening) -> list[str]:
    """Every part there is."""
    return [
        *("sale", "tender", "announcement", "opening", "unsealing", "trustees", "objections", "officers"),
        *(f"section/{each.name}" for each in opening.rules.sections),
    ]


def parts(opening: Opening, wanted: Iterable[str], audience: Audience) -> Parts:
    """Those of the parts called ``wanted`` that ``audience`` is shown, as they stand."""
    return {
        name: part(opening, name, audience) for name in wanted if name != "officers" or audience is Audience.ROSTRUM
    }


def part(opening: Opening, name: str, audience: Audience) -> Part | None:
    """One part as it stands; None where there is nothing to show."""
    kind, _, of = name.partition("/")
    watching = watches(opening, audience)
    match kind:
        case "sale":
            return _sale(opening)
        case "tender":
            return _tender(opening)
        case "announcement":
            said = opening.announcement
            return None if said is None else {"kind": said.kind, "at_us": us(said.at), "zh": said.zh, "en": said.en}
        case "opening":
            return _opening(opening)
        case "officers":
            return _officers(opening)
        case "section":
            section = opening.rules.section(of)
            assert section is not None
            return _section(opening, section, watching=watching)
        case "unsealing":
            return _unsealing(opening) if watching else None
        case "trustees":
            return _trustees(opening) if watching else None
        case "objections":
            return _objections(opening) if watching else None
        case _:
            raise AssertionError(name)


def state_of(envelope: Envelope) -> str:
    """Where an envelope on the list stands: sealed, unsealed, remedied, opened, revoked, withdrawn."""
    if envelope.lapse is not None:
        return _LAPSED[envelope.lapse.cause]
    if envelope.content is not None:
        return "opened"
    if envelope.own is None:
        return "sealed"
    return "unsealed" if envelope.own_by is None else "remedied"


def sheet_of(opening: Opening, envelope: Envelope) -> Part:
    """What was read out of one bid, and what is marked in it; nothing before all are read out."""
    content = envelope.content
    if content is None or not read_out(opening):
        return {"sheet": None, "flaws": [], "above_ceiling": None}
    ceiling, price = ceiling_of(opening, envelope.section), content.get(opening.rules.price)
    above = price > ceiling if ceiling is not None and isinstance(price, int) else None
    return {"sheet": content, "flaws": list(opening.rules.flaws(content)), "above_ceiling": above}


def ceiling_of(opening: Opening, name: str) -> Fen | None:
    """The ceiling price of a section, once it is told."""
    section = opening.rules.section(name)
    assert section is not None
    return section.ceiling if section.ceiling is not None else opening.ceilings.get(name)


def _sale(opening: Opening) -> Part:
    resting = opening.suspension
    closed = opening.phase is SalePhase.CLOSED
    return {
        "id": opening.sale,
        "title": {"zh": opening.title.zh, "en": opening.title.en},
        "phase": opening.phase,
        "suspended": resting.reason if resting else None,
        "suspended_by": resting.cause if resting else None,
        "suspended_at_us": us(resting.at) if resting else None,
        "rules": opening.rules_digest,
        "lots": len(opening.rules.sections),
        "sold": 0,
        "passed": len(opening.failed),
        "opens_at_us": us(opening.deadline),
        "result": None if not closed else "final" if opening.final else "provisional",
        "signed": list(opening.signed),
    }


def _tender(opening: Opening) -> Part:
    rules = opening.rules
    hall = rules.hall_key
    return {
        "tender": rules.tender,
        "sections": [
            {
                "section": each.name,
                "title": {"zh": each.title.zh, "en": each.title.en},
                "ceiling_told": each.ceiling_told,
                "ceiling_fen": each.ceiling,
                "coefficients": list(each.coefficients),
            }
            for each in rules.sections
        ],
        "fields": [
            {
                "name": each.name,
                "title": {"zh": each.title.zh, "en": each.title.en},
                "kind": each.kind,
                "needed": each.needed,
            }
            for each in rules.fields
        ],
        "price": rules.price,
        "deadline_us": us(rules.deadline),
        "unseal_s": rules.unseal_for // SECOND,
        "hall": rules.hall,
        "suite": hall.suite,
        "trustees": list(hall.trustees),
        "threshold": hall.threshold,
        "remedy": rules.remedy,
        "bidders_min": rules.bidders_min,
        "attend": rules.attend,
        "grace_ms": rules.grace // _MS,
        "articles": rules.articles,
    }


def _opening(opening: Opening) -> Part:
    return {
        "stage": opening.stage,
        "deadline_us": us(opening.deadline),
        "root": opening.root,
        "closed_at_us": us(opening.closed_at),
        "started_at_us": us(opening.started_at),
        "listed_at_us": us(opening.listed_at),
        "read_out_at_us": us(opening.read_out_at),
        "report": opening.report,
        "reconvened": opening.reconvened,
    }


def _section(opening: Opening, section: Section, *, watching: bool) -> Part:
    failed = opening.failed.get(section.name)
    drawn = opening.drawn.get(section.name) if watching else None
    shown = watching and failed is None and listed(opening)
    ceiling = ceiling_of(opening, section.name) if watching else section.ceiling
    return {
        "section": section.name,
        "title": {"zh": section.title.zh, "en": section.title.en},
        "failed": failed is not None and watching,
        "envelopes": failed if watching else None,
        "ceiling_fen": ceiling,
        "coefficient_permille": drawn.permille if drawn else None,
        "seed": drawn.seed if drawn else None,
        "bidders": [_bidder(opening, each) for each in opening.of_section(section.name)] if shown else None,
    }


def _bidder(opening: Opening, envelope: Envelope) -> Part:
    number, lapse = envelope.bidder, envelope.lapse
    return {
        "bidder": number,
        "name": opening.bidders[number].name,
        "deposit": opening.deposits.get((envelope.section, number)),
        "signed_in_at_us": us(opening.signed_in.get(number)),
        "state": state_of(envelope),
        "unsealed_at_us": us(envelope.unsealed_at),
        "why": None if lapse is None else lapse.why,
        "evidence": None if lapse is None else lapse.evidence,
        "reason": None if lapse is None else lapse.reason,
        **sheet_of(opening, envelope),
        "confirmed_at_us": us(envelope.confirmed_at),
    }


def _unsealing(opening: Opening) -> Part | None:
    if opening.unsealing_at is None:
        return None
    live = list(opening.live())
    return {
        "at_us": us(opening.unsealing_at),
        "ends_at_us": us(opening.ends_at),
        "taking": opening.stage is Stage.UNSEALING and opening.suspension is None,
        "unsealed": sum(each.unsealed_at is not None for each in live),
        "of": len(live),
    }


def _trustees(opening: Opening) -> Part | None:
    if opening.unsealing_at is None or opening.stage is Stage.UNSEALING:
        return None
    hall, live = opening.rules.hall_key, list(opening.live())
    return {
        "threshold": hall.threshold,
        "of": len(live),
        "joined": sum(each.hall_known for each in live),
        "remedy": len(opening.remedy),
        "trustees": [
            {
                "trustee": number,
                "name": name,
                "hall": sum((Half.HALL, number) in each.answers for each in live),
                "remedy": sum((Half.REMEDY, number) in each.answers for each in live),
                "rejected": sum(whose == number for whose, _, _ in opening.rejected),
            }
            for number, name in enumerate(hall.trustees, 1)
        ],
    }


def _objections(opening: Opening) -> Part | None:
    if not opening.objections:
        return None
    return {
        "objections": [
            {
                "no": each.no,
                "bidder": each.bidder,
                "text": each.text,
                "at_us": us(each.at),
                "answer": each.answer,
                "answered_at_us": us(each.answered_at),
            }
            for each in opening.objections
        ]
    }


def _officers(opening: Opening) -> Part:
    proposal, live = opening.proposal, list(opening.live())
    return {
        "proposal": None
        if proposal is None
        else {"deadline_us": us(proposal.deadline), "reason": proposal.reason, "by": proposal.by},
        "absent": opening.absent if listed(opening) else None,
        "troubles": [
            {"section": each.section, "bidder": each.bidder, "trouble": trouble, "at_us": us(at)}
            for each in live
            for trouble, at in each.troubles
        ],
        "evidence": [_evidence(each) for each in live if each.evidence is not None],
    }


def _evidence(envelope: Envelope) -> Part:
    found = envelope.evidence
    assert found is not None
    return {
        "section": envelope.section,
        "bidder": envelope.bidder,
        "digest": found.digest(),
        "suggests": found.suggests,
        "server_ok": found.server_ok,
        "stored": found.stored,
        "client_ok": found.client_ok,
        "certificate": found.certificate,
        "attempts": found.attempts,
        "seen_at_us": us(found.seen_at),
    }
