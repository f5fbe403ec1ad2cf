"""A room that another process holds, as a gateway has it: :class:`engine.journal.line.Line` over a carrier."""

import hashlib
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import trio

from engine.cluster.carrier import GatewayCarrier
from engine.cluster.checked import ContinuityLost, Gap, NotBelieved, Place, Stale, check, read_statement
from engine.cluster.cipher import Cipher, Forged
from engine.cluster.copy import Copy
from engine.cluster.far_clock import FarClock
from engine.cluster.frames import (
    Answers,
    Beat,
    Committed,
    Here,
    Letter,
    Page,
    Present,
    Question,
    Second,
    Up,
    Wanted,
    close_up,
    open_down,
)
from engine.cluster.settings import ClusterSettings
from engine.domain import proceeding
from engine.domain.parties import HOUSE, Principal
from engine.domain.proceeding import Command, State
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds
from engine.journal.asking import Answer, Conflicting, Inquiry, NeverSeen, Repeated, RoomBusy, TurnedBack, Unheard
from engine.journal.base import JournalIdentity, Pages
from engine.journal.record import Record
from engine.journal.tail import Batch, Standing, Tail
from engine.wire.attendance import Attendance
from engine.wire.codec import encode_command

GIVE_UP_S: Final = 30.0
"""After so long nobody waits for an answer any more; whoever wants to know asks again."""

