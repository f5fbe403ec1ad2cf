"""A backup holds everything that must be kept, says so, and is checked to the last record; anchors stay apart."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from engine.backup.check import check
from engine.backup.manifest import BackupFault, Manifest, measured
from engine.backup.restore import restore
from engine.backup.take import anchored_then, take
from engine.gateway.revocation import FILE as REVOKED
from engine.journal.anchor import Anchor
from engine.journal.faults import AnchorLost, JournalTailLost
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from tests.attack.house import SALE, lay
from tests.attack.scene import Place, Scene
from tests.journal.books import IDENTITY, assert_same_history, book


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("scene"))


@pytest.fixture
def data(scene: Scene, tmp_path: Path) -> Path:
    """A house after a crash, with notices, a cosigned checkpoint, drafts and a lock."""
    data = tmp_path / "data"
    lay(data, scene.crashed)
    for name in KEPT - {f"sales/{SALE}/journal.sqlite"}:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name, encoding="utf-8")
    for name in ("engine.lock", "notices/.n2/sale.toml", "notices/n1/lots.csv.new", "vault/x.anchor", "old/key.pem"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name, encoding="utf-8")
    return data


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


KEPT = {
    REVOKED,
    "sale.toml",
    "notices/n1/sale.toml",
    "notices/n1/lots.csv",
    f"sales/{SALE}/witnessed.note",
    f"sales/{SALE}/journal.sqlite",
}


def test_what_must_be_kept_is_in_it_and_neither_keys_nor_anchors_nor_drafts(data: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    manifest = take(DataFolder(data), tmp_path / "backup", verify=True)
    assert files(tmp_path / "backup") == {"manifest.json", *(f"data/{name}" for name in KEPT)}
    assert {file.path for file in manifest.files} == KEPT
    assert not manifest.keys
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before
    assert files(tmp_path) == {f"data/{name}" for name in files(data)} | {
        f"backup/{name}" for name in files(tmp_path / "backup")
    }


def test_the_manifest_says_where_each_record_stood(scene: Scene, data: Path, tmp_path: Path) -> None:
    (sale,) = take(DataFolder(data), tmp_path / "backup").sales
    last = scene.book[-1][0][-1]
    assert (sale.sale, sale.records, sale.head, sale.anchored) == (SALE, last.seq, last.digest.hex(), last.seq)
    assert check(tmp_path / "backup") == Manifest.of(tmp_path / "backup")


def test_the_copy_of_a_journal_is_one_file_with_the_same_history(scene: Scene, data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup")
    copy = tmp_path / "backup" / "data" / "sales" / SALE / "journal.sqlite"
    assert copy.stat().st_mode & 0o777 == 0o600
    journal = SqliteJournal.open_to_read(copy)
    assert_same_history(journal.history(), scene.book)
    journal.close()


async def test_a_backup_while_the_journal_grows_is_of_one_moment(scene: Scene, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    journal = SqliteJournal.create(folder.journal(SALE), IDENTITY, folder.anchor(SALE), checkpoint_pages=20)
    for number, kept in enumerate(scene.book, 1):
        await journal.append(*kept)
        if number % 4 == 0:
            (sale,) = take(folder, tmp_path / f"backup-{number}").sales
            assert (sale.records, sale.anchored) == (kept[1].last, kept[1].last)
            assert check(tmp_path / f"backup-{number}", anchors=folder.root / "anchors").sales == (sale,)
    journal.close()


@pytest.mark.parametrize(
    ("before", "after", "copied", "anchored"),
    [(1, 1, 1, 1), (1, 5, 3, 3), (1, 5, 5, 5), (1, 2, 3, 2), (4, 4, 2, 4)],
    ids=[
        "at rest",
        "bids came",
        "bids came, the copy is the newest",
        "a commit is on its way",
        "the journal lost its end",
    ],
)
def test_the_anchor_is_that_of_the_moment_of_the_copy(before: int, after: int, copied: int, anchored: int) -> None:
    commits = [commit for _, commit in book()]
    first, then = (Anchor.image_of(commits[at]) for at in (before, after))
    image = anchored_then(first, then, commits[copied], IDENTITY.public_key)
    assert Anchor.newest(image, IDENTITY.public_key) == commits[anchored].statement


def test_keys_are_in_it_only_if_asked_for(data: Path, tmp_path: Path) -> None:
    manifest = take(DataFolder(data), tmp_path / "backup", keys=True)
    assert manifest.keys
    assert files(tmp_path / "backup" / "data") == {*KEPT, "keys/journal.pem", "old/key.pem"}
    assert (tmp_path / "backup" / "data" / "keys" / "journal.pem").stat().st_mode & 0o777 == 0o600
    check(tmp_path / "backup")


def test_anchors_are_copied_elsewhere_if_asked_for_and_fit_the_backup(data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup", anchors_to=tmp_path / "apart" / "anchors")
    assert files(tmp_path / "apart") == {f"anchors/{SALE}.anchor", "anchors/anchors.json"}
    told = orjson.loads((tmp_path / "apart" / "anchors" / "anchors.json").read_bytes())
    assert told["anchors"] == [SALE]
    check(tmp_path / "backup", anchors=tmp_path / "apart" / "anchors")


@pytest.mark.parametrize(
    ("place", "anchors_to"),
    [("data/backup", None), ("backup", "backup/anchors"), ("backup", "data/copies"), ("data", None)],
)
def test_a_place_where_all_would_be_lost_together_is_refused(
    data: Path, tmp_path: Path, place: str, anchors_to: str | None
) -> None:
    before = files(tmp_path)
    with pytest.raises(BackupFault, match="another device"):
        take(DataFolder(data), tmp_path / place, anchors_to=None if anchors_to is None else tmp_path / anchors_to)
    assert files(tmp_path) == before


def test_nothing_is_overwritten(data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup")
    for act in (
        lambda: take(DataFolder(data), tmp_path / "backup"),
        lambda: restore(tmp_path / "backup", data),
    ):
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        with pytest.raises(BackupFault, match="nothing is overwritten"):
            act()
        assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_with_nothing_to_keep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupFault, match="is it the data folder"):
        take(DataFolder(tmp_path / "none"), tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_is_not_sound_gives_no_backup_and_is_named(scene: Scene, tmp_path: Path) -> None:
    lay(tmp_path / "data", replace(scene.moments[20], anchor=scene.closed.anchor))
    with pytest.raises(JournalTailLost, match=rf"{SALE}: .*lacks {scene.ends[20] + 1} onwards"):
        take(DataFolder(tmp_path / "data"), tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


Harm = Callable[[Path], object]


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


HARMS: dict[str, tuple[Harm, str]] = {
    "a bit of the journal": (
        lambda backup: flip(backup / "data" / "sales" / SALE / "journal.sqlite", 30_000),
        r"another SHA-256 than when it was copied \(record \d+: ",
    ),
    "a bit of a notice": (lambda backup: flip(backup / "data" / "sale.toml", 3), r"sale\.toml has another SHA-256"),
    "a file gone": (lambda backup: (backup / "data" / "sale.toml").unlink(), r"sale\.toml is missing"),
    "a file too many": (
        lambda backup: (backup / "data" / "more.toml").write_bytes(b""),
        r"more\.toml is not named in the manifest",
    ),
    "no manifest": (lambda backup: (backup / "manifest.json").unlink(), r"is no backup"),
    "a manifest that is none": (lambda backup: (backup / "manifest.json").write_bytes(b"{}"), r"cannot be read"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_backup_that_was_changed_is_refused_and_not_restored(data: Path, tmp_path: Path, harm: str) -> None:
    take(DataFolder(data), tmp_path / "backup")
    act, said = HARMS[harm]
    act(tmp_path / "backup")
    with pytest.raises(BackupFault, match=said) as refused:
        check(tmp_path / "backup")
    assert re.search(r"[\u4e00-\u9fff]", refused.value.zh)
    with pytest.raises(BackupFault, match=said):
        restore(tmp_path / "backup", tmp_path / "restored")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "data"]


def test_a_manifest_that_was_changed_with_its_journal_is_found_by_deciding_again(
    scene: Scene, data: Path, tmp_path: Path
) -> None:
    """Somebody who can write both makes the digests fit; the record itself does not."""
    backup = tmp_path / "backup"
    manifest = take(DataFolder(data), backup)
    journal = backup / "data" / "sales" / SALE / "journal.sqlite"
    shutil.copyfile(data / "sales" / SALE / "journal.sqlite", journal)  # the one before the log: empty
    kept = tuple(
        measured(backup / "data", journal) if file.path.endswith("journal.sqlite") else file for file in manifest.files
    )
    (backup / "manifest.json").write_bytes(replace(manifest, files=kept).written())
    with pytest.raises(BackupFault, match="holds 0 records"):
        check(backup)


# Back again.


def test_what_was_restored_is_the_same_and_can_be_served(scene: Scene, data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup", keys=True)
    restored = tmp_path / "restored"
    done = restore(tmp_path / "backup", restored, anchors=data / "anchors")
    assert (done.without_anchor, done.key_there) == ((), True)
    assert files(restored) == {*KEPT, "keys/journal.pem", "old/key.pem"}
    journal = SqliteJournal.open(restored / "sales" / SALE / "journal.sqlite", data / "anchors" / f"{SALE}.anchor")
    assert_same_history(journal.history(), scene.book)
    journal.close()


def test_a_backup_that_lacks_what_was_acknowledged_since_is_refused_with_the_first_record_missing(
    scene: Scene, tmp_path: Path
) -> None:
    lay(tmp_path / "data", scene.moments[20])
    take(DataFolder(tmp_path / "data"), tmp_path / "backup")
    later = Place(tmp_path / "later")
    later.folder.mkdir()
    scene.closed.lay(later)
    with pytest.raises(JournalTailLost) as refused:
        restore(tmp_path / "backup", tmp_path / "restored", anchors=later.folder)
    assert refused.value.seq == scene.ends[20] + 1
    assert not (tmp_path / "restored").exists()


def test_an_anchor_older_than_the_backup_is_no_proof(scene: Scene, data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup")
    older = Place(tmp_path / "older")
    older.folder.mkdir()
    scene.moments[5].lay(older)
    with pytest.raises(AnchorLost):
        restore(tmp_path / "backup", tmp_path / "restored", anchors=older.folder)


def test_without_an_anchor_it_is_said_that_nothing_shows_what_came_later(data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup")
    done = restore(tmp_path / "backup", tmp_path / "restored")
    assert (done.without_anchor, done.key_there) == ((SALE,), False)
