"""
A quota sale once more, naively, from its records alone: of every offer what the answer must be, of every round where it must end, and
who must have won; and what nobody may be told of another's offer before the result.
"""

from collections.abc import Callable
from typing import Any, Final

from engine.domain.auction import commands as to
from engine.domain.auction import events as common
from engine.domain.parties import Principal, Role, bidder, role_of
from engine.domain.quota import events as happened
from engine.domain.quota.commands import MakeOffer
from engine.domain.quota.sheet import QuotaSheet, Running
from engine.domain.refusals import Refusal
from engine.journal.record import Record
from tests.domain.quota.naive import NaiveSale
from tests.simulation.secrets import OFFICERS, numbers

PHASES: Final[dict[type, str]] = {
    common.SaleOpened: "open",
    common.SaleSuspended: "suspended",
    common.SaleResumed: "open",
    common.SaleClosed: "closed",
}


class QuotaBook:
    """See the module. ``wrong`` is told the promise and what is wrong."""

    def __init__(self, wrong: Callable[[str, str], None]) -> None:
        self._wrong = wrong
        self.phase = "none"
        self.lots: dict[int, Any] = {}
        """None: there are only plates."""

        self.accepted: set[int] = set()
        self.began = 0
        self.ends: int | None = None
        self._rests_since = 0
        self._seq = 0
        self._sale: NaiveSale | None = None

    @property
    def sale(self) -> NaiveSale:
        """The sale by lists and sorting."""
        assert self._sale is not None
        return self._sale

    @property
    def time_runs(self) -> bool:
        """Whether a house that stops must suspend it."""
        return self.phase == "open"

    def take(self, record: Record) -> None:
        """The next record."""
        self._seq = record.seq
        command, outcome, at = record.command, record.outcome, record.arrived_at
        if isinstance(command, MakeOffer):
            said = str(outcome.reason) if isinstance(outcome, Refusal) else type(outcome[0]).__name__
            expected = self._verdict(command, at)
            if said != expected:
                late = "E_AUCTION_CLOSED" in {said, expected}
                self._say("P7" if late else "P5", f"{command} at {at} must be answered {expected}, and was {said}")
        if isinstance(outcome, Refusal):
            return
        for event in outcome:
            self._event(event, command, at)

    def _verdict(self, command: MakeOffer, at: int) -> str:
        early = self._by_the_clock(command, at)
        if early is not None:
            return early
        if command.paddle not in self.sale.classes:
            return "E_NOT_ELIGIBLE"
        if self.sale.sheet.sign_off and command.paddle not in self.accepted:
            return "E_RULES_NOT_ACCEPTED"
        said = self.sale.offer(command.paddle, command.amount, at)
        return {"ok": "OfferMade", "lost": "RevisionLost"}.get(said, said)

    def _by_the_clock(self, command: MakeOffer, at: int) -> str | None:
        if command.by != bidder(command.paddle):
            return "E_NOT_AUTHORISED"
        if self.phase in {"none", "planned"}:
            return "E_AUCTION_NOT_OPEN"
        if self.phase == "suspended":
            return "E_AUCTION_PAUSED"
        assert self.ends is not None
        if self.phase == "closed":
            return "E_LATE_TRANSIT" if at <= self.ends else "E_AUCTION_CLOSED"
        if at < self.began:
            return "E_LATE_TRANSIT"
        if at > self.ends:
            return "E_AUCTION_CLOSED" if self.sale.round == len(self.sale.sheet.rounds) else "E_AUCTION_NOT_OPEN"
        return None

    def _event(self, event: Any, command: Any, at: int) -> None:
        match event:
            case happened.QuotaAnnounced():
                self._sale, self.phase = NaiveSale(event.rules, {}), "planned"
            case happened.BiddersAdmitted():
                for run in event.runs:
                    self.sale.classes |= dict.fromkeys(range(run.first, run.last + 1), event.quota_class)
            case common.RulesAccepted():
                self.accepted.add(event.paddle)
            case happened.RoundOpened():
                self._round(event)
            case happened.RoundMoved():
                self._moved(event, at)
            case happened.RoundEnded():
                grace = self.sale.sheet.grace
                if isinstance(command, to.DeadlineReached) and command.deadline != (self.ends or 0) + grace:
                    self._say("P7", f"round {event.round} ends at {self.ends}, and was ended by {command.deadline}")
            case happened.QuotaAwarded():
                self._awarded(event)
            case common.SaleSuspended():
                self._rests_since = event.since
        self.phase = PHASES.get(type(event), self.phase)

    def _round(self, event: happened.RoundOpened) -> None:
        if event.round > 1:
            self.sale.next_round()
            if event.at != self.ends:
                self._say("P7", f"round {event.round} begins at {event.at}, and the one before ended at {self.ends}")
        self.began, self.ends = event.at, event.at + self.sale.sheet.rounds[event.round - 1].span
        if (event.round, event.ends_at) != (self.sale.round, self.ends):
            self._say("P7", f"{event} must end at {self.ends}")

    def _moved(self, event: happened.RoundMoved, at: int) -> None:
        sheet, before = self.sale.sheet, self.ends or 0
        least = min(sheet.resume_least, sheet.rounds[self.sale.round - 1].span)
        must = max(before, at + max(least, before - self._rests_since))
        self.ends = event.ends_at
        if event.ends_at != must:
            self._say("P7", f"resumed at {at}, the round must end at {must}, and ends at {event.ends_at}")

    def _awarded(self, event: happened.QuotaAwarded) -> None:
        result = self.sale.result()[event.quota_class]
        found = (event.winners, event.average, event.uniform)
        if found != (len(result["won"]), result["average"], result["uniform"]):
            self._say("P5", f"{event} must be {result}")

    def _say(self, promise: str, words: str) -> None:
        self._wrong(promise, f"record {self._seq}: {words}")


