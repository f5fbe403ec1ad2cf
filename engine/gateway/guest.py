"""A viewer of a sale whose socket another process holds."""

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
