"""Who comes to the demo: robots that hold the sales and bid, and watchers, spread over the gateways."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import trio

from clients.robots.pace import Pace
from clients.robots.play import Progress, hold
from clients.robots.robot import Robot, closed
from clients.socket import connect
from engine.cluster_demo.ledger import Ledger
from engine.demo_cast import rostrum_cast
from engine.domain.parties import Principal, Role, role_of
from engine.notice import Notice


class Eager(random.Random):
    """Dice of a client that comes back ten times as soon as others: what is killed here is back in seconds."""

    def uniform(self, a: float, b: float) -> float:
        """A tenth of it."""
        return super().uniform(a, b) / 10


@dataclass
class Lots:
    """How many lots have ended."""

    ended: int = 0
    _more: trio.Event = field(default_factory=trio.Event)

    def one_more(self) -> None:
        """Another lot has ended."""
        self.ended += 1
        self._more.set()
        self._more = trio.Event()

    async def reach(self, ended: int) -> None:
        """Return when so many have."""
        while self.ended < ended:
            await self._more.wait()


@dataclass
class People:
    """The people of one sale."""

    notice: Notice
    cast: Mapping[Principal, Robot]
    doors: Mapping[Principal, str]
    tokens: Mapping[Principal, str]
    seed: int
    ledger: Ledger

    async def hold(self, on_progress: Callable[[Progress], object] = lambda _: None) -> None:
        """Hold the sale to its end."""
        noted = {by: self.ledger.of(by, robot) for by, robot in self.cast.items()}
        await hold(
            self.doors,
            self.notice.sale,
            noted,
            self.tokens,
            seed=self.seed,
            dice=Eager,
            on_progress=on_progress,
        )


def people(  # noqa: PLR0913, PLR0917 - what a sale's people need
    notice: Notice, prices: str, pace: Pace, seed: int, urls: Sequence[str], token: Callable[[Principal], str]
) -> People:
    """
    The people of a sale, one after the other at each of ``urls``. The auctioneer is at the first.

    Args:
        notice: The sale.
        prices: File of the demo with the price of each lot.
        pace: How fast they are.
        seed: Decides what they bid.
        urls: The gateways.
        token: Makes one for each.

    """
    cast = rostrum_cast(notice, pace, seed, prices)
    order = sorted(cast, key=lambda by: (role_of(by) != Role.AUCTIONEER, by))
    doors = {by: urls[nth % len(urls)] for nth, by in enumerate(order)}
    return People(notice, cast, doors, {by: token(by) for by in cast}, seed, Ledger())


@dataclass
class Watcher:
    """Somebody of the public at one gateway."""

    url: str
    sale: str
    seed: str
    figures: Any = None
    """What was shown at the close; None before."""

    async def watch(self) -> None:
        """Look until the sale is closed."""
        async with connect(self.url, self.sale, rng=Eager(self.seed)) as room:
            await room.until(closed)
            self.figures = room.parts["figures"]
