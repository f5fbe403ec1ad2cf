"""Viewers of a sale whose sockets other processes hold: one beside this one, or a gateway elsewhere with all of its own."""

from dataclasses import dataclass, field

from engine.domain.parties import Principal
from engine.domain.units import PaddleNo
from engine.wire.messages import own_paddle


class Guest:
    """
    He counts here with the others, and is shown the sale there.

    Attributes:
        sale: What he looks at.
        principal: Who he is; None for the public.

    """

    __slots__ = ("principal", "sale")

    def __init__(self, sale: str, principal: Principal | None) -> None:
        self.sale, self.principal = sale, principal

    @property
    def paddle(self) -> PaddleNo | None:
        """His own paddle, if he bids."""
        return own_paddle(self.principal) if self.principal is not None else None


@dataclass(slots=True, eq=False)
class Outpost:
    """A gateway elsewhere, with those who look at a sale there, as it last said."""

    heard_at: float
    """For when that was so, in monotonic seconds."""

    watchers: int = 0
    bidders: dict[PaddleNo, int | None] = field(default_factory=dict)
    """Each paddle that is there, and the newest record it has been shown."""
