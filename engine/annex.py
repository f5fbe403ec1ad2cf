"""
A gateway process beside its engine: sockets that were let in there are held here. Started by :mod:`engine.annexes`, and by nobody else.

It follows the rooms as a gateway on another machine does, over a stream the engine gave it, and shows them as the engine's own hubs
would. It serves no HTTP, lets nobody in and keeps nothing: what is lost with it are its sockets, and their browsers come back.
"""

import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import trio

from engine import collector
from engine.cluster.far import FarRoom
from engine.cluster.unix import PairedGateway
from engine.config import Config, from_plain
from engine.eventlog.lines import EventLog, opened
from engine.far_house import FarHouse
from engine.gateway.broadcaster import Broadcaster
from engine.gateway.connection import Connection, Talk
from engine.gateway.door import Lodging
from engine.gateway.doorkeeper import Doorkeeper
from engine.gateway.handing import AT_ONCE_MAX, Begin, Checkpoint, Ending, Halted, Moved, Packets, Told
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits
from engine.gateway.reactor import Reactor
from engine.gateway.session import Session
from engine.hubs import hub_of
from engine.journal.faults import StorageFault
from engine.meters import Meters
from engine.passes import open_tokens, revoked
from engine.process import made_ready
from engine.room.folder import DataFolder

TELL_EVERY_S: Final = 1.0
"""An annex that has nothing new to say says so as often as this."""


