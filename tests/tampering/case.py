"""What is handed to the verifier: an export, what others hold, and how it must be found out."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clients.verifier import judge
from engine.domain.auction.state import Auction
from engine.domain.parties import HOUSE
from engine.domain.proceeding import State, apply
from engine.domain.refusals import Refusal
from engine.journal.record import Record
from engine.journal.signing import Signer
from tests.clients.exports import KEY, Journal, text

STRANGER = Signer.of(Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
Lines = list[dict[str, Any]]


@dataclass
class Case:
    """An export, what others hold, and how it must be found out: the rule, and the record if it is known."""

    lines: Lines
    rule: str
    seq: int | None = None
    held: dict[str, str] = field(default_factory=dict)
    witnesses: list[str] = field(default_factory=list)

    def verdict(self, key: str | None = KEY) -> dict[str, Any]:
        return judge(text(self.lines), key, self.held, self.witnesses)


def receipts_of(journal: Journal, *seqs: int) -> dict[str, str]:
    return {f"receipt-{seq}.json": json.dumps(journal.receipt(seq), ensure_ascii=False) for seq in seqs}


def at(lines: Lines, kind: str) -> list[int]:
    return [place for place, line in enumerate(lines) if line["type"] == kind]


def accepted(journal: Journal, kind: type, *, alone: bool = False) -> list[Record]:
    """Records that brought about an event of ``kind``, which is their first; ``alone``: asked for by a person."""
    return [
        record
        for record in journal.records
        if not isinstance(record.outcome, Refusal)
        and isinstance(record.outcome[0], kind)
        and not (alone and record.by == HOUSE)
    ]


def refused(journal: Journal) -> list[Record]:
    return [r for r in journal.records if isinstance(r.outcome, Refusal) and r.by.startswith("bidder")]


def before(journal: Journal, seq: int) -> Auction:
    """The sale as it stood before record ``seq``."""
    state: State | None = None
    for record in journal.records[: seq - 1]:
        for event in () if isinstance(record.outcome, Refusal) else record.outcome:
            state = apply(state, event)
    assert isinstance(state, Auction)
    return state


Tamper = Callable[[Journal, random.Random], Case]
