"""The desk, without a network: stamps, doubts, a house that has stopped."""

import orjson
import pytest
import trio

from engine.domain.parties import Principal, bidder
from engine.domain.units import Nanoseconds, PaddleNo
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.desk import Desk, Reply, answered
from engine.gateway.hub import Hub, HubSettings
from engine.gateway.limits import Limits, LimitSettings
from engine.hubs import hub_of
from engine.journal.faults import StorageFault
from engine.meters import Meters
from engine.room.house import Room, RoomSettings, announce, open_room
from engine.wire.codec import dumps
from engine.wire.refusals import Fault
from tests.gateway.saleroom import SALE, a_memory_journal, a_signer, admissions, an_announcement

EIGHT = bidder(PaddleNo(8))
BID = dumps({"type": "bid", "id": "b1", "lot": 1, "amount_fen": 1_000_000})


async def a_desk(letters_max: int = 100, **limits: float) -> tuple[Room, Hub, Desk]:
    """A desk whose clerk has not come yet."""
    room = open_room(a_memory_journal(), a_signer(), RoomSettings(letters_max=letters_max))
    await announce(room, an_announcement(), admissions(12))
    hub = hub_of(
        SALE,
        room,
        broadcaster=Broadcaster(SweepSettings()),
        settings=HubSettings(),
        meters=Meters(),
    )
    limit = Limits(LimitSettings(**limits), trio.current_time)  # type: ignore[arg-type]
    return room, hub, Desk(hub, room.clock.now, limit)


async def heard(reply: Reply, *, asked_only: bool = False) -> tuple[int, dict[str, str], dict[str, object]]:
    answer = answered(await reply.payload(), SALE, asked_only=asked_only)
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return answer.status, headers, orjson.loads(answer.body)


async def test_the_stamp_of_a_command_is_the_one_it_was_handed_in_with(autojump_clock: trio.testing.MockClock) -> None:
    room, hub, desk = await a_desk()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hub.run)
        nursery.start_soon(room.clerk.run)
        at = Nanoseconds(desk.now() + 5)
        answer = orjson.loads(await desk.take(BID, EIGHT, at).payload())
        assert orjson.loads(answer["receipt"]["header"])["arrived_at"] == at
        nursery.cancel_scope.cancel()


async def test_what_is_not_decided_in_time_is_said_to_be_unknown_and_can_be_asked_for(
    autojump_clock: trio.testing.MockClock,
) -> None:
    room, hub, desk = await a_desk()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hub.run)
        status, headers, said = await heard(desk.take(BID, EIGHT, desk.now()))
        assert (status, said["type"], said["code"], said["id"]) == (202, "unknown", Fault.UNKNOWN_OUTCOME, "b1")
        assert headers["location"] == f"/api/sales/{SALE}/commands/b1"
        assert headers["retry-after"] == "2"
        nursery.start_soon(room.clerk.run)
        status, _, said = await heard(desk.inquire("b1", EIGHT), asked_only=True)
        assert (status, said["type"]) == (200, "duplicate")
        nursery.cancel_scope.cancel()


async def test_a_command_stands_though_nobody_waits_for_the_reply(autojump_clock: trio.testing.MockClock) -> None:
    room, hub, desk = await a_desk()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hub.run)
        desk.take(BID, EIGHT, desk.now())
        nursery.start_soon(room.clerk.run)
        status, _, said = await heard(desk.inquire("b1", EIGHT), asked_only=True)
        assert (status, said["type"]) == (200, "duplicate")
        nursery.cancel_scope.cancel()


async def test_a_house_that_has_stopped_takes_nothing_and_leaves_what_waited_unknown(
    autojump_clock: trio.testing.MockClock,
) -> None:
    room, hub, desk = await a_desk()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hub.run)
        waiting = desk.take(BID, EIGHT, desk.now())
        room.tail.stop(StorageFault("the disk is gone"))
        status, _, said = await heard(waiting)
        assert (status, said["code"]) == (202, Fault.UNKNOWN_OUTCOME)
        status, _, said = await heard(desk.take(BID, EIGHT, desk.now()))
        assert (status, said["type"], said["code"]) == (503, "refused", Fault.ENGINE_HALTED_STORAGE)
        nursery.cancel_scope.cancel()


async def test_a_room_that_is_busy_takes_nothing_and_says_when_to_come_again() -> None:
    _, _, desk = await a_desk(letters_max=1)
    desk.take(BID, EIGHT, desk.now())
    status, headers, said = await heard(desk.take(BID, EIGHT, desk.now()))
    assert (status, said["code"], said["id"], headers["retry-after"]) == (503, Fault.BUSY, "b1", "1")


async def test_who_asks_too_often_is_told_when_one_more_may_come(autojump_clock: trio.testing.MockClock) -> None:
    _, _, desk = await a_desk(commands_burst=1, commands_per_s=0.5)
    desk.take(BID, EIGHT, desk.now())
    status, headers, said = await heard(desk.take(BID, EIGHT, desk.now()))
    assert (status, said["code"], said["id"], headers["retry-after"]) == (429, Fault.RATE_LIMITED, "b1", "2")
    assert (await heard(desk.inquire("b1", EIGHT)))[0] == 429
    nine = desk.take(dumps({"type": "hello", "protocol": 1}), bidder(PaddleNo(9)), desk.now())
    assert (await heard(nine))[0] == 400, "another is not held to it"


@pytest.mark.parametrize(
    ("who", "raw", "status", "code"),
    [
        ("bidder:8", b"{", 400, "E_FRAME_NOT_JSON"),
        ("bidder:8", b'{"type": "bid"}', 400, "E_JSON_NOT_CANONICAL"),
        ("bidder:8", b'{"amount_fen":1.5,"id":"b1","lot":1,"type":"bid"}', 400, "E_AMOUNT_NOT_INTEGER_FEN"),
        ("bidder:8", b'{"id":"b1","type":"bid"}', 400, "E_SCHEMA_INVALID"),
        ("bidder:8", b'{"protocol":1,"type":"hello"}', 400, "E_SCHEMA_INVALID"),
        ("bidder:8", b'{"t0":1,"type":"time"}', 400, "E_SCHEMA_INVALID"),
        ("clerk:1", BID, 403, "E_NOT_AUTHORISED"),
    ],
)
async def test_what_the_door_does_not_take_is_refused_as_on_a_socket(
    who: str, raw: bytes, status: int, code: str
) -> None:
    room, _, desk = await a_desk()
    said_status, _, said = await heard(desk.take(raw, Principal(who), desk.now()))
    assert (said_status, said["type"], said["code"]) == (status, "refused", code)
    assert len(room.mailbox) == 0
