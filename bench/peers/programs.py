"""Peers that tell by a clock of their own: what each needs, and how it is started."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from bench.house import share_cores
from bench.peers.floor import NoFloor, built
from bench.peers.measure import Door, Server
from bench.peers.processes import Process, Stuck, environment, on, running
from bench.peers.redis_beside import Redis, redis
from bench.peers.redis_beside import missing as no_redis
from bench.peers.task import Task
from bench.peers.versions import OF_NODE, OF_PYTHON, number, said
from bench.wire import masked

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
PYTHON: Final = ROOT / ".venv-peers" / "bin" / "python"
"""What ``make env-peers`` makes."""

INSTALL_NODE: Final = "npm ci --ignore-scripts --prefix bench/peers"
COME_IN_S: Final = 30.0
SOCKET_IO: Final = "/socket.io/?EIO=4&transport=websocket"


class Missing(Exception):
    """It cannot be started here. Says what is missing."""


def python_with(modules: str, python: str | None) -> list[str | Path]:
    """
    A Python that has ``modules``: that of the caller, that of ``make env-peers``, or ours.

    Raises:
        Missing: None has them all.

    """
    pythons = [python] if python is not None else [str(PYTHON), sys.executable]
    lacking = []
    for one in pythons:
        lacks = [each for each in modules.split(", ") if not _imports(one, each)]
        if not lacks:
            return [one]
        lacking.append(lacks)
    fewest = min(lacking, key=len)
    raise Missing(
        f"{', '.join(fewest)}: not installed: make env-peers, or pip install --require-hashes -r requirements-peers.lock"
    )


@cache
def _imports(python: str, module: str) -> bool:
    return not fails([python, "-c", f"import {module}"])


def node_with(module: str) -> list[str | Path]:
    """
    Node, if it finds ``module``.

    Raises:
        Missing: It is not there, or does not.

    """
    node = shutil.which("node")
    if node is None:
        raise Missing("node is not installed: apt-get install nodejs npm")
    if fails([node, "-e", "require(require.resolve(process.argv[1], {paths: [process.argv[2]]}))", module, str(HERE)]):
        raise Missing(f"node does not find {module}: {INSTALL_NODE}")
    return [node]


def bun() -> list[str | Path]:
    """
    Bun, from the system or from its package.

    Raises:
        Missing: It is not there.

    """
    found = shutil.which("bun")
    packaged = [found] if found else sorted((HERE / "node_modules" / "@oven").glob("bun-*/bin/bun"))
    for one in packaged:
        if not fails([one, "--version"]):
            return [one]
    raise Missing(f"bun is not installed: {INSTALL_NODE}")


def fails(command: Sequence[str | Path]) -> bool:
    """Whether it ends with anything but 0, or is not there."""
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), check=False)  # noqa: S603 - the caller's own
    except OSError:
        return True
    return bool(done.returncode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One of them."""

    name: str
    settings: str
    needs: str
    """Modules that its Python imports, a package that its Node requires, or ``cc`` and ``bun``."""

    file: str
    python: str | None = None
    path: str | None = "/"
    join: bytes = b""
    redis: bool = False
    more: Mapping[str, str] = field(default_factory=dict)
    """Added to its environment."""

    def command(self) -> list[str | Path]:
        """
        How it is started.

        Raises:
            Missing: It cannot be.

        """
        if self.needs == "cc":
            try:
                return [built()]
            except NoFloor as why:
                raise Missing(str(why)) from None
        if self.needs == "bun":
            return [*bun(), HERE / self.file]
        if self.file.endswith(".cjs"):
            return [*node_with(self.needs), HERE / self.file]
        return [*python_with(self.needs, self.python), "-m", f"bench.peers.{self.file.removesuffix('.py')}"]

    def missing(self) -> str | None:
        """Why it cannot be started here."""
        try:
            self.command()
        except Missing as why:
            return str(why)
        return no_redis() if self.redis else None

    def version(self) -> str:
        """
        What it is made of.

        Raises:
            Missing: It cannot be started here.

        """
        first = self.command()[0]
        if self.needs == "cc":
            return f"cc {number(['cc', '--version'])}"
        if self.needs == "bun":
            return f"bun {number([first, '--version'])}"
        if self.file.endswith(".cjs"):
            return said([first, "-e", OF_NODE, self.needs, str(HERE)])
        distributions = dict.fromkeys(module.split(".", maxsplit=1)[0] for module in self.needs.split(", "))
        return said([first, "-c", OF_PYTHON, *distributions])

    @contextmanager
    def started(self, task: Task) -> Iterator[Server]:
        """
        It runs for as long as the block lasts.

        Raises:
            Missing: It cannot be started here.
            Stuck: It did not start.

        """
        if not self.redis:
            with self._started(task, None) as server:
                yield server
            return
        with (
            tempfile.TemporaryDirectory(prefix="luochui-peer-") as name,
            redis(Path(name)) as beside,
            self._started(task, beside) as server,
        ):
            yield server

    @contextmanager
    def _started(self, task: Task, beside: Redis | None) -> Iterator[Server]:
        command = on(share_cores().house, [*self.command(), *task.arguments()])
        more = {**self.more, **({"PEERS_REDIS": beside.url} if beside is not None else {})}
        with running(command, more) as process:
            port = process.line()
            if not port.isdigit():
                raise Stuck(port)
            pids = [process.pid, *([beside.pid] if beside is not None else [])]
            door = Door(int(port), self.path, join=self.join)
            yield Server(pids, door, lambda: _all_in(process), lambda _: process.say("go"))


