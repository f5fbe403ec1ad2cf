"""The parts of a picture, by name. Built in :mod:`engine.domain.auction.views`."""

from typing import Any, Final, Literal

from msgspec import UNSET, UnsetType

from engine.domain.auction.commands import Cause, Copies, VoidReason
from engine.domain.auction.events import Basis
from engine.domain.auction.state import LotPhase, SalePhase
from engine.domain.parties import Channel, Role
from engine.domain.rulesheet import (
    Advance,
    DepositRule,
    ExtensionKind,
    Lifted,
    Mode,
    PaddleDisplay,
    ResumeFor,
    Sees,
)
from engine.wire.shapes.base import Both, Count, Digest, Fen, Micros, Number, Price, Shape, Who
from engine.wire.shapes.opening import OPENING_PARTS
from engine.wire.shapes.quota import QUOTA_PARTS

Seconds = int | float

Reserve = Literal["none", "secret", "unmet", "met"]
"""Whether a lot has a reserve, and whether it is met as far as the viewer may know."""


class SalePart(Shape):
    """The sale itself."""

    id: str
    title: Both
    phase: SalePhase
    suspended: str | None
    suspended_by: Cause | None
    suspended_at_us: Micros | None
    rules: Digest
    lots: Count
    sold: Count
    passed: Count
    opens_at_us: Micros | None
    result: Literal["provisional", "final"] | None
    signed: list[Role]


class CopiesPart(Shape):
    """In how many places the record is kept. Left out until the house has said so."""

    copies: Copies
    since_us: Micros


OfOpenings = Literal["time", "not_held", "reconvened", "statement"]
"""What only openings of sealed bids announce."""


class AnnouncementPart(Shape):
    """The newest thing that everybody was told in words."""

    kind: Literal["suspended", "resumed", "stopped", "voided", "withdrawn", "reoffered", "result"] | OfOpenings
    at_us: Micros
    zh: str
    en: str


class Band(Shape):
    """One band of the increments: from this price on, this step."""

    from_fen: Fen
    step_fen: Price


class ExtensionRules(Shape):
    """How a late bid moves the end of a lot."""

    kind: ExtensionKind
    within_s: Seconds
    by_s: Seconds
    cap_s: Seconds | None
    count_max: Count | None
    top_k: Count | None
    shrink_s: Seconds
    least_s: Seconds
    reach_fen: Price | None


class TimedPart(Shape):
    """When the lots of a timed sale begin and end."""

    free_s: Seconds
    window_s: Seconds
    grace_ms: Count
    advance: Advance
    pause_s: Seconds
    extension: ExtensionRules


class VisibilityRules(Shape):
    """Who sees what while it is not open to all."""

    amounts_public: Sees
    amounts_bidders: Sees
    counts_public: bool
    counts_bidders: bool
    lifted: Lifted


class RulesPart(Shape):
    """The rule sheet: whoever bids has accepted it."""

    mode: Mode
    timed: TimedPart | None
    calls: Count
    increments: list[Band]
    deposit: DepositRule
    paddles: PaddleDisplay
    opens_at_us: Micros | None
    dwell_s: Seconds
    delivery_percent: Count
    visibility: VisibilityRules
    sign_off: bool
    proxies: bool
    reserve_shown: bool
    reoffers_max: Count
    reoffer_lower_percent: Count
    resume_for: ResumeFor
    mass_loss_percent: Count
    articles: str


class ShownBid(Shape):
    """One bid, as the block shows it."""

    no: Number | None
    at_us: Micros
    amount_fen: Price
    who: Who
    channel: Channel
    basis: Basis
    voided: bool


class ProposedVoid(Shape):
    """A bid that one officer wants voided; shown to the rostrum."""

    no: Number
    amount_fen: Price
    who: Who
    reason: VoidReason
    by: Role


class BlockPart(Shape):
    """The lot on the block, or the last one that was."""

    lot: Number
    plate: str
    classes: list[str]
    opening_fen: Price
    phase: LotPhase
    round: Count
    price_fen: Price | None
    leader: Who | None
    leader_channel: Channel | None
    calls: Count
    asked_fen: Fen | None  # one step above the greatest price there can be is a price nobody can offer
    step_fen: Price
    bid_count: Count | None
    reserve: Reserve
    closes_at_us: Micros | None
    limited_from_us: Micros | None
    extensions: Count
    hammer_from_us: Micros | None
    delivered: bool | None
    void: ProposedVoid | None
    bids: list[ShownBid]


class LotPart(Shape):
    """One lot of the catalogue."""

    lot: Number
    plate: str
    classes: list[str]
    opening_fen: Price
    phase: LotPhase
    round: Count
    reserve: Reserve
    hammer_fen: Price | None
    who: Who | None
    bid_count: Count | None
    open: BlockPart | UnsetType | None = UNSET


class TopLot(Shape):
    """The lot with the highest hammer price so far."""

    lot: Number
    plate: str
    hammer_fen: Price


class FiguresPart(Shape):
    """The figures of the sale so far."""

    turnover_fen: Fen | None
    opening_fen: Fen
    premium: str | None
    top: TopLot | None
    sold: Count
    passed: Count
    hall_sold: Count
    online_sold: Count


class LotRank(Shape):
    """The right of first refusal on a lot."""

    lot: Number
    rank: Count


class PaddlePart(Shape):
    """One paddle, for the rostrum."""

    paddle: Number
    channel: Channel
    deposits: Count
    rights: Count | None
    accepted: bool
    priority: list[LotRank]
    won: list[Number]


class WonLot(Shape):
    """A lot this bidder has won."""

    lot: Number
    plate: str
    hammer_fen: Price


class OwnBid(Shape):
    """This bidder's highest standing bid for an open lot, and its place where the sheet shows places."""

    lot: Number
    amount_fen: Price
    rank: Count | None


class OwnProxy(Shape):
    """A maximum this bidder left with the house."""

    lot: Number
    maximum_fen: Price


class MinePart(Shape):
    """What the holder of a paddle sees and nobody else."""

    paddle: Number
    channel: Channel
    rights: Count | None
    used: Count
    accepted: bool
    leads: list[Number]
    last: list[OwnBid]
    proxies: list[OwnProxy]
    priority: list[LotRank]
    won: list[WonLot]


PARTS: Final[dict[str, Any]] = {
    "sale": SalePart,
    "rules": RulesPart,
    "announcement": AnnouncementPart | None,
    "copies": CopiesPart,
    "block": BlockPart | None,
    "lot/N": LotPart,
    "figures": FiguresPart,
    "paddle/N": PaddlePart,
    "mine": MinePart | None,
    **QUOTA_PARTS,
    **OPENING_PARTS,
}
"""
By name; ``N`` is a number, ``CLASS`` and ``SECTION`` the name of one. ``mine`` has frames of its own, and for each kind another shape.
"""


def family(name: str) -> str:
    """The name in :data:`PARTS` of the part called ``name``: ``lot/7`` is one of ``lot/N``."""
    kind, slash, _ = name.partition("/")
    if not slash:
        return kind
    return next(found for found in PARTS if found.startswith(f"{kind}/"))
