"""The parts of a picture, by name. Built in :mod:`engine.domain.auction.views`."""

from typing import Any, Final

from engine.domain.auction.state import LotPhase, SalePhase
from engine.domain.parties import Channel
from engine.domain.rulesheet import DepositRule, Mode, PaddleDisplay
from engine.wire.shapes.base import Both, Count, Digest, Fen, Micros, Number, Price, Shape, Who


class SalePart(Shape):
    """The sale itself."""

    id: str
    title: Both
    phase: SalePhase
    suspended: str | None
    rules: Digest
    lots: Count
    sold: Count
    passed: Count
    opens_at_us: Micros | None


class Band(Shape):
    """One band of the increments: from this price on, this step."""

    from_fen: Fen
    step_fen: Price


class RulesPart(Shape):
    """The rule sheet: whoever bids has accepted it."""

    mode: Mode
    calls: Count
    increments: list[Band]
    deposit: DepositRule
    paddles: PaddleDisplay
    opens_at_us: Micros | None
    articles: str


class ShownBid(Shape):
    """One bid, as the block shows it."""

    at_us: Micros
    amount_fen: Price
    who: Who
    channel: Channel


class BlockPart(Shape):
    """The lot on the block, or the last one that was."""

    lot: Number
    plate: str
    classes: list[str]
    opening_fen: Price
    phase: LotPhase
    price_fen: Price | None
    leader: Who | None
    leader_channel: Channel | None
    calls: Count
    asked_fen: Price
    step_fen: Price
    bid_count: Count
    bids: list[ShownBid]


class LotPart(Shape):
    """One lot of the catalogue."""

    lot: Number
    plate: str
    classes: list[str]
    opening_fen: Price
    phase: LotPhase
    hammer_fen: Price | None
    who: Who | None
    bid_count: Count | None


class TopLot(Shape):
    """The lot with the highest hammer price so far."""

    lot: Number
    plate: str
    hammer_fen: Price


class FiguresPart(Shape):
    """The figures of the sale so far."""

    turnover_fen: Fen
    opening_fen: Fen
    premium: str | None
    top: TopLot | None
    sold: Count
    passed: Count
    hall_sold: Count
    online_sold: Count


class PaddlePart(Shape):
    """One paddle, for the rostrum."""

    paddle: Number
    channel: Channel
    rights: Count
    won: list[Number]


class WonLot(Shape):
    """A lot this bidder has won."""

    lot: Number
    plate: str
    hammer_fen: Price


class MinePart(Shape):
    """What the holder of a paddle sees and nobody else."""

    paddle: Number
    channel: Channel
    rights: Count
    used: Count
    leading: Number | None
    won: list[WonLot]


PARTS: Final[dict[str, Any]] = {
    "sale": SalePart,
    "rules": RulesPart,
    "block": BlockPart | None,
    "lot/N": LotPart,
    "figures": FiguresPart,
    "paddle/N": PaddlePart,
    "mine": MinePart | None,
}
"""By name; ``N`` is a number. ``mine`` has frames of its own."""


def family(name: str) -> str:
    """The name in :data:`PARTS` of the part called ``name``: ``lot/7`` is one of ``lot/N``."""
    kind, slash, _ = name.partition("/")
    return f"{kind}/N" if slash else kind
