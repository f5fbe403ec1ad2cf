"""
A sale once more, naively, from its records alone: what each must have led to, said in other words than the rules say it.

It knows lots, bids, maxima and ends; of every bid it says what the answer must be, of every end where it must lie, of every contest of
maxima who must win it. What it finds wrong it tells with the promise that is broken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from engine.domain.auction import commands as to
from engine.domain.auction import events as happened
from engine.domain.auction.events import Basis, Extended
from engine.domain.parties import HOUSE, Role, bidder, role_of
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import RuleSheet
from engine.journal.record import Record
from tests.domain.auction.naive_proxy import NO_RANK, Left, Stands, played, step_of
from tests.simulation.clockwork import moved

ENDED: Final = frozenset({"sold", "passed", "withdrawn"})
AUTOMATIC: Final = frozenset({Basis.PROXY, Basis.HELD, Basis.RESERVE})


@dataclass
class NaiveBid:
    no: int
    paddle: int
    amount: int
    at: int
    basis: Basis
    stands: bool = True


@dataclass
class NaiveLot:
    number: int
    opening: int
    phase: str = "waiting"
    bids: list[NaiveBid] = field(default_factory=list)
    proxies: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Maximum, and since when, by paddle."""

    ranks: dict[int, int] = field(default_factory=dict)
    reserve: int | None = None
    calls: int = 0
    price_at: int | None = None
    shown: bool = False
    proposal: tuple[int, str] | None = None
    opened_at: int = 0
    ended_at: int | None = None
    end: int | None = None
    bound: int = 0
    moves: int = 0
    moved_at: int | None = None
    qualified: frozenset[int] | None = None
    winners: int = 0

    @property
    def standing(self) -> list[NaiveBid]:
        return [bid for bid in self.bids if bid.stands]

    @property
    def leader(self) -> NaiveBid | None:
        return next((bid for bid in reversed(self.bids) if bid.stands), None)

    def rank(self, paddle: int) -> int:
        return self.ranks.get(paddle, NO_RANK)


@dataclass
class NaivePaddle:
    hall: bool
    deposits: int = 0
    accepted: bool = False
    won: int = 0


