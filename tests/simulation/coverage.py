"""What the generator reaches: every transition of sale and lots, and every reason to refuse, by the phases in which it was given."""

from collections import Counter
from typing import Any, Final, get_args

from engine.domain.auction import commands as auction
from engine.domain.opening.sentences import SENTENCES as OF_OPENINGS
from engine.domain.quota import commands as quota
from engine.domain.refusals import Reason, Refusal
from engine.journal.record import Record
from tests.simulation.book import Book
from tests.simulation.quota_book import QuotaBook

UNREACHABLE: Final[dict[Reason, str]] = {Reason(code): "no opening of sealed bids is simulated" for code in OF_OPENINGS}
"""Reasons that no command a person or the house can send is refused for, and why not."""

SIMULATED: Final = (*get_args(auction.Command), *get_args(quota.Command))
"""What is asked in simulated proceedings."""

SALE_TRANSITIONS: Final = (*("none>planned", "planned>open", "open>suspended", "suspended>open", "open>closed"),)
LOT_TRANSITIONS: Final = (*("waiting>open", "waiting>withdrawn", "open>sold", "open>passed", "passed>waiting"),)
LEAST: Final = 100
"""How often a long run must have reached each."""


class Coverage:
    """Counts of one run or many."""

    def __init__(self) -> None:
        self.sale: Counter[str] = Counter()
        self.lot: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.matrix: Counter[str] = Counter()
        """``sale phase/lot phase/code``; ``-`` where the command names no lot."""

        self.commands: Counter[str] = Counter()

    def before(self, book: Book | QuotaBook, record: Record) -> tuple[str, dict[int, str]]:
        """To be asked before ``book`` takes ``record``."""
        if isinstance(record.outcome, Refusal):
            number = getattr(record.command, "lot", None)
            lot = book.lots.get(number) if number is not None else None
            phase = "-" if number is None else "unknown" if lot is None else lot.phase
            self.refused[record.outcome.reason] += 1
            self.matrix[f"{book.phase}/{phase}/{record.outcome.reason}"] += 1
        self.commands[type(record.command).__name__] += 1
        return book.phase, {number: lot.phase for number, lot in book.lots.items()}

    def after(self, book: Book | QuotaBook, was: tuple[str, dict[int, str]]) -> None:
        """To be told after it."""
        phase, lots = was
        if book.phase != phase:
            self.sale[f"{phase}>{book.phase}"] += 1
        for number, before in lots.items():
            now = book.lots[number].phase
            if now != before:
                self.lot[f"{before}>{now}"] += 1

    def add(self, other: dict[str, Any]) -> None:
        """The counts of another run, as :meth:`plain` gives them."""
        for name, counts in other.items():
            getattr(self, name).update(counts)

    def plain(self) -> dict[str, dict[str, int]]:
        """As data, in one order."""
        names = ("sale", "lot", "refused", "matrix", "commands")
        return {name: dict(sorted((str(key), count) for key, count in getattr(self, name).items())) for name in names}

    def missing(self, least: int) -> list[str]:
        """Whatever was reached less often than ``least``."""
        wanted = [(f"sale {each}", self.sale[each]) for each in SALE_TRANSITIONS]
        wanted += [(f"lot {each}", self.lot[each]) for each in LOT_TRANSITIONS]
        wanted += [(str(code), self.refused[code]) for code in Reason if code not in UNREACHABLE]
        wanted += [(kind.__name__, self.commands[kind.__name__]) for kind in dict.fromkeys(SIMULATED)]
        found = [f"{what}: {count}" for what, count in wanted if count < least]
        return [
            *found,
            *(f"{code} is said to be unreachable: {self.refused[code]}" for code in UNREACHABLE if self.refused[code]),
        ]
