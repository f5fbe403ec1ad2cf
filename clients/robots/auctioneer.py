"""A robot at the rostrum: opens, calls, strikes the hammer, passes, closes."""

from clients.news import Outcome
from clients.robots.pace import Pace
from clients.robots.robot import BY_ITSELF, Act, Parts, Want
from clients.robots.script import Script
from engine.domain.units import LotNo


class Auctioneer:
    """
    Holds the sale.

    A lot ends once its price has reached the script's, or when nobody has bid for ``patience_s``. A bid after a call
    makes the price another, so the calls begin anew by themselves. A sale suspended by a person waits for that
    person; one that was suspended by nobody's wish, as when a standby took over, goes on.

    Args:
        script: What each lot should go for.
        pace: Dwell and patience.

    """

    def __init__(self, script: Script, pace: Pace) -> None:
        self._script, self._pace = script, pace

    def want(self, parts: Parts) -> Want | None:
        """See :class:`~clients.robots.robot.Robot`."""
        sale = parts.get("sale")
        if sale is None or "rules" not in parts:
            return None
        if sale["phase"] == "planned":
            return None if sale["opens_at_us"] is not None else Want(Act("open_sale"), self._pace.dwell_s)
        if sale["phase"] == "suspended" and sale["suspended_by"] in BY_ITSELF:
            return Want(Act("resume"), self._pace.dwell_s)
        if sale["phase"] != "open":
            return None
        block = parts.get("block")
        if block is not None and block["phase"] == "open":
            return self._end(block, parts["rules"]["calls"])
        return self._next(parts)

    def learn(self, act: Act, outcome: Outcome) -> None:
        """Nothing to learn: what is refused is seen in the parts."""

    def _next(self, parts: Parts) -> Want:
        waiting = (part for name, part in parts.items() if name.startswith("lot/") and part["phase"] == "waiting")
        lot = min((part["lot"] for part in waiting), default=None)
        act = Act("close_sale") if lot is None else Act("open_lot", {"lot": lot})
        return Want(act, self._pace.dwell_s)

    def _end(self, block: Parts, calls: int) -> Want:
        lot, price = LotNo(block["lot"]), block["price_fen"]
        if price is None:
            nobody_will = self._script.lots.get(lot) == ()
            return Want(Act("pass", {"lot": lot}), self._pace.dwell_s if nobody_will else self._pace.patience_s)
        wanted = self._script.hammer(lot)
        reached = wanted is not None and price >= wanted
        dwell_s = self._pace.dwell_s if reached or block["calls"] else self._pace.patience_s
        if block["calls"] < calls:
            return Want(Act("call", {"lot": lot, "call": block["calls"] + 1, "price_fen": price}), dwell_s)
        return Want(Act("hammer", {"lot": lot, "price_fen": price}), dwell_s)
