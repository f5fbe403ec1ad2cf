"""
The tail: what has been kept, as it is kept. Everything outside the room follows it, and sees nothing else.

It holds the newest batches in memory; older records are read from the journal.
"""

from collections import deque
from dataclasses import dataclass

import trio

from engine.domain.proceeding import State
from engine.journal.asking import Answer
from engine.journal.commit import Commit
from engine.journal.record import Record


class TailLost(Exception):
    """A follower was so slow that batches it had not seen are gone. It must take a new picture."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the record stood when a follower began."""

    state: State | None
    """The follower's own copy: it applies what comes."""

    seq: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What the clerk finished at once: records, their commit, and an answer for every slip."""

    records: tuple[Record, ...]

    commit: Commit | None
    """None if nothing new was recorded."""

    answers: tuple[tuple[object, Answer], ...]
    """The slips handed in with the commands, each with its answer."""


class Tail:
    """
    The newest batches of one room.

    Args:
        records_max: How many records they hold together; a batch that holds none counts as one. The newest is there in any case.

    """

    def __init__(self, *, records_max: int) -> None:
        self._batches: deque[Batch] = deque()
        self._records, self._records_max = 0, records_max
        self._count = 0
        self._news = trio.Event()
        self._end: BaseException | None = None

    @property
    def count(self) -> int:
        """How many batches there have been."""
        return self._count

    def publish(self, batch: Batch) -> None:
        """Let everybody see ``batch``, which is kept."""
        self._batches.append(batch)
        self._count += 1
        self._records += _weight(batch)
        while self._records > self._records_max and len(self._batches) > 1:
            self._records -= _weight(self._batches.popleft())
        self._wake()

    def stop(self, fault: BaseException) -> None:
        """There will be no more: the room stopped for ``fault``."""
        self._end = fault
        self._wake()

    async def after(self, count: int) -> list[Batch]:
        """
        Wait for batches beyond the first ``count``, and return all there are.

        Raises:
            TailLost: Some of them are gone.
            JournalFault: The room stopped.

        """
        while self._count <= count:
            if self._end is not None:
                raise self._end
            await self._news.wait()
        missed = self._count - count
        if missed > len(self._batches):
            raise TailLost
        held = len(self._batches)
        return [self._batches[at] for at in range(held - missed, held)]

    def _wake(self) -> None:
        self._news.set()
        self._news = trio.Event()


def _weight(batch: Batch) -> int:
    return max(1, len(batch.records))
