"""One lot on which maxima meet, and another beside it that binds rights; what people do there is drawn at random."""

from typing import Any

from hypothesis import strategies as st

from engine.domain.auction import commands as to
from engine.domain.auction.events import Basis, BidPlaced, BidVoided
from engine.domain.auction.state import Bid, Lot
from engine.domain.parties import HOUSE, Channel, Principal, bidder
from engine.domain.refusals import Refusal
from engine.domain.rulesheet import (
    SECOND,
    Advance,
    Extension,
    ExtensionKind,
    IncrementBand,
    Mode,
    RuleSheet,
    TimedRules,
)
from engine.domain.units import Fen, LotNo, Nanoseconds, PaddleNo
from tests.domain.auction.naive_proxy import NO_RANK, Left, Stands
from tests.domain.auction.random_sale import Sale

Act = tuple[str, int, int]

LOT, OTHER = LotNo(1), LotNo(2)
OPENING = 1_000
CLERK, AUCTIONEER = Principal("clerk:1"), Principal("auctioneer:1")
TOGETHER = TimedRules(
    free=Nanoseconds(0),
    window=Nanoseconds(3600 * SECOND),
    extension=Extension(kind=ExtensionKind.NONE),
    advance=Advance.TOGETHER,
)

bands = st.lists(st.tuples(st.integers(1, 3_000), st.sampled_from([1, 7, 50, 100, 250])), max_size=3).map(
    lambda more: tuple(
        IncrementBand(from_price=Fen(begin), step=Fen(step)) for begin, step in sorted({0: 100, **dict(more)}.items())
    )
)
paddles = st.integers(1, 5)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("leave"), paddles, st.integers(0, 2_500)),
        st.tuples(st.just("bid"), paddles, st.integers(0, 12)),
        st.tuples(st.just("equal"), paddles, st.just(0)),
        st.tuples(st.just("to the limit"), paddles, paddles),
        st.tuples(st.just("cancel"), paddles, st.just(0)),
        st.tuples(st.just("void"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("elsewhere"), paddles, st.just(0)),
    ),
    min_size=2,
    max_size=16,
)


class Contest:
    """
    One lot, and another that is open at the same time.

    Five online paddles with one right each: some have a right of first refusal, and whoever leads the other lot has no right left.
    """

    def __init__(self, increments: tuple[IncrementBand, ...], ranks: dict[int, int], reserve: int | None) -> None:
        self.increments, self.ranks, self.reserve = increments, ranks, reserve
        self.sale = Sale(RuleSheet(increments=increments, proxies=True, mode=Mode.TIMED, timed=TOGETHER))
        catalogue = tuple(
            to.CatalogueEntry(lot=lot, plate="豫HA0001", opening_price=Fen(OPENING)) for lot in (LOT, OTHER)
        )
        title = to.Title(zh="试拍", en="Trial")
        self.ask(to.AnnounceSale, by=HOUSE, sale="trial", title=title, rules=self.sale.sheet, catalogue=catalogue)
        for paddle in range(1, 6):
            self.ask(to.AdmitPaddle, by=HOUSE, paddle=PaddleNo(paddle), channel=Channel.ONLINE, deposits=1)
        for paddle, rank in ranks.items():
            self.ask(to.GrantPriority, by=CLERK, lot=LOT, paddle=PaddleNo(paddle), rank=rank)
        if reserve is not None:
            self.ask(to.SetReserve, by=AUCTIONEER, lot=LOT, amount=Fen(reserve))

    @property
    def lot(self) -> Lot:
        return self.sale.auction.lots[LOT]

    def ask(self, kind: Any, **fields: Any) -> bool:
        self.sale.at += 1
        return not isinstance(self.sale.ask(kind(command_id=f"c{self.sale.at}", **fields)), Refusal)

    def act(self, act: Act) -> bool:
        kind, who, more = act
        who, paddle = max(1, who), PaddleNo(max(1, who))
        leading = self.lot.leading
        price = leading.amount if leading else self.lot.opening_price
        asked = self.sale.auction.asked(self.lot)
        match kind:
            case "leave":
                return self.ask(to.PlaceProxy, by=bidder(paddle), lot=LOT, paddle=paddle, maximum=Fen(OPENING + more))
            case "cancel":
                return self.ask(to.CancelProxy, by=bidder(paddle), lot=LOT, paddle=paddle)
            case "elsewhere":
                other = self.sale.auction.lots[OTHER]
                amount = self.sale.auction.asked(other)
                return self.ask(to.PlaceBid, by=bidder(paddle), lot=OTHER, paddle=paddle, amount=amount)
            case "void":
                no = max(1, len(self.lot.bids) + 1 - who)
                self.ask(to.ProposeVoid, by=CLERK, lot=LOT, no=no, reason=to.VoidReason.TECHNICAL)
                return self.ask(to.ConfirmVoid, by=AUCTIONEER, lot=LOT, no=no)
            case "bid":
                amount = Fen(asked + more * self.sale.auction.rules.step(price))
            case "equal":
                amount = price
            case _:  # just what somebody left as his maximum
                left = self.lot.proxies.get(PaddleNo(more))
                amount = asked if left is None else left.maximum
        return self.ask(to.PlaceBid, by=bidder(paddle), lot=LOT, paddle=paddle, amount=amount)

    def left(self) -> list[Left]:
        """The maxima, in the order in which they were left."""
        elsewhere = self.sale.auction.lots[OTHER].leading
        bound = None if elsewhere is None else elsewhere.paddle
        return [
            Left(each.paddle, each.maximum, each.at, self.ranks.get(each.paddle, NO_RANK), may=each.paddle != bound)
            for each in self.lot.proxies.values()
        ]

    def stood(self, since: int, before: Bid | None) -> Stands | None:
        """The leading bid after what was asked since that record, and before anybody answered it."""
        done = [
            (command, event)
            for command, _, outcome in self.sale.taken[since:]
            if not isinstance(outcome, Refusal)
            for event in outcome
        ]
        own = [event for command, event in done if not isinstance(command, to.AnswerProxies)]
        answers = [event for command, event in done if isinstance(command, to.AnswerProxies)]
        if any(isinstance(event, BidVoided) for event in own):
            answered = sum(isinstance(event, BidPlaced) for event in answers)
            return self.spelt(next(iter(self.lot.standing[: len(self.lot.standing) - answered][-1:]), None))
        placed = [event for event in own if isinstance(event, BidPlaced) and event.lot == LOT]
        return self.spelt(placed[0] if placed else before)

    def spelt(self, bid: Bid | BidPlaced | None) -> Stands | None:
        if bid is None:
            return None
        return Stands(bid.paddle, bid.amount, own=bid.basis is Basis.BID, rank=self.ranks.get(bid.paddle, NO_RANK))


terms = st.tuples(
    bands, st.dictionaries(paddles, st.integers(1, 2), max_size=2), st.none() | st.integers(OPENING, OPENING + 2_000)
)
"""Increments, ranks by paddle, reserve: what a :class:`Contest` is made of."""
