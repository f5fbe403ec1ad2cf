"""What a person downloads, installs and runs: the files at the top of the tree agree with each other."""

import json
import re
import stat
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-nightly.lock")
PADES_LOCK = "requirements-pades.lock"
"""What the engine needs, and what signs papers."""

PEERS_LOCK = "requirements-peers.lock"
"""Of an environment apart from ours, for what ``luochui bench peers`` measures beside us."""

TOP_LEVEL = {
    *("engine", "web", "clients", "bench", "tests", "pyproject.toml", "Dockerfile"),
    *(
        "README.md",
        "README.zh-CN.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "Makefile",
        *LOCKS,
        PADES_LOCK,
        PEERS_LOCK,
        "compose.yaml",
    ),
    *(".ci", ".dockerignore", ".gitignore"),
}
MADE_AGAIN = {".git", ".venv", ".venv-peers", "var", "dist", "build", "htmlcov"}


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def locked(lock: str) -> dict[str, str]:
    """Name → version, of every distribution in a lock file."""
    text = (ROOT / lock).read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def release(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def test_the_top_level_holds_the_fixed_folders_and_what_every_repository_has() -> None:
    found = {entry.name for entry in ROOT.iterdir()}
    caches = {name for name in found if name.startswith(".") and (name.endswith("_cache") or name == ".hypothesis")}
    coverage = {name for name in found if name.startswith(".coverage")}
    assert found - MADE_AGAIN - caches - coverage <= TOP_LEVEL


def test_every_dependency_has_a_floor_and_the_locks_stand_on_or_above_it() -> None:
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)
    pins = locked("requirements.lock")
    for dependency in dependencies:
        name, _, floor = dependency.partition(">=")
        assert floor, dependency
        assert release(pins[name]) >= release(floor), dependency


def test_all_locks_pin_the_same_versions() -> None:
    runtime, dev, everything = (locked(lock) for lock in LOCKS)
    assert runtime.items() <= dev.items() <= everything.items()


def test_what_signs_papers_is_an_extra_and_the_engine_is_locked_without_it() -> None:
    extras = project()["optional-dependencies"]
    assert isinstance(extras, dict)
    assert list(extras) == ["pades"]
    with_it, without, dev = locked(PADES_LOCK), locked("requirements.lock"), locked("requirements-dev.lock")
    assert without.items() <= with_it.items() <= dev.items()
    assert "pyhanko" in with_it.keys() - without.keys()


def test_a_library_that_is_ours_and_a_peer_has_one_version() -> None:
    ours, theirs = locked("requirements-dev.lock"), locked(PEERS_LOCK)
    for name in ("websockets", "trio", "redis", "orjson"):
        assert theirs[name] == ours[name], name


def test_the_peers_on_node_and_bun_have_hashes_and_no_addresses() -> None:
    text = (ROOT / "bench" / "peers" / "package-lock.json").read_text("utf-8")
    packages = {name: each for name, each in json.loads(text)["packages"].items() if name}
    assert "resolved" not in text
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())


@pytest.mark.parametrize("lock", [*LOCKS, PADES_LOCK, PEERS_LOCK])
def test_a_lock_holds_hashes_for_all_and_addresses_for_none(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-|/|\.)(?!-hash=)", text, re.MULTILINE), "an option or a path"
    blocks = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(locked(lock))
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_journal_in_a_volume() -> None:
    image = (ROOT / "Dockerfile").read_text("utf-8")
    last_stage = image.rsplit("\nFROM ", maxsplit=1)[1]
    assert "USER 10001:10001" in last_stage
    assert 'VOLUME ["/data", "/anchors"]' in last_stage
    assert "EXPOSE 8000" in last_stage
    assert "HEALTHCHECK" in last_stage
    assert '"--data", "/data"' in last_stage
    assert "--require-hashes" in image


def test_the_image_and_the_compose_file_carry_the_version_of_the_project() -> None:
    assert f"image: luochui:{project()['version']}\n" in (ROOT / "compose.yaml").read_text("utf-8")


def test_every_path_the_image_copies_reaches_the_builder() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == allowed


def test_both_containers_are_read_only_and_gain_no_rights() -> None:
    compose = (ROOT / "compose.yaml").read_text("utf-8")
    services = compose.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    named = re.split(r"^  (?=\w)", services, flags=re.MULTILINE)[1:]
    assert [service.split(":")[0] for service in named] == ["engine", "tls"]
    for service in named:
        assert "read_only: true" in service
        assert "no-new-privileges:true" in service
        assert "cap_drop: [ALL]" in service


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    assert "make test" in script.read_text("utf-8")


def test_the_wheel_carries_the_pages_inside_the_engine_and_no_test(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"engine", "clients", "bench"}
    pages = {path.relative_to(ROOT / "web").as_posix() for path in (ROOT / "web" / "shared").rglob("*.js")}
    assert pages
    assert {f"engine/_web/{page}" for page in pages} <= set(names)
    assert "engine/papers/paper.typ" in names
    assert not [name for name in names if "node_modules" in name or "/tests/" in name or name.endswith(".pyc")]
