"""The head anchor: two slots, of which a torn write spoils the newer only."""

from pathlib import Path

import pytest

from engine.journal.anchor import SLOT_BYTES, Anchor
from engine.journal.commit import Commit
from engine.journal.faults import JournalLocked, StorageFault
from tests.journal.books import IDENTITY, SIGNER, STRANGER, book

COMMITS = [commit for _, commit in book()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "anchors" / "trial.anchor"


def write(path: Path, *commits: Commit) -> None:
    anchor = Anchor(path, SIGNER.public)
    anchor.read()
    for commit in commits:
        anchor.write(commit)
    anchor.close()


def last_anchored(path: Path, key: bytes = SIGNER.public) -> int | None:
    anchor = Anchor(path, key)
    statement = anchor.read()
    anchor.close()
    return None if statement is None else statement.last


def test_a_new_anchor_anchors_nothing(path: Path) -> None:
    assert last_anchored(path) is None
    assert path.stat().st_size == 2 * SLOT_BYTES


@pytest.mark.parametrize("many", range(1, len(COMMITS) + 1))
def test_the_newest_head_is_the_one_last_written(path: Path, many: int) -> None:
    write(path, *COMMITS[:many])
    assert last_anchored(path) == COMMITS[many - 1].last


def test_the_anchor_says_what_was_signed(path: Path) -> None:
    write(path, *COMMITS[:3])
    assert Anchor(path, SIGNER.public).read() == COMMITS[2].statement


def test_who_is_alone_keeps_others_out_and_a_fence_is_put_all_the_same(path: Path) -> None:
    one = Anchor(path, SIGNER.public, alone=True)
    with pytest.raises(JournalLocked, match=r"trial\.anchor"):
        Anchor(path, SIGNER.public, alone=True)
    fence = Anchor(path, SIGNER.public)
    fence.overwrite(COMMITS[-1])
    fence.close()
    one.close()
    other = Anchor(path, SIGNER.public, alone=True)
    assert other.read() == COMMITS[-1].statement
    other.close()


def test_opened_again_it_writes_over_the_older_slot(path: Path) -> None:
    for at, commit in enumerate(COMMITS):
        write(path, commit)  # one opening each
        content = path.read_bytes()
        slots = content[:SLOT_BYTES], content[SLOT_BYTES:]
        texts = [slot.rstrip(b"\0").decode() for slot in slots]
        expected = {one.statement.text() for one in COMMITS[max(0, at - 1) : at + 1]}
        assert {text[: -len("\n") - 128] for text in texts if text} == expected


def test_two_writes_of_one_opening_go_to_both_slots(path: Path) -> None:
    write(path, *COMMITS[:3])
    content = path.read_bytes()
    assert COMMITS[2].statement.text().encode() in content[:SLOT_BYTES]
    assert COMMITS[1].statement.text().encode() in content[SLOT_BYTES:]


@pytest.mark.parametrize("kept", [0, 1, 17, 200, 300, SLOT_BYTES - 1])
@pytest.mark.parametrize("many", [2, 3, 6, 7])
def test_a_newer_slot_torn_at_any_place_leaves_the_older(path: Path, many: int, kept: int) -> None:
    write(path, *COMMITS[: many - 1])
    before = path.read_bytes()
    write(path, COMMITS[many - 1])
    after = path.read_bytes()
    start = 0 if before[:SLOT_BYTES] != after[:SLOT_BYTES] else SLOT_BYTES
    torn = bytearray(before)
    torn[start : start + kept] = after[start : start + kept]
    path.write_bytes(bytes(torn))
    text_ends = len(after[start : start + SLOT_BYTES].rstrip(b"\0"))
    older, newer = COMMITS[many - 2].last, COMMITS[many - 1].last
    assert last_anchored(path) == (newer if kept >= text_ends else older)


def test_after_a_torn_write_the_next_goes_where_the_torn_one_was(path: Path) -> None:
    write(path, *COMMITS[:2])
    content = bytearray(path.read_bytes())
    content[SLOT_BYTES + 40] ^= 1  # the second slot is the newer
    path.write_bytes(bytes(content))
    write(path, COMMITS[2])
    assert path.read_bytes()[:SLOT_BYTES] == bytes(content)[:SLOT_BYTES]
    assert last_anchored(path) == COMMITS[2].last


def test_no_flipped_byte_makes_an_anchor_say_something_else(path: Path) -> None:
    write(path, COMMITS[0])
    sound = path.read_bytes()
    anchor = Anchor(path, SIGNER.public)
    end = len(sound[:SLOT_BYTES].rstrip(b"\0")) - 1  # the last is a line's end, and says nothing
    for at in range(end + 1):
        spoilt = bytearray(sound)
        spoilt[at] ^= 0x01
        path.write_bytes(bytes(spoilt))
        assert anchor.read() == (None if at < end else COMMITS[0].statement), at
    path.write_bytes(sound)
    assert anchor.read() == COMMITS[0].statement
    anchor.close()


def test_another_houses_anchor_is_not_believed(path: Path) -> None:
    foreign = [commit for _, commit in book(signer=STRANGER)]
    write(path, *foreign[:2])
    assert last_anchored(path) is None
    assert last_anchored(path, STRANGER.public) == foreign[1].last


def test_a_higher_epoch_is_newer_than_a_longer_history(path: Path) -> None:
    second = [commit for _, commit in book(identity=type(IDENTITY)("trial", 2, IDENTITY.salt_key, IDENTITY.public_key))]
    write(path, COMMITS[5], second[0])
    anchor = Anchor(path, SIGNER.public)
    found = anchor.read()
    assert found is not None
    assert (found.epoch, found.last) == (2, second[0].last)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff" * 2 * SLOT_BYTES, b"luochui commit v1\n" * 455])
def test_rubbish_is_no_anchor(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert last_anchored(path) is None


@pytest.mark.parametrize("length", [SLOT_BYTES, SLOT_BYTES + 1, 2 * SLOT_BYTES - 1])
def test_an_anchor_cut_short_keeps_the_slot_that_is_whole(path: Path, length: int) -> None:
    write(path, COMMITS[0])
    path.write_bytes(path.read_bytes()[:length])
    assert last_anchored(path) == COMMITS[0].last


def test_what_cannot_be_written_is_a_fault(path: Path) -> None:
    anchor = Anchor(path, SIGNER.public)
    anchor.close()
    with pytest.raises(StorageFault, match="anchor"):
        anchor.write(COMMITS[0])
