"""Tampered with by the house, with its own key: a whole other history, well signed."""

import random
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as altered

from engine.domain.auction.events import BiddingClosed, BiddingExtended, BidPlaced, HammerFell, ResultSigned
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen, Nanoseconds
from engine.journal.commit import Commit, sign_commit
from engine.journal.record import Record
from tests.clients.exports import Journal
from tests.domain.auction.random_sale import STEP
from tests.tampering.case import Case, accepted, before, receipts_of, refused


def tail_cut(journal: Journal, chance: random.Random) -> Case:
    """The end of the sale is denied; somebody remembers a checkpoint."""
    kept = len(journal.commits) - chance.randint(1, len(journal.commits) - 2)
    cut = Journal(journal.records[: journal.commits[kept - 1].last], journal.commits[:kept])
    return Case(cut.lines(), "drop", len(cut.records) + 1, held={"remembered": journal.note()})


def tail_cut_under_a_receipt(journal: Journal, _: random.Random) -> Case:
    record = refused(journal)[-1]
    kept = next(n for n, commit in enumerate(journal.commits) if commit.last >= record.seq)
    cut = Journal(journal.records[: journal.commits[kept - 1].last], journal.commits[:kept])
    return Case(cut.lines(), "drop", record.seq, receipts_of(journal, record.seq))


def delayed(journal: Journal, seq: int) -> Journal:
    """The history in which record ``seq`` was recorded a little later."""

    def change(record: Record) -> Record | None:
        return altered(record, recorded_at=Nanoseconds(record.recorded_at + 1)) if record.seq == seq else None

    return journal.rewritten(change)


def forked_under_a_receipt(journal: Journal, chance: random.Random) -> Case:
    mine = chance.choice([r for r in journal.records if r.by.startswith("bidder")]).seq
    return Case(delayed(journal, chance.randint(2, mine)).lines(), "fork", mine, receipts_of(journal, mine))


def forked_under_a_checkpoint(journal: Journal, chance: random.Random) -> Case:
    size = chance.randint(2, len(journal.records))
    return Case(
        delayed(journal, chance.randint(2, size)).lines(), "fork", size, held={"remembered": journal.note(size)}
    )


def bid_dropped(journal: Journal, chance: random.Random) -> Case:
    record = chance.choice(accepted(journal, BidPlaced, alone=True))
    other = journal.rewritten(lambda _: None, drop=record.seq)
    return Case(other.lines(), "fork", record.seq, receipts_of(journal, record.seq))


def refusal_dropped(journal: Journal, chance: random.Random) -> Case:
    record = chance.choice(refused(journal))
    other = journal.rewritten(lambda _: None, drop=record.seq)
    last = record.seq == len(journal.records)
    return Case(other.lines(), "drop" if last else "fork", record.seq, receipts_of(journal, record.seq))


def other_event(journal: Journal, target: Record, **fields: Any) -> Journal:
    """The history in which the first event of ``target`` was another."""

    def change(record: Record) -> Record | None:
        if record.seq != target.seq:
            return None
        assert not isinstance(record.outcome, Refusal)
        first, *rest = record.outcome
        return altered(record, outcome=(replace(first, **fields), *rest))

    return journal.rewritten(change)


def bid_below_the_step(journal: Journal, chance: random.Random) -> Case:
    bids = [r for r in accepted(journal, BidPlaced, alone=True) if leading(journal, r) is not None]
    record = chance.choice(bids)
    price = leading(journal, record)
    assert price is not None
    return Case(other_event(journal, record, amount=Fen(price + chance.randint(1, STEP - 1))).lines(), "7", record.seq)


def leading(journal: Journal, record: Record) -> Fen | None:
    """The price led with before a bid at its own price; None for a first bid or one by first refusal."""
    event = bid_of(record)
    bid = before(journal, record.seq).lots[event.lot].leading
    return None if bid is None or event.basis != "bid" else bid.amount


def bid_of(record: Record) -> BidPlaced:
    assert not isinstance(record.outcome, Refusal)
    event = record.outcome[0]
    assert isinstance(event, BidPlaced)
    return event


def leader_bids_against_himself(journal: Journal, chance: random.Random) -> Case:
    record = chance.choice([r for r in accepted(journal, BidPlaced, alone=True) if leading(journal, r) is not None])
    led = before(journal, record.seq).lots[bid_of(record).lot].leading
    assert led is not None
    return Case(other_event(journal, record, paddle=led.paddle, channel=led.channel).lines(), "7", record.seq)


def hammered(journal: Journal, chance: random.Random) -> tuple[Record, HammerFell]:
    """A record in which a lot is sold, and the sale of it."""
    found = [
        (record, event)
        for record in journal.records
        for event in (() if isinstance(record.outcome, Refusal) else record.outcome)
        if isinstance(event, HammerFell)
    ]
    return chance.choice(found)


