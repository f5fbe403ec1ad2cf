"""An engine with a standby: its journals are kept twice, and who looks at its sales is told how it is with the second copy."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, Self

import trio

from engine.cluster.cipher import Cipher
from engine.cluster.course import Standing
from engine.cluster.frames import Second
from engine.cluster.mirror import ASYNC, SYNC, Mirror
from engine.cluster.settings import ClusterSettings
from engine.cluster.standby_frames import No
from engine.cluster.twofold import TwofoldJournal
from engine.domain.auction.commands import Cause, Copies, SuspendSale
from engine.domain.auction.state import SalePhase
from engine.domain.parties import HOUSE
from engine.domain.units import Nanoseconds
from engine.eventlog.lines import EventLog
from engine.journal.asking import RoomBusy
from engine.journal.faults import EpochStale
from engine.journal.files import write_once
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.house import House, Room, copies_to_state

REASON: Final = (
    "备机失联，出价无法得到确认 / the second copy of the record was missing, and no bid could be acknowledged"
)
NAME_CHARS_MAX: Final = 64
AGAIN_S: Final = 0.1
"""So soon a full mailbox is tried again."""

TELL_S: Final = 1.0
"""How often is looked how many copies there are, and how far the second is behind."""


class Shown(Protocol):
    """Where a sale is shown."""

    def wait_for_standby(self, *, waits: bool) -> None:
        """See :class:`engine.gateway.hub.Hub`."""
        ...

    def show_behind(self, records: int) -> None:
        """See :class:`engine.gateway.hub.Hub`."""
        ...


class SecondCopy:
    """The second copy of all journals of one engine."""

    def __init__(self, mirror: Mirror, known: Path, witnessed: Callable[[str], Path]) -> None:
        self._mirror, self._witnessed = mirror, witnessed
        self._known = known
        """A file that says which standby is ours, once there is one."""

        self._late: dict[str, int] = {}

    @classmethod
    def of(cls, folder: DataFolder, settings: ClusterSettings, signer: Signer) -> Self | None:
        """The one the settings ask for; None if they do not."""
        if not settings.standby_listen:
            return None
        cipher = Cipher.from_file(folder.cluster_key(), make=True)
        write_once(folder.house_key(), f"{signer.public.hex()}\n".encode())
        known = folder.root / "standby.name"

        def takes(name: str) -> bool:
            """The first standby that comes is ours, and then no other."""
            if not known.exists() and 0 < len(name) <= NAME_CHARS_MAX and name.isascii():
                write_once(known, name.encode())
            return known.exists() and known.read_bytes() == name.encode()

        return cls(Mirror(cipher=cipher, key=signer.public, settings=settings, takes=takes), known, folder.witnessed)

    def of_journal(self, journal: SqliteJournal, *, joins: bool = True) -> TwofoldJournal:
        """``journal``, kept twice. See :class:`engine.cluster.twofold.TwofoldJournal`."""
        journal.guard()
        return TwofoldJournal(journal, self._mirror, joins=joins)

    async def caught_up(self) -> None:
        """Return when people may be shown what was found in the journals: see :meth:`engine.cluster.mirror.Mirror.heard_of`."""
        if self._known.exists():
            for course in tuple(self._mirror.courses.values()):
                await self._mirror.heard_of(course)

    @property
    def waits(self) -> bool:
        """Whether nothing is acknowledged until the standby is back."""
        return self._mirror.gone and self._mirror.mode == SYNC

    def seen(self, sale: str) -> Second | None:
        """How it is with a sale's second copy; None if there is to be none."""
        mirror = self._mirror
        if sale not in mirror.courses:
            return None
        late = self._late.get(sale, 0)
        return Second(mirror.mode, mirror.standing(sale).value, mirror.behind(sale), late, self.waits)

    def about(self, sale: str) -> dict[str, Any] | None:
        """What everybody may know of it."""
        seen = self.seen(sale)
        return None if seen is None else seen.told()

    def at_first(self, said: Copies) -> Copies:
        """In how many places a record that says ``said`` is kept when its room is opened, before the standby was heard."""
        if self._mirror.mode == SYNC:
            return Copies.SYNC
        if said in {Copies.ASYNC, Copies.ALONE}:
            return said
        return Copies.ASYNC if self._known.exists() else Copies.ALONE

    def _now(self, sale: str) -> Copies | None:
        """The same, at work; None where that is not known yet."""
        if self._mirror.mode == SYNC:
            return Copies.SYNC
        if self._mirror.gone:
            return Copies.ALONE
        return Copies.ASYNC if self._mirror.standing(sale) is Standing.IN_FORCE else None

    async def run(self, house: House, shown: Mapping[str, Shown], log: EventLog) -> None:
        """Keep it for ever, and tell how it is."""
        mirror = self._mirror
        rooms = house.rooms

        def on_change(standing: Standing) -> None:
            behind = {sale: mirror.behind(sale) for sale in mirror.courses}
            if standing is Standing.GONE:
                log.warn("standby_gone", mode=mirror.mode, behind=behind)
            else:
                log.tell("standby_in_force", mode=mirror.mode)
            if mirror.mode != SYNC:
                return
            for sale, room in [(sale, rooms[sale]) for sale in mirror.courses]:
                if sale in shown:
                    shown[sale].wait_for_standby(waits=standing is Standing.GONE)
                if standing is Standing.GONE:
                    nursery.start_soon(suspend, room, mirror.silent_s)

        def on_refused(no: No) -> None:
            log.warn("standby_refused", code=no.code, sale=no.sale, seq=no.seq)

        def on_over(sale: str, fault: EpochStale) -> None:
            log.warn("engine_superseded", sale=sale, code=fault.code, seq=fault.seq)
            rooms[sale].tail.stop(fault)
            house.halt(sale, fault)

        mirror.on_change, mirror.on_refused, mirror.on_over = on_change, on_refused, on_over
        async with trio.open_nursery() as nursery:
            nursery.start_soon(mirror.run)
            nursery.start_soon(self._tell, house, shown)

    def _notes(self, sales: Iterable[str]) -> dict[str, bytes]:
        """What witnesses have cosigned, by sale."""
        found: dict[str, bytes] = {}
        for sale in sales:
            with suppress(OSError):
                found[sale] = self._witnessed(sale).read_bytes()
        return found

    async def _tell(self, house: House, shown: Mapping[str, Shown]) -> None:
        """
        Have it on the record in how many places that is kept, whenever it changes, and show how far the second copy is behind.

        A record that only just came is on its way, and not behind.
        """
        mirror = self._mirror
        before: dict[str, int] = {}
        while True:
            await trio.sleep(TELL_S)
            mirror.notes = await trio.to_thread.run_sync(self._notes, tuple(mirror.courses))
            for sale, course in tuple(mirror.courses.items()):
                late = max(0, before.get(sale, 0) - course.had)
                self._late[sale], before[sale] = late, course.seq
                room, copies = house.rooms.get(sale), self._now(sale)
                if room is None or sale in house.halted:
                    continue
                if mirror.mode == ASYNC and sale in shown:
                    shown[sale].show_behind(late)
                command = None if copies is None else copies_to_state(room, copies)
                if command is not None:
                    with suppress(RoomBusy):
                        room.submit(command, room.clock.now(), None)


async def suspend(room: Room, silent_s: float) -> None:
    """
    Have a sale suspended that cannot go on, as of when its standby was last heard, ``silent_s`` seconds ago.

    It is recorded here now, and shown when the second copy has it too: before anything that came since is decided.
    """
    memory = room.clerk.memory
    if memory.state is None or memory.state.phase is not SalePhase.OPEN:
        return
    now = room.clock.now()
    at = Nanoseconds(min(now, max(memory.last_at + 1, now - round(silent_s * 1e9))))
    command = SuspendSale(command_id=f"standby-{memory.seq}", by=HOUSE, reason=REASON, cause=Cause.STANDBY, since=at)
    while True:
        try:
            room.submit(command, at, None)
        except RoomBusy:
            await trio.sleep(AGAIN_S)
        else:
            return
