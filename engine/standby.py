"""A standby as a process of its own: it keeps a second copy of an engine's journals, and serves nobody."""

import os
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import trio

from engine.cluster.cipher import Cipher
from engine.cluster.replica import Replica, Shelf
from engine.cluster.settings import ClusterSettings
from engine.far_house import read_house_key
from engine.journal.files import write_once
from engine.lifetime import until_signalled
from engine.room.folder import DataFolder, FolderLock
from engine.standby_state import SaleHeard, StandbyState, read_state, state_file

NAME_BYTES: Final = 8


class Standby:
    """One standby: the copies in its folder, and what it knows of the engine."""

    def __init__(self, folder: DataFolder, source: str, settings: ClusterSettings) -> None:
        self._folder, self._source = folder, source
        self._lock = FolderLock(folder)
        try:
            before = read_state(folder)
            self._last = before
            self.replica = Replica(
                name=before.name if before is not None else os.urandom(NAME_BYTES).hex(),
                address=source,
                key=read_house_key(folder),
                cipher=Cipher.from_file(folder.cluster_key(), make=False),
                shelf=Shelf(folder.journal, folder.anchor),
                settings=settings,
                on_pulse=self._remember,
            )
            for sale in folder.sales():
                self.replica.open(sale)
            self._remember()
        except BaseException:
            self._lock.release()
            raise

    def _remember(self) -> None:
        """Keep what is known: its mode and place outlast us, and a promotion goes by them."""
        replica, before = self.replica, self._last
        sales = {
            sale: SaleHeard(copy.place.seq, copy.place.head.hex(), copy.place.epoch, copy.engine_seq)
            for sale, copy in replica.copies.items()
        }
        if before is not None and not replica.mode:
            sales = {
                sale: msgspec.structs.replace(one, engine_seq=before.sales[sale].engine_seq)
                if sale in before.sales
                else one
                for sale, one in sales.items()
            }
        state = StandbyState(
            replica.name,
            self._source,
            replica.mode or (before.mode if before is not None else ""),
            int(time.time()) if replica.mode else (before.heard_at_s if before is not None else 0),
            replica.connected,
            sales,
        )
        write_once(state_file(self._folder), msgspec.json.encode(state), mode=0o600)

    async def run(self) -> None:
        """Follow the engine for ever. See :meth:`engine.cluster.replica.Replica.run`."""
        await self.replica.run()

    def close(self) -> None:
        """Let go of copies and folder."""
        self.replica.close()
        self._lock.release()


def keep_standby(
    folder: DataFolder, source: str, settings: ClusterSettings, on_open: Callable[[dict[str, Any]], None]
) -> None:
    """
    Keep a second copy of the journals of the engine at ``source`` until a signal says stop. Blocks.

    Args:
        folder: Where the copies are kept, with ``keys/cluster.key`` and ``keys/house.pub`` of the engine.
        source: Where the engine awaits its standby.
        settings: Limits.
        on_open: Told of the copies that are here already.

    Raises:
        CopyRefused: The engine does not take this copy, or sent what does not hold.
        JournalFault: A copy or a key cannot be used.

    """
    trio.run(_keep, folder, source, settings, on_open)


async def _keep(
    folder: DataFolder, source: str, settings: ClusterSettings, on_open: Callable[[dict[str, Any]], None]
) -> None:
    standby = Standby(folder, source, settings)
    try:
        on_open({sale: copy.place.seq for sale, copy in standby.replica.copies.items()})
        async with until_signalled():
            await standby.run()
    finally:
        standby.close()
