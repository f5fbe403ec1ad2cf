"""Carries out a plan's moves: says what is meant as things stand, and has the right person ask for it."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import orjson
import trio

from engine.domain.auction import commands as to
from engine.domain.auction.state import Auction, Lot
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import Command
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from engine.gateway.hub import Hub
from engine.journal.asking import RoomBusy
from tests.domain.auction.random_sale import (
    AUCTIONEER,
    CLERK,
    HALL,
    ONLINE,
    PADDLES,
    REGISTRAR,
    STEP,
    SUPERVISOR,
    Move,
    announcement,
    meant,
)
from tests.simulation.acts import canonical, frame_of
from tests.simulation.network import masked

if TYPE_CHECKING:
    from tests.simulation.browser import Browser
    from tests.simulation.world import World

NEAR_S: Final = 40.0
"""A lot that ends later than that is not waited for."""


class SlowDoor:
    """Somebody whose command was stamped at the house's door and was longer on its way to the clerk than others."""

    def __init__(self, browser: "Browser", alive: Callable[[], bool]) -> None:
        self._browser, self._alive = browser, alive

    def hear(self, payload: bytes) -> None:
        """See :class:`engine.gateway.post.Hearer`."""
        if self._alive():
            self._browser.ledger.note(f"{self._browser.name} hears at the slow door")
            told = orjson.loads(payload)
            if told["type"] == "answer":
                self._browser.on_text(payload)


