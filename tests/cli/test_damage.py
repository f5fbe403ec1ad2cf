"""``luochui doctor`` and damage of every kind: what is wrong, the first bad record, what to do next, in both languages."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.attack.house import SALE, lay
from tests.attack.scene import PAGE, WAL_FRAME, WAL_HEADER, Files, Scene

THIRD_LAST = 22
"""Of the scene's commits, one near the end."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


def examined(data: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and every finding by what was looked at; the command line without a process of its own."""
    done = CliRunner().invoke(app, ["doctor", "--data", str(data), "--port", "0", "--json", *more])
    return done.exit_code, {finding["check"]: finding for finding in orjson.loads(done.stdout)["findings"]}


def spoilt(content: bytes | None, at: int, mask: int = 1) -> bytes:
    assert content is not None
    return content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]


def zeroed(content: bytes, page: int) -> bytes:
    return content[: page * PAGE] + bytes(PAGE) + content[(page + 1) * PAGE :]


def swapped(content: bytes, page: int) -> bytes:
    at = page * PAGE
    return content[:at] + content[at + PAGE : at + 2 * PAGE] + content[at : at + PAGE] + content[at + 2 * PAGE :]


def flipped_in_record(scene: Scene, seq: int) -> Files:
    record = next(record for records, _ in scene.book for record in records if record.seq == seq)
    content = scene.closed.journal
    return replace(scene.closed, journal=content.replace(record.command_bytes, spoilt(record.command_bytes, 20)))


def older(scene: Scene) -> Files:
    return replace(scene.moments[THIRD_LAST], anchor=scene.closed.anchor)


def frame(scene: Scene) -> int:
    """Where a frame begins that belongs to the commit after the third last."""
    wal = scene.moments[THIRD_LAST].wal
    assert wal is not None
    return len(wal)


Harm = Callable[[Scene], tuple[Files, int | None]]
"""Files, and the first record that is to be named."""

HARMS: dict[str, Harm] = {
    "a bit of a record": lambda scene: (flipped_in_record(scene, 47), 47),
    "a page zeroed": lambda scene: (replace(scene.closed, journal=zeroed(scene.closed.journal, 5)), None),
    "two pages swapped": lambda scene: (replace(scene.closed, journal=swapped(scene.closed.journal, 5)), None),
    "the journal cut": lambda scene: (replace(scene.closed, journal=scene.closed.journal[: 5 * PAGE + 7]), None),
    "the journal empty": lambda scene: (replace(scene.closed, journal=b""), 1),
    "no journal at all": lambda scene: (replace(scene.closed, journal=b"no journal" * 900), 1),
    "a bit of the log": lambda scene: (
        replace(scene.crashed, wal=spoilt(scene.crashed.wal, frame(scene) + 500)),
        scene.ends[THIRD_LAST] + 1,
    ),
    "the log cut": lambda scene: (
        replace(scene.crashed, wal=(scene.crashed.wal or b"")[: frame(scene) + 5]),
        scene.ends[THIRD_LAST] + 1,
    ),
    "the log gone": lambda scene: (replace(scene.crashed, wal=None), 1),
    "a frame of the log zeroed": lambda scene: (
        replace(scene.crashed, wal=(scene.crashed.wal or b"")[:WAL_HEADER] + bytes(WAL_FRAME)),
        1,
    ),
    "an older copy": lambda scene: (older(scene), scene.ends[THIRD_LAST] + 1),
    "a log of another moment": lambda scene: (
        replace(scene.later[-1], wal=scene.moments[3].wal, anchor=scene.closed.anchor),
        None,
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_wrong_is_said_with_the_first_bad_record_and_what_to_do(
    scene: Scene, tmp_path: Path, harm: str
) -> None:
    files, seq = HARMS[harm](scene)
    lay(tmp_path / "data", files)
    code, findings = examined(tmp_path / "data", "--deep")
    assert code == 3
    bad = [finding for finding in findings.values() if finding["verdict"] == "fault" and SALE in finding["check"]]
    assert len(bad) == 1, findings
    (finding,) = bad
    named = finding["facts"]["seq"]
    assert named is not None
    assert seq is None or named == seq
    assert str(named) in finding["en"]
    assert re.search(r"[\u4e00-\u9fff].*(备份|恢复)", finding["zh"])
    assert "restore" in finding["en"]


@pytest.mark.parametrize("deep", [(), ("--deep",)], ids=["quick", "deep"])
def test_a_sound_folder_is_said_to_be_sound_and_left_as_it_was(
    scene: Scene, tmp_path: Path, deep: tuple[str, ...]
) -> None:
    data = tmp_path / "data"
    lay(data, scene.crashed)
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    code, findings = examined(data, *deep)
    assert code == 0, findings
    assert findings["lock"]["facts"] == {"served": False}
    assert findings["signing key"]["facts"] == {"sales": [SALE]}
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


ANCHORS: dict[str, Callable[[Scene], bytes | None]] = {
    "gone": lambda _: None,
    "an old one": lambda scene: scene.moments[5].anchor,
    "both slots spoilt": lambda scene: spoilt(spoilt(scene.closed.anchor, 40), PAGE + 40),
    "cut": lambda scene: (scene.closed.anchor or b"")[:30],
}


@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchor_that_vouches_for_too_little_is_a_fault_and_adopt_is_named(
    scene: Scene, tmp_path: Path, anchor: str
) -> None:
    lay(tmp_path / "data", replace(scene.closed, anchor=ANCHORS[anchor](scene)))
    code, findings = examined(tmp_path / "data")
    assert code == 3
    finding = findings[f"anchor:{SALE}"]
    assert finding["verdict"] == "fault"
    assert "luochui adopt" in finding["en"]
    assert "luochui adopt" in finding["zh"]


def test_a_journal_that_is_gone_while_its_anchor_is_left_is_a_fault(scene: Scene, tmp_path: Path) -> None:
    lay(tmp_path / "data", scene.closed)
    (tmp_path / "data" / "sales" / SALE / "journal.sqlite").unlink()
    code, findings = examined(tmp_path / "data")
    assert code == 3
    assert "gone" in findings[f"journal:{SALE}"]["en"]
    assert "luochui restore" in findings[f"journal:{SALE}"]["zh"]


@pytest.mark.parametrize("key", ["another", "none", "rubbish"])
def test_a_key_that_does_not_fit_is_a_fault(scene: Scene, tmp_path: Path, key: str) -> None:
    lay(tmp_path / "data", scene.closed, key=b"\x09" * 32 if key == "another" else b"\x07" * 32)
    pem = tmp_path / "data" / "keys" / "journal.pem"
    if key == "none":
        pem.unlink()
    if key == "rubbish":
        pem.write_bytes(b"rubbish")
    code, findings = examined(tmp_path / "data")
    assert code == 3
    assert findings["signing key"]["verdict"] == "fault"
    assert "put" in findings["signing key"]["en"]
    assert pem.exists() == (key != "none")


def test_a_folder_that_anybody_may_write_in_is_a_fault(scene: Scene, tmp_path: Path) -> None:
    lay(tmp_path / "data", scene.closed)
    (tmp_path / "data" / "sales").chmod(0o777)
    code, findings = examined(tmp_path / "data")
    assert code == 3
    assert "chmod o-w" in findings["folders"]["zh"]
