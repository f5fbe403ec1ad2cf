"""What a house kept, read from its journal when it is gone, and compared with what it had said."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from clients.verify import verify_receipt
from engine.domain import proceeding
from engine.domain.auction.events import BidPlaced
from engine.domain.auction.state import Auction
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.recovery import retrace
from tests.blackbox.crowd import Ledger
from tests.blackbox.lives import SALE
from tests.cli.program import last_json, luochui


@dataclass(frozen=True)
class Kept:
    """What is on the record, decided again command by command."""

    records: list[Record]
    state: Auction
    state_digest: str
    key: str

    @classmethod
    def read(cls, data: Path) -> "Kept":
        folder = DataFolder(data)
        with closing(SqliteJournal.open_to_read(folder.journal(SALE), folder.anchor(SALE))) as journal:
            assert journal.anchored is not None
            records, state = [], None
            for record, memory in retrace(journal):
                records.append(record)
                state = memory.state
            assert isinstance(state, Auction)
            assert journal.anchored.last == len(records)
            return cls(records, state, proceeding.state_digest(state), journal.identity.public_key.hex())

    def holds(self, by: Principal, command_id: str, answer: dict[str, Any]) -> bool:
        """Whether the record says what was acknowledged, in the same place and with the same digest."""
        receipt, seq = answer["receipt"], answer["seq"]
        if not 0 < seq <= len(self.records):
            return False
        record = self.records[seq - 1]
        return (
            (record.by, record.command_id) == (by, command_id)
            and hashlib.sha256(receipt["header"].encode()).digest() == record.digest
            and receipt["command"].encode() == record.command_bytes
            and receipt["outcome"].encode() == record.outcome_bytes
        )

    def bids(self) -> Iterator[BidPlaced]:
        """Every accepted bid, in order."""
        for record in self.records:
            if not isinstance(record.outcome, Refusal):
                yield from (event for event in record.outcome if isinstance(event, BidPlaced))


@dataclass
class Counts:
    """What was found, in words."""

    acknowledged: int = 0
    accepted: int = 0
    records: int = 0
    answered_only_after_a_kill: int = 0
    """Kept, and killed before the answer was out: the first answer to arrive was to the same id sent again."""

    repeated: int = 0
    lost: int = 0
    doubled: int = 0
    different: int = 0
    without_outcome: int = 0
    others: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in vars(self).items() if name != "others")
        return said + (f"; {self.others}" if self.others else "")


def compare(ledger: Ledger, kept: Kept, sent: set[tuple[Principal, str]]) -> Counts:
    """Every acknowledgement with the record, and every record with the book."""
    counts = Counts(acknowledged=len(ledger.answers), records=len(kept.records), others=dict(ledger.others))
    book = Counter((lot.number, bid.paddle, bid.amount) for lot in kept.state.lots.values() for bid in lot.bids)
    for (by, command_id), heard in ledger.answers.items():
        answer = orjson.loads(heard.first)
        counts.repeated += heard.again
        counts.answered_only_after_a_kill += heard.as_duplicate
        if not kept.holds(by, command_id, answer):
            counts.lost += 1
            continue
        command = orjson.loads(answer["receipt"]["command"])
        if "accepted" in answer["outcome"] and "amount" in command:
            counts.accepted += 1
            counts.lost += book[command["lot"], command["paddle"], command["amount"]] != 1
    counts.different = len(ledger.different)
    counts.without_outcome = len(sent - ledger.answers.keys())

    ids = Counter((record.by, record.command_id) for record in kept.records)
    placed = Counter((event.lot, event.paddle, event.amount) for event in kept.bids())
    counts.doubled = (ids.total() - len(ids)) + (placed.total() - len(placed)) + (placed != book)
    return counts


def receipts_hold(ledger: Ledger, key: str) -> None:
    for heard in ledger.answers.values():
        verify_receipt(orjson.loads(heard.first)["receipt"], key)


def prices_rise(state: Auction) -> None:
    for lot in state.lots.values():
        amounts = [bid.amount for bid in lot.bids]
        assert amounts == sorted(set(amounts)), lot.number


def the_same_again(data: Path, kept: Kept) -> None:
    """Replayed by other processes, with other hash seeds: the same digest. And it verifies."""
    found = {
        luochui("replay", data, "--digest", env={"PYTHONHASHSEED": seed}).stdout.strip() for seed in ("1", "1", "2")
    }
    assert found == {kept.state_digest}
    verified = luochui("verify", data, "--key", kept.key, "--json")
    assert verified.returncode == 0, verified.stderr
    assert last_json(verified)["records"] == len(kept.records)
