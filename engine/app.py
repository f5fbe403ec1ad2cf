"""The composition root: the only file that knows every part of an engine."""

import random
import re
import resource
import signal
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import trio
from starlette.applications import Starlette

from engine import certificates, collector
from engine.annexes import Annexes
from engine.arrivals import Arrivals, settle
from engine.cluster.distributor import Aside, Distributor
from engine.cluster.far import FarRoom
from engine.cluster.frames import Second
from engine.cluster.twofold import TwofoldJournal
from engine.cluster_state import for_all, gather, keep_state, state_file, tell_troubles
from engine.config import Config
from engine.departures import Departures
from engine.domain import proceeding
from engine.domain.auction.commands import Copies
from engine.domain.auction.state import Auction, SalePhase
from engine.domain.opening.state import Opening
from engine.domain.parties import Principal
from engine.domain.proceeding import State
from engine.domain.units import Nanoseconds
from engine.domain.views import veiled
from engine.eventlog.lines import EventLog
from engine.eventlog.watch import SlowCommits, follow, mind_certificate, sum_up
from engine.far_house import Carried, FarHouse, distributors
from engine.gateway.board import Posted
from engine.gateway.broadcaster import Broadcaster
from engine.gateway.builder import uploads
from engine.gateway.connection import Connection, Talk
from engine.gateway.counting import WAIT_S, Count
from engine.gateway.desk import Desk as ProgramDesk
from engine.gateway.door import Entrance
from engine.gateway.doorkeeper import Doorkeeper
from engine.gateway.followed_log import FollowedLog
from engine.gateway.http import Request
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits, Refused
from engine.gateway.pages import make_app
from engine.gateway.past import Past
from engine.gateway.proofs import OpenLog
from engine.gateway.reactor import Reactor
from engine.gateway.series import series
from engine.gateway.server import Server
from engine.gateway.session import Session, at_home
from engine.gateway.standpoint import ANNOUNCED
from engine.gateway.tickets import Tickets
from engine.gateway.tls import Terminator
from engine.gateway.transparency import TransparencyLog
from engine.gateway.upgrade import Upgrade
from engine.heir import keep_telling
from engine.journal.base import Journal
from engine.journal.commit import Commit
from engine.journal.faults import JournalFault, StorageFault
from engine.journal.files import write_once
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.meters import Meters
from engine.notice import AnyNotice, Notice, OpeningNotice
from engine.openings import Openings
from engine.papers.desk import Desk
from engine.passes import NothingToServe, open_tokens, revoked
from engine.planning import Planning
from engine.port import listen_on, take_port, tls_context, url
from engine.retired import leaving, moved_away
from engine.room.clock import Clock, HouseClock, Steps
from engine.room.folder import DataFolder, FolderLock
from engine.room.house import (
    House,
    Room,
    announce,
    keep_journal,
    open_room,
    state_copies,
    suspend_if_interrupted,
)
from engine.second_copy import SecondCopy
from engine.webhooks.courier import Courier, Sender
from engine.webhooks.message import Message
from engine.webhooks.position import PositionFile
from engine.webhooks.post import Post
from engine.webhooks.settings import endpoints
from engine.wire.attendance import Attendance
from engine.wire.note import witnesses
from engine.wire.refusals import Fault

SWITCH_INTERVAL_S: Final = 1e-4
"""How long a busy loop may keep the thread that commits from its next step. Python's own 5 ms can starve it for seconds."""

RELAY_S: Final = 1.0
"""How long the last bytes to browsers may take through TLS when the house closes."""

COME_BACK_MS: Final = 1000
"""When to try again where an engine is not heard."""

