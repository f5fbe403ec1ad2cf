"""
One command, its outcome, and their place in the order.

A record's *header* holds only digests, so that it can be published while the content goes to those who may see it. Each header
names the digest of the one before: the chain. Spelling and salts are described in ``engine/wire/PROTOCOL.md``.
"""

import hashlib

import msgspec

from engine.domain.parties import Principal
from engine.domain.proceeding import Command
from engine.domain.units import Nanoseconds
from engine.journal.header import GENESIS, header_text, salted, salts
from engine.wire.codec import Outcome, decode_command, decode_outcome

__all__ = ["GENESIS", "Record", "WrongDigest", "header_text", "salted", "salts", "seal", "unseal"]


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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
    salt_key: bytes
    """What its salts are made with: they are wanted of few records, and each time by one or two readers."""

    def __repr__(self) -> str:
        """Where it stands only: neither what is secret nor what may not be seen yet."""
        return f"Record({self.sale}, epoch {self.epoch}, {self.seq})"

    @property
    def command_salt(self) -> bytes:
        """Disclosed together with the command."""
        return salts(self.salt_key, self.seq)[0]

    @property
    def outcome_salt(self) -> bytes:
        """Disclosed together with the outcome."""
        return salts(self.salt_key, self.seq)[1]

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
        return self.disclosed()[0]

    def disclosed(self) -> tuple[str, bytes, bytes]:
        """The canonical header, and the salts of command and outcome."""
        command_salt, outcome_salt = salts(self.salt_key, self.seq)
        header = header_text(
            self.sale,
            self.epoch,
            self.seq,
            self.arrived_at,
            self.recorded_at,
            salted(command_salt, self.command_bytes),
            salted(outcome_salt, self.outcome_bytes),
            self.prev,
        )
        return header, command_salt, outcome_salt


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
        salt_key=salt_key,
    )


class WrongDigest(ValueError):
    """What was kept of a record, in the place where it stands, does not have the digest kept with it."""


def unseal(  # noqa: PLR0913 - what a keeper keeps of a record
    *,
    sale: str,
    epoch: int,
    seq: int,
    arrived_at: Nanoseconds,
    recorded_at: Nanoseconds,
    command_bytes: bytes,
    outcome_bytes: bytes,
    prev: bytes,
    salt_key: bytes,
    digest: bytes,
    sound: bool = False,
) -> Record:
    """
    A record read back from what a journal keeps of it; ``sound`` if these very values were held against ``digest`` already.

    Raises:
        WrongDigest: It was changed or stands in another place. Nothing of it was read.

    """
    if not sound:
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
        arrived_at=arrived_at,
        recorded_at=recorded_at,
        command_bytes=command_bytes,
        outcome_bytes=outcome_bytes,
        command=decode_command(command_bytes),
        outcome=decode_outcome(outcome_bytes),
        prev=prev,
        digest=digest,
        salt_key=salt_key,
    )
