"""How an opening is tampered with: a history written anew, with other words, without a record, with what was refused taken."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as altered

from engine.domain.opening import events
from engine.domain.opening.state import Opening
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import SECOND
from engine.domain.units import Nanoseconds
from engine.journal.record import Record
from tests.clients.exports import Journal
from tests.tampering.case import Case, Tamper, receipts_of
from tests.tampering.quota import found, refused_as, shown_anyway

Fields = Callable[[Any], dict[str, Any]]
"""What is said instead, of the event that is changed."""


def rewritten(journal: Journal, target: Record, outcome: Any) -> Journal:
    """The history in which ``target`` came to something else, shown as the true one is."""
    return shown_anyway(journal, journal.rewritten(lambda record: outcome if record.seq == target.seq else None))


def other(journal: Journal, target: Record, event: Any, *instead: Any) -> Journal:
    """The history in which ``instead`` of ``event`` happened."""
    assert not isinstance(target.outcome, Refusal)
    kept = [new for each in target.outcome for new in (instead if each == event else (each,))]
    return rewritten(journal, target, tuple(kept))


def without(journal: Journal, target: Record) -> Journal:
    return shown_anyway(journal, journal.rewritten(lambda _: None, drop=target.seq))


def standing(journal: Journal, chance: random.Random) -> tuple[Record, events.EnvelopeReceived]:
    """An envelope that is opened, as it was received."""
    opening = journal.state
    assert isinstance(opening, Opening)
    live = {(each.section, each.bidder, each.manifest.context.version) for each in opening.live()}
    while True:
        record, event = found(journal, events.EnvelopeReceived, chance)
        if (event.section, event.bidder, event.version) in live:
            return record, event


def seq_of(journal: Journal, kind: type) -> int:
    return found(journal, kind, random.Random(0))[0].seq


def named(name: str, tamper: Tamper) -> Tamper:
    tamper.__name__ = name
    return tamper


def said(name: str, kind: type, article: str, fields: Fields, *, where: Callable[[Any], bool] = bool) -> Tamper:
    """An event is published with other words in it."""

    def tamper(journal: Journal, chance: random.Random) -> Case:
        record, event = picked(journal, kind, chance, where)
        return Case(other(journal, record, event, replace(event, **fields(event))).lines(), article, record.seq)

    return named(name, tamper)


def picked(journal: Journal, kind: type, chance: random.Random, where: Callable[[Any], bool]) -> tuple[Record, Any]:
    """A record in which something of ``kind`` happened ``where`` it is so."""
    outcomes = [(record, record.outcome) for record in journal.records if not isinstance(record.outcome, Refusal)]
    return chance.choice([(r, e) for r, out in outcomes for e in out if isinstance(e, kind) and where(e)])


def dropped(name: str, kind: type, article: str, next_kind: type) -> Tamper:
    """A record is gone, and the first that needed it says so."""

    def tamper(journal: Journal, chance: random.Random) -> Case:
        record, _ = found(journal, kind, chance)
        needed = next(
            r.seq for r in journal.records[record.seq :] if any(isinstance(e, next_kind) for e in happened(r))
        )
        return Case(without(journal, record).lines(), article, needed - 1)

    return named(name, tamper)


def happened(record: Record) -> tuple[Any, ...]:
    return () if isinstance(record.outcome, Refusal) else record.outcome


def refused(name: str, kind: type, article: str, reason: Reason, *, known: bool = False) -> Tamper:
    """What was right is refused; ``known``: somebody has the receipt of it."""

    def tamper(journal: Journal, chance: random.Random) -> Case:
        record = (standing if kind is events.EnvelopeReceived else lambda j, c: found(j, kind, c))(journal, chance)[0]
        forged = rewritten(journal, record, Refusal(reason))
        return Case(forged.lines(), article, record.seq, receipts_of(forged, record.seq) if known else {})

    return named(name, tamper)


def late(name: str, kind: type, article: str, end: Callable[[Opening], int | None]) -> Tamper:
    """What came after the end is taken."""

    def tamper(journal: Journal, chance: random.Random) -> Case:
        record, event = standing(journal, chance) if kind is events.EnvelopeReceived else found(journal, kind, chance)
        assert isinstance(journal.state, Opening)
        at = Nanoseconds((end(journal.state) or 0) + 1 + chance.randrange(SECOND))
        stamped = replace(event, at=at)
        moved = altered(record, arrived_at=at, recorded_at=max(at, record.recorded_at), outcome=(stamped,))
        return Case(rewritten(journal, record, moved).lines(), article, record.seq)

    return named(name, tamper)


def half_taken_though_refused(name: str, reason: Reason, article: str) -> Tamper:
    """A half that had to be refused is taken."""

    def tamper(journal: Journal, chance: random.Random) -> Case:
        record = refused_as(journal, reason, chance)
        half: Any = record.command
        event = events.EnvelopeUnsealed(bidder=half.bidder, section="1", half=half.half, at=record.arrived_at)
        return Case(rewritten(journal, record, (event,)).lines(), article, record.seq)

    return named(name, tamper)
