"""
``make sbom``: what the engine consists of, as a bill of materials (CycloneDX 1.6, JSON).

From ``requirements.lock`` and the table of vendored browser code; nothing is asked of a network. The same tree gives the same bytes.
"""

import argparse
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from engine.deploy.bundle import ROOT, sha256, version

_PINNED: Final = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)([^\n]*(?:\n    --hash=[^\n]*)*)", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VENDORED: Final = re.compile(
    r"^\| `(?P<file>[^`]+)` \| \[(?P<name>[^\]]+)\]\((?P<url>[^)]+)\)[^|]*\| (?P<version>[^| ]+) \| (?P<licence>[A-Za-z0-9.-]+)",
    re.MULTILINE,
)


def python_parts(lock: str) -> Iterator[dict[str, Any]]:
    """Each distribution of a lock, with the hashes of the files that may be installed for it."""
    for name, pinned, rest in _PINNED.findall(lock):
        purl = f"pkg:pypi/{name}@{pinned}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": pinned,
            "purl": purl,
            **_licence(_expression(name, pinned)),
            "properties": [{"name": "luochui:file:sha256", "value": digest} for digest in _HASH.findall(rest)],
        }


def browser_parts(web: Path) -> Iterator[dict[str, Any]]:
    """What the pages hold of others."""
    for found in _VENDORED.finditer((web / "vendor" / "README.md").read_text(encoding="utf-8")):
        purl = f"pkg:npm/{quote(found['name'].lower())}@{found['version']}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": found["name"],
            "version": found["version"],
            "purl": purl,
            **_licence(found["licence"]),
            "hashes": [{"alg": "SHA-256", "content": sha256(web / "vendor" / found["file"])}],
            "externalReferences": [{"type": "website", "url": found["url"]}],
        }


def bill(lock: str, web: Path) -> dict[str, Any]:
    """The whole of it."""
    parts = sorted((*python_parts(lock), *browser_parts(web)), key=lambda part: str(part["bom-ref"]))
    own = f"pkg:generic/luochui@{version()}"
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{own}#{digest}')}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "luochui",
                "version": version(),
                "purl": own,
                **_licence("Apache-2.0"),
            }
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _licence(expression: str | None) -> dict[str, Any]:
    return {} if expression is None else {"licenses": [{"expression": expression}]}


def _expression(name: str, pinned: str) -> str | None:
    """The SPDX expression of what is installed here, if it is the version of the lock and says one."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    return said["License-Expression"] if said["Version"] == pinned and "License-Expression" in said else None


def main(arguments: list[str] | None = None) -> int:
    """Write the bill; its name is the last line."""
    parser = argparse.ArgumentParser(prog="make sbom", description="What the engine consists of, as CycloneDX JSON.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the file (default: dist)")
    given = parser.parse_args(arguments)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    target: Path = given.out / f"luochui-{version()}.cdx.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(lock, ROOT / "web"), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
