"""A bid sealed on the bidder's machine opens again, takes little memory, and leaves nothing half done."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.seal import MANIFEST, SIGNATURE, Bid, Bidder, open_documents, open_sheet, read_envelope, seal
from engine.sealing import halves
from engine.sealing.envelope import unwrap_hall
from engine.sealing.faults import SealCode, SealFault
from engine.sealing.keys import CurvePrivateKey
from engine.sealing.manifest import Manifest
from engine.sealing.parts import MIB
from engine.sealing.pem import read_credential, read_private_key
from engine.sealing.suites import COMMERCIAL, INTERNATIONAL, Suite
from tests.sealing.scene import SHEET, Tender, chance
from tests.sealing.test_pem import SM

WORDS = "苹果 梯子 河流 铜铃 七"
suites = pytest.mark.parametrize("suite", [INTERNATIONAL, COMMERCIAL], ids=["AES", "SM4"])


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """Seals a bid, whose certificates are SM2 whatever the suite."""
    credential, key = read_credential(SM), read_private_key(SM)
    bidder = Bidder(signing=credential, signing_key=key, encryption=credential, encryption_key=key)

    def make(tender: Tender, *files: Path, folder: Path = tmp_path / "bid", whose: Bidder = bidder) -> Path:
        bid = Bid(context=tender.context(), sheet=SHEET, files=files, remedy=False)
        _, recovery = seal(bid, tender.hall, whose, folder, passphrase=WORDS, chance=chance(str(folder.name)))
        (tmp_path / "recovery.json").write_bytes(recovery)
        return folder

    return make


@suites
def test_a_sealed_bid_is_opened_by_bidder_and_trustees(suite: Suite, made: Callable[..., Path], tmp_path: Path) -> None:
    tender = Tender(suite)
    letter, empty = tmp_path / "投标函.pdf", tmp_path / "空.txt"
    letter.write_bytes(b"%PDF" * 300_000)
    empty.touch()
    folder = made(tender, letter, empty)
    manifest = read_envelope(folder)
    own = read_private_key(SM).unwrap(manifest.wrap_own, manifest.context.purpose("own"))
    key = halves.data_key(manifest, own, unwrap_hall(manifest, tender.hall, tender.answers(manifest)))
    assert open_sheet(folder, key, manifest) == SHEET
    files = open_documents(folder, key, manifest, tmp_path / "opened")
    assert [(file.name, file.read_bytes()) for file in files] == [(letter.name, b"%PDF" * 300_000), (empty.name, b"")]


def test_memory_does_not_grow_with_the_file(made: Callable[..., Path], tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(24 * MIB)
    tracemalloc.start()
    made(Tender(INTERNATIONAL), large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * MIB


def open_everything(folder: Path, key: halves.DataKey, manifest: Manifest, to: Path) -> None:
    open_sheet(folder, key, manifest)
    open_documents(folder, key, manifest, to)


def test_whatever_was_altered_in_the_folder_is_known(made: Callable[..., Path], tmp_path: Path) -> None:
    tender = Tender(INTERNATIONAL)
    (tmp_path / "a.bin").write_bytes(bytes(10))
    folder = made(tender, tmp_path / "a.bin")
    manifest = read_envelope(folder)
    own = read_private_key(SM).unwrap(manifest.wrap_own, manifest.context.purpose("own"))
    key = halves.data_key(manifest, own, unwrap_hall(manifest, tender.hall, tender.answers(manifest)))
    for name in ("sheet", "documents"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:-1])
        with pytest.raises(SealFault) as fault:
            open_everything(folder, key, manifest, tmp_path / name)
        assert fault.value.code is SealCode.CHUNK_HASH
        (folder / name).write_bytes(whole)
    for name in (MANIFEST, SIGNATURE):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:-2] + b"00")
        with pytest.raises(SealFault):
            read_envelope(folder)
        (folder / name).write_bytes(whole)
    read_envelope(folder)


def test_a_bid_that_cannot_be_sealed_leaves_nothing_behind(made: Callable[..., Path], tmp_path: Path) -> None:
    credential, key = read_credential(SM), read_private_key(SM)
    other = CurvePrivateKey(key.curve, 7) if isinstance(key, CurvePrivateKey) else None
    assert other is not None
    for signing_key, encryption_key in ((other, key), (key, other)):
        whose = Bidder(
            signing=credential, signing_key=signing_key, encryption=credential, encryption_key=encryption_key
        )
        with pytest.raises(SealFault) as fault:
            made(Tender(INTERNATIONAL), whose=whose)
        assert fault.value.code is SealCode.WRONG_KEY
    with pytest.raises(FileNotFoundError):
        made(Tender(INTERNATIONAL), tmp_path / "missing.pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == []


def test_an_envelope_is_never_written_over_another(made: Callable[..., Path]) -> None:
    folder = made(Tender(INTERNATIONAL))
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(FileExistsError):
        made(Tender(INTERNATIONAL))
    assert (folder / MANIFEST).read_bytes() == before


def test_an_unknown_encryption_key_is_no_hindrance_to_the_self_test(made: Callable[..., Path]) -> None:
    credential, key = read_credential(SM), read_private_key(SM)
    read_envelope(
        made(
            Tender(COMMERCIAL),
            whose=Bidder(signing=credential, signing_key=key, encryption=credential, encryption_key=None),
        )
    )
