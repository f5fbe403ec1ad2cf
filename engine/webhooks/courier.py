"""
Brings one endpoint the messages of one sale, in order, each at least once.

The queue is the journal: the courier follows the tail like everything outside the room, and keeps in a small file how far it came.
It asks nothing of the clerk: while an endpoint does not answer the sale goes on, and what the tail no longer holds is read from the
journal, a page at a time and with a rest after each.
"""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import trio

from engine.domain.proceeding import Announcement
from engine.journal.base import Pages
from engine.journal.faults import JournalFault
from engine.journal.record import Record
from engine.journal.tail import Tail, TailLost
from engine.webhooks.message import Message, Subject, messages, subject
from engine.webhooks.position import Position, PositionFile
from engine.webhooks.post import NotDelivered
from engine.webhooks.settings import Endpoint, WebhookSettings

PAGE: Final = 200
"""Records read at once: a few milliseconds of the journal's time."""

REST_S: Final = 0.02
KEEP_EVERY: Final = 5_000
"""So many records in which nothing was told may be read again after a restart."""


class Line(Protocol):
    """What a courier needs of a room; see :class:`engine.journal.line.Line`."""

    @property
    def tail(self) -> Tail:
        """What the room has kept, as it is kept."""
        ...

    async def read(self, after: int, limit: int) -> Pages:
        """What it kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One endpoint, and what it is sent with."""

    endpoint: Endpoint
    settings: WebhookSettings
    post: Callable[[Endpoint, Message], Awaitable[None]]
    dice: random.Random
    """For the wait between attempts only."""

    places: trio.CapacityLimiter
    given_up: Callable[[str, Message, int, str], object]
    """Told of host, message, attempts and why, when a message is given up."""

    async def deliver(self, message: Message) -> None:
        """Try until it is taken, or given up."""
        for attempt in range(1, self.settings.attempts_max + 1):
            try:
                async with self.places:
                    await self.post(self.endpoint, message)
                return
            except NotDelivered as failed:
                if attempt == self.settings.attempts_max:
                    self.given_up(self.endpoint.host, message, attempt, failed.why)
                    return
            await trio.sleep(self.wait_s(attempt))

    def wait_s(self, attempt: int) -> float:
        """How long to wait after the ``attempt``-th failed, from 1: twice as long each time, and up to half less by chance."""
        longest = min(self.settings.retry_s_max, self.settings.retry_first_s * 2.0 ** min(attempt - 1, 60))
        return longest * (1 - self.dice.random() / 2)


class Courier:
    """
    Follows one sale for one endpoint.

    Args:
        line: The sale's room.
        epoch: Of its journal.
        sender: Brings messages to the endpoint.
        file: Keeps how far it came.
        over_at: The last record of a sale that was over when the endpoint was first heard of: of such a sale it is told what follows.
        unkept: Told when the position cannot be kept; then a restart tells some messages again.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        line: Line,
        epoch: int,
        sender: Sender,
        file: PositionFile,
        *,
        over_at: int | None = None,
        unkept: Callable[[], object] = lambda: None,
    ) -> None:
        self._line, self._sender, self._file, self._unkept = line, sender, file, unkept
        known = file.read(epoch)
        self._at = known or Position(epoch=epoch, seq=over_at or 0)
        self._kept_seq = self._at.seq
        self._subject: Subject | None = None

    async def run(self) -> None:
        """Work until the room stops or we are cancelled."""
        try:
            while True:
                count = self._line.tail.count
                while records := (await self._line.read(self._at.seq, PAGE)).records:
                    await self._take(records)
                    await trio.sleep(REST_S)
                await self._follow(count)
        except JournalFault:
            return  # The room has stopped; the house says so itself.

    async def _follow(self, count: int) -> None:
        """Take what the tail shows, until it no longer holds what comes next."""
        while True:
            try:
                batches = await self._line.tail.after(count)
            except TailLost:
                return
            for batch in batches:
                count += 1
                await self._take([record for record in batch.records if record.seq > self._at.seq])

    async def _take(self, records: Sequence[Record]) -> None:
        for record in records:
            for no, message in enumerate(messages(await self._named(record), record), 1):
                if no > self._at.done:
                    await self._sender.deliver(message)
                    await self._keep(Position(epoch=self._at.epoch, seq=self._at.seq, done=no))
            self._at = Position(epoch=self._at.epoch, seq=record.seq)
        if self._at.seq - self._kept_seq >= KEEP_EVERY:
            await self._keep(self._at)

    async def _named(self, record: Record) -> Subject:
        """What the sale is called: its first record says it."""
        if self._subject is None:
            first = record if record.seq == 1 else (await self._line.read(0, 1)).records[0]
            assert isinstance(first.command, Announcement)
            self._subject = subject(first.command)
        return self._subject

    async def _keep(self, position: Position) -> None:
        self._at, self._kept_seq = position, position.seq
        try:
            await trio.to_thread.run_sync(self._file.write, position)
        except OSError:
            self._unkept()
