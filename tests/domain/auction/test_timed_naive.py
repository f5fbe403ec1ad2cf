"""When lots end: random timed sales held twice, by the rules and by a model that goes through everything from the first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.auction import commands as to
from engine.domain.auction.events import BiddingExtended, BidPlaced, SaleResumed
from engine.domain.auction.rules import apply
from engine.domain.auction.state import Auction
from engine.domain.parties import bidder
from engine.domain.refusals import Reason, Refusal
from engine.domain.rulesheet import (
    SECOND,
    Advance,
    DepositRule,
    Extension,
    ExtensionKind,
    IncrementBand,
    Mode,
    RuleSheet,
    TimedRules,
)
from engine.domain.units import Fen, LotNo, Nanoseconds
from tests.articles import article
from tests.domain.auction.naive_timed import NaiveClock
from tests.domain.auction.random_sale import (
    AUCTIONEER,
    MOVES,
    PADDLES,
    STEP,
    Move,
    Sale,
    announcement,
    meant,
    sheets,
    timed_rules,
)

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


@article("16", "17")
@settings(max_examples=150)
@given(sheets(), MOVES)
def test_no_bid_enters_the_book_after_the_end_not_even_the_houses_own(sheet: RuleSheet, moves: list[Move]) -> None:
    sale = Sale(sheet)
    again: Auction | None = None
    for _ in sale.play(moves):
        pass
    for event in sale.events:
        if isinstance(event, BidPlaced):
            assert again is not None
            end = again.lots[event.lot].closes_at
            assert end is None or event.at <= end
        again = apply(again, event)
    assert again == sale.auction


@article("16", "17")
def test_a_right_that_comes_free_after_a_lot_has_ended_bids_for_it_no_more() -> None:
    top_up = Extension(kind=ExtensionKind.TOP_UP, by=Nanoseconds(SECOND))
    timed = TimedRules(free=Nanoseconds(0), window=Nanoseconds(60 * SECOND), extension=top_up, advance=Advance.TOGETHER)
    increments = (IncrementBand(from_price=Fen(0), step=STEP),)
    sale = Sale(RuleSheet(increments=increments, mode=Mode.TIMED, timed=timed, proxies=True))
    first, second = PADDLES[0], PADDLES[1]

    def leave(lot: int) -> to.PlaceProxy:
        return to.PlaceProxy(command_id="m", by=bidder(first), lot=LotNo(lot), paddle=first, maximum=Fen(3_000_000))

    sale.ask(announcement(sale.sheet))
    for paddle in range(2):
        sale.ask(meant(sale.auction, ("admit", 0, paddle, 0), "a"))
    sale.ask(to.SetReserve(command_id="r", by=AUCTIONEER, lot=LotNo(1), amount=Fen(9_000_000)))
    sale.ask(leave(1))
    sale.ask(leave(2))
    sale.ask(to.OpenSale(command_id="o", by=AUCTIONEER))
    end = sale.auction.lots[LotNo(1)].closes_at
    assert end is not None
    sale.at = (
        end - SECOND * 9 // 10
    )  # the second lot then ends a tenth of a second after the first, and within its grace
    price = sale.auction.lots[LotNo(2)].opening_price
    sale.ask(to.PlaceBid(command_id="b", by=bidder(second), lot=LotNo(2), paddle=second, amount=price))
    sale.at = end + SECOND
    sale.ask(meant(sale.auction, ("admit", 0, 2, 0), "later"))
    assert [lot.phase.value for lot in sale.auction.lots.values()] == ["passed", "sold", "passed"]
    assert sale.auction.paddles[second].won == [2]
