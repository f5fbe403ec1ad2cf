"""
Checks what the house says without asking the house: receipts, and the public record page by page as it grows.

A whole export, with the rules of the sale, is for :mod:`clients.verifier`, on which this stands. Needs nothing of the engine; formats
are in ``engine/wire/PROTOCOL.md``, "Records, receipts, and how an outsider checks them". The house's key should come from somewhere
else than the house's own answer: a printed notice, say.

    python -m clients.verify receipt receipt.json --key <hex>
    python -m clients.verify record http://localhost:8000 tianshui-1 --key <hex>
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from clients import verifier
from clients.verifier import Chain, Fault, check_receipt, root_by_path, tree_hash

__all__ = [
    "GENESIS",
    "ReceiptFault",
    "RecordChecked",
    "RecordChecker",
    "RecordFault",
    "Rule",
    "root_by_path",
    "tree_hash",
    "verify_receipt",
    "verify_record",
]

GENESIS: Final = "0" * 64
"""``prev`` of the first record."""

MALFORMED: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


class Rule(StrEnum):
    """What must hold. A fault names the first rule that does not."""

    SHAPE = "shape"
    """Every field is there and of its kind."""

    SPELLING = "spelling"
    """A header or a statement is in its one canonical spelling."""

    COMMAND = "command"
    """The command is the one the header binds."""

    OUTCOME = "outcome"
    """The outcome is the one the header binds, and what is shown of it agrees."""

    PLACE = "place"
    """Records follow each other without a gap, from the first."""

    SALE = "sale"
    """Everything is of one sale; epochs only rise, by one, and each commit is of one."""

    DIGEST = "digest"
    """A record's digest is that of its header."""

    PREV = "prev"
    """Each header names the digest of the record before."""

    STATEMENT = "statement"
    """The signed statement covers this record, once and in its place."""

    HEAD = "head"
    """The statement's HEAD is the digest of its last record."""

    PATH = "path"
    """The path leads from the record to the statement's ROOT."""

    ROOT = "root"
    """ROOT is the tree hash over the digests of the commit's records."""

    RULES = "rules"
    """Every commit names the digest of one rule sheet: the one announced, where it is shown."""

    KEY = "key"
    """The key is the house's key."""

    SIGNATURE = "signature"
    """The signature is the key's, over this very statement."""

    UNSIGNED = "unsigned"
    """Every record is covered by a commit."""


BROKEN: Final = {
    Rule.SHAPE: "a field is missing or wrong",
    Rule.SPELLING: "not in its one spelling",
    Rule.COMMAND: "not the command that was recorded",
    Rule.OUTCOME: "not the outcome that was recorded",
    Rule.PLACE: "another record stands here, or none",
    Rule.SALE: "of another sale or another epoch",
    Rule.DIGEST: "not the digest of its header",
    Rule.PREV: "it does not follow the record before",
    Rule.STATEMENT: "signed over other records",
    Rule.HEAD: "the statement ends with another record",
    Rule.PATH: "the path does not lead to the signed root",
    Rule.ROOT: "the commit is over other records",
    Rule.RULES: "the commit names another rule sheet",
    Rule.KEY: "signed with another key than the house's",
    Rule.SIGNATURE: "the signature does not hold",
    Rule.UNSIGNED: "no commit covers this record",
}
"""What is said of what breaks a rule."""


class ReceiptFault(Exception):
    """
    The receipt does not hold.

    Attributes:
        rule: The first rule it breaks.

    """

    def __init__(self, rule: Rule) -> None:
        super().__init__(f"{rule}: {BROKEN[rule]}")
        self.rule = rule


class RecordFault(Exception):
    """
    The public record does not hold.

    Attributes:
        seq: The first bad record; of a bad commit, its first.
        rule: The rule it breaks.

    """

    def __init__(self, seq: int, rule: Rule) -> None:
        super().__init__(f"record {seq}: {rule}: {BROKEN[rule]}")
        self.seq, self.rule = seq, rule


def verify_receipt(receipt: Mapping[str, Any], key: str | None) -> None:
    """
    Check that the house put this command and this outcome on its record, in this place.

    Args:
        receipt: As it came with an answer.
        key: The house's public key in hexadecimal, known from elsewhere. None takes the receipt's word for it, which
            proves no more than that the holder of *some* key signed.

    Raises:
        ReceiptFault: It does not hold; says by which rule.

    """
    try:
        check_receipt(dict(receipt), key)
    except Fault as fault:
        raise ReceiptFault(Rule(fault.args[0])) from fault
    except MALFORMED as error:
        raise ReceiptFault(Rule.SHAPE) from error


