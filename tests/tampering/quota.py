"""A quota sale tampered with by the house, with its own key: a wrong winner, another price, an offer that never counted or is gone."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from msgspec.structs import replace as altered

from engine.domain.proceeding import State, apply
from engine.domain.quota.commands import MakeOffer
from engine.domain.quota.events import AverageTold, OfferMade, QuotaAwarded, RoundMoved, RoundOpened
from engine.domain.quota.sheet import Running
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen, Nanoseconds, PaddleNo
from engine.journal.record import Record
from tests.clients.exports import Journal
from tests.tampering.case import Case, accepted, receipts_of

E = TypeVar("E")
STEP = Fen(100_00)


def before(journal: Journal, seq: int) -> QuotaSale:
    """The sale as it stood before record ``seq``."""
    state: State | None = None
    for record in journal.records[: seq - 1]:
        for event in () if isinstance(record.outcome, Refusal) else record.outcome:
            state = apply(state, event)
    assert isinstance(state, QuotaSale)
    return state


def found(journal: Journal, kind: type[E], chance: random.Random) -> tuple[Record, E]:
    """A record in which something of ``kind`` happened, and what."""
    return chance.choice(
        [
            (record, event)
            for record in journal.records
            for event in (() if isinstance(record.outcome, Refusal) else record.outcome)
            if isinstance(event, kind)
        ]
    )


def other_event(journal: Journal, target: Record, event: Any, **fields: Any) -> Journal:
    """The history in which ``event`` of ``target`` was another."""

    def change(record: Record) -> Record | None:
        if record.seq != target.seq:
            return None
        assert not isinstance(record.outcome, Refusal)
        return altered(record, outcome=tuple(replace(e, **fields) if e == event else e for e in record.outcome))

    return journal.rewritten(change)


def refused_as(journal: Journal, reason: Reason, chance: random.Random) -> Record:
    return chance.choice([r for r in journal.records if isinstance(r.outcome, Refusal) and r.outcome.reason is reason])


def taken_after_all(journal: Journal, record: Record) -> Journal:
    """The history in which an offer that was refused stands."""
    command = record.command
    assert isinstance(command, MakeOffer)
    sale = before(journal, record.seq)
    first = sale.class_of(command.paddle) is None or sale.book_of(command.paddle).of(command.paddle) is None
    used = 0 if first else sale.revisions.get(command.paddle, 0) + 1
    event = OfferMade(paddle=command.paddle, amount=command.amount, at=record.arrived_at, revision=used)
    return shown_anyway(journal, journal.rewritten(lambda each: (event,) if each.seq == record.seq else None))


def shown_anyway(journal: Journal, forged: Journal) -> Journal:
    """``forged`` holds what the house's own program could not: it is shown as ``journal`` is, by another one."""
    vars(forged)["state"] = journal.state
    return forged


def accepted_though(reason: Reason, article: str) -> Callable[[Journal, random.Random], Case]:
    """An offer that had to be refused is taken."""

    def tamper(journal: Journal, chance: random.Random) -> Case:
        record = refused_as(journal, reason, chance)
        return Case(taken_after_all(journal, record).lines(), article, record.seq)

    tamper.__name__ = f"offer_accepted_though_{reason.name.lower()}"
    return tamper


def wrong_winner(journal: Journal, chance: random.Random) -> Case:
    """The first loser is said to hold the last place within the quota, in the place of its winner."""
    record, award = found(journal, QuotaAwarded, chance)
    loser = before(journal, record.seq).books[award.quota_class].first_outside()
    if loser is None or (loser.amount, loser.at) == (award.lowest, award.lowest_at):
        raise StopIteration
    changed = other_event(journal, record, award, lowest=loser.amount, lowest_at=loser.at)
    return Case(changed.lines(), "29", record.seq)


