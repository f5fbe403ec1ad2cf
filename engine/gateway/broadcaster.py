"""
Carries shared frames to everybody who may see them.

What came since the last sweep goes out in one write per browser. A sweep yields every few hundred browsers, so that answers need not
wait for it, and its own duration is the tick: an idle hall is shown a bid at once, a busy one in as few writes as it can take.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import trio

from engine.gateway.audience import Gallery
from engine.gateway.connection import Connection
from engine.gateway.outbox import Shared, conflated


def first_served(head: str, viewers: int) -> int:
    """
    With which of so many viewers, counted from 0 in the order in which they came, a sweep begins.

    Nobody is always first, and nobody chooses who is: a record's digest is drawn anew with each record, and published.

    Args:
        head: The digest of the last record the sweep shows, in hex.
        viewers: How many are shown it.

    """
    return int(head, 16) % viewers if viewers else 0


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """How shared frames go out."""

    chunk: int = 256
    """Browsers written to before other tasks get their turn."""

    sweep_bytes_max: int = 48 * 1024
    """More than this since the last sweep is conflated for everybody: the newest of each part."""

    rest_ratio: float = 1.0
    """Rest for this share of the time that sweeps take, so that bids get the other half of the processor."""

    rest_from_s: float = 0.002
    """So much rest may be owed before it is taken: pauses between sweeps pay it off, and to rest costs as much as a small sweep."""


class Rest:
    """How much rest sweeps owe to everybody else."""

    def __init__(self, settings: SweepSettings) -> None:
        self._settings = settings
        self._owed_s = 0.0

    def due(self, idle_s: float, took_s: float) -> float:
        """A sweep that took ``took_s`` is over, ``idle_s`` after the one before: how long to rest now."""
        self._owed_s = max(0.0, self._owed_s - idle_s) + took_s * self._settings.rest_ratio
        return self._owed_s if self._owed_s >= self._settings.rest_from_s else 0.0


class Broadcaster:
    """The sweeps of one sale."""

    def __init__(self, settings: SweepSettings, on_sweep: Callable[[float], None] = lambda _seconds: None) -> None:
        self._settings = settings
        self._on_sweep = on_sweep
        self._waiting: dict[Gallery, list[Shared]] = {}
        self._last: tuple[bytes, Callable[[Connection], None]] = b"", _nobody
        self._something = trio.Event()
        self._sweeping = False
        self._unyielded = 0
        """Browsers written to since other tasks had their turn."""

    @property
    def busy(self) -> bool:
        """Whether something offered has not gone out to everybody yet."""
        return self._sweeping or bool(self._waiting)

    def offer(self, gallery: Gallery, frame: Shared) -> None:
        """Let ``frame`` go out with the next sweep."""
        self._waiting.setdefault(gallery, []).append(frame)
        self._something.set()

    def close_with(self, galleries: Iterable[Gallery], last: bytes, missed: Callable[[Connection], None]) -> None:
        """
        Let the frame ``last`` go out behind all else in the next sweep, to everybody, in the same write.

        Args:
            galleries: All there are.
            last: The frame; one that is still waiting is replaced.
            missed: Called for each who could not take it.

        """
        for gallery in galleries:
            self._waiting.setdefault(gallery, [])
        self._last = last, missed
        self._something.set()

    async def run(self) -> None:
        """Sweep for ever."""
        rest, ended = Rest(self._settings), trio.current_time()
        while True:
            await self._something.wait()
            await trio.lowlevel.checkpoint()  # What comes of the same commit goes with it.
            self._something = trio.Event()
            waiting, self._waiting = self._waiting, {}
            last, self._last = self._last, (b"", _nobody)
            began = trio.current_time()
            self._sweeping = True
            for gallery in sorted(waiting, key=lambda gallery: len(gallery.members)):
                await self._sweep(gallery, waiting[gallery], *last)
            self._sweeping, self._unyielded = False, 0
            idle, ended = began - ended, trio.current_time()
            self._on_sweep(ended - began)
            if due := rest.due(idle, ended - began):
                await trio.sleep(due)

    async def _sweep(
        self, gallery: Gallery, frames: Sequence[Shared], last: bytes, missed: Callable[[Connection], None]
    ) -> None:
        if sum(len(one.ready) for one in frames) > self._settings.sweep_bytes_max:
            frames = (conflated(frames).shared(),)
        data = b"".join(one.ready for one in frames) + last
        members = list(gallery.members.items())
        first = first_served(frames[-1].head, len(members)) if frames else 0
        members = members[first:] + members[:first]
        chunk = self._settings.chunk
        for at in range(0, len(members), chunk):
            few = members[at : at + chunk]
            for connection in _write(few, data, frames):
                if last:
                    missed(connection)
            self._unyielded += len(few)
            if self._unyielded >= chunk:
                self._unyielded = 0
                await trio.lowlevel.checkpoint()


def _write(
    members: Sequence[tuple[Connection, Callable[[bytes], int]]], data: bytes, frames: Sequence[Shared]
) -> Sequence[Connection]:
    """Those who could not take all of ``frames``, and so nothing of what comes behind them."""
    size, behind = len(data), []
    for connection, send in members:
        if connection.blocked:
            connection.fall_behind(frames)
            behind.append(connection)
            continue
        try:
            sent = send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            connection.drop()
            continue
        if sent != size and not connection.cut(sent, frames, data):
            behind.append(connection)
    return behind


def _nobody(_connection: Connection) -> None:
    pass
