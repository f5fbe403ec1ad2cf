"""The whole comparison: halls of each size, and the durable bid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.faults import BenchCode, BenchFault
from bench.house import share_cores
from bench.machine import machine, place_for
from bench.peers.durable import Trips, auctions, round_trips
from bench.peers.peers import DISPLAYS, Row, Scale, beside, chosen, everybody, plain


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found."""

    rows: Sequence[Row]
    trips: Sequence[Trips]
    machine: dict[str, Any]

    @property
    def whole(self) -> bool:
        """Whether everybody who was measured delivered everything, and kept what he had acknowledged."""
        return all(row.whole for row in self.rows) and all(trips.whole for trips in self.trips)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "machine": self.machine,
            "peers": plain(self.rows),
            "bids": [each.plain() for each in self.trips],
            "whole": self.whole,
        }


def compare(
    displays: Sequence[int], only: Sequence[str], python: str | None, scale: Scale, say: Callable[[str], None]
) -> Comparison:
    """
    Measure everybody, or those of these names; the durable bid too, if everybody is meant.

    Raises:
        BenchFault: There is no such peer, our own house did not start, or nobody could be measured.

    """
    entrants = chosen(only, everybody(python))
    about = machine(share_cores())
    rows = beside(sorted(displays or DISPLAYS), entrants, scale, say)
    if not any(row.samples for row in rows):
        raise BenchFault(BenchCode.NO_PEER_MEASURED, "; ".join(f"{row.name}: {row.skipped}" for row in rows))
    trips = []
    if not only:
        say("durable bids")
        with place_for(None) as folder:
            trips = round_trips(folder, auctions(python), scale.bids)
    return Comparison(rows, trips, about)
