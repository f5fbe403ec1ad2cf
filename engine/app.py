"""The composition root: the only file that knows every part of an engine."""

import gc
import resource
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import trio
from starlette.applications import Starlette

from engine.config import Config
from engine.domain import proceeding
from engine.domain.parties import Principal
from engine.domain.proceeding import State
from engine.gateway.broadcaster import Broadcaster
from engine.gateway.desk import Desk
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits, Refused
from engine.gateway.pages import make_app
from engine.gateway.reactor import Reactor
from engine.gateway.server import Server, listen
from engine.gateway.session import Entrance, Session
from engine.gateway.tickets import Tickets
from engine.gateway.tokens import Keyring, Tokens
from engine.journal.faults import StorageFault
from engine.journal.signing import Signer
from engine.meters import Meters
from engine.notice import Notice, read_notice
from engine.room.house import DataFolder, FolderLock, House, Room, announce, keep_journal, open_room
from engine.wire.refusals import Fault

SWITCH_INTERVAL_S: Final = 1e-4
"""How long a busy loop may keep the thread that commits from its next step. Python's own 5 ms can starve it for seconds."""

GC_THRESHOLDS: Final = (50_000, 50, 50)
"""Collections are short and rare: with Python's own thresholds a full hall was stopped for 60 ms at a time."""

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class NothingToServe(Exception):
    """The data folder holds no sale and no notice."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where a house can be reached."""

    url: str
    sales: list[str]


