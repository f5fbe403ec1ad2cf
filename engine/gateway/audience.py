"""Those who see the same bytes: who they are, and the frames that let one of them catch up."""

from collections import deque
from collections.abc import Callable
from typing import Any

from engine.domain.proceeding import Event, State
from engine.domain.views import Audience, changed, told
from engine.gateway.connection import Connection
from engine.gateway.outbox import Shared, shared
from engine.gateway.standpoint import Place
from engine.journal.record import Record


class Gallery:
    """One audience of one sale."""

    def __init__(self, audience: Audience, *, seq: int, frames_max: int) -> None:
        self.audience = audience
        self.members: dict[Connection, Callable[[bytes], int]] = {}
        """Each member with the function that writes to its socket."""

        self._frames: deque[Shared] = deque(maxlen=frames_max)
        self.newest = seq
        """The last record shown."""

        self._oldest = seq

    def frame(self, state: State, scene: "Scene") -> Shared | None:
        """What the records of ``scene``, all applied, look like from here; None if nothing changes for this audience."""
        if scene.last is None:
            return None
        return self.make(scene.last, changed(state, scene.events, self.audience), scene.heard)

    def make(self, record: Record | Place, parts: dict[str, Any], heard: list[dict[str, Any]]) -> Shared:
        """The frame of all that changed up to ``record`` since the last one."""
        one = shared(
            prev=self.newest,
            seq=record.seq,
            head=record.digest.hex(),
            at_us=record.recorded_at // 1000,
            epoch=record.epoch,
            parts=parts,
            events=heard,
        )
        self._keep(one)
        return one

    def take(self, one: Shared) -> Shared:
        """Take over a frame made for an audience that sees the same."""
        self._keep(one)
        return one

    def _keep(self, one: Shared) -> None:
        if len(self._frames) == self._frames.maxlen:
            self._oldest = self._frames[0].seq
        self._frames.append(one)
        self.newest = one.seq

    def since(self, seq: int) -> list[Shared] | None:
        """The frames a viewer who has read up to ``seq`` lacks; None if they are no longer at hand."""
        if seq < self._oldest:
            return None
        return [one for one in self._frames if one.seq > seq]


class Scene:
    """
    The records of one commit, as one audience sees them.

    Kept together, they are shown together: of each part how it stands in the end, made once, and all that was heard on the way.
    """

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.events: list[Event] = []
        self.heard: list[dict[str, Any]] = []
        self.last: Place | Record | None = None
        """Where those stand who are shown the last of it."""

        self.alike = True
        """Whether all of it is just what another audience sees."""

    def add(
        self, state: State, place: Place | Record, events: tuple[Event, ...], heard: list[dict[str, Any]] | None = None
    ) -> list[dict[str, Any]]:
        """
        Take up what happened, just applied.

        Args:
            state: The sale after it.
            place: Where who is shown it stands.
            events: What happened.
            heard: What another audience that sees the same heard of it.

        Returns:
            What this audience hears of it.

        """
        if heard is None:
            self.alike = False
            heard = told(state, events, self.audience)
        if heard or changed(state, events, self.audience):
            self.last = place
            self.events += events
            self.heard += heard
        return heard
