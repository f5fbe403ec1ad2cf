"""Commands handed to a room that wait for their answer: whose each was, and what he is told of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import trio

from engine.domain.opening.commands import SubmitEnvelope
from engine.domain.proceeding import State
from engine.gateway.frames import answer_payload, duplicate, refused, sealed_answer, unknown
from engine.gateway.post import Hearer, Post
from engine.journal.asking import Answer, Conflicting, NeverSeen, Repeated, TurnedBack, Unheard
from engine.journal.commit import Commit
from engine.journal.faults import JournalFault
from engine.journal.record import Record
from engine.meters import Meters
from engine.wire.refusals import Fault

BUSY_MS: Final = 200
"""When to try again where the room takes nothing more."""


class Kept(Protocol):
    """What the hub may read of the journal."""

    async def read(self, after: int, limit: int) -> Any:
        """See :class:`engine.journal.base.Journal`."""
        ...


class Shown(Protocol):
    """A sale as it is shown."""

    veiled: bool
    """Whether nobody may know how far the record is."""

    @property
    def state(self) -> State:
        """To be read only."""
        ...


class TurnedAway(Exception):
    """
    A command gets no further than the door, for a reason that is not the gateway's own.

    Attributes:
        said: ``{code, retry, zh, en, detail}``.

    """

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said["code"])
        self.said = said


@dataclass(slots=True, eq=False)
class Slip:
    """Whose command it was, so that the answer finds him."""

    hearer: Hearer
    command_id: str
    sent_at: float
    told_unknown: bool = False
    submitted: SubmitEnvelope | None = None
    """An envelope that is kept until its submission was decided."""


class Slips:
    """
    Those of one sale.

    Args:
        hub: Shows it.
        kept: Where an answer that was given before is read again.
        public_key: The house's.
        sign: Signs answers whose place may not be known.
        release: Told of an envelope whose submission was decided.
        meters: What is counted.

    """

    def __init__(  # noqa: PLR0913 - everything is handed in
        self,
        hub: Shown,
        *,
        kept: Kept,
        public_key: bytes,
        sign: Callable[[bytes], bytes] | None,
        release: Callable[[SubmitEnvelope], None],
        meters: Meters,
    ) -> None:
        self._hub, self._kept, self._public_key = hub, kept, public_key
        self._sign, self._release, self._meters = sign, release, meters
        self.waiting: dict[Slip, None] = {}
        """In the order in which they were handed in."""

        self.work: trio.Nursery | None = None
        """Where answers are read again, while the hub is at work."""

    def answer(self, slip: Slip, answer: Answer, commit: Commit | None, post: Post, now: float) -> None:
        """The room has answered: who asked is told, with what a batch has for single viewers."""
        self.waiting.pop(slip, None)
        self.decided(slip)
        if not self._hub.veiled:
            self._meters.answered(now - slip.sent_at)
        hearer = slip.hearer
        match answer:
            case Record():
                if commit is None:
                    raise AssertionError("a record comes with its commit")
                post.answer(hearer, self._said(answer, commit))
            case Conflicting():
                first = answer.body_digest
                where = {} if self._hub.veiled else {"seq": answer.seq}
                no = refused(Fault.IDEMPOTENCY_CONFLICT, slip.command_id, **where, first_sha256=first)
                post.answer(hearer, no)
            case NeverSeen():
                post.answer(hearer, unknown(Fault.NEVER_SEEN, slip.command_id))
            case Repeated():
                if self.work is not None:
                    self.work.start_soon(self._repeat, hearer, slip.command_id, answer.seq)
            case TurnedBack():
                if not slip.told_unknown:
                    hearer.hear(refused(Fault.BUSY, slip.command_id, after_ms=BUSY_MS))
            case Unheard():
                if not slip.told_unknown:
                    hearer.hear(unknown(Fault.UNKNOWN_OUTCOME, slip.command_id))

    def decided(self, slip: Slip) -> None:
        """An envelope need not be kept for a submission that was decided, or never handed in."""
        if slip.submitted is not None and not slip.submitted.gaps:
            self._release(slip.submitted)
            slip.submitted = None

    def tell_unknown(self, after_s: float) -> None:
        """Tell those who have waited longer than ``after_s`` that the outcome is not known yet: each once."""
        due = trio.current_time() - after_s
        for slip in tuple(self.waiting):
            if slip.sent_at > due:
                break
            if not slip.told_unknown:
                slip.told_unknown = True
                slip.hearer.hear(unknown(Fault.UNKNOWN_OUTCOME, slip.command_id))

    def give_up(self) -> None:
        """Nothing more will be answered: tell all who wait that the outcome is not known."""
        for slip in tuple(self.waiting):
            slip.hearer.hear(unknown(Fault.UNKNOWN_OUTCOME, slip.command_id))
        self.waiting.clear()

    async def _repeat(self, hearer: Hearer, command_id: str, seq: int) -> None:
        try:
            pages = await self._kept.read(seq - 1, 1)
        except JournalFault:
            hearer.hear(unknown(Fault.UNKNOWN_OUTCOME, command_id))
            return
        [record], [commit] = pages.records, pages.commits
        hearer.hear(duplicate(self._said(record, commit)))

    def _said(self, record: Record, commit: Commit) -> bytes:
        """The answer to ``record``: with its place and the proof of it, or, behind the veil, with neither."""
        if self._hub.veiled:
            return sealed_answer(self._hub.state, record, self._public_key, self._sign)
        return answer_payload(self._hub.state, record, commit, self._public_key)
