"""Nothing secret in any byte that leaves the house for somebody else: random sales behind a real clerk and hub."""

import re
from collections.abc import AsyncGenerator
from typing import Any, cast

import orjson
import trio
import trio.testing
from hypothesis import given, settings

from engine.domain.auction.events import BidPlaced, LotReoffered, ProxyPlaced, ReserveSet
from engine.domain.auction.state import Auction
from engine.domain.parties import Principal, bidder
from engine.domain.proceeding import Event
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import Lifted, PaddleDisplay, RuleSheet, Sees
from engine.gateway import exports, sale_told
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.connection import Connection
from engine.gateway.hub import Hub, HubSettings
from engine.gateway.sales import Sales
from engine.gateway.transparency import TransparencyLog, TransparencySettings
from engine.hubs import hub_of
from engine.journal.memory import MemoryJournal
from engine.journal.record import Record
from engine.meters import Meters
from engine.room.clerk import ClerkSettings
from engine.room.house import Room, RoomSettings, announce, open_room
from tests.domain.auction.random_sale import (
    AUCTIONEER,
    CLERK,
    MOVES,
    ONLINE,
    PADDLES,
    REGISTRAR,
    SUPERVISOR,
    Move,
    announcement,
    hidden,
    is_officer,
    meant,
    opening_moves,
    sheets,
    spread,
)
from tests.journal.books import IDENTITY, SIGNER
from tests.room.scene import TrioClock

SALE = IDENTITY.sale


class Seat:
    """A browser's place in the hall: keeps every byte it is given."""

    blocked = dead = False

    def __init__(self, principal: Principal | None) -> None:
        self.principal = principal
        self.heard: list[bytes] = []
        self.looked = 0

    def write(self, data: bytes) -> None:
        self.heard.append(payload(data))

    def catch_up(self, data: bytes) -> None:
        self.send(data)

    def hear(self, payload: bytes) -> None:
        self.heard.append(payload)

    def send(self, data: bytes) -> int:
        self.heard.append(data)  # frames on end, headers and all: numbers stand in them in clear
        return len(data)

    def answers(self) -> dict[str, bytes]:
        return {
            orjson.loads(one)["id"]: one
            for one in self.heard
            if one.startswith(b'{"id":') and b'"type":"answer"' in one
        }


def payload(frame: bytes) -> bytes:
    """What a frame that comes alone holds."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


class OneSale:
    """The pages' view of a single hub."""

    def __init__(self, hub: Hub, log: TransparencyLog) -> None:
        self.hub, self.log = hub, log

    def checkpoint(self, _: str, size: int, head: bytes, at: int) -> str:
        return self.log.checkpoint(size, head, at)

    def lots(self, _: str) -> list[dict[str, Any]]:
        return sale_told.lots(self.hub)

    async def record(self, _: str, after: int, limit: int) -> dict[str, Any]:
        return await sale_told.page(self.hub, after, limit)


