"""
Cuts in virtual time: an engine, two gateways with their hubs, bidders at both, and a line between them that is cut again and again.

Which line, in which direction and for how long is seeded, 1 to 30 s each. Whoever asks is told something within the hub's two seconds,
cut off or not, and asks on until he knows; then what everybody was told is held against the record.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import trio

from engine.cluster.carrier import Trouble
from engine.cluster.settings import ClusterSettings
from engine.domain.parties import bidder
from engine.domain.proceeding import Command
from engine.domain.units import Nanoseconds, PaddleNo
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.hub import Hub, HubSettings
from engine.journal.asking import Inquiry
from engine.journal.line import Line
from engine.meters import Meters
from tests.cluster.scene import End, House, house, standing
from tests.cluster.wire import EngineEnd, Wire
from tests.journal.books import SIGNER
from tests.room.scene import bid, open_sale, put_up

CUTS: Final = 6
ASK_AGAIN_S: Final = 0.5
TOLD_S_MAX: Final = HubSettings().unknown_after_s * 1.25
"""It is looked eight times meanwhile, and a beat may pass."""


class CutEnd:
    """A gateway's end of ``wire``, cut in either direction."""

    trouble: Trouble | None = None

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.up, self.down = True, True

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        await self._wire.run_gateway(lambda sale, frame: hear(sale, frame) if self.down else None)

    def follow(self, sale: str, epoch: int, seq: int) -> None:
        self._wire.follow(sale, epoch, seq)

    def send(self, sale: str, frame: bytes) -> None:
        if self.up:
            self._wire.send(sale, frame)

    def report(self, sale: str, frame: bytes) -> None:
        if self.up:
            self._wire.report(sale, frame)


@dataclass
class Told:
    """What one was told about what he asks, by id."""

    outcomes: dict[str, set[int]] = field(default_factory=dict)
    unknown: int = 0
    longest_s: float = 0.0


@dataclass
class Asker:
    """Somebody at a hub's socket who asks one thing at a time, and on until he knows."""

    hub: Hub
    end: End
    paddle: int
    told: Told
    _send: trio.MemorySendChannel[dict[str, Any]] = field(init=False)
    _came: trio.MemoryReceiveChannel[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self._send, self._came = trio.open_memory_channel(1000)

    def hear(self, payload: bytes) -> None:
        self._send.send_nowait(orjson.loads(payload))

    async def know(self, command: Command) -> None:
        """Return when the outcome is known."""
        content: Command | Inquiry = command
        while True:
            told = await self._ask(content)
            if told["type"] != "unknown":
                return
            self.told.unknown += 1
            again = told["code"] == "E_NEVER_SEEN"
            content = command if again else Inquiry(command.command_id, bidder(PaddleNo(self.paddle)))
            await trio.sleep(ASK_AGAIN_S)

    async def _ask(self, content: Command | Inquiry) -> dict[str, Any]:
        asked = trio.current_time()
        self.hub.ask(self, content.command_id, content, self.end.now())
        while True:
            told = await self._came.receive()
            answer = told.get("answer", told)
            if told["type"] != "unknown":
                self.told.outcomes.setdefault(answer["id"], set()).add(answer["seq"])
            if answer["id"] == content.command_id:
                self.told.longest_s = max(self.told.longest_s, trio.current_time() - asked)
                return dict(told)


async def at_a_hub(held: House, nursery: trio.Nursery) -> tuple[Hub, End]:
    """Another gateway with a hub of its own, at work."""
    end = await held.end()
    assert end.far is not None
    return await a_hub(held, nursery, end.far, end.now), end


async def a_hub(held: House, nursery: trio.Nursery, line: Line, now: Callable[[], Nanoseconds]) -> Hub:
    """A hub of the room ``held`` has, at work at this end of ``line``."""
    hub = Hub(
        sale="trial",
        epoch=1,
        public_key=SIGNER.public,
        standing=await standing(held.room),
        tail=line.tail,
        kept=line,
        submit=line.submit,
        now=now,
        broadcaster=Broadcaster(SweepSettings()),
        settings=HubSettings(),
        meters=Meters(),
    )
    nursery.start_soon(hub.run)
    return hub


async def cut_again_and_again(seed: int) -> Told:
    """One sale under :data:`CUTS` cuts. Raises AssertionError if anything was not as it is promised."""
    dice, wire, told, over = random.Random(seed), Wire(), Told(), False
    doors = [CutEnd(wire), CutEnd(wire)]
    waiting = iter(doors)
    async with house(lambda: EngineEnd(wire), lambda: next(waiting), settings=ClusterSettings()) as held:
        hubs = [await at_a_hub(held, held.nursery) for _ in doors]
        await hubs[0][1].ask(open_sale())
        await hubs[0][1].ask(put_up(1))
        count = 0

        async def bids(hub: Hub, end: End, paddle: int) -> None:
            nonlocal count
            asker = Asker(hub, end, paddle, told)
            while not over:
                count += 1
                await asker.know(bid(f"b{count}", paddle, 5_000 + 500 * count))
                await trio.sleep(0.2)

        async with trio.open_nursery() as nursery:
            for nth, (hub, end) in enumerate(hubs):
                nursery.start_soon(bids, hub, end, 8 + nth)
            for _ in range(CUTS):
                await trio.sleep(dice.uniform(0.1, 5))
                cut = dice.choice([doors[:1], doors[1:], doors])  # A gateway from its engine, or the engine from all.
                ways = dice.choice([(False, True), (True, False), (False, False)])
                for door in cut:
                    door.up, door.down = ways
                await trio.sleep(dice.uniform(1, 30))
                for door in cut:
                    door.up = door.down = True
            over = True
        records = (await held.room.read(0, 1_000_000)).records
        kept = {record.command_id: record.seq for record in records}
        assert len(kept) == len(records), "an id is on record twice"
        assert told.outcomes == {name: {kept[name]} for name in kept if name.startswith("b")}
        assert told.longest_s <= TOLD_S_MAX, (seed, told.longest_s)
        for _, end in hubs:
            await end.watcher.reaches(records[-1].seq)
            assert end.watcher.head == records[-1].digest
    return told
