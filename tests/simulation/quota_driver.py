"""Carries out the moves of a quota sale: says what is meant as things stand, and has the right person ask for it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import trio

from engine.domain.auction import commands as to
from engine.domain.parties import HOUSE, bidder
from engine.domain.proceeding import Command
from engine.domain.quota.commands import AdmitBidders, AnnounceQuota, MakeOffer, Run
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.quota.state import QuotaSale
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.domain.auction.random_sale import AUCTIONEER, CLERK, ONLINE, PADDLES, REGISTRAR, SUPERVISOR, Move
from tests.simulation.acts import canonical
from tests.simulation.driver import NEAR_S, Driver


def quota_announcement(sheet: QuotaSheet) -> AnnounceQuota:
    """The first command of the sale."""
    title = to.Title(zh="试拍", en="Trial")
    return AnnounceQuota(command_id="announce", by=HOUSE, sale="trial", title=title, rules=sheet)


def admission(sheet: QuotaSheet, paddle: PaddleNo, command_id: str = "?") -> AdmitBidders:
    """One paddle is admitted."""
    run = Run(first=paddle, last=paddle)
    return AdmitBidders(command_id=command_id, by=REGISTRAR, quota_class=sheet.classes[0].name, runs=(run,))


class QuotaDriver(Driver):
    """See the module."""

    @property
    def sale(self) -> QuotaSale | None:
        """How the sale stands as far as anybody has been shown."""
        hub = self.world.hub
        state = self.world.state if hub is None else hub.state
        assert state is None or isinstance(state, QuotaSale)
        return state

    def move(self, move: Move) -> None:
        """Carry one out as things stand."""
        sale = self.sale
        if sale is not None:
            _MOVES[move[0]](self, sale, move)

    def cutoff(self, sale: QuotaSale) -> int:
        """Where it is now."""
        return next(iter(sale.books.values())).cutoff().amount

    def offer_of(self, sale: QuotaSale, whose: int, amount: int) -> MakeOffer:
        """An offer, on the steps."""
        paddle, rules = ONLINE[whose % 3], sale.rules
        amount = max(rules.floor, rules.floor + (amount - rules.floor) // rules.step * rules.step)
        return MakeOffer(command_id="?", by=bidder(paddle), paddle=paddle, amount=Fen(amount))

    def offer(self, sale: QuotaSale, move: Move) -> None:
        self.ask(self.offer_of(sale, move[2], sale.rules.floor + move[3] * sale.rules.step * 7))

    def change(self, sale: QuotaSale, move: Move) -> None:
        self.ask(self.offer_of(sale, move[2], self.cutoff(sale) + (move[3] - 2) * sale.rules.step))

    def edge(self, sale: QuotaSale, move: Move) -> None:
        """Exactly as far as a change may go, or one step further."""
        reach = 3 * sale.rules.step
        by = (reach, -reach, reach + sale.rules.step, -reach - sale.rules.step, reach, -reach)[move[3]]
        self.ask(self.offer_of(sale, move[2], self.cutoff(sale) + by))

    def far(self, sale: QuotaSale, move: Move) -> None:
        self.ask(self.offer_of(sale, move[2], self.cutoff(sale) + 40 * sale.rules.step))

    def lower(self, sale: QuotaSale, move: Move) -> None:
        self.ask(self.offer_of(sale, move[2], sale.rules.floor))

    def between_steps(self, sale: QuotaSale, move: Move) -> None:
        command = self.offer_of(sale, move[2], self.cutoff(sale))
        self.ask(replace(command, amount=Fen(command.amount + 1 + move[3])))

    def warning(self, sale: QuotaSale, move: Move) -> None:
        """At, or above, what may ever be offered."""
        most = sale.rules.first_max or sale.rules.price_max or 20_000_00
        self.ask(self.offer_of(sale, move[2], most + move[3] % 2 * sale.rules.step))

    def at_once(self, sale: QuotaSale, move: Move) -> None:
        """Several reach the house at one instant, at one price."""
        for whose in range(2 + move[2] % 2):
            self.at_the_door(self.offer_of(sale, whose, self.cutoff(sale) + move[3] * sale.rules.step))

    def at_the_end(self, sale: QuotaSale, move: Move) -> None:
        """Offers that reach the house just at the end of a round, or beside it."""
        room = self.world.room
        if sale.ends_at is None or room is None or sale.phase != "open":
            return
        offset = room.clock.now() - self.world.machine.monotonic()
        grace = sale.rules.grace
        for nth, by in enumerate(
            ((0, 0, grace // 2), (0, 1), (-1, 0), (0, grace), (grace // 3, 0), (0, 0, 1))[move[3]]
        ):
            instant = self.world.machine.instant_of(Nanoseconds(sale.ends_at + by), offset)
            if 0 <= instant - trio.current_time() < NEAR_S:
                self.world.schedule.at(instant, lambda nth=nth: self._fire(move[2] + nth, nth))  # type: ignore[misc]

    def _fire(self, whose: int, nth: int) -> None:
        sale = self.sale
        if self.world.healing or sale is None or self.world.hub is None:
            return
        command = self.offer_of(sale, whose, self.cutoff(sale) + (nth - 1) * sale.rules.step)
        if nth == 1 and self.chance.random() < 0.6:
            self.slowly(command, self.chance.random() * 0.9)
        else:
            self.at_the_door(command)

    def by_the_slow_door(self, sale: QuotaSale, move: Move) -> None:
        command = self.offer_of(sale, move[2], self.cutoff(sale) + (move[3] - 3) * sale.rules.step)
        self.slowly(command, self.chance.choice([0.02, 0.1, 0.4]))

    def under_an_old_id(self, sale: QuotaSale, move: Move) -> None:
        """An id that has an answer, with another body."""
        browser = self.world.browser_of(bidder(ONLINE[move[2] % 3]))
        assert browser is not None
        answered = [
            each for by, each in self.world.ledger.answers if by == browser.principal and each not in browser.asks
        ]
        if answered:
            frame = canonical({"type": "offer", "id": answered[-1], "amount_fen": 1_234_567 + move[3]})
            self.world.ledger.secrets.asked(browser.principal, frame)  # type: ignore[arg-type]
            browser.send(frame, answered[-1])

    def rubbish(self, sale: QuotaSale, move: Move) -> None:
        browser = self.world.browsers[move[3] % len(self.world.browsers)]
        browser.send((b"{", b'{"type":"offer"}', b"\xff", b"[]", b'{"id":"x","type":"cry"}', b"0")[move[3]])

    def admit(self, sale: QuotaSale, move: Move) -> None:
        self.ask(admission(sale.rules, PADDLES[move[2]]))

    def from_strangers(self, sale: QuotaSale, move: Move) -> None:
        paddle = ONLINE[move[2] % 3]
        offer = self.offer_of(sale, move[2], self.cutoff(sale))
        commands: list[Command] = [
            to.OpenSale(command_id="?", by=bidder(paddle)),
            replace(admission(sale.rules, PaddleNo(77)), by=bidder(paddle)),
            to.SuspendSale(command_id="?", by=SUPERVISOR, reason="停"),
            to.ResumeSale(command_id="?", by=CLERK),
            to.CloseSale(command_id="?", by=bidder(paddle)),
            replace(offer, paddle=PaddleNo(paddle)),
        ]
        self.ask(commands[move[3]])

    def other_kind(self, sale: QuotaSale, move: Move) -> None:
        paddle = ONLINE[move[2] % 3]
        commands: list[Command] = [
            to.PlaceBid(command_id="?", by=bidder(paddle), lot=LotNo(1), paddle=paddle, amount=Fen(1_000_000)),
            to.CloseSale(command_id="?", by=AUCTIONEER),
            to.OpenLot(command_id="?", by=AUCTIONEER, lot=LotNo(1)),
        ]
        self.ask(commands[move[3] % 3])

    def once_again(self, sale: QuotaSale, move: Move) -> None:
        again = quota_announcement(sale.rules) if move[3] % 2 else to.OpenSale(command_id="?", by=AUCTIONEER)
        self.ask(replace(again, command_id="?"))

    def rules(self, sale: QuotaSale, move: Move) -> None:
        paddle = ONLINE[move[2] % 3]
        self.ask(to.AcceptRules(command_id="?", by=bidder(paddle), paddle=paddle, digest=sale.rules_digest))

    def strange_rules(self, sale: QuotaSale, move: Move) -> None:
        paddle = ONLINE[move[2] % 3]
        self.ask(to.AcceptRules(command_id="?", by=bidder(paddle), paddle=paddle, digest="0" * 64))

    def sign(self, sale: QuotaSale, move: Move) -> None:
        self.ask(to.SignResult(command_id="?", by=(AUCTIONEER, SUPERVISOR)[move[2] % 2], report="ab" * 32))

    def strange_report(self, sale: QuotaSale, move: Move) -> None:
        self.ask(to.SignResult(command_id="?", by=(AUCTIONEER, SUPERVISOR)[move[2] % 2], report="cd" * 32))


_Act = Callable[[QuotaDriver, QuotaSale, Move], None]
_MOVES: Final[dict[str, _Act]] = {
    "offer": QuotaDriver.offer,
    "change": QuotaDriver.change,
    "edge": QuotaDriver.edge,
    "far": QuotaDriver.far,
    "lower": QuotaDriver.lower,
    "off the steps": QuotaDriver.between_steps,
    "warning": QuotaDriver.warning,
    "rush": QuotaDriver.at_once,
    "snipe": QuotaDriver.at_the_end,
    "slow door": QuotaDriver.by_the_slow_door,
    "same id": QuotaDriver.under_an_old_id,
    "unreadable": QuotaDriver.rubbish,
    "admit": QuotaDriver.admit,
    "stranger": QuotaDriver.from_strangers,
    "other kind": QuotaDriver.other_kind,
    "again": QuotaDriver.once_again,
    "rules": QuotaDriver.rules,
    "other rules": QuotaDriver.strange_rules,
    "sign": QuotaDriver.sign,
    "sign early": QuotaDriver.sign,
    "other report": QuotaDriver.strange_report,
    "open": lambda driver, _sale, _: driver.ask(to.OpenSale(command_id="?", by=AUCTIONEER)),
    "suspend": lambda driver, _sale, _: driver.ask(to.SuspendSale(command_id="?", by=AUCTIONEER, reason="网络")),
    "resume": lambda driver, _sale, _: driver.ask(to.ResumeSale(command_id="?", by=AUCTIONEER)),
    "stop": lambda driver, _sale, _: driver.ask(to.RegisterStop(command_id="?", by=SUPERVISOR, reason="核对")),
}
