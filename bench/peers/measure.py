"""One server that tells everybody the same, again and again; the sockets that listen to it; what it took."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.house import share_cores
from bench.open_files import raise_file_limit
from bench.peers.processes import Stuck, cpu_s, on, rss_kib, running
from bench.peers.task import MARK, Task

SETTLE_S: Final = 1.0
ENTER_S: Final = 60.0
PATIENCE_S: Final = 30.0
"""After the last event is due, so long for what is still on its way."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where viewers come in."""

    port: int
    path: str | None = "/"
    """None for bare sockets."""

    protocol: str = ""
    join: bytes = b""
    """What each says after the handshake, as it goes over the wire."""

    mark: bytes = MARK.encode()
    """What is in every message once."""


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs."""

    pids: Sequence[int]
    """All processes that work for it: a broker beside it is part of what it takes."""

    door: Door
    all_in: Callable[[], None]
    """Wait until it knows of all viewers."""

    tell: Callable[[Task], None]
    """Tell everybody by plan; may return before the last is told, if the server has a clock of its own."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured once."""

    cpu_us: float
    """CPU of the server for each message that was delivered."""

    per_s: float
    """Messages delivered a second, until the last arrival; never more than were offered."""

    idle_kib: float
    """What the server's memory grew by, for each viewer that came in."""

    delivered: int
    wanted: int
    frame_bytes: int
    """What came, for each message."""


def measure(server: Server, task: Task, settle_s: float = SETTLE_S) -> Sample:
    """
    All viewers come in, are told, and are counted.

    Raises:
        Stuck: Somebody was not let in, or nothing came.

    """
    raise_file_limit()
    door = server.door
    empty_kib = sum(map(rss_kib, server.pids))
    listen = [sys.executable, "-m", "bench.peers.sink", str(door.port), str(task.displays), door.path or "-"]
    listen += [door.protocol or "-", door.join.hex() or "-", door.mark.hex()]
    with running(on(share_cores().generator, listen)) as sink:
        came_in = sink.line(ENTER_S + task.displays / 100)
        if came_in != "in":
            raise Stuck(f"the viewers were not let in: {came_in}")
        server.all_in()
        time.sleep(settle_s)
        grown_kib = sum(map(rss_kib, server.pids)) - empty_kib
        before, began_ns = _cpu(server), time.monotonic_ns()
        sink.say(str(task.messages))
        server.tell(task)
        due_s = task.events * task.interval_s - (time.monotonic_ns() - began_ns) / 1e9
        with suppress(TimeoutError):
            sink.wait_for_line(max(0.0, due_s) + PATIENCE_S)
        spent_s = _cpu(server) - before
        sink.close_stdin()
        return sample(sink.line(PATIENCE_S), task, spent_s, began_ns, grown_kib)


def sample(said: str, task: Task, spent_s: float, began_ns: int, grown_kib: int) -> Sample:
    """
    What the viewers say in the end, put beside what the server took.

    Raises:
        Stuck: Nothing came.

    """
    delivered, total, last_ns = map(int, said.split())
    if not delivered:
        raise Stuck("nothing was delivered")
    return Sample(
        cpu_us=spent_s / delivered * 1e6,
        per_s=delivered / max(task.events * task.interval_s, (last_ns - began_ns) / 1e9),
        idle_kib=grown_kib / task.displays,
        delivered=delivered,
        wanted=task.messages,
        frame_bytes=round(total / delivered),
    )


def by_plan(task: Task, event: Callable[[int], None]) -> None:
    """Call ``event`` with its number whenever one is due; a late one does not move the next."""
    began = time.monotonic()
    for number in range(task.events):
        time.sleep(max(0.0, began + number * task.interval_s - time.monotonic()))
        event(number)


def _cpu(server: Server) -> float:
    return sum(map(cpu_s, server.pids))


def source(name: str) -> Path:
    """A file beside this one."""
    return Path(__file__).with_name(name)
