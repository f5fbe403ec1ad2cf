"""Journals as they lie on a disk."""

from pathlib import Path

import pytest
import trio

from tests.journal.contract import keep
from tests.journal.place import KEPT, PAGE, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.under(tmp_path / "data")


@pytest.fixture
def kept(place: Place) -> Place:
    """A journal kept whole and closed in good order."""
    journal = place.create()
    trio.run(keep, journal, KEPT)
    journal.close()
    return place


@pytest.fixture
def crashed(place: Place, tmp_path: Path) -> Place:
    """The same, as it lies after a crash: everything is in the write-ahead log."""
    journal = place.create()
    trio.run(keep, journal, KEPT)
    there = place.copy_to(tmp_path / "crashed")
    journal.close()
    assert there.wal.stat().st_size > PAGE
    return there
