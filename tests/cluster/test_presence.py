"""Who is at gateways elsewhere counts as who is at the engine: for the rostrum, for the quorum, for a mass loss. In virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import msgspec
import trio
import trio.testing

from engine.cluster.attending import Attending
from engine.cluster.frames import STEP_BYTES, Present, close_up
from engine.cluster.settings import ClusterSettings
from engine.domain.auction.commands import ShowPrice, SuspendSale
from engine.domain.auction.state import Auction
from engine.domain.parties import Principal, bidder
from engine.domain.units import PaddleNo
from engine.gateway.connection import Connection
from engine.gateway.hub import Hub, HubSettings
from engine.gateway.presence import LOSS_WINDOW_S
from engine.wire.attendance import Attendance
from tests.cluster.cuts import CutEnd, a_hub, at_a_hub
from tests.cluster.scene import CIPHER, End, House, house
from tests.cluster.wire import EngineEnd, Wire
from tests.gateway.quota import Seat
from tests.room.scene import AUCTIONEER, announcement, bid, call, open_sale, put_up

SETTINGS = ClusterSettings()
SILENT_S = HubSettings().outpost_silent_s_max
REPORT_S = SETTINGS.presence_ms / 1000
SOON_S = REPORT_S + HubSettings().unknown_after_s / 4
"""One report, and a look of the engine's."""


@dataclass
class Gateway:
    """One elsewhere, and who is there."""

    hub: Hub
    end: End
    door: CutEnd
    attending: Attending
    seats: dict[Principal | None, Seat] = field(default_factory=dict)

    def come(self, *paddles: int) -> None:
        for paddle in paddles:
            self.seat(bidder(PaddleNo(paddle)))

    def seat(self, who: Principal | None) -> Seat:
        seat = self.seats[who] = Seat()
        self.hub.join(cast("Connection", seat), who, None)
        return seat

    def go(self, *paddles: int) -> None:
        for paddle in paddles:
            self.hub.leave(cast("Connection", self.seats.pop(bidder(PaddleNo(paddle)))))

    def saw(self, paddle: int, seq: int) -> None:
        self.hub.seen(cast("Connection", self.seats[bidder(PaddleNo(paddle))]), seq)


@dataclass
class Engine:
    """Hears what is said to it."""

    heard: list[Attendance] = field(default_factory=list)

    def say_present(self, attendance: Attendance) -> None:
        self.heard.append(attendance)


@dataclass
class Scene:
    held: House
    wire: Wire
    hub: Hub
    rostrum: Seat
    watcher: Seat
    gateways: list[Gateway]

    @property
    def told(self) -> tuple[list[int], int]:
        """Who is online and how many look on, as the rostrum was last told."""
        last = self.rostrum.of("presence")[-1]
        return last["online"], last["watchers"]

    @property
    def phase(self) -> str:
        assert isinstance(self.hub.state, Auction)
        return self.hub.state.phase

    async def records(self, kind: type) -> list[Any]:
        kept = (await self.held.room.read(0, 10_000)).records
        return [record.command for record in kept if isinstance(record.command, kind)]


@asynccontextmanager
async def scene(**sheet: Any) -> AsyncIterator[Scene]:
    wire = Wire()
    doors = [CutEnd(wire), CutEnd(wire)]
    waiting = iter(doors)
    async with house(
        lambda: EngineEnd(wire), lambda: next(waiting), settings=SETTINGS, announced=announcement(**sheet)
    ) as held:
        hub = await a_hub(held, held.nursery, held.room, held.room.clock.now)
        held.on_present = lambda _sale, name, attendance, age_s: hub.outpost_said(name, attendance, age_s)
        rostrum, watcher = Seat(), Seat()
        hub.join(cast("Connection", rostrum), AUCTIONEER, None)
        hub.join(cast("Connection", watcher), None, None)
        gateways = []
        for door in doors:
            there, end = await at_a_hub(held, held.nursery)
            assert end.far is not None
            attending = Attending({"trial": end.far}, lambda _sale, hub=there: hub.attendance(), SETTINGS, SILENT_S)  # type: ignore[misc]
            held.nursery.start_soon(attending.run)
            gateways.append(Gateway(there, end, door, attending))
        one = Scene(held, wire, hub, rostrum, watcher, gateways)
        await gateways[0].end.ask(open_sale())
        await gateways[0].end.ask(put_up(1))
        yield one


