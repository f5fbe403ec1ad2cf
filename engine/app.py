"""The composition root: an engine opened from its folder, served until it is told to stop."""

import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Self

import trio

from engine import certificates, collector
from engine.annexes import Annexes
from engine.config import Config
from engine.domain import proceeding
from engine.domain.parties import Principal
from engine.domain.proceeding import State
from engine.domain.units import Nanoseconds
from engine.doors import Doors
from engine.eventlog.lines import EventLog
from engine.eventlog.watch import mind_certificate, sum_up
from engine.far_house import Carried, FarHouse
from engine.gateway.limits import Limits
from engine.held_sales import HeldSales
from engine.journal.faults import StorageFault
from engine.journal.signing import Signer
from engine.meters import Meters
from engine.notice import AnyNotice
from engine.other_machines import OtherMachines
from engine.passes import NothingToServe, open_tokens, revoked
from engine.planning import Planning
from engine.port import listen_on, take_port, tls_context, url
from engine.process import made_ready
from engine.retired import leaving
from engine.room.clock import Clock, HouseClock, Steps
from engine.room.folder import DataFolder, FolderLock
from engine.room.house import House, Room
from engine.room_opener import RoomOpener
from engine.sales_told import SalesTold
from engine.second_copy import SecondCopy
from engine.wire.attendance import Attendance


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a house can be reached."""

    url: str
    sales: list[str]


class Engine:
    """
    One process: rooms, what serves them, and the doors people come in by, on one port. Made by :meth:`open`, and for a gateway as is.

    Args:
        folder: Where everything is kept.
        house: The rooms.
        config: Every setting.
        meters: What is counted.
        listener: The port.
        tls: With which certificate TLS ends here; None where it does not.
        log: Where events are told.
        opener: Opens rooms; None in a gateway, which follows those of others.
        venues: Where sales are held, as their notices say.
        on_step: Told of each step of a sale that goes to another engine, or comes from one: for tests.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        house: House | FarHouse,
        config: Config,
        meters: Meters,
        listener: socket.socket,
        tls: ssl.SSLContext | None,
        log: EventLog,
        opener: RoomOpener | None = None,
        venues: Mapping[str, str | None] = MappingProxyType({}),
        on_step: Callable[[str], object] = lambda _step: None,
    ) -> None:
        self._folder, self._house, self._config, self._meters = folder, house, config, meters
        self._listener, self._log, self._opener = listener, log, opener
        self._second = None if opener is None else opener.second
        revocations, limits = revoked(folder), Limits(config.limits, trio.current_time)
        self._tokens = open_tokens(folder, revocations)
        self._annexes = None if opener is None else self._make_annexes(tls)
        self.held = HeldSales(
            folder=folder,
            house=house,
            config=config,
            meters=meters,
            log=log,
            opener=opener,
            tokens=self._tokens,
            limits=limits,
            annexes=self._annexes,
            venues=venues,
        )
        self._doors = Doors(
            house=house,
            held=self.held,
            annexes=self._annexes,
            config=config,
            meters=meters,
            log=log,
            tokens=self._tokens,
            revocations=revocations,
            limits=limits,
            tls=tls,
        )
        self._others = None if opener is None else self._other_machines(opener, on_step)
        self.sales = SalesTold(
            held=self.held,
            house=house,
            second=self._second,
            annexes=self._annexes,
            carried={} if self._others is None else self._others.carried,
            sockets=lambda: self._doors.sockets,
            meters=meters,
            config=config,
        )
        """What the pages are told."""

        self._stop = trio.Event()
        self._shown = trio.Event()
        """Set when people may see what is kept here."""

    @classmethod
    async def open(  # noqa: PLR0913 - keyword-only, with defaults
        cls,
        folder: DataFolder,
        notices: Sequence[AnyNotice],
        config: Config,
        *,
        log: EventLog | None = None,
        may_be_empty: bool = False,
        on_progress: Callable[[int], object] = lambda _seq: None,
        clock: Callable[[Nanoseconds], Clock] = HouseClock,
        on_step: Callable[[str], object] = lambda _step: None,
    ) -> Self:
        """
        An engine for every sale in ``folder``, and for those the ``notices`` announce.

        Nothing is announced before the port is ours and every journal that is there has been read.

        Args:
            folder: Where everything is kept.
            notices: Sales to be announced.
            config: Every setting.
            log: Where events are told.
            may_be_empty: Whether it may wait for its first sale, which is then made in the builder.
            on_progress: Told of records while journals are read.
            clock: Makes the time of a room, from the last instant on its record.
            on_step: Told of each step of a sale that goes to another engine, or comes from one: for tests.

        Raises:
            CertificateTrouble: The certificate or its key cannot be used.
            JournalFault: A journal must not be served.
            NoticeConflict: A notice differs from what was announced.
            NothingToServe: There is no sale at all.
            OSError: The port cannot be listened on.

        """
        rooms: dict[str, Room] = {}
        meters, log = Meters(), log or EventLog()
        announced = {notice.sale: notice for notice in notices}
        with ExitStack() as undo:
            tls = tls_context(config.http)
            listener = undo.enter_context(take_port(config.http))
            steps = Steps(time.time_ns, time.monotonic_ns, config.room.clock_jump_ms_max)
            house = House(rooms, FolderLock(folder), steps)
            undo.callback(house.close)
            signer = Signer.from_file(folder.signing_key())
            opener = RoomOpener(
                folder=folder,
                signer=signer,
                config=config,
                meters=meters,
                log=log,
                second=SecondCopy.of(folder, config.cluster, signer),
                rooms=rooms,
            )
            gone = leaving(folder)
            await opener.reopen(gone, clock, on_progress)
            if not rooms and not announced and not gone and not config.cluster.moves_listen and not may_be_empty:
                raise NothingToServe(
                    f"{folder.root} holds no sale: put a notice (*.toml) there, or name one with --sale"
                )
            listen_on(listener, config.http)
            here = {sale: notice for sale, notice in announced.items() if sale not in gone}
            await opener.announce_at_start(here, clock, on_progress)
            engine = cls(
                folder=folder,
                house=house,
                config=config,
                meters=meters,
                listener=listener,
                tls=tls,
                log=log,
                opener=opener,
                venues={sale: notice.room for sale, notice in announced.items()},
                on_step=on_step,
            )
            undo.pop_all()
        return engine

    async def run(self, *, task_status: trio.TaskStatus[Serving] = trio.TASK_STATUS_IGNORED) -> None:
        """
        Serve until :meth:`stop`.

        Raises:
            StorageFault: Every room has stopped because its storage failed.

        """
        made_ready()
        server = self._doors.server(self._listener, self.sales, self._planner())
        serving = Serving(url(self._config.http, server.port), sorted(self.held.hubs))
        try:
            async with trio.open_nursery() as work:
                work.start_soon(self._keep_house)
                if self._others is not None:
                    work.start_soon(self._others.run, serving.url, self._shown)
                self.held.begin(work)
                await self._doors.open(work)
                self._watch(work)
                await self._unless_stopped(self._may_be_shown)
                if not self._stop.is_set():
                    self._shown.set()
                    await self._unless_stopped(partial(self._annexes_are_there, work))
                async with trio.open_nursery() as front:
                    if not self._stop.is_set():
                        front.start_soon(server.run)
                    collector.settle()
                    tls = int(bool(self._config.http.tls_certificate))
                    self._log.tell("engine_started", port=server.port, tls=tls, sales=serving.sales)
                    task_status.started(serving)
                    await self._stop.wait()
                    server.stop()
                await self._doors.farewell()
                work.cancel_scope.cancel()
        finally:
            self._listener.close()
            self._doors.close()
            self._house.close()
            self._log.tell("engine_stopped")
        if isinstance(self._house, House) and self._house.halted and len(self._house.halted) == len(self._house.rooms):
            raise StorageFault("; ".join(f"{sale}: {fault}" for sale, fault in self._house.halted.items()))

    def stop(self) -> None:
        """Say goodbye to everybody and let :meth:`run` return."""
        self._stop.set()

    async def stopped(self) -> None:
        """Return when the engine has been told to stop, or has stopped serving by itself."""
        await self._stop.wait()

    # For those within this process.

    def state(self, sale: str) -> State:
        """A sale as its viewers see it now. To be read only."""
        return self.held.hubs[sale].state

    def attendance(self, sale: str) -> Attendance:
        """Who looks at a sale here. For the engine that holds it, where that is another one, and for nobody else."""
        hub = self.held.hubs.get(sale)
        return Attendance() if hub is None else hub.attendance()

    def state_digest(self, sale: str) -> str:
        """The digest of that state."""
        return proceeding.state_digest(self.state(sale))

    def room(self, sale: str) -> Room:
        """The room of a sale, for those who hand in within this process."""
        if not isinstance(self._house, House):
            raise AssertionError("a gateway holds no rooms")  # noqa: TRY004 - a fault of ours
        return self._house.rooms[sale]

    def token(self, principal: Principal, sale: str, ttl_s: int) -> str:
        """A token for ``principal`` in ``sale``."""
        return self._tokens.issue(principal, sale, ttl_s, time.time())

    # Parts.

    def _planner(self) -> Planning | None:
        """Makes sales while the house serves, where there is one."""
        if self._opener is None:
            return None
        return Planning(self._folder, announce=self.held.announce, exists=self.held.holds, token=self.token)

    def _make_annexes(self, tls: ssl.SSLContext | None) -> Annexes | None:
        """Gateways beside us, if there are to be any. A socket whose TLS ends here cannot be another process's."""
        if not self._config.cluster.gateways:
            return None
        if tls is not None:
            self._log.warn("gateways_not_started", why="TLS ends in the engine: all sockets stay with it")
            return None
        return Annexes(
            folder=self._folder,
            config=self._config,
            meters=self._meters,
            log=self._log,
            halted=lambda: self._house.halted,
        )

    def _other_machines(self, opener: RoomOpener, on_step: Callable[[str], object]) -> OtherMachines:
        assert isinstance(self._house, House)
        return OtherMachines(
            folder=self._folder,
            house=self._house,
            held=self.held,
            config=self._config,
            signer=opener.signer,
            second=opener.second,
            annexes=self._annexes,
            receive=self.held.receive,
            give_away=self.held.give_away,
            log=self._log,
            on_step=on_step,
        )

    # Work.

    async def _keep_house(self) -> None:
        await self._house.run()
        self.stop()  # Every room has stopped: nothing is left to serve.

    async def _unless_stopped(self, wait: Callable[[], Awaitable[object]]) -> None:
        """Return when ``wait`` does, or when we are told to stop."""
        async with trio.open_nursery() as nursery:

            async def until_stopped() -> None:
                await self._stop.wait()
                nursery.cancel_scope.cancel()

            nursery.start_soon(until_stopped)
            await wait()
            nursery.cancel_scope.cancel()

    async def _may_be_shown(self) -> None:
        """Return when people may be let in."""
        if self._second is not None:
            await self._second.caught_up()

    async def _annexes_are_there(self, work: trio.Nursery) -> None:
        """Return when those who come find the gateways beside us, if there are to be any."""
        if self._annexes is not None and isinstance(self._house, House):
            work.start_soon(self._annexes.run)
            await self._annexes.ready(Carried(self._house.rooms))

    def _watch(self, work: trio.Nursery) -> None:
        """Tell the log what happens."""
        work.start_soon(sum_up, self._meters, self._log, self._config.log.summary_every_s)
        certificate = self._config.http.tls_certificate
        if certificate:
            work.start_soon(mind_certificate, Path(certificate), certificates.utc_now, self._log)