def _all_in(process: Process) -> None:
    line = process.line(COME_IN_S)
    if line != "in":
        raise Stuck(line)


FLOOR: Final = Program(name="c-send", settings="a bare send loop, no WebSockets", needs="cc", file="floor.c", path=None)
_QUIET: Final = "no compression, no pings"


def programs(python: str | None = None) -> tuple[Program, ...]:
    """All of them; those in Python are run by ``python`` where it has what they need."""
    return (
        FLOOR,
        Program(name="websockets.trio", settings=f"broadcast, {_QUIET}", needs="websockets.trio.server, trio",
                file="websockets_trio.py", python=python),
        Program(name="websockets.asyncio", settings=f"broadcast, {_QUIET}, uvloop", needs="websockets.asyncio.server, uvloop",
                file="websockets_asyncio.py", python=python),
        Program(name="picows", settings=f"{_QUIET}, uvloop", needs="picows, uvloop", file="picows_server.py", python=python),
        Program(name="fastapi + uvicorn", settings=f"{_QUIET}, uvloop", needs="fastapi, uvicorn, uvloop, httptools",
                file="fastapi_server.py", python=python),
        Program(name="django channels + redis", settings=f"uvicorn, the publish-subscribe layer, {_QUIET}, uvloop",
                needs="channels, channels_redis, hiredis, uvicorn, uvloop, httptools",
                file="channels_server.py", python=python, redis=True),
        Program(name="node ws", settings=_QUIET, needs="ws", file="ws_server.cjs"),
        Program(name="node ws (prepared)", settings=f"one frame for all, {_QUIET}", needs="ws", file="ws_server.cjs",
                more={"PEERS_PREPARED": "1"}),
        Program(name="bun", settings=f"its own publish, {_QUIET}", needs="bun", file="bun_server.cjs"),
        Program(name="socket.io", settings=f"WebSockets only, {_QUIET}", needs="socket.io", file="socketio_server.cjs",
                path=SOCKET_IO, join=masked(b"40")),
        Program(name="socket.io + redis", settings=f"with its Redis adapter, WebSockets only, {_QUIET}",
                needs="@socket.io/redis-adapter", file="socketio_server.cjs", path=SOCKET_IO, join=masked(b"40"), redis=True),
    )  # fmt: skip
