"""
Robots for a sale by the clock: bidders with a limit for each lot, and an auctioneer who goes on after an interruption.

What a lot goes for follows from the limits alone: whoever bids himself ends with a bid of exactly his limit, and a maximum
answers it with one step more. When they bid is up to the clock.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from clients.news import Outcome
from clients.robots.pace import Pace
from clients.robots.robot import BY_ITSELF, Act, Parts, Want, seconds
from engine.domain.units import Fen, LotNo, PaddleNo

LATE_S: Final = 1.5
"""So long before the end those bid who like to be late."""

ENDED: Final = frozenset({"sold", "passed", "withdrawn"})


class Way(StrEnum):
    """How a bidder goes about it."""

    COMMISSION = "commission"
    """Leaves his limit with the house before the lot is open."""

    MAXIMUM = "maximum"
    """Leaves it while the lot is open."""

    LIVE = "live"
    LATE = "late"
    """Bids himself, the first time shortly before the end."""

    FIRST = "first"
    """Has the right of first refusal, and uses it at every price up to his limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one bidder would give for one lot."""

    lot: LotNo
    round: int
    paddle: PaddleNo
    limit: Fen
    way: Way


def bidding(parts: Parts, lot: int) -> Parts | None:
    """How the bidding for ``lot`` stands, while it is open."""
    block = parts.get("block")
    if block is not None and block["lot"] == lot:
        return block if block["phase"] == "open" else None
    shown: Parts | None = parts.get(f"lot/{lot}", {}).get("open")
    return shown


class TimedBidder:
    """
    Bids for one paddle.

    Args:
        wishes: Its own.
        pace: How long it thinks.
        seed: Decides that.
        now_us: The time of day, in microseconds since 1970.

    """

    def __init__(
        self, wishes: Sequence[Wish], pace: Pace, seed: int, now_us: Callable[[], int] = lambda: time.time_ns() // 1000
    ) -> None:
        self._wishes, self._pace, self._seed, self._now_us = tuple(wishes), pace, seed, now_us

    def want(self, parts: Parts) -> Want | None:
        """See :class:`~clients.robots.robot.Robot`."""
        sale, rules, mine = (parts.get(name) for name in ("sale", "rules", "mine"))
        if sale is None or rules is None or mine is None:
            return None
        if rules["sign_off"] and not mine["accepted"]:
            return Want(Act("accept_rules", {"digest": sale["rules"]}))
        if sale["phase"] not in {"planned", "open"}:
            return None
        wants = [want for wish in self._wishes if (want := self._wish(wish, parts, mine)) is not None]
        return min(wants, key=lambda want: want.delay_s, default=None)

    def learn(self, act: Act, outcome: Outcome) -> None:
        """Nothing to learn: what is refused is seen in the parts."""

    def _wish(self, wish: Wish, parts: Parts, mine: Parts) -> Want | None:
        part = parts.get(f"lot/{wish.lot}")
        if part is None or part["round"] != wish.round:
            return None
        left = any(one["lot"] == wish.lot for one in mine["proxies"])
        if wish.way is Way.COMMISSION and part["phase"] == "waiting" and not left:
            return Want(Act("proxy", {"lot": wish.lot, "maximum_fen": wish.limit}))
        block = bidding(parts, wish.lot)
        if block is None or wish.lot in mine["leads"] or parts["sale"]["phase"] != "open":
            return None
        if wish.way in {Way.COMMISSION, Way.MAXIMUM}:
            if left or block["asked_fen"] > wish.limit:
                return None
            return Want(Act("proxy", {"lot": wish.lot, "maximum_fen": wish.limit}), self._think_s(wish, 0))
        amount = next_bid(block, wish)
        if amount is None:
            return None
        return Want(Act("bid", {"lot": wish.lot, "amount_fen": amount}), self._delay_s(wish, block, amount))

    def _delay_s(self, wish: Wish, block: Parts, amount: int) -> float:
        think_s = self._think_s(wish, amount)
        if wish.way is not Way.LATE or block["extensions"]:
            return think_s
        left_s: float = (block["closes_at_us"] - self._now_us()) / 1e6
        return max(think_s, left_s - LATE_S)

    def _think_s(self, wish: Wish, amount: int) -> float:
        return seconds(self._pace.think_s, self._seed, wish.paddle, wish.lot, amount)


def next_bid(block: Parts, wish: Wish) -> int | None:
    """The next bid of who bids himself; the last one is exactly his limit."""
    asked: int = block["asked_fen"]
    step: int = block["step_fen"]
    price: int | None = block["price_fen"]
    if wish.way is Way.FIRST and price is not None:
        return price if price <= wish.limit else None
    if asked > wish.limit:
        return None
    return asked if asked + 2 * step <= wish.limit else wish.limit - (wish.limit - asked) % step


class TimedAuctioneer:
    """
    Opens and closes the sale, goes on after an interruption nobody wanted, and puts passed lots up again.

    Args:
        lower_percent: How much lower the opening price of another round is.
        pace: How long it leaves between acts.

    """

    def __init__(self, pace: Pace, lower_percent: int = 10) -> None:
        self._pace, self._lower = pace, lower_percent

    def want(self, parts: Parts) -> Want | None:
        """See :class:`~clients.robots.robot.Robot`."""
        sale, rules = parts.get("sale"), parts.get("rules")
        if sale is None or rules is None:
            return None
        if sale["phase"] == "planned":
            return Want(Act("open_sale"), max(self._pace.dwell_s, 1.0))  # commissions come first
        if sale["phase"] == "suspended":
            return Want(Act("resume"), 0.5) if sale["suspended_by"] in BY_ITSELF else None
        if sale["phase"] != "open":
            return None
        lots = [part for name, part in parts.items() if name.startswith("lot/")]
        return self._lots(lots, rules)

    def learn(self, act: Act, outcome: Outcome) -> None:
        """Nothing to learn: what is refused is seen in the parts."""

    def _lots(self, lots: Sequence[Any], rules: Parts) -> Want | None:
        for part in lots:
            if part["phase"] == "passed" and part["round"] <= rules["reoffers_max"]:
                lower = part["opening_fen"] * (100 - self._lower) // 100
                return Want(Act("reoffer", {"lot": part["lot"], "opening_fen": lower}), self._pace.dwell_s)
        if rules["timed"]["advance"] == "together" and all(part["phase"] != "open" for part in lots):
            for part in lots:
                if part["phase"] == "waiting":
                    return Want(Act("open_lot", {"lot": part["lot"]}), max(self._pace.dwell_s, 0.5))
        if all(part["phase"] in ENDED for part in lots):
            return Want(Act("close_sale"), self._pace.dwell_s)
        return None