def one_winner_more(journal: Journal, chance: random.Random) -> Case:
    record, award = found(journal, QuotaAwarded, chance)
    return Case(other_event(journal, record, award, winners=award.winners + 1).lines(), "29", record.seq)


def another_average_paid(journal: Journal, chance: random.Random) -> Case:
    record, award = found(journal, QuotaAwarded, chance)
    if award.average is None:
        raise StopIteration
    return Case(other_event(journal, record, award, average=award.average + 1).lines(), "29", record.seq)


def another_price_for_all(journal: Journal, chance: random.Random) -> Case:
    record, award = found(journal, QuotaAwarded, chance)
    if award.uniform is None:
        raise StopIteration
    return Case(other_event(journal, record, award, uniform=award.uniform + 100).lines(), "29", record.seq)


def more_drawn_by_lot(journal: Journal, chance: random.Random) -> Case:
    record, award = found(journal, QuotaAwarded, chance)
    return Case(other_event(journal, record, award, drawn=award.drawn + 1).lines(), "29", record.seq)


def price_changed_under_a_receipt(journal: Journal, chance: random.Random) -> Case:
    record, offer = found(journal, OfferMade, chance)
    other = other_event(journal, record, offer, amount=Fen(offer.amount + STEP))
    return Case(other.lines(), "fork", record.seq, receipts_of(journal, record.seq))


def price_off_the_steps(journal: Journal, chance: random.Random) -> Case:
    record, offer = found(journal, OfferMade, chance)
    return Case(other_event(journal, record, offer, amount=Fen(offer.amount + 1)).lines(), "26", record.seq)


def offer_out_of_reach(journal: Journal, chance: random.Random) -> Case:
    """A change that was within the window is put beyond it, and counts all the same."""
    changes = [(r, e) for r, e in every_offer(journal) if e.revision and reach(journal, r) is not None]
    record, offer = chance.choice(changes)
    cutoff = before(journal, record.seq).book_of(offer.paddle).cutoff().amount
    beyond = Fen(cutoff + (reach(journal, record) or 0) + STEP)
    return Case(other_event(journal, record, offer, amount=beyond).lines(), "27", record.seq)


def every_offer(journal: Journal) -> list[tuple[Record, OfferMade]]:
    return [(r, r.outcome[0]) for r in accepted(journal, OfferMade)]  # type: ignore[misc, index]


def reach(journal: Journal, record: Record) -> Fen | None:
    sale = before(journal, record.seq)
    return sale.rules.rounds[sale.round - 1].reach


def by_a_stranger(journal: Journal, chance: random.Random) -> Case:
    record, offer = chance.choice([(r, e) for r, e in every_offer(journal) if not e.revision])
    forged = shown_anyway(journal, other_event(journal, record, offer, paddle=PaddleNo(77)))
    return Case(forged.lines(), "25", record.seq)


def late_offer_accepted(journal: Journal, chance: random.Random) -> Case:
    record, offer = found(journal, OfferMade, chance)
    ends_at = before(journal, record.seq).ends_at
    assert ends_at is not None
    late = Nanoseconds(ends_at + 1 + chance.randrange(SECOND))
    other = altered(
        record, arrived_at=late, recorded_at=max(late, record.recorded_at), outcome=(replace(offer, at=late),)
    )
    return Case(journal.rewritten(lambda r: other if r.seq == record.seq else None).lines(), "28", record.seq)


def offer_dropped(journal: Journal, chance: random.Random) -> Case:
    """An offer is gone, and the award stands: it cannot be made again. Where changes are bounded, another article may speak first."""
    sale = before(journal, len(journal.records))
    if any(each.reach is not None for each in sale.rules.rounds) or sale.rules.running is Running.AVERAGE:
        raise StopIteration
    made = [offer.paddle for _, offer in every_offer(journal)]
    record, _ = chance.choice([(r, e) for r, e in every_offer(journal) if made.count(e.paddle) == 1])
    award, _ = found(journal, QuotaAwarded, chance)
    return Case(journal.rewritten(lambda _: None, drop=record.seq).lines(), "29", award.seq - 1)


