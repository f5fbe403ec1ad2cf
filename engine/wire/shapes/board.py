"""The day's board over HTTP."""

from typing import Literal

from engine.domain.auction.state import SalePhase
from engine.domain.opening.stage import Stage
from engine.wire.shapes.base import Both, Count, Micros, Shape


class BoardLine(Shape):
    """One sale or opening of the day."""

    sale: str
    kind: Literal["auction", "quota", "opening"]
    room: str | None
    title: Both
    phase: SalePhase
    suspended: str | None
    lots: Count
    sold: Count
    opens_at_us: Micros | None
    result: Literal["provisional", "final"] | None
    stage: Stage | None
    due: Literal["opens", "deadline", "unsealing", "round", "lot"] | None
    due_us: Micros | None


class Board(Shape):
    """What is held today, in the order in which it is shown."""

    at_us: Micros
    day: str
    lines: list[BoardLine]
