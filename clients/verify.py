"""
Checks what the house says without asking the house: receipts, and the public record as a whole.

Needs nothing of the engine, only SHA-256 and Ed25519; the rules are in ``engine/wire/PROTOCOL.md``, "Records,
receipts, and how an outsider checks them". The house's key should come from somewhere else than the house's own
answer: a printed notice, say.

    python -m clients.verify receipt receipt.json --key <hex>
    python -m clients.verify record http://localhost:8000 tianshui-1 --key <hex>
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS: Final = "0" * 64
"""``prev`` of the first record."""

HEADER_FIELDS: Final = ("arrived_at", "command", "epoch", "outcome", "prev", "recorded_at", "sale", "seq")
STATEMENT_TITLE: Final = "luochui commit v1"


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
    """Everything is of one sale and one epoch."""

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


class ReceiptFault(Exception):
    """
    The receipt does not hold.

    Attributes:
        rule: The first rule it breaks.

    """

    def __init__(self, rule: Rule, said: str) -> None:
        super().__init__(f"{rule}: {said}")
        self.rule, self.said = rule, said


class RecordFault(Exception):
    """
    The public record does not hold.

    Attributes:
        seq: The first bad record; of a bad commit, its first.
        rule: The rule it breaks.

    """

    def __init__(self, seq: int, rule: Rule, said: str) -> None:
        super().__init__(f"record {seq}: {rule}: {said}")
        self.seq, self.rule, self.said = seq, rule, said


# The tree of RFC 6962, section 2.1; entries are the 32 raw bytes of a record's digest.


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """The root over ``entries``, of which there is at least one."""
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1 << (len(entries) - 1).bit_length() - 1
    return node_hash(tree_hash(entries[:split]), tree_hash(entries[split:]))


def root_by_path(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """
    The root to which ``path`` leads from ``entry`` at ``index`` of ``size``; None if the path has the wrong length.

    Source: RFC 9162, section 2.1.3.2.

    """
    place, last, node = index, size - 1, leaf_hash(entry)
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


# What is signed.


@dataclass(frozen=True, slots=True)
class Statement:
    """What the signature of a commit says."""

    sale: str
    epoch: int
    first: int
    last: int
    head: str
    root: str

    rules: str
    """Digest of the rule sheet the records were decided under."""

    @classmethod
    def read(cls, text: str) -> Self:
        """
        The statement whose text is ``text``.

        Raises:
            ValueError: It is none, or not in its one spelling.

        """
        title, sale, epoch, first, last, head, root, rules, end = text.split("\n")
        statement = cls(sale, int(epoch), int(first), int(last), head, root, rules)
        if title != STATEMENT_TITLE or end or statement.text() != text or not 1 <= statement.first <= statement.last:
            raise ValueError("no statement")
        if any(_bytes(digest, 32) is None for digest in (head, root, rules)):
            raise ValueError("no digest")
        return statement

    def text(self) -> str:
        """The text that is signed."""
        return "\n".join(
            [
                STATEMENT_TITLE,
                self.sale,
                str(self.epoch),
                str(self.first),
                str(self.last),
                self.head,
                self.root,
                self.rules,
                "",
            ]
        )


def signed(key: bytes, statement: str, signature: bytes) -> bool:
    """Whether ``signature`` over ``statement`` was made with the private half of ``key``."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


# Receipts.

