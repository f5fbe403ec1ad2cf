"""One room, its engine's end, and gateways that follow it over each kind of carrier."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import trio

from engine.cluster.carrier import EngineCarrier, GatewayCarrier
from engine.cluster.checked import Place
from engine.cluster.cipher import Cipher
from engine.cluster.distributor import Distributor
from engine.cluster.far import FarRoom
from engine.cluster.far_clock import FarClock
from engine.cluster.reported import OnPresent, no_matter
from engine.cluster.settings import ClusterSettings
from engine.cluster.streams import RedisEngine, RedisGateway
from engine.cluster.unix import PairedEngine, PairedGateway, UnixEngine, UnixGateway
from engine.domain import proceeding
from engine.domain.auction.commands import AnnounceSale
from engine.domain.proceeding import Command, State
from engine.domain.refusals import Refusal
from engine.journal.asking import Answer, Inquiry
from engine.journal.base import Journal, JournalIdentity
from engine.journal.line import Line
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.journal.tail import Standing
from engine.room.house import Room
from engine.wire.attendance import Attendance
from tests.journal.books import IDENTITY, SIGNER
from tests.room.scene import announcement, at_work

PATIENCE_S = 20.0
CIPHER = Cipher(b"\x05" * 32)
QUICK = ClusterSettings(beat_ms=50, timeout_ms=1000)


@dataclass
class Watcher:
    """Somebody at the end of a line, as a hub is: applies what the tail shows, hands in, waits for answers."""

    line: Line
    state: State | None
    seq: int
    head: bytes
    records: list[Record] = field(default_factory=list)
    answers: dict[object, Answer] = field(default_factory=dict)
    news: trio.Event = field(default_factory=trio.Event)
    count: int = 0

    @classmethod
    def at(cls, line: Line, standing: Standing) -> "Watcher":
        state = None if standing.state is None else standing.state.fork()
        return cls(line, state, standing.seq, standing.head, count=line.tail.count)

    async def run(self) -> None:
        while True:
            for batch in await self.line.tail.after(self.count):
                self.count += 1
                for record in batch.records:
                    assert (record.seq, record.prev) == (self.seq + 1, self.head), "a gap, or another chain"
                    self.seq, self.head = record.seq, record.digest
                    self.records.append(record)
                    if not isinstance(record.outcome, Refusal):
                        for event in record.outcome:
                            self.state = proceeding.apply(self.state, event)
                for slip, answer in batch.answers:
                    assert slip not in self.answers, "answered twice"
                    self.answers[slip] = answer
            self.news.set()
            self.news = trio.Event()

    def hand_in(self, content: Command | Inquiry, now: Callable[[], Any]) -> object:
        slip = object()
        self.line.submit(content, now(), slip)
        return slip

    async def answer(self, slip: object, patience_s: float = PATIENCE_S) -> Answer:
        with trio.fail_after(patience_s):
            while slip not in self.answers:
                await self.news.wait()
        return self.answers[slip]

    async def reaches(self, seq: int) -> None:
        with trio.fail_after(PATIENCE_S):
            while self.seq < seq:
                await self.news.wait()

    @property
    def digest(self) -> str:
        return proceeding.state_digest(self.state)


@dataclass
class End:
    """A line's end, with the clock that stamps there."""

    watcher: Watcher
    now: Callable[[], Any]
    far: FarRoom | None = None
    carrier: GatewayCarrier | None = None

    async def ask(self, content: Command | Inquiry) -> Answer:
        return await self.watcher.answer(self.watcher.hand_in(content, self.now))


