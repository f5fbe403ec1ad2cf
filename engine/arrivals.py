"""An engine that takes sales from others: what comes is kept out of the way, and served when it is whole and given to us by name."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from typing import Final

import trio

from engine.cluster.channel import Channel
from engine.cluster.cipher import Cipher
from engine.cluster.moving import take
from engine.cluster.reception import Reception
from engine.cluster.replica import Replica, Shelf
from engine.cluster.settings import ClusterSettings
from engine.cluster.standby_frames import Hello, No, Over
from engine.domain.auction.commands import Cause, SuspendSale
from engine.domain.parties import HOUSE
from engine.eventlog.lines import EventLog
from engine.journal.base import Journal
from engine.journal.commit import Commit
from engine.journal.faults import CopyRefused, JournalFault
from engine.journal.files import sync_folder, write_once
from engine.journal.record import Record
from engine.journal.signing import Signer
from engine.journal.sqlite import SqliteJournal
from engine.room.folder import DataFolder
from engine.room.house import Room, RoomSettings, open_room
from engine.room.leaving import bound_for
from engine.room.mailbox import Letter

ARRIVED: Final = "场次已移交至本引擎，由拍卖师恢复 / the sale has come to this engine; the auctioneer resumes it"

Step = Callable[[str], object]


async def begun(journal: Journal) -> Commit:
    """The commit with which the epoch in force began."""
    first = journal.epochs()[-1][1]
    return (await journal.read(first - 1, 1)).commits[0]


async def settle(folder: DataFolder, signer: Signer, on_step: Step = lambda _step: None) -> None:
    """
    Put in its place whatever came whole before we were stopped, and begin its next epoch. To be called before anything is served.

    Raises:
        JournalFault: It cannot be read, or written.

    """
    for path in sorted(folder.incoming().glob("*/journal.sqlite")):
        await _place(folder, path.parent.name, on_step)
    for sale in folder.sales():
        if folder.arrived(sale).exists():
            await _begin(folder, sale, signer, on_step)


def _whole(folder: DataFolder, sale: str) -> bool:
    """Whether what came of ``sale`` ends with the record that gives it to us."""
    path = folder.incoming() / sale / "journal.sqlite"
    with closing(SqliteJournal.open(path, folder.anchor(sale))) as journal:
        target = ""
        for _, records in journal.history():
            target = bound_for(records[-1].command)
    return target == folder.engine_name()


async def _place(folder: DataFolder, sale: str, on_step: Step) -> None:
    if folder.journal(sale).exists() or not await trio.to_thread.run_sync(_whole, folder, sale):
        return
    came, place = folder.incoming() / sale, folder.journal(sale).parent
    write_once(came / folder.arrived(sale).name, b"")
    on_step("came whole")
    place.parent.mkdir(parents=True, exist_ok=True)
    came.rename(place)
    sync_folder(place.parent)
    on_step("placed")


async def _begin(folder: DataFolder, sale: str, signer: Signer, on_step: Step) -> None:
    """Write the first record of the next epoch, if that was not done yet."""
    with closing(SqliteJournal.open(folder.journal(sale), folder.anchor(sale))) as journal:
        name = folder.engine_name()
        room = await trio.to_thread.run_sync(lambda: open_room(journal, signer, RoomSettings(), arrives_as=name))
        if room.clerk.memory.leaves_for:
            epoch = journal.identity.epoch + 1
            journal.begin_epoch(epoch)
            command = SuspendSale(command_id=f"arrived-{epoch}", by=HOUSE, reason=ARRIVED, cause=Cause.MOVE)
            await room.clerk.finish([Letter(command, room.clock.now(), None)])
            on_step("begun")
    folder.arrived(sale).unlink()


class Arrivals:
    """
    Every sale that comes.

    Args:
        folder: The engine's.
        settings: Where sales come, and limits.
        signer: The house's.
        rooms: What is served.
        serve: Take up a sale whose journal is in its place; returns when its record is safe in every place it is to be kept.
        log: Where it is told.
        on_step: Told of each step, by its name: for tests.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        folder: DataFolder,
        settings: ClusterSettings,
        signer: Signer,
        rooms: Mapping[str, Room],
        serve: Callable[[str], Awaitable[None]],
        log: EventLog,
        on_step: Step = lambda _step: None,
    ) -> None:
        self._folder, self._settings, self._signer = folder, settings, signer
        self._rooms, self._serve, self._log, self._on_step = rooms, serve, log, on_step
        self._cipher = Cipher.from_file(folder.cluster_key(), make=True)
        self._one_at_a_time = trio.Lock()

    async def run(self) -> None:
        """Take what comes, for ever."""
        reception = Reception(self._cipher, self._settings.timeout_ms / 1000, self._meet)
        await reception.run(self._settings.moves_listen)

    async def _meet(self, channel: Channel, said: Hello | Over) -> None:
        if not isinstance(said, Hello):
            return
        try:
            async with self._one_at_a_time:
                await self._take(channel)
        except JournalFault as fault:
            self._log.warn("arrival_failed", code=fault.code)

    async def _take(self, channel: Channel) -> None:
        folder = self._folder
        replica = Replica(
            name="",
            address="",
            key=self._signer.public,
            cipher=self._cipher,
            shelf=Shelf(lambda sale: folder.incoming() / sale / "journal.sqlite", folder.anchor),
            settings=self._settings,
        )
        try:
            await take(
                channel,
                replica,
                name=folder.engine_name(),
                begun=self._begun,
                lies=lambda: [path.parent.name for path in folder.incoming().glob("*/journal.sqlite")],
                begin=self._begin,
                bound_for=_bound_for,
            )
        except CopyRefused as no:
            await channel.send(No(no.code, no.sale, no.seq))
            raise
        finally:
            replica.close()

    async def _begun(self, sale: str) -> Commit | None:
        room = self._rooms.get(sale)
        if room is not None:
            return await begun(room.journal)
        if sale in self._folder.sales():
            raise CopyRefused("E_MOVE_HELD", sale, 0)
        return None

    async def _begin(self, sale: str) -> Commit:
        self._on_step("kept")
        await _place(self._folder, sale, self._on_step)
        await _begin(self._folder, sale, self._signer, self._on_step)
        await self._serve(sale)
        self._on_step("served")
        first = await begun(self._rooms[sale].journal)
        self._log.tell("sale_taken", sale=sale, epoch=first.statement.epoch, seq=first.first)
        return first


def _bound_for(record: Record) -> str:
    return bound_for(record.command)
