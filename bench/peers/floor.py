"""The bare C send loop, built and run: the least a fan-out can cost on this machine."""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from bench.house import share_cores

SOURCE: Final = Path(__file__).with_name("floor.c")
PATIENCE_S: Final = 120


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
    program, cores = built(), share_cores()
    command: list[str | Path] = [program, str(displays), str(size), str(events), str(round(interval_s * 1e6))]
    floor = subprocess.Popen(_on(cores.house, command), stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    assert floor.stdout is not None
    port = floor.stdout.readline().strip()
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)}
    sink = subprocess.Popen(  # noqa: S603 - ours
        _on(cores.generator, [sys.executable, "-m", "bench.peers.sink", port, str(displays)]), env=path
    )
    try:
        said, _ = floor.communicate(timeout=PATIENCE_S + events * interval_s)
        cpu, sends = map(int, said.split())
        return cpu / sends
    except (subprocess.TimeoutExpired, ValueError):
        raise NoFloor("it did not come to its end") from None
    finally:
        for process in (floor, sink):
            process.kill()
            process.wait()


def _on(cores: frozenset[int], command: list[str | Path]) -> list[str | Path]:
    """``command``, on these cores where they can be chosen."""
    tasks = shutil.which("taskset")
    return command if tasks is None or not cores else [tasks, "-c", ",".join(map(str, sorted(cores))), *command]
