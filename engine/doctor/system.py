"""Open files, Python, SQLite."""

import platform
import resource
import sys
from dataclasses import dataclass
from typing import Final

import apsw

from engine.doctor.finding import Finding, fault, ok, warning

FILES_FAULT: Final = 512
FILES_WARNING: Final = 8192
FILES_PER_BROWSER: Final = 1
FILES_PER_BROWSER_TLS: Final = 3
PYTHON_LEAST: Final = (3, 11)
SQLITE_LEAST: Final = (3, 51, 3)
"""Older ones can corrupt a write-ahead log that two connections use. Source: sqlite.org/wal.html, 'the WAL-reset bug'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """What we run on."""

    python: tuple[int, ...]
    sqlite: tuple[int, ...]
    system: str


def look_files() -> int:
    """How many files this process may open at most; -1 means any number."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return -1 if most == resource.RLIM_INFINITY else most


def judge_files(most: int, *, tls: bool) -> Finding:
    """What that means: a browser is an open file, and two more with TLS of our own."""
    browsers = most // (FILES_PER_BROWSER_TLS if tls else FILES_PER_BROWSER)
    if most == -1 or most >= FILES_WARNING:
        many_zh, many_en = ("任意多", "any number of") if most == -1 else (f"约 {browsers} ", f"about {browsers}")
        return ok(
            "open files",
            f"可同时接待{many_zh}个浏览器。",
            f"There is room for {many_en} browsers.",
            most=most,
        )
    make = fault if most < FILES_FAULT else warning
    return make(
        "open files",
        f"本进程最多打开 {most} 个文件，约可接待 {browsers} 个浏览器：请提高上限（systemd 的 LimitNOFILE）。",
        f"This process may open {most} files, room for about {browsers} browsers: raise it (LimitNOFILE in systemd).",
        most=most,
    )


def look_programs() -> Programs:
    """The versions of Python and SQLite."""
    return Programs(
        python=tuple(sys.version_info[:3]),
        sqlite=tuple(int(number) for number in apsw.sqlite_lib_version().split(".")),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
    )


def judge_programs(programs: Programs) -> Finding:
    """What that means."""
    python, sqlite = (".".join(map(str, version)) for version in (programs.python, programs.sqlite))
    facts = {"python": python, "sqlite": sqlite, "system": programs.system}
    if programs.python < PYTHON_LEAST or programs.sqlite < SQLITE_LEAST:
        return fault(
            "programs",
            f"Python {python}、SQLite {sqlite} 过旧：请按 requirements.lock 重新安装。",
            f"Python {python} or SQLite {sqlite} is too old: install again from requirements.lock.",
            **facts,
        )
    return ok(
        "programs",
        f"运行于 Python {python}、SQLite {sqlite}。",
        f"This is Python {python} with SQLite {sqlite}.",
        **facts,
    )
