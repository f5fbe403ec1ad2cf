"""Who stands beside us, how each is started, and why one cannot be."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.figures.figure import NotMeasured
from bench.figures.hall import LATE_MS, hall, held, medians
from bench.peers.brokers import BROKERS, told
from bench.peers.floor import NoFloor, built
from bench.peers.loop import Stuck, environment, loop

HERE: Final = Path(__file__).parent
FLOOR: Final = "c-send"
OURS: Final = "luochui"
ROUNDS: Final = 3
MESSAGES: Final = 160_000
"""So many messages a round; so the largest halls take a few seconds as the smallest do."""

PER_S: Final = 20_000
"""Messages a second offered: a fifth of what one core can send, so that nobody coalesces or falls behind."""


class Missing(Exception):
    """It cannot be started here. Says what is missing."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One of them."""

    name: str
    settings: str
    module: str | None
    """The package it needs, imported by the Python it is run by; None where it is no Python."""

    program: str

    def command(self, python: str) -> list[str | Path]:
        """
        How it is started.

        Raises:
            Missing: It cannot be.

        """
        if self.name == FLOOR:
            try:
                return [built()]
            except NoFloor as why:
                raise Missing(str(why)) from None
        if self.module is None:
            return self._node()
        for one in dict.fromkeys((python, sys.executable)):
            if not _fails([one, "-c", f"import {self.module}"]):
                return [one, "-m", f"bench.peers.{self.program}"]
        raise Missing(f"{self.module} is not installed for {python}: pip install {self.module}")

    def _node(self) -> list[str | Path]:
        node = shutil.which("node")
        if node is None:
            raise Missing("node is not installed")
        if _fails([node, "-e", "require('ws')"]):
            raise Missing("node does not find ws: npm install ws, and NODE_PATH=…/node_modules")
        return [node, HERE / self.program]


PEERS: Final = (
    Peer(FLOOR, "a bare send loop, no WebSockets", None, "floor.c"),
    Peer("websockets.trio broadcast", "no compression, no pings", "websockets.trio.server", "websockets_trio"),
    Peer(
        "websockets.asyncio broadcast",
        "no compression, no pings, uvloop if installed",
        "websockets",
        "websockets_asyncio",
    ),
    Peer("picows", "no pings, uvloop if installed", "picows", "picows_server"),
    Peer("fastapi + uvicorn", "no compression, no pings, uvloop if installed", "fastapi, uvicorn", "fastapi_server"),
    Peer("node ws", "no compression", None, "ws_server.cjs"),
)


@dataclass(slots=True)
class Row:
    """What one costs, by the number of displays, in microseconds of CPU a delivered message."""

    name: str
    settings: str
    costs: dict[int, float]
    skipped: str | None = None

    def plain(self, floor: "Row") -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "settings": self.settings,
            "us_per_message": {str(n): round(cost, 3) for n, cost in self.costs.items()},
            "over_c": {str(n): round(cost / floor.costs[n], 3) for n, cost in self.costs.items() if n in floor.costs},
            "skipped": self.skipped,
        }


def beside(displays: Sequence[int], python: str, rounds: int = ROUNDS, messages: int = MESSAGES) -> Iterator[Row]:
    """
    Measure ourselves and everybody who can be started, by turns in each hall, and the medians of the rounds.

    Yields:
        A row for each.

    """
    commands: dict[str, list[str | Path]] = {}
    rows = {OURS: Row(OURS, "as it comes: deciding, keeping and signing included", {})}
    for peer in PEERS:
        rows[peer.name] = Row(peer.name, peer.settings, {})
        try:
            commands[peer.name] = peer.command(python)
        except Missing as why:
            rows[peer.name].skipped = str(why)
    for broker in BROKERS:
        rows[broker.name] = Row(broker.name, broker.settings, {}, broker.missing())
    brokers = [broker for broker in BROKERS if rows[broker.name].skipped is None]
    for count in displays:
        rate = PER_S / count
        events, found = max(5, messages // count), {name: list[float]() for name in rows}
        for _ in range(rounds):
            size = _ours(count, rate, events, found[OURS], rows[OURS])
            for name, command in commands.items():
                try:
                    path = None if name == FLOOR else "/"
                    found[name].append(loop(command, path, count, size, events, 1 / rate))
                except Stuck as why:
                    rows[name].skipped = f"N = {count}: {why}"
            for broker in brokers:
                try:
                    found[broker.name].append(told(broker, count, size, events, 1 / rate))
                except Stuck as why:
                    rows[broker.name].skipped = f"N = {count}: {why}"
        for name, costs in found.items():
            if costs:
                rows[name].costs[count] = medians(costs)
    yield from rows.values()


def _ours(count: int, rate: float, events: int, found: list[float], row: Row) -> int:
    """Our cost goes into ``found``. How long our frames were: others send as many bytes."""
    try:
        run = held(hall(count, rate, events / rate, enter_per_s=600, lag_p99_ms_max=LATE_MS))
    except NotMeasured as why:
        row.skipped = f"N = {count}: {why.en}"
        return 1200
    frames = run.found.counts["frames"]
    if "cpu" in run.server:
        found.append(run.server["cpu"] * run.server["seconds"] / frames * 1e6)
    return round(run.found.counts["bytes"] / frames)


def _fails(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), check=False)  # noqa: S603 - the caller's own
    except OSError:
        return True
    return bool(done.returncode)
