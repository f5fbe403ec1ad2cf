"""One demo sale, played to its end once, for all tests that read its journal."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import last_json, luochui


@dataclass(frozen=True)
class Played:
    """A data folder whose demo sale is over, and what the demo said at its end."""

    data: Path
    said: str
    figures: dict[str, Any]


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Played:
    data = tmp_path_factory.mktemp("played") / "data"
    done = luochui("demo", "--fast", "--json", "--data", data)
    assert done.returncode == 0, done.stderr
    return Played(data, done.stdout, last_json(done))


@pytest.fixture
def played(original: Played, tmp_path: Path) -> Played:
    """A copy, to be changed at will."""
    shutil.copytree(original.data, tmp_path / "played")
    return Played(tmp_path / "played", original.said, original.figures)
