"""The published months of Shanghai's plate auctions over HTTP."""

from engine.shanghai import Doubt
from engine.wire.shapes.base import Count, Price, Shape


class ShanghaiMonth(Shape):
    """One month, as published."""

    month: str
    plates: Count
    bidders: Count
    lowest_fen: Price
    average_fen: Price
    hit_permille: Count
    doubt: Doubt | None


class Shanghai(Shape):
    """Every published month, in order."""

    months: list[ShanghaiMonth]
