"""What a standby knows of its engine, kept beside its copies: whoever promotes it, serves it then, or only looks, reads it."""

from pathlib import Path
from typing import Final

import msgspec

from engine.journal.faults import StorageFault
from engine.room.folder import DataFolder


class SaleHeard(msgspec.Struct, frozen=True):
    """One sale as a standby knows it."""

    seq: int
    """The last record of its copy."""

    head: str
    epoch: int
    engine_seq: int
    """The last record the engine had when it was last heard."""


class StandbyState(msgspec.Struct, frozen=True):
    """All of it."""

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
