"""An engine that gives sales to others when two officers have asked it to: cut off, it begins again where it stood."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final, cast

import trio

from engine.cluster.channel import LineLost, connect, greet
from engine.cluster.cipher import Cipher
from engine.cluster.course import Succeedable
from engine.cluster.moving import give
from engine.cluster.settings import ClusterSettings
from engine.domain.opening.state import Opening
from engine.eventlog.lines import EventLog
from engine.journal.commit import Commit
from engine.journal.faults import CopyRefused, JournalFault, RoomMoved
from engine.journal.record import Record
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.journal.tail import TailLost
from engine.retired import MoveAsked, put_aside, read_asked
from engine.room.folder import DataFolder
from engine.room.house import House, Room
from engine.room.leaving import bound_for

REFUSED_S: Final = 10.0
"""After a refusal, somebody has to look first."""

REASON: Final = "场次移交另一引擎，由 {by} 决定 / the sale goes to another engine, decided by {by}"


class Departures:
    """
    Every sale that is to go elsewhere.

    Args:
        folder: The engine's.
        settings: Limits.
        signer: The house's.
        house: The rooms.
        shown: The last record of a sale that may be known of.
        let_go: Serve a sale no longer; its journal is closed.
        log: Where it is told.
        on_step: Told of each step, by its name: for tests.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        settings: ClusterSettings,
        signer: Signer,
        house: House,
        shown: Callable[[str], int],
        let_go: Callable[[str], None],
        log: EventLog,
        on_step: Callable[[str], object] = lambda _step: None,
    ) -> None:
        self._folder, self._settings, self._signer = folder, settings, signer
        self._house, self._shown, self._let_go, self._log, self._on_step = house, shown, let_go, log, on_step
        self._under_way: set[str] = set()

    async def run(self) -> None:
        """Give what is asked for, for ever."""
        async with trio.open_nursery() as nursery:
            while True:
                for sale in self._folder.moves_asked():
                    if sale not in self._under_way:
                        self._under_way.add(sale)
                        nursery.start_soon(self._give, sale)
                await trio.sleep(self._settings.beat_ms / 1000)

    async def _give(self, sale: str) -> None:
        try:
            while (asked := read_asked(self._folder, sale)) is not None:
                try:
                    await self._try(sale, asked)
                except JournalFault as no:
                    self._log.warn("move_refused", sale=sale, code=no.code, why=str(no))
                    await trio.sleep(REFUSED_S)
                except (OSError, LineLost, trio.TooSlowError):
                    await trio.sleep(self._settings.beat_ms / 1000)
        finally:
            self._under_way.discard(sale)

    async def _try(self, sale: str, asked: MoveAsked) -> None:
        room = self._house.rooms.get(sale)
        if room is not None and isinstance(room.clerk.memory.state, Opening):
            self._folder.move_asked(sale).unlink()
            self._log.warn("move_refused", sale=sale, code="E_MOVE_OPENING", why="an opening is served where it began")
            return
        with trio.fail_after(self._settings.timeout_ms / 1000):
            stream = await connect(asked.to)
        async with stream:
            cipher = Cipher.from_file(self._folder.cluster_key(), make=False)
            with trio.fail_after(self._settings.timeout_ms / 1000):
                channel = await greet(stream, cipher, "move")
            self._on_step("reached")
            offer = partial(
                give,
                channel,
                key=self._signer.public,
                page_records=self._settings.page_records,
                note=_read(self._folder.witnessed(sale)),
                on_step=self._on_step,
            )
            if room is not None:
                journal = cast("Succeedable", room.journal)
                leave = _Leave(room, REASON.format(by="、".join(asked.by)))
                first = await offer(journal, last=lambda: leave.last or self._shown(sale), leave=leave)
                await self._end(sale, journal, first)
                return
            journal, end = await trio.to_thread.run_sync(self._sealed, sale)
            with closing(journal):
                target, last = bound_for(end.command), end.seq
                first = await offer(journal, last=lambda: last, leave=partial(_must_be, sale, target, last))
                await self._end(sale, journal, first)

    def _sealed(self, sale: str) -> tuple[SqliteJournal, Record]:
        """The journal of a sale that was given away before we began, read whole, and its last record."""
        journal = SqliteJournal.open(self._folder.journal(sale), self._folder.anchor(sale))
        try:
            ends = [records[-1] for _, records in journal.history()]
        except BaseException:
            journal.close()
            raise
        return journal, ends[-1]

    async def _end(self, sale: str, journal: Succeedable, first: Commit) -> None:
        """The other engine serves it: we do not, and never shall."""
        self._on_step("begun there")
        await journal.supersede(first)
        self._on_step("superseded")
        if sale in self._house.rooms:
            self._let_go(sale)
        else:
            journal.close()
        put_aside(self._folder, sale, first.statement.epoch)
        self._on_step("put aside")
        self._log.tell("sale_moved", sale=sale, epoch=first.statement.epoch, seq=first.first)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


class _Leave:
    """Closes a room at work, once."""

    def __init__(self, room: Room, reason: str) -> None:
        self._room, self._reason = room, reason
        self.last = room.clerk.memory.seq if room.clerk.memory.leaves_for else 0
        """The last record there will be, once that is so."""

    async def __call__(self, target: str) -> None:
        """Close it in favour of ``target``, and return when the record that says so is kept, wherever it must be."""
        room, memory = self._room, self._room.clerk.memory
        if not memory.leaves_for and not room.mailbox.closed:
            room.leave(target, self._reason)
        count = room.tail.count
        try:
            while True:
                try:
                    count += len(await room.tail.after(count))
                except TailLost:
                    count = room.tail.count
        except RoomMoved:
            self.last = memory.seq
        _require(room.journal.identity.sale, memory.leaves_for, target, memory.seq)


async def _must_be(sale: str, ours: str, seq: int, target: str) -> None:
    await trio.lowlevel.checkpoint()
    _require(sale, ours, target, seq)


def _require(sale: str, ours: str, target: str, seq: int) -> None:
    if ours != target:
        raise CopyRefused("E_MOVE_ELSEWHERE", sale, seq)
