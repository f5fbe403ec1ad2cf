"""Journals on a disk that loses what was not synced: what a new engine believes survives the next power cut as well."""

import random
from contextlib import suppress

import apsw
import pytest
import trio

from engine.journal.faults import JournalFault, StorageFault
from engine.room.recovery import recover
from tests.journal.books import IDENTITY, Kept, book
from tests.simulation.disk import Disk
from tests.simulation.journal import SimulatedJournal, open_journal, put_empty_journal

KEPT = book()
CALLS = range(1, 21)


def gone(disk: Disk, journal: SimulatedJournal) -> None:
    """The engine is no more; what it wrote is in the system's cache."""
    disk.dead, disk.trouble = True, None
    with suppress(JournalFault, apsw.Error):
        journal.close()
    disk.dead = False


async def keep(journal: SimulatedJournal, kept: list[Kept]) -> int:
    """Append until the disk fails; the last record acknowledged."""
    last = 0
    with suppress(JournalFault):
        for records, commit in kept:
            await journal.append(records, commit)
            last = commit.last
    return last


def opened(disk: Disk) -> tuple[SimulatedJournal, int]:
    journal = open_journal(disk, lambda: 0.0)
    return journal, recover(journal)[0].seq


def last_after(kind: str, call: int, seed: int) -> tuple[int, int]:
    """The last record a second engine believed or acknowledged, and the last one a third finds after a power cut."""
    chance = random.Random(seed)
    disk = Disk(chance, lambda _how: None)
    put_empty_journal(disk, IDENTITY)
    journal, _ = opened(disk)
    trio.run(keep, journal, KEPT[:3])
    disk.fail_at(call, kind)
    trio.run(keep, journal, KEPT[3:])
    gone(disk, journal)

    journal, believed = opened(disk)
    if seed % 2:
        disk.fail_at(chance.randint(1, 30), "power")
        believed = max(believed, trio.run(keep, journal, [each for each in KEPT if each[1].first > believed]))
    gone(disk, journal)
    disk.power_cut()

    journal, found = opened(disk)
    journal.close()
    return believed, found


@pytest.mark.parametrize("kind", ["kill", "error", "full"])
def test_what_an_engine_finds_and_believes_outlasts_the_power(kind: str) -> None:
    for call in CALLS:
        for seed in range(4):
            believed, found = last_after(kind, call, seed)
            assert found >= believed, (kind, call, seed)


def test_an_anchor_that_was_read_is_there_after_a_power_cut() -> None:
    """Its own sync had failed: what the next engine read was in the system's cache only."""
    for call, seed in ((1, 36), (3, 20), *((call, seed) for call in range(8, 16) for seed in range(1, 21, 2))):
        believed, found = last_after("error", call, seed)
        assert found >= believed, (call, seed)


def test_a_journal_that_cannot_be_made_to_last_is_a_storage_fault_and_can_be_opened_again() -> None:
    disk = Disk(random.Random(1), lambda _how: None)
    put_empty_journal(disk, IDENTITY)
    journal, _ = opened(disk)
    acknowledged = trio.run(keep, journal, KEPT)
    gone(disk, journal)
    faults = []
    for call in range(1, 30):
        disk.fail_at(call, "kill")
        try:
            journal, _ = opened(disk)
        except StorageFault:
            faults.append(call)
        gone(disk, journal)
    assert faults == [1, 2, 3, 4]  # The log is written over itself and synced, then the anchor is written and synced.
    journal, found = opened(disk)
    journal.close()
    assert found == acknowledged


def test_a_disk_that_lies_is_found_out_by_the_anchor() -> None:
    named = 0
    for seed in range(20):
        disk = Disk(random.Random(seed), lambda _how: None)
        put_empty_journal(disk, IDENTITY)
        journal, _ = opened(disk)
        disk.lies = True
        acknowledged = trio.run(keep, journal, KEPT)
        gone(disk, journal)
        disk.power_cut()
        try:
            journal, found = opened(disk)
        except JournalFault:
            named += 1
        else:
            journal.close()
            assert found == acknowledged
    assert named
