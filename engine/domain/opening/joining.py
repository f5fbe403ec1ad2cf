"""What becomes of trustees' answers for one envelope: taken or rejected by their proofs, and, with enough of them, a half."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.domain.opening.commands import Half
from engine.domain.opening.events import AnswerRejected, AnswerTaken, EnvelopeLapsed, Event, HalfJoined, HalfRefuted
from engine.domain.opening.evidence import LapseCause, Why
from engine.domain.opening.state import Envelope
from engine.domain.units import Nanoseconds
from engine.sealing import halves
from engine.sealing.envelope import unwrap_hall, unwrap_remedy
from engine.sealing.faults import SealFault
from engine.sealing.shares import read_answer
from engine.sealing.trustees import Answer, HallKey, check_answer


@dataclass(frozen=True, slots=True)
class Joining:
    """One envelope and the half of its key that trustees answer for."""

    hall: HallKey
    envelope: Envelope
    half: Half
    at: Nanoseconds

    def take(self, answer: Answer, said: str) -> Iterator[Event]:
        """One trustee's answer, and whatever it completes; ``said`` is its one spelling."""
        envelope, manifest = self.envelope, self.envelope.manifest
        wrapped = manifest.wrap_hall if self.half is Half.HALL else manifest.wrap_remedy
        assert wrapped is not None
        try:
            check_answer(self.hall, wrapped, manifest.context.purpose(self.half), answer)
        except SealFault:
            kind: type[AnswerRejected | AnswerTaken] = AnswerRejected
        else:
            kind = AnswerTaken
        yield kind(
            trustee=answer.trustee, bidder=envelope.bidder, section=envelope.section, half=self.half, answer=said
        )
        earlier = [
            read_answer(text.encode(), self.hall) for (half, _), text in envelope.answers.items() if half is self.half
        ]
        if kind is AnswerTaken and len(earlier) + 1 == self.hall.threshold:
            yield from self._join([*earlier, answer])

    def _join(self, answers: list[Answer]) -> Iterator[Event]:
        """The half that enough answers give, or the proof that the bidder wrapped or committed to something else."""
        envelope, half = self.envelope, self.half
        unwrap, why = (unwrap_hall, Why.HALL_HALF) if half is Half.HALL else (unwrap_remedy, Why.REMEDY_HALF)
        try:
            value = unwrap(envelope.manifest, self.hall, answers)
        except SealFault:
            yield HalfRefuted(bidder=envelope.bidder, section=envelope.section, half=half)
            if not envelope.settled:
                yield proven(envelope, why, self.at)
            return
        yield HalfJoined(bidder=envelope.bidder, section=envelope.section, half=half, value=value.hex())
        own, other = (envelope.own, value) if half is Half.HALL else (value, envelope.hall)
        if own is None or other is None or envelope.settled:
            return
        try:
            halves.data_key(envelope.manifest, own, other)
        except SealFault:
            yield proven(envelope, Why.COMMITMENT, self.at)


def proven(envelope: Envelope, why: Why, at: Nanoseconds) -> EnvelopeLapsed:
    """An envelope that its bidder made so that it does not open: no officer is needed."""
    return EnvelopeLapsed(
        bidder=envelope.bidder,
        section=envelope.section,
        cause=LapseCause.BIDDER,
        why=why,
        evidence=None,
        reason=None,
        at=at,
    )
