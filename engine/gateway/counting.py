"""
One sale's figures, kept in step with its hub.

Nothing is counted before somebody asks. Then the record is read from the journal a page at a time, with a rest as long after each, so
that bids never wait for more than one page; from where the hub stands on, each record is counted as it is shown. However long the
sale, a question is answered within ``WAIT_S``: with the figures, or with how far the counting has come.
"""

from typing import Any, Final

import trio

from engine.domain.auction.report import report
from engine.domain.auction.state import SalePhase
from engine.domain.auction.tally import Moment, Tally
from engine.domain.views import Audience, picture
from engine.gateway.hub import Hub
from engine.gateway.slips import Kept
from engine.journal.record import Record

PAGE: Final = 200
"""Records read at once: a few milliseconds of the journal's time."""

WAIT_S: Final = 1.0
"""So long a question waits for the counting to catch up."""

REFRESH_S: Final = 1.0
"""Figures of a running sale are made anew no more often."""


class Count:
    """The figures of the auction that ``hub`` shows and ``kept`` holds."""

    def __init__(self, hub: Hub, kept: Kept) -> None:
        self._hub, self._kept = hub, kept
        self._tally = Tally()
        self._reading = trio.Lock()
        self._made: dict[str, Any] | None = None
        self._made_at = 0.0
        hub.follow(self._take)

    async def report(self, within_s: float = WAIT_S) -> dict[str, Any]:
        """The figures as they stand, in the shape that ``engine/wire/PROTOCOL.md`` gives."""
        made = self._made
        if made is not None and (made["seq"] == self._hub.seq or trio.current_time() - self._made_at < REFRESH_S):
            return made
        counted = await self._catch_up(within_s)
        made = self._report(self._tally if counted else None)
        if counted:
            self._made, self._made_at = made, trio.current_time()
        return made

    async def records(self, of: str) -> dict[str, Any] | None:
        """The newest records behind one figure; None if no record is, or nobody may know how many there are."""
        figures = await self.report()
        group = self._tally.groups.get(of)
        if group is None or figures["bids"] is None:
            return None
        return {
            "sale": self._hub.sale,
            "of": of,
            "seq": self._tally.seq,
            "count": group.count,
            "latest": [
                {
                    "seq": moment.seq,
                    "arrived_us": moment.arrived_at // 1000,
                    "span_us": max(0, moment.recorded_at - moment.arrived_at) // 1000,
                }
                for moment in reversed(group.latest)
            ],
        }

    async def _catch_up(self, within_s: float) -> bool:
        """Count what the hub has shown. Returns whether nothing of it is left."""
        if self._tally.seq < self._hub.seq:
            with trio.move_on_after(within_s):
                async with self._reading:
                    while self._tally.seq < self._hub.seq:
                        began = trio.current_time()
                        records = (await self._kept.read(self._tally.seq, PAGE)).records
                        if not records:
                            raise AssertionError("what the hub has shown is in the journal")
                        for record in records:
                            self._take(record)
                        await trio.sleep(trio.current_time() - began)
        return self._tally.seq == self._hub.seq

    def _take(self, record: Record) -> None:
        """Count the next record; one that is not the next is counted when it is read, and none before the hub shows it."""
        if record.seq == self._tally.seq + 1 and record.seq <= self._hub.seq:
            moment = Moment(record.seq, record.arrived_at, record.recorded_at)
            self._tally.take(moment, record.command, record.outcome)  # type: ignore[arg-type]

    def _report(self, tally: Tally | None) -> dict[str, Any]:
        hub = self._hub
        parts = picture(hub.state, Audience.PUBLIC)
        sale = parts["sale"]
        return {
            "sale": hub.sale,
            "title": sale["title"],
            "phase": sale["phase"],
            "final": sale["phase"] == SalePhase.CLOSED,
            "rules": sale["rules"],
            "epoch": hub.epoch,
            "seq": hub.seq,
            "head": hub.head.hex(),
            "counted": self._tally.seq,
            **report(parts, tally),
        }
