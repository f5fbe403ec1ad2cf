"""The gateway processes an engine keeps beside itself: started, watched, given sockets, and started again."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio

from engine.cluster.unix import PairedEngine
from engine.config import Config
from engine.eventlog.lines import EventLog
from engine.gateway.annex import Annex, fittest
from engine.gateway.connection import Connection
from engine.gateway.door import Entrance
from engine.gateway.handing import Begin, Checkpoint, Told, pair
from engine.gateway.hub import Hub
from engine.gateway.session import Elsewhere
from engine.meters import Meters
from engine.room.folder import DataFolder
from engine.wire.messages import Position

LOOK_EVERY_S: Final = 0.25
FAREWELL_S: Final = 2.0
"""How long one may take to say goodbye to everybody."""

SETTLED_S: Final = 10.0
"""One that has lived so long did not end at once."""

MODULE: Final = "engine.annex"


@dataclass(frozen=True, slots=True)
class GatewayState:
    """One of them, for people."""

    number: int
    pid: int
    sockets: int
    sales: int
    """How many it can show."""

    waiting: int
    """Commands that have no answer there."""


class Annexes:
    """
    All of them.

    Args:
        folder: The engine's data folder.
        config: Its settings.
        meters: What is counted.
        log: Where events are told.
        halted: Sales whose storage failed.

    """

    def __init__(
        self,
        *,
        folder: DataFolder,
        config: Config,
        meters: Meters,
        log: EventLog,
        halted: Callable[[], Iterable[str]],
    ) -> None:
        self._folder, self._config, self._meters, self._log, self._halted = folder, config, meters, log, halted
        self._settings = config.cluster
        self.carrier = PairedEngine(streams_max=self._settings.gateways)
        """Brings them the rooms."""

        self._open: dict[int, Annex] = {}
        self._checkpoints: dict[str, Checkpoint] = {}
        self._news = trio.Event()
        self._ending = False

    # People.

    def elsewhere(self, hub: Hub, entrance: Entrance, leave: Callable[[], None]) -> Elsewhere:
        """
        What a session asks when its viewer has said who he is: whether one of these shows him the sale.

        Args:
            hub: Of the sale he wants to see.
            entrance: Through which he comes in.
            leave: Gives his place back.

        """

        def move(connection: Connection, principal: object, after: Position | None) -> bool:
            credential = entrance.credential
            if self._ending or hub.halted is not None:
                return False
            since = trio.current_time() - self._settings.silent_ms_max / 1000
            who = None if credential is None else credential.principal
            annex = fittest(self._open.values(), hub.sale, who, since)
            if annex is None or not annex.take(hub, connection, credential, after, leave):
                return False
            entrance.moved()
            return True

        return move

    def show_checkpoint(self, hub: Hub, ready: bytes) -> None:
        """The newest checkpoint of a sale, as a frame."""
        self._checkpoints[hub.sale] = Checkpoint(hub.sale, hub.seq, ready)
        self._show()

    def __len__(self) -> int:
        """How many sockets they hold together."""
        return sum(len(annex) for annex in self._open.values())

    @property
    def waiting(self) -> int:
        """How many commands have no answer there."""
        return sum(annex.waiting for annex in self._open.values())

    def sockets(self) -> dict[int, int]:
        """How many each holds; one that is not there holds none."""
        return {
            number: len(self._open[number]) if number in self._open else 0
            for number in range(1, self._settings.gateways + 1)
        }

    def states(self) -> tuple[GatewayState, ...]:
        """How each stands that is there."""
        return tuple(
            GatewayState(annex.number, annex.pid, len(annex), len(annex.sales), annex.waiting)
            for _, annex in sorted(self._open.items())
        )

    # Processes.

    async def run(self) -> None:
        """Keep them, until cancelled."""
        async with trio.open_nursery() as nursery:
            for number in range(1, self._settings.gateways + 1):
                nursery.start_soon(self._keep, number)
            while True:
                await trio.sleep(LOOK_EVERY_S)
                self._show()

    async def ready(self, sales: Iterable[str]) -> None:
        """Return when each of them can show ``sales``, or when that takes too long."""
        wanted = frozenset(sales)
        with trio.move_on_after(self._settings.gateways_ready_s):
            while len(self._open) < self._settings.gateways or not all(
                annex.sales >= wanted for annex in self._open.values()
            ):
                self._news = trio.Event()
                await self._news.wait()

    async def farewell(self) -> None:
        """Have them say goodbye to everybody, and end."""
        self._ending = True
        for annex in self._open.values():
            annex.end()
        with trio.move_on_after(FAREWELL_S):
            while self._open:
                self._news = trio.Event()
                await self._news.wait()

    def _show(self) -> None:
        halted = tuple(self._halted())
        for annex in self._open.values():
            annex.show(self._checkpoints, halted)

    async def _keep(self, number: int) -> None:
        wait = self._settings.gateway_back_ms
        while not self._ending:
            began = trio.current_time()
            await self._live(number)
            if trio.current_time() - began >= SETTLED_S:
                wait = self._settings.gateway_back_ms
            await trio.sleep(wait / 1000)
            wait = min(wait * 2, self._settings.gateway_back_ms_max)

    async def _live(self, number: int) -> None:
        """One life of one of them."""
        packets, theirs = pair()
        ours, rooms = socket.socketpair()
        with theirs, rooms:
            try:
                process = await self._start(theirs, rooms)
            except OSError as error:
                self._log.warn("gateway_not_started", gateway=number, why=str(error.strerror))
                packets.close()
                ours.close()
                return
        annex = Annex(
            number, process.pid, packets, self._meters, trio.current_time(), self._settings.gateway_leaving_max
        )
        begin = Begin(number, str(self._folder.root.absolute()), self._config.plain())
        try:
            self.carrier.join(trio.SocketStream(trio.socket.from_stdlib_socket(ours)))
            with suppress(OSError):
                packets.send(begin)
            self._open[number] = annex
            self._news.set()
            self._log.tell("gateway_started", gateway=number, pid=process.pid)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(annex.pour)
                nursery.start_soon(self._watch, annex, nursery.cancel_scope)
                await self._listen(annex)
                nursery.cancel_scope.cancel()
        finally:
            await self._bury(annex, process)

    async def _start(self, *given: socket.socket) -> trio.Process:
        handles = tuple(each.fileno() for each in given)
        return await trio.lowlevel.open_process(
            [sys.executable, "-P", "-m", MODULE, *map(str, handles)],
            stdin=subprocess.DEVNULL,
            pass_fds=handles,
            env=os.environ | {"PYTHONPATH": _modules()},
            start_new_session=True,  # Ctrl-C is for us to hear.
        )

    async def _listen(self, annex: Annex) -> None:
        while True:
            message, _ = await annex.packets.receive()
            if not isinstance(message, Told):
                return
            before = annex.sales
            annex.hear(message, trio.current_time())
            if annex.sales != before:
                self._show()
                self._news.set()

    async def _watch(self, annex: Annex, until: trio.CancelScope) -> None:
        """One that stands still is as good as dead, and its viewers wait."""
        while trio.current_time() - annex.heard_at <= self._settings.gateway_silent_s_max:  # noqa: ASYNC110 - silence wakes nobody
            await trio.sleep(LOOK_EVERY_S)
        self._log.warn("gateway_silent", gateway=annex.number, pid=annex.pid)
        until.cancel()

    async def _bury(self, annex: Annex, process: trio.Process) -> None:
        """The end of a life: it is no more, and who was there is gone."""
        self._open.pop(annex.number, None)
        sockets = annex.lost()
        with trio.CancelScope(shield=True):
            with trio.move_on_after(FAREWELL_S):  # or its own last word would be taken for ours
                await process.wait()
            process.kill()
            code = await process.wait()
        self._news.set()
        if self._ending:
            return
        self._meters.gateway_ended()
        self._log.warn("gateway_ended", gateway=annex.number, pid=annex.pid, code=code, sockets=sockets)


def _modules() -> str:
    """Where modules are found: ours, and nothing that lies about."""
    return os.pathsep.join(str(Path(each).absolute()) for each in sys.path)
