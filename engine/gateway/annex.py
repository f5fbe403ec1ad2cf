"""
Gateway processes beside an engine, as the engine sees them: which of them shows whom what.

The engine lets people in; whose socket is then held by an annex is a guest of the sale's hub. He keeps his place among the limits, and
counts among those present, until the annex says that he is gone, or is gone itself.
"""

import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import trio

from engine.domain.parties import Principal
from engine.domain.views import Audience
from engine.gateway.connection import Connection
from engine.gateway.guest import Guest
from engine.gateway.handing import Checkpoint, Ending, Halted, Moved, Packets, Told
from engine.gateway.hub import Hub
from engine.gateway.tokens import Credential
from engine.gateway.viewer import audience_of
from engine.meters import Meters
from engine.wire.messages import Position


@dataclass(frozen=True, slots=True, eq=False)
class _Lodged:
    """Somebody an annex has taken."""

    guest: Guest
    hub: Hub
    leave: Callable[[], None]
    """Gives his place back."""


@dataclass(slots=True, eq=False)
class Annex:
    """One of them, for as long as its process lives."""

    number: int
    pid: int
    packets: Packets
    meters: Meters
    heard_at: float
    """When it last said something, in monotonic seconds."""

    leaving_max: int
    """Sockets that may wait for their packet to be sent."""

    sales: frozenset[str] = frozenset()
    """What it can show now."""

    waiting: int = 0
    """Commands that have no answer there."""

    _lodged: dict[int, _Lodged] = field(default_factory=dict)
    _whose: Counter[tuple[str, Principal]] = field(default_factory=Counter)
    _count: int = 0
    _checkpoints: dict[str, Checkpoint] = field(default_factory=dict)
    """What it was told of each sale."""

    _halted: set[str] = field(default_factory=set)
    _leaving: deque[tuple[Moved, socket.socket]] = field(default_factory=deque)
    """They are nobody's here, and on no way yet."""

    _something: trio.Event = field(default_factory=trio.Event)

    def __len__(self) -> int:
        """How many sockets it holds."""
        return len(self._lodged)

    def knows(self, sale: str, principal: Principal | None) -> bool:
        """Whether ``principal`` is there already by another socket."""
        return principal is not None and (sale, principal) in self._whose

    def take(
        self,
        hub: Hub,
        connection: Connection,
        credential: Credential | None,
        after: Position | None,
        leave: Callable[[], None],
    ) -> bool:
        """
        Give it the socket of a viewer who was let in.

        Args:
            hub: Of the sale he wants to see.
            connection: His; nobody's here if this succeeds.
            credential: By which token he came in.
            after: What he has read.
            leave: Called once when he is gone.

        Returns:
            Whether it has him now, or in a moment. If not, nothing has changed.

        """
        if len(self._leaving) >= self.leaving_max or (unread := connection.unread()) is None:
            return False
        self._count += 1
        moved = Moved(self._count, hub.sale, credential, after, unread)
        try:
            sent = not self._leaving and self.packets.send(moved, connection.sock)
        except OSError:
            return False
        sock = connection.move_out()
        if sent:
            sock.close()
        else:
            self._leaving.append((moved, sock))
            self._something.set()
        guest = Guest(hub.sale, None if credential is None else credential.principal)
        self._lodged[self._count] = _Lodged(guest, hub, leave)
        if guest.principal is not None:
            self._whose[guest.sale, guest.principal] += 1
        hub.lodge(guest)
        return True

    async def pour(self) -> None:
        """Send those who wait for it, each when there is room, for ever."""
        with suppress(OSError):  # It has ended: whoever waits for that knows in a moment.
            while True:
                if not self._leaving:
                    self._something = trio.Event()
                    await self._something.wait()
                await self.packets.room()
                while self._leaving and self.packets.send(*self._leaving[0]):
                    _, sock = self._leaving.popleft()
                    sock.close()

    def hear(self, told: Told, now: float) -> None:
        """It says how it stands."""
        self.heard_at, self.sales, self.waiting = now, frozenset(told.sales), told.waiting
        for number, seq in told.seen:
            if (lodged := self._lodged.get(number)) is not None:
                lodged.hub.guest_saw(lodged.guest, seq)
        for number in told.gone:
            self._gone(number)
        for why, count in told.evicted.items():
            for _ in range(count):
                self.meters.evicted(why)
        if told.resynced:
            self.meters.resynced(told.resynced)

    def show(self, checkpoints: Mapping[str, Checkpoint], halted: Iterable[str]) -> None:
        """Tell it the newest of what no record says, where it has not been told yet."""
        with suppress(OSError):  # It has ended: whoever waits for that knows in a moment.
            for sale in self.sales:
                newest = checkpoints.get(sale)
                if newest is not None and newest is not self._checkpoints.get(sale) and self.packets.send(newest):
                    self._checkpoints[sale] = newest
            for sale in halted:
                if sale in self.sales and sale not in self._halted and self.packets.send(Halted(sale)):
                    self._halted.add(sale)

    def end(self) -> bool:
        """Have it say goodbye to everybody. Whether it could be told."""
        try:
            return self.packets.send(Ending())
        except OSError:
            return False

    def lost(self) -> int:
        """Its process has ended, and its sockets with it. How many those were."""
        count = len(self._lodged)
        while self._leaving:
            self._leaving.popleft()[1].close()
        for number in tuple(self._lodged):
            self._gone(number)
        self.packets.close()
        return count

    def _gone(self, number: int) -> None:
        lodged = self._lodged.pop(number, None)
        if lodged is None:
            return
        guest = lodged.guest
        if guest.principal is not None:
            self._whose[guest.sale, guest.principal] -= 1
            if not self._whose[guest.sale, guest.principal]:
                del self._whose[guest.sale, guest.principal]
        lodged.hub.guest_left(guest)
        lodged.leave()


def fittest(annexes: Iterable[Annex], sale: str, principal: Principal | None, heard_since: float) -> Annex | None:
    """
    Which of ``annexes`` is to show ``sale`` to ``principal``, or None for the engine itself.

    All sockets of one bidder are at one of them, so that they share what he may ask in a second; others come where the fewest are.
    Officers stay at the engine: what they do holds for all, and is not to hang on a process more.

    Args:
        annexes: Those there are.
        sale: What is to be seen.
        principal: Who wants to see it; None for the public.
        heard_since: One that has said nothing since then, in monotonic seconds, is given nobody.

    """
    if principal is not None and audience_of(principal) is Audience.ROSTRUM:
        return None
    fit = [annex for annex in annexes if sale in annex.sales and annex.heard_at >= heard_since]
    return min(fit, key=lambda annex: (not annex.knows(sale, principal), len(annex)), default=None)
