"""
The engine's end: what its rooms have kept goes out, and what gateways bring goes to the rooms.

It stands beside the clerks and never in their way: a carrier that is slow or gone delays the gateways, and nobody else. What it missed
is read from the journal.
"""

import os
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import trio

from engine.cluster.carrier import CarrierDown, EngineCarrier, Trouble
from engine.cluster.cipher import Cipher, Forged
from engine.cluster.frames import (
    Answered,
    Answers,
    Beat,
    Committed,
    Here,
    Letter,
    Page,
    Present,
    Question,
    Second,
    Wanted,
    close_down,
    open_up,
)
from engine.cluster.reported import OnPresent, Reported, no_matter
from engine.cluster.settings import ClusterSettings
from engine.domain.parties import HOUSE, Principal
from engine.domain.proceeding import Command
from engine.domain.units import Nanoseconds
from engine.journal.asking import Answer, Conflicting, Inquiry, NeverSeen, Repeated, RoomBusy
from engine.journal.base import Journal
from engine.journal.commit import Commit
from engine.journal.faults import JournalFault
from engine.journal.record import Record
from engine.journal.signing import Signer
from engine.journal.tail import Standing, Tail, TailLost
from engine.wire.codec import decode_command

DENIED_MAX: Final = 65_536
"""Ids lately said to be never seen that are remembered, so that what comes late for one of them is not taken up."""


GATEWAYS_MAX: Final = 4096
"""Gateways of a room that are remembered, to be counted."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What an engine says of a room beside where its record stands."""

    second: Second | None = None
    """How it is with the second copy; None if there is to be none."""

    note: str = ""
    """The newest checkpoint of its transparency log, signed."""


class Clock(Protocol):
    """House time."""

    def now(self) -> Nanoseconds:
        """Nanoseconds since 1970."""
        ...


class NearRoom(Protocol):
    """A room of this engine. See :class:`engine.room.house.Room`."""

    @property
    def journal(self) -> Journal: ...  # noqa: D102
    @property
    def tail(self) -> Tail: ...  # noqa: D102
    @property
    def opened(self) -> Standing: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    def submit(self, content: Command | Inquiry, arrived_at: Nanoseconds, slip: object) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True, eq=False)
class FarSlip:
    """A letter of a gateway."""

    sender: str
    number: int
    key: tuple[Principal, str]
    at: Nanoseconds


class _Course:
    """One room on its way out."""

    def __init__(self, room: NearRoom, bidders_max: int) -> None:
        self.room = room
        self.count = 0
        self.seq, self.head = room.opened.seq, room.opened.head
        self.begins = room.journal.epochs()
        self.saying = trio.Lock()
        self.carried = -1
        """The last record the carrier has for sure; -1 if that must be looked at."""

        self.wanted: OrderedDict[str, int] = OrderedDict()
        """Gateways that lack something, and what they have."""

        self.heard: OrderedDict[str, float] = OrderedDict()
        """Gateways, and when each was last heard."""

        self.reported = Reported(room.journal.identity.epoch, bidders_max)
        self.denied: OrderedDict[tuple[Principal, str], Nanoseconds] = OrderedDict()
        self.asked = trio.Event()
        self.busy: dict[str, list[Answered]] = {}
        """Letters for which there was no room, by gateway."""

        self.was_busy = trio.Event()
        self.scope = trio.CancelScope()


