"""The sales an engine holds: everything that serves each of them, from the moment it is taken up until it is given away."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import trio

from engine.annexes import Annexes
from engine.cluster.far import FarRoom
from engine.config import Config
from engine.couriers import Couriers
from engine.domain.auction.state import Auction
from engine.domain.opening.state import Opening
from engine.domain.views import veiled
from engine.eventlog.lines import EventLog
from engine.eventlog.watch import follow
from engine.far_house import FarHouse
from engine.gateway.broadcaster import Broadcaster
from engine.gateway.counting import Count
from engine.gateway.desk import Desk
from engine.gateway.followed_log import FollowedLog
from engine.gateway.hub import Hub
from engine.gateway.limits import Limits
from engine.gateway.proofs import OpenLog
from engine.gateway.standpoint import ANNOUNCED
from engine.gateway.tokens import Tokens
from engine.gateway.transparency import TransparencyLog
from engine.hubs import hub_of
from engine.journal.base import Journal
from engine.meters import Meters
from engine.notice import Notice
from engine.openings import Openings
from engine.retired import moved_away
from engine.room.folder import DataFolder
from engine.room.house import House, Room
from engine.room_opener import RoomOpener
from engine.wire.note import witnesses


class HeldSales:
    """
    Those of one engine, by their ids.

    Args:
        folder: Where everything is kept.
        house: The rooms.
        config: Every setting.
        meters: What is counted.
        log: Where events are told.
        opener: Opens rooms, with the house's signature; None where rooms are followed only.
        tokens: Says who someone is.
        limits: How often he may ask.
        annexes: Gateways beside us, if there are any.
        venues: Where sales are held, as their notices say.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        house: House | FarHouse,
        config: Config,
        meters: Meters,
        log: EventLog,
        opener: RoomOpener | None,
        tokens: Tokens,
        limits: Limits,
        annexes: Annexes | None,
        venues: Mapping[str, str | None],
    ) -> None:
        self._signer = None if opener is None else opener.signer
        self.hubs: dict[str, Hub] = {}
        self.journals: dict[str, Journal] = {}
        self.counts: dict[str, Count] = {}
        """Of auctions only."""

        self.desks: dict[str, Desk] = {}
        self.logs: dict[str, OpenLog] = {}
        self.venues = dict(venues)
        """Where each sale is held, as its notice says."""

        self.gone: set[str] = moved_away(folder)
        """Sales that went to other engines."""

        self.openings = Openings(
            folder=folder,
            config=config,
            hubs=self.hubs.get,
            room=lambda sale: house.rooms[sale],
            tokens=tokens,
            limits=limits,
            signer=self._signer,
        )
        self._folder, self._house, self._config, self._meters = folder, house, config, meters
        self._log, self._opener, self._limits, self._annexes = log, opener, limits, annexes
        self._couriers = Couriers(folder, config, log)
        self._scopes: dict[str, trio.CancelScope] = {}
        """Around what serves a sale."""

        self._work: trio.Nursery | None = None
        rooms: Mapping[str, Room | FarRoom] = house.rooms
        for sale, room in sorted(rooms.items()):
            self._take_up(sale, room)

    def holds(self, sale: str) -> bool:
        """Whether there is a sale of this id, served or not."""
        return sale in self.hubs or self._folder.journal(sale).exists()

    def veiled(self, sale: str) -> bool:
        """Whether nobody may know how far the record of a sale is."""
        hub = self.hubs.get(sale)
        return hub is not None and hub.veiled

    def begin(self, work: trio.Nursery) -> None:
        """Let what serves each sale work in ``work``, until it is given away; sales may come and go from now on."""
        self._work = work
        for sale in self.hubs:
            self._begin(work, sale)

    async def announce(self, notice: Notice) -> None:
        """
        Announce a sale while others are held: when this returns, its room is open to everybody.

        Raises:
            JournalFault: Its journal could not be kept. Nothing of it is left.
            OSError: Likewise.

        """
        house, opener = self._house, self._opener
        if self._work is None or self.holds(notice.sale) or opener is None or not isinstance(house, House):
            raise AssertionError("only a house that serves announces, and each sale once")
        room = await opener.announced(notice)
        house.take_up(notice.sale, room)
        self.venues[notice.sale] = notice.room
        self.adopt(notice.sale, room)

    async def receive(self, sale: str) -> None:
        """
        Serve a sale that came from another engine; returns when its record is safe in every place it is to be kept.

        Raises:
            JournalFault: Its journal must not be served.

        """
        house, opener = self._house, self._opener
        assert isinstance(house, House)
        assert opener is not None
        room = await opener.arrived(sale)
        house.take_up(sale, room)
        self.adopt(sale, room)

    def adopt(self, sale: str, room: Room | FarRoom) -> None:
        """Serve one sale more."""
        if self._work is None:
            raise AssertionError("only a house that serves takes up rooms")
        self._take_up(sale, room)
        self._begin(self._work, sale)

    def give_away(self, sale: str) -> None:
        """Serve a sale no longer that another engine serves: its viewers come back elsewhere."""
        assert isinstance(self._house, House)
        self.let_go(sale)
        self._scopes.pop(sale).cancel()
        parts: tuple[dict[str, Any], ...] = (self.hubs, self.journals, self.counts, self.desks, self.logs)
        for part in (*parts, self.venues):
            part.pop(sale, None)
        self.gone.add(sale)
        self._house.let_go(sale)

    def let_go(self, sale: str) -> None:
        """Have the viewers of a sale come back, here or elsewhere."""
        self.hubs[sale].let_go()

    def wait_for_standby(self, sale: str, *, waits: bool, late: int) -> None:
        """Tell the viewers of a sale whether nothing is acknowledged until the standby of its engine is back, and how late that is."""
        if sale in self.hubs:
            self.hubs[sale].wait_for_standby(waits=waits)
            self.hubs[sale].show_behind(late)

    # What serves one of them.

    def _take_up(self, sale: str, room: Room | FarRoom) -> None:
        self.hubs[sale] = hub = self._hub(sale, room)
        self.journals[sale] = room.journal
        if isinstance(hub.state, Opening):
            self.openings.take_up(sale, hub, room)
        if isinstance(hub.state, Auction):
            self.counts[sale] = Count(hub, room.journal)
        self.desks[sale] = Desk(hub, room.clock.now, self._limits)
        log = self._open_log(sale, hub, room)
        if log is not None:
            self.logs[sale] = log

    def _begin(self, work: trio.Nursery, sale: str) -> None:
        self._scopes[sale] = trio.CancelScope()
        work.start_soon(self._serve, sale, self._scopes[sale])
        work.start_soon(follow, sale, self._house.rooms[sale].tail, self._log, partial(self.veiled, sale))

    async def _serve(self, sale: str, scope: trio.CancelScope) -> None:
        hub, log, room = self.hubs[sale], self.logs.get(sale), self._house.rooms[sale]
        with scope:
            async with trio.open_nursery() as work:
                work.start_soon(hub.run)
                self.openings.begin(work, sale)
                if log is not None:
                    work.start_soon(log.log.run, log.tell)
                if isinstance(room, Room):
                    self._couriers.begin(work, hub, room)

    def _hub(self, sale: str, room: Room | FarRoom) -> Hub:
        return hub_of(
            sale,
            room,
            broadcaster=Broadcaster(self._config.sweep, on_sweep=partial(self._swept, sale)),
            settings=self._config.hub,
            meters=self._meters,
            announced=_announced(room),
            sign=None if self._signer is None else self._signer.sign,
            missing=self.openings.missing(sale, room),
            release=self.openings.release(sale),
        )

    def _swept(self, sale: str, took_s: float) -> None:
        if not self.veiled(sale):  # A sweep takes the longer the more look on.
            self._meters.swept(took_s)

    def _open_log(self, sale: str, hub: Hub, room: Room | FarRoom) -> OpenLog | None:
        """The transparency log of a sale, or what is followed of it: it is signed where the records of the sale are."""
        if self._signer is None:
            if not isinstance(room, FarRoom):
                return None
            spine = room.journal.spine(hub.seq)
            followed = FollowedLog(sale, room.journal.identity.public_key, spine, lambda: room.note)
            hub.follow(followed.take)
            return OpenLog(followed, hub.show_checkpoint)
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
        return OpenLog(log, partial(self._show_checkpoint, hub))

    async def _show_checkpoint(self, hub: Hub, ready: bytes) -> None:
        if self._annexes is not None and not hub.veiled:
            self._annexes.show_checkpoint(hub, ready)
        await hub.show_checkpoint(ready)


def _announced(room: Room | FarRoom) -> bytes | None:
    """The digest of the one record that may be known of, where the others may not."""
    return room.journal.spine(ANNOUNCED).digests[0] if veiled(room.opened.state) else None