class Engine:
    """One process: rooms, hubs, the reactor and the front, on one port."""

    def __init__(self, folder: DataFolder, house: House, config: Config, meters: Meters) -> None:
        self._folder, self._house, self._config, self._meters = folder, house, config, meters
        self._tokens = _open_tokens(folder)
        self._tickets = Tickets(config.tickets, trio.current_time)
        self._limits = Limits(config.limits, trio.current_time)
        self._reactor = Reactor(config.socket, on_evicted=meters.evicted)
        self._hubs = {sale: self._hub(sale, room) for sale, room in house.rooms.items()}
        self._desks = {sale: Desk(hub, house.rooms[sale].clock.now, self._limits) for sale, hub in self._hubs.items()}
        self._stop = trio.Event()

    @classmethod
    async def open(cls, folder: DataFolder, notices: Sequence[Notice], config: Config) -> Self:
        """
        An engine for every sale in ``folder``, and for those the ``notices`` announce.

        Raises:
            JournalFault: A journal must not be served.
            NoticeConflict: A notice differs from what was announced.
            NothingToServe: There is no sale at all.

        """
        rooms: dict[str, Room] = {}
        house = House(rooms, FolderLock(folder))
        signer = Signer.from_file(folder.signing_key())
        meters = Meters()
        announced = {notice.sale: notice for notice in notices}
        try:
            for sale in sorted({*folder.sales(), *announced}):
                journal = keep_journal(folder, sale, signer)
                room = open_room(
                    journal,
                    signer,
                    config.room,
                    on_commit=lambda commit, seconds: meters.committed(len(commit.digests), seconds),
                )
                rooms[sale] = room
                if sale in announced:
                    await announce(room, announced[sale].announce, announced[sale].admissions)
        except BaseException:
            house.close()
            raise
        if not rooms:
            house.close()
            raise NothingToServe(f"{folder.root} holds no sale: put a notice (*.toml) there, or name one with --sale")
        return cls(folder, house, config, meters)

    async def run(self, *, task_status: trio.TaskStatus[Serving] = trio.TASK_STATUS_IGNORED) -> None:
        """
        Serve until :meth:`stop`.

        Raises:
            StorageFault: Every room has stopped because its storage failed.

        """
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        _open_files_as_allowed()
        http = self._config.http
        try:
            listener = listen(http.host, http.port, http.backlog)
        except OSError as error:
            self._house.close()
            raise OSError(
                f"{http.host}:{http.port} cannot be listened on: {error.strerror}; try another --port"
            ) from error
        server = Server(
            listener=listener, app=self._app(), handover=self._hand_over, settings=http, meters=self._meters
        )
        serving = Serving(_url(http.host, server.port), sorted(self._hubs))
        try:
            async with trio.open_nursery() as work:
                work.start_soon(self._keep_house)
                work.start_soon(self._reactor.run)
                for hub in self._hubs.values():
                    work.start_soon(hub.run)
                async with trio.open_nursery() as front:
                    front.start_soon(server.run)
                    gc.collect()
                    gc.freeze()
                    gc.set_threshold(*GC_THRESHOLDS)
                    task_status.started(serving)
                    await self._stop.wait()
                    server.stop()
                await self._reactor.farewell()
                work.cancel_scope.cancel()
        finally:
            self._reactor.close()
            self._house.close()
        if self._house.halted and len(self._house.halted) == len(self._house.rooms):
            raise StorageFault("; ".join(f"{sale}: {fault}" for sale, fault in self._house.halted.items()))

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
        return None if hub is None else hub.about()

    def lots(self, sale: str) -> list[dict[str, Any]] | None:
        """Every lot of a sale as everybody may see it."""
        hub = self._hubs.get(sale)
        return None if hub is None else hub.lots()

    async def record(self, sale: str, after: int, limit: int) -> dict[str, Any] | None:
        """One page of a sale's public record."""
        hub = self._hubs.get(sale)
        return None if hub is None else await hub.page(after, limit)

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether every room serves; if not, which do not."""
        halted = {sale: fault.code for sale, fault in self._house.halted.items()}
        return not halted, {"sales": sorted(self._hubs), "halted": halted}

    def statistics(self) -> dict[str, dict[str, int]]:
        """Queue depths and connections, as they are now."""
        by_role: dict[str, int] = {}
        for hub in self._hubs.values():
            for role, count in hub.by_role().items():
                by_role[role] = by_role.get(role, 0) + count
        return {
            "connections": by_role,
            "queues": {
                "mailbox": sum(len(room.mailbox) for room in self._house.rooms.values()),
                "unanswered": sum(hub.waiting for hub in self._hubs.values()),
                "sockets": len(self._reactor),
            },
            "rooms": {"halted": len(self._house.halted)},
        }

    # Parts.

    def _app(self) -> Starlette:
        return make_app(
            sales=self,
            desks=self._desks.get,
            tokens=self._tokens,
            tickets=self._tickets,
            limits=self._limits,
            meters=self._meters,
            settings=self._config.pages,
            web_dir=web_folder(),
            now=time.time,
        )

    def _hub(self, sale: str, room: Room) -> Hub:
        return Hub(
            sale=sale,
            epoch=room.journal.identity.epoch,
            public_key=room.journal.identity.public_key,
            standing=room.opened,
            tail=room.tail,
            kept=room.journal,
            submit=room.submit,
            broadcaster=Broadcaster(self._config.sweep, on_sweep=self._meters.swept),
            settings=self._config.hub,
            meters=self._meters,
        )

    def _hand_over(self, sock: socket.socket, head: bytes, address: str, sale: str) -> None:
        hub = self._hubs.get(sale)
        if hub is None:
            raise Refused(Fault.NOT_FOUND)
        place = self._limits.knock(address)
        entrance = Entrance(sale, place, self._tickets)
        clock = self._house.rooms[sale].clock
        size = self._config.socket.frame_bytes_max
        try:
            self._reactor.adopt(
                sock, head, lambda make: Session(hub, entrance, clock.now, make, frame_bytes_max=size).connection
            )
        except BaseException:
            place.leave()
            raise

    async def _keep_house(self) -> None:
        await self._house.run()
        self.stop()  # Every room has stopped: nothing is left to serve.


async def serve(
    folder: DataFolder, notices: Sequence[Notice], config: Config, on_serving: Callable[[Serving], None]
) -> None:
    """Serve until a signal says stop."""
    engine = await Engine.open(folder, notices, config)
    async with trio.open_nursery() as nursery, until_signalled(engine.stop):
        on_serving(await nursery.start(engine.run))
        await engine.stopped()


@asynccontextmanager
async def until_signalled(then: Callable[[], None] = lambda: None) -> AsyncIterator[trio.CancelScope]:
    """Cancel the body when the process is told to stop (Ctrl-C, SIGTERM), having called ``then``."""
    with trio.open_signal_receiver(*STOP_SIGNALS) as signals:
        async with trio.open_nursery() as nursery:

            async def wait() -> None:
                async for _ in signals:
                    then()
                    nursery.cancel_scope.cancel()

            nursery.start_soon(wait)
            yield nursery.cancel_scope
            nursery.cancel_scope.cancel()


def serve_until_stopped(
    data: Path,
    notices: Sequence[Path],
    config: Config,
    *,
    anchors: Path | None,
    on_serving: Callable[[Serving], None],
) -> None:
    """Read the notices, open the house, serve it. Blocks."""
    paths = [*sorted(data.glob("*.toml")), *notices]
    trio.run(serve, DataFolder(data, anchors), [read_notice(path) for path in paths], config, on_serving)


def make_token(data: Path, sale: str, principal: Principal, *, ttl_s: int) -> str:
    """
    A token for ``principal`` in ``sale``, signed with the key of the data folder; the house need not be running.

    Raises:
        NothingToServe: The sale was never announced there.

    """
    folder = DataFolder(data)
    if not folder.journal(sale).is_file():
        raise NothingToServe(f"{data} holds no sale {sale!r}: serve it once, or look at --data and --sale again")
    return _open_tokens(folder).issue(principal, sale, ttl_s, time.time())


def _open_files_as_allowed() -> None:
    """Every browser is an open file: take as many as the system lets this process have, not the few it begins with."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def web_folder() -> Path:
    """The pages: inside an installed engine, beside it in a checkout."""
    engine = Path(__file__).resolve().parent
    return engine / "_web" if (engine / "_web").is_dir() else engine.parent / "web"


def _open_tokens(folder: DataFolder) -> Tokens:
    return Tokens(Keyring.from_folder(folder.root / "keys" / "tokens"))


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
