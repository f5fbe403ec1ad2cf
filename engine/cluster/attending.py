"""A gateway tells the engines whose sales it shows who is here: again and again while anybody is, and never oftener than it may."""

from collections.abc import Callable, Mapping
from typing import Protocol

import trio

from engine.cluster.settings import ClusterSettings
from engine.wire.attendance import Attendance


class Followed(Protocol):
    """A room that another process holds. See :class:`engine.cluster.far.FarRoom`."""

    def say_present(self, attendance: Attendance) -> None:
        """Tell the engine who is here."""
        ...


class Attending:
    """
    What one gateway says of its viewers.

    Args:
        rooms: The rooms it follows, by sale; those that come later are taken up too.
        ask: Who looks at a sale here.
        settings: How often, and of how many.
        again_s: When nobody is here any more, that is said for so long: by then the engine has heard it, or has forgotten us.

    """

    def __init__(
        self,
        rooms: Mapping[str, Followed],
        ask: Callable[[str], Attendance],
        settings: ClusterSettings,
        again_s: float,
    ) -> None:
        self._rooms, self._ask, self._settings, self._again_s = rooms, ask, settings, again_s
        self._until: dict[str, float] = {}
        """Sales of which there is something to say, and how long."""

        self._leaving = False

    async def run(self) -> None:
        """Say it for ever."""
        while True:
            self._say()
            await trio.sleep(self._settings.presence_ms / 1000)

    def goodbye(self) -> None:
        """Everybody here is about to be sent away. From now on nothing else is said, whoever is still here."""
        self._leaving = True
        self._say()

    def _say(self) -> None:
        now = trio.current_time()
        for sale, room in tuple(self._rooms.items()):
            here = Attendance(leaving=True) if self._leaving else self._ask(sale)
            if here.watchers or here.bidders:
                self._until[sale] = now + self._again_s
            if self._until.get(sale, now) > now:
                most = self._settings.presence_bidders_max
                room.say_present(Attendance(here.watchers, here.bidders[:most], here.leaving))
            else:
                self._until.pop(sale, None)
