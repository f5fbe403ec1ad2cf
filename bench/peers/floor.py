"""The bare C send loop, built and run: the least a fan-out can cost on this machine."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from bench.peers.loop import Stuck, loop

SOURCE: Final = Path(__file__).with_name("floor.c")


class NoFloor(Exception):
    """It cannot be built or run here."""


@cache
def built() -> Path:
    """
    The program.

    Raises:
        NoFloor: There is no C compiler.

    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise NoFloor("there is no C compiler (cc)")
    program = Path(tempfile.mkdtemp(prefix="luochui-floor-")) / "floor"
    done = subprocess.run([compiler, "-O2", "-o", program, SOURCE], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise NoFloor(done.stderr[:300])
    return program


def microseconds(displays: int, size: int, events: int, interval_s: float) -> float:
    """
    CPU of the loop for each message it sent, in microseconds.

    Raises:
        NoFloor: It cannot be built or run here.

    """
    try:
        return loop([built()], None, displays, size, events, interval_s)
    except Stuck as why:
        raise NoFloor(str(why)) from None
