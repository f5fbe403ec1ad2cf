"""Random sales, held twice: by the rules and by a naive model that keeps nothing but what was said."""

from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.domain.auction import commands as to
from engine.domain.auction.events import Event
from engine.domain.auction.rules import apply, decide, next_deadline
from engine.domain.auction.state import Auction, LotPhase
from engine.domain.figures import sale_figures
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.proceeding import state_digest
from engine.domain.refusals import WORDING, Reason, Refusal
from engine.domain.rulesheet import DepositRule, IncrementBand
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.domain.auction.naive import NaiveSale
from tests.domain.auction.saleroom import CATALOGUE, DESK, ID, ROSTRUM, announcement

OPENS_AT = 30

PADDLES = [PaddleNo(number) for number in (8, 9, 51, 77)]
LOTS = [LotNo(number) for number in (1, 2, 3, 99)]
PRINCIPALS = [ROSTRUM, DESK, HOUSE, *map(bidder, PADDLES), Principal("supervisor:1")]

paddles, lots, principals = st.sampled_from(PADDLES), st.sampled_from(LOTS), st.sampled_from(PRINCIPALS)
channels = st.sampled_from(Channel)

Bid = tuple[PaddleNo, int, int]
"""Whose, how many steps above the least, and how many fen off."""

bids: st.SearchStrategy[Bid] = st.tuples(paddles, st.integers(-1, 3), st.sampled_from([0, 0, 0, 1, -1, 7]))
sheets = st.fixed_dictionaries(
    {
        "increments": st.lists(
            st.tuples(st.integers(1, 4_000_000), st.sampled_from([1, 7, 50_000, 100_000])), max_size=3
        ).map(
            lambda bands: tuple(
                IncrementBand(from_price=Fen(begin), step=Fen(step))
                for begin, step in sorted({0: 50_000, **dict(bands)}.items())
            )
        ),
        "calls": st.integers(1, 3),
        "deposit": st.sampled_from(DepositRule),
        "opens_at": st.none() | st.just(Nanoseconds(OPENS_AT)),
    }
)


