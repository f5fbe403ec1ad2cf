"""A journal of which something was lost, changed or put back is noticed, and what is wrong with it is named."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest
import trio

from engine.domain.auction.commands import AdmitPaddle
from engine.journal.commit import Commit
from engine.journal.faults import AnchorLost, JournalDamaged, JournalFault, JournalTailLost
from engine.journal.record import Record
from engine.journal.sqlite import SqliteJournal
from engine.room.recovery import recover, retrace
from tests.journal.books import IDENTITY, SIGNER, Kept, Scribe, assert_same_history, book, sale_commands
from tests.journal.contract import keep
from tests.journal.place import KEPT, PAGE, WAL_FRAME, WAL_HEADER, Place, flipped

# The end of the record.


@pytest.mark.parametrize("commits", range(len(KEPT)))
def test_a_journal_that_ends_before_its_anchor_names_the_first_record_missing(
    kept: Place, tmp_path: Path, commits: int
) -> None:
    shorter = Place.under(tmp_path / "shorter")
    journal = shorter.create()
    trio.run(keep, journal, KEPT[:commits])
    journal.close()
    shutil.copyfile(kept.anchor, shorter.anchor)
    with pytest.raises(JournalTailLost, match="records up to 19") as lost:
        shorter.history()
    assert lost.value.seq == sum(len(records) for records, _ in KEPT[:commits]) + 1


@pytest.mark.parametrize("commits", range(1, len(KEPT) + 1))
def test_a_journal_that_lost_its_last_commit_names_it(place: Place, tmp_path: Path, commits: int) -> None:
    journal = place.create()
    trio.run(keep, journal, KEPT[: commits - 1])
    shorter = place.copy_to(tmp_path / "shorter")
    trio.run(keep, journal, KEPT[commits - 1 : commits])
    journal.close()
    shutil.copyfile(place.anchor, shorter.anchor)
    with pytest.raises(JournalTailLost) as lost:
        shorter.history()
    assert lost.value.seq == KEPT[commits - 1][1].first


def test_an_older_copy_put_back_is_noticed(place: Place, tmp_path: Path) -> None:
    journal = place.create()
    trio.run(keep, journal, KEPT[:4])
    journal.close()
    older = place.copy_to(tmp_path / "backup")
    journal = place.open()
    assert len(list(journal.history())) == 4
    trio.run(keep, journal, KEPT[4:])
    journal.close()
    shutil.copyfile(older.journal, place.journal)
    with pytest.raises(JournalTailLost) as lost:
        place.history()
    assert lost.value.seq == 11


def other_history() -> list[Kept]:
    """As long and as sound as the first, but bidder 9 is admitted with two deposits."""
    scribe, commands = Scribe(), sale_commands()
    admission = commands[2]
    assert isinstance(admission, AdmitPaddle)
    commands[2] = dataclasses.replace(admission, deposits=2)
    rest = iter(commands)
    return [scribe.batch(next(rest) for _ in records) for records, _ in KEPT]


@pytest.mark.parametrize("more", [0, 2])
def test_another_history_of_the_same_length_or_longer_is_a_fork(kept: Place, tmp_path: Path, more: int) -> None:
    fork = Place.under(tmp_path / "fork")
    journal = fork.create()
    trio.run(keep, journal, other_history()[: 5 + more])
    journal.close()
    assert len(fork.history()) == 5 + more
    anchored = Place.under(tmp_path / "anchored")
    journal = anchored.create()
    trio.run(keep, journal, KEPT[:5])
    journal.close()
    shutil.copyfile(anchored.anchor, fork.anchor)
    with pytest.raises(JournalTailLost, match="another record 11") as lost:
        fork.history()
    assert lost.value.seq == 11


def test_a_journal_ahead_of_its_anchor_by_the_commit_in_flight_is_sound(kept: Place, tmp_path: Path) -> None:
    behind = Place.under(tmp_path / "behind")
    journal = behind.create()
    trio.run(keep, journal, KEPT[:-1])
    journal.close()
    shutil.copyfile(behind.anchor, kept.anchor)
    for looks_only in (True, False):
        journal = SqliteJournal.open_to_read(kept.journal, kept.anchor) if looks_only else kept.open()
        assert_same_history(journal.history(), KEPT)
        assert journal.anchored is not None
        assert journal.anchored.last == (16 if looks_only else 19)
        journal.close()


def test_what_is_served_after_recovery_is_anchored_before_anyone_sees_it(place: Place, tmp_path: Path) -> None:
    journal = place.create()
    trio.run(keep, journal, KEPT[:3])
    older = place.copy_to(tmp_path / "older")
    anchor_before = place.anchor.read_bytes()
    trio.run(keep, journal, KEPT[3:4])
    journal.close()
    place.anchor.write_bytes(anchor_before)  # a crash between the commit and its anchor
    assert len(place.history()) == 4  # recovered: its askers now learn that it stands
    shutil.copyfile(older.journal, place.journal)  # then the file loses it
    shutil.copyfile(older.wal, place.wal)
    with pytest.raises(JournalTailLost):
        place.history()


@pytest.mark.parametrize("loss", ["gone", "blank", "outdated"])
def test_a_long_journal_without_its_anchor_is_not_served_in_silence(kept: Place, tmp_path: Path, loss: str) -> None:
    if loss == "gone":
        kept.anchor.unlink()
    elif loss == "blank":
        kept.anchor.write_bytes(bytes(8192))
    else:
        first = Place.under(tmp_path / "first")
        journal = first.create()
        trio.run(keep, journal, KEPT[:1])
        journal.close()
        shutil.copyfile(first.anchor, kept.anchor)
    with pytest.raises(AnchorLost, match="record 19, but its head anchor only"):
        kept.history()


def test_a_write_ahead_log_taken_away_is_noticed(crashed: Place) -> None:
    crashed.wal.unlink()
    with pytest.raises(JournalFault):
        crashed.history()


def test_a_crash_loses_nothing(crashed: Place) -> None:
    assert_same_history(crashed.history(), KEPT)


def cuts(size: int) -> Iterator[int]:
    """Round the end of every frame, and some places inside."""
    for end in range(WAL_HEADER, size + 1, WAL_FRAME):
        yield from (end - 1, end, end + 1, end + 24, end + 1000)


def test_a_write_ahead_log_cut_anywhere_is_noticed_and_the_first_loss_named(crashed: Place, tmp_path: Path) -> None:
    whole = crashed.wal.read_bytes()
    shorter = crashed.copy_to(tmp_path / "cut")
    named = set()
    for at in [0, 1, *(at for at in cuts(len(whole)) if at < len(whole))]:
        crashed.copy_to(shorter.journal.parent)
        shorter.wal.write_bytes(whole[:at])
        with pytest.raises((JournalTailLost, JournalDamaged)) as noticed:
            shorter.history()
        if isinstance(noticed.value, JournalTailLost):
            assert noticed.value.seq == shorter.prefix() + 1
            named.add(noticed.value.seq)
    assert named == {1, 5, 6, 8, 11, 12, 17}  # every commit was the first lost at some cut


def test_a_flipped_byte_in_a_write_ahead_log_is_noticed_or_harmless(crashed: Place, tmp_path: Path) -> None:
    whole = crashed.wal.read_bytes()
    spoilt = crashed.copy_to(tmp_path / "flipped")
    noticed = 0
    for at in range(5, len(whole), 509):
        crashed.copy_to(spoilt.journal.parent)
        spoilt.wal.write_bytes(flipped(whole, at))
        try:
            found = spoilt.history()
        except JournalFault:
            noticed += 1
        else:
            assert_same_history(found, KEPT)
    assert noticed > 100


# What is inside.


SMALL = book((4, 1, 2, 2))


@pytest.fixture
def small(place: Place) -> Place:
    journal = place.create()
    trio.run(keep, journal, SMALL)
    journal.close()
    return place


def read_image(content: bytes) -> list[tuple[Commit, tuple[Record, ...]]]:
    """The history in a database file's bytes, without the file; what the engine does with one it has opened."""
    connection = apsw.Connection(":memory:")
    try:
        connection.deserialize("main", content[:18] + b"\1\1" + content[20:])  # no write-ahead log in memory
        return list(SqliteJournal(connection, IDENTITY, None).history())
    finally:
        connection.close()


