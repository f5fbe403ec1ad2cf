"""
What an audience may see of amounts, counts and paddles, as the rule sheet says (article 20).

``views.py`` asks here and nowhere else.
"""

from enum import StrEnum
from typing import Any, Final

from engine.domain.auction.state import Auction, Lot, LotPhase, SalePhase
from engine.domain.rulesheet import Lifted, PaddleDisplay, Sees
from engine.domain.units import PaddleNo


class Audience(StrEnum):
    """Who looks. All of one audience get the same bytes."""

    PUBLIC = "public"
    """Hall screen and record page: what everyone may see."""

    BIDDER = "bidder"
    """Those who bid, all alike; what is one's own comes apart."""

    ROSTRUM = "rostrum"
    """The officers: auctioneer, clerk, supervisor, registrar."""


PRICED: Final = frozenset({Sees.ALL, Sees.LEADING})
_ENDED: Final = frozenset({LotPhase.SOLD, LotPhase.PASSED, LotPhase.WITHDRAWN})


def alike(auction: Auction) -> bool:
    """Whether bidders see what the public sees, so that one frame serves both."""
    sight = auction.rules.visibility
    return sight.amounts_public is sight.amounts_bidders and sight.counts_public == sight.counts_bidders


def lifted(auction: Auction, lot: Lot) -> bool:
    """Whether what was hidden of ``lot`` is open to all by now."""
    match auction.rules.visibility.lifted:
        case Lifted.LOT_END:
            return lot.phase in _ENDED
        case Lifted.SALE_END:
            return auction.phase is SalePhase.CLOSED
        case Lifted.NEVER:
            return False


def amounts(auction: Auction, lot: Lot, audience: Audience, *, ever: bool = False) -> Sees:
    """
    What ``audience`` sees of the amounts bid for ``lot``.

    Args:
        auction: The sale.
        lot: The lot.
        audience: Who looks.
        ever: What it sees at any time, whatever has been lifted since: for bytes that must stay the same.

    """
    sight = auction.rules.visibility
    if audience is Audience.ROSTRUM or (not ever and lifted(auction, lot)):
        return Sees.ALL
    return sight.amounts_public if audience is Audience.PUBLIC else sight.amounts_bidders


def counts(auction: Auction, lot: Lot, audience: Audience) -> bool:
    """Whether ``audience`` sees how many bids there are for ``lot``."""
    sight = auction.rules.visibility
    if audience is Audience.ROSTRUM or lifted(auction, lot):
        return True
    return sight.counts_public if audience is Audience.PUBLIC else sight.counts_bidders


def reserve_told(auction: Auction, lot: Lot, audience: Audience) -> bool:
    """Whether ``audience`` is told that the reserve of ``lot`` is met or not."""
    if audience is Audience.ROSTRUM or lot.phase is LotPhase.SOLD:
        return True
    return auction.rules.reserve_shown and amounts(auction, lot, audience) in PRICED


def paddles_shown(auction: Auction) -> bool:
    """Whether everybody sees paddle numbers now."""
    match auction.rules.paddles:
        case PaddleDisplay.SHOWN:
            return True
        case PaddleDisplay.MASKED_UNTIL_CLOSED:
            return auction.phase is SalePhase.CLOSED
        case PaddleDisplay.MASKED:
            return False


def who(auction: Auction, paddle: PaddleNo, audience: Audience) -> dict[str, Any]:
    """The paddle, or the number that stands for it while it is masked."""
    if audience is Audience.ROSTRUM or paddles_shown(auction):
        return {"paddle": paddle}
    return {"alias": auction.aliases[paddle]}
