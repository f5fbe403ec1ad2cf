"""What can have happened in a sale. Past tense; carried into the state by ``rules.apply``."""

from dataclasses import dataclass

from engine.domain.auction.commands import CatalogueEntry, Title
from engine.domain.parties import Channel
from engine.domain.rulesheet import RuleSheet
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAnnounced:
    """Catalogue and rules stand."""

    sale: str
    title: Title
    rules: RuleSheet
    catalogue: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddleAdmitted:
    """A paddle may bid, with this many deposits more."""

    paddle: PaddleNo
    channel: Channel
    deposits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleOpened:
    """Lots may be put on the block."""

    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOpened:
    """A lot is on the block and takes bids."""

    lot: LotNo
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class BidPlaced:
    """A bid was accepted and now leads the lot."""

    lot: LotNo
    paddle: PaddleNo
    amount: Fen
    channel: Channel

    at: Nanoseconds
    """When the bid reached the house: the instant the rules count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCalled:
    """The auctioneer called the price for the ``call``-th time."""

    lot: LotNo
    call: int
    price: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCancelled:
    """A bid came after a call: the calls begin anew."""

    lot: LotNo


@dataclass(frozen=True, slots=True, kw_only=True)
class HammerFell:
    """The lot is sold to its leader (成交)."""

    lot: LotNo
    paddle: PaddleNo
    price: Fen
    channel: Channel
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPassed:
    """The lot found no buyer (流拍)."""

    lot: LotNo
    at: Nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleSuspended:
    """Bidding rests; the reason is public."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleResumed:
    """Bidding goes on where it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleClosed:
    """The sale is over."""

    at: Nanoseconds


Event = (
    SaleAnnounced
    | PaddleAdmitted
    | SaleOpened
    | LotOpened
    | BidPlaced
    | WarningCalled
    | WarningCancelled
    | HammerFell
    | LotPassed
    | SaleSuspended
    | SaleResumed
    | SaleClosed
)
