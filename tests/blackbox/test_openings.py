"""The real server is killed with -9 while an opening is held. In full: ``python -m tests.blackbox openings``."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.blackbox.night import DAILY, NAMES
from tests.blackbox.openings import held

pytestmark = pytest.mark.kill


async def test_an_opening_that_is_killed_loses_nothing_shows_nothing_early_and_reads_out_what_was_sealed(
    tmp_path: Path, say: Callable[[str], None]
) -> None:
    night = await held(tmp_path, 1, DAILY)
    say(str(night.counts))
    assert night.wrong == []
    assert night.counts["kills"] == len(DAILY)
    assert night.counts["read_out"] + night.counts["late"] == len(NAMES)
    assert night.counts["read_out"] > 0
