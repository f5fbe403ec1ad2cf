"""Where the end of a lot must lie after accepted bids, worked out from the sheet alone."""

from collections.abc import Sequence
from typing import Protocol

from engine.domain.rulesheet import TimedRules


class BidLike(Protocol):
    paddle: int
    at: int
    stands: bool


class LotLike(Protocol):
    end: int | None
    bound: int
    moves: int
    moved_at: int | None
    number: int

    @property
    def bids(self) -> "Sequence[BidLike]":
        """In the order of the book."""


def moved(timed: TimedRules, together: list[int], lot: "LotLike", at: int, new: list[int]) -> dict[int, int]:
    """The ends after bids of ``new`` for ``lot`` at ``at``, of every lot whose end moves with it; none if they move none."""
    rule = timed.extension
    assert lot.end is not None
    if lot.moved_at == at or (rule.count_max is not None and lot.moves >= rule.count_max):
        return {}
    if rule.top_k is not None:
        row = [bid.paddle for bid in lot.bids if bid.stands]
        old = [bid.paddle for bid in lot.bids if bid.stands and bid.at != at]
        if _places(old, rule.top_k) == _places([*row, *new], rule.top_k):
            return {}
    late = at >= lot.end - rule.within
    kinds = {
        "reset": at + rule.by if late else None,
        "top_up": at + rule.by,
        "add": lot.end + rule.by if late else None,
        "shrinking": at + max(rule.least, rule.by - lot.moves * rule.shrink),
    }
    end = kinds.get(rule.kind.value)
    if end is None:
        return {}
    if rule.cap is not None:
        end = min(end, lot.bound + rule.cap)
    return dict.fromkeys(together, end) if end > lot.end else {}


def _places(row: list[int], first: int) -> list[int]:
    """The first places, newest bid first, each bidder once."""
    order: list[int] = []
    for paddle in reversed(row):
        if paddle not in order:
            order.append(paddle)
    return order[:first]