def hammer_changed(journal: Journal, record: Record, sold: HammerFell, **fields: Any) -> Journal:
    def change(each: Record) -> Record | None:
        if each.seq != record.seq:
            return None
        assert not isinstance(each.outcome, Refusal)
        return altered(each, outcome=tuple(replace(e, **fields) if e == sold else e for e in each.outcome))

    return journal.rewritten(change)


def sold_to_another(journal: Journal, chance: random.Random) -> Case:
    record, sold = hammered(journal, chance)
    other = next(p for p in journal.auction.paddles if p != sold.paddle)
    return Case(hammer_changed(journal, record, sold, paddle=other).lines(), "11", record.seq)


def sold_at_another_price(journal: Journal, chance: random.Random) -> Case:
    record, sold = hammered(journal, chance)
    changed = hammer_changed(journal, record, sold, price=Fen(sold.price + chance.choice([-STEP, STEP, 1])))
    return Case(changed.lines(), "11", record.seq)


def late_bid_accepted(journal: Journal, chance: random.Random) -> Case:
    record = chance.choice(accepted(journal, BidPlaced, alone=True))
    event = bid_of(record)
    end = before(journal, record.seq).lots[event.lot].closes_at
    assert end is not None
    late = Nanoseconds(end + 1000 + chance.randrange(SECOND))

    def change(each: Record) -> Record | None:
        if each.seq != record.seq:
            return None
        outcome = (replace(event, at=late),)
        return altered(each, arrived_at=late, recorded_at=max(late, each.recorded_at), outcome=outcome)

    return Case(journal.rewritten(change).lines(), "16", record.seq)


def bid_in_time_refused_as_late(journal: Journal, chance: random.Random) -> Case:
    record = chance.choice(accepted(journal, BidPlaced, alone=True))
    end = before(journal, record.seq).lots[bid_of(record).lot].closes_at
    assert end is not None
    reason = chance.choice([Reason.AUCTION_CLOSED, Reason.LATE_TRANSIT])
    said = Refusal(reason, arrived_us=record.arrived_at // 1000, closed_us=end // 1000)
    forged = journal.rewritten(lambda each: said if each.seq == record.seq else None)
    return Case(forged.lines(), "16", record.seq, receipts_of(forged, record.seq))


def valid_bid_refused_as_too_low(journal: Journal, chance: random.Random) -> Case:
    record = chance.choice([r for r in accepted(journal, BidPlaced, alone=True) if bid_of(r).basis == "bid"])
    said = Refusal(Reason.BID_TOO_LOW, least_fen=1, step_fen=1, next_fen=1)
    forged = journal.rewritten(lambda each: said if each.seq == record.seq else None)
    return Case(forged.lines(), "7", record.seq, receipts_of(forged, record.seq))


def rule_sheet_changed(journal: Journal, chance: random.Random) -> Case:
    """From some commit on another sheet is signed."""
    number = chance.randrange(1, len(journal.commits))
    kept: list[Commit] = list(journal.commits)
    old = kept[number]
    kept[number] = sign_commit(journal.records[old.first - 1 : old.last], journal.signer, "ab" * 32)
    return Case(replace(journal, commits=tuple(kept)).lines(), "rules", old.first)


def reports_differ(journal: Journal, _: random.Random) -> Case:
    second = accepted(journal, ResultSigned)[1]
    return Case(other_event(journal, second, report="cd" * 32).lines(), "24", second.seq)


def bid_after_the_close(journal: Journal, chance: random.Random) -> Case:
    last = journal.records[-1]
    event = replace(bid_of(chance.choice(accepted(journal, BidPlaced))), at=last.arrived_at)
    forged = journal.rewritten(lambda each: (event,) if each.seq == last.seq else None)
    return Case(forged.lines(), "14", last.seq)


def extension_left_out(journal: Journal, chance: random.Random) -> Case:
    """A bid that moved the end did not; in a sale in which none did, the end is told earlier."""
    moved = [record for record in accepted(journal, BidPlaced) if extended(record)]
    rules = journal.auction.rules.timed
    if not moved or rules is None or rules.extension.top_k:
        ended = chance.choice(accepted(journal, BiddingClosed))
        assert not isinstance(ended.outcome, Refusal)
        [first, *_] = ended.outcome
        assert isinstance(first, BiddingClosed)
        changed = other_event(journal, ended, closes_at=Nanoseconds(first.closes_at - SECOND))
        return Case(changed.lines(), "16", ended.seq)
    record = chance.choice(moved)
    assert not isinstance(record.outcome, Refusal)
    kept = tuple(event for event in record.outcome if not isinstance(event, BiddingExtended))
    forged = journal.rewritten(lambda each: kept if each.seq == record.seq else None)
    return Case(forged.lines(), "18", record.seq)


def extended(record: Record) -> bool:
    return not isinstance(record.outcome, Refusal) and any(isinstance(e, BiddingExtended) for e in record.outcome)
