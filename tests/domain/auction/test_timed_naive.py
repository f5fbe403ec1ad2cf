"""When lots end: random timed sales held twice, by the rules and by a model that goes through everything from the first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction import commands as to
from engine.domain.auction.events import BiddingExtended, SaleResumed
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import SECOND, DepositRule, IncrementBand, Mode, RuleSheet, TimedRules
from engine.domain.units import Fen, LotNo, Nanoseconds
from tests.articles import article
from tests.domain.auction.naive_timed import NaiveClock
from tests.domain.auction.random_sale import AUCTIONEER, PADDLES, STEP, Sale, announcement, meant, timed_rules

LATE = {Reason.AUCTION_CLOSED, Reason.LATE_TRANSIT}
KINDS = (*("bid",) * 12, "void", "void", "suspend", "stop", "put up", "put up", "low bid", "resume", "resume")
GAPS = st.one_of(
    st.sampled_from([0, 1, SECOND // 3, SECOND, 2 * SECOND]),
    st.tuples(st.sampled_from(["end", "within", "announced"]), st.sampled_from([-SECOND, -1, 0, 1])),
)
"""How much later a command comes; or at which turn of the lot that ends first, and how near to it."""

Step = tuple[str, int, int, int | tuple[str, int]]
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 3), GAPS), min_size=5, max_size=40
)


class Twice:
    """One sale, held by the rules; the model is given what they accepted."""

    def __init__(self, timed: TimedRules) -> None:
        self.sheet = RuleSheet(
            increments=(IncrementBand(from_price=Fen(0), step=STEP),),
            mode=Mode.TIMED,
            timed=timed,
            deposit=DepositRule.WHOLE_SALE,
        )
        self.sale = Sale(self.sheet)
        self.model = NaiveClock(self.sheet, [1, 2, 3])
        self.ends: dict[LotNo, int] = {}
        self.ask(announcement(self.sheet))
        for paddle in range(4):
            self.ask(meant(self.sale.auction, ("admit", 0, paddle, 0), f"admit-{paddle}"))
        self.ask(to.OpenSale(command_id="open", by=AUCTIONEER))

    def ask(self, command: to.Command) -> None:
        known, running = len(self.sale.taken), self.sale.state is not None and self.sale.auction.phase == "open"
        outcome = self.sale.ask(command)
        for done, at, what in self.sale.taken[known:-1]:
            assert not isinstance(what, Refusal)
            self.model.accepted.append((at, done))
        if (
            isinstance(command, to.PlaceBid)
            and command.lot in self.model.courses()
            and self.sale.auction.phase == "open"
        ):
            late = isinstance(outcome, Refusal) and outcome.reason in LATE
            assert late == self.model.late(command.lot, self.sale.at)
        if isinstance(outcome, Refusal):
            assert known + 1 < len(self.sale.taken) or self.now() == self.ends  # a refused command moves nothing
        else:
            self.model.accepted += [(self.sale.at, each) for each in as_taken(command, running=running)]
            self.agree()
            if any(isinstance(event, SaleResumed) for event in outcome):
                window = self.model.timed.window
                assert all(end >= self.sale.at + window for end in self.now().values())
            if any(isinstance(event, BiddingExtended) for event in outcome):
                assert isinstance(command, to.PlaceBid | to.ConfirmVoid | to.ResumeSale)
        self.ends = self.now()

    def now(self) -> dict[LotNo, int]:
        return (
            {lot.number: lot.closes_at for lot in self.sale.auction.opened() if lot.closes_at}
            if self.sale.state
            else {}
        )

    def agree(self) -> None:
        courses = self.model.courses()
        assert self.now() == {number: course.end for number, course in courses.items() if not course.ended}
        for number, course in courses.items():
            lot = self.sale.auction.lots[LotNo(number)]
            assert (lot.extensions, lot.closes_at) == (course.moves, course.end)
            assert course.end >= self.ends.get(lot.number, 0)
            assert [bid.no for bid in lot.standing] == [bid[0] for bid in course.bids if bid[2]]

    def wait(self, gap: int | tuple[str, int]) -> None:
        if isinstance(gap, int):
            self.sale.at += gap
            return
        first = min(self.now().values(), default=self.sale.at)
        turn = {"end": 0, "within": -self.sheet_within(), "announced": self.model.timed.grace}[gap[0]]
        self.sale.at = max(self.sale.at, first + turn + gap[1])

    def sheet_within(self) -> int:
        return self.model.timed.extension.within

    def step(self, step: Step) -> None:
        kind, lot, paddle, gap = step
        self.wait(gap)
        auction, name = self.sale.auction, f"c{len(self.sale.taken)}"
        if kind == "low bid":
            number = auction.open_lots[0] if auction.open_lots else LotNo(1)
            by = meant(auction, ("bid", number - 1, 0, 0), name).by
            self.ask(to.PlaceBid(command_id=name, by=by, lot=number, paddle=PADDLES[0], amount=Fen(1)))
        elif kind == "void":
            self.ask(meant(auction, ("propose", lot, paddle, paddle % 2), name))
            self.ask(meant(self.sale.auction, ("confirm", lot, paddle, 0), f"{name}-2"))
        elif kind == "suspend":
            self.ask(meant(auction, (kind, lot % 2, paddle, paddle), name))
        else:
            self.ask(meant(auction, (kind, lot, paddle, paddle % 3), name))


def as_taken(command: to.Command, *, running: bool) -> list[to.Command]:
    """A stop suspends a sale that runs, as an officer's suspension does, and is a mere note in any other."""
    if not isinstance(command, to.RegisterStop):
        return [command]
    return [to.SuspendSale(command_id=command.command_id, by=command.by, reason=command.reason)] if running else []


@article("13", "16", "18")
@settings(max_examples=250)
@given(timed_rules(), STEPS)
def test_the_end_of_every_lot_is_where_the_model_finds_it(timed: TimedRules, steps: list[Step]) -> None:
    twice = Twice(timed)
    for step in steps:
        twice.step(step)
    assert twice.sale.at >= Nanoseconds(10 * SECOND)
