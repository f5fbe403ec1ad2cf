"""What the house acknowledged to the robots, held against what is on its record."""

import hashlib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from clients.news import Outcome
from clients.robots.robot import Act, Parts, Robot, Want
from clients.verify import ReceiptFault, verify_receipt
from engine.domain import proceeding
from engine.domain.auction.events import BidPlaced
from engine.domain.auction.state import Auction
from engine.domain.parties import Principal
from engine.domain.refusals import Refusal
from engine.evidence import figures_of
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.recovery import retrace


@dataclass
class Ledger:
    """Every answer with a place on the record, by asker and id."""

    answers: dict[tuple[Principal, str], Outcome] = field(default_factory=dict)

    def of(self, by: Principal, robot: Robot) -> Robot:
        """``robot``, with somebody who writes down what it is told."""
        return _Noted(by, robot, self)


@dataclass
class _Noted:
    by: Principal
    robot: Robot
    ledger: Ledger

    def want(self, parts: Parts) -> Want | None:
        """See :class:`~clients.robots.robot.Robot`."""
        return self.robot.want(parts)

    def learn(self, act: Act, outcome: Outcome) -> None:
        """See :class:`~clients.robots.robot.Robot`."""
        if outcome.receipt is not None:
            self.ledger.answers.setdefault((self.by, outcome.id), outcome)
        self.robot.learn(act, outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was found for one sale."""

    figures: dict[str, Any]
    state_digest: str
    epoch: int
    acknowledged: int

    lost: int
    """Acknowledged, and not on the record as it was acknowledged."""

    doubled: int
    """On the record twice, or in the book otherwise than on the record."""


def count(folder: DataFolder, sale: str, ledger: Ledger) -> Count:
    """
    Decide the journal of ``sale`` again, command by command, and hold every acknowledgement against it. Nobody serves it.

    Raises:
        JournalFault: The journal does not hold.

    """
    records: list[Record] = []
    state: Any = None
    with closing(SqliteJournal.open_to_read(folder.journal(sale), folder.anchor(sale))) as journal:
        for record, memory in retrace(journal):
            records.append(record)
            state = memory.state
        key = journal.identity.public_key.hex()
    assert isinstance(state, Auction)
    book = Counter((lot.number, bid.paddle, bid.amount) for lot in state.lots.values() for bid in lot.bids)
    placed = Counter(
        (event.lot, event.paddle, event.amount)
        for record in records
        if not isinstance(record.outcome, Refusal)
        for event in record.outcome
        if isinstance(event, BidPlaced)
    )
    ids = Counter((record.by, record.command_id) for record in records)
    kept = sum(_is_kept(by, outcome, records, key) for (by, _), outcome in ledger.answers.items())
    return Count(
        figures=figures_of(state),
        state_digest=proceeding.state_digest(state),
        epoch=records[-1].epoch,
        acknowledged=len(ledger.answers),
        lost=len(ledger.answers) - kept + (placed - book).total(),
        doubled=(ids.total() - len(ids)) + (placed.total() - len(placed)) + (book - placed).total(),
    )


def _is_kept(by: Principal, outcome: Outcome, records: list[Record], key: str) -> bool:
    """Whether the record says what was acknowledged, in the same place, to the byte, under the house's signature."""
    receipt, seq = outcome.receipt, outcome.seq
    if receipt is None or seq is None or not 0 < seq <= len(records):
        return False
    try:
        verify_receipt(receipt, key)
    except ReceiptFault:
        return False
    record = records[seq - 1]
    return (
        (record.by, record.command_id) == (by, outcome.id)
        and hashlib.sha256(receipt["header"].encode()).digest() == record.digest
        and receipt["command"].encode() == record.command_bytes
        and receipt["outcome"].encode() == record.outcome_bytes
    )
