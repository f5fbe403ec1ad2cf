"""The simulator can fail: bugs planted into a copy of the engine are found."""

import re
import shutil
from pathlib import Path

import pytest

from tests.simulation import planted
from tests.simulation.planted import PatchFault, bugs, hunt, plant

QUICK = (
    *("acknowledged_before_kept", "shown_before_kept", "synchronous_off", "storage_error_swallowed"),
    *("anchor_not_written", "lost_tail_accepted", "ids_forgotten_on_recovery", "ids_without_their_asker"),
    *("duplicate_with_new_bytes", "inquiry_knows_nothing_old", "epoch_not_checked", "wall_clock_for_house_time"),
    *("deadline_excludes_its_instant", "remaining_instead_of_whole_window", "step_off_by_one", "masked_paddle_told"),
)
"""Hunted on every test run, for they are found by the first seeds; all of them by ``python -m tests.simulation --nightly``."""


@pytest.mark.parametrize("name", QUICK)
def test_a_planted_bug_is_found(name: str) -> None:
    [bug] = [each for each in bugs() if each.name == name]
    found = hunt(bug)
    assert found.seed is not None


def test_there_are_more_than_twenty_and_each_still_fits_the_code(tmp_path: Path) -> None:
    assert len(bugs()) >= 20
    for bug in bugs():
        root = tmp_path / bug.name
        for name in re.findall(r"(?m)^\+\+\+ b/(\S+)", bug.diff):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(planted.ROOT / name, root / name)
        plant(bug, root)


def test_a_patch_that_no_longer_fits_is_a_fault(tmp_path: Path) -> None:
    bug = bugs()[0]
    file = tmp_path / bug.diff.split("+++ b/", 1)[1].split("\n", 1)[0]
    file.parent.mkdir(parents=True)
    file.write_text("nothing of the kind\n")
    with pytest.raises(PatchFault, match="its lines stand 0 times"):
        plant(bug, tmp_path)
