"""A robot that bids its own rungs of the script, from a browser's side of the house."""

from collections.abc import Sequence

from clients.news import Outcome
from clients.robots.pace import Pace
from clients.robots.robot import Act, Parts, Want, chance, open_block, seconds
from clients.robots.script import Rung, Script
from engine.domain.parties import Channel
from engine.domain.units import LotNo, PaddleNo


def next_rung(rungs: Sequence[Rung], block: Parts) -> Rung | None:
    """
    The rung due now: the lowest the rules accept at the price on the block; None if the script has no more to say.

    On the script this is the rung after the one that leads. Off it, because a person bid in between, it is the same
    for every robot that looks, so exactly one of them bids.
    """
    asked, step = block["asked_fen"], block["step_fen"]
    return next((rung for rung in rungs if rung.amount >= asked and (rung.amount - asked) % step == 0), None)


class Bidder:
    """
    Bids for one paddle.

    Args:
        paddle: Its number.
        script: Everybody's rungs; it bids its own and never above them.
        pace: How long it thinks, and how often it first bids too low.
        seed: Decides both.

    """

    def __init__(self, paddle: PaddleNo, script: Script, pace: Pace, seed: int) -> None:
        self._paddle, self._script, self._pace, self._seed = paddle, script, pace, seed
        self._tried_too_low: set[int] = set()
        """Lots. Forgotten with the robot, which costs one more refusal at most."""

    def want(self, parts: Parts) -> Want | None:
        """See :class:`~clients.robots.robot.Robot`."""
        block = open_block(parts)
        mine = parts.get("mine")
        if block is None or mine is None or block["lot"] in mine["leads"] or mine["rights"] == 0:
            return None
        lot = LotNo(block["lot"])
        rung = next_rung(self._script.lots.get(lot, ()), block)
        if rung is None or rung.paddle != self._paddle or rung.channel is not Channel.ONLINE:
            return None
        think_s = seconds(self._pace.think_s, self._seed, self._paddle, lot, rung.amount)
        too_low = block["asked_fen"] - block["step_fen"]
        if too_low > 0 and lot not in self._tried_too_low and self._errs(lot, rung):
            return Want(Act("bid", {"lot": lot, "amount_fen": too_low}), think_s)
        return Want(Act("bid", {"lot": lot, "amount_fen": rung.amount}), think_s)

    def learn(self, act: Act, outcome: Outcome) -> None:
        """See :class:`~clients.robots.robot.Robot`."""
        if not outcome.accepted:
            self._tried_too_low.add(int(act.fields["lot"]))

    def _errs(self, lot: LotNo, rung: Rung) -> bool:
        return chance(self._pace.too_low, self._seed, lot, rung.amount)
