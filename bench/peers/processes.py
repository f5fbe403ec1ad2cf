"""Processes that are measured: started on their cores, talked to line by line, looked at from outside, and ended."""

import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

START_S: Final = 20.0


class Stuck(Exception):
    """It did not start, or did not come to its end. Says the last it said."""


@dataclass(slots=True)
class Process:
    """One of them."""

    popen: subprocess.Popen[bytes]
    complaints: IO[bytes]
    _said: bytes = b""

    @property
    def pid(self) -> int:
        """Its process; what was started through ``taskset`` has become the program itself."""
        return self.popen.pid

    def say(self, line: str) -> None:
        """One line to its standard input."""
        assert self.popen.stdin is not None
        with suppress(BrokenPipeError):
            self.popen.stdin.write(line.encode() + b"\n")
            self.popen.stdin.flush()

    def close_stdin(self) -> None:
        """It reads the end of its standard input."""
        assert self.popen.stdin is not None
        with suppress(BrokenPipeError):
            self.popen.stdin.close()

    def wait_for_line(self, patience_s: float) -> None:
        """
        Wait until it has said a line, and leave that to be read.

        Raises:
            TimeoutError: It did not.
            Stuck: It has ended.

        """
        assert self.popen.stdout is not None
        ends = time.monotonic() + patience_s
        fd = self.popen.stdout.fileno()
        while b"\n" not in self._said:
            if not select.select([fd], [], [], max(0.0, ends - time.monotonic()))[0]:
                raise TimeoutError
            more = os.read(fd, 4096)
            if not more:
                raise Stuck(self.last())
            self._said += more

    def line(self, patience_s: float = START_S) -> str:
        """
        The next line it says.

        Raises:
            Stuck: It says none.

        """
        try:
            self.wait_for_line(patience_s)
        except TimeoutError:
            raise Stuck(f"it said nothing in {patience_s:.0f} s") from None
        line, _, self._said = self._said.partition(b"\n")
        return line.decode(errors="replace").strip()

    def last(self) -> str:
        """The last line it complained in."""
        self.complaints.seek(0)
        lines = [line.strip(" |+-") for line in self.complaints.read().decode(errors="replace").splitlines()]
        return next((line for line in reversed(lines) if line), "it said nothing")


@contextmanager
def running(command: Sequence[str | Path], more: Mapping[str, str] | None = None) -> Iterator[Process]:
    """``command``, for as long as the block lasts; ``more`` is added to its environment."""
    with tempfile.TemporaryFile() as complaints:
        popen = subprocess.Popen(  # noqa: S603 - ours, or what the caller installed
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**environment(), **(more or {})},
        )
        try:
            yield Process(popen, complaints)
        finally:
            popen.kill()
            popen.wait()
            for pipe in (popen.stdin, popen.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()


def environment() -> dict[str, str]:
    """Ours, and where our modules are; packages of our environment are not handed on."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "NODE_ENV": "production"}


def on(cores: frozenset[int], command: Sequence[str | Path]) -> list[str | Path]:
    """``command``, on these cores where they can be chosen."""
    tasks = shutil.which("taskset")
    return [*command] if tasks is None or not cores else [tasks, "-c", ",".join(map(str, sorted(cores))), *command]


def cpu_s(pid: int) -> float:
    """Processor time of ``pid`` so far, all its threads, to the nanosecond: what ``clock_getcpuclockid`` of the C library names."""
    return time.clock_gettime(~pid << 3 | 2)


def rss_kib(pid: int) -> int:
    """Resident memory of ``pid``."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path("/proc", str(pid), "status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now."""
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def wait_for(port: int, server: Process) -> None:
    """
    Wait until somebody listens.

    Raises:
        Stuck: Nobody does.

    """
    ends = time.monotonic() + START_S
    while time.monotonic() < ends and server.popen.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.02)
    raise Stuck(f"it did not start: {server.last()}")
