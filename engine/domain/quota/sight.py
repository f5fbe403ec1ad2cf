"""What an audience may see of prices and counts while offers are taken, and after. ``views.py`` and ``hearing.py`` ask here."""

from engine.domain.auction.sight import Audience
from engine.domain.auction.state import SalePhase
from engine.domain.quota.sheet import Running
from engine.domain.quota.state import QuotaSale


def cutoff_told(sale: QuotaSale) -> bool:
    """Whether the cut-off price may be known now: while offers are taken as the sheet says, then to all."""
    return sale.rules.running is Running.CUTOFF or sale.phase is SalePhase.CLOSED


def counts(sale: QuotaSale, audience: Audience) -> bool:
    """Whether ``audience`` may know how many offers there are now. Officers may: they hold the sale."""
    return audience is Audience.ROSTRUM or cutoff_told(sale)


def offers_open(sale: QuotaSale, audience: Audience) -> bool:
    """Whether ``audience`` may read every single offer: nobody before the result."""
    if sale.phase is not SalePhase.CLOSED:
        return False
    return audience is Audience.ROSTRUM or sale.rules.offers_published
