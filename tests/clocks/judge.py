"""Holds the records of an opening to its two ends, the deadline and the window's: in words of its own, from the stamps alone."""

from dataclasses import dataclass, field

from engine.domain.auction.events import SaleResumed, SaleSuspended
from engine.domain.opening import commands as to
from engine.domain.opening import events as happened
from engine.domain.refusals import Reason, Refusal
from engine.journal.record import Record


@dataclass
class Judge:
    """
    Looks at one record after the other.

    Attributes:
        found: What is wrong.
        received: Who submitted in time.
        suspensions: When the house suspended it.

    """

    deadline: int
    window: int
    grace: int
    found: list[str] = field(default_factory=list)
    closed: bool = False
    ends_at: int | None = None
    resting: bool = False
    over: bool = False
    received: set[int] = field(default_factory=set)
    unsealed: set[int] = field(default_factory=set)
    read: bool = False
    suspensions: list[int] = field(default_factory=list)
    _last: int = 0

    def look(self, record: Record) -> None:
        """The next record."""
        self._check(record, record.arrived_at <= record.recorded_at, "recorded before it arrived")
        self._check(record, record.recorded_at >= self._last, "recorded before the record before it")
        self._last = record.recorded_at
        reason = Reason(record.outcome.reason) if isinstance(record.outcome, Refusal) else None
        should = self._should(record, reason)
        self._check(record, reason == should, f"{type(record.command).__name__}: {reason}, not {should}")
        for event in () if isinstance(record.outcome, Refusal) else record.outcome:
            self._happened(record, event)

    def _should(self, record: Record, said: Reason | None) -> Reason | None:
        """Why a command is refused; what is not about time is left to ``said``."""
        match record.command:
            case to.SubmitEnvelope():
                if record.arrived_at > self.deadline:
                    return Reason.SUBMISSION_CLOSED
                if not self.closed:
                    return None
                self._check(record, record.recorded_at >= self.deadline + self.grace, "was in time, and not waited for")
                return Reason.LATE_TRANSIT
            case to.UnsealEnvelope(bidder=number):
                if self.ends_at is None:
                    return Reason.NOT_AT_THIS_STAGE
                if self.over:
                    waited = record.recorded_at >= self.ends_at + self.grace or record.arrived_at > self.ends_at
                    self._check(record, waited, "was in time, and not waited for")
                    return Reason.NOT_AT_THIS_STAGE
                if self.resting:
                    return Reason.OPENING_PAUSED
                if record.arrived_at > self.ends_at:
                    return Reason.WINDOW_CLOSED
                return Reason.UNSEALED_ALREADY if number in self.unsealed else None
            case to.GiveAnswers() | to.OpenSheet() | to.ReadOut() if not self.over:
                return Reason.NOT_AT_THIS_STAGE
            case to.StartOpening() if not self.closed:
                return Reason.NOT_AT_THIS_STAGE
            case _:
                return said

    def _happened(self, record: Record, event: object) -> None:
        match event:
            case happened.EnvelopeReceived():
                self.received.add(event.bidder)
            case happened.SubmissionClosed():
                self._check(record, record.recorded_at >= self.deadline + self.grace, "closed before the deadline")
                self.closed = True
            case happened.OpeningStarted() | happened.ListPublished():
                self._check(record, self.closed, "began before the deadline")
            case happened.UnsealingOpened() | happened.UnsealingMoved():
                self._check(record, self.closed, "unsealed before the deadline")
                self._check(record, event.ends_at - record.arrived_at >= self.window, "less than a window")
                self.ends_at = event.ends_at
            case happened.EnvelopeUnsealed():
                self.unsealed.add(event.bidder)
            case happened.UnsealingClosed():
                assert self.ends_at is not None
                self._check(record, record.recorded_at >= self.ends_at + self.grace, "the window was closed early")
                self._check(record, not self.resting, "the window ended while the opening rested")
                self.over = True
            case happened.AnswerTaken() | happened.HalfJoined() | happened.SheetOpened():
                self._check(record, self.over, "opened before the window's end")
            case happened.BidsReadOut():
                self.read = True
            case SaleSuspended():
                self.resting = True
                self.suspensions.append(event.at)
            case SaleResumed():
                self.resting = False
            case _:
                pass

    def _check(self, record: Record, fine: bool, words: str) -> None:
        if not fine:
            self.found.append(f"record {record.seq}: {words}")
