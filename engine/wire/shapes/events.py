"""What happened, as ``record`` and ``answer`` tell it. One class for each event of the domain; the name is its ``type``."""

from typing import Final, get_args

from engine.domain.parties import Channel
from engine.wire.shapes.base import Count, Micros, Number, Price, Shape, Who


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


class BidPlaced(Shape, tag="BidPlaced"):
    """A bid was accepted and now leads the lot."""

    lot: Number
    amount_fen: Price
    who: Who
    channel: Channel
    at_us: Micros


class WarningCalled(Shape, tag="WarningCalled"):
    """The auctioneer called the price for the ``call``-th time."""

    lot: Number
    call: Count
    price_fen: Price


class WarningCancelled(Shape, tag="WarningCancelled"):
    """A bid came after a call: the calls begin anew."""

    lot: Number


class HammerFell(Shape, tag="HammerFell"):
    """The lot is sold to its leader."""

    lot: Number
    plate: str
    price_fen: Price
    who: Who
    channel: Channel
    at_us: Micros


class LotPassed(Shape, tag="LotPassed"):
    """The lot found no buyer."""

    lot: Number
    plate: str


class SaleSuspended(Shape, tag="SaleSuspended"):
    """Bidding rests; the reason is public."""

    reason: str


class SaleResumed(Shape, tag="SaleResumed"):
    """Bidding goes on where it stood."""


class SaleClosed(Shape, tag="SaleClosed"):
    """The sale is over."""

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
)

EVENTS: Final[dict[str, type[Shape]]] = {kind.__name__: kind for kind in get_args(ToldEvent)}
"""By ``type``."""
