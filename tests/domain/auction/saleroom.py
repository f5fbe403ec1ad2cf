"""A sale to try things in: three lots, four paddles, and one word for each thing people do."""

from typing import Any

import pytest

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CatalogueEntry,
    CloseSale,
    Command,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    ResumeSale,
    StrikeHammer,
    SuspendSale,
    Title,
)
from engine.domain.auction.events import Event
from engine.domain.auction.rules import apply, decide
from engine.domain.auction.state import Auction, Lot
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import state_digest
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import IncrementBand, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo

ROSTRUM = Principal("auctioneer:1")
DESK = Principal("clerk:1")
ID = "any"

INCREMENTS = (
    IncrementBand(from_price=Fen(0), step=Fen(500_00)),
    IncrementBand(from_price=Fen(20_000_00), step=Fen(1_000_00)),
)
CATALOGUE = (
    CatalogueEntry(lot=LotNo(1), plate="豫H8H888", opening_price=Fen(5_000_00)),
    CatalogueEntry(lot=LotNo(2), plate="豫HA1234", opening_price=Fen(19_800_00)),
    CatalogueEntry(lot=LotNo(3), plate="豫H111V6", opening_price=Fen(6_000_00)),
)
PADDLES = {8: (Channel.ONLINE, 1), 9: (Channel.ONLINE, 2), 51: (Channel.HALL, 1), 52: (Channel.HALL, 1)}


def announcement(**sheet: Any) -> AnnounceSale:
    rules = RuleSheet(**{"increments": INCREMENTS, **sheet})
    title = Title(zh="试拍", en="Trial")
    return AnnounceSale(command_id=ID, by=HOUSE, sale="trial", title=title, rules=rules, catalogue=CATALOGUE)


class Saleroom:
    """One sale; prices here are in yuan. Every command arrives one nanosecond after the one before."""

    def __init__(self, **sheet: Any) -> None:
        self.at = 0
        self.state: Auction | None = None
        self.history: list[Event] = []
        self.ask(announcement(**sheet))
        for paddle, (channel, deposits) in PADDLES.items():
            self.admit(paddle, channel, deposits)

    @property
    def auction(self) -> Auction:
        assert self.state is not None
        return self.state

    def lot(self, number: int) -> Lot:
        return self.auction.lots[LotNo(number)]

    def ask(self, command: Command) -> tuple[Event, ...]:
        """What the command brings about, carried into the state."""
        self.at += 1
        before = state_digest(self.state)
        events = decide(self.state, command, Nanoseconds(self.at))
        assert events
        assert state_digest(self.state) == before  # deciding touches nothing
        for event in events:
            self.state = apply(self.state, event)
        self.history += events
        return events

    def refusal(self, command: Command) -> Refusal:
        """Why the command is refused; nothing has changed."""
        before = state_digest(self.state)
        with pytest.raises(Refusal) as raised:
            decide(self.state, command, Nanoseconds(self.at + 1))
        assert state_digest(self.state) == before
        return raised.value

    # What people do.

    def admit(self, paddle: int, channel: Channel, deposits: int = 1) -> tuple[Event, ...]:
        return self.ask(admit(paddle, channel, deposits))

    def open(self, lot: int | None = None) -> "Saleroom":
        """Open the sale, and perhaps put a lot on the block."""
        self.ask(OpenSale(command_id=ID, by=ROSTRUM))
        return self if lot is None else self.put_up(lot)

    def put_up(self, lot: int) -> "Saleroom":
        self.ask(put_up(lot))
        return self

    def bid(self, paddle: int, yuan: int) -> tuple[Event, ...]:
        """Bid for the lot on the block, through the paddle's own door."""
        return self.ask(self.offer(paddle, yuan))

    def offer(self, paddle: int, yuan: int, lot: int | None = None) -> PlaceBid:
        by = DESK if PADDLES.get(paddle, (Channel.ONLINE, 0))[0] is Channel.HALL else bidder(PaddleNo(paddle))
        return bid(paddle, yuan, lot=lot if lot is not None else self.auction.on_block or 1, by=by)

    def call(self, number: int, yuan: int) -> tuple[Event, ...]:
        return self.ask(call(self.auction.on_block or 0, number, yuan))

    def hammer(self, yuan: int) -> tuple[Event, ...]:
        return self.ask(hammer(self.auction.on_block or 0, yuan))

    def sell(self, lot: int, paddle: int, yuan: int) -> None:
        """A lot from block to hammer, with one bid."""
        self.put_up(lot)
        self.bid(paddle, yuan)
        for number in range(1, self.auction.rules.calls + 1):
            self.call(number, yuan)
        self.hammer(yuan)

    def passed(self, *lots: int) -> None:
        for lot in lots:
            self.put_up(lot)
            self.ask(pass_lot(lot))

    def suspend(self) -> tuple[Event, ...]:
        return self.ask(SuspendSale(command_id=ID, by=ROSTRUM, reason="停电"))

    def resume(self) -> tuple[Event, ...]:
        return self.ask(ResumeSale(command_id=ID, by=ROSTRUM))

    def close(self) -> tuple[Event, ...]:
        return self.ask(CloseSale(command_id=ID, by=ROSTRUM))


def admit(paddle: int, channel: Channel, deposits: int = 1) -> AdmitPaddle:
    return AdmitPaddle(command_id=ID, by=HOUSE, paddle=PaddleNo(paddle), channel=channel, deposits=deposits)


def put_up(lot: int) -> OpenLot:
    return OpenLot(command_id=ID, by=ROSTRUM, lot=LotNo(lot))


def bid(paddle: int, yuan: int, *, lot: int, by: Principal) -> PlaceBid:
    return PlaceBid(command_id=ID, by=by, lot=LotNo(lot), paddle=PaddleNo(paddle), amount=Fen(yuan * 100))


def call(lot: int, number: int, yuan: int) -> CallWarning:
    return CallWarning(command_id=ID, by=ROSTRUM, lot=LotNo(lot), call=number, price=Fen(yuan * 100))


def hammer(lot: int, yuan: int) -> StrikeHammer:
    return StrikeHammer(command_id=ID, by=ROSTRUM, lot=LotNo(lot), price=Fen(yuan * 100))


def pass_lot(lot: int) -> PassLot:
    return PassLot(command_id=ID, by=ROSTRUM, lot=LotNo(lot))
