"""
How watchers see a sale in which thousands of offers come a second: whole, but only a few times a second.

Between two beats nothing is made for anybody: only the names of the parts that changed are noted. What is said to all and changes
rarely (a round begins, the sale rests) does not wait for the beat. When the house has too much to do, beats are left out for those
who watch before anything else suffers, and the picture says so (``feed.incomplete``). Answers are no business of this file: each
goes to its asker, at once and alone.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from engine.domain.proceeding import Event, State
from engine.domain.views import Audience, parts, told, touched
from engine.gateway.audience import Gallery
from engine.gateway.outbox import EVENTS_KEPT, Shared
from engine.journal.record import Record

FEED: Final = "feed"


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """How often watchers of a quota sale are shown it."""

    every_s: float = 0.25
    """A beat: all that changed since the last one goes out as one frame."""

    shed_waiting: int = 1024
    """While more commands than this wait for their answer, beats are left out for watchers."""

    shed_s_max: float = 5.0
    """But never for longer than this."""


class Pace:
    """What has changed since the last beat, and for whom beats were left out."""

    def __init__(
        self,
        galleries: Mapping[Audience, Gallery],
        settings: PaceSettings,
        offer: Callable[[Gallery, Shared], None],
        now: Callable[[], float],
    ) -> None:
        self._galleries, self._settings, self._offer, self._now = galleries, settings, offer, now
        self._names: dict[Audience, dict[str, None]] = {audience: {} for audience in galleries}
        self._heard: dict[Audience, deque[dict[str, Any]]] = {
            audience: deque(maxlen=EVENTS_KEPT) for audience in galleries
        }
        self._last: Record | None = None
        self._urgent = False
        self._sent_at = now()
        self._skipped = 0
        self._left_out = 0
        self._incomplete = False

    def feed(self) -> dict[str, Any]:
        """The part that says how current the picture is."""
        every_ms = round(self._settings.every_s * 1000)
        return {"every_ms": every_ms, "incomplete": self._incomplete, "left_out": self._left_out}

    def take(self, state: State, record: Record, events: tuple[Event, ...]) -> None:
        """``record``, already applied, is to be shown with the next beat."""
        self._last = record
        for audience in self._galleries:
            self._names[audience].update(dict.fromkeys(touched(state, events, audience)))  # type: ignore[arg-type]
            heard = told(state, events, audience)
            self._heard[audience].extend(heard)
            self._urgent = self._urgent or bool(heard)

    def settle(self, state: State) -> None:
        """A batch has been taken: what cannot wait for the beat goes out, with all that came before it."""
        if self._urgent:
            self._urgent = False
            self._show(state, tuple(self._galleries))

    def beat(self, state: State, *, waiting: int, busy: bool) -> None:
        """
        Show what changed since the last beat.

        Args:
            state: The sale.
            waiting: How many commands wait for their answer.
            busy: Whether the last frames have not gone out to everybody yet.

        """
        overloaded = busy or waiting > self._settings.shed_waiting
        if overloaded and self._now() - self._sent_at < self._settings.shed_s_max:
            if self._names[Audience.PUBLIC]:
                self._skipped += 1
                self._left_out += 1
            self._show(state, (Audience.ROSTRUM,))
        else:
            self._show(state, tuple(self._galleries))

    def _show(self, state: State, audiences: tuple[Audience, ...]) -> None:
        record = self._last
        if record is None:
            return
        watched = Audience.PUBLIC in audiences
        was, self._incomplete = self._incomplete, bool(self._skipped) if watched else self._incomplete
        for audience in audiences:
            names, self._names[audience] = self._names[audience], {}
            heard = [*self._heard[audience]]
            self._heard[audience].clear()
            made = parts(state, names, audience)  # type: ignore[arg-type]
            if audience is not Audience.ROSTRUM and self._incomplete != was:
                made[FEED] = self.feed()
            if made or heard:
                gallery = self._galleries[audience]
                self._offer(gallery, gallery.make(record, made, heard))
        if watched:
            self._skipped = 0
            self._sent_at = self._now()
