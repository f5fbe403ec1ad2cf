"""The bare C send loop, built and run: the least a fan-out can cost on this machine."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("floor.c")


class NoFloor(Exception):
    """It cannot be built or run here."""


@cache
def built(compiler: str = "cc") -> Path:
    """
    The program.

    Raises:
        NoFloor: There is no C compiler.

    """
    found = shutil.which(compiler)
    if found is None:
        raise NoFloor("there is no C compiler: apt-get install gcc libc6-dev")
    program = Path(tempfile.mkdtemp(prefix="luochui-floor-")) / "floor"
    done = subprocess.run([found, "-O2", "-o", program, SOURCE], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise NoFloor(done.stderr[:300])
    return program
