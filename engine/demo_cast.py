"""Who plays in the demo sales: robots, each with what he would give."""

from typing import Final

from clients.robots.auctioneer import Auctioneer
from clients.robots.bidder import Bidder
from clients.robots.clerk import Clerk
from clients.robots.pace import Pace
from clients.robots.robot import Robot
from clients.robots.script import LotToSell, Paddle, Script, plan
from clients.robots.timed import TimedAuctioneer, TimedBidder, Way, Wish
from engine.domain.parties import Channel, Principal, Role, bidder, role_of
from engine.domain.units import PaddleNo
from engine.notice import DEMO, Notice, read_script, read_wishes

KEPT: Final = PaddleNo(88)
"""The paddle no robot touches: yours."""


def demo_script(notice: Notice, seed: int, prices: str = "script.csv") -> Script:
    """What the robots will bid to reach the ``prices`` of that file: the same seed gives the same script."""
    hammer = read_script(DEMO / prices)
    catalogue = notice.announce.catalogue
    return plan(
        [LotToSell(entry.lot, entry.opening_price, hammer.get(entry.lot)) for entry in catalogue],
        [Paddle(admit.paddle, admit.channel, admit.deposits) for admit in notice.admissions],
        notice.announce.rules,
        seed,
        kept=[KEPT],
    )


def rostrum_cast(notice: Notice, pace: Pace, seed: int, prices: str = "script.csv") -> dict[Principal, Robot]:
    """Who holds a sale by the hammer, and who bids in it."""
    script = demo_script(notice, seed, prices)
    cast: dict[Principal, Robot] = {
        bidder(paddle): Bidder(paddle, script, pace, seed) for paddle in sorted(script.paddles(Channel.ONLINE))
    }
    cast[_officer(notice, Role.AUCTIONEER)] = Auctioneer(script, pace)
    cast[_officer(notice, Role.CLERK)] = Clerk(script, pace, seed)
    return cast


def timed_cast(notice: Notice, pace: Pace, seed: int) -> dict[Principal, Robot]:
    """Who holds a sale by the clock, and who bids in it."""
    wishes = timed_wishes()
    paddles = sorted({wish.paddle for wish in wishes})
    cast: dict[Principal, Robot] = {
        bidder(paddle): TimedBidder([wish for wish in wishes if wish.paddle == paddle], pace, seed)
        for paddle in paddles
    }
    cast[_officer(notice, Role.AUCTIONEER)] = TimedAuctioneer(pace)
    return cast


def _officer(notice: Notice, role: Role) -> Principal:
    return next(by for by in notice.officers if role_of(by) == role)


def timed_wishes() -> list[Wish]:
    """What the robots of the timed demo would give."""
    return [
        Wish(lot=lot, round=nth, paddle=paddle, limit=limit, way=Way(way))
        for lot, nth, paddle, limit, way in read_wishes(DEMO / "timed.csv", Way)
    ]
