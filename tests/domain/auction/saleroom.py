"""A sale to try things in: three lots, four paddles, and one word for each thing people do."""

from typing import Any

import pytest

from engine.domain.auction.commands import (
    AdmitPaddle,
    AnnounceSale,
    CallWarning,
    CancelProxy,
    CatalogueEntry,
    CloseSale,
    Command,
    ConfirmVoid,
    DeadlineReached,
    DropVoid,
    OpenLot,
    OpenSale,
    PassLot,
    PlaceBid,
    PlaceProxy,
    ProposeVoid,
    ResumeSale,
    SetReserve,
    StrikeHammer,
    SuspendSale,
    Title,
    VoidReason,
)
from engine.domain.auction.events import BidPlaced, Event
from engine.domain.auction.rules import apply, decide, follow_up, next_deadline
from engine.domain.auction.state import Auction, Lot
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import state_digest
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import SECOND, Extension, ExtensionKind, IncrementBand, Mode, RuleSheet, TimedRules
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo

ROSTRUM = Principal("auctioneer:1")
DESK = Principal("clerk:1")
SUPERVISOR = Principal("supervisor:1")
REGISTRAR = Principal("registrar:1")
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


def timed(free_s: int = 20, window_s: int = 10, extension: Extension | None = None, **more: Any) -> dict[str, Any]:
    """What makes the sheet of a timed sale: 20 s free and a window of 10 s, if nothing else is said."""
    rules = TimedRules(
        free=span(free_s), window=span(window_s), extension=extension or Extension(kind=ExtensionKind.NONE), **more
    )
    return {"mode": Mode.TIMED, "timed": rules}


def extension(kind: ExtensionKind, **spans_s: int) -> Extension:
    """An extension; what is a span is in seconds."""
    plain = {name: spans_s.pop(name) for name in ("count_max", "top_k") if name in spans_s}
    reach = {"reach": Fen(spans_s.pop("reach_yuan") * 100)} if "reach_yuan" in spans_s else {}
    return Extension(kind=kind, **plain, **reach, **{name: span(value) for name, value in spans_s.items()})  # type: ignore[arg-type]


def span(seconds: float) -> Nanoseconds:
    return Nanoseconds(round(seconds * SECOND))


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

    # What people do with maxima, voids and a clock.

    def leave(self, paddle: int, yuan: int, lot: int | None = None) -> tuple[Event, ...]:
        """Leave a maximum with the house."""
        return self.ask(self.maximum(paddle, yuan, lot))

    def maximum(self, paddle: int, yuan: int, lot: int | None = None) -> PlaceProxy:
        offered = self.offer(paddle, yuan, lot)
        return PlaceProxy(command_id=ID, by=offered.by, lot=offered.lot, paddle=offered.paddle, maximum=offered.amount)

    def take_back(self, paddle: int, lot: int | None = None) -> CancelProxy:
        offered = self.offer(paddle, 1, lot)
        return CancelProxy(command_id=ID, by=offered.by, lot=offered.lot, paddle=offered.paddle)

    def answers(self) -> list[tuple[int, int, str]]:
        """What the house bids now for maxima left with it: paddle, yuan, basis."""
        made: list[Event] = []
        while (command := follow_up(self.state, Nanoseconds(self.at))) is not None:
            self.at -= 1  # stamped as what it answers
            made += self.ask(command)
        return [(bid.paddle, bid.amount // 100, str(bid.basis)) for bid in made if isinstance(bid, BidPlaced)]

    def void(self, no: int, reason: VoidReason = VoidReason.MISKEYED, lot: int | None = None) -> tuple[Event, ...]:
        """The clerk proposes, the auctioneer confirms."""
        number = lot if lot is not None else self.auction.on_block or 1
        self.ask(propose_void(number, no, reason=reason))
        return self.ask(confirm_void(number, no))

    def reserve(self, lot: int, yuan: int) -> None:
        self.ask(SetReserve(command_id=ID, by=HOUSE, lot=LotNo(lot), amount=Fen(yuan * 100)))

    def wait_until(self, instant: float) -> "Saleroom":
        """Let what comes next reach the house at ``instant``, in seconds."""
        self.at = span(instant) - 1
        return self

    def fall_due(self) -> tuple[Event, ...]:
        """Let the next deadline come, and happen what is due."""
        deadline = next_deadline(self.state)
        assert deadline is not None
        self.at = max(self.at, deadline)
        return self.ask(due(deadline))

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


def due(deadline: int) -> DeadlineReached:
    return DeadlineReached(command_id=ID, by=HOUSE, deadline=Nanoseconds(deadline))


def propose_void(lot: int, no: int, *, by: Principal = DESK, reason: VoidReason = VoidReason.MISKEYED) -> ProposeVoid:
    return ProposeVoid(command_id=ID, by=by, lot=LotNo(lot), no=no, reason=reason)


def confirm_void(lot: int, no: int, *, by: Principal = ROSTRUM) -> ConfirmVoid:
    return ConfirmVoid(command_id=ID, by=by, lot=LotNo(lot), no=no)


def drop_void(lot: int, no: int, *, by: Principal = ROSTRUM) -> DropVoid:
    return DropVoid(command_id=ID, by=by, lot=LotNo(lot), no=no)
