"""The engine among its peers: a house of its own, told by two bidders who bid by turns, seen by the viewers of everybody else."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from bench.figures.closed import bid, seated
from bench.figures.hall import hall
from bench.house import SALE
from bench.peers.measure import Door, Server, by_plan
from bench.peers.processes import Stuck
from bench.peers.task import Task
from bench.wire import masked

OURS_NAME: Final = "luochui"
HELLO: Final = b'{"protocol":1,"type":"hello"}'
QUIET: Final = {"LUOCHUI_SOCKET_PING_EVERY_S": "3600", "LUOCHUI_SOCKET_SILENT_S_MAX": "7200"}
"""No pings while it is measured, as with all others."""


@dataclass(frozen=True, slots=True)
class Ours:
    """As a peer is."""

    name: str = OURS_NAME
    settings: str = "no pings; deciding, keeping and signing a bid for each event included, and two bidders who watch"

    @staticmethod
    def missing() -> str | None:
        """It is here."""
        return None

    @staticmethod
    def version() -> str:
        """As it is installed."""
        return f"Python {platform.python_version()}, luochui {version('luochui')}"

    @contextmanager
    def started(self, _task: Task) -> Iterator[Server]:
        """
        A house that serves for as long as the block lasts.

        Raises:
            BenchFault: It did not start.

        """
        with seated(hall(0, 1.0, 1.0), 2, QUIET) as (house, seats):
            assert house.pid is not None
            port = urlsplit(house.url).port
            assert port is not None

            def tell(task: Task) -> None:
                def event(number: int) -> None:
                    if not seats[number % 2].round_trip(bid(number))[1]:
                        raise Stuck("a bid was refused")

                by_plan(task, event)

            mark = b'"type":"BidPlaced"'
            door = Door(port, f"/api/sales/{SALE}/socket", join=masked(HELLO), mark=mark)
            yield Server([house.pid], door, lambda: None, tell)
