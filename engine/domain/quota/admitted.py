"""Who may make offers, as runs of paddles: a hundred thousand of them cost little to hold and nothing to look one up."""

from bisect import bisect_right, insort
from collections.abc import Iterable

from engine.domain.quota.commands import Run
from engine.domain.quota.sums import Fingerprints
from engine.domain.units import PaddleNo


class Admitted:
    """Every admitted paddle with its class."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        """Ascending; runs do not overlap."""

        self._runs: dict[int, tuple[int, str]] = {}
        """Last paddle and class, by the first one."""

        self._count = 0
        self._prints = Fingerprints()

    def __len__(self) -> int:
        """How many paddles were admitted."""
        return self._count

    def class_of(self, paddle: PaddleNo) -> str | None:
        """In which class ``paddle`` offers; None if it was not admitted."""
        at = bisect_right(self._firsts, paddle)
        if not at:
            return None
        last, name = self._runs[self._firsts[at - 1]]
        return name if paddle <= last else None

    def clash(self, runs: Iterable[Run]) -> Run | None:
        """The first of ``runs`` that is none, holds an admitted paddle, or one of another run; None if there is none."""
        before = 0
        for run in sorted(runs, key=lambda run: (run.first, run.last)):
            at = bisect_right(self._firsts, run.last)
            taken = at and self._runs[self._firsts[at - 1]][0] >= run.first
            if run.last < run.first or run.first <= before or taken:
                return run
            before = run.last
        return None

    def admit(self, name: str, runs: Iterable[Run]) -> None:
        """Let the paddles of ``runs``, none of which is admitted, offer in class ``name``."""
        for run in runs:
            insort(self._firsts, run.first)
            self._runs[run.first] = run.last, name
            self._count += run.last - run.first + 1
            self._prints.add(f"{run.first} {run.last} {name}")

    def digest(self) -> str:
        """Of every run, 64 hexadecimal digits, without going through them."""
        return self._prints.digest()

    def fork(self) -> "Admitted":
        """The same, to go on by itself."""
        other = Admitted()
        other._firsts, other._runs = self._firsts.copy(), self._runs.copy()
        other._count, other._prints = self._count, self._prints.fork()
        return other
