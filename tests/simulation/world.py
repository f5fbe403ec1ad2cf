"""
One run: the house on its machine, the browsers round it, and what goes wrong.

The house is the engine's own: rooms and their recovery, clerk, mailbox, tail, hub, broadcaster, sessions, connections, reactor,
journal and anchor. Only the thread under the journal, the kernel's sockets, the disk and the clocks are ours.
"""

import random
from contextlib import suppress
from typing import Any, Final

import apsw
import orjson
import trio
import trio.testing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.domain import proceeding
from engine.domain.auction.commands import AdmitPaddle, Copies
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Command, State
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.units import Nanoseconds
from engine.domain.views import Audience, mine
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.door import Entrance
from engine.gateway.doorkeeper import Doorkeeper
from engine.gateway.hub import Hub, HubSettings
from engine.gateway.limits import Limits, LimitSettings
from engine.gateway.reactor import Reactor, SocketSettings
from engine.gateway.session import Session
from engine.gateway.tickets import Tickets, TicketSettings
from engine.gateway.tokens import Credential, Keyring, Tokens
from engine.gateway.upgrade import Upgrade
from engine.hubs import hub_of
from engine.journal.asking import Inquiry, RoomBusy
from engine.journal.base import JournalIdentity
from engine.journal.faults import JournalFault
from engine.journal.record import Record
from engine.meters import Meters
from engine.room.clerk import ClerkSettings
from engine.room.clock import HouseClock, Steps
from engine.room.house import House, Room, RoomSettings, announce, open_room, state_copies, suspend_if_interrupted
from engine.room.recovery import recover, retrace
from tests.domain.auction.random_sale import (
    AUCTIONEER,
    CLERK,
    HALL,
    ONLINE,
    PADDLES,
    REGISTRAR,
    SUPERVISOR,
    announcement,
)
from tests.journal.books import SIGNER
from tests.simulation.browser import Browser
from tests.simulation.disk import Disk, Trouble
from tests.simulation.driver import Driver
from tests.simulation.journal import SimulatedJournal, open_journal, put_empty_journal
from tests.simulation.ledger import Ledger
from tests.simulation.machine import Machine
from tests.simulation.network import UPGRADE, Line, Ports, Weather
from tests.simulation.plan import Blow, Plan
from tests.simulation.quota_driver import QuotaDriver, admission, quota_announcement
from tests.simulation.schedule import Schedule

SALE: Final = "trial"
FRAME_BYTES_MAX: Final = 16 * 1024
HEAL_S: Final = 30.0
"""So long after the last fault everybody must know everything."""

ON_ITS_WAY_S: Final = 4.0
"""Longer than any frame is on its way."""

METERS: Final = Meters()


TOKEN_ID: Final = "0" * 32
FOREVER_S: Final = 2**40
TOKENS: Final = Tokens(Keyring({"k0001": Ed25519PrivateKey.from_private_bytes(b"\5" * 32)}))
"""Every token is good: who may come in is tried elsewhere."""


