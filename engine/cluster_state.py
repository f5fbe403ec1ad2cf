"""How an engine with gateways or a standby stands, written beside its journals for whoever looks: ``luochui cluster status``."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import trio

from engine.annexes import GatewayState
from engine.cluster.carrier import SAID, Trouble
from engine.cluster.distributor import Distributor
from engine.domain.opening.state import Opening
from engine.domain.units import Nanoseconds
from engine.eventlog.lines import EventLog
from engine.far_house import FarHouse
from engine.journal.faults import StorageFault
from engine.room.folder import DataFolder
from engine.room.house import House
from engine.second_copy import SecondCopy

EVERY_S: Final = 1.0
OLD_S: Final = 5
"""An engine that has written nothing for so long is not at work, or does not get to it."""

HEARD_S: Final = 5.0
"""A gateway that has said nothing for so long is gone."""


class RoomState(msgspec.Struct, frozen=True):
    """One room."""

    epoch: int
    seq: int
    head: str
    halted: str
    """Why it has stopped; empty if it has not."""

    gateways: int
    """How many follow it."""

    standby: dict[str, Any] | None
    """As :meth:`engine.second_copy.SecondCopy.about` says it; None without one."""


class EngineState(msgspec.Struct, frozen=True):
    """One engine."""

    url: str
    pid: int
    at_s: int
    """When this was so, in seconds since 1970."""

    rooms: dict[str, RoomState]
    carriers: dict[str, bool]
    """By kind, whether each has everything it should carry."""

    troubles: dict[str, str] = {}
    """By kind, the code of what keeps it from it, if that is known."""

    gateways: tuple[GatewayState, ...] | msgspec.UnsetType = msgspec.UNSET
    """Those it keeps beside itself; unset if it is to keep none."""

    @property
    def beside(self) -> tuple[GatewayState, ...]:
        """Those it keeps beside itself."""
        return () if self.gateways is msgspec.UNSET else self.gateways


def state_file(folder: DataFolder) -> Path:
    """Where it is kept."""
    return folder.root / "cluster.json"


def read_state(folder: DataFolder) -> EngineState | None:
    """
    How the engine in ``folder`` stood when it last said so; None if it never did.

    Raises:
        StorageFault: It cannot be read.

    """
    try:
        return msgspec.json.decode(state_file(folder).read_bytes(), type=EngineState)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageFault(f"{state_file(folder)} cannot be read ({error})") from error


async def keep_state(path: Path, gather: Callable[[], EngineState], log: EventLog) -> None:
    """Write it down, again and again. A disk that does not take it is told once, and tried again."""
    told = False
    while True:
        try:
            await trio.to_thread.run_sync(_write, path, msgspec.json.encode(gather()))
        except OSError as error:
            if not told:
                log.warn("cluster_state_not_written", why=str(error.strerror))
            told = True
        await trio.sleep(EVERY_S)


def gather(
    url: str,
    house: House,
    carried: Mapping[str, Distributor],
    second: SecondCopy | None,
    beside: Callable[[], tuple[GatewayState, ...]] | None = None,
) -> EngineState:
    """How it stands now. Of openings nothing: how far their record is, nobody is to know."""
    rooms = {
        sale: RoomState(
            epoch=room.journal.identity.epoch,
            seq=room.clerk.memory.seq,
            head=room.clerk.memory.head.hex(),
            halted=house.halted[sale].code if sale in house.halted else "",
            gateways=sum(each.gateways(sale, HEARD_S) for each in carried.values()),
            standby=None if second is None else second.about(sale),
        )
        for sale, room in house.rooms.items()
        if not isinstance(room.clerk.memory.state, Opening)
    }
    carriers = {kind: each.carries_all for kind, each in carried.items()}
    troubles = {kind: each.trouble.value for kind, each in carried.items() if each.trouble is not None}
    return EngineState(
        url, os.getpid(), int(time.time()), rooms, carriers, troubles, msgspec.UNSET if beside is None else beside()
    )


def for_all(
    abouts: Sequence[Mapping[str, Any]], house: House | FarHouse, carried: Mapping[str, Distributor], at: Nanoseconds
) -> dict[str, Any]:
    """
    How it stands now, for everybody to look at: no process, no address, nobody counted who looks on.

    Args:
        abouts: What everybody may know of each sale that may be spoken of.
        house: The rooms, here or followed.
        carried: By kind, what brings the rooms to gateways; empty at a gateway.
        at: House time.

    """
    far = isinstance(house, FarHouse)
    troubles = house.troubles if isinstance(house, FarHouse) else {kind: each.trouble for kind, each in carried.items()}
    rooms = [
        {
            **{name: about[name] for name in ("id", "title", "phase", "epoch", "seq", "head")},
            "halted": house.halted[about["id"]].code if about["id"] in house.halted else None,
            "gateways": None if far else sum(each.gateways(about["id"], HEARD_S) for each in carried.values()),
            "standby": about.get("standby"),
        }
        for about in abouts
    ]
    carriers = [
        {"kind": kind, "carries": trouble is None and (far or carried[kind].carries_all), "code": trouble}
        for kind, trouble in troubles.items()
    ]
    return {"at_us": at // 1000, "here": "gateway" if far else "engine", "rooms": rooms, "carriers": carriers}


async def tell_troubles(gather: Callable[[], Mapping[str, Trouble | None]], log: EventLog) -> None:
    """Tell the log when a carrier cannot carry, each reason once, and when it can again."""
    told: dict[str, Trouble] = {}
    while True:
        for kind, trouble in gather().items():
            if trouble is not None and told.get(kind) is not trouble:
                log.warn("carrier_down", carrier=kind, code=trouble.value)
                told[kind] = trouble
            elif trouble is None and told.pop(kind, None) is not None:
                log.tell("carrier_back", carrier=kind)
        await trio.sleep(EVERY_S)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; a power cut may take it, and nothing is lost with it."""
    draft = path.with_name(path.name + ".new")
    draft.write_bytes(content)
    draft.chmod(0o600)
    draft.replace(path)


def in_order(state: EngineState, now_s: float) -> bool:
    """Whether nothing of it is for somebody to look at."""
    return (
        now_s - state.at_s <= OLD_S
        and all(state.carriers.values())
        and not state.troubles
        and all(
            not room.halted and (room.standby is None or room.standby["standing"] != "gone")
            for room in state.rooms.values()
        )
    )


def lines(state: EngineState, now_s: float) -> Sequence[str]:
    """For people."""
    age = max(0, round(now_s - state.at_s))
    said = [f"engine {state.url} (pid {state.pid})" + ("" if age <= OLD_S else f": NOT HEARD FOR {age} s")]
    for kind, carries in state.carriers.items():
        said.append(f"  carrier {kind}: {'carries everything' if carries else 'BEHIND OR NOT REACHED'}")
        if code := state.troubles.get(kind):
            said.append(f"    {code}: {SAID[Trouble(code)][0]}")
    said += [
        f"  gateway {each.number} (pid {each.pid}): {each.sockets} socket(s) of {each.sales} sale(s), "
        f"{each.waiting} command(s) without an answer"
        for each in state.beside
    ]
    for sale, room in sorted(state.rooms.items()):
        said.append(
            f"  {sale}: epoch {room.epoch}, record {room.seq}, head {room.head[:16]}…, {room.gateways} gateway(s)"
        )
        if room.halted:
            said.append(f"    HALTED: {room.halted}")
        if room.standby is not None:
            one = room.standby
            standing = "GONE" if one["standing"] == "gone" else one["standing"].replace("_", " ")
            said.append(f"    standby ({one['mode']}): {standing}, {one['behind']} record(s) behind")
    return said
