"""
Each message is authorised by itself: who may send it is what PROTOCOL.md lists, and whatever reached the room is on the record (P24).

Nobody's frame ever has an effect for somebody else (threat T1).
"""

import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, get_args

import orjson
import pytest
import trio

from engine import wire
from engine.domain.auction.rules import MAY_ASK
from engine.domain.auction.state import Auction
from engine.domain.parties import Principal, Role
from engine.domain.refusals import Refusal
from engine.domain.units import LotNo
from engine.gateway.builder import PATHS
from engine.gateway.desk import Desk
from engine.gateway.hub import Hub
from engine.gateway.site import EVERY_ROUTE
from engine.room.house import Room
from engine.room.mailbox import Letter
from engine.wire.acts import to_command
from engine.wire.codec import dumps
from engine.wire.messages import Act, own_paddle, read_frame
from tests.gateway.openings import OPENING_FRAMES
from tests.gateway.test_desk import a_desk

PROTOCOL = (Path(wire.__file__).parent / "PROTOCOL.md").read_text(encoding="utf-8")
ROLES: Final = ("bidder", "auctioneer", "clerk", "supervisor", "registrar", "host", "trustee")
NAMES: Final = {"bidder": "bidder:1"}

FRAMES: dict[str, dict[str, Any]] = {
    "bid": {"lot": 1, "amount_fen": 1_000_000},
    "withdraw_bid": {"lot": 1},
    "hall_bid": {"lot": 1, "paddle": 2, "amount_fen": 1_000_000},
    "proxy": {"lot": 1, "maximum_fen": 2_000_000},
    "cancel_proxy": {"lot": 1},
    "hall_proxy": {"lot": 1, "paddle": 2, "maximum_fen": 2_000_000},
    "cancel_hall_proxy": {"lot": 1, "paddle": 2},
    "accept_rules": {"digest": "0" * 64},
    "attest_rules": {"paddle": 2, "digest": "0" * 64},
    "admit": {"paddle": 99, "channel": "online", "deposits": 1},
    "priority": {"lot": 2, "paddle": 3, "rank": 1},
    "stop": {"reason": "核查"},
    "propose_void": {"lot": 1, "no": 1, "reason": "miskeyed"},
    "confirm_void": {"lot": 1, "no": 1},
    "drop_void": {"lot": 1, "no": 1},
    "sign_result": {"report": "0" * 64},
    "withdraw_lot": {"lot": 3, "reason": "委托人撤回"},
    "reoffer": {"lot": 3, "opening_fen": 900_000},
    "reserve": {"lot": 3, "reserve_fen": 1_500_000},
    "open_sale": {},
    "close_sale": {},
    "resume": {},
    "suspend": {"reason": "停电"},
    "open_lot": {"lot": 1},
    "pass": {"lot": 1},
    "call": {"lot": 1, "call": 1, "price_fen": 1_000_000},
    "hammer": {"lot": 1, "price_fen": 1_000_000},
    "offer": {"amount_fen": 1_000_000},
    "admit_bidders": {"quota_class": "personal", "runs": [{"first": 1, "last": 9}]},
    **OPENING_FRAMES,
}
Step = tuple[str, dict[str, Any]]
OPEN: Step = ("open_sale", {})
EMPTIED: tuple[Step, ...] = tuple(("withdraw_lot", {"lot": lot}) for lot in (1, 2, 3))
SCENES: dict[str, tuple[Step, ...]] = {
    "planned": (),
    "open": (OPEN,),
    "a lot on the block": (OPEN, ("open_lot", {})),
    "suspended": (OPEN, ("open_lot", {}), ("suspend", {})),
    "nothing left": (OPEN, *EMPTIED),
    "closed": (OPEN, *EMPTIED, ("close_sale", {})),
}


def listed() -> dict[str, set[str]]:
    """Frame → who may send it, as the protocol says."""
    table = PROTOCOL.split("## Frames to the house")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|[^|]*\| ([^|]+) \|$", table, re.MULTILINE)
    return {
        kind: {role for role in ROLES if re.search(rf"\b{role}\b", who.split("; of an opening:")[0])}
        for kinds, who in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    }


