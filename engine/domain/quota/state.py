"""How a quota sale stands."""

from dataclasses import dataclass, field, replace
from typing import Any

from engine.domain.auction.commands import Title
from engine.domain.auction.state import Announcement, CopiesKept, SalePhase, Suspension
from engine.domain.parties import Role
from engine.domain.quota.admitted import Admitted
from engine.domain.quota.book import OfferBook
from engine.domain.quota.curve import Curve
from engine.domain.quota.events import AverageTold, QuotaAwarded
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.quota.sums import Fingerprints
from engine.domain.units import Nanoseconds, PaddleNo


@dataclass(slots=True, kw_only=True)
class QuotaSale:
    """One quota sale."""

    sale: str
    title: Title
    rules: QuotaSheet
    rules_digest: str
    books: dict[str, OfferBook]
    """By class."""

    curves: dict[str, Curve]
    """By class; none where the cut-off price is not told while offers are taken."""

    phase: SalePhase = SalePhase.PLANNED
    suspension: Suspension | None = None
    announcement: Announcement | None = None
    kept: CopiesKept | None = None
    """None until the house has said so: one copy."""

    opened_at: Nanoseconds | None = None
    round: int = 0
    """The round that runs, from 1; 0 before the first."""

    round_at: Nanoseconds | None = None
    """When it began: what reached the house before belongs to the one before it."""

    ends_at: Nanoseconds | None = None
    """When the round that runs ends as things stand."""

    moved: Nanoseconds = Nanoseconds(0)
    """How far interruptions have moved everything that was to come."""

    told: int = 0
    """How many of the averages have been told."""

    averages: dict[str, AverageTold] = field(default_factory=dict)
    """The newest average told, by class."""

    revisions: dict[PaddleNo, int] = field(default_factory=dict)
    """Changes used in this round."""

    admitted: Admitted = field(default_factory=Admitted)

    accepted: set[PaddleNo] = field(default_factory=set)
    """Who has accepted the rules."""

    prints: Fingerprints = field(default_factory=Fingerprints)
    """Of changes used and of rules accepted."""

    offers: int = 0
    """Accepted offers, first ones and changes."""

    awards: dict[str, QuotaAwarded] = field(default_factory=dict)
    signed: dict[Role, str] = field(default_factory=dict)
    final: bool = False

    def class_of(self, paddle: PaddleNo) -> str | None:
        """In which class ``paddle`` offers; None if it was not admitted."""
        return self.admitted.class_of(paddle)

    def book_of(self, paddle: PaddleNo) -> OfferBook:
        """The book of the class in which ``paddle``, which was admitted, offers."""
        name = self.class_of(paddle)
        assert name is not None
        return self.books[name]

    def summary(self) -> list[Any]:
        """Everything the rules know, in a fixed order and as plain data."""
        resting = self.suspension
        return [
            [self.sale, self.title.zh, self.title.en, self.rules_digest, self.phase, self.opened_at],
            [self.round, self.ends_at, self.moved, self.told, self.offers],
            None if resting is None else [resting.reason, resting.cause, resting.at, resting.since],
            [[name, len(book), book.digest()] for name, book in self.books.items()],
            [len(self.revisions), len(self.admitted), len(self.accepted)],
            [self.admitted.digest(), self.prints.digest()],
            [
                [award.quota_class, award.winners, award.lowest, award.average, award.uniform]
                for award in self.awards.values()
            ],
            [list(self.signed.items()), self.final],
            None if self.kept is None else [self.kept.copies, self.kept.at],
        ]

    def fork(self) -> "QuotaSale":
        """The same sale, to go on by itself: what becomes of one is not seen in the other."""
        return replace(
            self,
            books={name: book.fork() for name, book in self.books.items()},
            curves={name: curve.fork() for name, curve in self.curves.items()},
            averages=self.averages.copy(),
            revisions=self.revisions.copy(),
            admitted=self.admitted.fork(),
            accepted=self.accepted.copy(),
            prints=self.prints.fork(),
            awards=self.awards.copy(),
            signed=self.signed.copy(),
        )

    @property
    def weight(self) -> int:
        """About how many things a copy of it holds."""
        return sum(map(len, self.books.values())) + len(self.revisions) + len(self.accepted)
