"""A bidder at a gateway that is cut off: "unknown, ask again" within two seconds, and the true outcome afterwards. In virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import trio
import trio.testing

from engine.cluster.settings import ClusterSettings
from engine.domain.proceeding import Command
from engine.gateway.hub import Hub, HubSettings
from engine.journal.asking import Inquiry, NeverSeen
from engine.journal.record import Record
from tests.cluster.cuts import at_a_hub
from tests.cluster.scene import End, House, house
from tests.cluster.wire import EngineEnd, GatewayEnd, Wire
from tests.room.scene import open_sale, put_up

SETTINGS = ClusterSettings()


@dataclass
class Bidder:
    """Somebody at the hub's socket."""

    heard: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def hear(self, payload: bytes) -> None:
        self.heard.append((trio.current_time(), orjson.loads(payload)))

    @property
    def said(self) -> list[str]:
        return [said["type"] for _, said in self.heard]


@dataclass
class Scene:
    wire: Wire
    house: House
    end: End
    hub: Hub

    def in_touch(self) -> bool:
        return self.end.far is not None and self.end.far.in_touch

    def ask(self, content: Command | Inquiry) -> Bidder:
        bidder = Bidder()
        self.hub.ask(bidder, content.command_id, content, self.end.now())
        return bidder


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    wire = Wire()
    async with house(lambda: EngineEnd(wire), lambda: GatewayEnd(wire), settings=SETTINGS) as held:
        hub, end = await at_a_hub(held, held.nursery)
        yield Scene(wire, held, end, hub)


async def test_a_letter_that_is_lost_is_unknown_in_two_seconds_and_then_never_seen(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene() as one:
        one.wire.cut = True
        asked_at = trio.current_time()
        bidder = one.ask(open_sale())
        await trio.sleep(4)
        assert bidder.said == ["unknown"]
        assert bidder.heard[0][0] - asked_at <= HubSettings().unknown_after_s * 1.25
        assert not one.in_touch()
        one.wire.cut = False
        await trio.sleep(1)
        assert one.in_touch()
        again = one.ask(Inquiry("open", open_sale().by))
        await trio.sleep(0.1)
        assert again.heard[0][1]["code"] == "E_NEVER_SEEN"
        assert isinstance(await one.end.ask(open_sale()), Record)
        await trio.sleep(60)
        assert bidder.said == ["unknown"]


async def test_an_answer_that_is_lost_is_unknown_in_two_seconds_and_then_the_first_answer(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene() as one:
        one.wire.cut_down_only = True
        bidder = one.ask(open_sale())
        await trio.sleep(4)
        assert bidder.said == ["unknown"]
        one.wire.cut_down_only = False
        await trio.sleep(2)
        assert bidder.said == ["unknown", "answer"]
        again = one.ask(Inquiry("open", open_sale().by))
        await trio.sleep(0.1)
        assert again.said == ["duplicate"]
        assert again.heard[0][1]["answer"] == bidder.heard[1][1]


async def test_what_comes_after_it_was_said_to_be_never_seen_or_far_too_late_is_not_taken_up(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene() as one:
        late = one.wire.hold()
        slip = one.end.watcher.hand_in(open_sale(), one.end.now)
        one.wire.kept_back = None
        other = await one.house.end()
        await trio.sleep(0.5)
        assert await other.ask(Inquiry("open", open_sale().by)) == NeverSeen()
        one.wire.deliver(late)
        await trio.sleep(1)
        assert slip not in one.end.watcher.answers
        late = one.wire.hold()
        one.end.watcher.hand_in(put_up(1), one.end.now)
        one.wire.kept_back = None
        await trio.sleep(SETTINGS.transit_ms_max / 1000 + 1)
        one.wire.deliver(late)
        await trio.sleep(1)
        assert one.house.room.clerk.memory.seq == one.end.watcher.seq
        assert not {"open", "put-up-1"} & {each.command_id for each in (await one.house.room.read(0, 100)).records}
