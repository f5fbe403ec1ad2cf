"""What an operator is told of a house on several machines."""

from pathlib import Path

import msgspec
import pytest

from engine import cluster_state, standby_state
from engine.cluster_state import EngineState, RoomState
from engine.journal.faults import StorageFault
from engine.room.folder import DataFolder
from engine.standby_state import SaleHeard, StandbyState

ROOM = RoomState(
    epoch=2, seq=7, head="ab" * 32, halted="", gateways=3, standby={"mode": "sync", "standing": "in_force", "behind": 0}
)
ENGINE = EngineState("http://10.0.0.4:8000", 77, 1_000, {"s1": ROOM}, {"redis": True})
COPY = StandbyState("4a9b", "10.0.0.4:7443", "async", 1_000, True, {"s1": SaleHeard(5, "cd" * 32, 1, 7)})


def replaced(**fields: object) -> EngineState:
    return msgspec.structs.replace(ENGINE, rooms={"s1": msgspec.structs.replace(ROOM, **fields)})


def test_an_engine_is_in_order_if_it_is_heard_and_nothing_of_it_is_missing() -> None:
    assert cluster_state.in_order(ENGINE, 1_005)
    assert not cluster_state.in_order(ENGINE, 1_006)
    assert not cluster_state.in_order(msgspec.structs.replace(ENGINE, carriers={"redis": False}), 1_000)
    assert not cluster_state.in_order(msgspec.structs.replace(ENGINE, troubles={"redis": "E_CARRIER_TLS"}), 1_000)
    assert not cluster_state.in_order(replaced(halted="E_EPOCH_STALE"), 1_000)
    assert not cluster_state.in_order(replaced(standby={"mode": "sync", "standing": "gone", "behind": 3}), 1_000)
    assert cluster_state.in_order(replaced(standby=None), 1_000)


def test_people_are_told_what_to_look_at() -> None:
    assert "NOT HEARD FOR 60 s" in cluster_state.lines(ENGINE, 1_060)[0]
    gone = replaced(standby={"mode": "sync", "standing": "gone", "behind": 3}, halted="E_EPOCH_STALE")
    told = "\n".join(cluster_state.lines(gone, 1_000))
    assert "epoch 2, record 7" in told
    assert "3 gateway(s)" in told
    assert "HALTED: E_EPOCH_STALE" in told
    assert "standby (sync): GONE, 3 record(s) behind" in told
    assert "carrier redis: carries everything" in told
    behind = msgspec.structs.replace(ENGINE, carriers={"redis": False}, troubles={"redis": "E_CARRIER_CREDENTIALS"})
    assert "E_CARRIER_CREDENTIALS: Redis does not know this user and password" in "\n".join(
        cluster_state.lines(behind, 1_000)
    )


def test_a_standby_is_in_order_while_it_hears_its_engine() -> None:
    assert standby_state.in_order(COPY, 1_004)
    assert not standby_state.in_order(COPY, 1_100)
    assert not standby_state.in_order(None, 1_000)
    assert "2 behind as last heard" in standby_state.lines(COPY, 1_004)[1]
    assert "ENGINE NOT HEARD FOR 100 s" in standby_state.lines(COPY, 1_100)[0]


def test_what_was_written_is_read_and_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert cluster_state.read_state(folder) is None
    assert standby_state.read_state(folder) is None
    cluster_state.state_file(folder).write_bytes(msgspec.json.encode(ENGINE))
    standby_state.state_file(folder).write_bytes(msgspec.json.encode(COPY))
    assert cluster_state.read_state(folder) == ENGINE
    assert standby_state.read_state(folder) == COPY
    for path, read in (
        (cluster_state.state_file(folder), cluster_state.read_state),
        (standby_state.state_file(folder), standby_state.read_state),
    ):
        path.write_bytes(b"{")
        with pytest.raises(StorageFault):
            read(folder)