def records_only(history: list[tuple[Commit, tuple[Record, ...]]]) -> list[Record]:
    return [record for _, records in history for record in records]


def as_kept(record: Record) -> tuple[str, bytes, bytes]:
    return record.header(), record.command_bytes, record.outcome_bytes


SMALL_RECORDS = [as_kept(record) for records, _ in SMALL for record in records]


def spoil(image: bytes, places: Iterator[int] | range | set[int], read: Callable[[bytes], object]) -> int:
    """Flip each place in turn. How often it was noticed; if not, the records must be the same."""
    noticed = 0
    for at in places:
        try:
            found = read(flipped(image, at))
        except JournalFault:
            noticed += 1
        else:
            assert found == SMALL_RECORDS, f"byte {at}"
    return noticed


def test_no_flipped_byte_of_the_file_makes_another_history(small: Place) -> None:
    image = small.journal.read_bytes()
    noticed = spoil(
        image,
        range(0, len(image), 7),
        lambda content: [as_kept(record) for record in records_only(read_image(content))],
    )
    assert noticed > 200


def test_every_flipped_byte_of_a_records_content_is_noticed_and_the_record_named(small: Place) -> None:
    image = small.journal.read_bytes()
    for records, _ in SMALL:
        for record in records:
            for blob in (record.command_bytes, record.outcome_bytes, record.digest):
                start = image.find(blob)
                if image.count(blob) != 1:
                    continue
                for at in range(start, start + len(blob)):
                    with pytest.raises(JournalDamaged) as noticed:
                        read_image(flipped(image, at, 0x01))
                    assert noticed.value.seq == record.seq


