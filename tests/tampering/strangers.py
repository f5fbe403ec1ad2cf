"""Tampered with by a stranger, who has no key of the house: the export is changed on its way."""

import hashlib
import random
import re
from dataclasses import replace

from msgspec.structs import replace as altered

from engine.domain.auction.events import BidPlaced
from engine.domain.units import Nanoseconds
from engine.journal.record import Record
from tests.clients.exports import KEY, WITNESS, WITNESS_NAME, Journal, vkey
from tests.domain.auction.random_sale import STEP
from tests.tampering.case import STRANGER, Case, accepted, at, receipts_of, refused
from tests.tampering.sales import sale


def header_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice(at(lines, "record"))
    lines[place]["header"] = re.sub(r'"arrived_at":\d', '"arrived_at":2', lines[place]["header"])
    return Case(lines, "digest", place)


def header_respelt(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice(at(lines, "record"))
    lines[place]["header"] = lines[place]["header"].replace(',"seq"', ', "seq"')
    return Case(lines, "spelling", place)


def header_and_digest_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice(at(lines, "record")[:-1])
    other = altered(journal.records[place - 1], arrived_at=Nanoseconds(1))
    lines[place] |= {"header": other.header(), "digest": replaced_digest(other)}
    return Case(lines, "prev", place + 1)


def replaced_digest(record: Record) -> str:
    return hashlib.sha256(record.header().encode()).hexdigest()


def outcome_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice([p for p in at(lines, "record") if "outcome" in lines[p]])
    lines[place]["outcome"] = lines[place]["outcome"].replace('"type"', '"typ"', 1)
    return Case(lines, "outcome", place)


def shown_event_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice([p for p in at(lines, "record") if "outcome" in lines[p]])
    event = chance.choice(lines[place]["events"])
    name = chance.choice(sorted(set(event) - {"plate"}))
    event[name] = {"paddle": 1} if name == "who" else 7 if event[name] != 7 else 8
    return Case(lines, "outcome", place)


def amount_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice([r.seq for r in accepted(journal, BidPlaced)])
    lines[place]["events"][0]["amount_fen"] += chance.choice([-1, 1, 100, STEP])
    return Case(lines, "outcome", place)


def outcome_withheld_and_amount_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice([r.seq for r in accepted(journal, BidPlaced, alone=True)])
    lines[place].pop("outcome")
    lines[place]["events"][0]["amount_fen"] += STEP
    return Case(lines, "outcome", place)


def bid_not_shown(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice([r.seq for r in accepted(journal, BidPlaced, alone=True) if r.by.startswith("bidder")])
    lines[place].pop("outcome", None)
    lines[place]["events"] = []
    return Case(lines, "edit", place, receipts_of(journal, place))


def refusal_code_edited(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice(refused(journal)).seq
    lines[place]["refused"]["code"] = "E_NOT_ELIGIBLE"
    return Case(lines, "edit", place, receipts_of(journal, place))


def dropped(journal: Journal, seq: int, rule: str = "place") -> Case:
    lines = journal.lines()
    lines.pop(at(lines, "record")[seq - 1])
    return Case(lines, rule, seq)


def first_dropped(journal: Journal, _: random.Random) -> Case:
    return dropped(journal, 1)


def middle_dropped(journal: Journal, chance: random.Random) -> Case:
    return dropped(journal, chance.randint(2, len(journal.records) - 1))


def last_dropped(journal: Journal, _: random.Random) -> Case:
    case = dropped(journal, len(journal.records))
    return replace(case, rule="unsigned", seq=journal.commits[-1].first)


def commit_dropped(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice(at(lines, "commit"))
    return Case(lines, "unsigned", lines.pop(place)["first"])


def record_inserted(journal: Journal, chance: random.Random) -> Case:
    lines, other = journal.lines(), sale(chance.randrange(3), shown=True)
    place = chance.choice(at(lines, "record"))
    seq = chance.choice([s for s in range(1, len(other.records)) if s != place])
    lines.insert(place, {"type": "record", **other.published(other.records[seq - 1])})
    return Case(lines, "place", place)


def record_doubled(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    place = chance.choice(at(lines, "record"))
    lines.insert(place, lines[place])
    return Case(lines, "place", place + 1)


def records_reordered(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    one, two = sorted(chance.sample(at(lines, "record"), 2))
    lines[one], lines[two] = lines[two], lines[one]
    return Case(lines, "place", one)


def commits_exchanged(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    one, two = sorted(chance.sample(at(lines, "commit"), 2))
    lines[one], lines[two] = lines[two], lines[one]
    return Case(lines, "unsigned", lines[two]["first"])


def signatures_exchanged(journal: Journal, chance: random.Random) -> Case:
    lines = journal.lines()
    one, two = sorted(chance.sample(at(lines, "commit"), 2))
    lines[one]["signature"], lines[two]["signature"] = lines[two]["signature"], lines[one]["signature"]
    return Case(lines, "signature", lines[one]["first"])


def checkpoint_left_out(journal: Journal, _: random.Random) -> Case:
    return Case(journal.lines()[:-1], "checkpoint", len(journal.records))


def checkpoint_edited(journal: Journal, _: random.Random) -> Case:
    lines = journal.lines()
    lines[-1]["note"] = re.sub(r"\nat \d", "\nat 2", lines[-1]["note"])
    return Case(lines, "signature", len(journal.records))


def cosigned_by_a_stranger(journal: Journal, _: random.Random) -> Case:
    return Case(
        journal.lines((WITNESS_NAME, STRANGER)),
        "cosignature",
        len(journal.records),
        witnesses=[vkey(WITNESS_NAME, WITNESS.public)],
    )


def cosigned_by_nobody(journal: Journal, _: random.Random) -> Case:
    return Case(journal.lines(), "cosignature", len(journal.records), witnesses=[vkey(WITNESS_NAME, WITNESS.public)])


def wholly_by_a_stranger(journal: Journal, _: random.Random) -> Case:
    return Case(replace(journal, signer=STRANGER).rewritten(lambda _: None).lines(), "key", 1)


def signed_by_a_stranger(journal: Journal, _: random.Random) -> Case:
    lines = replace(journal, signer=STRANGER).rewritten(lambda _: None).lines()
    return Case([{**lines[0], "key": KEY}, *lines[1:]], "signature", 1)
