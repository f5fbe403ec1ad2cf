"""What a clerk knows of the record, and recovery finds out from the journal."""

import hashlib
from dataclasses import dataclass

from engine.domain.parties import Principal
from engine.domain.proceeding import State, as_asked
from engine.domain.units import Nanoseconds
from engine.journal.record import Record
from engine.room.leaving import bound_for
from engine.wire.codec import encode_command


@dataclass(slots=True)
class Memory:
    """What the clerk knows: the state, the end of the record, and what each id stands for."""

    state: State | None
    seq: int
    head: bytes
    last_at: Nanoseconds

    answered: dict[tuple[Principal, str], tuple[int, bytes]]
    """For each asker and id: the record, and SHA-256 of the command's bytes, without what the house said in it."""

    leaves_for: str = ""
    """The engine that the last record gives the room to: nothing may follow on it here."""

    def remember(self, record: Record) -> None:
        """Add ``record``, whose events are applied, to what is known."""
        self.seq, self.head = record.seq, record.digest
        self.last_at = max(self.last_at, record.recorded_at)
        command = record.command
        asked = as_asked(command)
        body = hashlib.sha256(record.command_bytes if asked is command else encode_command(asked)).digest()
        self.leaves_for = bound_for(command)
        self.answered[command.by, command.command_id] = record.seq, body
