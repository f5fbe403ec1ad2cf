"""A robot at the clerk's desk: enters the rungs of paddles that bid in the hall."""

from clients.news import Outcome
from clients.robots.bidder import next_rung
from clients.robots.pace import Pace
from clients.robots.robot import Act, Parts, Want, open_block, seconds
from clients.robots.script import Script
from engine.domain.parties import Channel
from engine.domain.units import LotNo


class Clerk:
    """
    Enters hall bids.

    Args:
        script: Everybody's rungs.
        pace: How long a hall bidder thinks.
        seed: Decides that.

    """

    def __init__(self, script: Script, pace: Pace, seed: int) -> None:
        self._script, self._pace, self._seed = script, pace, seed

    def want(self, parts: Parts) -> Want | None:
        """See :class:`~clients.robots.robot.Robot`."""
        block = open_block(parts)
        if block is None:
            return None
        lot = LotNo(block["lot"])
        rung = next_rung(self._script.lots.get(lot, ()), block)
        if rung is None or rung.channel is not Channel.HALL or block["leader"] == {"paddle": rung.paddle}:
            return None
        if parts.get(f"paddle/{rung.paddle}", {}).get("rights") == 0:
            return None
        think_s = seconds(self._pace.think_s, self._seed, rung.paddle, lot, rung.amount)
        return Want(Act("hall_bid", {"lot": lot, "paddle": rung.paddle, "amount_fen": rung.amount}), think_s)

    def learn(self, act: Act, outcome: Outcome) -> None:
        """Nothing to learn: what is refused is seen in the parts."""
