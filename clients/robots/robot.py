"""
What all robots share: look at the parts, want something, wait, still want it, do it, look again.

A robot remembers nothing that matters. What it wants follows from the parts and the script alone, and the id of what
it does follows from what it does and from the record it was looking at. So a robot or a house may be killed at any
moment and started again: an act done twice is a duplicate, and an act out of date is refused.
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import trio

from clients.news import Outcome
from clients.socket import Room

Parts = Mapping[str, Any]

RETRY_S: Final = 1.0
"""So long after a refusal the same is tried again if nothing has changed meanwhile."""

BY_ITSELF: Final = frozenset({"restart", "clock", "connections", "standby", "takeover", "move"})
"""Causes of a suspension after which a robot at the rostrum goes on. A person's is a person's to end."""

_NAMESPACE: Final = uuid.UUID("6c756f63-6875-4969-8000-726f626f7473")


@dataclass(frozen=True, slots=True)
class Act:
    """A command, as the protocol's frame has it, without its id."""

    kind: str
    fields: Mapping[str, int | str] = field(default_factory=dict)

    def id(self, *place: object) -> str:
        """An id for this act, done at ``place``: the same act at the same place has the same id."""
        name = "/".join([*map(str, place), self.kind, *(f"{key}={self.fields[key]}" for key in sorted(self.fields))])
        return str(uuid.uuid5(_NAMESPACE, name))


@dataclass(frozen=True, slots=True)
class Want:
    """An act, to be done after ``delay_s`` if it is still wanted then."""

    act: Act
    delay_s: float = 0.0


class Robot(Protocol):
    """Decides. Reads nothing but the parts and what it was made with."""

    def want(self, parts: Parts) -> Want | None:
        """What to do now; None to wait for a change."""

    def learn(self, act: Act, outcome: Outcome) -> None:
        """Hear what became of ``act``."""


async def work(room: Room, robot: Robot) -> None:
    """Let ``robot`` act in ``room`` until the sale is closed."""
    last: tuple[Act, int] | None = None
    attempt = 0
    while not closed(room.parts):
        seen = room.version
        want = robot.want(room.parts) if room.live else None
        if want is None:
            await room.changed(seen)
            continue
        if want.delay_s > 0 and not await _still_wanted(room, robot, want):
            continue
        seen, doing = room.version, (want.act, room.seq)
        attempt = attempt + 1 if doing == last else 0
        last = doing
        command_id = want.act.id(room.parts["sale"]["id"], room.epoch, room.seq, attempt)
        outcome = await room.ask(want.act.kind, id=command_id, **want.act.fields)
        robot.learn(want.act, outcome)
        with trio.move_on_after(RETRY_S):
            if outcome.accepted:
                await _shown(room, outcome)
            elif robot.want(room.parts) == want:
                await room.changed(seen)


async def _shown(room: Room, outcome: Outcome) -> None:
    """Wait until the parts show what was accepted: the answer is sent before the news of it."""
    while room.live and room.seq < (outcome.seq or 0):
        await room.changed(room.version)


async def _still_wanted(room: Room, robot: Robot, want: Want) -> bool:
    """Wait out the delay. False as soon as something else is wanted, or the house went away."""
    welcomes = room.welcomes
    with trio.move_on_after(want.delay_s):
        while True:
            await room.changed(room.version)
            if not room.live or room.welcomes != welcomes or robot.want(room.parts) != want:
                return False
    return True


def closed(parts: Parts) -> bool:
    """Whether the sale is over."""
    return "sale" in parts and parts["sale"]["phase"] == "closed"


def open_block(parts: Parts) -> Parts | None:
    """The block, if its lot takes bids now."""
    block: Parts | None = parts.get("block")
    running = "sale" in parts and parts["sale"]["phase"] == "open"
    return block if running and block is not None and block["phase"] == "open" else None


def seconds(between: tuple[float, float], *seed: object) -> float:
    """A time in the range, the same for the same seed."""
    return random.Random("/".join(map(str, seed))).uniform(*between)


def chance(share: float, *seed: object) -> bool:
    """Whether one of ``share`` cases is this one; the same for the same seed."""
    return random.Random("/".join(map(str, seed))).random() < share