RECEIPT_TEXTS: Final = (
    "header",
    "command",
    "command_salt",
    "outcome",
    "outcome_salt",
    "statement",
    "signature",
    "key",
)


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
    if any(not isinstance(receipt.get(name), str) for name in RECEIPT_TEXTS):
        raise ReceiptFault(Rule.SHAPE, "a field is missing or no text")
    path = receipt.get("path")
    if not isinstance(path, list) or any(_bytes(node, 32) is None for node in path):
        raise ReceiptFault(Rule.SHAPE, "the path is no list of digests")
    header = _header(receipt["header"])
    if header is None:
        raise ReceiptFault(Rule.SPELLING, "the header is not in its canonical spelling")
    if _salted(receipt["command_salt"], receipt["command"]) != header["command"]:
        raise ReceiptFault(Rule.COMMAND, "the command is not the one that was recorded")
    if _salted(receipt["outcome_salt"], receipt["outcome"]) != header["outcome"]:
        raise ReceiptFault(Rule.OUTCOME, "the outcome is not the one that was recorded")
    try:
        statement = Statement.read(receipt["statement"])
    except ValueError as error:
        raise ReceiptFault(Rule.SPELLING, "the statement is not in its canonical spelling") from error
    if (statement.sale, statement.epoch) != (header["sale"], header["epoch"]):
        raise ReceiptFault(Rule.SALE, "the statement is of another sale or another epoch")
    if not statement.first <= header["seq"] <= statement.last:
        raise ReceiptFault(Rule.STATEMENT, "the statement does not cover this record")
    digest = hashlib.sha256(receipt["header"].encode()).digest()
    if header["seq"] == statement.last and digest.hex() != statement.head:
        raise ReceiptFault(Rule.HEAD, "the statement ends with another record")
    size = statement.last - statement.first + 1
    root = root_by_path(digest, header["seq"] - statement.first, size, [bytes.fromhex(node) for node in path])
    if root is None or root.hex() != statement.root:
        raise ReceiptFault(Rule.PATH, "the path does not lead to the signed root")
    if key is not None and receipt["key"] != key:
        raise ReceiptFault(Rule.KEY, "the receipt is signed with another key than the house's")
    public, signature = _bytes(receipt["key"], 32), _bytes(receipt["signature"], 64)
    if public is None or signature is None or not signed(public, receipt["statement"], signature):
        raise ReceiptFault(Rule.SIGNATURE, "the signature is not the key's over this statement")


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
        self._seq, self._head = seq, head
        self._sale: str | None = None
        self._epoch: int | None = None
        self._rules: str | None = None
        self._covered = seq
        self._digests: list[bytes] = []
        """Of the records after the last commit checked."""

        self._claimed = seq, head
        self._statements: dict[int, str] = {}
        self._waiting: dict[int, Mapping[str, Any]] = {}
        self._disclosed = 0
        self._commits = 0

    @property
    def seq(self) -> int:
        """The last record taken in; what to ask for the next page ``after``."""
        return self._seq

    def take(self, page: Mapping[str, Any]) -> None:
        """
        Check the next page.

        Raises:
            RecordFault: Something does not hold.

        """
        try:
            records, commits = list(page["records"]), list(page["commits"])
            sale, key = str(page["sale"]), str(page["key"])
            self._claimed = int(page["seq"]), str(page["head"])
        except (KeyError, TypeError, ValueError) as error:
            raise RecordFault(self._seq + 1, Rule.SHAPE, "this is no page of a record") from error
        if self._sale not in {None, sale}:
            raise RecordFault(self._seq + 1, Rule.SALE, "the page is of another sale")
        if self._key not in {None, key}:
            raise RecordFault(self._seq + 1, Rule.KEY, "the page names another key than the house's")
        self._sale, self._key = sale, key
        for commit in commits:
            self._expect(commit)
        self._settle()
        for record in records:
            self._record(record)
            self._settle()

    def finish(self) -> RecordChecked:
        """
        What was checked.

        Raises:
            RecordFault: The last records are not shown, or covered by no commit.

        """
        claimed_seq, claimed_head = self._claimed
        if claimed_seq > self._seq:
            raise RecordFault(
                self._seq + 1, Rule.PLACE, f"the house has {claimed_seq} records and does not show this one"
            )
        if claimed_seq == self._seq and claimed_head != self._head:
            raise RecordFault(self._seq, Rule.HEAD, "the house claims another head")
        if self._covered < self._seq:
            raise RecordFault(self._covered + 1, Rule.UNSIGNED, "no commit covers this record")
        return RecordChecked(
            sale=self._sale or "",
            key=self._key or "",
            rules=self._rules or "",
            records=self._seq - self._began,
            commits=self._commits,
            disclosed=self._disclosed,
            seq=self._seq,
            head=self._head,
        )

    def _record(self, record: Mapping[str, Any]) -> None:
        seq = self._seq + 1
        try:
            text, digest = record["header"], record["digest"]
        except (KeyError, TypeError) as error:
            raise RecordFault(seq, Rule.SHAPE, "a field is missing") from error
        header = _header(text) if isinstance(text, str) else None
        if header is None:
            raise RecordFault(seq, Rule.SPELLING, "the header is not in its canonical spelling")
        if header["seq"] != seq:
            raise RecordFault(seq, Rule.PLACE, f"record {header['seq']} stands in its place")
        if header["sale"] != self._sale or self._epoch not in {None, header["epoch"]}:
            raise RecordFault(seq, Rule.SALE, "the record is of another sale or another epoch")
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise RecordFault(seq, Rule.DIGEST, "the digest is not that of the header")
        if header["prev"] != self._head:
            raise RecordFault(seq, Rule.PREV, "it does not follow the record before")
        self._outcome(seq, record, header)
        self._seq, self._head, self._epoch = seq, digest, header["epoch"]
        self._digests.append(bytes.fromhex(digest))

    def _outcome(self, seq: int, record: Mapping[str, Any], header: Mapping[str, Any]) -> None:
        """Exactly one of events and a refusal is shown; where the outcome itself is public, it is the one recorded."""
        refused = record.get("refused")
        if (refused is None) == ("events" not in record):
            raise RecordFault(seq, Rule.SHAPE, "a record shows either what happened or why not")
        outcome = record.get("outcome")
        if outcome is None:
            return
        if _salted(record.get("outcome_salt"), outcome) != header["outcome"]:
            raise RecordFault(seq, Rule.OUTCOME, "the outcome is not the one that was recorded")
        plain = _plain(outcome)
        if not isinstance(plain, dict) or ("refused" in plain) != (refused is not None):
            raise RecordFault(seq, Rule.OUTCOME, "what is shown is not what the outcome says")
        if refused is not None and plain["refused"].get("code") != refused.get("code"):
            raise RecordFault(seq, Rule.OUTCOME, "the refusal shown is not the one recorded")
        if refused is None and [event.get("type") for event in plain.get("events", ())] != [
            event.get("type") for event in record["events"]
        ]:
            raise RecordFault(seq, Rule.OUTCOME, "the events shown are not the ones recorded")
        for event in plain.get("events", ()):
            if event.get("type") == "SaleAnnounced":
                self._rules = hashlib.sha256(_canonical(event.get("rules"))).hexdigest()
        self._disclosed += 1

    def _expect(self, commit: Mapping[str, Any]) -> None:
        """Keep a commit until its records are there. The same may come with several pages; another in its place may not."""
        seq = self._seq + 1
        try:
            statement = Statement.read(commit["statement"])
            shown = (commit["first"], commit["last"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordFault(seq, Rule.SPELLING, "a commit's statement is not in its canonical spelling") from error
        first = statement.first
        if shown != (first, statement.last):
            raise RecordFault(first, Rule.STATEMENT, "a commit is shown over other records than it states")
        if self._statements.setdefault(first, statement.text()) != statement.text():
            raise RecordFault(first, Rule.STATEMENT, "two commits begin with the same record")
        if first > self._covered:
            self._waiting[first] = commit

    def _settle(self) -> None:
        """Check the next commit, if all of its records are there."""
        commit = self._waiting.get(self._covered + 1)
        if commit is None or commit["last"] > self._seq:
            return
        statement = Statement.read(commit["statement"])
        first, size = statement.first, statement.last - statement.first + 1
        digests, rest = self._digests[:size], self._digests[size:]
        if (statement.sale, statement.epoch) != (self._sale, self._epoch):
            raise RecordFault(first, Rule.SALE, "the commit is of another sale or another epoch")
        if self._rules not in {None, statement.rules}:
            raise RecordFault(first, Rule.RULES, "the commit names another rule sheet")
        if statement.head != digests[-1].hex():
            raise RecordFault(first, Rule.HEAD, "the commit ends with another record")
        if statement.root != tree_hash(digests).hex():
            raise RecordFault(first, Rule.ROOT, "the commit is over other records")
        key, signature = _bytes(self._key, 32), _bytes(commit.get("signature"), 64)
        if key is None or signature is None or not signed(key, commit["statement"], signature):
            raise RecordFault(first, Rule.SIGNATURE, "the commit's signature is not the house's")
        del self._waiting[first]
        self._covered, self._digests, self._rules = statement.last, rest, statement.rules
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


# What both share.


def _header(text: str) -> dict[str, Any] | None:
    """The header, if ``text`` is the canonical spelling of one."""
    plain = _plain(text)
    if not isinstance(plain, dict) or tuple(sorted(plain)) != HEADER_FIELDS:
        return None
    numbers = (plain[name] for name in ("arrived_at", "epoch", "recorded_at", "seq"))
    digests = (plain[name] for name in ("command", "outcome", "prev"))
    if any(type(number) is not int for number in numbers) or any(_bytes(digest, 32) is None for digest in digests):
        return None
    if not isinstance(plain["sale"], str) or _canonical(plain) != text.encode():
        return None
    return plain


def _canonical(plain: Any) -> bytes:
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def _plain(text: Any) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _salted(salt: Any, content: Any) -> str | None:
    raw = _bytes(salt)
    if raw is None or not isinstance(content, str):
        return None
    return hashlib.sha256(raw + content.encode()).hexdigest()


def _bytes(text: Any, length: int | None = None) -> bytes | None:
    """The bytes that ``text`` spells in lower-case hexadecimal; None if it does not, or not so many."""
    try:
        raw = bytes.fromhex(text)
    except (TypeError, ValueError):
        return None
    return raw if raw.hex() == text and length in {None, len(raw)} else None


if __name__ == "__main__":
    from clients.verify_cli import main

    main()