# The public record.


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChecked:
    """What was found to hold."""

    sale: str
    key: str
    rules: str
    """Digest of the rule sheet; compare it with the notice's."""

    records: int
    commits: int
    disclosed: int
    """Records whose very outcome is public and was checked."""

    seq: int
    head: str


class RecordChecker:
    """
    Checks a public record page by page.

    Args:
        key: The house's public key in hexadecimal, known from elsewhere; None takes the word of the first page.
        seq: Where to begin: the last record already checked.
        head: Its digest.

    """

    def __init__(self, key: str | None = None, *, seq: int = 0, head: str = GENESIS) -> None:
        self._key = key
        self._began = seq
        self._chain = Chain("", key or "", seq, head)
        self._claimed = seq, head
        self._statements: dict[int, str] = {}
        self._waiting: dict[int, Mapping[str, Any]] = {}
        self._disclosed = self._commits = 0

    @property
    def seq(self) -> int:
        """The last record taken in; what to ask for the next page ``after``."""
        return self._chain.seq

    def take(self, page: Mapping[str, Any]) -> None:
        """
        Check the next page.

        Raises:
            RecordFault: Something does not hold.

        """
        chain = self._chain
        try:
            self._page(page)
        except Fault as fault:
            rule, seq = fault.args
            raise RecordFault(seq, Rule(rule)) from fault
        except MALFORMED as error:
            raise RecordFault(chain.seq + 1, Rule.SHAPE) from error

    def _page(self, page: Mapping[str, Any]) -> None:
        chain = self._chain
        records, commits = list(page["records"]), list(page["commits"])
        sale, key = str(page["sale"]), str(page["key"])
        self._claimed = int(page["seq"]), str(page["head"])
        verifier.must(chain.seq + 1, sale=chain.sale in {"", sale}, key=self._key in {None, key})
        chain.sale, chain.key, self._key = sale, key, key
        for commit in commits:
            self._expect(commit)
        self._settle()
        for record in records:
            chain.record(record)
            self._disclosed += record.get("outcome") is not None
            self._settle()

    def finish(self) -> RecordChecked:
        """
        What was checked.

        Raises:
            RecordFault: The last records are not shown, or covered by no commit.

        """
        chain, (claimed_seq, claimed_head) = self._chain, self._claimed
        if claimed_seq > chain.seq:
            raise RecordFault(chain.seq + 1, Rule.PLACE)
        if claimed_seq == chain.seq and claimed_head != chain.head:
            raise RecordFault(chain.seq, Rule.HEAD)
        if chain.covered < chain.seq:
            raise RecordFault(chain.covered + 1, Rule.UNSIGNED)
        return RecordChecked(
            sale=chain.sale,
            key=self._key or "",
            rules=chain.rules or "",
            records=chain.seq - self._began,
            commits=self._commits,
            disclosed=self._disclosed,
            seq=chain.seq,
            head=chain.head,
        )

    def _expect(self, commit: Mapping[str, Any]) -> None:
        """Keep a commit until its records are there. The same may come with several pages; another in its place may not."""
        text = commit["statement"]
        said = verifier.read(verifier.STATEMENT, text, self._chain.seq + 1)
        verifier.must(said.first, statement=(commit["first"], commit["last"]) == (said.first, said.last))
        verifier.must(said.first, statement=self._statements.setdefault(said.first, text) == text)
        if said.first > self._chain.covered:
            self._waiting[said.first] = commit

    def _settle(self) -> None:
        """Check the next commit, if all of its records are there."""
        first = self._chain.covered + 1
        if first in self._waiting and self._waiting[first]["last"] <= self._chain.seq:
            self._chain.commit(dict(self._waiting.pop(first)))
            self._commits += 1


def verify_record(pages: Iterable[Mapping[str, Any]], key: str | None = None) -> RecordChecked:
    """
    Check a whole public record, from its first page to its last.

    Raises:
        RecordFault: Names the first bad record and the rule it breaks.

    """
    checker = RecordChecker(key)
    for page in pages:
        checker.take(page)
    return checker.finish()


if __name__ == "__main__":
    from clients.verify_cli import main

    main()
