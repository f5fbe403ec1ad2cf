"""What a commit's signature says, and that it says it in one way only."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.journal import proof
from engine.journal.commit import Statement, StatementFault, sign_commit
from engine.journal.signing import holds
from engine.wire.tree import root_by_path
from tests.journal.books import SIGNER, STRANGER, book

DIGESTS = st.binary(min_size=32, max_size=32)
STATEMENTS = st.builds(
    lambda sale, epoch, first, more, *digests: Statement(sale, epoch, first, first + more, *digests),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=30),
    st.integers(0, 10**6),
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    DIGESTS,
    DIGESTS,
    DIGESTS.map(bytes.hex),
)


@given(STATEMENTS)
def test_a_statement_is_read_back_from_its_text(statement: Statement) -> None:
    assert Statement.parse(statement.text()) == statement


def test_the_text_of_a_statement_is_that_of_the_protocol() -> None:
    statement = Statement("trial", 1, 5, 7, bytes(32), b"\xab" * 32, "12" * 32)
    assert statement.text() == f"luochui commit v1\ntrial\n1\n5\n7\n{'00' * 32}\n{'ab' * 32}\n{'12' * 32}\n"


SOUND = Statement("trial", 1, 5, 7, b"\xcd" * 32, b"\xab" * 32, "12" * 32).text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n" * 8,
        SOUND[:-1],
        SOUND + "\n",
        SOUND + "x",
        " " + SOUND,
        SOUND.replace("v1", "v2"),
        SOUND.replace("\n", "\r\n"),
        SOUND.replace("\n5\n", "\n05\n"),
        SOUND.replace("\n5\n", "\n+5\n"),
        SOUND.replace("\n5\n", "\n 5\n"),
        SOUND.replace("\n5\n", "\n５\n"),  # full width
        SOUND.replace("\n5\n", "\n5_0\n"),
        SOUND.replace("\n5\n", "\n5.0\n"),
        SOUND.replace("\n5\n", "\n\n"),
        SOUND.replace("ab", "AB"),
        SOUND.replace("ab" * 32, "ab" * 31 + "a"),
        SOUND.replace("ab" * 32, "ab " * 32),
        SOUND.replace("trial\n", "trial\nmore\n"),
        SOUND.replace("12" * 32, ""),
        SOUND.replace("12" * 32, "12" * 31),
        SOUND.replace("12" * 32, "1G" * 32),
        SOUND.replace("12" * 32 + "\n", ""),
    ],
)
def test_what_is_not_in_the_one_spelling_is_no_statement(text: str) -> None:
    with pytest.raises(StatementFault):
        Statement.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("\n1\n5\n7\n", "\n1\n8\n7\n"),  # ends before it begins
        SOUND.replace("\n5\n", "\n-5\n"),
        SOUND.replace("\n1\n", "\n-1\n"),
        SOUND.replace("ab" * 32, ""),
        SOUND.replace("cd" * 32, "cd" * 31),
    ],
)
def test_what_no_commit_could_say_is_no_statement(text: str) -> None:
    with pytest.raises(StatementFault):
        Statement.parse(text)


@given(st.text(max_size=200))
def test_any_text_is_a_statement_or_none_and_never_a_surprise(text: str) -> None:
    with suppress(StatementFault):
        assert Statement.parse(text).text() == text


def test_a_commit_covers_its_records_from_first_to_last_and_ends_in_their_head() -> None:
    for records, commit in book():
        assert (commit.first, commit.last, commit.head) == (records[0].seq, records[-1].seq, records[-1].digest)
        assert commit.digests == tuple(record.digest for record in records)
        assert commit.statement.root == proof.levels(commit.digests)[-1][0]


def test_each_record_has_a_path_to_the_signed_root() -> None:
    for records, commit in book():
        for record in records:
            index, size = record.seq - commit.first, len(commit.digests)
            assert root_by_path(record.digest, index, size, commit.path(record.seq)) == commit.statement.root


def test_the_signature_is_the_houses_over_this_very_text() -> None:
    records, _ = book()[0]
    commit = sign_commit(records, SIGNER, "12" * 32)
    text = commit.statement.text().encode()
    assert holds(SIGNER.public, text, commit.signature)
    assert not holds(STRANGER.public, text, commit.signature)
    assert not holds(SIGNER.public, text[:-1], commit.signature)
    assert not holds(SIGNER.public, text.replace(b"trial", b"trail"), commit.signature)
    assert not holds(SIGNER.public, text, commit.signature[:-1] + bytes([commit.signature[-1] ^ 1]))
    assert not holds(SIGNER.public, text, b"")
    assert not holds(b"short", text, commit.signature)


def test_the_same_records_are_signed_the_same_way_twice() -> None:
    assert [commit for _, commit in book()] == [commit for _, commit in book()]


def test_a_signer_shows_no_secret() -> None:
    assert repr(SIGNER) == f"Signer({SIGNER.public.hex()[:16]}…)"