class Driver:
    """See the module."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.chance = random.Random(f"driver {world.plan.seed}")
        self._numbers: dict[Principal, int] = {}

    async def run(self) -> None:
        """Every move, each after its wait."""
        for wait, move in self.world.plan.moves:
            await trio.sleep(wait)
            if move[0] != "nothing":
                self.move(move)

    @property
    def state(self) -> Auction | None:
        hub = self.world.hub
        state = self.world.state if hub is None else hub.state
        assert state is None or isinstance(state, Auction)
        return state

    def move(self, move: Move) -> None:
        """Carry one out as things stand."""
        state = self.state
        if state is None:
            return
        odd = _ODD.get(move[0])
        if odd is not None:
            odd(self, state, move)
            return
        command = meant(state, move, "?")
        if isinstance(command, to.AdmitPaddle):
            command = replace(command, by=REGISTRAR)
        self.ask(command)

    def ask(self, command: Command) -> None:
        """Have whoever it is by ask for it, under an id of his own."""
        command = self.named(command)
        browser = self.world.browser_of(command.by)
        frame = frame_of(command)
        if browser is None or frame is None:
            self.world.house_asks(command)
        else:
            browser.ask(command.command_id, frame)

    def named(self, command: Command) -> Command:
        """Under the next id of its asker. Others use the same ids."""
        number = self._numbers[command.by] = self._numbers.get(command.by, 0) + 1
        return replace(command, command_id=f"{'h' if command.by == HOUSE else 'c'}{number}")

    def slowly(self, command: Command, seconds: float) -> None:
        """Stamped now, handed to the clerk later: another door than the sockets', with a longer way behind it."""
        world, command = self.world, self.named(command)
        browser, frame, hub, room = world.browser_of(command.by), frame_of(command), world.hub, world.room
        assert browser is not None
        assert frame is not None
        browser.note(command.command_id, frame)
        if hub is None or room is None:
            return
        stamp, life = room.clock.now(), world.ledger.life

        def here() -> bool:
            return world.machine.alive and world.ledger.life == life and world.hub is hub

        def hand_in() -> None:
            if here():
                self._hand_in(hub, browser, command, stamp, here)

        world.schedule.after(seconds, hand_in)

    @staticmethod
    def _hand_in(hub: Hub, browser: "Browser", command: Command, stamp: Nanoseconds, here: Callable[[], bool]) -> None:
        try:
            hub.ask(SlowDoor(browser, here), command.command_id, command, stamp)
        except RoomBusy:
            browser.ledger.note(f"{browser.name} finds the slow door busy")

    def at_the_door(self, command: Command) -> None:
        """It reaches the house this very instant, if its asker has a line."""
        command = self.named(command)
        browser, frame = self.world.browser_of(command.by), frame_of(command)
        assert browser is not None
        assert frame is not None
        browser.note(command.command_id, frame)
        if browser.line is not None and browser.welcome:
            browser.line.arrive(masked(frame), command.command_id)

    # Moves that are seldom right.

    def lot(self, state: Auction, which: int) -> Lot:
        """An open lot, or the one named."""
        numbers = state.open_lots or [LotNo(which + 1)]
        return state.lots[numbers[which % len(numbers)]]

    def bid(self, state: Auction, lot: Lot, paddle: PaddleNo, amount: int) -> to.PlaceBid:
        by = CLERK if paddle in HALL else bidder(paddle)
        return to.PlaceBid(command_id="?", by=by, lot=lot.number, paddle=paddle, amount=Fen(amount))

    def another(self, lot: Lot, whose: int) -> PaddleNo:
        """A paddle that does not lead."""
        paddle = PADDLES[whose]
        led = lot.leading is not None and lot.leading.paddle == paddle
        return PADDLES[(whose + 1) % 4] if led else paddle

    def stranger(self, state: Auction, move: Move) -> None:
        lot, paddle = self.lot(state, move[1]), ONLINE[move[2] % 3]
        act: dict[str, Any] = {"command_id": "?", "lot": lot.number}
        commands: list[to.Command] = [
            to.StrikeHammer(**act, by=CLERK, price=lot.opening_price),
            to.OpenSale(command_id="?", by=bidder(paddle)),
            to.PlaceBid(**act, by=bidder(paddle), paddle=PADDLES[(move[2] + 1) % 4], amount=state.asked(lot)),
            to.ProposeVoid(**act, by=REGISTRAR, no=1, reason=to.VoidReason.MISKEYED),
            to.SuspendSale(command_id="?", by=SUPERVISOR, reason="停"),
            to.PlaceBid(**act, by=SUPERVISOR, paddle=paddle, amount=state.asked(lot)),
        ]
        self.ask(commands[move[3]])

    def unknown_lot(self, state: Auction, move: Move) -> None:
        paddle = ONLINE[move[2] % 3]
        act: dict[str, Any] = {"command_id": "?", "lot": LotNo(9)}
        commands: list[to.Command] = [
            to.PlaceBid(**act, by=bidder(paddle), paddle=paddle, amount=state.lots[LotNo(1)].opening_price),
            to.OpenLot(**act, by=AUCTIONEER),
            to.WithdrawBid(**act, by=bidder(paddle), paddle=paddle),
        ]
        self.ask(commands[move[3] % 3])

    def off_the_steps(self, state: Auction, move: Move) -> None:
        lot = self.lot(state, move[1])
        self.ask(self.bid(state, lot, self.another(lot, move[2]), state.asked(lot) + (1, -1, STEP // 2)[move[3] % 3]))

    def low_bid(self, state: Auction, move: Move) -> None:
        lot = self.lot(state, move[1])
        self.ask(self.bid(state, lot, self.another(lot, move[2]), max(1, state.asked(lot) - STEP * (1 + move[3] % 2))))

    def too_high(self, state: Auction, move: Move) -> None:
        lot = self.lot(state, move[1])
        self.ask(self.bid(state, lot, self.another(lot, move[2]), state.asked(lot) + 10 * STEP))

    def other_rules(self, state: Auction, move: Move) -> None:
        paddle = ONLINE[move[2] % 3]
        self.ask(to.AcceptRules(command_id="?", by=bidder(paddle), paddle=paddle, digest="0" * 64))

    def other_channel(self, state: Auction, move: Move) -> None:
        paddle = PADDLES[move[2]]
        channel = Channel.ONLINE if paddle in HALL else Channel.HALL
        self.ask(to.AdmitPaddle(command_id="?", by=CLERK, paddle=paddle, channel=channel, deposits=1))

    def wrong_opening(self, state: Auction, move: Move) -> None:
        passed = [lot for lot in state.lots.values() if lot.phase == "passed"]
        lot = passed[0] if passed else self.lot(state, move[1])
        self.ask(to.ReofferLot(command_id="?", by=AUCTIONEER, lot=lot.number, opening_price=Fen(1 + move[3] * 10**6)))

    def sign_early(self, state: Auction, move: Move) -> None:
        self.ask(to.SignResult(command_id="?", by=AUCTIONEER, report="ab" * 32))

    def other_report(self, state: Auction, move: Move) -> None:
        self.ask(to.SignResult(command_id="?", by=(AUCTIONEER, SUPERVISOR)[move[2] % 2], report="cd" * 32))

    def again(self, state: Auction, move: Move) -> None:
        if move[3] % 2:
            self.ask(to.OpenSale(command_id="?", by=AUCTIONEER))
        else:
            self.ask(replace(announcement(state.rules), command_id="?"))

    def once_more(self, state: Auction, move: Move) -> None:
        """A passed lot is put up again, and passed again if nobody bids."""
        lot = next((lot for lot in state.lots.values() if lot.phase == "passed"), None)
        if lot is None:
            return
        act: dict[str, Any] = {"command_id": "?", "by": AUCTIONEER, "lot": lot.number}
        opening_price = Fen(lot.opening_price - move[3] * 100)
        steps = (to.ReofferLot(**act, opening_price=opening_price), to.OpenLot(**act), to.PassLot(**act))
        for nth, command in enumerate(steps):
            self.world.schedule.after(nth * 0.4, lambda command=command: self.ask(command))  # type: ignore[misc]

    def odd_call(self, state: Auction, move: Move) -> None:
        lot = self.lot(state, move[1])
        price = lot.leading.amount if lot.leading is not None else lot.opening_price
        self.ask(to.CallWarning(command_id="?", by=AUCTIONEER, lot=lot.number, call=1 + move[3] % 3, price=price))

    def odd_price(self, state: Auction, move: Move) -> None:
        lot = self.lot(state, move[1])
        self.ask(to.StrikeHammer(command_id="?", by=AUCTIONEER, lot=lot.number, price=Fen(state.asked(lot) + STEP)))

    def slow_door(self, state: Auction, move: Move) -> None:
        lot = self.lot(state, move[1])
        command = self.bid(state, lot, self.another(lot, move[2]), state.asked(lot) + move[3] % 2 * STEP)
        self.slowly(command, self.chance.choice([0.02, 0.1, 0.4]))

    def rush(self, state: Auction, move: Move) -> None:
        """Several reach the house at one instant."""
        lot = self.lot(state, move[1])
        for nth, paddle in enumerate(ONLINE[: 2 + move[2] % 2]):
            self.at_the_door(self.bid(state, lot, paddle, state.asked(lot) + nth * STEP))

    def snipe(self, state: Auction, move: Move) -> None:
        """Bids that reach the house just at the end of a lot, or beside it."""
        lot, room = self.lot(state, move[1]), self.world.room
        if lot.closes_at is None or room is None or lot.phase != "open" or state.rules.timed is None:
            return
        offset = room.clock.now() - self.world.machine.monotonic()
        end, grace, turn = lot.closes_at, state.rules.timed.grace, move[3]
        for nth, by in enumerate(((0, 0, grace // 2), (0, 1), (-1, 0), (0, grace), (grace // 3, 0), (0, 0, 1))[turn]):
            instant = self.world.machine.instant_of(Nanoseconds(end + by), offset)
            if 0 <= instant - trio.current_time() < NEAR_S:
                self.world.schedule.at(instant, lambda nth=nth: self._shoot(lot.number, move[2] + nth, nth))  # type: ignore[misc]

    def _shoot(self, number: LotNo, whose: int, nth: int) -> None:
        state = self.state
        if self.world.healing or state is None or self.world.hub is None:
            return
        lot = state.lots[number]
        bounded = state.rules.timed is not None and state.rules.timed.extension.reach is not None
        more = 10 * STEP if bounded and self.chance.random() < 0.4 else 0
        command = self.bid(state, lot, self.another(lot, whose % 4), state.asked(lot) + more)
        if nth == 1 and self.chance.random() < 0.6:
            self.slowly(command, self.chance.random() * 0.9)
        else:
            self.at_the_door(command)

    def same_id(self, state: Auction, move: Move) -> None:
        """An id that has an answer, with another body."""
        browser = self.world.browser_of(bidder(ONLINE[move[2] % 3]))
        assert browser is not None
        answered = [
            each for by, each in self.world.ledger.answers if by == browser.principal and each not in browser.asks
        ]
        if answered:
            frame = canonical({"type": "bid", "id": answered[-1], "lot": 3, "amount_fen": 1_234_567 + move[3]})
            self.world.ledger.secrets.asked(browser.principal, frame)  # type: ignore[arg-type]
            browser.send(frame, answered[-1])

    def unreadable(self, state: Auction, move: Move) -> None:
        browser = self.world.browsers[move[3] % len(self.world.browsers)]
        browser.send(
            (b"{", b'{"type": "bid"}', b"\xff", b'{"type":"outcome","id":"?"}', b"[]", b'{"id":"x","type":"cry"}')[
                move[3]
            ]
        )

    def void_leader(self, state: Auction, move: Move) -> None:
        """Two officers void the bid that leads; somebody bids at once after."""
        lot = self.lot(state, move[1])
        if lot.leading is None:
            return
        no = lot.leading.no
        propose = to.ProposeVoid(command_id="?", by=AUCTIONEER, lot=lot.number, no=no, reason=to.VoidReason.MISKEYED)
        self.ask(propose)
        if move[3] == 3:
            self.ask(to.ConfirmVoid(command_id="?", by=AUCTIONEER, lot=lot.number, no=no))
        elif move[3] == 4:
            self.ask(propose)
        confirm = to.ConfirmVoid(command_id="?", by=SUPERVISOR, lot=lot.number, no=no)
        drop = to.DropVoid(command_id="?", by=SUPERVISOR, lot=lot.number, no=no)
        self.world.schedule.after(0.3, lambda: self.ask(drop if move[3] == 5 else confirm))
        self.world.schedule.after(0.7, lambda: self._bid_again(lot.number, move[2]))

    def _bid_again(self, number: LotNo, whose: int) -> None:
        state = self.state
        if state is not None:
            lot = state.lots[number]
            self.ask(self.bid(state, lot, self.another(lot, whose), state.asked(lot)))

    def tie(self, state: Auction, move: Move) -> None:
        """Two maxima that are equal, and a bid that wakes them."""
        lot = self.lot(state, move[1])
        maximum = Fen(state.asked(lot) + move[3] * STEP + 13)
        for paddle in (ONLINE[move[2] % 3], ONLINE[(move[2] + 1) % 3]):
            self.ask(to.PlaceProxy(command_id="?", by=bidder(paddle), lot=lot.number, paddle=paddle, maximum=maximum))
        self.world.schedule.after(0.3, lambda: self._bid_again(lot.number, move[2] + 2 if move[2] < 2 else 3))


_ODD: Final[dict[str, Callable[[Driver, Auction, Move], None]]] = {
    "stranger": Driver.stranger,
    "unknown lot": Driver.unknown_lot,
    "off the steps": Driver.off_the_steps,
    "low bid": Driver.low_bid,
    "too high": Driver.too_high,
    "other rules": Driver.other_rules,
    "other channel": Driver.other_channel,
    "wrong opening": Driver.wrong_opening,
    "sign early": Driver.sign_early,
    "other report": Driver.other_report,
    "again": Driver.again,
    "once more": Driver.once_more,
    "odd call": Driver.odd_call,
    "odd price": Driver.odd_price,
    "slow door": Driver.slow_door,
    "rush": Driver.rush,
    "snipe": Driver.snipe,
    "same id": Driver.same_id,
    "unreadable": Driver.unreadable,
    "void leader": Driver.void_leader,
    "tie": Driver.tie,
}
