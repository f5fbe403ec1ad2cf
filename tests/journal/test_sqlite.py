"""The keeper of record, and everything that can happen to its files."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
import trio

from engine.journal.anchor import Anchor
from engine.journal.base import JournalIdentity
from engine.journal.faults import JournalDamaged, JournalLocked, StorageFault
from engine.journal.sqlite import SqliteJournal
from tests.journal.books import IDENTITY, Kept, assert_same_history, book
from tests.journal.contract import LastingContract, keep
from tests.journal.place import KEPT, Place
from tests.journal.storage import FailingAnchor, FailingFiles, open_on


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self.path, self.anchor = folder / "journal.sqlite", folder / "trial.anchor"
        self.files = FailingFiles()

    def new(self, identity: JournalIdentity) -> SqliteJournal:
        SqliteJournal.create(self.path, identity, self.anchor).close()
        return open_on(self.files, self.path, identity, Anchor(self.anchor, identity.public_key))

    def reopen(self, journal: SqliteJournal) -> SqliteJournal:
        self.files.arm(0)
        journal.close()
        return SqliteJournal.open(self.path, self.anchor)

    def fail_next(self) -> None:
        self.files.arm(1)


class TestSqliteJournal(LastingContract):
    @pytest.fixture
    def keeper(self, tmp_path: Path) -> _Keeper:
        return _Keeper(tmp_path)


# One writer.


def test_a_copy_is_not_served_beside_the_journal_whose_head_anchor_it_names(kept: Place, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copy(kept.journal, copy)
    journal = kept.open()
    with pytest.raises(JournalLocked, match=r"trial\.anchor"):
        SqliteJournal.open(copy, kept.anchor)
    journal.close()
    again = SqliteJournal.open(copy, kept.anchor)
    assert_same_history(again.history(), KEPT)
    again.close()


def test_a_second_opener_is_refused_and_the_first_goes_on(place: Place) -> None:
    journal = place.create()
    trio.run(keep, journal, KEPT[:3])
    for opener in (place.open, lambda: SqliteJournal.open_to_read(place.journal)):
        with pytest.raises(JournalLocked, match=r"journal\.sqlite"):
            opener()
    trio.run(keep, journal, KEPT[3:])
    assert_same_history(journal.history(), KEPT)
    journal.close()
    assert_same_history(place.history(), KEPT)


def test_an_opener_in_another_process_is_refused(place: Place) -> None:
    journal = place.create()
    trio.run(keep, journal, KEPT[:3])
    program = """
import sys
from pathlib import Path
from engine.journal.faults import JournalFault
from engine.journal.sqlite import SqliteJournal
try:
    SqliteJournal.open(Path(sys.argv[1]), Path(sys.argv[2]))
except JournalFault as fault:
    print(fault.code)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, place.journal, place.anchor], capture_output=True, text=True, check=True
    )
    assert done.stdout == "E_JOURNAL_LOCKED\n"
    trio.run(keep, journal, KEPT[3:])
    journal.close()
    assert_same_history(place.history(), KEPT)


def test_a_lock_is_let_go_with_the_journal(place: Place) -> None:
    place.create().close()
    place.open().close()
    place.open().close()


def test_a_journal_is_not_made_where_one_is(kept: Place) -> None:
    with pytest.raises(StorageFault, match="there already"):
        kept.create()
    assert_same_history(kept.history(), KEPT)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0 and no more", bytes(4096)])
def test_a_journal_whose_making_was_cut_short_is_made_again(place: Place, content: bytes) -> None:
    place.journal.parent.mkdir()
    place.journal.with_name("journal.sqlite.new").write_bytes(content)
    journal = place.create()
    trio.run(keep, journal, KEPT)
    journal.close()
    assert_same_history(place.history(), KEPT)
    assert {path.name for path in place.journal.parent.iterdir()} == {"journal.sqlite", "trial.anchor"}


def test_the_epoch_of_a_journal_is_that_of_its_records(kept: Place) -> None:
    connection = apsw.Connection(str(kept.journal))
    connection.execute("UPDATE meta SET value = ? WHERE name = 'epoch'", (b"3",))
    connection.close()
    with pytest.raises(JournalDamaged, match="epoch"):
        kept.history()


def test_what_is_no_journal_is_named_damaged(place: Place) -> None:
    place.journal.parent.mkdir()
    place.journal.write_bytes(b"this is no journal" * 500)
    with pytest.raises(JournalDamaged, match="not a journal"):
        place.open()


def test_a_place_that_cannot_be_opened_is_a_storage_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="cannot be opened"):
        SqliteJournal.open(tmp_path / "nowhere" / "journal.sqlite", tmp_path / "anchor")


