"""
P17: of all who look at a sale, nobody is shown prices earlier than others on the whole, and who was first can be worked out.

The real broadcaster sweeps; viewers write down when it was their turn. No sockets, no clock.
"""

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

import trio
import trio.testing

from engine.domain.auction.views import Audience
from engine.gateway.audience import Gallery
from engine.gateway.broadcaster import Broadcaster, SweepSettings
from engine.gateway.outbox import Shared
from tests.nightly.telling import finish, progress, sized

EVENTS: Final = 10_000
VIEWERS: Final = 1_000
MEAN, OFF_MAX = 0.5, 0.02
RARE_SIGMAS: Final = 3.09
"""Beyond so many standard deviations lies one case in a thousand."""

FRAME: Final = b"\x81\x02{}"


class Viewer:
    """A browser that takes everything at once."""

    blocked = False

    def __init__(self, number: int, order: list[int]) -> None:
        self._number, self._order = number, order

    def send(self, data: bytes) -> int:
        self._order.append(self._number)
        return len(data)


def shown(seq: int) -> Shared:
    """A record, with a digest as records have."""
    head = hashlib.sha256(str(seq).encode()).hexdigest()
    return Shared(seq - 1, seq, head, 0, 1, {}, [], FRAME)


@dataclass
class Ranks:
    """Whose turn it was when, over many events."""

    viewers: int
    totals: list[int]
    begun_with: list[int]
    not_as_published: int = 0

    @classmethod
    def of(cls, viewers: int) -> "Ranks":
        return cls(viewers, [0] * viewers, [0] * viewers)

    def add(self, order: Sequence[int], head: str) -> None:
        """One event was shown in this ``order``."""
        for rank, number in enumerate(order):
            self.totals[number] += rank
        self.begun_with[order[0]] += 1
        first = int(head, 16) % self.viewers
        self.not_as_published += list(order) != [*range(first, self.viewers), *range(first)]

    def means(self, events: int) -> list[float]:
        """Each viewer's mean rank; 0 for always first, 1 for always last."""
        return [total / events / (self.viewers - 1) for total in self.totals]

    def chi_squared_sigmas(self, events: int) -> float:
        """How far the number of times each was first lies from even, in standard deviations (Wilson and Hilferty)."""
        even, freedom = events / self.viewers, self.viewers - 1
        chi_squared = sum((count - even) ** 2 / even for count in self.begun_with)
        spread = 2 / (9 * freedom)
        return float(((chi_squared / freedom) ** (1 / 3) - (1 - spread)) / sqrt(spread))


async def ranked(events: int, viewers: int) -> Ranks:
    """Show so many events to so many viewers."""
    order: list[int] = []
    gallery = Gallery(Audience.PUBLIC, seq=0, frames_max=1)
    members: dict[Any, Any] = gallery.members
    for number in range(viewers):
        viewer = Viewer(number, order)
        members[viewer] = viewer.send
    broadcaster, ranks = Broadcaster(SweepSettings()), Ranks.of(viewers)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(broadcaster.run)
        for seq in range(1, events + 1):
            one = shown(seq)
            broadcaster.offer(gallery, one)
            await trio.testing.wait_all_tasks_blocked()
            ranks.add(order, one.head)
            order.clear()
            if not seq % 1000:
                progress(f"{seq} events to {viewers} viewers")
        nursery.cancel_scope.cancel()
    return ranks


def tried(events: int, viewers: int) -> dict[str, Any]:
    """The figures."""
    ranks = trio.run(ranked, events, viewers, clock=trio.testing.MockClock(autojump_threshold=0))
    means = ranks.means(events)
    return {
        "events": events,
        "viewers": viewers,
        "least_mean_rank": round(min(means), 4),
        "greatest_mean_rank": round(max(means), 4),
        "first_served_sigmas": round(ranks.chi_squared_sigmas(events), 2),
        "not_as_published": ranks.not_as_published,
    }


def fair(figures: dict[str, Any]) -> bool:
    """Whether every viewer's mean rank is near the middle, and the order is the one anybody works out."""
    return (
        MEAN - OFF_MAX <= figures["least_mean_rank"] <= figures["greatest_mean_rank"] <= MEAN + OFF_MAX
        and figures["first_served_sigmas"] < RARE_SIGMAS
        and not figures["not_as_published"]
    )


def main(arguments: Sequence[str]) -> int:
    events = max(2_000, sized("tests.gateway.fairness", EVENTS, arguments))
    figures = tried(events, VIEWERS)
    return finish(["P17"], figures, passed=fair(figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