def test_a_file_with_a_flipped_byte_opens_as_it_was_or_not_at_all(small: Place, tmp_path: Path) -> None:
    """The whole way, with files: what names the journal is read as well."""
    image = small.journal.read_bytes()
    spoilt = small.copy_to(tmp_path / "flipped")

    def read(content: bytes) -> object:
        spoilt.journal.write_bytes(content)
        journal = spoilt.open()
        try:
            recover(journal)
            assert (journal.identity.sale, journal.identity.public_key) == ("trial", SIGNER.public)
            return [as_kept(record) for record in records_only(list(journal.history()))]
        finally:
            journal.close()

    meta = image.find(b"luochui journal 1")
    first_page = {*range(100), *range(100, PAGE, 61)}
    assert spoil(image, first_page | set(range(meta - 120, meta + 60)), read) > 60


@pytest.mark.parametrize("change", ["signature = zeroblob(64)", "epoch = 7", "rules = 'ab'", "root = zeroblob(32)"])
def test_a_commit_is_not_silently_another(small: Place, change: str) -> None:
    doctored(small, f"UPDATE commits SET {change} WHERE last = 4")
    with pytest.raises(JournalDamaged) as noticed:
        small.history()
    assert noticed.value.seq == 1


def test_a_state_digest_altered_long_ago_is_noticed_when_the_journal_is_retraced(small: Place) -> None:
    doctored(small, "UPDATE commits SET state_digest = 'ab' WHERE last = 4")
    journal = small.open()
    with pytest.raises(JournalDamaged) as noticed:
        list(retrace(journal))
    assert noticed.value.seq == 4
    journal.close()


def test_text_that_is_no_text_is_named_damaged(small: Place) -> None:
    image = small.journal.read_bytes()
    digest = SMALL[1][1].state_digest
    assert digest is not None
    with pytest.raises(JournalDamaged):
        read_image(flipped(image, image.find(digest.encode()), 0x80))


def test_pages_zeroed_doubled_or_swapped_never_make_another_history(small: Place) -> None:
    image = small.journal.read_bytes()
    pages = [image[at : at + PAGE] for at in range(0, len(image), PAGE)]
    variants = []
    for at in range(len(pages)):
        variants.append([*pages[:at], bytes(PAGE), *pages[at + 1 :]])
        for other in range(len(pages)):
            if other != at:
                doubled = pages.copy()
                doubled[at] = pages[other]
                swapped = pages.copy()
                swapped[at], swapped[other] = pages[other], pages[at]
                variants += [doubled, swapped]
    for variant in variants:
        try:
            found = read_image(b"".join(variant))
        except JournalFault:
            continue
        assert [as_kept(record) for record in records_only(found)] == SMALL_RECORDS


