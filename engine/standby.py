"""A standby as a process of its own: it keeps a second copy of an engine's journals, and serves nobody."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import trio

from engine.app import until_signalled
from engine.cluster.cipher import Cipher
from engine.cluster.replica import Replica, Shelf
from engine.cluster.settings import ClusterSettings
from engine.far_house import read_house_key
from engine.journal.faults import StorageFault
from engine.journal.files import write_once
from engine.room.folder import DataFolder, FolderLock

NAME_BYTES: Final = 8


class SaleHeard(msgspec.Struct, frozen=True):
    """One sale as a standby knows it."""

    seq: int
    """The last record of its copy."""

    head: str
    epoch: int
    engine_seq: int
    """The last record the engine had when it was last heard."""


class StandbyState(msgspec.Struct, frozen=True):
    """What a standby knows of its engine, kept beside the copies: whoever promotes it reads it."""

    name: str
    source: str
    """Where the engine was found."""

    mode: str
    heard_at_s: int
    """When it was last heard, in seconds since 1970."""

    connected: bool
    sales: dict[str, SaleHeard]


def state_file(folder: DataFolder) -> Path:
    """Where it is kept."""
    return folder.root / "standby.json"


def read_state(folder: DataFolder) -> StandbyState | None:
    """
    What the standby in ``folder`` knew; None if none was ever here.

    Raises:
        StorageFault: It cannot be read.

    """
    try:
        return msgspec.json.decode(state_file(folder).read_bytes(), type=StandbyState)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageFault(f"{state_file(folder)} cannot be read ({error})") from error


OLD_S: Final = 5
"""An engine not heard for so long is gone."""


def in_order(state: StandbyState | None, now_s: float) -> bool:
    """Whether a standby follows its engine."""
    return state is not None and state.connected and now_s - state.heard_at_s <= OLD_S


def lines(state: StandbyState, now_s: float) -> list[str]:
    """For people."""
    age = max(0, round(now_s - state.heard_at_s))
    heard = "follows it" if in_order(state, now_s) else f"ENGINE NOT HEARD FOR {age} s"
    said = [f"standby {state.name} of {state.source} ({state.mode or 'never connected'}): {heard}"]
    for sale, one in sorted(state.sales.items()):
        behind = max(0, one.engine_seq - one.seq)
        said.append(
            f"  {sale}: epoch {one.epoch}, record {one.seq}, head {one.head[:16]}…, {behind} behind as last heard"
        )
    return said


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
            self.close()
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
        with suppress(AttributeError):
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