async def test_the_rostrum_is_told_of_everybody_wherever_he_is_and_nobody_else_is(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene() as one:
        first, second = one.gateways
        first.come(8, 9)
        second.come(9, 10)
        watchers = [first.seat(None), second.seat(None)]
        await trio.sleep(SOON_S)
        assert one.told == ([8, 9, 10], 3)
        first.go(8, 9)
        await trio.sleep(SOON_S)
        assert one.told == ([9, 10], 3)
        others = [one.watcher, *watchers, *second.seats.values()]
        assert not any(seat.of("presence") for seat in others)


async def test_the_price_was_shown_when_those_at_gateways_were_shown_it(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene(delivery_percent=100) as one:
        first, second = one.gateways
        first.come(8)
        second.come(9)
        await first.end.ask(bid("b1", 8, 5_000))
        price = one.hub.seq
        first.saw(8, price)
        second.saw(9, price - 1)
        await trio.sleep(SOON_S)
        await first.end.ask(call("c1", 1, 5_000))
        await trio.sleep(5)
        assert await one.records(ShowPrice) == []
        second.saw(9, price)
        await trio.sleep(SOON_S)
        [shown] = await one.records(ShowPrice)
        assert (shown.price, shown.present, shown.shown) == (5_000_00, 2, 2)


async def test_a_gateway_that_is_lost_with_many_bidders_is_a_mass_loss(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene(mass_loss_percent=50) as one:
        first, second = one.gateways
        first.come(8, 9, 10)
        second.come(11)
        await trio.sleep(SOON_S)
        first.door.up = False
        await trio.sleep(SILENT_S - REPORT_S * 2)
        assert one.phase == "open"
        await trio.sleep(REPORT_S * 2 + SOON_S)
        assert one.phase == "suspended"
        [suspended] = await one.records(SuspendSale)
        assert suspended.cause == "connections"
        assert one.told[0] == [11]


async def test_one_that_is_drained_is_none_where_its_bidders_come_back_and_is_one_where_they_do_not(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene(mass_loss_percent=50) as one:
        first, second = one.gateways
        first.come(8, 9, 10, 11)
        await trio.sleep(SOON_S)
        first.attending.goodbye()
        first.go(8, 9, 10, 11)
        await trio.sleep(LOSS_WINDOW_S - 2)
        second.come(8, 9, 10, 11)
        await trio.sleep(LOSS_WINDOW_S * 2)
        assert one.phase == "open"
        assert one.told[0] == [8, 9, 10, 11]
        second.attending.goodbye()
        second.go(8, 9, 10, 11)
        await trio.sleep(LOSS_WINDOW_S - 1)
        assert one.phase == "open"
        await trio.sleep(2)
        assert one.phase == "suspended"


async def test_a_line_that_is_down_for_less_than_that_loses_nobody(autojump_clock: trio.testing.MockClock) -> None:
    async with scene(mass_loss_percent=50) as one:
        one.gateways[0].come(8, 9, 10)
        await trio.sleep(SOON_S)
        one.wire.cut = True
        await trio.sleep(
            SILENT_S - SOON_S - REPORT_S
        )  # The last report was up to one before, the next comes up to one after.
        one.wire.cut = False
        await trio.sleep(LOSS_WINDOW_S * 2)
        assert (one.phase, one.told[0]) == ("open", [8, 9, 10])


# How often, and how much.


async def test_whatever_happens_a_gateway_speaks_no_oftener_and_where_nobody_is_it_falls_silent(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with scene() as one:
        first = one.gateways[0]
        before = one.wire.reports
        for _ in range(50):
            first.come(8, 9)
            await trio.sleep(0.1)
            first.go(8, 9)
            await trio.sleep(0.1)
        assert one.wire.reports - before <= 10 / REPORT_S + 1
        await trio.sleep(SILENT_S + SOON_S)
        before = one.wire.reports
        await trio.sleep(60)
        assert one.wire.reports == before
        assert one.told[0] == []


async def test_of_more_bidders_than_may_be_said_the_highest_paddles_are_left_out(
    autojump_clock: trio.testing.MockClock,
) -> None:
    engine = Engine()
    there = Attendance(3, tuple((PaddleNo(paddle), None) for paddle in (1, 2, 3)))
    few = replace(SETTINGS, presence_bidders_max=2)
    attending = Attending({"trial": engine}, lambda _sale: there, few, SILENT_S)
    with trio.move_on_after(0.1):
        await attending.run()
    attending.goodbye()
    assert engine.heard == [Attendance(3, there.bidders[:2]), Attendance(leaving=True)]


def test_how_long_a_report_is_does_not_tell_how_many_are_there() -> None:
    def length(count: int) -> int:
        paddles = tuple((PaddleNo(60_000 + each), 5_000 + each) for each in range(count))
        said = Present.of("0123456789abcdef", 1, 7, 1_800_000_000_000_000_000, Attendance(count, paddles))
        assert said.attendance() == Attendance(count, paddles)
        assert len(msgspec.msgpack.encode(said)) % STEP_BYTES == 0
        return len(close_up(CIPHER, "trial", said))

    lengths = [length(count) for count in range(0, 1_500, 7)]
    assert lengths == sorted(lengths)
    assert len(set(lengths)) <= 5
    assert length(0) == length(300)