class World:
    """See the module."""

    def __init__(self, plan: Plan, clock: trio.testing.MockClock) -> None:
        self.plan = plan
        self.machine = Machine(clock)
        self.schedule = Schedule()
        self.ledger = Ledger(plan.epoch, self._stop, quota=isinstance(plan.sheet, QuotaSheet))
        self.disk = Disk(random.Random(f"disk {plan.seed}"), lambda how: self.end_life(how, 0.2))
        self.disk.lies = plan.lies
        self.identity = JournalIdentity(SALE, plan.epoch, b"salt" * 8, SIGNER.public)
        self.named: JournalFault | None = None
        """The loss that the house found and named."""

        self.state: State | None = None
        self.room: Room | None = None
        self.hub: Hub | None = None
        self.journal: SimulatedJournal | None = None
        self.ports: Ports | None = None
        self.reactor: Reactor | None = None
        self.healing = False
        self.lines: list[Line] = []
        self.browsers: list[Browser] = []
        self._chance = random.Random(f"world {plan.seed}")
        self._whole = trio.CancelScope()
        self._life: trio.CancelScope | None = None
        self._how = ""
        self._tickets: Tickets | None = None
        self._limits: Limits | None = None
        self._lines = 0
        self._doorkeeper = Doorkeeper(TOKENS, lambda: 0.0)
        self._away_s = 0.0
        self._next: Trouble | None = None
        """What the disk does to the life that is about to begin."""

        self.driver = QuotaDriver(self) if isinstance(plan.sheet, QuotaSheet) else Driver(self)

    def _stop(self) -> None:
        self._whole.cancel()

    # The whole run.

    async def run(self) -> None:
        """From the announcement until all is known to everybody, or something is broken."""
        put_empty_journal(self.disk, self.identity)
        self.machine.on_lost = self._lost
        with self._whole:
            async with trio.open_nursery() as world:
                world.start_soon(self.schedule.run)
                world.start_soon(self._lives)
                self._take_seats()
                self._plan_faults()
                await self.driver.run()
                await self._heal()
                world.cancel_scope.cancel()
        self._close()

    def _take_seats(self) -> None:
        who: list[Principal | None] = [None, *map(bidder, ONLINE), AUCTIONEER, CLERK, SUPERVISOR, REGISTRAR]
        if self.plan.second_devices:
            who += [bidder(ONLINE[0]), None]
        for number, principal in enumerate(who, 1):
            chance = random.Random(f"browser {self.plan.seed} {number}")
            self.browsers.append(
                Browser(number, principal, self, self.schedule, self.ledger, chance, forged=self.plan.forged)
            )

    def browser_of(self, principal: Principal) -> Browser | None:
        """The browser of somebody; the first, if he has several."""
        return next((each for each in self.browsers if each.principal == principal), None)

    # The house, life after life.

    async def _lives(self) -> None:
        while True:
            self.ledger.life += 1
            self.ledger.disturbed_at = trio.current_time()
            self._how = "storage failed"
            with trio.CancelScope() as self._life:
                await self._live()
            self._after_life()
            await trio.sleep(self._away_s)

    async def _live(self) -> None:
        plan, machine = self.plan, self.machine
        machine.alive, self.disk.dead, self._away_s = True, False, 0.3
        try:
            self.journal = journal = open_journal(self.disk, self._slow)
            room = open_room(
                journal,
                SIGNER,
                RoomSettings(letters_max=plan.letters_max, clerk=ClerkSettings(state_digest_every=plan.digest_every)),
                clock=lambda floor: HouseClock(floor, machine.wall, machine.monotonic),
            )
            self._found(journal)
        except JournalFault as fault:
            self._unservable(fault)
            return
        with suppress(JournalFault):
            self.ledger.note(f"life {self.ledger.life} opens at record {room.opened.seq}")
            sheet = plan.sheet
            announced = quota_announcement(sheet) if isinstance(sheet, QuotaSheet) else announcement(sheet)
            await announce(room, announced, self._preparations())
            await suspend_if_interrupted(room)
            await state_copies(room, self._copies)
            await self._serve(journal, room)

    def _copies(self, said: Copies) -> Copies:
        """In how many places the record is said to be kept: in some sales as before, in others something else in each life."""
        every = tuple(Copies)
        return every[(self.plan.seed + self.ledger.life) % len(every)] if self.plan.seed % 8 == 5 else said

    def _preparations(self) -> tuple[Command, ...]:
        if not self.plan.prepared:
            return ()
        if isinstance(self.plan.sheet, QuotaSheet):
            sheet = self.plan.sheet
            return tuple(admission(sheet, paddle, f"admit-{paddle}") for paddle in PADDLES)
        return tuple(
            AdmitPaddle(
                command_id=f"admit-{paddle}",
                by=HOUSE,
                paddle=paddle,
                channel=Channel.HALL if paddle in HALL else Channel.ONLINE,
                deposits=1,
            )
            for paddle in PADDLES
        )

    async def _serve(self, journal: SimulatedJournal, room: Room) -> None:
        plan = self.plan
        steps = Steps(self.machine.wall, self.machine.monotonic, RoomSettings().clock_jump_ms_max)
        house = House({SALE: room}, steps=steps)
        hub = hub_of(
            SALE,
            room,
            submit=self.hand_in,
            broadcaster=Broadcaster(SweepSettings()),
            settings=HubSettings(frames_max=plan.frames_max, heads_max=plan.heads_max),
            meters=METERS,
        )
        for record in self._since_opened(journal):
            self._shown(record, journal)
        hub.follow(lambda record: self._shown(record, journal))
        self.ports = ports = Ports()
        reactor = Reactor(
            SocketSettings(outbox_bytes_max=plan.outbox_bytes_max), on_evicted=self._evicted, poll=lambda: ports
        )
        self._limits, self._tickets = (
            Limits(LimitSettings(), trio.current_time),
            Tickets(TicketSettings(), trio.current_time),
        )
        self.room, self.hub, self.reactor = room, hub, reactor
        try:
            async with trio.open_nursery() as work:
                work.start_soon(hub.run)
                work.start_soon(reactor.run)
                await house.run()
                await trio.sleep(0.05)  # What is said of the fault goes out.
                work.cancel_scope.cancel()
        finally:
            self.state = hub.state
            self.room = self.hub = self.reactor = None

    def _since_opened(self, journal: SimulatedJournal) -> list[Record]:
        """What was recorded between reading the journal and serving: announcement, suspension."""
        known = len(self.ledger.records)
        return list(journal.reader.read(known, 100_000).records)

    def _found(self, journal: SimulatedJournal) -> None:
        records = journal.reader.read(0, 1_000_000).records
        journal.kept = len(records)
        self.ledger.finds(records)

    def _unservable(self, fault: JournalFault) -> None:
        """The journal is not served. That is right if, and only if, the disk has lied."""
        if not self.machine.alive:
            return
        if self.disk.trouble is None and self.disk.calls and type(fault).__name__ == "StorageFault":
            self.ledger.note(f"not served for now: {fault.code}")
            return
        self.ledger.note(f"not served: {fault.code}: {fault}")
        if self.disk.lies_told:
            self.named = fault
            self._stop()
        else:
            self.ledger.broken("P1", f"a journal on an honest disk is not served: {fault}")

    def _shown(self, record: Record, journal: SimulatedJournal) -> None:
        """The hub shows a record: by now it must be kept, and anchored."""
        if record.seq > journal.kept:
            self.ledger.broken("P1", f"record {record.seq} was shown, and only {journal.kept} are kept")
        reached = self.disk.anchored()
        if record.seq > reached:
            self.ledger.broken(
                "P1", f"record {record.seq} was shown, and the anchor on its device vouches for {reached}"
            )
        self.ledger.shows(record)

    def hand_in(self, content: Command | Inquiry, stamp: Nanoseconds, slip: object) -> None:
        """What the hub takes for the room's door."""
        assert self.room is not None
        self.room.submit(content, stamp, slip)
        if not isinstance(content, Inquiry):
            self.ledger.handed_in(content.by, content.command_id, stamp, self.room.clock.now())

    def _slow(self) -> float:
        return self._chance.random() ** 2 * (0.002 if self.healing else self.plan.disk_s)

    def _evicted(self, why: str) -> None:
        self.ledger.note(f"a browser is let go: {why}")
        if why == "fault":
            self.ledger.broken("P14", "a browser's frame brought about a fault of ours")

    # Its ends.

    def end_life(self, how: str, away_s: float) -> None:
        """The engine is gone this instant: ``power``, ``kill`` or (in good order) ``stop``."""
        if self.machine.alive:
            self._how, self._away_s = how, away_s
            self.machine.lose()

    def _lost(self) -> None:
        if self._how != "stop":
            self.disk.dead = True
        self.ledger.note(f"the house is gone: {self._how}")
        if self._life is not None:
            self._life.cancel()

    def _after_life(self) -> None:
        self.machine.alive = False
        self.ledger.disturbed_at = trio.current_time()
        self.room = self.hub = self.reactor = None
        for line in self.lines:
            if not line.gone:
                line.house_is_gone(with_what_was_sent=self._how != "power" or self._chance.random() < 0.5)
        self.lines = []
        if self._how == "storage failed" and self._chance.random() < 0.5:
            self.disk.dead = True  # It does not come to close its files: somebody loses patience.
        self._close()
        if self._how in {"kill", "storage failed"} and not self.healing and self._chance.random() < 0.4:
            soon = self._away_s + self._chance.random() * 0.4
            self.schedule.after(soon, lambda: self._strike(Blow(trio.current_time(), "power", 3)))
        if self._how == "power":
            self.disk.power_cut()
        self.disk.dead, self.disk.trouble = False, None
        if self._next is not None:
            self.disk.trouble, self._next = self._next, None

    def _close(self) -> None:
        journal, self.journal = self.journal, None
        if journal is not None:
            with suppress(JournalFault, apsw.Error, OSError):
                journal.close()

    # Faults.

    def _plan_faults(self) -> None:
        plan = self.plan
        for blow in plan.blows:
            self.schedule.at(blow.at_s, lambda blow=blow: self._strike(blow))  # type: ignore[misc]
        for at, long, counted in plan.freezes:
            self.schedule.at(at, lambda long=long, counted=counted: self._freeze(long, counted=counted))  # type: ignore[misc]
        for at, by_ms in plan.steps:
            self.schedule.at(at, lambda by_ms=by_ms: self._step(by_ms))  # type: ignore[misc]
        if plan.line_faults:
            self.schedule.after(1.0, self._trouble_a_line)

    def _strike(self, blow: Blow) -> None:
        if self.healing:
            return
        away_s = blow.much / 10 % 3
        match blow.kind:
            case "power" | "kill" | "stop":
                self.end_life(blow.kind, away_s)
            case "cut at a send":
                lines = [line for line in self.lines if not line.gone]
                if lines:
                    line = self._chance.choice(lines)
                    line.cut_after, line.on_cut = blow.much, lambda: self.end_life("power", away_s)
            case _:
                kind, _, where = blow.kind.partition(" at a ")
                trouble = Trouble(blow.much, kind, syncs_only=where == "sync")
                if self.machine.alive:
                    self.disk.trouble = trouble
                else:
                    self._next = trouble

    def _freeze(self, seconds: float, *, counted: bool) -> None:
        if not self.healing:
            self.ledger.note(f"the machine stands still for {seconds} s")
            self.machine.stand_still(seconds, counted=counted)
            self.ledger.disturbed_at = trio.current_time() + 0.5

    def _step(self, by_ms: int) -> None:
        self.ledger.note(f"the time of day is set by {by_ms} ms")
        self.machine.set_clock(by_ms)

    def _trouble_a_line(self) -> None:
        if self.healing:
            return
        self.schedule.after(0.5 + self._chance.random() / self.plan.line_faults, self._trouble_a_line)
        lines = [line for line in self.lines if not line.gone]
        if not lines:
            return
        line = self._chance.choice(lines)
        match self._chance.choice(["lose", "lose", "vanish", "stall", "stall", "stall"]):
            case "lose":
                line.lose()
            case "vanish":
                line.vanish()
            case _:
                line.stall()
                self.schedule.after(self._chance.choice([0.4, 1.5, 3.0, 6.0]), line.go_on, line.number)

    # What browsers reach. See tests.simulation.browser.House.

    def dial(self, browser: Browser) -> Line | None:
        """A line to the house, if it answers."""
        hub, room, reactor, ports = self.hub, self.room, self.reactor, self.ports
        if not self.machine.alive or hub is None or room is None or reactor is None or ports is None:
            return None
        assert self._limits is not None
        assert self._tickets is not None
        self._lines += 1
        weather = Weather() if self.healing else self.plan.weather
        chance = random.Random(f"line {self.plan.seed} {self._lines}")
        life = self.ledger.life
        line = Line(
            self._lines,
            browser,
            self.schedule,
            chance,
            weather,
            lambda: self.machine.alive and self.ledger.life == life,
            ports.touch,
        )
        line.calm = self.healing
        ports.sockets[line.number] = line.socket
        self.lines = [each for each in self.lines if not each.gone] + [line]
        entrance = Entrance(SALE, self._limits.knock("10.0.0.1"), self._tickets, self._doorkeeper)
        now = room.clock.now
        reactor.adopt(
            line.socket,  # type: ignore[arg-type]
            Upgrade(UPGRADE),
            lambda make: Session(hub, entrance, now, make, frame_bytes_max=FRAME_BYTES_MAX).connection,
        )
        return line

    def ticket(self, principal: Principal) -> str | None:
        """A ticket, as over HTTP."""
        assert self._tickets is not None
        return self._tickets.issue(Credential(principal, SALE, TOKEN_ID, 0, FOREVER_S))

    def house_asks(self, command: Command) -> None:
        """The house itself asks something."""
        if self.room is not None:
            with suppress(RoomBusy):
                self.hand_in(command, self.room.clock.now(), None)

    # The end of the run: all faults are over, and everybody must come to know everything.

    async def _heal(self) -> None:
        self.ledger.note("all faults are over")
        self.healing = True
        self.disk.trouble, self._next = None, None
        for line in self.lines:
            line.heal()
        for browser in self.browsers:
            browser.patient, browser.forged = False, 0.0
        until = trio.current_time() + HEAL_S
        lacking: list[str] = ["not looked yet"]
        while trio.current_time() < until:
            await trio.sleep(0.35)
            lacking = self._lacking()
            if not lacking:
                break
        if lacking:
            self.ledger.broken("P12", f"{HEAL_S:.0f} s after the last fault: {'; '.join(lacking)}")
            return
        await trio.sleep(ON_ITS_WAY_S)
        for browser in self.browsers:
            if browser.line is not None:
                self.ledger.settled(browser, browser.line)
        self._at_the_end()

    def _lacking(self) -> list[str]:
        """What is not as it should be when all is calm."""
        hub, room = self.hub, self.room
        if hub is None or room is None:
            return ["the house is not there"]
        if len(room.mailbox) or hub.waiting or room.clerk.memory.seq != hub.seq:
            return [
                f"{len(room.mailbox)} letters wait, {hub.waiting} answers, the hub is at {hub.seq} of {room.clerk.memory.seq}"
            ]
        lacking = []
        pictures = {audience: _plain(hub._whole(audience)) for audience in Audience}
        for browser in self.browsers:
            if browser.line is None or not browser.welcome or browser.position is None:
                lacking.append(f"{browser.name} is not in")
            elif browser.asks:
                lacking.append(f"{browser.name} has no answer to {list(browser.asks)}")
            elif browser.position[0] != hub.epoch or browser.parts != pictures[browser.audience]["parts"]:
                lacking.append(
                    f"{browser.name} at {browser.position[:2]}: {_apart(browser.parts, pictures[browser.audience]['parts'])}"
                )
            elif browser.paddle is not None and _lasting(browser.mine) != _lasting(
                _plain(mine(hub.state, browser.paddle))
            ):
                lacking.append(f"{browser.name} has not been told of what is its own")
        return lacking

    def _at_the_end(self) -> None:
        """The hub's copy, the room's state and a new engine's are one; what is kept decides itself again."""
        assert self.hub is not None
        assert self.room is not None
        assert self.journal is not None
        states = {
            "room": proceeding.state_digest(self.room.clerk.memory.state),
            "hub": proceeding.state_digest(self.hub.state),
            "journal": proceeding.state_digest(recover(self.journal)[0].state),
        }
        if len(set(states.values())) > 1:
            self.ledger.broken("P12", f"copies of the state differ: {states}")
        self._found(self.journal)
        if self.plan.seed % 4 == 0:
            try:
                for _ in retrace(self.journal):
                    pass
            except JournalFault as fault:
                self.ledger.broken("P5", f"decided again, the record differs: {fault}")


def _apart(shown: dict[str, Any], so: dict[str, Any]) -> str:
    """The first part that is shown other than it is."""
    name = next(each for each in (*so, *shown) if shown.get(each) != so.get(each))
    return f"{name} is shown as {shown.get(name)} and is {so.get(name)}"


def _lasting(part: Any) -> Any:
    """A private part without the window of a change, which moves with everybody's offers and is in a part for all."""
    return part if part is None else {name: part[name] for name in part if name not in {"least_fen", "most_fen"}}


def _plain(value: Any) -> Any:
    """As it comes over the wire."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
