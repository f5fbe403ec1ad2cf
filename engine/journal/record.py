"""
One command, its outcome, and their place in the order.

A record's *header* holds only digests, so that it can be published while the content goes to those who may see it. Each header
names the digest of the one before: the chain. Spelling and salts are described in ``engine/wire/PROTOCOL.md``.
"""

import hashlib
import hmac
from dataclasses import dataclass

from engine.domain.parties import Principal
from engine.domain.proceeding import Command
from engine.domain.units import Nanoseconds
from engine.wire.codec import Outcome, decode_command, decode_outcome

GENESIS = bytes(32)
"""The digest before the first record."""

SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A command taken up, with what it brought about. ``seq`` counts from 1 without gaps."""

    sale: str
    epoch: int
    seq: int

    arrived_at: Nanoseconds
    """When its last byte had reached the house."""

    recorded_at: Nanoseconds
    """When the clerk took it up."""

    command_bytes: bytes
    outcome_bytes: bytes
    command: Command
    outcome: Outcome

    prev: bytes
    digest: bytes
    command_salt: bytes
    outcome_salt: bytes

    @property
    def by(self) -> Principal:
        """Who asked."""
        return self.command.by

    @property
    def command_id(self) -> str:
        """The id its client chose."""
        return self.command.command_id

    def header(self) -> str:
        """The canonical header, whose SHA-256 is the record's digest."""
        return header_text(
            self.sale,
            self.epoch,
            self.seq,
            self.arrived_at,
            self.recorded_at,
            salted(self.command_salt, self.command_bytes),
            salted(self.outcome_salt, self.outcome_bytes),
            self.prev,
        )


def salted(salt: bytes, content: bytes) -> str:
    """SHA-256 of ``salt`` and ``content``, in hexadecimal: binds without telling."""
    return hashlib.sha256(salt + content).hexdigest()


def salts(key: bytes, seq: int) -> tuple[bytes, bytes]:
    """The salts of command and outcome of record ``seq``: known to the keeper of ``key``, to others when disclosed."""
    both = hmac.digest(key, seq.to_bytes(8), "sha256")
    return both[:SALT_BYTES], both[SALT_BYTES:]


def header_text(  # noqa: PLR0913, PLR0917 - a header has eight fields
    sale: str,
    epoch: int,
    seq: int,
    arrived_at: int,
    recorded_at: int,
    command: str,
    outcome: str,
    prev: bytes,
) -> str:
    """The canonical JSON of a header. A sale id needs no escaping."""
    return (
        f'{{"arrived_at":{arrived_at},"command":"{command}","epoch":{epoch},"outcome":"{outcome}",'
        f'"prev":"{prev.hex()}","recorded_at":{recorded_at},"sale":"{sale}","seq":{seq}}}'
    )


def seal(  # noqa: PLR0913 - a record is made of these
    *,
    sale: str,
    epoch: int,
    seq: int,
    arrived_at: Nanoseconds,
    recorded_at: Nanoseconds,
    command: Command,
    command_bytes: bytes,
    outcome: Outcome,
    outcome_bytes: bytes,
    prev: bytes,
    salt_key: bytes,
) -> Record:
    """The record of ``command``, chained to ``prev``."""
    command_salt, outcome_salt = salts(salt_key, seq)
    header = header_text(
        sale,
        epoch,
        seq,
        arrived_at,
        recorded_at,
        salted(command_salt, command_bytes),
        salted(outcome_salt, outcome_bytes),
        prev,
    )
    return Record(
        sale=sale,
        epoch=epoch,
        seq=seq,
        arrived_at=arrived_at,
        recorded_at=recorded_at,
        command_bytes=command_bytes,
        outcome_bytes=outcome_bytes,
        command=command,
        outcome=outcome,
        prev=prev,
        digest=hashlib.sha256(header.encode()).digest(),
        command_salt=command_salt,
        outcome_salt=outcome_salt,
    )


class WrongDigest(ValueError):
    """What was kept of a record, in the place where it stands, does not have the digest kept with it."""


def unseal(  # noqa: PLR0913 - what a keeper keeps of a record
    *,
    sale: str,
    epoch: int,
    seq: int,
    arrived_at: int,
    recorded_at: int,
    command_bytes: bytes,
    outcome_bytes: bytes,
    prev: bytes,
    salt_key: bytes,
    digest: bytes,
) -> Record:
    """
    A record read back from what a journal keeps of it.

    Raises:
        WrongDigest: It was changed or stands in another place. Nothing of it was read.

    """
    command_salt, outcome_salt = salts(salt_key, seq)
    header = header_text(
        sale,
        epoch,
        seq,
        arrived_at,
        recorded_at,
        salted(command_salt, command_bytes),
        salted(outcome_salt, outcome_bytes),
        prev,
    )
    if hashlib.sha256(header.encode()).digest() != digest:
        raise WrongDigest
    return Record(
        sale=sale,
        epoch=epoch,
        seq=seq,
        arrived_at=Nanoseconds(arrived_at),
        recorded_at=Nanoseconds(recorded_at),
        command_bytes=command_bytes,
        outcome_bytes=outcome_bytes,
        command=decode_command(command_bytes),
        outcome=decode_outcome(outcome_bytes),
        prev=prev,
        digest=digest,
        command_salt=command_salt,
        outcome_salt=outcome_salt,
    )
