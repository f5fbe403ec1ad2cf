"""What happened, as ``record`` and ``answer`` tell it. One class for each event of the domain; the name is its ``type``."""

from typing import Final, get_args

from engine.domain.auction.commands import Cause, Copies, VoidReason
from engine.domain.auction.events import Basis, Extended
from engine.domain.parties import Channel, Role
from engine.wire.shapes.base import Count, Digest, Micros, Number, Price, Shape, Who
from engine.wire.shapes.opening_events import OpeningEvent
from engine.wire.shapes.quota_events import QuotaEvent


class SaleAnnounced(Shape, tag="SaleAnnounced"):
    """Catalogue and rules stand."""

    sale: str


class PaddleAdmitted(Shape, tag="PaddleAdmitted"):
    """A paddle may bid. Told to the rostrum only."""

    paddle: Number
    channel: Channel
    deposits: Count


class SaleOpened(Shape, tag="SaleOpened"):
    """Lots may be put on the block."""

    at_us: Micros


class LotOpened(Shape, tag="LotOpened"):
    """A lot is on the block and takes bids."""

    lot: Number
    plate: str
    closes_at_us: Micros | None


class BidPlaced(Shape, tag="BidPlaced"):
    """A bid was accepted and now leads the lot."""

    lot: Number
    no: Number | None
    amount_fen: Price | None
    who: Who
    channel: Channel
    basis: Basis
    at_us: Micros


class WarningCalled(Shape, tag="WarningCalled"):
    """The auctioneer called the price for the ``call``-th time."""

    lot: Number
    call: Count
    price_fen: Price | None


class WarningCancelled(Shape, tag="WarningCancelled"):
    """A bid came after a call: the calls begin anew."""

    lot: Number


class HammerFell(Shape, tag="HammerFell"):
    """The lot is sold to its leader."""

    lot: Number
    plate: str
    price_fen: Price | None
    who: Who | None
    channel: Channel
    at_us: Micros


class LotPassed(Shape, tag="LotPassed"):
    """The lot found no buyer."""

    lot: Number
    plate: str
    reserve_unmet: bool


class SaleSuspended(Shape, tag="SaleSuspended"):
    """Bidding rests; the reason is public."""

    reason: str
    cause: Cause
    at_us: Micros


class SaleResumed(Shape, tag="SaleResumed"):
    """Bidding goes on where it stood."""

    at_us: Micros


class SaleClosed(Shape, tag="SaleClosed"):
    """The sale is over."""

    at_us: Micros


class StopRegistered(Shape, tag="StopRegistered"):
    """The supervisor registered a stop."""

    reason: str
    at_us: Micros


class CopiesStated(Shape, tag="CopiesStated"):
    """The record is kept in so many places from now on."""

    copies: Copies
    at_us: Micros


class BiddingExtended(Shape, tag="BiddingExtended"):
    """The end of a lot moved, or of every open lot (null). It never moves earlier."""

    lot: Number | None
    closes_at_us: Micros
    why: Extended


class BiddingClosed(Shape, tag="BiddingClosed"):
    """The clock ended a lot."""

    lot: Number
    closes_at_us: Micros


class ProxyPlaced(Shape, tag="ProxyPlaced"):
    """A maximum was left with the house. Told to its bidder only."""

    lot: Number
    paddle: Number
    maximum_fen: Price
    at_us: Micros


class ProxyCancelled(Shape, tag="ProxyCancelled"):
    """A maximum was taken back. Told to its bidder only."""

    lot: Number
    paddle: Number


class VoidProposed(Shape, tag="VoidProposed"):
    """An officer asked that a bid be voided. Told to the rostrum only."""

    lot: Number
    no: Number
    reason: VoidReason
    by: Role


class VoidDropped(Shape, tag="VoidDropped"):
    """The bid stands after all. Told to the rostrum only."""

    lot: Number
    no: Number


class BidVoided(Shape, tag="BidVoided"):
    """Two officers voided a bid; it stays in the book and counts for nothing."""

    lot: Number
    no: Number | None
    amount_fen: Price | None
    who: Who
    reason: VoidReason
    at_us: Micros


class LotWithdrawn(Shape, tag="LotWithdrawn"):
    """The consignor took a lot back before its start."""

    lot: Number
    plate: str
    reason: str


class LotReoffered(Shape, tag="LotReoffered"):
    """A passed lot will be put up again."""

    lot: Number
    plate: str
    opening_fen: Price
    round: Count


class ReserveSet(Shape, tag="ReserveSet"):
    """A lot has a reserve; its amount is told to nobody."""

    lot: Number


class PriorityGranted(Shape, tag="PriorityGranted"):
    """A paddle has the right of first refusal. Told to the rostrum only."""

    lot: Number
    paddle: Number
    rank: Count


class RulesAccepted(Shape, tag="RulesAccepted"):
    """A bidder accepted the rule sheet. Told to the rostrum and to him."""

    paddle: Number


class PriceShown(Shape, tag="PriceShown"):
    """Enough of the bidders present had been shown the price. Told to the rostrum only."""

    lot: Number
    price_fen: Price
    present: Count
    shown: Count


class ResultSigned(Shape, tag="ResultSigned"):
    """An officer signed the integrity report."""

    role: Role
    report: Digest
    at_us: Micros


class ResultConfirmed(Shape, tag="ResultConfirmed"):
    """All who must have signed: the result is final."""

    report: Digest
    at_us: Micros


ToldEvent = (
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
    | StopRegistered
    | CopiesStated
    | BiddingExtended
    | BiddingClosed
    | ProxyPlaced
    | ProxyCancelled
    | VoidProposed
    | VoidDropped
    | BidVoided
    | LotWithdrawn
    | LotReoffered
    | ReserveSet
    | PriorityGranted
    | RulesAccepted
    | PriceShown
    | ResultSigned
    | ResultConfirmed
    | QuotaEvent
    | OpeningEvent
)

EVENTS: Final[dict[str, type[Shape]]] = {kind.__name__: kind for kind in get_args(ToldEvent)}
"""By ``type``."""
