"""What the robots know of their sale: what the record says, taken in record by record, as every page takes it in."""

from collections import Counter

from clients.robots.quota.crowd import Crowd
from engine.domain import proceeding
from engine.domain.auction.state import SalePhase
from engine.domain.proceeding import State
from engine.domain.quota.commands import MakeOffer
from engine.domain.quota.events import OfferMade
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Reason, Refusal
from engine.domain.units import Fen, PaddleNo
from engine.journal.record import Record
from engine.reenactment.month import CLASS

Heard = tuple[PaddleNo, Fen, Reason | None]
"""Whose offer of what was answered; None: it stands."""


class Onlooker:
    """Follows one sale from its first record on."""

    def __init__(self) -> None:
        self._state: State | None = None
        self._heard: list[Heard] = []
        self.seq = 0
        self.refused: Counter[Reason] = Counter()
        self.accepted = 0
        self.by_second: Counter[int] = Counter()
        """Offers that reached the house, by second since the sale opened."""

    @property
    def sale(self) -> QuotaSale:
        """The sale as the record has it."""
        assert isinstance(self._state, QuotaSale)
        return self._state

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self.sale.phase is SalePhase.CLOSED

    @property
    def cutoff(self) -> Fen:
        """The running cut-off price."""
        return self.sale.books[CLASS].cutoff().amount

    def take(self, record: Record) -> None:
        """The next record; each once, and none left out."""
        if record.seq != self.seq + 1:
            raise AssertionError(f"record {record.seq} does not follow {self.seq}")
        self.seq = record.seq
        command, outcome = record.command, record.outcome
        reason = outcome.reason if isinstance(outcome, Refusal) else None
        if not isinstance(outcome, Refusal):
            for event in outcome:
                self._state = proceeding.apply(self._state, event)
                self.accepted += isinstance(event, OfferMade)
        if isinstance(command, MakeOffer):
            self._heard.append((command.paddle, command.amount, reason))
            if reason is not None:
                self.refused[reason] += 1
            opened = self.sale.opened_at
            if opened is not None:
                self.by_second[(record.arrived_at - opened) // 1_000_000_000] += 1

    def tell(self, crowd: Crowd, second: int) -> None:
        """Let the crowd hear, by its look at ``second``, what was answered since the last."""
        for paddle, amount, reason in self._heard:
            crowd.hear(second, paddle, amount, reason)
        self._heard.clear()

    def rush(self) -> tuple[float, float]:
        """Offers a second in the last thirtieth of the second round (its last minute), and in that round before it."""
        begins, lasts = (each.span // 1_000_000_000 for each in self.sale.rules.rounds)
        end = begins + lasts
        rush = end - max(1, lasts // 30)
        last, calm = (
            sum(self.by_second[at] for at in span) / len(span) for span in (range(rush, end), range(begins, rush))
        )
        return last, calm
