"""The long run, tried in a small size: what it prints, and that it goes on where it stopped."""

import json
from pathlib import Path

import pytest

from tests.simulation import nightly


def test_a_long_run_says_what_it_found_and_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "nightly" / "simulation.json"
    assert nightly.main(2, resume=False, workers=1, state=state) == 0
    assert nightly.main(4, resume=True, workers=1, state=state) == 0
    said = capsys.readouterr()
    first, last = map(json.loads, said.out.splitlines())
    assert (first["seeds"], last["seeds"]) == ("0-1", "0-3")
    assert last["passed"]
    assert last["figures"]["records"] > first["figures"]["records"] > 0
    assert last["figures"]["planted_found"] == 1
    assert "4 of 4 seeds" in said.err
    assert json.loads(state.read_bytes())["next_seed"] == 4


def test_what_was_written_down_under_another_commit_is_not_gone_on_with(tmp_path: Path) -> None:
    state = tmp_path / "simulation.json"
    state.write_text(json.dumps({"commit": "another", "next_seed": 2}))
    assert nightly.main(1, resume=True, workers=1, state=state) == 0
    assert json.loads(state.read_bytes())["next_seed"] == 1
