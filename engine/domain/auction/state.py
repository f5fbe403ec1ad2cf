"""A sale as the rules see it: phases, lots with their books, paddles."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from engine.domain.auction.commands import Cause, Copies, Title, VoidReason
from engine.domain.auction.events import Basis
from engine.domain.parties import Channel, Role
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
    WITHDRAWN = "withdrawn"


class Bid(NamedTuple):
    """One accepted bid in a lot's book. A tuple, which is made three times as fast: a long sale has a million."""

    no: int
    paddle: PaddleNo
    amount: Fen
    channel: Channel
    at: Nanoseconds
    basis: Basis = Basis.BID


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A maximum left with the house."""

    paddle: PaddleNo
    maximum: Fen
    channel: Channel
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A bid that one officer wants voided."""

    no: int
    reason: VoidReason
    by: Role


@dataclass(slots=True, kw_only=True)
class Lot:
    """One lot and its book of accepted bids, in the order in which they were accepted."""

    number: LotNo
    plate: str
    opening_price: Fen
    phase: LotPhase = LotPhase.WAITING
    round: int = 1
    """How often it has been offered, this time included. Each round has a book of its own."""

    bids: list[Bid] = field(default_factory=list)

    standing: list[Bid] = field(default_factory=list)
    """The bids that were not voided, lowest first: the last one leads."""

    highest: dict[PaddleNo, Fen] = field(default_factory=dict)
    """Each bidder's highest standing bid."""

    book: str = ""
    """Digest of the book, carried on with each entry, so that the state's digest need not read the book again."""

    calls: int = 0
    """Calls made since the last bid."""

    reserve: Fen | None = None
    proxies: dict[PaddleNo, Proxy] = field(default_factory=dict)
    priority: dict[PaddleNo, int] = field(default_factory=dict)
    """Rank by paddle, of those with the right of first refusal."""

    opened_at: Nanoseconds | None = None
    ended_at: Nanoseconds | None = None
    """The last instant at which a bid was in time, once the lot has ended."""

    closes_at: Nanoseconds | None = None
    """When the lot ends as things stand: the one place where every part of the house looks."""

    first_end: Nanoseconds | None = None
    """When it would have ended without any extension or interruption."""

    extensions: int = 0
    extended_at: Nanoseconds | None = None
    """Arrival of the bid that last moved the end: one instant moves it once."""

    price_at: Nanoseconds | None = None
    """Since when the leading price has stood."""

    price_shown: bool = False
    """Whether enough of the bidders present have been shown the leading price."""

    proposal: Proposal | None = None
    qualified: frozenset[PaddleNo] | None = None
    """Who may go on bidding after an interruption; None: whoever may bid at all."""

    def enter(self, bid: Bid) -> None:
        """Write ``bid`` into the book."""
        self.bids.append(bid)
        self.standing.append(bid)
        self.highest[bid.paddle] = bid.amount
        self._seal(f"{bid.paddle} {bid.amount} {bid.channel} {bid.at} {bid.basis}")

    def void(self, no: int) -> None:
        """Let bid ``no`` count for nothing; it stays in the book."""
        self.standing = [bid for bid in self.standing if bid.no != no]
        self.highest = {bid.paddle: bid.amount for bid in self.standing}
        self._seal(f"void {no}")

    def renew(self, opening_price: Fen) -> None:
        """Begin another round, with an empty book. What is left of the old one is its digest."""
        self.bids, self.standing, self.highest, self.proxies = [], [], {}, {}
        self.round += 1
        self.opening_price = opening_price
        self.phase = LotPhase.WAITING
        self.opened_at = self.ended_at = self.closes_at = self.first_end = None
        self.extended_at = self.price_at = self.qualified = None
        self.calls = self.extensions = 0
        self.price_shown = False
        self._seal(f"round {self.round} {opening_price}")

    def fork(self) -> "Lot":
        """The same lot, to go on by itself. What never changes is shared."""
        return replace(
            self,
            bids=self.bids.copy(),
            standing=self.standing.copy(),
            highest=self.highest.copy(),
            proxies=self.proxies.copy(),
            priority=self.priority.copy(),
        )

    def _seal(self, line: str) -> None:
        self.book = hashlib.sha256(f"{self.book} {line}".encode()).hexdigest()

    @property
    def leading(self) -> Bid | None:
        """The bid that leads, if there is any."""
        return self.standing[-1] if self.standing else None

    @property
    def hammer_price(self) -> Fen | None:
        """What the lot was sold for (成交价)."""
        return self.standing[-1].amount if self.phase is LotPhase.SOLD else None

    @property
    def reserve_met(self) -> bool:
        """Whether the lot could be sold at the leading price: law, 拍卖法 50."""
        return self.reserve is None or (self.leading is not None and self.leading.amount >= self.reserve)

    def rank(self, paddle: PaddleNo) -> int:
        """The right of first refusal of ``paddle``: smaller is better, and all others come after those who have it."""
        return self.priority.get(paddle, RANK_NONE)

    def summary(self) -> list[Any]:
        """Everything the rules know of the lot, in a fixed order; its bids by number and digest."""
        return [
            [
                self.number,
                self.plate,
                self.opening_price,
                self.phase,
                self.round,
                self.calls,
                len(self.bids),
                self.book,
            ],
            [self.opened_at, self.ended_at, self.closes_at, self.first_end, self.extensions, self.extended_at],
            [self.reserve, self.price_at, self.price_shown],
            [[proxy.paddle, proxy.maximum, proxy.channel, proxy.at] for proxy in self.proxies.values()],
            list(self.priority.items()),
            None if self.proposal is None else [self.proposal.no, self.proposal.reason, self.proposal.by],
            None if self.qualified is None else sorted(self.qualified),
        ]


