"""A nightly check: a command of ours, and what it says with its last line."""

import sys
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

LIMIT_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One table of ``checks.toml``."""

    name: str
    command: tuple[str, ...]
    """A module of the tests, then its arguments."""

    promises: tuple[str, ...]
    zh: str
    en: str
    size: int | None = None
    """How much is tried in full, passed on as ``--size``; without it a check of another scale is given ``--scale``."""

    limit_s: float = LIMIT_S
    """A check that takes longer is ended, and red."""

    alone: bool = False
    """It measures times: no other check may run beside it."""

    resumes: bool = False
    """It takes ``--resume`` itself, and goes on where it was interrupted."""

    def line(self, scale: float, *, resume: bool = False) -> list[str]:
        """The command line at ``scale``."""
        line = [sys.executable, "-m", *self.command]
        if self.size is not None:
            line += ["--size", str(max(1, round(self.size * scale)))]
        elif scale != 1:
            line += ["--scale", str(scale)]
        return [*line, "--resume"] if resume and self.resumes else line


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The last line of a check, as it should be."""

    promises: list[str]
    passed: bool
    figures: dict[str, Any]
    seeds: str | None
    took_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a check."""

    name: str
    passed: bool
    why: str
    """Why it is red; empty if it is not."""

    promises: tuple[str, ...]
    figures: dict[str, Any]
    seeds: str | None
    took_s: float
    command: tuple[str, ...]
    last_words: str
    """The end of what it said on stderr, if it is red."""

    commit: str
    scale: float
    at: str
    """When it ended, UTC."""

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def read_checks(path: Path) -> list[Check]:
    """
    The checks of a list.

    Raises:
        ValueError: It cannot be read, or two checks have one name.

    """
    try:
        checks = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")).get("check", []), list[Check])
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    names = [check.name for check in checks]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"{path}: several checks are called {', '.join(sorted(twice))}")
    return checks


def judged(code: int | None, stdout: str) -> tuple[Said | None, str]:
    """
    What a check that ended with ``code`` said, and why it is red; empty if it is not.

    Args:
        code: Its exit code; None if it was ended for taking too long.
        stdout: All it said there.

    """
    lines = stdout.strip().splitlines()
    try:
        said = msgspec.json.decode(lines[-1].encode(), type=Said) if lines else None
    except msgspec.MsgspecError:
        said = None
    if code is None:
        return said, "it took too long"
    if said is None:
        return None, f"it ended with {code} and without a result"
    if not said.passed:
        return said, "it found a promise broken"
    if code != 0:
        return said, f"it says that it passed, but ended with {code}"
    return said, ""
