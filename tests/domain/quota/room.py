"""A quota sale being held, taken up as the clerk takes things up."""

from dataclasses import dataclass, field

from engine.domain.auction import commands as common
from engine.domain.auction.commands import Title
from engine.domain.parties import HOUSE, Principal, bidder
from engine.domain.quota import commands as to
from engine.domain.quota.events import Event
from engine.domain.quota.rules import apply, decide, next_deadline
from engine.domain.quota.sheet import QuotaSheet
from engine.domain.quota.state import QuotaSale
from engine.domain.refusals import Refusal
from engine.domain.units import Fen, Nanoseconds, PaddleNo

AUCTIONEER, SUPERVISOR = Principal("auctioneer:1"), Principal("supervisor:1")
START = Nanoseconds(1_547_865_000_000_000_000)
"""2019-01-19 10:30:00 in Shanghai."""

Outcome = tuple[Event, ...] | Refusal


@dataclass
class Room:
    """A sale announced, with paddles 1…``personal`` of the first class and, from 1001 on, ``company`` of the second."""

    sheet: QuotaSheet
    personal: int = 20
    company: int = 0
    at: int = START
    state: QuotaSale | None = None
    taken: list[tuple[to.Command, int, Outcome]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ask(
            to.AnnounceQuota(command_id="a", by=HOUSE, sale="q", title=Title(zh="额度", en="Quota"), rules=self.sheet)
        )
        self.admit(1, self.personal, self.sheet.classes[0].name)
        if self.company:
            self.admit(1001, 1000 + self.company, self.sheet.classes[1].name)

    @property
    def sale(self) -> QuotaSale:
        assert self.state is not None
        return self.state

    def admit(self, first: int, last: int, name: str) -> Outcome:
        return self.ask(
            to.AdmitBidders(
                command_id=f"admit-{first}",
                by=HOUSE,
                quota_class=name,
                runs=(to.Run(first=PaddleNo(first), last=PaddleNo(last)),),
            )
        )

    def open(self) -> Outcome:
        return self.ask(common.OpenSale(command_id="open", by=AUCTIONEER))

    def offer(self, paddle: int, yuan: int, at: int | None = None) -> Outcome:
        """``paddle`` offers ``yuan``, now or at an instant."""
        return self.offer_fen(paddle, yuan * 100, at)

    def offer_fen(self, paddle: int, fen: int, at: int | None = None) -> Outcome:
        number = PaddleNo(paddle)
        command = to.MakeOffer(command_id=f"o{len(self.taken)}", by=bidder(number), paddle=number, amount=Fen(fen))
        return self.ask(command, at)

    def wait(self, seconds: float) -> None:
        """Time passes, and what falls due happens."""
        self.at += round(seconds * 1e9)
        self._due(self.at)

    def ask(self, command: to.Command, at: int | None = None) -> Outcome:
        """Take ``command`` up, stamped now or ``at``, after what was due before."""
        stamp = self.at if at is None else at
        self._due(stamp)
        return self._take(command, stamp)

    def late(self, command: to.Command, at: int) -> Outcome:
        """Take up what was stamped ``at`` but comes only now."""
        return self._take(command, at)

    def _due(self, at: int) -> None:
        while (due := next_deadline(self.state)) is not None and due < at:
            self._take(common.DeadlineReached(command_id=f"deadline-{due}", by=HOUSE, deadline=due), due)

    def _take(self, command: to.Command, at: int) -> Outcome:
        outcome: Outcome
        try:
            outcome = decide(self.state, command, Nanoseconds(at))
        except Refusal as refusal:
            outcome = refusal
        else:
            for event in outcome:
                self.state = apply(self.state, event)
        self.taken.append((command, at, outcome))
        return outcome


def code(outcome: Outcome) -> str:
    """The code of a refusal, or what happened."""
    return str(outcome.reason) if isinstance(outcome, Refusal) else type(outcome[0]).__name__
