"""How the house stands on its machines, over HTTP."""

from typing import Literal

from engine.domain.auction.state import SalePhase
from engine.wire.shapes.base import Both, Count, Digest, Micros, Shape
from engine.wire.shapes.frames import Code
from engine.wire.shapes.http import SecondCopy


class ClusterRoom(Shape):
    """One room, and how far its record is."""

    id: str
    title: Both
    phase: SalePhase
    epoch: Count
    seq: Count
    head: Digest
    halted: Code | None
    gateways: Count | None
    standby: SecondCopy | None


class Carrier(Shape):
    """One way over which gateways follow."""

    kind: Literal["gateways", "socket", "redis"]
    carries: bool
    code: Code | None


class ClusterState(Shape):
    """How the house stands on its machines. Openings are not in it."""

    at_us: Micros
    here: Literal["engine", "gateway"]
    rooms: list[ClusterRoom]
    carriers: list[Carrier]
