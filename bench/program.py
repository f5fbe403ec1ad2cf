"""What is bid for and what the auctioneer does meanwhile: one lot for the whole run, or one's own catalogue lot by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import trio

from bench.house import LOT, amount_fen
from bench.scenario import Scenario
from bench.schedule import Bid, due_times, pieces, turns
from clients import Room
from engine.domain.units import PaddleNo


class Program(Protocol):
    """A run's plan, and its auctioneer."""

    @property
    def bids(self) -> Sequence[Bid]:
        """Every bid of the run, in the order of their instants."""
        ...

    @property
    def paddles(self) -> Sequence[int]:
        """Whose links there are."""
        ...

    @property
    def seconds(self) -> float:
        """How long bids are made."""
        ...

    @property
    def tell_seen(self) -> bool:
        """Whether the hammer waits until bidders were shown the price."""
        ...

    async def open(self, rostrum: Room) -> None:
        """Before the first bid is due."""
        ...

    async def conduct(self, rostrum: Room, begin_s: float) -> None:
        """While bids are made; ``begin_s`` is when they begin, on trio's clock. May go on after the last one."""
        ...

    async def close(self, rostrum: Room) -> int:
        """Do one thing everybody must be shown. The number of its record."""
        ...


@dataclass(frozen=True, slots=True)
class OneLot:
    """The sale made for the load: one lot with small steps, on the block until the end."""

    bids: Sequence[Bid]
    paddles: Sequence[int]
    seconds: float
    tell_seen: bool = False

    @classmethod
    def of(cls, scenario: Scenario) -> "OneLot":
        """Bid *k* offers the opening price and *k* steps, by the next paddle in turn."""
        order = turns(scenario.bidders, scenario.seed)
        due = due_times(pieces(scenario), steady=scenario.steady, seed=scenario.seed + 2)
        bids = [Bid(at, k, order[k % len(order)] + 1, LOT, amount_fen(k)) for k, at in enumerate(due)]
        return cls(bids, range(1, scenario.bidders + 1), scenario.seconds)

    async def open(self, rostrum: Room) -> None:
        """Open the sale and put the lot on the block."""
        (await rostrum.open_sale()).or_raise()
        (await rostrum.open_lot(LOT)).or_raise()

    async def conduct(self, rostrum: Room, begin_s: float) -> None:
        """Nothing: the lot stays on the block."""
        await trio.lowlevel.checkpoint()

    async def close(self, rostrum: Room) -> int:
        """Stop the bidding: a record that everybody is told of."""
        outcome = (await rostrum.suspend("压力测试结束 The load test is over")).or_raise()
        assert outcome.seq is not None
        return outcome.seq


def share(bids: Sequence[Bid], paddles: frozenset[PaddleNo]) -> Iterator[Bid]:
    """The bids of these paddles."""
    return (bid for bid in bids if bid.paddle in paddles)
