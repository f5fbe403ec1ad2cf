"""Engines that start at the same instant for one sale: never two are in force. At length: ``python -m tests.cluster.racing``."""

import pytest

from tests.cluster.racing import AT_ONCE, KINDS, races


@pytest.mark.kill
def test_engines_race_for_a_folder_a_journal_and_an_anchor_and_one_is_in_force() -> None:
    met = races(AT_ONCE * len(KINDS))
    assert all(met[kind] == AT_ONCE for kind in KINDS)
    assert 1 <= met["in_force"] <= met["starts"] // 2
    assert met["E_JOURNAL_LOCKED"] > 0