class QuotaSecrets:
    """What nobody else may be told: another's offer, and who he is, before the result."""

    def __init__(self, book: QuotaBook, wrong: Callable[[str, str], None]) -> None:
        self._book, self._wrong = book, wrong
        self._offered: dict[int, set[int]] = {}
        """By amount, whose."""

        self._told: set[int] = set()
        self._own: dict[Principal | None, set[int]] = {}
        self._looked: set[tuple[Principal | None, bytes]] = set()

    def asked(self, by: Principal, frame: bytes) -> None:
        """Whoever asks knows what he asks."""
        self._own.setdefault(by, set()).update(numbers(frame))

    def take(self, record: Record) -> None:
        """One more record is kept."""
        if isinstance(record.outcome, Refusal):
            return
        for event in record.outcome:
            if isinstance(event, happened.OfferMade | happened.RevisionLost):
                self._offered.setdefault(event.amount, set()).add(event.paddle)
                step = self._book.sale.sheet.step  # He is told what he may offer next, where offers are only raised.
                self._own.setdefault(bidder(event.paddle), set()).add(event.amount + step)
            elif isinstance(event, happened.AverageTold) and event.average is not None:
                self._told.add(event.average)
            elif isinstance(event, happened.QuotaAwarded):
                self._told |= {each for each in (event.lowest, event.average, event.uniform, event.reserve) if each}
        if self._book.phase == "none":
            return
        sheet: QuotaSheet = self._book.sale.sheet
        self._told |= {each for each in (sheet.floor, sheet.first_max, sheet.price_max) if each is not None}
        if sheet.running is Running.CUTOFF or self._book.phase == "closed":
            cutoff = self._book.sale.cutoff(sheet.classes[0].name)[0]
            reach = max((each.reach or 0 for each in sheet.rounds), default=0)
            self._told |= {cutoff, cutoff - reach, cutoff + reach}

    def look(self, principal: Principal | None, text: bytes, *, answer: bool = False) -> None:
        """``principal`` has been given ``text``."""
        if (principal, text) in self._looked:
            return
        self._looked.add((principal, text))
        role = "public" if principal is None else role_of(principal)
        sheet = self._book.sale.sheet
        own = self._own.get(principal, set())
        own = own | {
            each + (sheet.floor - each) % sheet.step for each in own
        }  # The next step above what he asked is told him.
        mine = {int(principal.partition(":")[2])} if role == Role.BIDDER and principal is not None else set()
        for found in numbers(text):
            secret = found in self._offered and not self._offered[found] & mine and found not in self._told
            named = found in self._book.sale.classes and found not in mine and role not in OFFICERS
            known = found in own or self._book.phase == "closed"
            if (secret or named) and not known:
                what = "another's offer" if secret else "another's paddle"
                self._wrong("P4", f"{principal or 'the public'} was told {found}, {what}: {text[:3000].decode()}")
        if answer:
            self._own.setdefault(principal, set()).update(numbers(text))
