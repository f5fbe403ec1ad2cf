"""What an asker takes home, and what everybody may read: the same record, as a receipt or as a public page."""

from typing import Any

from engine.journal.commit import Commit
from engine.journal.record import Record


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


def signed(commit: Commit) -> dict[str, Any]:
    """A commit as the public record lists it."""
    return {
        "first": commit.first,
        "last": commit.last,
        "statement": commit.statement.text(),
        "signature": commit.signature.hex(),
    }
