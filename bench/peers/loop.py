"""One server that tells everybody the same, again and again, and the sockets that listen to it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.house import share_cores
from bench.open_files import raise_file_limit

PATIENCE_S: Final = 120


class Stuck(Exception):
    """It did not start, or did not come to its end. Says the last it said."""


def loop(  # noqa: PLR0913, PLR0917 - what floor.c takes
    command: Sequence[str | Path], path: str | None, displays: int, size: int, events: int, interval_s: float
) -> float:
    """
    CPU of the server for each message it sent, in microseconds.

    Args:
        command: The server; it is given N BYTES EVENTS INTERVAL_US, says its port, and in the end its CPU and its sends.
        path: Where WebSockets shake hands; None for bare sockets.
        displays: How many listen.
        size: Bytes of a frame.
        events: How often all are told.
        interval_s: The time between.

    Raises:
        Stuck: There is no figure.

    """
    raise_file_limit()
    cores = share_cores()
    task = [str(displays), str(size), str(events), str(round(interval_s * 1e6))]
    server = subprocess.Popen(  # noqa: S603 - ours, or what the caller installed
        on(cores.house, [*command, *task]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    assert server.stdout is not None
    assert server.stderr is not None
    port = server.stdout.readline().strip()
    if not port.isdigit():
        server.kill()
        raise Stuck(_last(server.communicate()[1]))
    listen = [sys.executable, "-m", "bench.peers.sink", port, str(displays), *([path] if path is not None else [])]
    sink = subprocess.Popen(on(cores.generator, listen), env=environment())  # noqa: S603 - ours
    try:
        said, complaints = server.communicate(timeout=PATIENCE_S + 4 * events * interval_s)
        if len(said.split()) != 2:
            raise Stuck(_last(complaints))
        cpu, sends = map(int, said.split())
        return cpu / sends
    except subprocess.TimeoutExpired:
        raise Stuck("it did not come to its end") from None
    finally:
        for process in (server, sink):
            process.kill()
            process.wait()
        server.stdout.close()
        server.stderr.close()


def _last(complaints: str) -> str:
    """The last line that says something."""
    lines = [line.strip(" |+-") for line in complaints.splitlines()]
    return next((line for line in reversed(lines) if line), "it said nothing")


def environment() -> dict[str, str]:
    """Ours, and where our modules are; packages of our environment are not handed on."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def on(cores: frozenset[int], command: Sequence[str | Path]) -> list[str | Path]:
    """``command``, on these cores where they can be chosen."""
    tasks = shutil.which("taskset")
    return [*command] if tasks is None or not cores else [tasks, "-c", ",".join(map(str, sorted(cores))), *command]
