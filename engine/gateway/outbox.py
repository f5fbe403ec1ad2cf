"""
What a browser that cannot take it now has coming.

Private frames (answers, the bidder's own part, notices) wait in order and are never dropped. Shared frames are conflated: however
far behind the browser is, it gets one frame with the newest of each part.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from engine.gateway.frames import frame

EVENTS_KEPT: Final = 16
"""How many of the latest events a conflated frame still tells."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One record as one audience sees it; ``ready`` is the frame, made once for all."""

    prev: int
    """The seq of the shared frame before this one: between them nothing changed for this audience."""

    seq: int
    head: str
    at_us: int
    epoch: int
    parts: dict[str, Any]
    events: list[dict[str, Any]]
    ready: bytes


def shared(  # noqa: PLR0913 - a frame has these fields
    *, prev: int, seq: int, head: str, at_us: int, epoch: int, parts: dict[str, Any], events: list[dict[str, Any]]
) -> Shared:
    """The shared frame of one record."""
    ready = frame("record", prev=prev, seq=seq, head=head, at_us=at_us, epoch=epoch, parts=parts, events=events)
    return Shared(prev, seq, head, at_us, epoch, parts, events, ready)


class Conflation:
    """Shared frames that could not be sent, as one: the newest of each part."""

    def __init__(self, first: Shared) -> None:
        self._prev = first.prev
        self._last = first
        self._count = 1
        self._parts = dict(first.parts)
        self._events = deque(first.events, EVENTS_KEPT)

    def add(self, one: Shared) -> None:
        """Take up the frame that follows."""
        self._last = one
        self._count += 1
        self._parts.update(one.parts)
        self._events.extend(one.events)

    def shared(self) -> Shared:
        """The one frame."""
        last = self._last
        if self._count == 1:
            return last
        return shared(
            prev=self._prev,
            seq=last.seq,
            head=last.head,
            at_us=last.at_us,
            epoch=last.epoch,
            parts=self._parts,
            events=list(self._events),
        )


def conflated(frames: Iterable[Shared]) -> Conflation:
    """One frame for all of ``frames``, at least one, which follow each other."""
    first, *others = frames
    one = Conflation(first)
    for other in others:
        one.add(other)
    return one


class OutboxFull(Exception):
    """More private frames wait than a connection may have."""


class Outbox:
    """Bytes on their way to one browser. Holds no socket: it is told what the socket took."""

    __slots__ = ("_behind", "_bytes", "_private_bytes_max", "_size", "_uncounted")

    def __init__(self, private_bytes_max: int) -> None:
        self._bytes: list[bytes] = []  # Nearly always empty, and then a tenth of an empty deque.
        self._size = 0
        self._uncounted = 0
        self._private_bytes_max = private_bytes_max
        self._behind: Conflation | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not self._bytes and self._behind is None

    @property
    def size(self) -> int:
        """Bytes that wait, without what is conflated."""
        return self._size

    def private(self, data: bytes) -> None:
        """
        Let ``data`` wait its turn. What is conflated goes before it: it tells of earlier records.

        Raises:
            OutboxFull: The limit is reached.

        """
        self._settle()
        if self._size - self._uncounted + len(data) > self._private_bytes_max and self._bytes:
            raise OutboxFull
        self._push(data)

    def bulk(self, data: bytes) -> None:
        """Let a picture or what a viewer missed wait its turn. It comes once, however long, and counts against no limit."""
        self._settle()
        self._push(data)
        self._uncounted += len(data)

    def rest(self, data: bytes) -> None:
        """Let the rest of a frame that was begun go first of all."""
        self._bytes.insert(0, data)
        self._size += len(data)

    def fall_behind(self, frames: Iterable[Shared]) -> None:
        """Shared frames came that cannot be sent now."""
        for one in frames:
            if self._behind is None:
                self._behind = Conflation(one)
            else:
                self._behind.add(one)

    def next(self) -> bytes | None:
        """The bytes to send next, or None."""
        if not self._bytes:
            self._settle()
        return self._bytes[0] if self._bytes else None

    def took(self, count: int) -> None:
        """The socket took ``count`` bytes of :meth:`next`."""
        first = self._bytes[0]
        self._size -= count
        if count < len(first):
            self._bytes[0] = first[count:]
        else:
            del self._bytes[0]
        self._uncounted = min(self._uncounted, self._size)

    def _settle(self) -> None:
        if self._behind is not None:
            ready, self._behind = self._behind.shared().ready, None
            self._push(ready)

    def _push(self, data: bytes) -> None:
        self._bytes.append(data)
        self._size += len(data)