LISTED = listed()


def listed_of_openings() -> dict[str, set[str]]:
    """Frame → who may send it in an opening: where the protocol says so, only those it names for openings."""
    table = PROTOCOL.split("## Frames to the house")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|[^|]*\| ([^|]+) \|$", table, re.MULTILINE)
    return {
        kind: {role for role in ROLES if re.search(rf"\b{role}\b", who.rpartition("; of an opening:")[2])}
        for kinds, who in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    }


def frame(kind: str, command_id: str, **changes: Any) -> bytes:
    return dumps({"type": kind, "id": command_id, **FRAMES[kind], **changes})


@asynccontextmanager
async def at_the_desk(scene: str) -> AsyncIterator[tuple[Room, Hub, Desk]]:
    room, hub, desk = await a_desk(commands_burst=100_000)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(hub.run)
        nursery.start_soon(room.clerk.run)
        for nth, (kind, changes) in enumerate(SCENES[scene]):
            reply = desk.take(frame(kind, f"scene-{nth}", **changes), Principal("auctioneer:1"), desk.now())
            assert "accepted" in orjson.loads(await reply.payload())["outcome"]
        yield room, hub, desk
        nursery.cancel_scope.cancel()


def test_there_is_a_frame_of_every_kind_and_the_protocol_lists_each() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(Act)}
    assert kinds == FRAMES.keys()
    assert kinds <= LISTED.keys()
    assert all(LISTED[kind] for kind in kinds)


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("role", ROLES)
async def test_only_the_listed_pairs_of_role_and_command_pass_however_the_sale_stands(scene: str, role: str) -> None:
    by = Principal(NAMES.get(role, f"{role}:1"))
    async with at_the_desk(scene) as (room, hub, desk):
        for kind in FRAMES:
            if kind == "close_sale" and role == "auctioneer":
                continue  # Would end the scene; see the next test.
            before = hub.seq
            said = orjson.loads(await desk.take(frame(kind, f"try-{kind}"), by, desk.now()).payload())
            code = said.get("code") or said["outcome"].get("refused", {}).get("code")
            assert (code != "E_NOT_AUTHORISED") == (role in LISTED[kind]), (kind, code)
            if said["type"] == "refused":  # At the door: only a paddle could ask this, and no officer has one.
                assert (hub.seq, code) == (before, "E_NOT_AUTHORISED")
                continue
            (first, *more) = (await room.journal.read(before, 100)).records
            assert (first.command_id, first.by) == (f"try-{kind}", by)
            assert all(record.by == "house:engine" for record in more)
            if isinstance(first.outcome, Refusal):
                assert not more
            await _restore(desk, scene, hub)


async def _restore(desk: Desk, scene: str, hub: Hub) -> None:
    """Back to the scene, where the auctioneer has just suspended or resumed."""
    wanted = "suspended" if scene == "suspended" else "open"
    if scene in {"planned", "closed"} or hub.state.phase == wanted:
        return
    kind = "suspend" if wanted == "suspended" else "resume"
    await desk.take(frame(kind, f"back-{hub.seq}"), Principal("auctioneer:1"), desk.now()).payload()


async def test_only_the_auctioneer_closes_the_sale() -> None:
    assert LISTED["close_sale"] == {"auctioneer"}
    async with at_the_desk("nothing left") as (_, _, desk):
        reply = desk.take(frame("close_sale", "end"), Principal("auctioneer:1"), desk.now())
        assert "accepted" in orjson.loads(await reply.payload())["outcome"]


def test_nothing_the_house_alone_may_ask_has_a_frame() -> None:
    own = {kind for kind, roles in MAY_ASK.items() if roles == {Role.HOUSE}}
    assert own
    asked = {type(to_command(read_frame(frame(kind, "x")), Principal("bidder:1"))) for kind in FRAMES}  # type: ignore[arg-type]
    assert not own & asked


