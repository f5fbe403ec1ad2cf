"""How the cut-off price ran: one point for each span of time in which an offer came, as coarse as it must be to stay short."""

from typing import Final

from engine.domain.quota.book import Cutoff
from engine.domain.rulesheet import SECOND
from engine.domain.units import Fen, Nanoseconds

POINTS_MAX: Final = 600
"""Points of a curve: what a page draws, and what every new viewer is sent."""


class Curve:
    """The course of one class's cut-off price. ``span`` is how long all rounds last together."""

    def __init__(self, span: int) -> None:
        self.every = Nanoseconds(max(1, -(-span // (POINTS_MAX * SECOND))) * SECOND)
        """Points are no nearer to each other than this, and fall on whole multiples of it."""

        self.points: list[tuple[Nanoseconds, Fen]] = []
        """When a span ended, and the price at its end."""

        self.fresh = Nanoseconds(0)
        """The instant that completed the newest point."""

        self._until = Nanoseconds(0)
        self._price = Fen(0)

    def take(self, cutoff: Cutoff, at: Nanoseconds) -> None:
        """The price is this since ``at``."""
        if self._until and at >= self._until:
            self.points.append((self._until, self._price))
            self.fresh = at
            if len(self.points) > POINTS_MAX:
                self._thin()
        if at >= self._until:
            self._until = Nanoseconds(at // self.every * self.every + self.every)
        self._price = cutoff.amount

    def _thin(self) -> None:
        """Interruptions made the sale longer than it was to be: points twice as far apart."""
        self.every = Nanoseconds(2 * self.every)
        kept = {-(-at // self.every): (at, price) for at, price in self.points}
        self.points = list(kept.values())

    def fork(self) -> "Curve":
        """The same, to go on by itself."""
        other = Curve(0)
        other.every, other.points = self.every, self.points.copy()
        other.fresh = self.fresh
        other._until, other._price = self._until, self._price
        return other