class Book:
    """See the module. ``wrong`` is told the promise and what is wrong."""

    def __init__(self, wrong: Callable[[str, str], None]) -> None:
        self._wrong = wrong
        self.sheet: RuleSheet | None = None
        self.phase = "none"
        self.lots: dict[int, NaiveLot] = {}
        self.paddles: dict[int, NaivePaddle] = {}
        self.opened: list[int] = []
        self.rests_since: int | None = None
        self.seq = 0
        self._due: list[tuple[int, Stands | None]] = []
        """What the house must do next for maxima: for which lot, and who must lead after it."""

    @property
    def time_runs(self) -> bool:
        """Whether lots of a timed sale are open: a house that stops must suspend it."""
        return self.phase == "open" and bool(self.opened) and self.rules.timed is not None

    @property
    def rules(self) -> RuleSheet:
        assert self.sheet is not None
        return self.sheet

    def take(self, record: Record) -> None:
        """The next record."""
        command, outcome, at = record.command, record.outcome, record.arrived_at
        self.seq = record.seq
        if self._due:
            self._follow_up(command)  # type: ignore[arg-type]
        refused = outcome.reason if isinstance(outcome, Refusal) else None
        if isinstance(command, to.PlaceBid) and self.sheet is not None:
            expected = self._verdict(command, at)
            if expected is not refused:
                promise = "P7" if Reason.AUCTION_CLOSED in {expected, refused} else "P5"
                self._say(
                    promise, f"{command} at {at} must be answered {expected or 'yes'}, and was {refused or 'yes'}"
                )
        elif isinstance(command, to.PlaceProxy) and self.sheet is not None and refused is None:
            self._in_time(command.lot, at)
        if isinstance(outcome, Refusal):
            return
        before = {number: lot.end for number, lot in self.lots.items()}
        self._expect_ends(record)
        for event in outcome:
            _TAKE[type(event)](self, event)
        self._ends_agree(record, before)
        if isinstance(command, to.AnswerProxies):
            self._contested(command.lot)
        if isinstance(command, to.DeadlineReached):
            self._deadline(command, outcome, before)
        self._due = self._contests(at)

    def _say(self, promise: str, words: str) -> None:
        self._wrong(promise, f"record {self.seq}: {words}")

    # Prices.

    def asked(self, lot: NaiveLot) -> int:
        leader = lot.leader
        return lot.opening if leader is None else leader.amount + step_of(self.rules.increments, leader.amount)

    def _verdict(self, bid: to.PlaceBid, at: int) -> Reason | None:
        """What a bid must be answered: None for yes."""
        role = role_of(bid.by)
        if role not in {Role.BIDDER, Role.CLERK} or (role == Role.BIDDER and bid.by != bidder(bid.paddle)):
            return Reason.NOT_AUTHORISED
        closed = {"closed": Reason.SALE_CLOSED, "planned": Reason.AUCTION_NOT_OPEN, "suspended": Reason.AUCTION_PAUSED}
        if self.phase in closed:
            return closed[self.phase]
        lot = self.lots.get(bid.lot)
        if lot is None:
            return Reason.LOT_UNKNOWN
        late = self._late(lot, at)
        if late is not None:
            return late
        if not self._entitled(lot, bid.paddle, hall=role == Role.CLERK):
            return Reason.NOT_ELIGIBLE
        if self.rules.sign_off and not self.paddles[bid.paddle].accepted:
            return Reason.RULES_NOT_ACCEPTED
        leader = lot.leader
        if leader is not None and leader.paddle == bid.paddle:
            return Reason.ALREADY_LEADING
        if leader is not None and bid.amount == leader.amount and lot.rank(bid.paddle) < lot.rank(leader.paddle):
            return None
        return self._price(lot, bid.amount, at)

    def _late(self, lot: NaiveLot, at: int) -> Reason | None:
        timed = self.rules.timed is not None
        if lot.phase in ENDED and lot.ended_at is not None:
            if lot.opened_at <= at and (at <= lot.ended_at if timed else at < lot.ended_at):
                return Reason.LATE_TRANSIT
            if timed:
                return Reason.AUCTION_CLOSED
        if lot.phase != "open":
            return Reason.LOT_NOT_OPEN
        return Reason.AUCTION_CLOSED if lot.end is not None and at > lot.end else None

    def _price(self, lot: NaiveLot, amount: int, at: int) -> Reason | None:
        least, leader = self.asked(lot), lot.leader
        price = leader.amount if leader is not None else lot.opening
        if amount < least or (amount - least) % step_of(self.rules.increments, price):
            told = leader is None or self.rules.visibility.amounts_bidders in {"all", "leading"}
            return Reason.BID_TOO_LOW if told else Reason.BID_NOT_LEADING
        rule = self.rules.timed.extension if self.rules.timed is not None else None
        bounded = rule is not None and rule.reach is not None and lot.end is not None and at >= lot.end - rule.within
        if rule is not None and rule.reach is not None and bounded and amount > max(least, price + rule.reach):
            return Reason.BID_TOO_HIGH
        return None

    def _entitled(self, lot: NaiveLot, number: int, *, hall: bool | None) -> bool:
        paddle = self.paddles.get(number)
        if paddle is None or (hall is not None and paddle.hall is not hall):
            return False
        if self.rules.deposit == "one_lot":
            leads = [each for each in self.opened if each != lot.number and self._leads(each, number)]
            if paddle.deposits - paddle.won <= len(leads):
                return False
        return lot.qualified is None or number in lot.qualified

    def _leads(self, lot: int, paddle: int) -> bool:
        leader = self.lots[lot].leader
        return leader is not None and leader.paddle == paddle

    def _in_time(self, number: int, at: int) -> None:
        lot = self.lots.get(number)
        if lot is not None and lot.phase == "open" and lot.end is not None and at > lot.end:
            self._say("P7", f"a maximum for lot {number} came at {at}, after its end {lot.end}, and was taken")

    # Maxima.

    def _stands(self, lot: NaiveLot) -> Stands | None:
        leader = lot.leader
        if leader is None:
            return None
        own = leader is lot.bids[-1] and leader.basis is Basis.BID
        return Stands(leader.paddle, leader.amount, own=own, rank=lot.rank(leader.paddle))

    def _left(self, lot: NaiveLot) -> list[Left]:
        turns = {
            paddle: nth for nth, paddle in enumerate(sorted(lot.proxies, key=lambda each: (lot.proxies[each][1], each)))
        }
        return [
            Left(paddle, maximum, turns[paddle], lot.rank(paddle), self._may(lot, paddle))
            for paddle, (maximum, _) in lot.proxies.items()
        ]

    def _may(self, lot: NaiveLot, paddle: int) -> bool:
        return self._entitled(lot, paddle, hall=None) and (self.paddles[paddle].accepted or not self.rules.sign_off)

    def _contests(self, at: int) -> list[tuple[int, Stands | None]]:
        """The open lots for which a maximum has something to answer, in the order in which they were opened."""
        if self.phase != "open" or not any(self.lots[number].proxies for number in self.opened):
            return []
        due = []
        for number in self.opened:
            lot = self.lots[number]
            if not lot.proxies or (lot.end is not None and at > lot.end):
                continue
            stands = self._stands(lot)
            then = played(self.rules.increments, lot.opening, stands, self._left(lot), lot.reserve)
            if then != stands:
                due.append((number, then))
        return due

    def _follow_up(self, command: to.Command) -> None:
        number, _ = self._due[0]
        if not isinstance(command, to.AnswerProxies) or command.lot != number or command.by != HOUSE:
            self._say("P5", f"a maximum left for lot {number} had something to answer, and {command} came first")
            self._due = []

    def _contested(self, number: int) -> None:
        expected = next((then for lot, then in self._due if lot == number), None)
        leader = self.lots[number].leader
        found = None if leader is None else (leader.paddle, leader.amount)
        if expected is None or found != (expected.paddle, expected.price):
            self._say("P5", f"played out, the maxima for lot {number} lead to {expected}, and the house to {found}")

    # The clock.

    def _expect_ends(self, record: Record) -> None:
        """Where the ends must lie after ``record``: worked out here, compared when its events are taken."""
        self._expected: dict[int, int] = {}
        timed, command, at = self.rules.timed if self.sheet is not None else None, record.command, record.arrived_at
        if timed is None or isinstance(record.outcome, Refusal):
            return
        placed = [event for event in record.outcome if isinstance(event, happened.BidPlaced)]
        if placed:
            lot = self.lots[placed[0].lot]
            self._expected = moved(timed, self._ends(lot), lot, at, self._bidders(lot, placed))
        elif isinstance(command, to.ConfirmVoid) and self.phase == "open":
            lot = self.lots[command.lot]
            voided = {event.no for event in record.outcome if isinstance(event, happened.BidVoided)}
            if lot.leader is not None and lot.leader.no in voided:
                self._expected = dict.fromkeys(self._ends(lot), at + timed.window)
        elif isinstance(command, to.ResumeSale):
            assert self.rests_since is not None
            for number in self.opened:
                end = self.lots[number].end
                assert end is not None
                self._expected[number] = at + max(timed.window, end - self.rests_since)

    def _ends(self, lot: NaiveLot) -> list[int]:
        """The lots whose end moves with that of ``lot``."""
        assert self.rules.timed is not None
        return list(self.opened) if self.rules.timed.extension.kind == "shrinking" else [lot.number]

    def _bidders(self, lot: NaiveLot, placed: list[happened.BidPlaced]) -> list[int]:
        """Those who bid, and those whose maxima will answer: the places that come of it."""
        new: list[int] = [each.paddle for each in placed]
        if placed[-1].basis in AUTOMATIC or not lot.proxies:
            return new
        last = placed[-1]
        entered = NaiveBid(last.no, last.paddle, last.amount, last.at, last.basis)
        lot.bids.append(entered)
        stands = self._stands(lot)
        then = played(self.rules.increments, lot.opening, stands, self._left(lot), lot.reserve)
        lot.bids.pop()
        return [*new, then.paddle] if then is not None and then != stands else new

    def _ends_agree(self, record: Record, before: dict[int, int | None]) -> None:
        if self.sheet is None or self.rules.timed is None:
            return
        for number in self.opened:
            lot, old = self.lots[number], before.get(number)
            assert lot.end is not None
            if old is None or lot.opened_at == record.arrived_at:
                continue
            wanted = max(old, self._expected.get(number, old))
            if lot.end != wanted and not self._places_in_doubt(lot):
                self._say(
                    "P7",
                    f"lot {number} must end at {wanted} after {type(record.command).__name__}, and ends at {lot.end}",
                )

    def _places_in_doubt(self, lot: NaiveLot) -> bool:
        """Where only changes among the first places move the end, who answers in between matters: that is the naive contest's word."""
        assert self.rules.timed is not None
        return self.rules.timed.extension.top_k is not None and bool(lot.proxies)

    def _deadline(self, command: to.DeadlineReached, outcome: Iterable[Any], before: dict[int, int | None]) -> None:
        timed = self.rules.timed
        for event in outcome:
            if isinstance(event, happened.BiddingClosed) and timed is not None:
                end = before.get(event.lot)
                if end is None or event.closes_at != end or command.deadline != end + timed.grace:
                    self._say(
                        "P7", f"lot {event.lot} ends at {end} and was closed at {event.closes_at} by {command.deadline}"
                    )

    # Events.

    def announced(self, event: happened.SaleAnnounced) -> None:
        self.sheet, self.phase = event.rules, "planned"
        self.lots = {entry.lot: NaiveLot(entry.lot, entry.opening_price) for entry in event.catalogue}

    def admitted(self, event: happened.PaddleAdmitted) -> None:
        paddle = self.paddles.setdefault(event.paddle, NaivePaddle(event.channel == "hall"))
        paddle.deposits += event.deposits

    def accepted(self, event: happened.RulesAccepted) -> None:
        self.paddles[event.paddle].accepted = True

    def sale(self, phase: str) -> None:
        self.phase = phase

    def suspended(self, event: happened.SaleSuspended) -> None:
        self.phase, self.rests_since = "suspended", event.since

    def resumed(self, event: happened.SaleResumed) -> None:
        self.phase = "open"
        assert self.rests_since is not None
        for number in self.opened:
            lot = self.lots[number]
            lot.bound += event.at - self.rests_since
            if self.rules.resume_for == "who_had_bid" and lot.standing:
                lot.qualified = frozenset(bid.paddle for bid in lot.standing)
            if lot.standing:
                lot.price_at, lot.shown = event.at, False
        self.rests_since = None

    def lot_opened(self, event: happened.LotOpened) -> None:
        lot = self.lots[event.lot]
        if self.opened and not self.rules.together:
            self._say("P5", f"lot {event.lot} was opened while {self.opened} were")
        lot.phase, lot.opened_at, lot.ended_at = "open", event.at, None
        timed = self.rules.timed
        lot.end = None if timed is None else event.at + timed.free + timed.window
        lot.bound = lot.end or 0
        if event.closes_at != lot.end:
            self._say("P7", f"lot {event.lot} must end at {lot.end} and is said to end at {event.closes_at}")
        self.opened.append(event.lot)

    def placed(self, event: happened.BidPlaced) -> None:
        lot, leader = self.lots[event.lot], self.lots[event.lot].leader
        if lot.phase != "open" or (lot.end is not None and event.at > lot.end):
            self._say("P7", f"{event} entered the book of a lot that was not open")
        if leader is not None:
            step = step_of(self.rules.increments, leader.amount)
            rise = event.amount - leader.amount
            equal = rise == 0 and event.basis in {Basis.HELD, Basis.PRIORITY}
            if not equal and (rise < step or rise % step):
                self._say("P5", f"{event} rises by {rise}, the step being {step}")
            if leader.paddle == event.paddle and event.basis is not Basis.RESERVE:
                self._say("P5", f"{event} bids against itself")
        elif event.amount < lot.opening:
            self._say("P5", f"{event} is below the opening price")
        if event.basis in AUTOMATIC and event.amount > lot.proxies.get(event.paddle, (0, 0))[0]:
            self._say("P5", f"{event} is beyond its maximum")
        lot.bids.append(NaiveBid(event.no, event.paddle, event.amount, event.at, event.basis))
        lot.price_at, lot.shown = event.at, False

    def extended(self, event: happened.BiddingExtended) -> None:
        for number in self.opened if event.lot is None else [event.lot]:
            lot = self.lots[number]
            assert lot.end is not None
            lot.end = max(lot.end, event.closes_at)
            if event.why is Extended.BID:
                lot.moves, lot.moved_at = lot.moves + 1, event.at

    def struck(self, event: happened.HammerFell) -> None:
        lot, leader = self.lots[event.lot], self.lots[event.lot].leader
        lot.winners += 1
        if lot.phase != "open" or lot.winners > 1:
            self._say("P5", f"lot {event.lot} has {lot.winners} winners")
        if leader is None or (leader.paddle, leader.amount) != (event.paddle, event.price):
            self._say("P5", f"{event}, and the highest standing bid is {leader}")
        if lot.reserve is not None and event.price < lot.reserve:
            self._say("P5", f"{event} is below the reserve")
        if lot.end is None and lot.calls != self.rules.calls:
            self._say("P5", f"{event} after {lot.calls} calls")
        if lot.end is None and lot.proposal is not None:
            self._say("P5", f"{event} while a void was pending")
        if lot.end is None and lot.price_at is not None and event.at < lot.price_at + self.rules.dwell:
            self._say("P5", f"{event} within the dwell")
        self.paddles[event.paddle].won += 1
        self._end(lot, "sold", event.at)

    def passed(self, event: happened.LotPassed) -> None:
        lot = self.lots[event.lot]
        if lot.leader is not None and (lot.reserve is None or lot.leader.amount >= lot.reserve):
            self._say("P5", f"lot {event.lot} was passed though {lot.leader} stands")
        self._end(lot, "passed", event.at)

    def _end(self, lot: NaiveLot, phase: str, at: int) -> None:
        lot.phase, lot.proposal = phase, None
        lot.ended_at = at if lot.end is None else lot.end
        self.opened.remove(lot.number)

    def withdrawn(self, event: happened.LotWithdrawn) -> None:
        self.lots[event.lot].phase = "withdrawn"

    def reoffered(self, event: happened.LotReoffered) -> None:
        old = self.lots[event.lot]
        self.lots[event.lot] = NaiveLot(event.lot, event.opening_price, ranks=old.ranks, reserve=old.reserve)

    def proxied(self, event: happened.ProxyPlaced) -> None:
        self.lots[event.lot].proxies.pop(event.paddle, None)
        self.lots[event.lot].proxies[event.paddle] = (event.maximum, event.at)

    def unproxied(self, event: happened.ProxyCancelled) -> None:
        self.lots[event.lot].proxies.pop(event.paddle, None)

    def proposed(self, event: happened.VoidProposed) -> None:
        self.lots[event.lot].proposal = (event.no, event.by)

    def dropped(self, event: happened.VoidDropped) -> None:
        self.lots[event.lot].proposal = None

    def voided(self, event: happened.BidVoided) -> None:
        lot = self.lots[event.lot]
        bid = lot.bids[event.no - 1]
        if not bid.stands or (bid.paddle, bid.amount) != (event.paddle, event.amount):
            self._say("P5", f"{event}, and the book has {bid}")
        bid.stands = False
        lot.proposal, lot.price_at, lot.shown = None, event.at, False

    def called(self, event: happened.WarningCalled) -> None:
        self.lots[event.lot].calls = event.call

    def uncalled(self, event: happened.WarningCancelled) -> None:
        self.lots[event.lot].calls = 0

    def reserved(self, event: happened.ReserveSet) -> None:
        self.lots[event.lot].reserve = event.amount

    def ranked(self, event: happened.PriorityGranted) -> None:
        self.lots[event.lot].ranks[event.paddle] = event.rank

    def price_shown(self, event: happened.PriceShown) -> None:
        self.lots[event.lot].shown = True

    def nothing(self, event: Any) -> None:
        """Changes nothing here."""


