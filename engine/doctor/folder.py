"""Whose is the data folder, who may write in it, and does an engine serve it?"""

import fcntl
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.doctor.finding import Finding, fault, ok

FOR_EVERYBODY: Final = 0o002


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the house."""

    path: Path
    mode: int

    usable: bool
    """Whether we may look into it and write in it."""


def look(data: Path, anchors: Path | None) -> list[Folder]:
    """The data folder and those in it that are there, and that of the anchors."""
    places = [data, data / "sales", data / "keys", anchors or data / "anchors", *sorted(data.glob("sales/*"))]
    return [
        Folder(path, stat.S_IMODE(path.stat().st_mode), os.access(path, os.R_OK | os.W_OK | os.X_OK))
        for path in places
        if path.is_dir()
    ]


def judge(folders: Sequence[Folder]) -> Finding:
    """What that means."""
    closed = [str(folder.path) for folder in folders if not folder.usable]
    open_to_all = [str(folder.path) for folder in folders if folder.mode & FOR_EVERYBODY]
    if closed:
        return fault(
            "folders",
            f"当前用户不能读写目录：{'、'.join(closed)}。请把它们交给运行落槌的用户（chown -R）。",
            f"This user may not read and write in {', '.join(closed)}: give them to the user that runs the house (chown -R).",
            closed=closed,
        )
    if open_to_all:
        return fault(
            "folders",
            f"任何用户都可写入：{'、'.join(open_to_all)}。请执行 chmod o-w。",
            f"Anybody may write in {', '.join(open_to_all)}: chmod o-w.",
            open_to_all=open_to_all,
        )
    return ok(
        "folders",
        f"{len(folders)} 个目录权限妥当。",
        f"The rights of {len(folders)} folder(s) are as they should be.",
        folders=len(folders),
    )


def look_lock(data: Path) -> bool | None:
    """Whether an engine holds the folder; None if that cannot be told. The lock is not taken from anybody."""
    lock = data / "engine.lock"
    if not lock.exists():
        return False
    try:
        with lock.open("rb") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    except OSError:
        return None
    return False


def judge_lock(*, held: bool | None) -> Finding:
    """What that means."""
    if held is None:
        return fault(
            "lock",
            "engine.lock 无法读取，引擎将无法开启：请改正其属主。",
            "engine.lock cannot be read, and no engine could start: mend its owner.",
        )
    if held:
        return ok("lock", "一个引擎正在使用该目录。", "An engine serves this folder.", served=True)
    return ok("lock", "没有引擎在使用该目录。", "No engine serves this folder.", served=False)