class Sale(RuleBasedStateMachine):
    """The rules and the model side by side. Where there is a lot on the block, most moves are about it."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Auction | None = None
        self.model = NaiveSale()
        self.history: list[Event] = []
        self.at = 0

    @property
    def auction(self) -> Auction:
        assert self.state is not None
        return self.state

    def ask(self, command: to.Command) -> bool:
        """Put the command to both; they agree, and a refusal changes nothing."""
        self.at += 1
        before = state_digest(self.state)
        expected = self.model.verdict(command, self.at)
        outcome = self.outcome(command)
        assert state_digest(self.state) == before
        if isinstance(outcome, Refusal):
            assert outcome.reason is expected, (command, self.model.objections(command, self.at))
            assert all("{" not in sentence for sentence in WORDING[outcome.reason].say(outcome.detail))
            if outcome.reason is Reason.BID_TOO_LOW and isinstance(command, to.PlaceBid):
                self.told_price_is_valid(command, outcome)
            return False
        assert expected is None, command
        for event in outcome:
            self.state = apply(self.state, event)
        self.history += outcome
        self.model.accepted.append(command)
        return True

    def outcome(self, command: to.Command) -> tuple[Event, ...] | Refusal:
        try:
            return decide(self.state, command, Nanoseconds(self.at))
        except Refusal as refusal:
            return refusal

    def told_price_is_valid(self, command: to.PlaceBid, refusal: Refusal) -> None:
        told = Fen(int(refusal.detail["next_fen"]))
        better = to.PlaceBid(command_id=ID, by=command.by, lot=command.lot, paddle=command.paddle, amount=told)
        assert self.model.verdict(better, self.at) is None
        assert told >= int(refusal.detail["least_fen"])
        assert told > command.amount

    @initialize(sheet=sheets, under_way=st.sampled_from([False, True, True, True]))
    def announce(self, sheet: dict[str, Any], under_way: bool) -> None:
        assert not self.ask(to.OpenSale(command_id=ID, by=ROSTRUM))
        assert self.ask(announcement(**sheet))
        if under_way:
            self.admit_everybody(1)
            self.open_sale(OPENS_AT)
            self.put_up(LOTS[0])

    # Moves. Some are drawn to make sense, others not.

    @rule(deposits=st.integers(1, 2))
    def admit_everybody(self, deposits: int) -> None:
        for paddle in PADDLES:
            channel = Channel.HALL if paddle > 50 else Channel.ONLINE
            self.ask(to.AdmitPaddle(command_id=ID, by=HOUSE, paddle=paddle, channel=channel, deposits=deposits))

    @rule(by=st.sampled_from([DESK, HOUSE, ROSTRUM]), paddle=paddles, channel=channels)
    def admit_at_random(self, by: Principal, paddle: PaddleNo, channel: Channel) -> None:
        self.ask(to.AdmitPaddle(command_id=ID, by=by, paddle=paddle, channel=channel, deposits=1))

    @rule(wait=st.sampled_from([0, OPENS_AT]))
    def open_sale(self, wait: int) -> None:
        self.at += wait
        self.ask(to.OpenSale(command_id=ID, by=ROSTRUM))

    @precondition(lambda self: self.state is not None and self.auction.rules.opens_at is not None)
    @rule()
    def deadline(self) -> None:
        self.at = max(self.at, OPENS_AT)
        self.ask(to.DeadlineReached(command_id=ID, by=HOUSE, deadline=Nanoseconds(OPENS_AT)))

    @rule(lot=lots)
    def put_up(self, lot: LotNo) -> None:
        self.ask(to.OpenLot(command_id=ID, by=ROSTRUM, lot=lot))

    @precondition(lambda self: self.state is not None and self.state.open_lot() is not None)
    @rule(
        moves=st.lists(bids | st.sampled_from(["call", "call", "late call", "strike", "close"]), min_size=1, max_size=8)
    )
    def go_on_with_what_is_on_the_block(self, moves: list[Bid | str]) -> None:
        lot = self.auction.open_lot()
        assert lot is not None
        for move in moves:
            price = lot.opening_price if lot.leading is None else lot.leading.amount
            if isinstance(move, tuple):
                paddle, steps, off = move
                amount = Fen(self.auction.asked(lot) + steps * self.auction.rules.step(price) + off)
                known = self.auction.paddles.get(paddle)
                by = DESK if known is not None and known.channel is Channel.HALL else bidder(paddle)
                self.ask(to.PlaceBid(command_id=ID, by=by, lot=lot.number, paddle=paddle, amount=amount))
            elif move == "strike":
                self.ask(to.StrikeHammer(command_id=ID, by=ROSTRUM, lot=lot.number, price=price))
            elif move == "close":
                self.ask(to.CloseSale(command_id=ID, by=ROSTRUM))
            else:
                seen = Fen(price - 1) if move == "late call" else price
                number = lot.calls + 1
                self.ask(to.CallWarning(command_id=ID, by=ROSTRUM, lot=lot.number, call=number, price=seen))

    @rule(by=principals, lot=lots, paddle=paddles, amount=st.integers(-1, 3_000_000))
    def bid_at_random(self, by: Principal, lot: LotNo, paddle: PaddleNo, amount: int) -> None:
        self.ask(to.PlaceBid(command_id=ID, by=by, lot=lot, paddle=paddle, amount=Fen(amount)))
        self.ask(to.WithdrawBid(command_id=ID, by=by, lot=lot, paddle=paddle))

    @rule(lot=lots, number=st.integers(0, 4), price=st.sampled_from([0, 500_000, 1_980_000]))
    def call_and_strike_at_random(self, lot: LotNo, number: int, price: int) -> None:
        self.ask(to.CallWarning(command_id=ID, by=ROSTRUM, lot=lot, call=number, price=Fen(price)))
        self.ask(to.StrikeHammer(command_id=ID, by=ROSTRUM, lot=lot, price=Fen(price)))

    @rule(lot=lots)
    def pass_lot(self, lot: LotNo) -> None:
        self.ask(to.PassLot(command_id=ID, by=ROSTRUM, lot=lot))

    @rule(last=st.sampled_from([False, True, True, True]))
    def suspend_and_resume(self, last: bool) -> None:
        self.ask(to.SuspendSale(command_id=ID, by=ROSTRUM, reason="网络故障"))
        if last:
            self.ask(to.ResumeSale(command_id=ID, by=ROSTRUM))

    @rule()
    def resume(self) -> None:
        self.ask(to.ResumeSale(command_id=ID, by=ROSTRUM))

    @rule(winners=st.lists(paddles, max_size=3))
    def sell_what_remains_and_close(self, winners: list[PaddleNo]) -> None:
        if len(winners) < 3:
            return  # else few sales would last
        for lot, winner in zip(LOTS[:3], winners, strict=True):
            self.put_up(lot)
            if self.auction.open_lot() is not None:
                bid: Bid = (winner, 0, 0)
                self.go_on_with_what_is_on_the_block([bid, *["call"] * self.auction.rules.calls, "strike"])
            self.pass_lot(lot)
        self.ask(to.CloseSale(command_id=ID, by=ROSTRUM))

    @rule(by=principals)
    def anyone_asks_for_anything(self, by: Principal) -> None:
        self.ask(to.CloseSale(command_id=ID, by=by))
        self.ask(to.PassLot(command_id=ID, by=by, lot=LotNo(99)))
        self.ask(announcement())

    # What is always so.

    @invariant()
    def the_state_is_what_the_model_finds_by_looking_through_everything(self) -> None:
        if self.state is None:
            return
        assert self.state.phase == self.model.phase()
        assert list(self.state.lots) == self.model.lots()
        for lot in self.state.lots.values():
            bids = self.model.bids(lot.number)
            assert lot.phase == self.model.fate(lot.number)
            assert [(bid.paddle, bid.amount) for bid in lot.bids] == [(bid.paddle, bid.amount) for bid in bids]
            assert lot.hammer_price == (bids[-1].amount if lot.phase is LotPhase.SOLD else None)
            if lot.phase is LotPhase.OPEN:
                assert lot.calls == self.model.called(lot.number)
        for paddle in self.state.paddles.values():
            assert paddle.won == self.model.won(paddle.number)
            assert {paddle.channel} == self.model.channels(paddle.number)
            assert self.state.rights(paddle) == self.model.rights(paddle.number)

    @invariant()
    def a_price_only_rises_by_whole_steps_and_nobody_outbids_himself(self) -> None:
        for lot in self.state.lots.values() if self.state else ():
            if lot.bids:
                assert lot.bids[0].amount >= lot.opening_price
            for low, high in pairwise(lot.bids):
                rise, step = high.amount - low.amount, self.auction.rules.step(low.amount)
                assert rise >= step
                assert rise % step == 0
                assert low.paddle != high.paddle

    @invariant()
    def a_lot_has_one_winner_or_none_and_nobody_wins_more_than_he_has_rights(self) -> None:
        if self.state is None:
            return
        won = [lot for paddle in self.state.paddles.values() for lot in paddle.won]
        assert len(won) == len(set(won))
        assert set(won) == {number for number, lot in self.state.lots.items() if lot.phase is LotPhase.SOLD}
        assert all((self.state.rights(paddle) or 0) >= 0 for paddle in self.state.paddles.values())
        assert all(0 <= lot.calls <= self.state.rules.calls for lot in self.state.lots.values())
        assert sum(lot.phase is LotPhase.OPEN for lot in self.state.lots.values()) <= 1

    @invariant()
    def figures_add_up(self) -> None:
        if self.state is None:
            return
        figures = sale_figures(self.state)
        sold = [self.model.bids(lot)[-1].amount for lot in self.model.lots() if self.model.fate(lot) == "sold"]
        assert figures.turnover == sum(sold)
        assert figures.sold == len(sold) == figures.hall_sold + figures.online_sold
        assert (figures.top.hammer_price if figures.top else None) == max(sold, default=None)
        opening = sum(entry.opening_price for entry in CATALOGUE if self.model.fate(entry.lot) == "sold")
        assert figures.opening == opening <= figures.turnover

    @invariant()
    def a_sale_waits_for_its_hour_only_until_it_is_open(self) -> None:
        waits = self.state is not None and self.auction.rules.opens_at is not None and self.model.phase() == "planned"
        assert next_deadline(self.state) == (OPENS_AT if waits else None)

    def teardown(self) -> None:
        """Replaying the events gives the same sale."""
        again: Auction | None = None
        for event in self.history:
            again = apply(again, event)
        assert again == self.state
        assert state_digest(again) == state_digest(self.state)


TestRandomSales = Sale.TestCase
TestRandomSales.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
