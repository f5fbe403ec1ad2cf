"""
Bugs planted on purpose: the simulator must find each of them within so many seeds, tried in order from 0.

Each ``planted/*.patch`` is a unified diff against the repository with a head that says what it breaks and which promises should tell.
It is applied to a copy of the engine, and the simulator runs against the copy in a process of its own. A patch whose lines are no
longer there is a failure: the bug must be planted anew where the code has gone.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path(__file__).resolve().parent / "planted"
SEEDS_MAX: Final = 300
BESIDE: Final = ("tests", "clients", "bench", "web")
"""What the copy of the engine stands beside, as in the repository."""


class PatchFault(Exception):
    """A patch does not fit the code."""


@dataclass(frozen=True, slots=True)
class Bug:
    """One planted bug."""

    name: str
    breaks: str
    promises: tuple[str, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Catch:
    """How a bug was found."""

    name: str
    seed: int | None
    """The first seed that found it; None if none did."""

    promise: str
    words: str
    took_s: float


def bugs() -> list[Bug]:
    """All of them, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.patch"))]


def _read(path: Path) -> Bug:
    head, mark, diff = path.read_text(encoding="utf-8").partition("--- ")
    told = dict(line[2:].split(": ", 1) for line in head.splitlines() if line.startswith("# "))
    if not mark or told.keys() != {"breaks", "promises"}:
        raise PatchFault(f"{path.name}: its head says 'breaks' and 'promises', then comes the diff")
    return Bug(path.stem, told["breaks"], tuple(told["promises"].split()), mark + diff)


def plant(bug: Bug, root: Path) -> None:
    """
    Put ``bug`` into the code under ``root``.

    Raises:
        PatchFault: Its lines are not there, or not only once.

    """
    for part in re.split(r"(?m)^(?=--- )", bug.diff):
        if not part.strip():
            continue
        head, *hunks = re.split(r"(?m)^@@.*\n", part)
        path = root / head.split("+++ b/", 1)[1].split("\n", 1)[0].strip()
        text = path.read_text(encoding="utf-8")
        for hunk in hunks:
            old = "".join(line[1:] + "\n" for line in hunk.splitlines() if line[:1] in {" ", "-", ""})
            new = "".join(line[1:] + "\n" for line in hunk.splitlines() if line[:1] in {" ", "+", ""})
            if text.count(old) != 1:
                raise PatchFault(f"{bug.name}: its lines stand {text.count(old)} times in {path.name}: {old}")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()  # Of the code without the bug.


def hunt(bug: Bug, seeds_max: int = SEEDS_MAX) -> Catch:
    """Run the simulator against the engine with ``bug`` in it, up to the first seed that finds something."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="luochui-planted-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "engine", root / "engine")
        for name in BESIDE:
            (root / name).symlink_to(ROOT / name)
        plant(bug, root)
        done = subprocess.run(
            [sys.executable, "-m", "tests.simulation.hunter", str(seeds_max)],
            cwd=root,
            env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise PatchFault(f"{bug.name}: the hunt did not come to an end: {done.stderr[-3000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Catch(bug.name, found["seed"], found["promise"], found["words"], time.monotonic() - began)


def hunt_all(tell: Callable[[Catch], None], most: int | None = None) -> list[Catch]:
    """Every bug, or the first so many."""
    catches = []
    for bug in bugs()[:most]:
        catches.append(hunt(bug))
        tell(catches[-1])
    return catches
