"""May only the house read its keys?"""

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.doctor.finding import Finding, fault, ok

FOR_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that nobody else should read."""

    path: Path
    mode: int
    readable: bool
    """Whether we may read it ourselves."""


def look(paths: Sequence[Path]) -> list[KeyFile]:
    """The modes of those of ``paths`` that are there."""
    found = []
    for path in paths:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            continue
        except OSError:
            found.append(KeyFile(path, 0, readable=False))
            continue
        try:
            with path.open("rb"):
                found.append(KeyFile(path, mode, readable=True))
        except OSError:
            found.append(KeyFile(path, mode, readable=False))
    return found


def secrets_of(data: Path | None, tls_key: str) -> list[Path]:
    """Every file of a house that nobody else should read."""
    named = [Path(tls_key)] if tls_key else []
    if data is None:
        return named
    return [*sorted(data.glob("keys/**/*.pem")), *sorted(data.glob("sales/*/journal.sqlite*")), *named]


def judge(files: Sequence[KeyFile]) -> Finding:
    """What that means."""
    hidden = [str(file.path) for file in files if not file.readable]
    open_to_others = [str(file.path) for file in files if file.readable and file.mode & FOR_OTHERS]
    if hidden:
        return fault(
            "keys",
            f"当前用户不能读取：{'、'.join(hidden)}。请用运行落槌的用户执行本检查，或改正文件属主。",
            f"This user cannot read {', '.join(hidden)}: run this check as the user that runs the house, or mend the owner.",
            unreadable=hidden,
        )
    if open_to_others:
        return fault(
            "keys",
            f"其他用户可以读取：{'、'.join(open_to_others)}。请执行 chmod 600。",
            f"Others may read {', '.join(open_to_others)}: chmod 600.",
            open_to_others=open_to_others,
        )
    return ok(
        "keys",
        f"{len(files)} 个密钥与记录文件只有本用户可读。" if files else "尚无密钥，首次开启时生成。",
        f"Only this user may read the {len(files)} files of keys and journals."
        if files
        else "There are no keys yet; they are made at the first start.",
        files=len(files),
    )