OF_A_SALE: Final = re.compile(r"/(?:api/)?sales/([^/]+)")
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a house can be reached."""

    url: str
    sales: list[str]


class Engine:
    """One process: rooms, hubs, the reactor and the front, on one port. Made by :meth:`open`."""

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
        signer: Signer | None,
        second: SecondCopy | None = None,
        venues: Mapping[str, str | None] = MappingProxyType({}),
        on_step: Callable[[str], object] = lambda _step: None,
    ) -> None:
        self._on_step = on_step
        self._second = second
        self._folder, self._house, self._config, self._meters = folder, house, config, meters
        self._listener, self._log, self._signer = listener, log, signer
        self._tls = None if tls is None else self._terminator(tls)
        self._revocations = revoked(folder)
        self._tokens = open_tokens(folder, self._revocations)
        self._doorkeeper = Doorkeeper(self._tokens, time.time, on_shut_out=partial(meters.evicted, "token"))
        self._tickets = Tickets(config.tickets, trio.current_time)
        self._limits = Limits(config.limits, trio.current_time)
        self._hubs: dict[str, Hub] = {}
        self._annexes = self._make_annexes()
        self._carried: dict[str, Distributor] = {}
        self._reactor = Reactor(config.socket, on_evicted=meters.evicted, may_move=self._annexes is not None)
        self._venues = dict(venues)
        """Where each sale is held, as its notice says."""

        self._counts: dict[str, Count] = {}
        self._desks: dict[str, ProgramDesk] = {}
        self._scopes: dict[str, trio.CancelScope] = {}
        """Around what serves a sale."""

        self._gone: set[str] = moved_away(folder)
        """Sales that went to other engines."""

        self._logs: dict[str, OpenLog] = {}
        self._journals: dict[str, Journal] = {}
        self._openings = Openings(
            folder=folder,
            config=config,
            hubs=self._hubs.get,
            room=lambda sale: house.rooms[sale],
            tokens=self._tokens,
            limits=self._limits,
            signer=signer,
        )
        rooms: Mapping[str, Room | FarRoom] = house.rooms
        for sale, room in sorted(rooms.items()):
            self._take_up(sale, room)
        self._desk = Desk(self._papers_of, config.papers)
        self._past = Past(self._hubs, self._journals, config.past)
        self._senders = self._make_senders()
        self._stop = trio.Event()
        self._shown = trio.Event()
        """Set when people may see what is kept here."""

        self._work: trio.Nursery | None = None

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
            slow = SlowCommits(log, config.log.slow_commit_ms / 1000, trio.current_time)

            second = SecondCopy.of(folder, config.cluster, signer)

            def open_one(sale: str) -> None:
                rooms[sale] = open_room(
                    _kept(keep_journal(folder, sale, signer), second),
                    signer,
                    config.room,
                    clock=clock,
                    on_commit=_on_commit(sale, rooms.get, meters, slow),
                    on_progress=on_progress,
                )

            gone = leaving(folder)
            await settle(folder, signer)
            for sale in folder.sales():
                if sale not in gone:
                    open_one(sale)
            if not rooms and not announced and not gone and not config.cluster.moves_listen and not may_be_empty:
                raise NothingToServe(
                    f"{folder.root} holds no sale: put a notice (*.toml) there, or name one with --sale"
                )
            listen_on(listener, config.http)
            for sale in sorted(
                announced.keys() - gone - moved_away(folder), key=lambda sale: (sale not in rooms, sale)
            ):
                if sale not in rooms:
                    open_one(sale)
                await announce(rooms[sale], announced[sale].announce, announced[sale].preparations)
                _note_trust(folder, announced[sale])
            for room in rooms.values():
                await suspend_if_interrupted(room)
                await state_copies(room, _at_first(second))
            engine = cls(
                folder=folder,
                house=house,
                config=config,
                meters=meters,
                listener=listener,
                tls=tls,
                log=log,
                signer=signer,
                second=second,
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
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        _open_files_as_allowed()
        http = self._config.http
        server = Server(
            listener=self._listener,
            app=self._app(),
            handover=self._hand_over,
            settings=http,
            meters=self._meters,
            tls=self._tls,
            bodies=self._longest_body(),
            counted=self._counted,
        )
        serving = Serving(url(http, server.port), sorted(self._hubs))
        try:
            async with trio.open_nursery() as work:
                self._work = work
                work.start_soon(self._keep_house)
                work.start_soon(self._reactor.run)
                if isinstance(self._house, House) and self._signer is not None:
                    work.start_soon(self._distribute, self._house, self._signer, serving.url)
                for sale in self._hubs:
                    self._begin(work, sale)
                if self._tls is not None:
                    await work.start(self._tls.run)
                self._watch(work)
                await self._unless_stopped(self._may_be_shown)
                if not self._stop.is_set():
                    self._shown.set()
                    await self._unless_stopped(partial(self._annexes_are_there, work))
                async with trio.open_nursery() as front:
                    if not self._stop.is_set():
                        front.start_soon(server.run)
                    collector.settle()
                    self._log.tell(
                        "engine_started", port=server.port, tls=int(self._tls is not None), sales=serving.sales
                    )
                    task_status.started(serving)
                    await self._stop.wait()
                    server.stop()
                async with trio.open_nursery() as goodbye:
                    goodbye.start_soon(self._reactor.farewell)
                    if self._annexes is not None:
                        goodbye.start_soon(self._annexes.farewell)
                if self._tls is not None:
                    await self._tls.drained(RELAY_S)
                work.cancel_scope.cancel()
        finally:
            self._listener.close()
            self._reactor.close()
            self._house.close()
            self._log.tell("engine_stopped")
        if isinstance(self._house, House) and self._house.halted and len(self._house.halted) == len(self._house.rooms):
            raise StorageFault("; ".join(f"{sale}: {fault}" for sale, fault in self._house.halted.items()))

    async def announce(self, notice: Notice) -> None:
        """
        Announce a sale while others are held: when this returns, its room is open to everybody.

        Raises:
            JournalFault: Its journal could not be kept. Nothing of it is left.
            OSError: Likewise.

        """
        house, signer = self._house, self._signer
        if self._work is None or self.holds(notice.sale) or signer is None or not isinstance(house, House):
            raise AssertionError("only a house that serves announces, and each sale once")
        sale = notice.sale
        try:
            kept = await trio.to_thread.run_sync(keep_journal, self._folder, sale, signer)
            journal = _kept(kept, self._second)
            try:
                slow = SlowCommits(self._log, self._config.log.slow_commit_ms / 1000, trio.current_time)
                on_commit = _on_commit(sale, house.rooms.get, self._meters, slow)
                room = open_room(journal, signer, self._config.room, on_commit=on_commit)
                await announce(room, notice.announce, notice.preparations)
                await state_copies(room, _at_first(self._second))
            except BaseException:
                journal.close()
                raise
        except (JournalFault, OSError):
            self._folder.forget(sale)
            raise
        house.take_up(sale, room)
        self._venues[sale] = notice.room
        self.adopt(sale, room)

    def adopt(self, sale: str, room: Room | FarRoom) -> None:
        """Serve one sale more."""
        if self._work is None:
            raise AssertionError("only a house that serves takes up rooms")
        self._take_up(sale, room)
        self._begin(self._work, sale)
        self._work.start_soon(follow, sale, room.tail, self._log, partial(self.veiled, sale))

    def wait_for_standby(self, sale: str, *, waits: bool, late: int) -> None:
        """Tell the viewers of a sale whether nothing is acknowledged until the standby of its engine is back, and how late that is."""
        if sale in self._hubs:
            self._hubs[sale].wait_for_standby(waits=waits)
            self._hubs[sale].show_behind(late)

    async def receive(self, sale: str) -> None:
        """
        Serve a sale that came from another engine; returns when its record is safe in every place it is to be kept.

        Raises:
            JournalFault: Its journal must not be served.

        """
        house, signer, second = self._house, self._signer, self._second
        assert isinstance(house, House)
        assert signer is not None
        kept = await trio.to_thread.run_sync(keep_journal, self._folder, sale, signer)
        journal = kept if second is None else second.of_journal(kept, joins=False)
        slow = SlowCommits(self._log, self._config.log.slow_commit_ms / 1000, trio.current_time)
        on_commit = _on_commit(sale, house.rooms.get, self._meters, slow)
        try:
            opening = partial(open_room, journal, signer, self._config.room, on_commit=on_commit)
            room = await trio.to_thread.run_sync(opening)
            if isinstance(journal, TwofoldJournal):
                await journal.join()
            await state_copies(room, _at_first(second))
        except BaseException:
            journal.close()
            raise
        house.take_up(sale, room)
        self.adopt(sale, room)

    def give_away(self, sale: str) -> None:
        """Serve a sale no longer that another engine serves: its viewers come back elsewhere."""
        assert isinstance(self._house, House)
        self.let_go(sale)
        self._scopes.pop(sale).cancel()
        parts: tuple[dict[str, Any], ...] = (self._hubs, self._journals, self._counts, self._desks, self._logs)
        for part in (*parts, self._venues):
            part.pop(sale, None)
        self._gone.add(sale)
        self._house.let_go(sale)

    def let_go(self, sale: str) -> None:
        """Have the viewers of a sale come back, here or elsewhere."""
        self._hubs[sale].let_go()

    def attendance(self, sale: str) -> Attendance:
        """Who looks at a sale here. For the engine that holds it, where that is another one, and for nobody else."""
        hub = self._hubs.get(sale)
        return Attendance() if hub is None else hub.attendance()

    def _outpost_said(self, sale: str, gateway: str, attendance: Attendance, age_s: float) -> None:
        if (hub := self._hubs.get(sale)) is not None:
            hub.outpost_said(gateway, attendance, age_s)

    def _take_up(self, sale: str, room: Room | FarRoom) -> None:
        """Everything that serves one sale."""
        self._hubs[sale] = hub = self._hub(sale, room)
        self._journals[sale] = room.journal
        if isinstance(hub.state, Opening):
            self._openings.take_up(sale, hub, room)
        if isinstance(hub.state, Auction):
            self._counts[sale] = Count(hub, room.journal)
        self._desks[sale] = ProgramDesk(hub, room.clock.now, self._limits)
        if self._signer is None:
            if isinstance(room, FarRoom):  # The log of a sale is signed where its records are.
                spine = room.journal.spine(hub.seq)
                followed = FollowedLog(sale, room.journal.identity.public_key, spine, lambda: room.note)
                hub.follow(followed.take)
                self._logs[sale] = OpenLog(followed, hub.show_checkpoint)
            return
        settings = self._config.transparency
        log = TransparencyLog(
            identity=room.journal.identity,
            spine=room.journal.spine(room.opened.seq),
            sign_with=self._signer.sign,
            witnesses=witnesses(settings.witnesses),
            settings=settings,
            kept_at=self._folder.witnessed(sale),
            veiled=partial(self.veiled, sale),
            face=room.journal.spine(ANNOUNCED) if hub.veiled else None,
        )
        hub.follow(log.take)
        self._logs[sale] = OpenLog(log, partial(self._show_checkpoint, hub))

    def _begin(self, work: trio.Nursery, sale: str) -> None:
        """Let what serves one sale work, until it is given away."""
        self._scopes[sale] = trio.CancelScope()
        work.start_soon(self._serve, sale, self._scopes[sale])

    async def _serve(self, sale: str, scope: trio.CancelScope) -> None:
        with scope:
            async with trio.open_nursery() as work:
                self._let_work(work, sale)

    def _let_work(self, work: trio.Nursery, sale: str) -> None:
        hub = self._hubs[sale]
        work.start_soon(hub.run)
        self._openings.begin(work, sale)
        if sale in self._logs:
            work.start_soon(self._logs[sale].log.run, self._logs[sale].tell)

        room = self._house.rooms[sale]
        if isinstance(room, Room):
            over_at = hub.seq if hub.state.phase is SalePhase.CLOSED else None
            for sender in self._senders:
                file = PositionFile(self._folder.told(), sender.endpoint.url, sale)
                unkept = partial(self._log.warn, "webhook_unkept", sale=sale)
                epoch = room.journal.identity.epoch
                work.start_soon(Courier(room, epoch, sender, file, over_at=over_at, unkept=unkept).run)

    def _make_senders(self) -> list[Sender]:
        settings = self._config.webhooks
        return [
            Sender(
                endpoint=each,
                settings=settings,
                post=Post(settings, time.time),
                dice=random.Random(),  # noqa: S311 - spreads attempts, and keeps no secret
                places=trio.CapacityLimiter(settings.at_once_max),
                given_up=self._given_up,
            )
            for each in endpoints(settings)
        ]

    def _given_up(self, host: str, message: Message, attempts: int, why: str) -> None:
        told = {"sale": message.sale, "type": message.type, "id": message.id}
        self._log.warn("webhook_given_up", endpoint=host, **told, attempts=attempts, why=why)

    def holds(self, sale: str) -> bool:
        """Whether there is a sale of this id, served or not."""
        return sale in self._hubs or self._folder.journal(sale).exists()

    def stop(self) -> None:
        """Say goodbye to everybody and let :meth:`run` return."""
        self._stop.set()

    async def stopped(self) -> None:
        """Return when the engine has been told to stop, or has stopped serving by itself."""
        await self._stop.wait()

    def state(self, sale: str) -> State:
        """A sale as its viewers see it now. To be read only."""
        return self._hubs[sale].state

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

    # What the pages ask; see engine.gateway.sales.Sales.

    def listing(self) -> list[dict[str, Any]]:
        """The sales of this house, in brief."""
        return [hub.brief() for hub in self._hubs.values()]

    def about(self, sale: str) -> dict[str, Any] | None:
        """What everybody may know of one sale."""
        hub = self._hubs.get(sale)
        if hub is None:
            return None
        log, about = self._logs.get(sale), hub.about()
        if log is not None and log.log.signed:
            about["log"] = log.log.brief()
        second = self._second_copy(sale)
        if second is not None:
            about["standby"] = second.told()
        return about

    def _aside(self, sale: str) -> Aside:
        """What gateways are told of a sale beside its record."""
        log = self._logs.get(sale)
        return Aside(self._second_copy(sale), "" if log is None else log.log.note())

    def _second_copy(self, sale: str) -> Second | None:
        """How it is with the second copy of a sale's record; None if there is to be none."""
        if isinstance(self._house, FarHouse):
            room = self._house.rooms.get(sale)
            return None if room is None else room.second
        return None if self._second is None else self._second.seen(sale)

    def veiled(self, sale: str) -> bool:
        """Whether nobody may know how far the record of a sale is."""
        hub = self._hubs.get(sale)
        return hub is not None and hub.veiled

    def checkpoint(self, sale: str, size: int, head: bytes, at: int) -> str:
        """A checkpoint over the first ``size`` records of a sale."""
        return self._logs[sale].log.checkpoint(size, head, at)

    def lots(self, sale: str) -> list[dict[str, Any]] | None:
        """Every lot of a sale as everybody may see it."""
        hub = self._hubs.get(sale)
        return None if hub is None else hub.lots()

    async def record(self, sale: str, after: int, limit: int) -> dict[str, Any] | None:
        """One page of a sale's public record."""
        hub = self._hubs.get(sale)
        return None if hub is None else await hub.page(after, limit)

    async def past(self, sale: str, *, seq: int | None = None, at_us: int | None = None) -> bytes | None:
        """What the public saw of a sale after a record, or at an instant."""
        if seq is not None:
            return await self._past.at(sale, seq)
        return await self._past.at_instant(sale, at_us or 0)

    async def figures(self, sale: str) -> dict[str, Any] | None:
        """A sale in figures."""
        count = self._counts.get(sale)
        return None if count is None else await count.report()

    async def figure_records(self, sale: str, of: str) -> dict[str, Any] | None:
        """The newest records behind one figure of a sale."""
        count = self._counts.get(sale)
        return None if count is None else await count.records(of)

    async def series(self) -> dict[str, Any]:
        """All sales in figures; together they wait no longer than one alone."""
        until = trio.current_time() + WAIT_S
        return series([await count.report(max(0.0, until - trio.current_time())) for count in self._counts.values()])

    def results(self) -> list[dict[str, Any]]:
        """The result of every quota sale."""
        return [result for hub in self._hubs.values() if (result := hub.result()) is not None]

    def posted(self) -> list[Posted]:
        """Every sale, for the day's board."""
        return [hub.posted(self._venues.get(sale)) for sale, hub in self._hubs.items()]

    def cluster(self) -> dict[str, Any]:
        """How the house stands on its machines; of openings nothing."""
        abouts = [self.about(sale) for sale, hub in self._hubs.items() if not isinstance(hub.state, Opening)]
        return for_all([each for each in abouts if each], self._house, self._carried, self.house_time())

    def house_time(self) -> Nanoseconds:
        """The time by which what is held here ends."""
        clocks = (room.clock.now() for room in self._house.rooms.values())
        return max(clocks, default=Nanoseconds(time.time_ns()))

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether every room serves; if not, which do not."""
        halted = {sale: fault.code for sale, fault in self._house.halted.items()}
        told: dict[str, Any] = {"sales": sorted(self._hubs), "halted": halted}
        if self._annexes is not None:
            told["gateways"] = {str(number): count for number, count in self._annexes.sockets().items()}
        return not halted, told

    def statistics(self) -> dict[str, dict[str, int]]:
        """Queue depths and connections, as they are now."""
        by_role: dict[str, int] = {}
        told = {sale: hub for sale, hub in self._hubs.items() if not hub.veiled}
        untold = sum(len(hub) for hub in self._hubs.values() if hub.veiled)
        away = waiting = 0
        if self._annexes is not None:
            away, waiting = len(self._annexes), self._annexes.waiting
            self._meters.gateways(self._annexes.sockets())
        for hub in told.values():
            for role, count in hub.by_role().items():
                by_role[role] = by_role.get(role, 0) + count
        return {
            "connections": by_role,
            "queues": {
                "mailbox": sum(self._house.rooms[sale].waiting for sale in told),
                "unanswered": sum(hub.waiting for hub in told.values()) + waiting,
                "sockets": len(self._reactor) + away - untold,
            },
            "rooms": {"halted": len(self._house.halted)},
        }

    # Parts.

    def _app(self) -> Starlette:
        planner: Planning | None = None
        if self._signer is not None:
            planner = Planning(self._folder, announce=self.announce, exists=self.holds, token=self.token)
        return make_app(
            sales=self,
            papers=self._desk,
            desks=self._desks.get,
            logs=self._logs.get,
            tokens=self._tokens,
            tickets=self._tickets,
            limits=self._limits,
            meters=self._meters,
            settings=self._config.pages,
            web_dir=web_folder(),
            now=time.time,
            planner=planner,
            tender=self._openings.tender,
            uploads=self._openings.uploads,
            usb_key_port=self._config.http.usb_key_port,
        )

    def _longest_body(self) -> Callable[[Request], int | None]:
        makers = uploads(self._tokens, self._limits, self._config.pages.upload_bytes_max, time.time)

        def longest(request: Request) -> int | None:
            most = self._openings.longest(request)
            return makers(request) if most is None else most

        return longest

    def _papers_of(self, sale: str) -> Journal | None:
        """What papers of ``sale`` are made from: how many records there are would tell too much behind the veil."""
        return None if self.veiled(sale) else self._journals.get(sale)

    def _counted(self, path: str) -> bool:
        """Whether a request for ``path`` may be counted: one for a sale whose record is veiled would tell that somebody bids."""
        found = OF_A_SALE.match(path)
        return found is None or not self.veiled(found[1])

    def _hub(self, sale: str, room: Room | FarRoom) -> Hub:
        return Hub(
            sale=sale,
            epoch=room.journal.identity.epoch,
            public_key=room.journal.identity.public_key,
            standing=room.opened,
            tail=room.tail,
            kept=room,
            submit=room.submit,
            now=room.clock.now,
            broadcaster=Broadcaster(self._config.sweep, on_sweep=partial(self._swept, sale)),
            settings=self._config.hub,
            meters=self._meters,
            announced=self._announced(room),
            sign=None if self._signer is None else self._signer.sign,
            missing=self._openings.missing(sale, room),
            release=self._openings.release(sale),
        )

    def _swept(self, sale: str, took_s: float) -> None:
        if not self.veiled(sale):  # A sweep takes the longer the more look on.
            self._meters.swept(took_s)

    def _announced(self, room: Room | FarRoom) -> bytes | None:
        """The digest of the one record that may be known of, where the others may not."""
        return room.journal.spine(ANNOUNCED).digests[0] if veiled(room.opened.state) else None

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

    def _make_annexes(self) -> Annexes | None:
        """Gateways beside us, if there are to be any. A socket whose TLS ends here cannot be another process's."""
        if not self._config.cluster.gateways or not isinstance(self._house, House) or self._signer is None:
            return None
        if self._tls is not None:
            self._log.warn("gateways_not_started", why="TLS ends in the engine: all sockets stay with it")
            return None
        return Annexes(
            folder=self._folder,
            config=self._config,
            meters=self._meters,
            log=self._log,
            halted=lambda: self._house.halted,
        )

    async def _show_checkpoint(self, hub: Hub, ready: bytes) -> None:
        if self._annexes is not None and not hub.veiled:
            self._annexes.show_checkpoint(hub, ready)
        await hub.show_checkpoint(ready)

    async def _distribute(self, house: House, signer: Signer, at: str) -> None:
        """What other machines have of this house: a standby a second copy of its records, and gateways what may be seen of them."""
        second = self._second
        own = None if self._annexes is None else self._annexes.carrier
        carried = distributors(
            self._folder,
            house.rooms,
            signer,
            self._config.cluster,
            aside=self._aside,
            present=self._outpost_said,
            own=own,
        )
        self._carried = carried
        async with trio.open_nursery() as work:
            work.start_soon(keep_telling, self._folder, {sale: room.journal for sale, room in house.rooms.items()})
            if second is not None:
                work.start_soon(second.run, house, self._hubs, self._log)
            settings = self._config.cluster
            departures = Departures(
                folder=self._folder,
                settings=settings,
                signer=signer,
                house=house,
                shown=lambda sale: self._hubs[sale].seq,
                let_go=self.give_away,
                log=self._log,
                on_step=self._on_step,
            )
            work.start_soon(departures.run)
            if carried or second is not None:
                beside = None if self._annexes is None else self._annexes.states
                state = partial(gather, at, house, carried, second, beside)
                work.start_soon(keep_state, state_file(self._folder), state, self._log)
            work.start_soon(tell_troubles, lambda: {kind: each.trouble for kind, each in carried.items()}, self._log)
            await self._shown.wait()
            if settings.moves_listen:
                arrivals = Arrivals(
                    folder=self._folder,
                    settings=settings,
                    signer=signer,
                    rooms=house.rooms,
                    serve=self.receive,
                    log=self._log,
                    on_step=self._on_step,
                )
                work.start_soon(arrivals.run)
            for distributor in carried.values():
                work.start_soon(distributor.run)

    def _hand_over(self, sock: socket.socket, upgrade: Upgrade, address: str, sale: str) -> None:
        hub = self._hubs.get(sale)
        if hub is None:
            raise Refused(Fault.ROOM_MOVED if sale in self._gone else Fault.NOT_FOUND)
        if isinstance(self._house, FarHouse) and sale in self._house.halted:
            raise Refused(Fault.BUSY, after_ms=COME_BACK_MS)
        place = self._limits.knock(address)
        entrance = Entrance(sale, place, self._tickets, self._doorkeeper)
        clock = self._house.rooms[sale].clock
        size = self._config.socket.frame_bytes_max

        elsewhere = at_home if self._annexes is None else self._annexes.elsewhere(hub, entrance, place.leave)

        def meet(make: Callable[[Talk], Connection]) -> Connection:
            session = Session(hub, entrance, clock.now, make, frame_bytes_max=size, elsewhere=elsewhere)
            connection = session.connection
            connection.counted = lambda: not hub.veiled
            place.give_way = partial(connection.let_go, "half open")
            return connection

        try:
            self._reactor.adopt(sock, upgrade, meet)
        except BaseException:
            place.leave()
            raise

    def _terminator(self, context: ssl.SSLContext) -> Terminator:
        http = self._config.http
        return Terminator(
            context,
            handshake_s=http.tls_handshake_s,
            stall_s=http.write_stall_s,
            on_handshake=self._meters.shook_hands,
        )

    def _watch(self, work: trio.Nursery) -> None:
        """Tell the log what happens."""
        for sale, room in self._house.rooms.items():
            work.start_soon(follow, sale, room.tail, self._log, partial(self.veiled, sale))
        work.start_soon(
            self._doorkeeper.run, partial(trio.to_thread.run_sync, self._revocations.news), self._on_revoked
        )
        work.start_soon(sum_up, self._meters, self._log, self._config.log.summary_every_s)
        certificate = self._config.http.tls_certificate
        if certificate:
            work.start_soon(mind_certificate, Path(certificate), certificates.utc_now, self._log)

    def _on_revoked(self, tokens: int, sockets: int) -> None:
        self._log.warn("tokens_revoked", count=tokens, sockets_closed=sockets, unreadable=self._revocations.unreadable)

    async def _keep_house(self) -> None:
        await self._house.run()
        self.stop()  # Every room has stopped: nothing is left to serve.


