"""How fast robots go."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times in seconds."""

    think_s: tuple[float, float]
    """How long a bidder thinks before a bid, from and to."""

    dwell_s: float
    """How long the auctioneer leaves between calls, before the hammer and between lots."""

    patience_s: float
    """How long he waits for a bid that the script still promises."""

    too_low: float = 0.05
    """The share of bids before which the bidder first tries one that is too low."""


FAST: Final = Pace(think_s=(0.0, 0.0), dwell_s=0.0, patience_s=300.0)
"""As fast as the house answers. Only the script's price ends a lot."""

LIVE: Final = Pace(think_s=(1.0, 3.0), dwell_s=2.0, patience_s=30.0)
"""As people bid."""