RANK_NONE = 1_000_000


@dataclass(slots=True, kw_only=True)
class Paddle:
    """An admitted bidder's standing in this sale."""

    number: PaddleNo
    channel: Channel
    deposits: int = 0
    accepted: bool = False
    """Whether the rule sheet was accepted."""

    priority: list[LotNo] = field(default_factory=list)
    """Lots on which it has the right of first refusal; the rank stands with the lot."""

    won: list[LotNo] = field(default_factory=list)

    def fork(self) -> "Paddle":
        """The same standing, to go on by itself."""
        return replace(self, priority=self.priority.copy(), won=self.won.copy())


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Why and since when bidding rests."""

    reason: str
    cause: Cause
    at: Nanoseconds
    since: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesKept:
    """In how many places the record is kept, and since when."""

    copies: Copies
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The newest thing that everybody was told in words (公告)."""

    kind: str
    at: Nanoseconds
    zh: str
    en: str


@dataclass(slots=True, kw_only=True)
class Auction:
    """One live sale."""

    sale: str
    title: Title
    rules: RuleSheet
    rules_digest: str
    phase: SalePhase = SalePhase.PLANNED
    suspension: Suspension | None = None
    announcement: Announcement | None = None
    kept: CopiesKept | None = None
    """None until the house has said so: one copy."""

    lots: dict[LotNo, Lot] = field(default_factory=dict)
    """In the order of the catalogue."""

    on_block: LotNo | None = None
    """The lot on the block, or the last one that was; None where all are open at once."""

    open_lots: list[LotNo] = field(default_factory=list)
    """Those that take bids, in the order in which they were opened."""

    idle_since: Nanoseconds | None = None
    """Since when a lot that opens by itself has been waiting for its turn."""

    sold: list[LotNo] = field(default_factory=list)
    """In the order in which they were sold."""

    paddles: dict[PaddleNo, Paddle] = field(default_factory=dict)

    aliases: dict[PaddleNo, int] = field(default_factory=dict)
    """Numbers for masked paddles, in the order of their first accepted bid."""

    signed: dict[Role, str] = field(default_factory=dict)
    """Who has signed the integrity report, and its digest."""

    final: bool = False
    """Whether all who must have signed it."""

    def summary(self) -> list[Any]:
        """Everything the rules know, in a fixed order and as plain data."""
        resting = self.suspension
        return [
            [self.sale, self.title.zh, self.title.en, self.rules_digest, self.phase, self.on_block, self.idle_since],
            None if resting is None else [resting.reason, resting.cause, resting.at, resting.since],
            [lot.summary() for lot in self.lots.values()],
            [
                [paddle.number, paddle.channel, paddle.deposits, paddle.accepted, paddle.won]
                for paddle in self.paddles.values()
            ],
            self.open_lots,
            self.sold,
            list(self.aliases.items()),
            [list(self.signed.items()), self.final],
            None if self.kept is None else [self.kept.copies, self.kept.at],
        ]

    def fork(self) -> "Auction":
        """The same sale, to go on by itself: what becomes of one is not seen in the other."""
        return replace(
            self,
            lots={number: lot.fork() for number, lot in self.lots.items()},
            open_lots=self.open_lots.copy(),
            sold=self.sold.copy(),
            paddles={number: paddle.fork() for number, paddle in self.paddles.items()},
            aliases=self.aliases.copy(),
            signed=self.signed.copy(),
        )

    @property
    def weight(self) -> int:
        """About how many things a copy of it holds."""
        return len(self.paddles) + sum(len(lot.bids) for lot in self.lots.values())

    def open_lot(self) -> Lot | None:
        """The lot on the block, if it takes bids."""
        lot = self.lots[self.on_block] if self.on_block is not None else None
        return lot if lot is not None and lot.phase is LotPhase.OPEN else None

    def opened(self) -> Iterator[Lot]:
        """Every lot that takes bids."""
        return (self.lots[number] for number in self.open_lots)

    def asked(self, lot: Lot) -> Fen:
        """The least amount the next bid on ``lot`` must offer, in fen (article 7)."""
        return lot.opening_price if lot.leading is None else self.rules.next_bid(lot.leading.amount)

    def rights(self, paddle: Paddle) -> int | None:
        """How many lots ``paddle`` may still buy; None where one deposit admits to all (article 4)."""
        if self.rules.deposit is DepositRule.WHOLE_SALE:
            return None
        return paddle.deposits - len(paddle.won)

    def free_right(self, paddle: Paddle, lot: LotNo) -> bool:
        """Whether ``paddle`` has a right that no other lot binds: one it won, or one it leads now (article 4)."""
        rights = self.rights(paddle)
        if rights is None:
            return True
        if rights > len(self.open_lots):
            return True
        led = sum(
            other.number != lot and other.leading is not None and other.leading.paddle == paddle.number
            for other in self.opened()
        )
        return rights > led
