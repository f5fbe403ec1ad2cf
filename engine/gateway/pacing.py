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

from engine.domain.proceeding import Event
from engine.domain.quota.state import QuotaSale
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
    """
    What has changed since the last beat, and for whom beats were left out.

    Public and bidders see the same: one frame is made for both.
    """

    def __init__(
        self,
        galleries: Mapping[Audience, Gallery],
        settings: PaceSettings,
        offer: Callable[[Gallery, Shared], None],
        now: Callable[[], float],
    ) -> None:
        self._galleries, self._settings, self._offer, self._now = galleries, settings, offer, now
        self._waits = {audience: Waiting() for audience in (Audience.PUBLIC, Audience.ROSTRUM)}
        self._last: Record | None = None
        self._urgent = False
        self._sent_at = now()
        self._skipped = 0
        self._left_out = 0
        self._incomplete = False
        self._told = self.feed()

    def feed(self) -> dict[str, Any]:
        """The part that says how current the picture is."""
        every_ms = round(self._settings.every_s * 1000)
        return {"every_ms": every_ms, "incomplete": self._incomplete, "left_out": self._left_out}

    def take(self, state: QuotaSale, record: Record, events: tuple[Event, ...]) -> None:
        """``record``, already applied, is to be shown with the next beat."""
        self._last = record
        for audience, waiting in self._waits.items():
            waiting.names.update(dict.fromkeys(touched(state, events, audience)))
            heard = told(state, events, audience)
            if heard:
                waiting.heard.extend(heard)
                self._urgent = True

    def settle(self, state: QuotaSale) -> None:
        """A batch has been taken: what cannot wait for the beat goes out, with all that came before it."""
        if self._urgent:
            self._urgent = False
            self._show_watchers(state)
            self._show_officers(state)

    def beat(self, state: QuotaSale, *, waiting: int, busy: bool) -> None:
        """
        Show what changed since the last beat.

        Args:
            state: The sale.
            waiting: How many commands wait for their answer.
            busy: Whether the last frames have not gone out to everybody yet.

        """
        overloaded = busy or waiting > self._settings.shed_waiting
        if not overloaded or self._now() - self._sent_at >= self._settings.shed_s_max:
            self._show_watchers(state)
        elif self._waits[Audience.PUBLIC].names:
            self._skipped += 1
            self._left_out += 1
        self._show_officers(state)

    def _show_watchers(self, state: QuotaSale) -> None:
        self._incomplete = self._skipped > 0
        feed = self.feed()
        one = self._frame(state, Audience.PUBLIC, {FEED: feed} if feed != self._told else {})
        self._told = feed
        if one is not None:
            other = self._galleries[Audience.BIDDER]
            self._offer(self._galleries[Audience.PUBLIC], one)
            self._offer(other, other.take(one))
        self._skipped = 0
        self._sent_at = self._now()

    def _show_officers(self, state: QuotaSale) -> None:
        one = self._frame(state, Audience.ROSTRUM, {})
        if one is not None:
            self._offer(self._galleries[Audience.ROSTRUM], one)

    def _frame(self, state: QuotaSale, audience: Audience, more: dict[str, Any]) -> Shared | None:
        names, heard = self._waits[audience].empty()
        made = {**parts(state, names, audience), **more}
        if self._last is None or not (made or heard):
            return None
        return self._galleries[audience].make(self._last, made, heard)


class Waiting:
    """What one audience has not been shown yet: the names of parts, and the latest of what happened."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.heard: deque[dict[str, Any]] = deque(maxlen=EVENTS_KEPT)

    def empty(self) -> tuple[list[str], list[dict[str, Any]]]:
        """All of it, which then waits no longer."""
        names, heard = [*self.names], [*self.heard]
        self.names.clear()
        self.heard.clear()
        return names, heard
