"""A redis-server of a peer's own."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.house import share_cores
from bench.peers.processes import free_ports, on, running, wait_for

MISSING: Final = "redis-server is not installed: apt-get install redis-server"
NOTHING_KEPT: Final = ("--save", "", "--appendonly", "no")
EVERY_WRITE_KEPT: Final = ("--save", "", "--appendonly", "yes", "--appendfsync", "always")
"""An answer is given once the disk has what it answers."""


@dataclass(frozen=True, slots=True)
class Redis:
    """One that runs."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}"


def missing() -> str | None:
    """Why there cannot be one."""
    return None if shutil.which("redis-server") else MISSING


@contextmanager
def redis(folder: Path, keeping: Sequence[str] = NOTHING_KEPT) -> Iterator[Redis]:
    """
    One on the house's core, which is killed at the end of the block.

    Raises:
        Stuck: It did not start.

    """
    (port,) = free_ports(1)
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--tcp-backlog",
        "4096",
    ]
    with running(on(share_cores().house, [*command, *keeping])) as process:
        wait_for(port, process)
        yield Redis(process.pid, port)
