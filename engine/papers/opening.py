"""
The record of an opening (开标记录表): who bid, what was read out, what lapsed and why, objections; each line with its record.

Law: 招标投标法 36: the opening is recorded and the record kept. What is signed is a digest over the same matters, made by the rules
(article 42). Nobody who bid for a section that was not opened, or did not bid, is named on it (article 34).
"""

from collections.abc import Iterator
from typing import Any, Final

from engine.domain.auction.events import ResultSigned
from engine.domain.auction.hearing import us
from engine.domain.opening import events
from engine.domain.opening.commands import Half
from engine.domain.opening.parts import ceiling_of, sheet_of, state_of
from engine.domain.opening.state import Envelope, Opening
from engine.domain.parties import role_of
from engine.domain.views import Audience
from engine.papers.book import Book, Line, NothingOnRecord
from engine.papers.opening_sentences import OF_AN_OPENING
from engine.papers.sentences import SENTENCES, sentence

Part = dict[str, Any]
_WORDS: Final = SENTENCES | OF_AN_OPENING
_TIMES: Final = {
    "closed": events.SubmissionClosed,
    "started": events.OpeningStarted,
    "listed": events.ListPublished,
    "unsealing": events.UnsealingOpened,
    "unsealed": events.UnsealingClosed,
    "read_out": events.BidsReadOut,
    "signing": events.SigningOpened,
    "ended": events.OpeningEnded,
}
"""What the record names with its instant: where it happened more than once, the first."""


def opening_of(book: Book) -> Opening:
    """
    The opening that a journal holds.

    Raises:
        NothingOnRecord: It holds a sale of another kind, or none.

    """
    if not isinstance(book.state, Opening):
        raise NothingOnRecord("this journal holds no opening of sealed bids")
    return book.state


def record_of_opening(book: Book) -> Part:
    """The record of the opening as it stands, for everybody: prices once all are read out, names once the list is published."""
    opening, index = opening_of(book), _index(book)
    rules = opening.rules
    return {
        **book.envelope("opening-record"),
        "phase": opening.phase,
        "stage": opening.stage,
        "tender": rules.tender,
        "deadline_us": us(opening.deadline),
        "root": opening.root,
        "absent": opening.absent,
        "bidders_min": rules.bidders_min,
        "remedy": rules.remedy,
        "times": {name: _first(index, kind) for name, kind in _TIMES.items()},
        "price": rules.price,
        "fields": [
            {"name": each.name, "title": {"zh": each.title.zh, "en": each.title.en}, "kind": each.kind}
            for each in rules.fields
        ],
        "sections": [_section(opening, index, each.name) for each in rules.sections],
        "objections": [
            {
                "no": each.no,
                "bidder": each.bidder,
                "text": each.text,
                "at_us": us(each.at),
                "seq": _seq(index, events.ObjectionRaised, each.no),
                "answer": each.answer,
                "answered_at_us": us(each.answered_at),
                "answer_seq": _seq(index, events.ObjectionAnswered, each.no),
            }
            for each in opening.objections
        ],
        "report": opening.report,
        "signed": [
            {"role": role, "at_us": _at(book, seq), "seq": seq}
            for role in opening.signed
            if (seq := _seq(index, ResultSigned, role))
        ],
        "result": "final" if opening.final else None,
        "lines": [_line(line) for line in book.lines(Audience.PUBLIC)],
    }


Index = dict[tuple[Any, ...], int]
"""Type of an event, and what it is about → the last record in which it happened; ``first`` before it, the first."""


def _index(book: Book) -> Index:
    found: Index = {}
    for entry in book.covered():
        for event in entry.events:
            for about in _abouts(event):
                found[type(event), *about] = entry.seq
            found.setdefault(("first", type(event)), entry.seq)
            found.setdefault(("at", entry.seq), entry.arrived_at // 1000)
    return found


def _abouts(event: Any) -> Iterator[tuple[Any, ...]]:
    """What an event is about: an envelope, a section, an objection, an officer; an envelope's half is the bidder's or by remedy."""
    if isinstance(event, events.HalfJoined):
        yield event.section, event.bidder, event.half
    elif hasattr(event, "section"):
        yield (event.section, event.bidder) if hasattr(event, "bidder") else (event.section,)
    elif hasattr(event, "no"):
        yield (event.no,)
    elif hasattr(event, "role"):
        yield (event.role,)


def _seq(index: Index, kind: type, *about: Any) -> int | None:
    return index.get((kind, *about))


def _first(index: Index, kind: type) -> Part | None:
    seq = index.get(("first", kind))
    return None if seq is None else {"at_us": index["at", seq], "seq": seq}


def _at(book: Book, seq: int) -> int:
    return book.entries[seq - 1].arrived_at // 1000


def _section(opening: Opening, index: Index, name: str) -> Part:
    """A section; of one that is not opened only how many envelopes stay sealed."""
    section, failed = opening.rules.section(name), opening.failed.get(name)
    assert section is not None
    drawn = opening.drawn.get(name)
    shown = opening.listed_at is not None and failed is None
    return {
        "section": name,
        "title": {"zh": section.title.zh, "en": section.title.en},
        "failed": failed,
        "failed_seq": _seq(index, events.SectionFailed, name),
        "ceiling_fen": ceiling_of(opening, name),
        "ceiling_seq": _seq(index, events.CeilingAnnounced, name),
        "coefficient_permille": drawn.permille if drawn else None,
        "seed": drawn.seed if drawn else None,
        "coefficient_seq": _seq(index, events.CoefficientDrawn, name),
        "bids": [_bid(opening, index, each) for each in opening.of_section(name)] if shown else [],
    }


def _bid(opening: Opening, index: Index, envelope: Envelope) -> Part:
    key, lapse = (envelope.section, envelope.bidder), envelope.lapse
    remedied = envelope.own_by is Half.REMEDY
    unsealed = (events.HalfJoined, *key, Half.REMEDY) if remedied else (events.EnvelopeUnsealed, *key)
    return {
        "bidder": envelope.bidder,
        "name": opening.bidders[envelope.bidder].name,
        "deposit": opening.deposits.get(key),
        "deposit_seq": _seq(index, events.DepositRecorded, *key),
        "signed_in_at_us": us(opening.signed_in.get(envelope.bidder)),
        "manifest": envelope.manifest.digest().hex(),
        "received_at_us": us(envelope.at),
        "received_seq": _seq(index, events.EnvelopeReceived, *key),
        "unsealed_by": None if envelope.own is None else "remedy" if remedied else "bidder",
        "unsealed_seq": index.get(unsealed),
        "state": state_of(envelope),
        **sheet_of(opening, envelope),
        "sheet_seq": _seq(index, events.SheetOpened, *key),
        "lapse": None
        if lapse is None
        else {
            "cause": lapse.cause,
            "why": lapse.why,
            "evidence": lapse.evidence,
            "reason": lapse.reason,
            "at_us": us(lapse.at),
            "seq": _seq(index, events.EnvelopeLapsed, *key),
        },
        "confirmed_at_us": us(envelope.confirmed_at),
        "confirmed_seq": _seq(index, events.SheetConfirmed, *key),
    }


def _line(line: Line) -> Part:
    return {
        "seq": line.seq,
        "at_us": line.at_us,
        "by": role_of(line.by),
        "type": line.kind,
        "zh": sentence(line.told, "zh-CN", _WORDS),
        "en": sentence(line.told, "en", _WORDS),
    }
