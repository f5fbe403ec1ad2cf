"""
The clerk (书记员): the single writer of a room.

Takes up what arrived, lets the rules decide, makes of each new command exactly one record, has the batch kept, and only then lets
anyone see it. A command whose id is on the record already is answered with that record.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import trio

from engine.domain import proceeding
from engine.domain.parties import HOUSE
from engine.domain.proceeding import Command, DeadlineReached
from engine.domain.refusals import Refusal
from engine.domain.units import Nanoseconds
from engine.journal.asking import Answer, Conflicting, Inquiry, NeverSeen, Repeated
from engine.journal.base import Journal
from engine.journal.commit import Commit, sign_commit
from engine.journal.faults import JournalFault, RoomMoved
from engine.journal.record import Record, seal
from engine.journal.signing import Signer
from engine.journal.tail import Batch, Tail
from engine.room.clock import Clock
from engine.room.mailbox import Letter, Mailbox
from engine.room.memory import Memory
from engine.wire.codec import Outcome, encode_command, encode_outcome


@dataclass(frozen=True, slots=True)
class ClerkSettings:
    """Limits of the clerk's work."""

    batch_max: int = 256
    """Letters taken up at once, and so records in a commit."""

    state_digest_every: int = 1000
    """After how many records a digest of the state goes into the journal."""


class Clerk:
    """Runs one room. Any error ends it; recovery reopens the room from the journal."""

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        *,
        journal: Journal,
        signer: Signer,
        tail: Tail,
        mailbox: Mailbox,
        clock: Clock,
        memory: Memory,
        settings: ClerkSettings,
        on_commit: Callable[[Commit, float], None] = lambda _commit, _seconds: None,
    ) -> None:
        self._journal = journal
        self._signer = signer
        self._tail = tail
        self._mailbox = mailbox
        self._clock = clock
        self.memory = memory
        self._settings = settings
        self._on_commit = on_commit

    async def run(self) -> None:
        """Work for ever; a fault of the journal stops the room and is told to all who follow the tail."""
        try:
            while True:
                await self.finish(self._in_turn(await self._next_letters()))
                if self.memory.leaves_for:
                    raise RoomMoved(self.memory.leaves_for)
        except JournalFault as fault:
            self._tail.stop(fault)
            raise

    async def finish(self, letters: Iterable[Letter]) -> None:
        """Take up ``letters`` as one batch, have it kept, let it be seen."""
        records: list[Record] = []
        answers: list[tuple[object, Answer]] = []
        for letter in letters:
            answer = self._take_up(letter)
            answers.append((letter.slip, answer))
            if isinstance(answer, Record):
                records.append(answer)
                records += self._follow_up(answer)
        commit = await self._keep(tuple(records)) if records else None
        self._tail.publish(Batch(tuple(records), commit, tuple(answers)))

    def _in_turn(self, letters: Iterable[Letter]) -> Iterator[Letter]:
        """The letters of a batch, and between them each deadline that one of them brings about and another comes after."""
        for letter in letters:
            while (
                deadline := proceeding.next_deadline(self.memory.state)
            ) is not None and deadline < letter.arrived_at:
                yield self._deadline(deadline)
            yield letter

    async def _next_letters(self) -> list[Letter]:
        """What arrived before the next deadline; when that has passed, the deadline itself."""
        while True:
            deadline = proceeding.next_deadline(self.memory.state)
            letters = self._mailbox.take(self._settings.batch_max, deadline)
            if letters:
                return letters
            if deadline is None:
                await self._mailbox.wait()
            elif len(self._mailbox) or self._clock.now() > deadline:
                return [self._deadline(deadline)]  # Whatever waits was stamped after it: it has passed.
            else:
                await self._deadline_or_letter(deadline)

    async def _deadline_or_letter(self, deadline: Nanoseconds) -> None:
        async with trio.open_nursery() as either:

            async def until_past() -> None:
                await self._clock.sleep_until(Nanoseconds(deadline + 1))
                either.cancel_scope.cancel()

            either.start_soon(until_past)
            await self._mailbox.wait()
            either.cancel_scope.cancel()

    def _deadline(self, deadline: Nanoseconds) -> Letter:
        command = DeadlineReached(command_id=f"deadline-{deadline}", by=HOUSE, deadline=deadline)
        return Letter(command, deadline, None)

    def standing(self, command: Command) -> Repeated | Conflicting | None:
        """How ``command`` stands to the record: there already, there with another body, or (None) new."""
        known = self.memory.answered.get((command.by, command.command_id))
        if known is None:
            return None
        seq, first = known
        same = hashlib.sha256(encode_command(proceeding.as_asked(command))).digest() == first
        return Repeated(seq) if same else Conflicting(seq, first.hex())

    def _take_up(self, letter: Letter) -> Answer:
        content = letter.content
        if isinstance(content, Inquiry):
            known = self.memory.answered.get((content.by, content.command_id))
            return NeverSeen() if known is None else Repeated(known[0])
        return self.standing(content) or self._record(content, letter.arrived_at)

    def _follow_up(self, record: Record) -> list[Record]:
        """What the house does of itself in answer to ``record``: kept with it, and stamped as it was."""
        if isinstance(record.outcome, Refusal):
            return []
        records: list[Record] = []
        while (command := proceeding.follow_up(self.memory.state, record.arrived_at)) is not None:
            records.append(self._record(command, record.arrived_at))
        return records

    def _record(self, command: Command, arrived_at: Nanoseconds) -> Record:
        memory = self.memory
        outcome: Outcome
        try:
            outcome = proceeding.decide(memory.state, command, arrived_at)
        except Refusal as refusal:
            outcome = refusal.with_traceback(None)  # It is kept with its record: what led to it must not be.
        else:
            for event in outcome:
                memory.state = proceeding.apply(memory.state, event)
        identity = self._journal.identity
        record = seal(
            sale=identity.sale,
            epoch=identity.epoch,
            seq=memory.seq + 1,
            arrived_at=arrived_at,
            recorded_at=self._clock.now(),
            command=command,
            command_bytes=encode_command(command),
            outcome=outcome,
            outcome_bytes=encode_outcome(outcome),
            prev=memory.head,
            salt_key=identity.salt_key,
        )
        memory.remember(record)
        return record

    async def _keep(self, records: tuple[Record, ...]) -> Commit:
        every = self._settings.state_digest_every
        due = records[-1].seq // every > (records[0].seq - 1) // every
        state_digest = proceeding.kept_digest(self.memory.state) if due else None
        commit = sign_commit(records, self._signer, proceeding.rules_digest(self.memory.state), state_digest)
        began = trio.current_time()
        await self._journal.append(records, commit)
        self._on_commit(commit, trio.current_time() - began)
        return commit