class Hall:
    """A sale being held, and everybody who looks at it."""

    def __init__(self, sheet: RuleSheet, clock: trio.testing.MockClock) -> None:
        self.clock = clock
        self.sheet = sheet
        settings = RoomSettings(clerk=ClerkSettings(state_digest_every=50))
        self.room: Room = open_room(MemoryJournal(IDENTITY), SIGNER, settings, clock=TrioClock)
        who = (None, *map(bidder, ONLINE), AUCTIONEER, CLERK, SUPERVISOR, REGISTRAR)
        self.seats = {principal: Seat(principal) for principal in who}
        self.records: list[Record] = []
        self.commands: dict[tuple[Principal, str], Any] = {}

    async def open(self) -> None:
        await announce(self.room, announcement(self.sheet), ())
        self.hub = hub_of(
            SALE,
            self.room,
            broadcaster=Broadcaster(SweepSettings()),
            settings=HubSettings(),
            meters=Meters(),
        )
        self.log = TransparencyLog(
            identity=IDENTITY,
            spine=self.room.journal.spine(self.hub.seq),
            sign_with=SIGNER.sign,
            witnesses=(),
            settings=TransparencySettings(),
        )
        self.hub.follow(self.records.append)
        self.hub.follow(self.log.take)

    async def hold(self, moves: list[Move]) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.room.clerk.run)
            nursery.start_soon(self.hub.run)
            await trio.testing.wait_all_tasks_blocked()
            for principal, seat in self.seats.items():
                self.hub.join(cast("Connection", seat), principal, None)
            for nth, move in enumerate(
                (*opening_moves(), *(single for several in moves for single in spread(several)))
            ):
                self.clock.jump(0.5 if move[0] != "wait" else move[3])
                await trio.testing.wait_all_tasks_blocked()
                if move[0] != "wait":
                    await self.ask(meant(self.auction, move, f"c{nth}"))
                    self.look()
                if nth % 40 == 0:
                    await self.read()
            await self.read()
            await self.again()
            nursery.cancel_scope.cancel()

    async def ask(self, command: Any) -> None:
        seat = self.seats.get(command.by)
        if seat is None:  # the house
            self.room.submit(command, self.room.clock.now(), None)
        else:
            self.commands[command.by, command.command_id] = command
            self.hub.ask(cast("Connection", seat), command.command_id, command, self.room.clock.now())
        await trio.testing.wait_all_tasks_blocked()

    # What is looked for.

    @property
    def auction(self) -> Auction:
        assert isinstance(self.hub.state, Auction)
        return self.hub.state

    def events(self) -> list[Event]:
        return [each for record in self.records if not isinstance(record.outcome, Refusal) for each in record.outcome]

    def secrets(self, principal: Principal | None) -> set[bytes]:
        """What ``principal`` must not be told as things stand."""
        auction, events, sight = self.auction, self.events(), self.sheet.visibility
        own = next((paddle for paddle in PADDLES if principal == bidder(paddle)), None)
        officer = principal is not None and is_officer(principal)
        sees = sight.amounts_public if principal is None else Sees.ALL if officer else sight.amounts_bidders
        known: set[int] = {lot.opening_price for lot in auction.lots.values()}
        known |= {each.amount for each in events if isinstance(each, BidPlaced) and each.paddle == own}
        known |= {int(getattr(asked, "amount", 0)) for (by, _), asked in self.commands.items() if by == principal}
        known |= told_at_the_end(events) if sight.lifted is Lifted.LOT_END else set()
        secret: set[int] = set()
        for event in events:
            if (isinstance(event, ProxyPlaced) and event.paddle != own) and not mine_by_clerk(event.paddle, principal):
                secret.add(event.maximum)
            if isinstance(event, ReserveSet) and principal != AUCTIONEER:
                secret.add(event.amount)
            if isinstance(event, BidPlaced) and hidden(auction, auction.lots[event.lot], sees):
                secret |= {event.amount} - known
        if not officer and masked(auction):
            secret |= set(PADDLES) - {own}
        return {b"%d" % each for each in secret}

    def look(self) -> None:
        """Everything each has been given since the last look."""
        for principal, seat in self.seats.items():
            news, seat.looked = seat.heard[seat.looked :], len(seat.heard)
            leaked = {number for one in news for number in numbers(one)} & self.secrets(principal)
            assert not leaked, (principal, leaked)

    async def read(self) -> None:
        """The public record, page by page and as files, with the lots."""
        sales = cast("Sales", OneSale(self.hub, self.log))
        files: list[AsyncGenerator[bytes, None]] = [
            exports.jsonl(sales, SALE),
            exports.bids_csv(sales, SALE, "en"),
            exports.lots_csv(sales, SALE, "zh-CN"),
        ]
        given: set[bytes] = numbers(orjson.dumps(self.hub.picture(None)))
        for file in files:
            async for part in file:
                given |= numbers(part)
        assert not given & self.secrets(None)
        page = await sale_told.page(self.hub, 0, 500)
        assert all(set(entry["refused"]) == {"code"} for entry in page["records"] if "refused" in entry)

    async def again(self) -> None:
        """Whoever asks again gets the first answer, byte for byte, whatever has been lifted since."""
        first = {principal: seat.answers() for principal, seat in self.seats.items()}
        for (principal, _), command in self.commands.items():
            await self.ask(command)
            said = self.seats[principal].heard[-1]
            assert first[principal][command.command_id] in said
            assert b'"type":"duplicate"' in said


def numbers(text: bytes) -> set[bytes]:
    """Those in ``text``; the digits within a digest or a signature are none."""
    return set(re.findall(rb"\d+", re.sub(rb"[0-9a-f]{32,}|[A-Za-z0-9+/]{43,}={0,2}", b"", text)))


def told_at_the_end(events: list[Event]) -> set[int]:
    """The amounts bid for lots that had ended, seen by all, and were then offered again."""
    bids: dict[int, set[int]] = {}
    told: set[int] = set()
    for event in events:
        if isinstance(event, BidPlaced):
            bids.setdefault(event.lot, set()).add(event.amount)
        elif isinstance(event, LotReoffered):
            told |= bids.get(event.lot, set())
    return told


def mine_by_clerk(paddle: int, principal: Principal | None) -> bool:
    """The hall's maxima are entered by the clerk, whose receipts hold what he entered."""
    return principal == CLERK and paddle not in ONLINE


def masked(auction: Auction) -> bool:
    rule = auction.rules.paddles
    return rule is PaddleDisplay.MASKED or (rule is PaddleDisplay.MASKED_UNTIL_CLOSED and auction.phase != "closed")


@settings(max_examples=40)
@given(sheets(), MOVES)
def test_no_byte_for_anybody_holds_what_he_must_not_know_and_no_answer_changes(
    sheet: RuleSheet, moves: list[Move]
) -> None:
    clock = trio.testing.MockClock()

    async def held() -> None:
        hall = Hall(sheet, clock)
        await hall.open()
        await hall.hold(moves)

    trio.run(held, clock=clock)
