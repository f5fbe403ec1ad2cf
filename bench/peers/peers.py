"""Who stands beside us, measured by turns in halls of each size."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from bench.faults import BenchCode, BenchFault
from bench.figures.figure import NotMeasured
from bench.figures.hall import medians
from bench.peers.brokers import BROKERS
from bench.peers.measure import SETTLE_S, Sample, Server, measure
from bench.peers.ours import Ours
from bench.peers.processes import Stuck
from bench.peers.programs import FLOOR, Missing, programs
from bench.peers.task import Task

DISPLAYS: Final = (100, 1000, 5000, 10_000)
EVENTS_MIN: Final = 5
FRAME_BYTES: Final = 1600
"""Where ours are not measured: about what a frame of ours has."""

OURS: Final = Ours()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is tried."""

    rounds: int = 3
    """How often each has his turn; the medians count."""

    messages: int = 160_000
    """About how many are delivered in a turn; so the largest halls take a few seconds as the smallest do."""

    per_s: int = 20_000
    """About how many are offered a second, all displays together: so few that nobody has to coalesce or fall behind."""

    bids: int = 1000
    """How many durable bids each."""

    settle_s: float = SETTLE_S
    """How long all is left alone before anything is sent."""


class Entrant(Protocol):
    """One who is measured."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def settings(self) -> str:
        """What it is run with."""

    def missing(self) -> str | None:
        """Why it cannot be started here, and what would install it."""

    def version(self) -> str:
        """Which version it is, where it can be started."""

    def started(self, task: Task, /) -> AbstractContextManager[Server]:
        """It runs for as long as the block lasts."""


@dataclass(slots=True)
class Row:
    """What was found of one, by the number of displays; a sample a round."""

    name: str
    settings: str
    samples: dict[int, list[Sample]] = field(default_factory=dict)
    version: str | None = None
    skipped: str | None = None

    def cost(self, displays: int) -> float:
        """Microseconds of CPU a delivered message."""
        return medians([sample.cpu_us for sample in self.samples[displays]])

    @property
    def whole(self) -> bool:
        """Whether everything it was to deliver was delivered, wherever it was measured."""
        return all(sample.delivered == sample.wanted for samples in self.samples.values() for sample in samples)

    def over(self, other: "Row | None") -> dict[int, float]:
        """How many times what ``other`` costs, where both were measured."""
        if other is None:
            return {}
        return {n: self.cost(n) / other.cost(n) for n in self.samples if n in other.samples}

    def plain(self, floor: "Row | None", ours: "Row | None") -> dict[str, Any]:
        """For programs; numbers of displays are the keys."""
        found = self.samples.items()
        ours_over = ours.over(self) if ours is not None else {}
        return {
            "name": self.name,
            "version": self.version,
            "settings": self.settings,
            "us_per_message": {str(n): round(self.cost(n), 3) for n in self.samples},
            "over_c": {str(n): round(ratio, 3) for n, ratio in self.over(floor).items()},
            "ours_over": {str(n): round(ratio, 3) for n, ratio in ours_over.items()},
            "delivered_per_s": {str(n): round(medians([each.per_s for each in samples])) for n, samples in found},
            "idle_kib": {str(n): round(medians([each.idle_kib for each in samples]), 2) for n, samples in found},
            "delivered": {str(n): sum(each.delivered for each in samples) for n, samples in found},
            "wanted": {str(n): sum(each.wanted for each in samples) for n, samples in found},
            "skipped": self.skipped,
        }


def everybody(python: str | None = None) -> tuple[Entrant, ...]:
    """We first, whose frames say how long those of the others are."""
    return (OURS, *programs(python), *BROKERS)


def chosen(names: Sequence[str], entrants: Iterable[Entrant]) -> tuple[Entrant, ...]:
    """
    Those of these names; everybody if none is given.

    Raises:
        BenchFault: There is none of that name.

    """
    by_name = {each.name: each for each in entrants}
    for name in names:
        if name not in by_name:
            raise BenchFault(BenchCode.PEER_UNKNOWN, f"{name} ({'; '.join(by_name)})")
    return tuple(each for name, each in by_name.items() if not names or name in names)


def beside(
    displays: Sequence[int], entrants: Sequence[Entrant], scale: Scale, say: Callable[[str], None] = lambda _: None
) -> list[Row]:
    """
    Measure everybody who can be started, by turns in each hall.

    Args:
        displays: How many look on.
        entrants: In the order in which they are measured; see :func:`everybody`.
        scale: How much.
        say: Told whose turn it is.

    """
    rows = {each.name: Row(each.name, each.settings, skipped=each.missing()) for each in entrants}
    able = [each for each in entrants if rows[each.name].skipped is None]
    for each in able:
        rows[each.name].version = each.version()
    for count in displays:
        size, events = FRAME_BYTES, max(EVENTS_MIN, scale.messages // count)
        for _ in range(scale.rounds):
            for entrant in able:
                row = rows[entrant.name]
                say(f"{entrant.name}, N = {count:,}")
                task = Task(count, size, events, count / scale.per_s)
                try:
                    with entrant.started(task) as server:
                        found = measure(server, task, scale.settle_s)
                except (Missing, Stuck, NotMeasured) as why:
                    row.skipped = f"N = {count:,}: {why}"
                    continue
                row.samples.setdefault(count, []).append(found)
                size = found.frame_bytes if entrant.name == OURS.name else size
    return list(rows.values())


def plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """All of them, for programs."""
    by_name = {row.name: row for row in rows}
    return [row.plain(by_name.get(FLOOR.name), by_name.get(OURS.name)) for row in rows]