Key = tuple[Principal, str]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody who waits for an answer."""

    slip: object
    key: Key
    body: bytes | None
    """SHA-256 of the command; None for an inquiry."""

    since: float


class FarRoom:
    """
    One room, followed.

    Args:
        sale: The sale held in it.
        key: The house's public key, known beforehand.
        cipher: Opens what is carried.
        carrier: Brings it.
        settings: Limits.
        records_max: Newest records held for those who follow.
        floor: How far an earlier follower in this process had come: no older epoch is believed.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        sale: str,
        *,
        key: bytes,
        cipher: Cipher,
        carrier: GatewayCarrier,
        settings: ClusterSettings,
        records_max: int,
        clock: FarClock | None = None,
        floor: Place = Place(),  # noqa: B008 - a frozen value
    ) -> None:
        self.sale, self.key = sale, key
        self.tail = Tail(records_max=records_max)
        self.clock = clock or FarClock()
        self.lost = trio.Event()
        """Set when another history is in force: nothing more is followed here."""

        self.ready = trio.Event()
        """Set when everything is here that was on record when we came."""

        self.highest = floor
        """The highest epoch in force that was seen, also one that is not followed here."""

        self.dropped: Counter[str] = Counter()
        """What was not believed, by reason: forged, stale, forked."""

        self._cipher, self._carrier, self._settings = cipher, carrier, settings
        self._name = os.urandom(8).hex()
        self._place = Place()
        self._copy = Copy(JournalIdentity(sale, 0, b"", key))
        self._state: State | None = None
        self._standing: Standing | None = None
        self._known: dict[Key, tuple[int, bytes]] = {}
        self._waiting: dict[int, _Waiting] = {}
        self._by_key: dict[Key, list[int]] = {}
        self._count = self._reports = 0
        self._early: dict[int, Committed] = {}
        self._beat: Beat | None = None
        self._beat_at = -1e9
        self._goal: int | None = None
        self._asked_at = -1e9
        self._asked_after = -1

    @property
    def place(self) -> Place:
        """How far it has been followed."""
        return self._place

    @property
    def journal(self) -> Copy:
        """What was followed, to be read back."""
        return self._copy

    @property
    def in_touch(self) -> bool:
        """Whether the engine was heard lately. If not, nobody shall take what is here for how things stand."""
        return trio.current_time() - self._beat_at <= self._settings.silent_ms_max / 1000

    @property
    def waits_for_standby(self) -> bool:
        """Whether the engine says that nothing is acknowledged until its standby is back."""
        return self.second is not None and self.second.waits

    @property
    def second(self) -> Second | None:
        """How it is with the second copy of the record, as the engine last said; None if there is to be none."""
        return None if self._beat is None else self._beat.second

    @property
    def note(self) -> str:
        """The newest checkpoint of the room's transparency log, as the engine last said; empty if it said none."""
        return "" if self._beat is None else self._beat.note

    @property
    def waiting(self) -> int:
        """How many letters have no answer yet."""
        return len(self._waiting)

    @property
    def opened(self) -> Standing:
        """Where the record stood when this was asked for the first time, together with ``tail.count``; whoever asked carries it on."""
        if self._standing is None:
            self._standing = Standing(self._state, self._place.seq, self._place.head)
        return self._standing

    async def read(self, after: int, limit: int) -> Pages:
        """See :class:`engine.journal.line.Line`."""
        return await self._copy.read(after, limit)

    # Up.

    def submit(self, content: Command | Inquiry, arrived_at: Nanoseconds, slip: object) -> None:
        """
        See :class:`engine.journal.line.Line`. What the record says already is answered from our copy of it.

        What a hub would do in the house's name is left to the engine's own: it alone sees everybody.
        """
        if content.by == HOUSE:
            return
        key = (content.by, content.command_id)
        body = None if isinstance(content, Inquiry) else encode_command(content)
        digest = None if body is None else hashlib.sha256(body).digest()
        known = self._known.get(key)
        if known is not None:
            self._publish((slip, self._again(known, digest)))
            return
        if len(self._waiting) >= self._settings.letters_max:
            raise RoomBusy
        self._count += 1
        if body is None:
            self._say(Question(self._name, self._count, arrived_at, content.by, content.command_id))
        else:
            self._say(Letter(self._name, self._count, arrived_at, body))
        self._waiting[self._count] = _Waiting(slip, key, digest, trio.current_time())
        self._by_key.setdefault(key, []).append(self._count)

    def give_up(self) -> None:
        """Let go of those who have waited too long. To be called now and then."""
        due = trio.current_time() - GIVE_UP_S
        for number, waiting in tuple(self._waiting.items()):
            if waiting.since > due:
                break
            self._answer(number, Unheard())

    def say_here(self) -> None:
        """Tell the engine that somebody follows. To be called now and then."""
        with suppress(RoomBusy):
            self._say(Here(self._name))

    def say_present(self, attendance: Attendance) -> None:
        """Tell the engine who is here, in the place of what was said before. To be called again and again while anybody is."""
        self._reports += 1
        report = Present.of(self._name, self._place.epoch, self._reports, self.clock.now(), attendance)
        self._carrier.report(self.sale, close_up(self._cipher, self.sale, report))

    def _say(self, message: Up) -> None:
        self._carrier.send(self.sale, close_up(self._cipher, self.sale, message))

    def _again(self, known: tuple[int, bytes], digest: bytes | None) -> Answer:
        seq, first = known
        return Repeated(seq) if digest is None or digest == first else Conflicting(seq, first.hex())

    # Down.

    def hear(self, closed: bytes) -> None:
        """Something came over the carrier. Whatever is not the house's is dropped, and counted."""
        if self.lost.is_set():
            return
        try:
            message = open_down(self._cipher, self.sale, closed)
            match message:
                case Beat():
                    self._on_beat(message)
                case Committed():
                    self._on_commits((message,))
                case Page(to=self._name):
                    self._on_page(message)
                case Answers(to=self._name):
                    self._on_answers(message)
                case _:
                    pass  # For another gateway.
        except (Forged, NotBelieved):
            self.dropped["forged"] += 1
        except ContinuityLost:
            self.lost.set()

    def _on_beat(self, beat: Beat) -> None:
        if beat.sale != self.sale or not beat.holds(self.key):
            raise NotBelieved("the signature is not the house's")
        before = self._beat
        if beat.epoch < self.highest.epoch or (
            before is not None and before.boot == beat.boot and beat.now <= before.now
        ):
            self.dropped["stale"] += 1
            return
        self.highest = Place(beat.epoch)
        if beat.epoch > self._place.epoch > 0:
            raise ContinuityLost
        if before is None:
            self._place = Place(beat.epoch, begins=beat.begins)
            self._copy.identity = JournalIdentity(self.sale, beat.epoch, b"", self.key)
            self._goal = beat.seq
            self._carrier.follow(self.sale, beat.epoch, 0)
        self._beat, self._beat_at = beat, trio.current_time()
        self.clock.hear(beat.now, beat.boot)
        # A commit may come a little after the beat that tells of it: it is missed when the next beat comes and it has not.
        self._catch_up(beat.seq if before is None else before.seq)
        self._settle()

    def _on_commits(self, frames: tuple[Committed, ...]) -> None:
        if self._place.epoch == 0:
            return  # No beat yet: we do not know what is in force.
        for frame in frames:
            self._take(frame)
        while (early := self._early.pop(self._place.seq + 1, None)) is not None:
            self._take(early)
        self._settle()

    def _on_page(self, page: Page) -> None:
        before, self._asked_at = self._place.seq, -1e9
        self._on_commits(page.commits)
        if self._beat is not None and self._place.seq > before:
            self._catch_up(self._beat.seq)

    def _take(self, frame: Committed) -> None:
        try:
            commit, records = check(frame, self.sale, self.key, self._place)
        except Stale:
            self.dropped["forked" if self._forked(frame) else "stale"] += 1
            return
        except ContinuityLost:
            self.highest = Place(read_statement(frame, self.sale, self.key).epoch)
            raise
        except Gap:
            if len(self._early) < self._settings.carried_max:
                statement = read_statement(frame, self.sale, self.key)
                self._early[statement.first] = frame
            self._ask()
            return
        self._copy.take(commit, records)
        self._place = replace(self._place, seq=commit.last, head=commit.head)
        self._carrier.follow(self.sale, self._place.epoch, self._place.seq)
        if self.ready.is_set():
            self.tail.publish(Batch(records, commit, tuple(self._answers_in(records))))
        for record in records:
            self._known[record.by, record.command_id] = record.seq, hashlib.sha256(record.command_bytes).digest()
            if self._standing is None:
                self._carry(record)

    def _carry(self, record: Record) -> None:
        if not isinstance(record.outcome, Refusal):
            for event in record.outcome:
                self._state = proceeding.apply(self._state, event)

    def _forked(self, frame: Committed) -> bool:
        """Whether the house signed something else in a place we know: there are two histories of one epoch."""
        statement = read_statement(frame, self.sale, self.key)
        if statement.epoch != self._place.epoch:
            return False
        known = self._copy.digest(statement.last)
        return known is not None and known != statement.head

    def _answers_in(self, records: tuple[Record, ...]) -> list[tuple[object, Answer]]:
        """Who waits for one of these: the first is told by the record itself, others that it is there."""
        answers: list[tuple[object, Answer]] = []
        for record in records:
            first = True
            for number in self._by_key.pop((record.by, record.command_id), ()):
                waiting = self._waiting.pop(number)
                digest = hashlib.sha256(record.command_bytes).digest()
                own = first and waiting.body == digest
                first = first and not own
                answers.append((waiting.slip, record if own else self._again((record.seq, digest), waiting.body)))
        return answers

    def _on_answers(self, message: Answers) -> None:
        if message.epoch < self._place.epoch:
            self.dropped["stale"] += 1
            return
        for each in message.answers:
            waiting = self._waiting.get(each.number)
            if waiting is None:
                continue
            match each.kind:
                case "repeated":
                    self._hold(each.number, each.seq, Repeated(each.seq))
                case "conflicting":
                    self._hold(each.number, each.seq, Conflicting(each.seq, each.body))
                case "busy":
                    self._answer(each.number, TurnedBack())
                case _:
                    for earlier in [number for number in self._by_key[waiting.key] if number < each.number]:
                        self._answer(earlier, Unheard())  # It was lost, and would not be taken up any more.
                    self._answer(each.number, NeverSeen())

    def _hold(self, number: int, seq: int, answer: Answer) -> None:
        """An answer that names a record is given when the record is here."""
        if seq <= self._place.seq:
            self._answer(number, answer)
        else:
            self._ask()  # The record itself will answer.

    def _answer(self, number: int, answer: Answer) -> None:
        waiting = self._waiting.pop(number)
        numbers = self._by_key[waiting.key]
        numbers.remove(number)
        if not numbers:
            del self._by_key[waiting.key]
        self._publish((waiting.slip, answer))

    def _publish(self, *answers: tuple[object, Answer]) -> None:
        self.tail.publish(Batch((), None, answers))

    # Catching up.

    def _settle(self) -> None:
        if self._goal is not None and self._place.seq >= self._goal and not self.ready.is_set():
            self.ready.set()

    def _catch_up(self, seq: int) -> None:
        if self._place.seq < seq:
            self._ask()

    def _ask(self) -> None:
        """Ask the engine for what comes next, unless that is on its way."""
        now = trio.current_time()
        if now - self._asked_at < self._settings.timeout_ms / 1000 and self._asked_after >= self._place.seq:
            return
        self._asked_at, self._asked_after = now, self._place.seq
        try:
            self._say(Wanted(self._name, self._place.seq))
        except RoomBusy:
            self._asked_at = -1e9  # With the next beat.
