"""What the pages are told of the house: its sales, as the public may see them, and how it is doing."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import trio

from engine.annexes import Annexes
from engine.cluster.distributor import Distributor
from engine.cluster.frames import Second
from engine.cluster_state import for_all
from engine.config import Config
from engine.domain.opening.state import Opening
from engine.domain.units import Nanoseconds
from engine.far_house import FarHouse
from engine.gateway import sale_told
from engine.gateway.board import Posted
from engine.gateway.counting import WAIT_S
from engine.gateway.past import Past
from engine.gateway.series import series
from engine.held_sales import HeldSales
from engine.meters import Meters
from engine.room.house import House
from engine.second_copy import SecondCopy


class SalesTold:
    """
    See :class:`engine.gateway.sales.Sales`.

    Args:
        held: The sales.
        house: Their rooms.
        second: The second copy of their records, if there is to be one.
        annexes: Gateways beside us, if there are any.
        carried: What is carried to other machines, by kind.
        sockets: How many sockets this process holds.
        meters: What is counted.
        config: Every setting.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        held: HeldSales,
        house: House | FarHouse,
        second: SecondCopy | None,
        annexes: Annexes | None,
        carried: Mapping[str, Distributor],
        sockets: Callable[[], int],
        meters: Meters,
        config: Config,
    ) -> None:
        self._held, self._house, self._second = held, house, second
        self._annexes, self._carried, self._meters = annexes, carried, meters
        self._sockets = sockets
        self._past = Past(held.hubs, held.journals, config.past)

    def listing(self) -> list[dict[str, Any]]:
        """The sales of this house, in brief."""
        return [sale_told.brief(hub) for hub in self._held.hubs.values()]

    def about(self, sale: str) -> dict[str, Any] | None:
        """What everybody may know of one sale."""
        hub = self._held.hubs.get(sale)
        if hub is None:
            return None
        log, about = self._held.logs.get(sale), sale_told.about(hub)
        if log is not None and log.log.signed:
            about["log"] = log.log.brief()
        second = self._second_copy(sale)
        if second is not None:
            about["standby"] = second.told()
        return about

    def _second_copy(self, sale: str) -> Second | None:
        """How it is with the second copy of a sale's record; None if there is to be none."""
        if isinstance(self._house, FarHouse):
            room = self._house.rooms.get(sale)
            return None if room is None else room.second
        return None if self._second is None else self._second.seen(sale)

    def veiled(self, sale: str) -> bool:
        """Whether nobody may know how far the record of a sale is."""
        return self._held.veiled(sale)

    def checkpoint(self, sale: str, size: int, head: bytes, at: int) -> str:
        """A checkpoint over the first ``size`` records of a sale."""
        return self._held.logs[sale].log.checkpoint(size, head, at)

    def lots(self, sale: str) -> list[dict[str, Any]] | None:
        """Every lot of a sale as everybody may see it."""
        hub = self._held.hubs.get(sale)
        return None if hub is None else sale_told.lots(hub)

    async def record(self, sale: str, after: int, limit: int) -> dict[str, Any] | None:
        """One page of a sale's public record."""
        hub = self._held.hubs.get(sale)
        return None if hub is None else await sale_told.page(hub, after, limit)

    async def past(self, sale: str, *, seq: int | None = None, at_us: int | None = None) -> bytes | None:
        """What the public saw of a sale after a record, or at an instant."""
        if seq is not None:
            return await self._past.at(sale, seq)
        return await self._past.at_instant(sale, at_us or 0)

    async def figures(self, sale: str) -> dict[str, Any] | None:
        """A sale in figures."""
        count = self._held.counts.get(sale)
        return None if count is None else await count.report()

    async def figure_records(self, sale: str, of: str) -> dict[str, Any] | None:
        """The newest records behind one figure of a sale."""
        count = self._held.counts.get(sale)
        return None if count is None else await count.records(of)

    async def series(self) -> dict[str, Any]:
        """All sales in figures; together they wait no longer than one alone."""
        until, counts = trio.current_time() + WAIT_S, self._held.counts.values()
        return series([await count.report(max(0.0, until - trio.current_time())) for count in counts])

    def results(self) -> list[dict[str, Any]]:
        """The result of every quota sale."""
        return [result for hub in self._held.hubs.values() if (result := sale_told.result(hub)) is not None]

    def posted(self) -> list[Posted]:
        """Every sale, for the day's board."""
        return [sale_told.posted(hub, self._held.venues.get(sale)) for sale, hub in self._held.hubs.items()]

    def cluster(self) -> dict[str, Any]:
        """How the house stands on its machines; of openings nothing."""
        abouts = [self.about(sale) for sale, hub in self._held.hubs.items() if not isinstance(hub.state, Opening)]
        return for_all([each for each in abouts if each], self._house, self._carried, self.house_time())

    def house_time(self) -> Nanoseconds:
        """The time by which what is held here ends."""
        clocks = (room.clock.now() for room in self._house.rooms.values())
        return max(clocks, default=Nanoseconds(time.time_ns()))

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether every room serves; if not, which do not."""
        halted = {sale: fault.code for sale, fault in self._house.halted.items()}
        told: dict[str, Any] = {"sales": sorted(self._held.hubs), "halted": halted}
        if self._annexes is not None:
            told["gateways"] = {str(number): count for number, count in self._annexes.sockets().items()}
        return not halted, told

    def statistics(self) -> dict[str, dict[str, int]]:
        """Queue depths and connections, as they are now."""
        by_role: dict[str, int] = {}
        told = {sale: hub for sale, hub in self._held.hubs.items() if not hub.veiled}
        untold = sum(len(hub) for hub in self._held.hubs.values() if hub.veiled)
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
                "sockets": self._sockets() + away - untold,
            },
            "rooms": {"halted": len(self._house.halted)},
        }