class Distributor:
    """
    Everything this engine's rooms say to gateways, over one carrier.

    Args:
        rooms: The rooms, by sale; those that come later are taken up too.
        carrier: Brings it to gateways.
        cipher: Closes it.
        signer: Signs beats.
        settings: Limits.
        engine: Where people find this engine, for the directory.
        aside: What is said of a room beside where its record stands.
        present: Told who is at each gateway.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        rooms: Mapping[str, NearRoom],
        *,
        carrier: EngineCarrier,
        cipher: Cipher,
        signer: Signer,
        settings: ClusterSettings,
        engine: str = "",
        aside: Callable[[str], Aside] = lambda _sale: Aside(),
        present: OnPresent = no_matter,
    ) -> None:
        self._rooms, self._carrier, self._cipher, self._signer = rooms, carrier, cipher, signer
        self._settings, self._engine, self._aside, self._present = settings, engine, aside, present
        self._boot = os.urandom(8).hex()
        self._courses: dict[str, _Course] = {}
        self.dropped: Counter[str] = Counter()
        """Letters that were not delivered, by reason: forged, late, busy. Reports of who is there: stale."""

    async def run(self) -> None:
        """Distribute for ever."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._carrier.run, self._take, lambda: tuple(self._courses))
            while True:
                for sale in [sale for sale in self._courses if sale not in self._rooms]:
                    self._courses.pop(sale).scope.cancel()
                for sale, room in tuple(self._rooms.items()):
                    if sale not in self._courses:
                        self._courses[sale] = _Course(room, self._settings.presence_bidders_max)
                        nursery.start_soon(self._distribute, sale, self._courses[sale])
                await trio.sleep(self._settings.beat_ms / 1000)

    async def _distribute(self, sale: str, course: _Course) -> None:
        with course.scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._follow, sale, course)
                nursery.start_soon(self._hand_out, sale, course)
                nursery.start_soon(self._turn_back, sale, course)
                nursery.start_soon(self._beat, sale, course)

    @property
    def carries_all(self) -> bool:
        """Whether the carrier has everything it should carry, as far as we know."""
        return all(course.carried >= 0 for course in self._courses.values())

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing is carried at the moment."""
        return self._carrier.trouble

    def gateways(self, sale: str, within_s: float) -> int:
        """How many gateways of a room were heard within so many seconds."""
        course = self._courses.get(sale)
        since = trio.current_time() - within_s
        return 0 if course is None else sum(at >= since for at in course.heard.values())

    # Out.

    async def _follow(self, sale: str, course: _Course) -> None:
        with suppress(JournalFault):  # The room has stopped: who waits is told "unknown", and asks again.
            while True:
                frames: list[tuple[int, bytes]] = []
                answers: list[tuple[object, Answer]] = []
                try:
                    batches = await course.room.tail.after(course.count)
                except TailLost:
                    course.count, course.carried = course.room.tail.count, -1
                    await self._catch_up(course)
                    continue
                course.count += len(batches)
                async with course.saying:  # or who mends would take what is not said yet for said
                    for batch in batches:
                        answers += batch.answers
                        if batch.commit is not None and batch.commit.first == course.seq + 1:
                            course.seq, course.head = batch.commit.last, batch.commit.head
                            frames.append((course.seq, self._close(sale, Committed.of(batch.commit, batch.records))))
                    await self._say(sale, course, frames, answers)

    async def _say(
        self,
        sale: str,
        course: _Course,
        frames: list[tuple[int, bytes]],
        answers: list[tuple[object, Answer]],
    ) -> None:
        epoch = course.room.journal.identity.epoch
        notes = self._notes(epoch, course, answers)
        try:
            new = [frame for frame in frames if frame[0] > course.carried >= 0]
            if new:
                await self._carrier.publish(sale, epoch, new)
                course.carried = new[-1][0]
            for note in notes:
                await self._carrier.note(sale, self._close(sale, note))
        except CarrierDown:
            course.carried = -1

    def _notes(self, epoch: int, course: _Course, answers: list[tuple[object, Answer]]) -> list[Answers]:
        """What no record says; one note for each gateway that is to hear it."""
        told: dict[str, list[Answered]] = {}
        for slip, answer in answers:
            if not isinstance(slip, FarSlip):
                continue
            match answer:
                case Repeated(seq):
                    one = Answered(slip.number, "repeated", seq)
                case Conflicting(seq, body):
                    one = Answered(slip.number, "conflicting", seq, body)
                case NeverSeen():
                    one = Answered(slip.number, "never_seen")
                    course.denied[slip.key] = slip.at
                    course.denied.move_to_end(slip.key)
                    if len(course.denied) > DENIED_MAX:
                        course.denied.popitem(last=False)
                case _:
                    continue  # The record itself is the answer.
            told.setdefault(slip.sender, []).append(one)
        return [Answers(sender, epoch, tuple(each)) for sender, each in told.items()]

    async def _catch_up(self, course: _Course) -> None:
        """Read from the journal how far the record goes."""
        while (commits := await self._kept(course, course.seq)) and commits[-1][0].last > course.seq:
            course.seq, course.head = commits[-1][0].last, commits[-1][0].head

    async def _kept(self, course: _Course, after: int) -> list[tuple[Commit, tuple[Record, ...]]]:
        """Some whole commits after record ``after``."""
        pages = await course.room.journal.read(after, self._settings.page_records)
        records = {record.seq: record for record in pages.records}
        return [
            (commit, tuple(records[seq] for seq in range(commit.first, commit.last + 1)))
            for commit in pages.commits
            if commit.first in records and commit.last in records
        ]

    async def _beat(self, sale: str, course: _Course) -> None:
        """Say where the record stands; see to it that the carrier holds its end."""
        epoch = course.room.journal.identity.epoch
        while True:
            now = course.room.clock.now()
            place = (sale, epoch, course.seq, course.head)
            aside = self._aside(sale)
            beat = Beat(*place, now, self._boot, self._engine, course.begins, aside.second, aside.note)
            try:
                await self._carrier.beat(sale, self._close(sale, beat.signed(self._signer)))
                async with course.saying:
                    await self._mend(sale, epoch, course)
            except CarrierDown:
                course.carried = -1
            except JournalFault:
                return
            await trio.sleep(self._settings.beat_ms / 1000)

    async def _mend(self, sale: str, epoch: int, course: _Course) -> None:
        """If the carrier lost the end of the record, or holds another, give it what the journal keeps."""
        held = await self._carrier.held(sale, epoch)
        if held is None:
            course.carried = course.seq
        elif course.carried < 0 or held < course.carried:
            until, frames = course.seq, []
            after = max(0, until - self._settings.carried_max)
            while after < until and (commits := await self._from(course, after)):
                frames += [(commit.last, self._close(sale, Committed.of(commit, kept))) for commit, kept in commits]
                after = commits[-1][0].last
            frames = frames[-self._settings.carried_max :]
            await self._carrier.restore(sale, epoch, frames)
            course.carried = frames[-1][0] if frames else 0

    async def _from(self, course: _Course, after: int) -> list[tuple[Commit, tuple[Record, ...]]]:
        """Some whole commits that end after record ``after``, which may stand within one."""
        pages = await course.room.journal.read(after, 1)
        return await self._kept(course, pages.commits[0].first - 1) if pages.commits else []

    async def _hand_out(self, sale: str, course: _Course) -> None:
        """Give gateways the records they lack, one page after the other, each in turn."""
        while True:
            if not course.wanted:
                course.asked = trio.Event()
                await course.asked.wait()
            sender, after = course.wanted.popitem(last=False)
            try:
                kept = await self._kept(course, after)
                page = Page(sender, tuple(Committed.of(commit, records) for commit, records in kept))
                await self._carrier.note(sale, self._close(sale, page))
            except CarrierDown:
                course.carried = -1
            except JournalFault:
                return

    async def _turn_back(self, sale: str, course: _Course) -> None:
        """Tell gateways for which letters there was no room."""
        epoch = course.room.journal.identity.epoch
        while True:
            await course.was_busy.wait()
            course.was_busy = trio.Event()
            busy, course.busy = course.busy, {}
            with suppress(CarrierDown):  # Who waits is told "unknown", and asks again.
                for sender, letters in busy.items():
                    await self._carrier.note(sale, self._close(sale, Answers(sender, epoch, tuple(letters))))

    def _close(self, sale: str, message: Committed | Beat | Answers | Page) -> bytes:
        return close_down(self._cipher, sale, message)

    # In.

    def _take(self, sale: str, frame: bytes) -> None:
        """A letter came. What is not from a gateway of ours, or was too long on its way, is not delivered."""
        course = self._courses.get(sale)
        if course is None:
            return
        try:
            message = open_up(self._cipher, sale, frame)
        except Forged:
            self.dropped["forged"] += 1
            return
        course.heard[message.sender] = trio.current_time()
        course.heard.move_to_end(message.sender)
        if len(course.heard) > GATEWAYS_MAX:
            course.heard.popitem(last=False)
        if isinstance(message, Here):
            return
        if isinstance(message, Wanted):
            course.wanted[message.sender] = message.after
            course.asked.set()
        elif isinstance(message, Present):
            self._hear_present(sale, course, message)
        else:
            self._deliver(course, message)

    def _hear_present(self, sale: str, course: _Course, said: Present) -> None:
        if not course.reported.is_news(said):
            self.dropped["stale"] += 1
            return
        age_s = max(0, course.room.clock.now() - said.at) / 1e9
        self._present(sale, said.sender, said.attendance(), age_s)

    def _deliver(self, course: _Course, message: Letter | Question) -> None:
        now = course.room.clock.now()
        at = Nanoseconds(min(message.at, now))
        if now - at > self._settings.transit_ms_max * 1_000_000:
            self.dropped["late"] += 1
            return
        content: Command | Inquiry
        if isinstance(message, Question):
            content = Inquiry(message.command_id, Principal(message.by))
        else:
            try:
                content = decode_command(message.command)
            except (ValueError, KeyError, TypeError):
                self.dropped["forged"] += 1
                return
        if content.by == HOUSE:
            self.dropped["forged"] += 1  # What the house does of itself it does here.
            return
        key = (content.by, content.command_id)
        if not isinstance(content, Inquiry) and course.denied.get(key, -1) >= at:
            self.dropped["late"] += 1  # Its sender was told that it never came, and may have given it up.
            return
        try:
            course.room.submit(content, at, FarSlip(message.sender, message.number, key, at))
        except RoomBusy:
            self.dropped["busy"] += 1
            if self._carrier.once:
                course.busy.setdefault(message.sender, []).append(Answered(message.number, "busy"))
                course.was_busy.set()
