"""A batch of records kept together under one signature."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from engine.journal import proof
from engine.journal.header import statement_text
from engine.journal.record import Record
from engine.journal.signing import Signer

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class StatementFault(ValueError):
    """The text is no commit statement."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a commit's signature says: these records, in this order, end in this head."""

    sale: str
    epoch: int
    first: int
    last: int
    head: bytes
    root: bytes

    rules: str
    """Digest of the rule sheet under which they were decided, 64 hexadecimal digits."""

    def text(self) -> str:
        """The signed text."""
        return statement_text(self.sale, self.epoch, self.first, self.last, self.head, self.root, self.rules)

    @classmethod
    def parse(cls, text: str) -> "Statement":
        """The statement whose text is ``text``."""
        lines = text.split("\n")
        if len(lines) != 9 or lines[0] != "luochui commit v1" or lines[8] or not _DIGEST.fullmatch(lines[7]):
            raise StatementFault("no commit statement")
        try:
            statement = cls(
                lines[1],
                int(lines[2]),
                int(lines[3]),
                int(lines[4]),
                bytes.fromhex(lines[5]),
                bytes.fromhex(lines[6]),
                lines[7],
            )
        except ValueError as error:
            raise StatementFault("a number or digest of the statement cannot be read") from error
        if statement.text() != text or len(statement.head) != 32 or len(statement.root) != 32:
            raise StatementFault("the statement is not in its one spelling")
        if statement.epoch < 0 or not 1 <= statement.first <= statement.last:
            raise StatementFault("the statement covers no records")
        return statement


@dataclass(frozen=True)
class Commit:
    """A signed statement and the digests it covers."""

    statement: Statement
    signature: bytes
    digests: tuple[bytes, ...]

    state_digest: str | None = None
    """Digest of the state after ``last``, where it was taken."""

    @property
    def first(self) -> int:
        """The first record covered."""
        return self.statement.first

    @property
    def last(self) -> int:
        """The last record covered."""
        return self.statement.last

    @property
    def head(self) -> bytes:
        """The digest of the last record covered."""
        return self.statement.head

    @cached_property
    def text(self) -> str:
        """What was signed: the same in every receipt of the commit."""
        return self.statement.text()

    @cached_property
    def _tree(self) -> list[list[bytes]]:
        return proof.levels(self.digests)

    def path(self, seq: int) -> list[bytes]:
        """The audit path of record ``seq`` to the signed root."""
        return proof.path(self._tree, seq - self.first)


def sign_commit(records: Sequence[Record], signer: Signer, rules: str, state_digest: str | None = None) -> Commit:
    """The commit of ``records``, which follow each other and were decided under the sheet with digest ``rules``."""
    first, last = records[0], records[-1]
    digests = tuple(record.digest for record in records)
    root = proof.levels(digests)[-1][0]
    statement = Statement(last.sale, last.epoch, first.seq, last.seq, last.digest, root, rules)
    return Commit(statement, signer.sign(statement.text().encode()), digests, state_digest)
