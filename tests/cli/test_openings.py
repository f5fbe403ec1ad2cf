"""The journal of an opening of sealed bids, as the commands that read journals take it."""

import json
from pathlib import Path

import pytest
import trio

from engine.evidence import JOURNAL_NAME
from engine.journal.sqlite import SqliteJournal
from tests.cli.program import last_json, luochui
from tests.journal.books import IDENTITY
from tests.tampering.opening_sales import opening_sale


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an opening that has ended."""
    data = tmp_path_factory.mktemp("opening")
    place = data / "sales" / "trial"
    place.mkdir(parents=True)
    (data / "anchors").mkdir()
    held = opening_sale(0)

    async def kept() -> None:
        journal = SqliteJournal.create(place / JOURNAL_NAME, IDENTITY, data / "anchors" / "trial.anchor")
        for commit in held.commits:
            await journal.append(held.records[commit.first - 1 : commit.last], commit)
        journal.close()

    trio.run(kept)
    return place


def test_its_record_is_made_from_the_journal(opening: Path, tmp_path: Path) -> None:
    done = luochui("papers", opening, "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    told = last_json(done)
    assert sorted(Path(name).name for name in told["files"]) == ["opening-record.json", "opening-record.pdf"]
    made = json.loads((tmp_path / "out" / "public" / "opening-record.json").read_text(encoding="utf-8"))
    assert (made["report"], made["result"]) == (told["report"], "final")


def test_it_is_exported_as_a_release_with_a_registered_prefix(opening: Path, tmp_path: Path) -> None:
    out = tmp_path / "release.json"
    asked = ("export", opening, "--table", "ocds", "--out", out)
    assert luochui(*asked, "--ocid-prefix", "ocds-abc123", "--publisher", "某市公共资源交易中心").returncode == 0
    [release] = json.loads(out.read_text(encoding="utf-8"))["releases"]
    assert release["ocid"] == "ocds-abc123-HZ-2026-001"
    refused = luochui(*asked)
    assert refused.returncode == 2
    assert "registered prefix" in refused.stderr