@dataclass
class House:
    """A room at work with what distributes it."""

    room: Room
    nursery: trio.Nursery
    engine_carrier: Callable[[], EngineCarrier] | None
    gateway_carrier: Callable[[], GatewayCarrier] | None
    settings: ClusterSettings = QUICK
    told: dict[str, list[Attendance]] = field(default_factory=dict)
    """What each gateway said of those who are there, as far as it is news."""

    on_present: OnPresent = no_matter

    def begin(self) -> None:
        if self.engine_carrier is not None:
            engine = distributor(self.room, self.engine_carrier(), self.settings, self._hear)
            self.nursery.start_soon(engine.run)

    def _hear(self, sale: str, gateway: str, attendance: Attendance, age_s: float) -> None:
        self.told.setdefault(gateway, []).append(attendance)
        self.on_present(sale, gateway, attendance, age_s)

    async def end(self, *, floor: Place = Place()) -> End:  # noqa: B008 - a frozen value
        """Somebody comes to the room's line, or to another gateway."""
        if self.gateway_carrier is None:
            watcher = Watcher.at(self.room, await standing(self.room))
            self.nursery.start_soon(watcher.run)
            return End(watcher, self.room.clock.now)
        carrier = self.gateway_carrier()
        far = FarRoom(
            "trial",
            key=SIGNER.public,
            cipher=CIPHER,
            carrier=carrier,
            settings=self.settings,
            records_max=4096,
            floor=floor,
            clock=FarClock(lambda: round(trio.current_time() * 1e9)),
        )
        self.nursery.start_soon(carrier.run, lambda _sale, frame: far.hear(frame))
        with trio.fail_after(PATIENCE_S):
            await far.ready.wait()
        watcher = Watcher.at(far, far.opened)
        self.nursery.start_soon(watcher.run)
        return End(watcher, far.clock.now, far, carrier)


async def standing(room: Room) -> Standing:
    """Where a room stands, from its journal."""
    state: State | None = None
    seq, head = 0, bytes(32)
    for record in (await room.read(0, 1_000_000)).records:
        if not isinstance(record.outcome, Refusal):
            for event in record.outcome:
                state = proceeding.apply(state, event)
        seq, head = record.seq, record.digest
    return Standing(state, seq, head)


def distributor(
    room: Any, carrier: EngineCarrier, settings: ClusterSettings = QUICK, present: OnPresent = no_matter
) -> Distributor:
    return Distributor(
        {"trial": room}, carrier=carrier, cipher=CIPHER, signer=SIGNER, settings=settings, present=present
    )


@asynccontextmanager
async def house(
    engine_carrier: Callable[[], EngineCarrier] | None = None,
    gateway_carrier: Callable[[], GatewayCarrier] | None = None,
    *,
    settings: ClusterSettings = QUICK,
    identity: JournalIdentity = IDENTITY,
    journal: Journal | None = None,
    announced: AnnounceSale | None = None,
) -> AsyncIterator[House]:
    kept = journal or MemoryJournal(identity)
    async with at_work(kept, announced=announced or announcement()) as desk, trio.open_nursery() as nursery:
        one = House(desk.room, nursery, engine_carrier, gateway_carrier, settings)
        one.begin()
        yield one
        nursery.cancel_scope.cancel()


def over_unix(folder: Path) -> tuple[Callable[[], EngineCarrier], Callable[[], GatewayCarrier]]:
    path = folder / "house.sock"
    return (lambda: UnixEngine(path)), (lambda: UnixGateway(path, QUICK.letters_max))


def over_pairs(
    kind: type[PairedEngine] = PairedEngine,
) -> tuple[Callable[[], EngineCarrier], Callable[[], GatewayCarrier]]:
    """As an engine and the gateways it started itself are joined."""
    engine = kind(streams_max=16)

    def gateway() -> GatewayCarrier:
        ours, theirs = (trio.SocketStream(each) for each in trio.socket.socketpair())
        engine.join(ours)
        return PairedGateway(theirs, QUICK.letters_max)

    return (lambda: engine), gateway


def over_redis(
    url: str, settings: ClusterSettings = QUICK
) -> tuple[ClusterSettings, Callable[[], EngineCarrier], Callable[[], GatewayCarrier]]:
    told = replace(settings, redis_url=url)
    return told, (lambda: RedisEngine(told)), (lambda: RedisGateway(told))
