"""What may be done to a journal from outside: nothing that hides a loss."""

from dataclasses import replace
from pathlib import Path

import apsw
import pytest
import trio

from engine.app import Engine
from engine.config import Config
from engine.demo_house import NotTheDemo, forget
from engine.evidence import NoJournal, adopt, export_bids, export_lots, export_records, replay
from engine.gateway.http import HttpSettings
from engine.journal.faults import JournalLocked, JournalTailLost
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder, FolderLock
from engine.room.recovery import retrace
from tests.engine.house import act, open_first_lot, running_house
from tests.gateway.saleroom import SALE


async def held(folder: Path) -> DataFolder:
    """A folder whose sale has been opened and left."""
    async with running_house(folder) as house:
        await open_first_lot(house)
    return DataFolder(folder)


def without_its_last_commit(folder: DataFolder) -> None:
    connection = apsw.Connection(str(folder.journal(SALE)))
    [(first, last)] = connection.execute("SELECT first, last FROM commits ORDER BY last DESC LIMIT 1").fetchall()
    connection.execute("DELETE FROM records WHERE seq BETWEEN ? AND ?", (first, last))
    connection.execute("DELETE FROM commits WHERE last = ?", (last,))
    connection.close()


async def test_an_anchor_that_proves_a_loss_is_not_written_over(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    without_its_last_commit(folder)
    before = folder.anchor(SALE).read_bytes()
    with pytest.raises(JournalTailLost):
        adopt(tmp_path, SALE, anchors=None, go_on=True)
    assert folder.anchor(SALE).read_bytes() == before


async def test_a_journal_whose_anchor_is_gone_is_adopted_as_it_stands(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    folder.anchor(SALE).unlink()
    last, head = adopt(tmp_path, SALE, anchors=None, go_on=True)
    findings = replay(tmp_path)
    assert (findings.records, findings.head, findings.anchored) == (last, head, last)


async def test_what_takes_long_says_how_far_it_is(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    last = replay(folder.journal(SALE)).records
    for make in (export_records, export_bids, export_lots):
        seen: list[int] = []
        list(make(folder.journal(SALE), seen.append))
        assert seen == list(range(1, last + 1))
    adopting: list[int] = []
    adopt(tmp_path, SALE, anchors=None, go_on=False, on_progress=adopting.append)
    assert adopting == list(range(1, last + 1))
    opening: list[int] = []
    engine = await Engine.open(folder, [], replace(Config(), http=HttpSettings(port=0)), on_progress=opening.append)
    async with trio.open_nursery() as nursery:
        await nursery.start(engine.run)
        engine.stop()
    assert opening[-1] == last


async def test_a_journal_that_is_served_can_be_looked_at_beside_its_engine_and_is_not_locked(tmp_path: Path) -> None:
    async with running_house(tmp_path) as house:
        await open_first_lot(house)
        folder, seq = DataFolder(tmp_path), (await house.get(f"/api/sales/{SALE}"))["seq"]
        beside = SqliteJournal.open_beside(folder.journal(SALE), folder.anchor(SALE))
        try:
            assert beside.reader.end()[0] == seq
            assert beside.anchored is not None
            assert beside.anchored.last == seq
            assert [record.seq for record, _ in retrace(beside)] == list(range(1, seq + 1))
        finally:
            beside.close()
        async with house.viewer("auctioneer:1") as rostrum:
            assert "accepted" in (await act(rostrum, type="suspend", id="rest", reason="检修"))["outcome"]


async def test_a_folder_that_is_served_is_neither_adopted_nor_forgotten(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    lock = FolderLock(folder)
    try:
        with pytest.raises(JournalLocked):
            adopt(tmp_path, SALE, anchors=None, go_on=True)
        with pytest.raises(JournalLocked):
            forget(folder, SALE)
    finally:
        lock.release()
    assert folder.journal(SALE).exists()


async def test_a_demo_begun_anewforgets_the_demo_and_nothing_else(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    with pytest.raises(NotTheDemo):
        forget(folder, "plates-4")
    assert folder.journal(SALE).exists()
    forget(folder, SALE)
    assert folder.sales() == []
    assert folder.signing_key().exists()


def test_what_is_not_there_cannot_be_adopted(tmp_path: Path) -> None:
    with pytest.raises(NoJournal):
        adopt(tmp_path, "no-such-sale", anchors=None, go_on=True)


async def test_a_journal_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    assert folder.journal(SALE).stat().st_mode & 0o077 == 0


async def test_verifying_changes_nothing_and_needs_no_leave_to_write(tmp_path: Path) -> None:
    folder = await held(tmp_path)
    files = [path for path in (tmp_path / "sales" / SALE).iterdir() if path.is_file()] + [folder.anchor(SALE)]
    before = {path: path.read_bytes() for path in files}
    for path in files:
        path.chmod(0o400)
    findings = replay(tmp_path)
    assert findings.anchored == findings.records
    assert {path: path.read_bytes() for path in files} == before
