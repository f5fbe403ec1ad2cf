"""Rooms opened from their journals: those a folder holds, one announced while others are held, one that comes from another engine."""

from collections.abc import Callable, Collection, Mapping
from functools import partial

import trio

from engine.arrivals import settle
from engine.cluster.twofold import TwofoldJournal
from engine.config import Config
from engine.domain.auction.commands import Copies
from engine.domain.units import Nanoseconds
from engine.domain.views import veiled
from engine.eventlog.lines import EventLog
from engine.eventlog.watch import SlowCommits
from engine.journal.base import Journal
from engine.journal.commit import Commit
from engine.journal.faults import JournalFault
from engine.journal.files import write_once
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.meters import Meters
from engine.notice import AnyNotice, OpeningNotice
from engine.retired import moved_away
from engine.room.clock import Clock, HouseClock
from engine.room.folder import DataFolder
from engine.room.house import Room, announce, keep_journal, open_room, state_copies, suspend_if_interrupted
from engine.second_copy import SecondCopy


class RoomOpener:
    """
    Opens the rooms of one engine, which hold their journals once or, with a standby, twice.

    Args:
        folder: Where the journals are.
        signer: Signs their commits.
        config: Every setting.
        meters: Count what is committed.
        log: Is told of slow commits.
        second: The second copy of every journal, if there is to be one.
        rooms: Those that are open.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        signer: Signer,
        config: Config,
        meters: Meters,
        log: EventLog,
        second: SecondCopy | None,
        rooms: dict[str, Room],
    ) -> None:
        self.signer, self.second = signer, second
        self._folder, self._config, self._meters, self._rooms = folder, config, meters, rooms
        self._slow = SlowCommits(log, config.log.slow_commit_ms / 1000, trio.current_time)

    async def reopen(
        self, gone: Collection[str], clock: Callable[[Nanoseconds], Clock], on_progress: Callable[[int], object]
    ) -> None:
        """
        Open every room whose journal is in the folder.

        Args:
            gone: Sales that are given to other engines.
            clock: Makes the time of a room, from the last instant on its record.
            on_progress: Told of records while journals are read.

        Raises:
            JournalFault: A journal must not be served.

        """
        await settle(self._folder, self.signer)
        for sale in self._folder.sales():
            if sale not in gone:
                self._open(sale, clock, on_progress)

    async def announce_at_start(
        self,
        announced: Mapping[str, AnyNotice],
        clock: Callable[[Nanoseconds], Clock],
        on_progress: Callable[[int], object],
    ) -> None:
        """
        Open those that notices announce, when every journal that is there has been read. Then all rooms are ready for their clerks.

        Raises:
            JournalFault: A journal must not be served.
            NoticeConflict: A notice differs from what was announced.

        """
        coming = announced.keys() - moved_away(self._folder)
        for sale in sorted(coming, key=lambda sale: (sale not in self._rooms, sale)):
            if sale not in self._rooms:
                self._open(sale, clock, on_progress)
            await announce(self._rooms[sale], announced[sale].announce, announced[sale].preparations)
            _note_trust(self._folder, announced[sale])
        for room in self._rooms.values():
            await suspend_if_interrupted(room)
            await self._state_copies(room)

    async def announced(self, notice: AnyNotice) -> Room:
        """
        The room of a sale that is announced while others are held.

        Raises:
            JournalFault: Its journal could not be kept. Nothing of it is left.
            OSError: Likewise.

        """
        sale = notice.sale
        try:
            journal = self._kept(await trio.to_thread.run_sync(keep_journal, self._folder, sale, self.signer))
            try:
                room = self._opened(sale, journal)
                await announce(room, notice.announce, notice.preparations)
                await self._state_copies(room)
            except BaseException:
                journal.close()
                raise
        except (JournalFault, OSError):
            self._folder.forget(sale)
            raise
        return room

    async def arrived(self, sale: str) -> Room:
        """
        The room of a sale that came from another engine; its record is safe in every place it is to be kept.

        Raises:
            JournalFault: Its journal must not be served.

        """
        kept = await trio.to_thread.run_sync(keep_journal, self._folder, sale, self.signer)
        journal = kept if self.second is None else self.second.of_journal(kept, joins=False)
        try:
            room = await trio.to_thread.run_sync(self._opened, sale, journal)
            if isinstance(journal, TwofoldJournal):
                await journal.join()
            await self._state_copies(room)
        except BaseException:
            journal.close()
            raise
        return room

    async def _state_copies(self, room: Room) -> None:
        """Say on the record in how many places it is kept, where it says otherwise. Must run before the clerk does."""
        await state_copies(room, (lambda _said: Copies.ONE) if self.second is None else self.second.at_first)

    def _open(self, sale: str, clock: Callable[[Nanoseconds], Clock], on_progress: Callable[[int], object]) -> None:
        journal = self._kept(keep_journal(self._folder, sale, self.signer))
        self._rooms[sale] = self._opened(sale, journal, clock=clock, on_progress=on_progress)

    def _kept(self, journal: SqliteJournal) -> Journal:
        """``journal``, kept twice if there is to be a second copy."""
        return journal if self.second is None else self.second.of_journal(journal)

    def _opened(
        self,
        sale: str,
        journal: Journal,
        *,
        clock: Callable[[Nanoseconds], Clock] = HouseClock,
        on_progress: Callable[[int], object] = lambda _seq: None,
    ) -> Room:
        return open_room(
            journal,
            self.signer,
            self._config.room,
            clock=clock,
            on_commit=partial(self._on_commit, sale),
            on_progress=on_progress,
        )

    def _on_commit(self, sale: str, commit: Commit, took_s: float) -> None:
        room = self._rooms.get(sale)
        if room is not None and veiled(room.clerk.memory.state):
            return  # That something was kept is not to be known.
        self._meters.committed(len(commit.digests), took_s)
        self._slow(sale, took_s)


def _note_trust(folder: DataFolder, notice: AnyNotice) -> None:
    if isinstance(notice, OpeningNotice) and notice.trust is not None:
        write_once(folder.trust(notice.sale), str(notice.trust).encode())