_TAKE: Final[dict[type, Callable[[Book, Any], None]]] = {
    happened.SaleAnnounced: Book.announced,
    happened.PaddleAdmitted: Book.admitted,
    happened.RulesAccepted: Book.accepted,
    happened.SaleOpened: lambda book, _: book.sale("open"),
    happened.SaleClosed: lambda book, _: book.sale("closed"),
    happened.SaleSuspended: Book.suspended,
    happened.SaleResumed: Book.resumed,
    happened.StopRegistered: Book.nothing,
    happened.CopiesStated: Book.nothing,
    happened.ResultSigned: Book.nothing,
    happened.ResultConfirmed: Book.nothing,
    happened.LotOpened: Book.lot_opened,
    happened.BidPlaced: Book.placed,
    happened.BiddingExtended: Book.extended,
    happened.BiddingClosed: Book.nothing,
    happened.HammerFell: Book.struck,
    happened.LotPassed: Book.passed,
    happened.LotWithdrawn: Book.withdrawn,
    happened.LotReoffered: Book.reoffered,
    happened.ProxyPlaced: Book.proxied,
    happened.ProxyCancelled: Book.unproxied,
    happened.VoidProposed: Book.proposed,
    happened.VoidDropped: Book.dropped,
    happened.BidVoided: Book.voided,
    happened.WarningCalled: Book.called,
    happened.WarningCancelled: Book.uncalled,
    happened.ReserveSet: Book.reserved,
    happened.PriorityGranted: Book.ranked,
    happened.PriceShown: Book.price_shown,
}
