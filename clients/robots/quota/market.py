"""What a month's bidders are like, from the four figures that were published of it."""

from dataclasses import dataclass
from typing import Final

from engine.domain.units import Fen

YUAN: Final = 100
STEP: Final = 100 * YUAN

LIFT_PER_RIVAL: Final = 150 * YUAN
"""How far the cut-off price rises after the first round, for each bidder there is to a plate: each can push it only twice."""

LIFT_MAX: Final = 2_000 * YUAN
SPREAD: Final = 1.7
"""How much further apart the prices lie that people would pay than those they come to pay."""

SERIOUS: Final = 1.5
"""Who would pay the lowest price that won, to a plate: some of them come too late, or have used their changes."""

PUSHED_BY: Final = 230 * YUAN
"""What a change adds to the cut-off price it sees, on average."""

UNSUCCESSFUL: Final = 1.05
"""Changes planned, to one that moves the price: the others find it above what they would pay, and make none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """One month as its robots know it."""

    plates: int
    bidders: int
    lowest: Fen
    average: Fen

    warning: Fen
    """The most a first offer may be."""

    @classmethod
    def of(cls, *, plates: int, bidders: int, lowest: Fen, average: Fen, warning: Fen | None = None) -> "Market":
        """
        The month with these published figures.

        Args:
            plates: How many there were.
            bidders: How many made an offer.
            lowest: The lowest price that won, in fen.
            average: The average of those that won, in fen.
            warning: The warning price, where it is known; if None, it is set as far below ``lowest`` as the bidders can push.

        """
        lift = min(LIFT_MAX, LIFT_PER_RIVAL * bidders // plates)
        modelled = max(STEP, (lowest - lift) // STEP * STEP)
        return cls(plates=plates, bidders=bidders, lowest=lowest, average=average, warning=Fen(warning or modelled))

    @property
    def lift(self) -> int:
        """How far the cut-off price has to rise from the warning price, in fen."""
        return self.lowest - self.warning

    @property
    def higher(self) -> float:
        """Of those who would pay a price within reach of the lowest, the share who would also pay a step more."""
        steps = SPREAD * max(0, self.average - self.lowest) / STEP
        return steps / (1 + steps)

    @property
    def serious(self) -> int:
        """How many would pay the lowest price that won, or more."""
        return min(round(SERIOUS * self.plates), self.bidders * 9 // 10)

    @property
    def pushes(self) -> int:
        """How many changes are planned by those who would not."""
        return round(UNSUCCESSFUL * self.plates * self.lift / PUSHED_BY)
