"""Who acts in a proceeding. A principal is a role and a name, written ``bidder:8``."""

from enum import StrEnum
from typing import Final, NewType

from engine.domain.units import PaddleNo

Principal = NewType("Principal", str)
"""``role:name``, as the token says; never a person's name. Paddle 8 bids as ``bidder:8``."""


class Role(StrEnum):
    """What a principal is in this proceeding."""

    BIDDER = "bidder"
    AUCTIONEER = "auctioneer"
    CLERK = "clerk"

    SUPERVISOR = "supervisor"
    """Sees everything and conducts nothing (监督人); may stop the sale."""

    REGISTRAR = "registrar"
    """Admits bidders at the registration desk (受理)."""

    HOST = "host"
    """Conducts an opening of sealed bids (主持人)."""

    TRUSTEE = "trustee"
    """Holds a share of a tender's hall key (份额持有人); ``trustee:2`` is the second in its statement."""

    HOUSE = "house"


class Channel(StrEnum):
    """Where a paddle bids from. Both write into the same book."""

    ONLINE = "online"
    HALL = "hall"


OFFICERS: Final = frozenset({Role.AUCTIONEER, Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR})
"""Those who act for the centre; none of them may bid for himself (拍卖法 22, 23)."""

HOUSE = Principal("house:engine")
"""The engine itself: announces the sale, reports deadlines."""


def role_of(principal: Principal) -> str:
    """The role part of ``role:name``."""
    return principal.partition(":")[0]


def bidder(paddle: PaddleNo) -> Principal:
    """The principal that bids with ``paddle`` from a browser."""
    return Principal(f"{Role.BIDDER}:{paddle}")
