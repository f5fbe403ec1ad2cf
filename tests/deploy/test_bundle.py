"""The offline bundle: what is in it, and an installer that only takes what it should."""

import hashlib
import subprocess
import tarfile
from pathlib import Path

import pytest

from engine.deploy import bundle

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A bundle made of two empty wheels, unpacked."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / f"luochui-{bundle.version()}-py3-none-any.whl").write_bytes(b"ours")
    (wheels / "trio-0.35.0-py3-none-any.whl").write_bytes(b"theirs")
    assert bundle.main(["--wheels", str(wheels), "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out" / f"luochui-offline-{bundle.version()}.tar.gz"


def unpacked(packed: Path) -> Path:
    with tarfile.open(packed) as tar:
        tar.extractall(packed.parent, filter="data")
    return packed.parent / packed.name.removesuffix(".tar.gz")


def test_a_bundle_holds_wheels_hashes_an_installer_and_the_files_for_operators(packed: Path) -> None:
    folder = unpacked(packed)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"install.sh", "requirements.txt", "SHA256SUMS", "README.md", "deploy/luochui.service"} <= names
    assert {"wheels/trio-0.35.0-py3-none-any.whl", "deploy/nginx.conf", "deploy/grafana.json"} <= names
    assert (folder / "install.sh").stat().st_mode & 0o111
    wanted = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert wanted.startswith((ROOT / "requirements.lock").read_text(encoding="utf-8").rstrip())
    assert wanted.endswith(f"luochui=={bundle.version()} \\\n    --hash=sha256:{hashlib.sha256(b'ours').hexdigest()}\n")


def test_every_file_is_on_the_list_of_digests_and_the_list_holds(packed: Path) -> None:
    folder = unpacked(packed)
    listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert listed.keys() == names - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    beside = packed.with_name(packed.name + ".sha256").read_text(encoding="utf-8")
    assert beside == f"{hashlib.sha256(packed.read_bytes()).hexdigest()}  {packed.name}\n"


def test_the_same_wheels_give_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    assert bundle.main(["--wheels", str(tmp_path / "wheels"), "--out", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / packed.name).read_bytes() == packed.read_bytes()


def test_the_installer_is_a_shell_script_that_asks_no_index_and_believes_hashes_only(packed: Path) -> None:
    script = unpacked(packed) / "install.sh"
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    text = script.read_text(encoding="utf-8")
    assert "--no-index" in text
    assert "--require-hashes" in text
    assert "@" not in text.replace("$@", "")


def test_a_bundle_that_was_damaged_on_the_way_is_not_installed(packed: Path, tmp_path: Path) -> None:
    folder = unpacked(packed)
    (folder / "wheels" / "trio-0.35.0-py3-none-any.whl").write_bytes(b"other")
    done = subprocess.run([folder / "install.sh", tmp_path / "venv"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    ("python", "machine", "said"), [("3.2", None, "needs Python 3.2"), (None, "vax", "is for vax")]
)
def test_a_bundle_for_another_machine_or_python_says_so(
    tmp_path: Path, python: str | None, machine: str | None, said: str
) -> None:
    source = (ROOT / "engine" / "deploy" / "install.sh").read_text(encoding="utf-8")
    here = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout.strip()
    script = tmp_path / "install.sh"
    script.write_text(bundle.installer(source, python=python or "3.11", machine=machine or here, release="1"), "utf-8")
    done = subprocess.run(["sh", script, tmp_path / "venv"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "venv").exists()