def offer_dropped_under_a_receipt(journal: Journal, chance: random.Random) -> Case:
    record, _ = found(journal, OfferMade, chance)
    other = journal.rewritten(lambda _: None, drop=record.seq)
    return Case(other.lines(), "fork", record.seq, receipts_of(journal, record.seq))


def offer_not_shown(journal: Journal, chance: random.Random) -> Case:
    lines, (record, _) = journal.lines(), found(journal, OfferMade, chance)
    del lines[record.seq]["outcome"]
    lines[record.seq]["events"] = []
    return Case(lines, "edit", record.seq, receipts_of(journal, record.seq))


def price_edited_on_its_way(journal: Journal, chance: random.Random) -> Case:
    lines, (record, _) = journal.lines(), found(journal, OfferMade, chance)
    lines[record.seq]["events"][0]["amount_fen"] += STEP
    return Case(lines, "outcome", record.seq)


def change_refused_though_one_was_left(journal: Journal, chance: random.Random) -> Case:
    record, _ = chance.choice([(r, e) for r, e in every_offer(journal) if e.revision])
    said = Refusal(Reason.REVISIONS_USED, most=0)
    forged = journal.rewritten(lambda each: said if each.seq == record.seq else None)
    return Case(forged.lines(), "26", record.seq, receipts_of(forged, record.seq))


def change_within_reach_refused(journal: Journal, chance: random.Random) -> Case:
    record, _ = chance.choice([(r, e) for r, e in every_offer(journal) if e.revision])
    said = Refusal(Reason.OUT_OF_REACH, least_fen=1, most_fen=1)
    forged = journal.rewritten(lambda each: said if each.seq == record.seq else None)
    return Case(forged.lines(), "27", record.seq, receipts_of(forged, record.seq))


def round_cut_short(journal: Journal, chance: random.Random) -> Case:
    record, opened = found(journal, RoundOpened, chance)
    ends_at = Nanoseconds(opened.ends_at - SECOND)
    return Case(other_event(journal, record, opened, ends_at=ends_at).lines(), "28", record.seq)


def resumed_without_the_time_that_was_left(journal: Journal, chance: random.Random) -> Case:
    record, moved = found(journal, RoundMoved, chance)
    assert not isinstance(record.outcome, Refusal)
    kept = tuple(event for event in record.outcome if event != moved)
    return Case(journal.rewritten(lambda each: kept if each.seq == record.seq else None).lines(), "28", record.seq)


def another_average_told(journal: Journal, chance: random.Random) -> Case:
    record, told = found(journal, AverageTold, chance)
    return Case(other_event(journal, record, told, average=(told.average or 0) + 100).lines(), "30", record.seq)


WAYS = (
    wrong_winner,
    one_winner_more,
    another_average_paid,
    another_price_for_all,
    more_drawn_by_lot,
    price_changed_under_a_receipt,
    price_off_the_steps,
    offer_out_of_reach,
    accepted_though(Reason.OUT_OF_REACH, "27"),
    accepted_though(Reason.REVISIONS_USED, "26"),
    accepted_though(Reason.NO_FIRST_OFFER, "26"),
    accepted_though(Reason.BID_TOO_LOW, "26"),
    accepted_though(Reason.NOT_ELIGIBLE, "25"),
    accepted_though(Reason.AUCTION_PAUSED, "13"),
    accepted_though(Reason.AUCTION_CLOSED, "14"),
    by_a_stranger,
    late_offer_accepted,
    offer_dropped,
    offer_dropped_under_a_receipt,
    offer_not_shown,
    price_edited_on_its_way,
    change_refused_though_one_was_left,
    change_within_reach_refused,
    round_cut_short,
    resumed_without_the_time_that_was_left,
    another_average_told,
)
"""Each way of tampering with a quota sale."""