def _note_trust(folder: DataFolder, notice: AnyNotice) -> None:
    if isinstance(notice, OpeningNotice) and notice.trust is not None:
        write_once(folder.trust(notice.sale), str(notice.trust).encode())


def _open_files_as_allowed() -> None:
    """Every browser is an open file: take as many as the system lets this process have, not the few it begins with."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def web_folder() -> Path:
    """The pages: inside an installed engine, beside it in a checkout."""
    engine = Path(__file__).resolve().parent
    return engine / "_web" if (engine / "_web").is_dir() else engine.parent / "web"


def _kept(journal: SqliteJournal, second: SecondCopy | None) -> Journal:
    """``journal``, kept twice if there is to be a second copy."""
    return journal if second is None else second.of_journal(journal)


def _at_first(second: SecondCopy | None) -> Callable[[Copies], Copies]:
    """In how many places a record is kept when its room is opened, given what it says."""
    return (lambda _said: Copies.ONE) if second is None else second.at_first


def _on_commit(
    sale: str, room_of: Callable[[str], Room | None], meters: Meters, slow: SlowCommits
) -> Callable[[Commit, float], None]:
    def on_commit(commit: Commit, took_s: float) -> None:
        room = room_of(sale)
        if room is not None and veiled(room.clerk.memory.state):
            return  # That something was kept is not to be known.
        meters.committed(len(commit.digests), took_s)
        slow(sale, took_s)

    return on_commit
