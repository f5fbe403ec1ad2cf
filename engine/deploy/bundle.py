"""
``make bundle``: everything a machine without a network needs, in one file.

``luochui-offline-VERSION.tar.gz`` holds the wheels of ``requirements.lock`` for this Python and this kind of machine, our own wheel,
a requirements file with the hashes of all of them, ``install.sh``, and the files of ``engine/deploy``. The same tree gives the same
bytes, save for what the package index adds.
"""

import argparse
import gzip
import hashlib
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
DEPLOY: Final = (
    "luochui.service",
    "nginx.conf",
    "prometheus.yml",
    "prometheus-rules.yml",
    "grafana.json",
    "logrotate.conf",
)
TEXTS: Final = ("README.md", "README.zh-CN.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "engine/deploy/README.md")
EXECUTABLE: Final = 0o755
READABLE: Final = 0o644


def version() -> str:
    """The project's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: str = project["version"]
    return found


def installer(script: str, *, python: str, machine: str, release: str) -> str:
    """``install.sh`` for one Python, one kind of machine, one version."""
    for mark, word in {"@PYTHON@": python, "@MACHINE@": machine, "@VERSION@": release}.items():
        script = script.replace(mark, word)
    return script


def requirements(lock: str, release: str, digest: str) -> str:
    """The lock, and our own wheel with its hash."""
    return f"{lock.rstrip()}\nluochui=={release} \\\n    --hash=sha256:{digest}\n"


def sha256(path: Path) -> str:
    """The digest of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: Path) -> str:
    """What ``sha256sum --check`` reads: every file below ``folder``."""
    return "".join(f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files(folder))


def files(folder: Path) -> Iterator[Path]:
    """Every file below ``folder``, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def fill(folder: Path, wheels: Path, release: str) -> None:
    """Put together in ``folder`` what the bundle holds; ``wheels`` has the wheels of the lock and our own."""
    shutil.copytree(wheels, folder / "wheels")
    (folder / "deploy").mkdir()
    for name in DEPLOY:
        shutil.copyfile(ROOT / "engine" / "deploy" / name, folder / "deploy" / name)
    for name in TEXTS:
        target = folder / ("deploy/README.md" if name.startswith("engine/") else name)
        shutil.copyfile(ROOT / name, target)
    [own] = (folder / "wheels").glob("luochui-*.whl")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (folder / "requirements.txt").write_text(requirements(lock, release, sha256(own)), encoding="utf-8")
    script = (ROOT / "engine" / "deploy" / "install.sh").read_text(encoding="utf-8")
    python = ".".join(map(str, sys.version_info[:2]))
    install = folder / "install.sh"
    install.write_text(installer(script, python=python, machine=platform.machine(), release=release), encoding="utf-8")
    install.chmod(EXECUTABLE)
    (folder / "SHA256SUMS").write_text(sums(folder), encoding="utf-8")


def pack(folder: Path, target: Path) -> None:
    """``folder`` as a tar file: owners, times and order say nothing about who made it and when."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in files(folder):
            info = tarfile.TarInfo(f"{target.name.removesuffix('.tar.gz')}/{path.relative_to(folder).as_posix()}")
            info.size = path.stat().st_size
            info.mode = EXECUTABLE if path.name == "install.sh" else READABLE
            with path.open("rb") as file:
                tar.addfile(info, file)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out, gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed:
        packed.write(raw.getvalue())
    target.with_name(target.name + ".sha256").write_text(f"{sha256(target)}  {target.name}\n", encoding="utf-8")


def collect(wheels: Path) -> None:
    """Fetch the wheels of the lock, and build our own."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    lock = ["--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock"]
    subprocess.run([*pip, "download", *lock, "--dest", str(wheels)], cwd=ROOT, check=True)  # noqa: S603 - fixed words
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed words


def main(arguments: list[str] | None = None) -> int:
    """Make the bundle; its name is the last line."""
    parser = argparse.ArgumentParser(
        prog="make bundle", description="Everything for a machine without a network, in one file."
    )
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the bundle (default: dist)")
    parser.add_argument("--wheels", type=Path, help="folder with all wheels, our own too; nothing is fetched")
    given = parser.parse_args(arguments)
    release = version()
    with tempfile.TemporaryDirectory(prefix="luochui-bundle-") as scratch:
        wheels: Path = given.wheels or Path(scratch) / "wheels"
        if given.wheels is None:
            wheels.mkdir()
            collect(wheels)
        folder = Path(scratch) / "bundle"
        folder.mkdir()
        fill(folder, wheels, release)
        target: Path = given.out / f"luochui-offline-{release}.tar.gz"
        pack(folder, target)
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