def test_a_file_cut_anywhere_never_makes_another_history(small: Place) -> None:
    image = small.journal.read_bytes()
    for length in range(0, len(image), 311):
        try:
            found = read_image(image[:length])
        except JournalFault:
            continue
        except apsw.Error:
            continue  # too short for memory to take it
        assert [as_kept(record) for record in records_only(found)] == SMALL_RECORDS


def doctored(place: Place, statement: str) -> None:
    connection = apsw.Connection(str(place.journal))
    connection.execute(statement)
    connection.close()


RECORD_COPY = "SELECT {seq}, epoch, arrived_at, recorded_at, command, outcome, digest FROM records WHERE seq = 9"


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("DELETE FROM records WHERE seq = 3", 3),
        ("DELETE FROM records WHERE seq = 1", 1),
        ("DELETE FROM records WHERE seq = 9", 9),
        ("DELETE FROM records", 1),
        ("DELETE FROM commits WHERE last = 5", 5),
        ("DELETE FROM commits WHERE last = 4", 1),
        ("DELETE FROM commits WHERE last = 9", 8),
        ("DELETE FROM commits", 1),
        ("UPDATE commits SET last = 6 WHERE last = 7", 6),
        ("UPDATE commits SET first = 3 WHERE last = 4", 1),
        ("UPDATE commits SET root = zeroblob(32) WHERE last = 7", 6),
        ("UPDATE commits SET signature = zeroblob(64) WHERE last = 9", 8),
        ("UPDATE commits SET rules = 'ab' WHERE last = 9", 8),
        ("UPDATE commits SET state_digest = 'ab' WHERE last = 9", 9),
        ("UPDATE records SET digest = zeroblob(32) WHERE seq = 5", 5),
        ("UPDATE records SET arrived_at = arrived_at - 1 WHERE seq = 8", 8),
        ("UPDATE records SET recorded_at = recorded_at + 1 WHERE seq = 2", 2),
        ("UPDATE records SET epoch = 2 WHERE seq = 6", 6),
        ("UPDATE records SET command = outcome WHERE seq = 6", 6),
        ("UPDATE records SET outcome = x'7b7d' WHERE seq = 6", 6),
        ("UPDATE records SET outcome = x'00' WHERE seq = 6", 6),
        ("UPDATE records SET outcome = (SELECT outcome FROM records WHERE seq = 4) WHERE seq = 3", 3),
        ("INSERT INTO records " + RECORD_COPY.format(seq=10), 10),
        ("INSERT INTO records " + RECORD_COPY.format(seq=2000), 2000),
        (
            "INSERT INTO commits SELECT 12, 10, epoch, root, rules, signature, state_digest FROM commits WHERE last = 9",
            10,
        ),
        ("INSERT INTO commits SELECT 6, 6, epoch, root, rules, signature, state_digest FROM commits WHERE last = 9", 6),
        ("DROP TABLE commits", 1),
        ("DROP TABLE records", 1),
        ("DELETE FROM meta WHERE name = 'sale'", 1),
        ("UPDATE meta SET value = x'ff' WHERE name = 'epoch'", 1),
        ("UPDATE meta SET value = CAST('luochui journal 2' AS BLOB) WHERE name = 'format'", 1),
        ("UPDATE meta SET value = CAST('another' AS BLOB) WHERE name = 'sale'", 1),
        ("UPDATE meta SET value = zeroblob(32) WHERE name = 'salt_key'", 1),
        ("UPDATE meta SET value = zeroblob(32) WHERE name = 'public_key'", 1),
    ],
)
def test_rows_removed_altered_or_added_are_noticed_at_the_first(small: Place, statement: str, seq: int) -> None:
    doctored(small, statement)
    with pytest.raises(JournalDamaged) as noticed:
        small.history()
    assert noticed.value.seq == seq


def test_two_records_that_changed_places_are_noticed(small: Place) -> None:
    doctored(small, "UPDATE records SET seq = -1 WHERE seq = 3")
    doctored(small, "UPDATE records SET seq = 3 WHERE seq = 4")
    doctored(small, "UPDATE records SET seq = 4 WHERE seq = -1")
    with pytest.raises(JournalDamaged) as noticed:
        small.history()
    assert noticed.value.seq == 3
