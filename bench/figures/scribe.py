"""Records made as a clerk makes them, without a room around: decided, applied, spelled and chained."""

from dataclasses import dataclass
from typing import Final

from engine.domain import proceeding
from engine.domain.proceeding import Command, State
from engine.domain.units import Nanoseconds
from engine.journal.base import JournalIdentity
from engine.journal.record import GENESIS, Record, seal
from engine.wire.codec import encode_command, encode_outcome

LONG_AGO: Final = 1_700_000_000_000_000_000
APART_NS: Final = 1000


@dataclass(slots=True)
class Scribe:
    """One proceeding from its first record on."""

    identity: JournalIdentity
    state: State | None = None
    seq: int = 0
    head: bytes = GENESIS

    @property
    def now(self) -> Nanoseconds:
        """When the newest record was made: one a microsecond."""
        return Nanoseconds(LONG_AGO + self.seq * APART_NS)

    def record(self, command: Command) -> Record:
        """
        The next record.

        Raises:
            Refusal: The rules do not allow it; there is no record then.

        """
        self.seq += 1
        events = proceeding.decide(self.state, command, self.now)
        for event in events:
            self.state = proceeding.apply(self.state, event)
        record = seal(
            sale=self.identity.sale,
            epoch=self.identity.epoch,
            seq=self.seq,
            arrived_at=self.now,
            recorded_at=Nanoseconds(self.now + 7),
            command=command,
            command_bytes=encode_command(command),
            outcome=events,
            outcome_bytes=encode_outcome(events),
            prev=self.head,
            salt_key=self.identity.salt_key,
        )
        self.head = record.digest
        return record
