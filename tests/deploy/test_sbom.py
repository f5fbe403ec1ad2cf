"""The bill of materials: every package of the lock, every script of others, and nothing that changes by itself."""

import json
import re
from pathlib import Path

import pytest

from engine.deploy import sbom
from tests.test_packaging import ROOT, locked

VENDORED = [("web/vendor", "lit.js"), ("tests/browser/vendor", "axe.min.js")]


def made(folder: Path) -> bytes:
    assert sbom.main(["--out", str(folder)]) == 0
    [file] = folder.glob("*.cdx.json")
    return file.read_bytes()


def test_it_names_every_package_of_the_lock_with_its_hashes(tmp_path: Path) -> None:
    bill = json.loads(made(tmp_path))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    parts = {part["name"]: part for part in bill["components"]}
    pins = locked("requirements.lock")
    assert {name: parts[name]["version"] for name in pins} == pins
    for name in pins:
        assert parts[name]["purl"] == f"pkg:pypi/{name}@{pins[name]}"
        assert parts[name]["properties"], name
        assert all(re.fullmatch(r"[0-9a-f]{64}", each["value"]) for each in parts[name]["properties"])
    references = [part["bom-ref"] for part in bill["components"]]
    assert len(set(references)) == len(references)
    assert bill["dependencies"][0]["dependsOn"] == references


def test_it_names_what_the_pages_hold_of_others(tmp_path: Path) -> None:
    parts = [part for part in json.loads(made(tmp_path))["components"] if part["purl"].startswith("pkg:npm/")]
    licences = {part["name"]: part["licenses"] for part in parts}
    mit = [{"expression": "MIT"}]
    assert licences == {"Lit": [{"expression": "BSD-3-Clause"}], "@noble/curves": mit, "@noble/ciphers": mit}
    pins = json.loads((ROOT / "web" / "package.json").read_bytes())["devDependencies"]
    assert all(part["version"] == pins[part["name"].lower()] for part in parts)
    assert "pkg:npm/%40noble/curves@" + pins["@noble/curves"] in {part["purl"] for part in parts}


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    assert made(tmp_path / "one") == made(tmp_path / "other")


@pytest.mark.parametrize(("folder", "file"), VENDORED)
def test_vendored_browser_code_stands_with_its_version_and_its_licence(folder: str, file: str) -> None:
    place = ROOT / folder
    table = (place / "README.md").read_text(encoding="utf-8")
    row = next(line for line in table.splitlines() if line.startswith(f"| `{file}`"))
    assert re.search(r"\| [0-9]+\.[0-9]+\.[0-9]+ \|", row)
    licences = re.findall(r"`(LICENSE[^`]+)`", row)
    assert licences
    for licence in licences:
        assert (place / licence).stat().st_size > 1000
    scripts = {path.name for path in place.iterdir() if path.suffix == ".js"}
    assert scripts <= set(re.findall(r"`([^`]+\.js)`", table))


def test_no_page_and_no_script_of_ours_loads_anything_from_elsewhere() -> None:
    loads = re.compile(r"""(?:from|import|src=|href=|url\()\s*\(?["'](https?:)?//""")
    for path in (ROOT / "web").rglob("*"):
        inside = path.relative_to(ROOT / "web").parts
        if path.suffix in {".js", ".html", ".css", ".mjs"} and inside[0] not in {
            "node_modules",
            "tests",
            "screenshots",
        }:
            assert not loads.search(path.read_text(encoding="utf-8")), path
