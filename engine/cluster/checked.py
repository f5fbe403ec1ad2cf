"""What a follower believes: a commit that the house signed and that continues the chain it has, and nothing else."""

import hashlib
from dataclasses import dataclass
from typing import Any

from engine.cluster.frames import Committed, Kept
from engine.domain.units import Nanoseconds
from engine.journal import proof
from engine.journal.base import Epochs
from engine.journal.commit import Commit, Statement, StatementFault
from engine.journal.record import GENESIS, Record, header_text, salted, salts
from engine.journal.signing import holds
from engine.wire.codec import decode_command, decode_outcome


class NotBelieved(Exception):
    """It contradicts itself, or the house did not sign it."""


class Stale(Exception):
    """It is known already, or comes from an engine whose time is over."""


class Gap(Exception):
    """Something before it is missing."""


class ContinuityLost(Exception):
    """Another history is in force than was followed: everybody takes a new picture."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has followed: the highest epoch seen, the last record, its digest."""

    epoch: int = 0
    seq: int = 0
    head: bytes = GENESIS
    begins: Epochs = ()
    """The epochs of the history in force, where it has more than one."""

    def epoch_of(self, seq: int) -> int:
        """The epoch record ``seq`` belongs to in the history in force."""
        return next((epoch for epoch, first in reversed(self.begins) if first <= seq), self.epoch)


def read_statement(frame: Committed, sale: str, key: bytes) -> Statement:
    """
    What the house signed, if it did.

    Raises:
        NotBelieved: It did not.

    """
    statement = verified(frame.statement, frame.signature, key)
    if statement.sale != sale:
        raise NotBelieved("it is of another sale")
    return statement


def verified(text: str, signature: bytes, key: bytes) -> Statement:
    """
    What the house signed, of whichever sale.

    Raises:
        NotBelieved: It did not.

    """
    try:
        statement = Statement.parse(text)
    except StatementFault as fault:
        raise NotBelieved(str(fault)) from None
    if not holds(key, text.encode(), signature):
        raise NotBelieved("the signature is not the house's")
    return statement


def check(frame: Committed, sale: str, key: bytes, place: Place) -> tuple[Commit, tuple[Record, ...]]:
    """
    The commit in ``frame``, if it is the next after ``place``.

    Raises:
        NotBelieved: It is no commit of the house.
        Stale: It was seen already, or its epoch was over by then.
        ContinuityLost: Its epoch is new: what is followed must be taken anew.
        Gap: It comes later.

    """
    statement = read_statement(frame, sale, key)
    if statement.epoch > place.epoch > 0:
        raise ContinuityLost
    epoch = place.epoch_of(statement.last) if place.epoch else statement.epoch
    if statement.epoch != epoch or statement.last <= place.seq:
        raise Stale
    if statement.first > place.seq + 1:
        raise Gap
    if statement.first != place.seq + 1:
        raise NotBelieved("it begins within what is known")
    records, head = [], place.head
    for seq, kept in enumerate(frame.records, statement.first):
        record = _record(kept, sale, statement.epoch, seq, head, frame.salt_key)
        records.append(record)
        head = record.digest
    digests = tuple(record.digest for record in records)
    if not records or records[-1].seq != statement.last or head != statement.head:
        raise NotBelieved("its records are not those that were signed, or follow another history")
    if proof.levels(digests)[-1][0] != statement.root:
        raise NotBelieved("its root is not that of its records")
    return Commit(statement, frame.signature, digests), tuple(records)


def _record(  # noqa: PLR0913, PLR0917 - a record is made of these
    kept: Kept, sale: str, epoch: int, seq: int, prev: bytes, salt_key: bytes
) -> Record:
    """The record in its place; its digest shows, with the others', whether it is the one that was signed."""
    command_salt, outcome_salt = salts(salt_key, seq)
    header = header_text(
        sale,
        epoch,
        seq,
        kept.arrived_at,
        kept.recorded_at,
        salted(command_salt, kept.command),
        salted(outcome_salt, kept.outcome),
        prev,
    )
    return Record(
        sale=sale,
        epoch=epoch,
        seq=seq,
        arrived_at=Nanoseconds(kept.arrived_at),
        recorded_at=Nanoseconds(kept.recorded_at),
        command_bytes=kept.command,
        outcome_bytes=kept.outcome,
        command=_decoded(decode_command, kept.command),
        outcome=_decoded(decode_outcome, kept.outcome),
        prev=prev,
        digest=hashlib.sha256(header.encode()).digest(),
        salt_key=salt_key,
    )


def _decoded(decode: Any, content: bytes) -> Any:
    try:
        return decode(content)
    except (ValueError, KeyError, TypeError) as error:
        raise NotBelieved("its content cannot be read") from error
