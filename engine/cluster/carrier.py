"""
What carries frames between an engine and its gateways. It may lose, repeat, reorder and roll back: nobody believes it.

``engine.cluster.unix`` and ``engine.cluster.streams`` are the two there are.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol


class CarrierDown(Exception):
    """It could not be reached, or did not answer in time. What was said may or may not have been carried."""


class EngineCarrier(Protocol):
    """The engine's end."""

    async def run(self, take: Callable[[str, bytes], None], sales: Callable[[], Iterable[str]]) -> None:
        """Hand every letter for one of ``sales`` to ``take(sale, frame)``, for ever; reconnects by itself."""
        ...

    async def publish(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """
        Carry commits, each with the number of its last record; said again they are carried once.

        Raises:
            CarrierDown: Perhaps not all were carried.

        """
        ...

    async def note(self, sale: str, frame: bytes) -> None:
        """
        Carry what only those hear who listen now.

        Raises:
            CarrierDown: Perhaps it was not.

        """
        ...

    async def beat(self, sale: str, frame: bytes) -> None:
        """
        Carry a beat, and hold the newest for who comes later.

        Raises:
            CarrierDown: Perhaps it was not.

        """
        ...

    async def held(self, sale: str, epoch: int) -> int | None:
        """
        The last record of the newest commit held for who comes later, 0 if none is; None if nothing is ever held.

        Raises:
            CarrierDown: It does not say.

        """
        ...

    async def restore(self, sale: str, epoch: int, frames: Sequence[tuple[int, bytes]]) -> None:
        """
        Hold these commits, and nothing else.

        Raises:
            CarrierDown: Perhaps it does not.

        """
        ...


class GatewayCarrier(Protocol):
    """A gateway's end."""

    async def run(self, hear: Callable[[str, bytes], None]) -> None:
        """Hand everything that comes to ``hear(sale, frame)``, for ever; reconnects by itself. First the newest beat of each room."""
        ...

    def follow(self, sale: str, epoch: int, seq: int) -> None:
        """What comes after record ``seq`` of ``epoch`` is wanted."""
        ...

    def send(self, sale: str, frame: bytes) -> None:
        """
        Carry a letter.

        Raises:
            RoomBusy: Too many wait already.

        """
        ...
