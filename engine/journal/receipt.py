"""What an asker takes home, and what everybody may read: the same record, as a receipt or as a public page."""

import hashlib
from collections.abc import Callable
from typing import Any, Final

from engine.journal.commit import Commit
from engine.journal.record import Record

NUMBER_CHARS: Final = 16
"""Of a receipt's number: for people to quote. It does not count."""


def receipt(record: Record, commit: Commit, public_key: bytes) -> dict[str, Any]:
    """The receipt of ``record``; see ``engine/wire/PROTOCOL.md``. Anyone can check it without us."""
    header, command_salt, outcome_salt = record.disclosed()
    return {
        "header": header,
        "command": record.command_bytes.decode(),
        "command_salt": command_salt.hex(),
        "outcome": record.outcome_bytes.decode(),
        "outcome_salt": outcome_salt.hex(),
        "path": [node.hex() for node in commit.path(record.seq)],
        "statement": commit.text,
        "signature": commit.signature.hex(),
        "key": public_key.hex(),
    }


def sealed_receipt(record: Record, public_key: bytes, sign: Callable[[bytes], bytes] | None) -> dict[str, Any]:
    """
    The receipt of ``record`` while its place may not be known.

    It names what was asked, what was decided and when it reached the house, all of them the asker's own, and no place in an order. When
    the record is public, a record with this very command must stand in it.

    Args:
        record: The record.
        public_key: The house's.
        sign: Signs for the house; None where it cannot, and nothing is promised.

    """
    command = hashlib.sha256(record.command_bytes).hexdigest()
    outcome = hashlib.sha256(record.outcome_bytes).hexdigest()
    statement = sealed_text(record.sale, record.epoch, record.arrived_at, command, outcome)
    return {
        "number": hashlib.sha256(statement.encode()).hexdigest()[:NUMBER_CHARS],
        "command": record.command_bytes.decode(),
        "outcome": record.outcome_bytes.decode(),
        "statement": statement,
        "signature": "" if sign is None else sign(statement.encode()).hex(),
        "key": public_key.hex(),
    }


def sealed_text(sale: str, epoch: int, arrived_at: int, command: str, outcome: str) -> str:
    """What the signature below a sealed receipt signs."""
    return f"luochui receipt v1\n{sale}\n{epoch}\n{arrived_at}\n{command}\n{outcome}\n"


def signed(commit: Commit) -> dict[str, Any]:
    """A commit as the public record lists it."""
    return {
        "first": commit.first,
        "last": commit.last,
        "statement": commit.statement.text(),
        "signature": commit.signature.hex(),
    }