@pytest.mark.parametrize("kind", [kind for kind, fields in FRAMES.items() if "paddle" in fields])
async def test_a_bidder_never_acts_for_another_paddle_by_naming_it(kind: str) -> None:
    async with at_the_desk("a lot on the block") as (_, hub, desk):
        for paddle in (2, 3, 99):
            reply = desk.take(frame(kind, f"p{paddle}", paddle=paddle), Principal("bidder:1"), desk.now())
            said = orjson.loads(await reply.payload())
            assert said["outcome"]["refused"]["code"] == "E_NOT_AUTHORISED"
        assert isinstance(hub.state, Auction)
        assert hub.state.lots[LotNo(1)].leading is None


@pytest.mark.parametrize("kind", [kind for kind, who in LISTED.items() if kind in FRAMES and who == {"bidder"}])
async def test_a_frame_of_a_bidder_that_names_a_paddle_is_no_frame(kind: str) -> None:
    async with at_the_desk("a lot on the block") as (_, hub, desk):
        before = hub.seq
        said = orjson.loads(await desk.take(frame(kind, "x", paddle=2), Principal("bidder:1"), desk.now()).payload())
        assert (said["code"], said["detail"]["field"], hub.seq) == ("E_SCHEMA_UNKNOWN_FIELD", "paddle", before)


# Replays of what others sent.

REPLAYS: Final = 10_000
VICTIM: Final = Principal("bidder:1")


async def test_ten_thousand_frames_replayed_by_others_have_no_effect_for_their_first_sender() -> None:
    dice = random.Random(7)
    room, _, _ = await a_desk()
    clerk, clock = room.clerk, room.clock

    async def send(sent: list[tuple[bytes, Principal]]) -> None:
        letters = [
            Letter(command, clock.now(), None)
            for raw, by in sent
            if (command := to_command(read_frame(raw), by)) is not None  # type: ignore[arg-type]
        ]
        await clerk.finish(letters)

    for kind in ("open_sale", "open_lot"):
        await send([(frame(kind, kind), Principal("auctioneer:1"))])
    theirs = [
        frame(kind, f"{kind}-{nth}", **({"amount_fen": 1_000_000 + nth * 100_000} if kind == "bid" else {}))
        for nth in range(25)
        for kind in ("bid", "withdraw_bid", "cancel_proxy", "accept_rules")
    ]
    await send([(raw, VICTIM) for raw in theirs])
    first = {key: known for key, known in clerk.memory.answered.items() if key[0] == VICTIM}
    assert len(first) == len(theirs)
    others = [Principal(f"bidder:{paddle}") for paddle in range(2, 100)] + [
        Principal(f"{role}:{name}") for role in ROLES[1:] for name in ("1", "2")
    ]
    began = clerk.memory.seq
    for _ in range(REPLAYS // 200):
        await send([(dice.choice(theirs), dice.choice(others)) for _ in range(200)])
    assert {key: known for key, known in clerk.memory.answered.items() if key[0] == VICTIM} == first
    records = (await room.journal.read(began, REPLAYS)).records
    assert (
        len(records) > REPLAYS // 4
    )  # What an officer's hand cannot send, or was sent twice by the same, is no record.
    for record in records:
        assert record.by != VICTIM
        if not isinstance(record.outcome, Refusal):
            for event in record.outcome:
                assert getattr(event, "paddle", None) in {None, own_paddle(record.by)}, record


# Over HTTP.

CHANGES: Final = {
    f"/api/sales/{{sale}}/{path}": what
    for path, what in {
        "ticket": "nothing: a ticket is good once, for half a minute",
        "commands": "a record for each command that reached the room",
        "chunks": "nothing: a sealed chunk lies beside the record until an envelope names it",
        "code": "nothing: a receipt is drawn",
        "log/cosignatures": "a witness's signature beside a checkpoint; nothing of the sale",
    }.items()
} | dict(
    zip(PATHS, ("nothing: a draft is read", "a sale, whose first record is its announcement"), strict=True),
)
"""What a request may change, by route. A new route must say here what it leaves on the record."""


def test_every_route_that_may_change_something_is_known_for_what_it_leaves_on_the_record() -> None:
    routes = {path for method, path, _ in EVERY_ROUTE if method not in {"GET", "HEAD"}} | set(PATHS)
    assert routes == CHANGES.keys()
