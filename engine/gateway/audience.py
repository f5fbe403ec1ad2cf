"""Those who see the same bytes: who they are, and the frames that let one of them catch up."""

from collections import deque
from collections.abc import Callable
from typing import Any

from engine.domain.proceeding import Event, State
from engine.domain.views import Audience, changed, told
from engine.gateway.connection import Connection
from engine.gateway.outbox import Shared, shared
from engine.journal.record import Record


class Gallery:
    """One audience of one sale."""

    def __init__(self, audience: Audience, *, seq: int, frames_max: int) -> None:
        self.audience = audience
        self.members: dict[Connection, Callable[[bytes], int]] = {}
        """Each member with the function that writes to its socket."""

        self._frames: deque[Shared] = deque(maxlen=frames_max)
        self._newest = seq
        self._oldest = seq

    def frame(self, state: State, record: Record, events: tuple[Event, ...]) -> Shared | None:
        """What ``record``, already applied, looks like from here; None if nothing changes for this audience."""
        parts = changed(state, events, self.audience)
        heard = told(state, events, self.audience)
        return self.make(record, parts, heard) if parts or heard else None

    def make(self, record: Record, parts: dict[str, Any], heard: list[dict[str, Any]]) -> Shared:
        """The frame of all that changed up to ``record`` since the last one."""
        one = shared(
            prev=self._newest,
            seq=record.seq,
            head=record.digest.hex(),
            at_us=record.recorded_at // 1000,
            epoch=record.epoch,
            parts=parts,
            events=heard,
        )
        self._keep(one)
        return one

    def share(self, one: Shared | None) -> Shared | None:
        """Take over a frame made for an audience that sees the same, if there is one."""
        return None if one is None else self.take(one)

    def take(self, one: Shared) -> Shared:
        """Take over a frame made for an audience that sees the same."""
        self._keep(one)
        return one

    def _keep(self, one: Shared) -> None:
        if len(self._frames) == self._frames.maxlen:
            self._oldest = self._frames[0].seq
        self._frames.append(one)
        self._newest = one.seq

    def since(self, seq: int) -> list[Shared] | None:
        """The frames a viewer who has read up to ``seq`` lacks; None if they are no longer at hand."""
        if seq < self._oldest:
            return None
        return [one for one in self._frames if one.seq > seq]
