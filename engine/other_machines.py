"""What other machines have of an engine: a standby a copy of its records, gateways what may be seen of them, engines its sales."""

from collections.abc import Awaitable, Callable
from functools import partial

import trio

from engine.annexes import Annexes
from engine.arrivals import Arrivals
from engine.cluster.distributor import Aside, Distributor
from engine.cluster_state import gather, keep_state, state_file, tell_troubles
from engine.config import Config
from engine.departures import Departures
from engine.eventlog.lines import EventLog
from engine.far_house import distributors
from engine.heir import keep_telling
from engine.held_sales import HeldSales
from engine.journal.signing import Signer
from engine.room.folder import DataFolder
from engine.room.house import House
from engine.second_copy import SecondCopy
from engine.wire.attendance import Attendance


class OtherMachines:
    """
    Those of one engine. A gateway has none.

    Args:
        folder: Where everything is kept.
        house: The rooms.
        held: What serves each of them.
        config: Every setting.
        signer: The house's.
        second: The second copy of every record, if there is to be one.
        annexes: Gateways beside us, if there are any.
        receive: Serve a sale that came; returns when its record is safe in every place it is to be kept.
        give_away: Serve a sale no longer; its journal is closed.
        log: Where events are told.
        on_step: Told of each step of a sale that goes, or comes, by its name: for tests.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        house: House,
        held: HeldSales,
        config: Config,
        signer: Signer,
        second: SecondCopy | None,
        annexes: Annexes | None,
        receive: Callable[[str], Awaitable[None]],
        give_away: Callable[[str], None],
        log: EventLog,
        on_step: Callable[[str], object],
    ) -> None:
        self._folder, self._house, self._held, self._signer = folder, house, held, signer
        self._settings, self._second, self._annexes = config.cluster, second, annexes
        self._receive, self._give_away, self._log, self._on_step = receive, give_away, log, on_step
        self.carried: dict[str, Distributor] = {}
        """What is carried to other machines, by kind, once we are at work."""

    async def run(self, url: str, shown: trio.Event) -> None:
        """
        Work for them, for ever.

        Args:
            url: Where this engine is reached.
            shown: Set when people may see what is kept here: nothing is carried, and no sale taken, before.

        """
        house, second, log = self._house, self._second, self._log
        own = None if self._annexes is None else self._annexes.carrier
        carried = distributors(
            self._folder,
            house.rooms,
            self._signer,
            self._settings,
            aside=self._aside,
            present=self._outpost_said,
            own=own,
        )
        self.carried.update(carried)
        async with trio.open_nursery() as work:
            work.start_soon(keep_telling, self._folder, {sale: room.journal for sale, room in house.rooms.items()})
            if second is not None:
                work.start_soon(second.run, house, self._held.hubs, log)
            work.start_soon(self._departures().run)
            if carried or second is not None:
                beside = None if self._annexes is None else self._annexes.states
                state = partial(gather, url, house, carried, second, beside)
                work.start_soon(keep_state, state_file(self._folder), state, log)
            work.start_soon(tell_troubles, lambda: {kind: each.trouble for kind, each in carried.items()}, log)
            await shown.wait()
            if self._settings.moves_listen:
                work.start_soon(self._arrivals().run)
            for distributor in carried.values():
                work.start_soon(distributor.run)

    def _departures(self) -> Departures:
        return Departures(
            folder=self._folder,
            settings=self._settings,
            signer=self._signer,
            house=self._house,
            shown=lambda sale: self._held.hubs[sale].seq,
            let_go=self._give_away,
            log=self._log,
            on_step=self._on_step,
        )

    def _arrivals(self) -> Arrivals:
        return Arrivals(
            folder=self._folder,
            settings=self._settings,
            signer=self._signer,
            rooms=self._house.rooms,
            serve=self._receive,
            log=self._log,
            on_step=self._on_step,
        )

    def _aside(self, sale: str) -> Aside:
        """What gateways are told of a sale beside its record."""
        log = self._held.logs.get(sale)
        second = None if self._second is None else self._second.seen(sale)
        return Aside(second, "" if log is None else log.log.note())

    def _outpost_said(self, sale: str, gateway: str, attendance: Attendance, age_s: float) -> None:
        if (hub := self._held.hubs.get(sale)) is not None:
            hub.outpost_said(gateway, attendance, age_s)
