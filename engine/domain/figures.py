"""What a sale amounts to: turnover, premium, top lot."""

from dataclasses import dataclass

from engine.domain.auction.state import Auction, LotPhase
from engine.domain.parties import Channel
from engine.domain.units import Fen, LotNo


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLot:
    """The highest hammer price of a sale (标王); of equal prices the lot sold first."""

    lot: LotNo
    plate: str
    hammer_price: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFigures:
    """A sale in figures, money in fen."""

    lots: int
    sold: int
    passed: int
    hall_sold: int
    online_sold: int

    turnover: Fen
    """Hammer prices added up (成交总额)."""

    opening: Fen
    """Opening prices of the lots sold, added up (起拍总额)."""

    top: TopLot | None

    @property
    def premium_permille(self) -> int | None:
        """(turnover - opening) / opening in thousandths, half up; None while nothing is sold (溢价率)."""
        return premium_permille(self.turnover, self.opening)

    @property
    def premium(self) -> str | None:
        """The premium as people print it: ``180%``, ``33.3%``."""
        return premium(self.turnover, self.opening)


def premium_permille(turnover: Fen, opening: Fen) -> int | None:
    """(turnover - opening) / opening in thousandths, half up; None if ``opening`` is nothing (溢价率)."""
    if not opening:
        return None
    return ((turnover - opening) * 2000 + opening) // (2 * opening)


def premium(turnover: Fen, opening: Fen) -> str | None:
    """The premium as people print it: ``180%``, ``33.3%``; ``-2.5%`` where less was paid than asked at first."""
    permille = premium_permille(turnover, opening)
    if permille is None:
        return None
    whole, tenth = divmod(abs(permille), 10)
    sign = "-" if permille < 0 else ""
    return f"{sign}{whole}.{tenth}%" if tenth else f"{sign}{whole}%"


def sale_figures(auction: Auction) -> SaleFigures:
    """The figures of ``auction`` as it stands."""
    sold = [auction.lots[number] for number in auction.sold]
    hall = sum(lot.standing[-1].channel is Channel.HALL for lot in sold)
    best = max(sold, key=lambda lot: lot.standing[-1].amount, default=None)
    return SaleFigures(
        lots=len(auction.lots),
        sold=len(sold),
        passed=sum(lot.phase is LotPhase.PASSED for lot in auction.lots.values()),
        hall_sold=hall,
        online_sold=len(sold) - hall,
        turnover=Fen(sum(lot.standing[-1].amount for lot in sold)),
        opening=Fen(sum(lot.opening_price for lot in sold)),
        top=TopLot(lot=best.number, plate=best.plate, hammer_price=best.standing[-1].amount) if best else None,
    )
