"""
The engine's side of a second copy of its journals: each commit is shipped to a standby, which says when it has it on its disk.

In ``sync`` mode a commit is kept only when the standby has it too, so nothing is acknowledged or shown before; where the standby is
missing everything waits. In ``async`` mode nothing waits for the standby while it is heard; it may be behind, and by how much is shown.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import trio

from engine.cluster.channel import Channel, LineLost
from engine.cluster.checked import NotBelieved, verified
from engine.cluster.cipher import Cipher
from engine.cluster.course import Course, Standing
from engine.cluster.frames import Committed
from engine.cluster.reception import Reception
from engine.cluster.settings import ClusterSettings
from engine.cluster.standby_frames import Digest, Have, Heard, Hello, Holds, No, Noted, Over, Pulse, Ship, Stands, Which
from engine.journal.commit import Commit
from engine.journal.faults import EpochStale, JournalFault
from engine.journal.record import Record

SYNC: Final = "sync"
ASYNC: Final = "async"
LOOKS: Final = 8
"""So often within the time after which a standby counts as gone is looked whether it is there."""


class Mirror:
    """
    Everything an engine does for its standby.

    Args:
        cipher: Closes what is said.
        key: The house's public key.
        settings: Where the standby comes, the mode, and the limits.
        takes: Whether a standby of this name is ours. May remember the first.

    """

    def __init__(self, *, cipher: Cipher, key: bytes, settings: ClusterSettings, takes: Callable[[str], bool]) -> None:
        self._cipher, self._key, self._settings, self._takes = cipher, key, settings, takes
        self.mode = settings.standby_mode
        self.courses: dict[str, Course] = {}
        self.gone = False
        """Whether it has been missing for longer than is allowed."""

        self.notes: dict[str, bytes] = {}
        """By sale, the newest checkpoint that witnesses have cosigned."""

        self.on_change: Callable[[Standing], None] = lambda _standing: None
        """Told when it is gone, and when it has everything again."""

        self.on_refused: Callable[[No], None] = lambda _no: None
        self.on_over: Callable[[str, EpochStale], None] = lambda _sale, _fault: None
        self._begun = False
        self._channel: Channel | None = None
        self._one_at_a_time = trio.Lock()
        self._heard_at = -1e9
        self._more = trio.Event()
        self._tick = settings.standby_gone_ms / 1000 / LOOKS
        self._looked_at = -1e9
        self._pulses = self._answered = 0
        self._to_be_answered = 0
        """The first pulse sent after we last slept: words older than that wait in a socket, and say nothing of now."""

    # What rooms and people ask.

    @property
    def present(self) -> bool:
        """Whether it was heard lately."""
        return trio.current_time() - self._heard_at <= self._settings.timeout_ms / 1000

    @property
    def silent_s(self) -> float:
        """For how long it has not been heard."""
        return trio.current_time() - self._heard_at

    def behind(self, sale: str) -> int:
        """How many records of a room the standby lacks."""
        return self.courses[sale].seq - self.courses[sale].had

    def standing(self, sale: str) -> Standing:
        """How it is with a room's copy."""
        course = self.courses[sale]
        if self._channel is None or course.shipped is None:
            return Standing.GONE
        return Standing.IN_FORCE if course.shipped == course.seq else Standing.CATCHING_UP

    def add(self, sale: str, course: Course) -> None:
        """One room more."""
        self.courses[sale] = course
        self._more.set()
        self._more = trio.Event()

    async def keep(self, course: Course, commit: Commit, records: tuple[Record, ...]) -> None:
        """
        Return when ``commit``, which is on our disk, may be acknowledged.

        Before :meth:`run` there is nobody to be acknowledged to.

        Raises:
            EpochStale: Another engine is in force. It may be there or not; nobody shall be told.

        """
        course.take(commit, records)
        if not self._begun:
            return
        course.waiting_since = trio.current_time()
        try:
            while not self._may_tell(course, commit):
                if course.over is not None:
                    raise course.over
                await course.kept.wait()
        finally:
            course.waiting_since = None

    async def heard_of(self, course: Course) -> None:
        """
        Return when people may ask what became of what they said, after a start.

        In sync mode the end of a journal may be what nobody was told of: then the standby must have it first. In async mode somebody
        may be in force in our place: it is heard, or given up, first.
        """
        while course.over is None and (course.had < course.seq if self.mode == SYNC else not self._cleared(course)):
            await course.kept.wait()

    def _cleared(self, course: Course) -> bool:
        return self.gone or (course.shipped is not None and self._vouched)

    def _may_tell(self, course: Course, commit: Commit) -> bool:
        """In ``async`` mode only a standby just heard, or given up, is not waited for: who slept must first hear what became of it."""
        if course.had >= commit.last:
            return True
        return self.mode == ASYNC and course.over is None and self._awake and (self._vouched or self.gone)

    @property
    def _vouched(self) -> bool:
        """Whether it was heard lately, and has answered since we last slept."""
        return self.present and self._answered >= self._to_be_answered

    @property
    def _awake(self) -> bool:
        """Whether we have not slept since we last looked."""
        return trio.current_time() - self._looked_at <= 2 * self._tick

    # At work.

    async def run(self) -> None:
        """Await the standby, serve it, for ever."""
        self._begun = True
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._watch)
            reception = Reception(self._cipher, self._settings.timeout_ms / 1000, self._meet)
            await reception.run(self._settings.standby_listen)

    async def _watch(self) -> None:
        """Notice that it is gone. Only time during which we were awake counts."""
        missing, self._looked_at = 0, trio.current_time()
        while True:
            await trio.sleep(self._tick)
            now = trio.current_time()
            slept, self._looked_at = now - self._looked_at > 2 * self._tick, now
            if slept:
                self._to_be_answered = self._pulses + 1
            if slept and self.mode == ASYNC:
                self.gone = False  # What became of us meanwhile comes first.
            if self._channel is not None and not self.present and not slept:
                await self._channel.close()
            missing = 0 if self._serves() else 1 if slept else missing + 1
            if missing > LOOKS and not self.gone:
                self.gone = True
                self.on_change(Standing.GONE)
            elif (
                self.gone and self._serves() and all(self.standing(sale) is Standing.IN_FORCE for sale in self.courses)
            ):
                self.gone = False
                self.on_change(Standing.IN_FORCE)
            if self.gone:
                self._wake_all()

    def _serves(self) -> bool:
        """Whether it is there for all rooms, and nobody has waited long for it."""
        longest = trio.current_time() - self._settings.standby_gone_ms / 1000
        return all(
            self.standing(sale) is not Standing.GONE
            and (self.mode == ASYNC or course.waiting_since is None or course.waiting_since > longest)
            for sale, course in self.courses.items()
        )

    def _wake_all(self) -> None:
        for course in self.courses.values():
            course.wake()

    async def _meet(self, channel: Channel, said: Hello | Over) -> None:
        if isinstance(said, Over):
            await self._end(said)
        elif not self._takes(said.name):
            await channel.send(No("E_STANDBY_OTHER", "", 0))
        else:
            if self._channel is not None:
                await self._channel.close()  # It is back before we noticed that it had gone.
            async with self._one_at_a_time:
                await self._mirror(channel)

    async def _mirror(self, channel: Channel) -> None:
        self._channel, self._heard_at = channel, trio.current_time()
        try:
            async with trio.open_nursery() as nursery:
                talks: dict[str, _Talk] = {}
                nursery.start_soon(self._listen, channel, talks)
                nursery.start_soon(self._pulse, channel)
                while True:
                    more = self._more
                    for sale, course in tuple(self.courses.items()):
                        if sale not in talks:
                            talks[sale] = _Talk()
                            nursery.start_soon(self._ship_while_it_can, channel, sale, course, talks[sale])
                    await more.wait()
        except* (LineLost, _Refused):
            pass
        finally:
            self._channel = None
            for course in self.courses.values():
                course.shipped = None

    async def _pulse(self, channel: Channel) -> None:
        told: dict[str, bytes] = {}
        while True:
            for sale, note in tuple(self.notes.items()):
                if told.get(sale) != note and sale in self.courses and self.courses[sale].had:
                    await channel.send(Noted(sale, note))
                    told[sale] = note
            self._pulses += 1
            seqs = {sale: course.seq for sale, course in self.courses.items()}
            await channel.send(Pulse(self._pulses, self.mode, seqs))
            await trio.sleep(self._settings.beat_ms / 1000)

    async def _listen(self, channel: Channel, talks: "dict[str, _Talk]") -> None:
        while True:
            said = await channel.receive()
            self._heard_at = trio.current_time()
            match said:
                case Have(sale, seq) if sale in self.courses:
                    self._had(self.courses[sale], seq)
                case Stands() | Digest() if said.sale in talks:
                    talks[said.sale].say(said)
                case Heard(number) if number <= self._pulses:
                    self._answered = number
                    self._wake_all()
                case No():
                    self.on_refused(said)
                    raise LineLost
                case _:
                    raise LineLost

    def _had(self, course: Course, seq: int) -> None:
        """The standby has everything up to ``seq``: no more than was shipped to it counts."""
        if course.shipped is not None and course.had < seq <= course.shipped:
            course.had = seq
            course.wake()

    async def _ship_while_it_can(self, channel: Channel, sale: str, course: Course, talk: "_Talk") -> None:
        """A journal that cannot be read is no copy's matter: its room stops by itself, and the others go on."""
        try:
            await self._ship(channel, sale, course, talk)
        except JournalFault:
            course.shipped = None

    async def _ship(self, channel: Channel, sale: str, course: Course, talk: "_Talk") -> None:
        """Find out where the copy stands, then send what it lacks, as it comes."""
        identity = course.journal.identity
        await channel.send(Holds(sale, course.epochs, identity.epoch, course.seq))
        stands = await talk.hear()
        if not isinstance(stands, Stands):
            raise LineLost
        if stands.statement and await self._end(Over(stands.statement, stands.signature)):
            return
        differs = await self._first_that_differs(channel, course, talk, stands)
        if differs is not None:
            no = No("E_STANDBY_FORKED", sale, differs)
            self.on_refused(no)
            await channel.send(no)
            raise _Refused
        course.had, course.shipped = stands.seq, stands.seq
        course.wake()
        while True:
            if course.shipped == course.seq:
                course.news = trio.Event()
                await course.news.wait()
            for commit, records in await course.next(course.shipped, self._settings.page_records):
                course.shipped = commit.last
                await channel.send(Ship(sale, Committed.of(commit, records), commit.state_digest))

    async def _first_that_differs(self, channel: Channel, course: Course, talk: "_Talk", stands: Stands) -> int | None:
        """The first record of the copy that is not ours; None if all are. Digests are chained: past it all differ."""
        if stands.seq == 0:
            return None
        if stands.seq <= course.seq and await course.digest(stands.seq) == stands.head:
            return None
        same, other = 0, min(stands.seq, course.seq + 1)
        while other - same > 1:
            middle = (same + other) // 2
            await channel.send(Which(stands.sale, middle))
            said = await talk.hear()
            if not isinstance(said, Digest) or said.seq != middle:
                raise LineLost
            if said.digest == await course.digest(middle):
                same = middle
            else:
                other = middle
        return other

    # The end of our time.

    async def _end(self, over: Over) -> bool:
        """Believe that our time is over, if the house signed it: a statement of a higher epoch than ours."""
        try:
            statement = verified(over.statement, over.signature, self._key)
        except NotBelieved:
            return False
        course = self.courses.get(statement.sale)
        if course is None or statement.epoch <= course.journal.identity.epoch:
            return False
        course.over = EpochStale(course.journal.identity.epoch, statement.epoch, statement.first)
        course.wake()
        self.on_over(statement.sale, course.over)
        with suppress(JournalFault):  # It stops all the same; started again it is told again.
            await course.journal.supersede(Commit(statement, over.signature, ()))
        return True


class _Refused(Exception):
    """The standby cannot follow us."""


@dataclass(eq=False)
class _Talk:
    """What the standby answers about one room."""

    _said: deque[Stands | Digest] = field(default_factory=deque)
    _news: trio.Event = field(default_factory=trio.Event)

    def say(self, said: Stands | Digest) -> None:
        self._said.append(said)
        self._news.set()

    async def hear(self) -> Stands | Digest:
        while not self._said:
            self._news = trio.Event()
            await self._news.wait()
        return self._said.popleft()
