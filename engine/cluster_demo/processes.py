"""A program of ours, or Redis, as a process of the demo: started, killed and started again at its place."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
import trio

LUOCHUI: Final = Path(sys.executable).with_name("luochui")
PATIENCE_S: Final = 120.0
"""A busy machine starts a program in seconds. One that takes longer hangs."""

STOP_S: Final = 20.0
LOOK_S: Final = 0.02
LINE_BYTES_MAX: Final = 65_536
SAID_MAX: Final = 2_000
"""Characters of a program's last complaints that are told."""


class ClusterDemoFault(Exception):
    """
    The demo cannot go on.

    Attributes:
        code: For programs.
        zh: The sentence in Chinese.

    """

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.code, self.zh = code, zh


@dataclass
class Process:
    """One program. What it complains of is added to ``errors``."""

    name: str
    command: Sequence[str | Path]
    env: Mapping[str, str]
    errors: Path
    ready: Callable[["Process"], Any]
    """Awaited after each start; returns when it is at work."""

    port: int = 0
    """Where it listens; 0 before the first start takes a free one, which is kept."""

    url: str = ""
    running: trio.Process | None = field(default=None, repr=False)

    async def start(self) -> None:
        """
        Start it, and return when it is at work.

        Raises:
            ClusterDemoFault: It ended, or is not at work in time.

        """
        with self.errors.open("ab") as stderr:
            self.running = await trio.lowlevel.open_process(
                [*self.command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=dict(self.env),
            )
        try:
            with trio.fail_after(PATIENCE_S):
                await self.ready(self)
        except (trio.TooSlowError, EOFError, ValueError) as error:
            raise self.fault() from error

    async def end(self, by: signal.Signals) -> None:
        """End it by a signal; one that does not end is killed."""
        process, self.running = self.running, None
        if process is None:
            return
        with trio.CancelScope(shield=True):
            if process.returncode is None:
                process.send_signal(by)
            with trio.move_on_after(STOP_S):
                await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()
            if process.stdout is not None:
                await process.stdout.aclose()

    async def kill(self) -> None:
        """As a power cut would."""
        await self.end(signal.SIGKILL)

    def fault(self, said: str = "") -> ClusterDemoFault:
        """It is not at work, and ``said`` why; or it is in its complaints."""
        said = said or self.errors.read_text(encoding="utf-8", errors="replace")[-SAID_MAX:].strip()
        return ClusterDemoFault(
            "E_DEMO_PROCESS",
            f"the {self.name} did not come to work{f': {said}' if said else ''}",
            f"进程 {self.name} 未能启动{f'：{said}' if said else ''}",
        )


async def told(process: Process) -> None:
    """Wait for the line of JSON with which a program of ours says that it is at work, and take its address from it."""
    assert process.running is not None
    assert process.running.stdout is not None
    line = bytearray()
    while b"\n" not in line and len(line) < LINE_BYTES_MAX:
        data = await process.running.stdout.receive_some()
        if not data:
            raise EOFError
        line += data
    said = orjson.loads(line.partition(b"\n")[0])
    if "fault" in said:
        raise process.fault(said["message"])
    process.url = said.get("url", "")
    if process.url:
        process.port = int(process.url.rpartition(":")[2])


def ours(name: str, errors: Path, settings: Mapping[str, str], *arguments: str | Path) -> Process:
    """
    A command of ``luochui``, with ``settings`` and none that whoever plays the demo may have set.

    Raises:
        OSError: The file for complaints cannot be made.

    """
    others = {name: value for name, value in os.environ.items() if not name.startswith("LUOCHUI_")}
    return Process(name, [LUOCHUI, *arguments, "--json"], {**others, **settings}, errors, told)


def redis(folder: Path, socket: Path, errors: Path) -> Process:
    """
    A redis-server of the demo's own, on a Unix socket. It keeps nothing: killed, it comes back empty.

    Raises:
        ClusterDemoFault: There is no redis-server on this machine.

    """
    program = shutil.which("redis-server")
    if program is None:
        raise ClusterDemoFault(
            "E_REDIS_MISSING",
            "redis-server is not on this machine's PATH; install it (apt install redis-server, brew install redis) and try again",
            "本机未找到 redis-server：请先安装（apt install redis-server 或 brew install redis）再试。",
        )
    command: list[str | Path] = [program, "--port", "0", "--unixsocket", socket, "--dir", folder]
    command += ["--save", "", "--appendonly", "no", "--loglevel", "warning"]

    async def answers(process: Process) -> None:
        while not await _pongs(socket):
            if process.running is None or process.running.poll() is not None:
                raise EOFError
            await trio.sleep(LOOK_S)

    return Process("redis-server", command, dict(os.environ), errors, answers)


async def _pongs(socket: Path) -> bool:
    try:
        async with await trio.open_unix_socket(socket) as stream:
            await stream.send_all(b"PING\r\n")
            return (await stream.receive_some()).startswith(b"+PONG")
    except (OSError, trio.BrokenResourceError):
        return False
