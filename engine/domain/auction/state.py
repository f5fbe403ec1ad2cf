"""A sale as it stands. Only ``rules.apply`` writes here."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.domain.auction.commands import Title
from engine.domain.parties import Channel
from engine.domain.rulesheet import DepositRule, RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo


class SalePhase(StrEnum):
    """Where the sale stands; ``rules.MAY_FOLLOW`` says what may come next."""

    PLANNED = "planned"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class LotPhase(StrEnum):
    """Where a lot stands."""

    WAITING = "waiting"
    OPEN = "open"
    SOLD = "sold"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One accepted bid in a lot's book."""

    paddle: PaddleNo
    amount: Fen
    channel: Channel
    at: Nanoseconds


@dataclass(slots=True, kw_only=True)
class Lot:
    """One lot and its book of accepted bids, lowest first."""

    number: LotNo
    plate: str
    opening_price: Fen
    phase: LotPhase = LotPhase.WAITING
    bids: list[Bid] = field(default_factory=list)

    book: str = ""
    """Digest of the book, carried on with each bid, so that the state's digest need not read the book again."""

    calls: int = 0
    """Calls made since the last bid."""

    def enter(self, bid: Bid) -> None:
        """Write ``bid`` into the book."""
        self.bids.append(bid)
        line = f"{self.book} {bid.paddle} {bid.amount} {bid.channel} {bid.at}"
        self.book = hashlib.sha256(line.encode()).hexdigest()

    @property
    def leading(self) -> Bid | None:
        """The highest bid, if there is any."""
        return self.bids[-1] if self.bids else None

    @property
    def hammer_price(self) -> Fen | None:
        """What the lot was sold for (成交价)."""
        return self.bids[-1].amount if self.phase is LotPhase.SOLD else None


@dataclass(slots=True, kw_only=True)
class Paddle:
    """An admitted bidder's standing in this sale."""

    number: PaddleNo
    channel: Channel
    deposits: int = 0
    won: list[LotNo] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Auction:
    """One live sale."""

    sale: str
    title: Title
    rules: RuleSheet
    rules_digest: str
    phase: SalePhase = SalePhase.PLANNED

    suspended_for: str | None = None
    """The published reason while the sale is suspended."""

    lots: dict[LotNo, Lot] = field(default_factory=dict)
    """In the order of the catalogue."""

    on_block: LotNo | None = None
    """The lot on the block, or the last one that was."""

    sold: list[LotNo] = field(default_factory=list)
    """In the order in which the hammer fell."""

    paddles: dict[PaddleNo, Paddle] = field(default_factory=dict)

    aliases: dict[PaddleNo, int] = field(default_factory=dict)
    """Numbers for masked paddles, in the order of their first accepted bid."""

    def summary(self) -> list[Any]:
        """Everything the rules know, in a fixed order and as plain data; a lot's bids by number and digest."""
        return [
            [self.sale, self.title.zh, self.title.en, self.rules_digest, self.phase, self.suspended_for, self.on_block],
            [
                [lot.number, lot.plate, lot.opening_price, lot.phase, lot.calls, len(lot.bids), lot.book]
                for lot in self.lots.values()
            ],
            [[paddle.number, paddle.channel, paddle.deposits, paddle.won] for paddle in self.paddles.values()],
            self.sold,
            list(self.aliases.items()),
        ]

    def open_lot(self) -> Lot | None:
        """The lot that takes bids now, if any."""
        lot = self.lots[self.on_block] if self.on_block is not None else None
        return lot if lot is not None and lot.phase is LotPhase.OPEN else None

    def asked(self, lot: Lot) -> Fen:
        """The least amount the next bid on ``lot`` must offer, in fen (article 7)."""
        return lot.opening_price if lot.leading is None else self.rules.next_bid(lot.leading.amount)

    def rights(self, paddle: Paddle) -> int | None:
        """How many lots ``paddle`` may still buy; None where one deposit admits to all (article 4)."""
        if self.rules.deposit is DepositRule.WHOLE_SALE:
            return None
        return paddle.deposits - len(paddle.won)
