"""How people come into an engine: over HTTP to its pages, and over sockets to its sales."""

import re
import socket
import ssl
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import trio
from starlette.applications import Starlette

from engine.annexes import Annexes
from engine.config import Config
from engine.eventlog.lines import EventLog
from engine.far_house import FarHouse
from engine.gateway.builder import Planner, uploads
from engine.gateway.connection import Connection, Talk
from engine.gateway.door import Entrance
from engine.gateway.doorkeeper import Doorkeeper
from engine.gateway.http import Request
from engine.gateway.limits import Limits, Refused
from engine.gateway.reactor import Reactor
from engine.gateway.revocation import RevocationList
from engine.gateway.sales import Sales
from engine.gateway.server import Server
from engine.gateway.session import Session, at_home
from engine.gateway.site import make_app
from engine.gateway.tickets import Tickets
from engine.gateway.tls import Terminator
from engine.gateway.tokens import Tokens
from engine.gateway.upgrade import Upgrade
from engine.held_sales import HeldSales
from engine.journal.base import Journal
from engine.meters import Meters
from engine.papers.desk import Desk
from engine.room.house import House
from engine.wire.refusals import Fault

RELAY_S: Final = 1.0
"""How long the last bytes to browsers may take through TLS when the house closes."""

COME_BACK_MS: Final = 1000
"""When to try again where an engine is not heard."""

OF_A_SALE: Final = re.compile(r"/(?:api/)?sales/([^/]+)")


class Doors:
    """
    Those of one engine, behind one port.

    Args:
        house: The rooms.
        held: What serves each of them.
        annexes: Gateways beside us, if there are any.
        config: Every setting.
        meters: What is counted.
        log: Where events are told.
        tokens: Say who someone is.
        revocations: Which of them were taken back.
        limits: How often he may ask.
        tls: With which certificate TLS ends here; None where it does not.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        house: House | FarHouse,
        held: HeldSales,
        annexes: Annexes | None,
        config: Config,
        meters: Meters,
        log: EventLog,
        tokens: Tokens,
        revocations: RevocationList,
        limits: Limits,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._house, self._held, self._annexes = house, held, annexes
        self._config, self._meters, self._log = config, meters, log
        self._tokens, self._revocations, self._limits = tokens, revocations, limits
        self._doorkeeper = Doorkeeper(tokens, time.time, on_shut_out=partial(meters.evicted, "token"))
        self._tickets = Tickets(config.tickets, trio.current_time)
        self._reactor = Reactor(config.socket, on_evicted=meters.evicted, may_move=annexes is not None)
        self._papers = Desk(self._papers_of, config.papers)
        self._tls = None if tls is None else self._terminator(tls)

    @property
    def sockets(self) -> int:
        """How many people's sockets this process holds."""
        return len(self._reactor)

    def server(self, listener: socket.socket, told: Sales, planner: Planner | None) -> Server:
        """
        What answers at ``listener``.

        Args:
            listener: The port.
            told: What the pages are told.
            planner: Makes sales while the house serves; without one there is no builder.

        """
        return Server(
            listener=listener,
            app=self._app(told, planner),
            handover=self._hand_over,
            settings=self._config.http,
            meters=self._meters,
            tls=self._tls,
            bodies=self._longest_body(),
            counted=self._counted,
        )

    async def open(self, work: trio.Nursery) -> None:
        """Let the sockets of those who come in work; the server may run when this returns."""
        work.start_soon(self._reactor.run)
        news = partial(trio.to_thread.run_sync, self._revocations.news)
        work.start_soon(self._doorkeeper.run, news, self._on_revoked)
        if self._tls is not None:
            await work.start(self._tls.run)

    async def farewell(self) -> None:
        """Say goodbye to everybody who is here, or in a gateway beside us."""
        async with trio.open_nursery() as goodbye:
            goodbye.start_soon(self._reactor.farewell)
            if self._annexes is not None:
                goodbye.start_soon(self._annexes.farewell)
        if self._tls is not None:
            await self._tls.drained(RELAY_S)

    def close(self) -> None:
        """Let go of every socket."""
        self._reactor.close()

    # Pages.

    def _app(self, told: Sales, planner: Planner | None) -> Starlette:
        return make_app(
            sales=told,
            papers=self._papers,
            desks=self._held.desks.get,
            logs=self._held.logs.get,
            tokens=self._tokens,
            tickets=self._tickets,
            limits=self._limits,
            meters=self._meters,
            settings=self._config.pages,
            web_dir=web_folder(),
            now=time.time,
            planner=planner,
            tender=self._held.openings.tender,
            uploads=self._held.openings.uploads,
            usb_key_port=self._config.http.usb_key_port,
        )

    def _papers_of(self, sale: str) -> Journal | None:
        """What papers of ``sale`` are made from: how many records there are would tell too much behind the veil."""
        return None if self._held.veiled(sale) else self._held.journals.get(sale)

    def _longest_body(self) -> Callable[[Request], int | None]:
        makers = uploads(self._tokens, self._limits, self._config.pages.upload_bytes_max, time.time)

        def longest(request: Request) -> int | None:
            most = self._held.openings.longest(request)
            return makers(request) if most is None else most

        return longest

    def _counted(self, path: str) -> bool:
        """Whether a request for ``path`` may be counted: one for a sale whose record is veiled would tell that somebody bids."""
        found = OF_A_SALE.match(path)
        return found is None or not self._held.veiled(found[1])

    # Sockets.

    def _hand_over(self, sock: socket.socket, upgrade: Upgrade, address: str, sale: str) -> None:
        hub = self._held.hubs.get(sale)
        if hub is None:
            raise Refused(Fault.ROOM_MOVED if sale in self._held.gone else Fault.NOT_FOUND)
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

    def _on_revoked(self, tokens: int, sockets: int) -> None:
        self._log.warn("tokens_revoked", count=tokens, sockets_closed=sockets, unreadable=self._revocations.unreadable)


def web_folder() -> Path:
    """The pages: inside an installed engine, beside it in a checkout."""
    engine = Path(__file__).resolve().parent
    return engine / "_web" if (engine / "_web").is_dir() else engine.parent / "web"