class Annex:
    """
    One of them.

    Args:
        number: Which one.
        folder: The engine's data folder; nothing is written there.
        config: The engine's settings.
        packets: The way to the engine.
        house: The rooms, followed.
        log: Where events are told.
        now: Seconds since 1970.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        number: int,
        folder: DataFolder,
        config: Config,
        packets: Packets,
        house: FarHouse,
        log: EventLog,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._number, self._config, self._packets, self._house, self._log = number, config, packets, house, log
        self._meters = Meters()
        self._revocations = revoked(folder)
        self._doorkeeper = Doorkeeper(
            open_tokens(folder, self._revocations), now, on_shut_out=partial(self._meters.evicted, "token")
        )
        self._limits = Limits(config.limits, trio.current_time)
        self._reactor = Reactor(config.socket, on_evicted=self._meters.evicted)
        self._hubs: dict[str, Hub] = {}
        self._early: dict[str, Checkpoint] = {}
        self._gone: deque[int] = deque()
        self._seen: dict[int, int] = {}
        self._something = trio.Event()
        self._told_evictions: dict[str, int] = {}
        self._told_resyncs = 0

    async def run(self) -> None:
        """Hold what is given until the engine says goodbye, or has ended."""
        house = self._house
        try:
            async with trio.open_nursery() as work:
                house.on_room = partial(self._take_up, work)
                house.on_silence, house.on_standby = self._let_go, self._wait_for_standby
                work.start_soon(house.follow)
                work.start_soon(self._reactor.run)
                news = partial(trio.to_thread.run_sync, self._revocations.news)
                work.start_soon(self._doorkeeper.run, news, self._on_revoked)
                work.start_soon(self._tell)
                async with trio.open_nursery() as until:

                    async def superseded() -> None:
                        await house.run()
                        until.cancel_scope.cancel()

                    until.start_soon(superseded)
                    await self._hear()
                    until.cancel_scope.cancel()
                await self._reactor.farewell()
                work.cancel_scope.cancel()
        finally:
            self._reactor.close()
            self._packets.close()

    def _take_up(self, work: trio.Nursery, sale: str, room: FarRoom) -> None:
        hub = hub_of(
            sale,
            room,
            broadcaster=Broadcaster(self._config.sweep),
            settings=self._config.hub,
            meters=self._meters,
        )
        self._hubs[sale] = hub
        hub.follow(lambda _record: work.start_soon(self._show_checkpoint, hub) if sale in self._early else None)
        work.start_soon(hub.run)
        self._something.set()

    def _let_go(self, sale: str) -> None:
        self._hubs[sale].let_go()

    def _wait_for_standby(self, sale: str, *, waits: bool, late: int) -> None:
        self._hubs[sale].wait_for_standby(waits=waits)
        self._hubs[sale].show_behind(late)

    async def _show_checkpoint(self, hub: Hub) -> None:
        """The newest there is, when the record it covers was shown: it comes on another way, and may be here before."""
        early = self._early.get(hub.sale)
        if early is not None and hub.seq >= early.seq:
            del self._early[hub.sale]
            await hub.show_checkpoint(early.ready)

    # From the engine.

    async def _hear(self) -> None:
        while True:
            message, sock = await self._packets.receive()
            match message:
                case Moved() if sock is not None:
                    self._take(message, sock)
                case Moved():
                    self._left(message.number)  # There was no room for one more file: it is closed already.
                case Checkpoint():
                    self._early[message.sale] = message
                    await self._show_checkpoint(self._hubs[message.sale])
                case Halted():
                    self._hubs[message.sale].halt(StorageFault(message.sale))
                case Ending() | None:
                    return
                case _:
                    raise AssertionError("nothing else is said to an annex")

    def _take(self, moved: Moved, sock: socket.socket) -> None:
        hub, room = self._hubs.get(moved.sale), self._house.rooms.get(moved.sale)
        if hub is None or room is None or not room.in_touch:
            sock.close()  # He comes back, and is then shown the sale elsewhere.
            self._left(moved.number)
            return
        spend = (
            partial(self._limits.stranger, moved.number)
            if moved.credential is None
            else partial(self._limits.command, moved.sale, moved.credential.principal)
        )
        door = Lodging(moved.credential, self._doorkeeper, spend, partial(self._left, moved.number))
        sessions: list[Session] = []

        def meet(make: Callable[[Talk], Connection]) -> Connection:
            session = Session(
                hub,
                door,
                room.clock.now,
                make,
                frame_bytes_max=self._config.socket.frame_bytes_max,
                saw=partial(self._saw, moved.number),
            )
            sessions.append(session)
            return session.connection

        connection = self._reactor.host(sock, meet)
        sessions[0].come_in(None, moved.after)
        if moved.unread and not connection.dead:
            self._reactor.hear(connection, moved.unread)

    # To the engine.

    def _left(self, number: int) -> None:
        self._gone.append(number)
        self._seen.pop(number, None)
        self._something.set()

    def _saw(self, number: int, seq: int) -> None:
        self._seen[number] = max(seq, self._seen.get(number, 0))
        self._something.set()

    async def _tell(self) -> None:
        """Say what is new as soon as it is, and that we live."""
        while True:
            with trio.move_on_after(TELL_EVERY_S):
                await self._something.wait()
            self._something = trio.Event()
            gone, seen = list(self._gone), list(self._seen.items())
            self._gone.clear()
            self._seen.clear()
            try:
                for at in range(0, len(gone), AT_ONCE_MAX):
                    await self._packets.tell(self._told(gone=tuple(gone[at : at + AT_ONCE_MAX])))
                for at in range(0, len(seen), AT_ONCE_MAX):
                    await self._packets.tell(self._told(seen=tuple(seen[at : at + AT_ONCE_MAX])))
                await self._packets.tell(self._told(evicted=self._evictions(), resynced=self._resyncs()))
            except OSError:
                return  # The engine has ended; so do we, in a moment.

    def _told(self, **news: object) -> Told:
        sales = tuple(sale for sale, room in self._house.rooms.items() if sale in self._hubs and room.in_touch)
        return Told(sales, sum(hub.waiting for hub in self._hubs.values()), **news)  # type: ignore[arg-type]

    def _evictions(self) -> dict[str, int]:
        now = dict(self._meters.evictions)
        new = {why: count - self._told_evictions.get(why, 0) for why, count in now.items()}
        self._told_evictions = now
        return {why: count for why, count in new.items() if count}

    def _resyncs(self) -> int:
        before, self._told_resyncs = self._told_resyncs, self._meters.resyncs
        return self._told_resyncs - before

    def _on_revoked(self, tokens: int, sockets: int) -> None:
        unreadable = self._revocations.unreadable
        self._log.warn(
            "tokens_revoked", count=tokens, sockets_closed=sockets, unreadable=unreadable, gateway=self._number
        )


async def keep(packets: Packets, rooms: socket.socket) -> None:
    """Be an annex of the engine at the other end of both."""
    begin, _ = await packets.receive()
    if not isinstance(begin, Begin):
        return  # It ended before it had begun.
    config, folder = from_plain(begin.settings), DataFolder(Path(begin.folder))
    stream = trio.SocketStream(trio.socket.from_stdlib_socket(rooms))
    carrier = PairedGateway(stream, config.cluster.letters_max)
    house = FarHouse(folder, config.cluster, config.room.records_max, {}, carrier)
    with opened(config.log) as log:
        annex = Annex(number=begin.number, folder=folder, config=config, packets=packets, house=house, log=log)
        collector.settle()
        await annex.run()


def main() -> None:
    """``python -m engine.annex PACKETS ROOMS``: two open files, as the engine hands them over."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)  # The engine hears the same, and says goodbye through us.
    made_ready()
    packets, rooms = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    trio.run(keep, Packets(packets), rooms)


if __name__ == "__main__":
    main()
