"""Where and on what a report was made."""

import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apsw


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine, as far as it matters to figures."""

    system: str
    processor: str
    cores: int
    memory_gib: float
    python: str
    sqlite: str

    @classmethod
    def ours(cls) -> "Machine":
        """This one."""
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        return cls(
            system=f"{platform.system()} {platform.release()}",
            processor=platform.machine(),
            cores=os.cpu_count() or 0,
            memory_gib=round(pages * size / 2**30, 1),
            python=platform.python_version(),
            sqlite=apsw.sqlite_lib_version(),
        )

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


CHANGED = "+changed"
"""Behind a commit whose files were changed since: nobody can come back to that."""


def commit(root: Path) -> str:
    """The commit of ``root``; empty where nothing says so."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        head = git("rev-parse", "--short=12", "HEAD")
        return head + CHANGED if head and git("status", "--porcelain", "--untracked-files=no") else head
    except FileNotFoundError:
        return ""


def can_be_found_again(said: str) -> bool:
    """Whether a result at this commit still holds when it is seen again."""
    return bool(said) and not said.endswith(CHANGED)
