"""What a re-enacted month is announced with: the published figures, the rules, and everybody admitted."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from clients.robots.quota.market import Market
from engine.domain.auction.commands import Title
from engine.domain.parties import HOUSE, Principal, Role
from engine.domain.quota import packs
from engine.domain.quota.commands import AdmitBidders, AnnounceQuota, Run
from engine.domain.units import Nanoseconds, PaddleNo
from engine.notice import QuotaNotice
from engine.shanghai import Month

CLASS: Final = "personal"
OFFICERS: Final = tuple(
    Principal(f"{role}:1") for role in (Role.AUCTIONEER, Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR)
)
_S: Final = 1_000_000_000
_ZONE: Final = timedelta(hours=8)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """One month as it is held again."""

    month: Month
    market: Market
    notice: QuotaNotice

    @property
    def kept(self) -> PaddleNo:
        """The first paddle no robot has."""
        return PaddleNo(self.market.bidders + 1)


def scene(month: Month, bidders: int | None, *, round_s: int | None = None, seats: int = 1) -> Scene:
    """
    ``month`` as it is held again.

    Args:
        month: As published.
        bidders: How many robots there are, with plates in proportion; None for all of them.
        round_s: How long a round lasts, in seconds, in a sale the auctioneer opens. None for half an hour each, from half past ten on
            the day of the sale.
        seats: How many paddles no robot has: they are left for people, and for other programs.

    """
    count = month.bidders if bidders is None else bidders
    plates = max(1, (2 * month.plates * count + month.bidders) // (2 * month.bidders))
    market = Market.of(plates=plates, bidders=count, lowest=month.lowest, average=month.average)
    rules = packs.shanghai(plates, market.warning)
    if round_s is None:
        rules = replace(rules, opens_at=opening(month.month))
    else:
        rounds = tuple(replace(each, span=Nanoseconds(round_s * _S)) for each in rules.rounds)
        rules = replace(rules, rounds=rounds, resume_least=Nanoseconds(_S))
    year, number = month.month.split("-")
    announce = AnnounceQuota(
        command_id="announce",
        by=HOUSE,
        sale=f"shanghai-{month.month}",
        title=Title(
            zh=f"上海 {year} 年 {int(number)} 月私车额度拍卖（模拟重演）",
            en=f"Shanghai plates, {month.month} (simulated)",
        ),
        rules=rules,
    )
    everybody = (Run(first=PaddleNo(1), last=PaddleNo(count + seats)),)
    admit = AdmitBidders(command_id="admit-1", by=HOUSE, quota_class=CLASS, runs=everybody)
    return Scene(month, market, QuotaNotice(announce=announce, admissions=(admit,), officers=OFFICERS))


def opening(month: str) -> Nanoseconds:
    """Half past ten, in Shanghai, on the third Saturday of ``month``: on which the sales of later years were held."""
    first = datetime(int(month[:4]), int(month[5:]), 1, 10, 30, tzinfo=UTC)
    saturday = first + timedelta(days=(5 - first.weekday()) % 7 + 14)
    return Nanoseconds(int((saturday - _ZONE - _EPOCH).total_seconds()) * _S)