async def test_places_before_the_first_record_have_the_same_pages_as_the_beginning(place: Place) -> None:
    journal = place.create()
    await keep(journal, KEPT[:2])
    assert (await journal.read(99, 5)).records == ()
    journal.close()


@pytest.mark.parametrize("after", [-1, 2**63 - 2, 2**63, 2**70])
async def test_a_place_that_is_none_gives_an_empty_page_or_the_first(place: Place, after: int) -> None:
    journal = place.create()
    await keep(journal, KEPT[:2])
    try:
        pages = await journal.read(after, 10)
        assert [record.seq for record in pages.records] in ([], [1, 2, 3, 4, 5])
    finally:
        journal.close()


# Storage that fails.


def faults(calls: int) -> Iterator[tuple[int, bool, bool]]:
    for at in range(1, calls + 1):
        yield at, False, False
        yield at, True, False
        yield at, True, True


def append_once(journal: SqliteJournal, batch: Kept) -> bool:
    """Whether it was acknowledged."""
    try:
        trio.run(journal.append, *batch)
    except StorageFault:
        return False
    return True


@pytest.mark.parametrize("checkpoint_pages", [1000, 1], ids=["log only", "checkpoint at every commit"])
def test_whatever_call_to_the_disk_fails_nothing_false_is_acknowledged_and_nothing_is_lost(
    place: Place, tmp_path: Path, checkpoint_pages: int
) -> None:
    journal = place.create()
    trio.run(keep, journal, KEPT[:3])
    journal.close()
    work = Place.under(tmp_path / "work")
    for tried, (at, torn, to_the_end) in enumerate(faults(200)):
        for leftover in (work.wal, work.journal):
            leftover.unlink(missing_ok=True)
        place.copy_to(tmp_path / "work")
        files = FailingFiles()
        anchor = Anchor(work.anchor, IDENTITY.public_key)
        journal = open_on(files, work.journal, IDENTITY, anchor, checkpoint_pages=checkpoint_pages)
        assert len(list(journal.history())) == 3
        files.arm(at, torn=torn, to_the_end=to_the_end)
        acknowledged = 3
        while acknowledged < 5 and append_once(journal, KEPT[acknowledged]):
            acknowledged += 1
        if acknowledged == 5:
            assert tried > 10  # so many calls were made to fail
            files.arm(0)
            journal.close()
            return
        files.arm(0)  # the disk is well again: it takes nothing more all the same
        assert not append_once(journal, KEPT[acknowledged])
        assert not append_once(journal, KEPT[-1])
        crash = work.copy_to(tmp_path / "crash")
        journal.close()
        for end in (crash, work):
            found = end.history()
            assert acknowledged <= len(found) <= acknowledged + 1
            assert_same_history(found, KEPT[: len(found)])
    raise AssertionError("more calls to the disk than were tried")


def test_an_anchor_that_cannot_be_written_is_a_fault_and_nothing_more_is_taken(place: Place) -> None:
    place.create().close()
    anchor = FailingAnchor(place.anchor, IDENTITY.public_key)
    journal = open_on(FailingFiles(), place.journal, IDENTITY, anchor)
    trio.run(keep, journal, KEPT[:3])
    anchor.gone = True
    assert not append_once(journal, KEPT[3])
    anchor.gone = False
    assert not append_once(journal, KEPT[3])
    assert not append_once(journal, KEPT[4])
    journal.close()
    found = place.history()
    assert len(found) in {3, 4}
    assert_same_history(found, KEPT[: len(found)])


def test_a_file_that_may_not_grow_stops_the_journal_and_what_was_acknowledged_is_there(place: Place) -> None:
    """The real thing: the kernel refuses the write."""
    program = """
import resource, signal, sys
from pathlib import Path
import trio
from engine.journal.faults import StorageFault
from engine.journal.sqlite import SqliteJournal
from tests.journal.books import IDENTITY, book
journal = SqliteJournal.create(Path(sys.argv[1]), IDENTITY, Path(sys.argv[2]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
acknowledged = refused = 0
for records, commit in book((1,) * 19):
    try:
        trio.run(journal.append, records, commit)
        assert not refused
        acknowledged += 1
    except StorageFault:
        refused += 1
print(acknowledged, refused)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, place.journal, place.anchor], capture_output=True, text=True, check=True
    )
    acknowledged, refused = map(int, done.stdout.split())
    assert acknowledged > 2
    assert refused == 19 - acknowledged > 2
    found = place.history()
    assert acknowledged <= len(found) <= acknowledged + 1
    assert_same_history(found, book((1,) * 19)[: len(found)])
