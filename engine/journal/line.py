"""
A line to a room: what a hub needs of it, wherever the room is.

It has three keepers: the room itself in one process, and :class:`engine.cluster.far.FarRoom` over a Unix socket or over Redis.
``tests/cluster/contract.py`` holds each to the same promises:

- what was submitted is answered over the tail with its slip, once, or not at all;
- the tail shows every commit once, in order, without a gap, and only what the room's journal keeps;
- what the tail has shown can be read back.
"""

from typing import Protocol

from engine.domain.proceeding import Command
from engine.domain.units import Nanoseconds
from engine.journal.asking import Inquiry
from engine.journal.base import Pages
from engine.journal.tail import Tail


class Line(Protocol):
    """The way into a room, and the way out of it."""

    @property
    def tail(self) -> Tail:
        """What the room has kept, as it is kept."""
        ...

    def submit(self, content: Command | Inquiry, arrived_at: Nanoseconds, slip: object) -> None:
        """
        Hand ``content`` in; its answer comes over the tail, with ``slip``.

        Raises:
            RoomBusy: Nothing was taken.

        """
        ...

    async def read(self, after: int, limit: int) -> Pages:
        """Up to ``limit`` records with a seq above ``after`` that the tail has shown, and the commits that cover any of them."""
        ...
