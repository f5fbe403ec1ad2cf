"""A backup holds every sealed envelope that stands on its record, byte for byte and of the same moment; or says how many not."""

import shutil
from pathlib import Path

import pytest
import trio

from engine.backup.check import check
from engine.backup.manifest import BackupFault
from engine.backup.restore import restore
from engine.backup.take import take
from engine.room.folder import DataFolder
from engine.sealing.parts import PartName
from tests.cli.program import luochui
from tests.domain.opening.house import priced
from tests.engine.bringing import bring
from tests.engine.tender import SALE, submission, tender_house

DOCUMENTS = {"投标函.bin": bytes(range(256)) * 5000}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an envelope with documents, and one whose sheet came without an upload."""
    folder = tmp_path_factory.mktemp("served")

    async def receive() -> None:
        with trio.fail_after(60):
            async with tender_house(folder) as one:
                await one.register(305, 4711)
                made = one.tender.seal(priced(1_150_000), DOCUMENTS, context=one.tender.context("305"), remedy=False)
                await bring(one, 305, made)
                await one.ask("bidder:305", "submit_envelope", **submission(made))
                await one.submit(4711, 1_200_000)

    trio.run(receive)
    return folder


@pytest.fixture
def data(served: Path, tmp_path: Path) -> Path:
    return shutil.copytree(served, tmp_path / "data")


def below(folder: Path) -> dict[str, bytes]:
    """What bidders have sealed."""
    sale = folder / "sales" / SALE
    paths = [path for name in ("submission", "chunks") for path in (sale / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(sale)): path.read_bytes() for path in paths}


def documents(folder: Path) -> Path:
    [found] = (folder / "sales" / SALE / "submission").glob(f"*/{PartName.DOCUMENTS}")
    return found


def test_what_stands_is_taken_verified_and_restored_wholly(data: Path, tmp_path: Path) -> None:
    [sale] = take(DataFolder(data), tmp_path / "backup", verify=True).sales
    assert sale.envelopes_lacking == 0
    restore(tmp_path / "backup", tmp_path / "restored")
    assert below(tmp_path / "restored") == below(data)
    assert len(below(data)) == 5


def test_a_byte_of_an_envelope_that_changed_in_the_backup_is_found(data: Path, tmp_path: Path) -> None:
    take(DataFolder(data), tmp_path / "backup")
    path = documents(tmp_path / "backup" / "data")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BackupFault, match="documents"):
        check(tmp_path / "backup")
    with pytest.raises(BackupFault, match="documents"):
        restore(tmp_path / "backup", tmp_path / "restored")


@pytest.mark.parametrize("name", ["submission", "chunks"])
def test_an_envelope_that_went_while_it_was_copied_is_copied_again_with_its_journal(
    data: Path, tmp_path: Path, name: str
) -> None:
    store, away = data / "sales" / SALE / name, tmp_path / "away"
    store.rename(away)

    def comes_back(_seq: int) -> None:
        if away.exists():
            away.rename(store)

    [sale] = take(DataFolder(data), tmp_path / "backup", verify=True, on_progress=comes_back).sales
    assert sale.envelopes_lacking == 0
    assert below(tmp_path / "backup" / "data") == below(data)


def test_what_the_house_itself_has_lost_is_counted_and_the_rest_is_kept(data: Path, tmp_path: Path) -> None:
    content = bytearray(documents(data).read_bytes())
    content[-1] ^= 1
    documents(data).write_bytes(content)
    done = luochui("backup", tmp_path / "backup", "--data", data)
    assert done.returncode == 0, done.stderr
    assert "1 sealed envelope(s) on the record are not wholly in the data folder" in done.stdout
    assert [sale.envelopes_lacking for sale in check(tmp_path / "backup").sales] == [1]
    restore(tmp_path / "backup", tmp_path / "restored")
    assert below(tmp_path / "restored") == below(data)
