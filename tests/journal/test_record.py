"""A record, its header, its place in the chain."""

import hashlib
import json
from itertools import pairwise

import pytest

from engine.journal.receipt import receipt, signed
from engine.journal.record import GENESIS, Record, WrongDigest, salted, salts, unseal
from engine.wire.codec import dumps
from tests.journal.books import IDENTITY, SIGNER, book, same_record

KEPT_OF_A_RECORD = (
    "sale",
    "epoch",
    "seq",
    "arrived_at",
    "recorded_at",
    "command_bytes",
    "outcome_bytes",
    "prev",
    "digest",
)
RECORDS = [record for records, _ in book() for record in records]


def again(record: Record, **other: object) -> Record:
    """The record as a journal would read it back, with something changed."""
    kept: dict[str, object] = {name: getattr(record, name) for name in KEPT_OF_A_RECORD}
    return unseal(**{**kept, "salt_key": IDENTITY.salt_key, **other})  # type: ignore[arg-type]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record.seq))
def test_a_record_read_back_is_the_same(record: Record) -> None:
    assert same_record(again(record), record)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record.seq))
def test_the_header_is_canonical_and_its_hash_is_the_digest(record: Record) -> None:
    header = record.header()
    assert dumps(json.loads(header)).decode() == header
    assert hashlib.sha256(header.encode()).digest() == record.digest
    assert json.loads(header) == {
        "arrived_at": record.arrived_at,
        "command": hashlib.sha256(record.command_salt + record.command_bytes).hexdigest(),
        "epoch": 1,
        "outcome": hashlib.sha256(record.outcome_salt + record.outcome_bytes).hexdigest(),
        "prev": record.prev.hex(),
        "recorded_at": record.recorded_at,
        "sale": "trial",
        "seq": record.seq,
    }


def test_the_chain_begins_with_zeros_and_each_record_names_the_one_before() -> None:
    assert RECORDS[0].prev == GENESIS == bytes(32)
    assert all(later.prev == earlier.digest for earlier, later in pairwise(RECORDS))


@pytest.mark.parametrize(
    "other",
    [
        {"sale": "trail"},
        {"epoch": 2},
        {"seq": 9},
        {"arrived_at": 1},
        {"recorded_at": 1},
        {"command_bytes": RECORDS[9].command_bytes},
        {"outcome_bytes": RECORDS[9].outcome_bytes},
        {"prev": GENESIS},
        {"digest": RECORDS[8].digest},
        {"digest": b""},
        {"salt_key": b"another salt key"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_of_it_is_changed_it_does_not_have_its_digest_any_more(other: dict[str, object]) -> None:
    with pytest.raises(WrongDigest):
        again(RECORDS[7], **other)


def test_a_record_is_not_read_before_its_digest_is_checked() -> None:
    with pytest.raises(WrongDigest):
        again(RECORDS[7], command_bytes=b"no command at all")


def test_no_two_records_share_a_salt() -> None:
    every = [salt for seq in range(2000) for salt in salts(IDENTITY.salt_key, seq)]
    assert len(set(every)) == len(every)
    assert {len(salt) for salt in every} == {16}


def test_a_header_does_not_tell_what_it_binds() -> None:
    record = RECORDS[7]
    header = record.header()
    assert "bidder" not in header
    assert hashlib.sha256(record.command_bytes).hexdigest() not in header
    assert salted(record.command_salt, record.command_bytes) in header


def test_a_record_cannot_be_written_to() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        RECORDS[0].seq = 2  # type: ignore[misc]


def test_a_receipt_holds_the_very_texts_that_were_hashed() -> None:
    records, commit = book()[0]
    for record in records:
        paper = receipt(record, commit, SIGNER.public)
        assert paper["header"] == record.header()
        header = json.loads(paper["header"])
        for part in ("command", "outcome"):
            salt = bytes.fromhex(paper[f"{part}_salt"])
            assert hashlib.sha256(salt + paper[part].encode()).hexdigest() == header[part]
        assert paper["statement"] == commit.statement.text()
        assert bytes.fromhex(paper["signature"]) == commit.signature
        assert paper["key"] == SIGNER.public.hex()
        assert [bytes.fromhex(node) for node in paper["path"]] == commit.path(record.seq)
        json.dumps(paper)


def test_a_commit_is_listed_with_what_is_signed_and_the_signature() -> None:
    _, commit = book()[2]
    assert signed(commit) == {
        "first": 6,
        "last": 7,
        "statement": commit.statement.text(),
        "signature": commit.signature.hex(),
    }
