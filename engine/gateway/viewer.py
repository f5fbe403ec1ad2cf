"""Who looks at a sale: one browser that has said who it is, and among whom it looks on."""

from dataclasses import dataclass
from typing import Final

from engine.domain.parties import OFFICERS, Principal, Role, role_of
from engine.domain.units import PaddleNo
from engine.domain.views import Audience
from engine.gateway.connection import Connection
from engine.wire.messages import own_paddle

AT_THE_ROSTRUM: Final = OFFICERS | {Role.HOST}


def audience_of(principal: Principal | None) -> Audience:
    """Among whom ``principal``, or None for the public, looks at a sale."""
    if principal is None:
        return Audience.PUBLIC
    return Audience.ROSTRUM if role_of(principal) in AT_THE_ROSTRUM else Audience.BIDDER


@dataclass(slots=True, eq=False)
class Viewer:
    """One browser that has said who it is."""

    connection: Connection
    principal: Principal | None
    """None for the public."""

    @property
    def audience(self) -> Audience:
        """Which bytes this viewer shares with others."""
        return audience_of(self.principal)

    @property
    def paddle(self) -> PaddleNo | None:
        """The viewer's own paddle, if it bids."""
        return own_paddle(self.principal) if self.principal is not None else None
