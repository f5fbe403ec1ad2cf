"""The trust store as a folder."""

from pathlib import Path

import pytest

from engine.trust.faults import TrustCode, TrustFault
from engine.trust.making.files import pem
from engine.trust.settings import TrustSettings
from engine.trust.store import load_store
from tests.trust.scene import DATE, SETTINGS, kinds, scene, verify, when


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("RSA", "SM2"):
        made = scene(kind)
        for name, files in {
            "roots": [pem("CERTIFICATE", made.root.certificate)],
            "issuing": [made.issuing.certificate],
            "crls": [pem("X509 CRL", one.der) for one in made.lists()],
        }.items():
            (tmp_path / name).mkdir(exist_ok=True)
            for number, data in enumerate(files):
                (tmp_path / name / f"{kind}-{number}").write_bytes(data)
    return tmp_path


def test_what_lies_in_the_folders_is_the_store(folder: Path) -> None:
    store = load_store(folder, SETTINGS)
    assert (len(store.roots), len(store.issuing), len(store.lists)) == (2, 2, 4)
    for kind in ("RSA", "SM2"):
        verify(store, scene(kind).leaf(), moment=when(DATE))


def test_several_in_one_file_are_all_read(folder: Path) -> None:
    files = [folder / "roots" / f"{kind}-0" for kind in ("RSA", "SM2")]
    both = b"# of two centres\n" + b"".join(file.read_bytes() for file in files)
    files[0].write_bytes(both)
    files[1].unlink()
    assert len(load_store(folder, SETTINGS).roots) == 2


def test_a_store_without_roots_is_none(tmp_path: Path) -> None:
    with pytest.raises(TrustFault) as fault:
        load_store(tmp_path, SETTINGS)
    assert fault.value.code is TrustCode.STORE


@kinds
def test_a_root_that_was_spoilt_or_is_none_is_named(kind: str, folder: Path) -> None:
    made = scene(kind)
    spoilt = made.root.certificate[:-1] + bytes([made.root.certificate[-1] ^ 1])
    for data in (spoilt, made.issuing.certificate, b"", b"hello", pem("CERTIFICATE", b"\x30\x00")):
        (folder / "roots" / "new.pem").write_bytes(data)
        with pytest.raises(TrustFault) as fault:
            load_store(folder, SETTINGS)
        assert fault.value.code is TrustCode.STORE
        assert "roots/new.pem" in str(fault.value.detail["where"])


def test_more_files_than_the_setting_are_not_read(folder: Path) -> None:
    with pytest.raises(TrustFault) as fault:
        load_store(folder, TrustSettings(store_max=3))
    assert "crls/ > 3" in str(fault.value)
