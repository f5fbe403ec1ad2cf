"""
What the house bids for those who left a maximum (article 17).

Pure arithmetic on one lot's book: who would answer the leading bid, with which price, and by what right. The highest maximum prevails;
of equal ones that of the better right of first refusal, then the one left earlier. Nobody pays more than one step above what the
next one would have given.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.domain.auction.checks import may_bid
from engine.domain.auction.events import Basis, BidPlaced
from engine.domain.auction.state import Auction, Lot, Proxy
from engine.domain.units import Fen, PaddleNo

OFFERS_MAX = 10_000
"""More automatic bids than that cannot follow one bid: three for each maximum that could take part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A bid, as far as others have to answer it."""

    paddle: PaddleNo
    amount: Fen
    basis: Basis


def answers(auction: Auction, lot: Lot) -> list[Offer]:
    """
    The bids that the maxima left for ``lot`` make now, in order.

    An equal price may be held only against the very bid that is being answered, which is the last one in the book.
    """
    last = lot.leading
    if last is None:
        return _contest(auction, lot, None, fresh=False)
    fresh = last is lot.bids[-1] and last.basis is Basis.BID
    return _contest(auction, lot, Offer(paddle=last.paddle, amount=last.amount, basis=last.basis), fresh=fresh)


def answers_to(auction: Auction, lot: Lot, bid: BidPlaced) -> list[Offer]:
    """What they will make of ``bid``, which is not in the book yet."""
    return _contest(auction, lot, Offer(paddle=bid.paddle, amount=bid.amount, basis=bid.basis), fresh=True)


def _contest(auction: Auction, lot: Lot, leading: Offer | None, *, fresh: bool) -> list[Offer]:
    proxies = [proxy for proxy in lot.proxies.values() if may_bid(auction, lot, proxy.paddle)]
    if not proxies:
        return []
    contest = _Contest(lot, proxies, auction.rules.next_bid)
    offers: list[Offer] = []
    while (offer := contest.next(leading, fresh=fresh)) is not None:
        offers.append(offer)
        leading, fresh = offer, True
        if len(offers) > OFFERS_MAX:
            raise AssertionError("a contest of maxima has an end")
    return offers


class _Contest:
    """The maxima that take part, and the steps by which prices rise."""

    def __init__(self, lot: Lot, proxies: list[Proxy], next_bid: Callable[[Fen], Fen]) -> None:
        self._lot, self._next_bid = lot, next_bid
        self._proxies = {proxy.paddle: proxy for proxy in proxies}

    def next(self, leading: Offer | None, *, fresh: bool) -> Offer | None:
        """The next automatic bid, if any maximum allows one."""
        rivals = [proxy for proxy in self._proxies.values() if leading is None or proxy.paddle != leading.paddle]
        best = max(rivals, key=self._strength, default=None)
        if leading is None:
            if best is None or best.maximum < self._lot.opening_price:
                return None
            return Offer(paddle=best.paddle, amount=self._lot.opening_price, basis=Basis.PROXY)
        if best is not None:
            answer = self._answer(best, leading, fresh=fresh)
            if answer is not None:
                return answer
        return self._to_reserve(leading)

    def _answer(self, rival: Proxy, leading: Offer, *, fresh: bool) -> Offer | None:
        least = self._next_bid(leading.amount)
        own = self._proxies.get(leading.paddle)
        if rival.maximum >= least:
            step = least - leading.amount
            beaten = own is not None and self._strength(own) > self._strength(rival)
            steps = (
                (rival.maximum - leading.amount) // step if beaten else 1
            )  # All at once: the leader answers it anyway.
            return Offer(paddle=rival.paddle, amount=Fen(leading.amount + steps * step), basis=Basis.PROXY)
        if fresh and rival.maximum >= leading.amount and self._holds(rival, leading, own):
            return Offer(paddle=rival.paddle, amount=leading.amount, basis=Basis.HELD)
        return None

    def _holds(self, rival: Proxy, leading: Offer, own: Proxy | None) -> bool:
        """Whether an equal price is the rival's by right: his maximum was there before, or his right is the better."""
        if leading.basis in {Basis.HELD, Basis.PRIORITY} or self._lot.rank(rival.paddle) > self._lot.rank(
            leading.paddle
        ):
            return False
        return own is None or self._strength(rival) > self._strength(own)

    def _to_reserve(self, leading: Offer) -> Offer | None:
        """The leader's own maximum reaches the reserve and nobody drives him there: he bids it."""
        reserve, own = self._lot.reserve, self._proxies.get(leading.paddle)
        if reserve is None or own is None or leading.amount >= reserve:
            return None
        step = self._next_bid(leading.amount) - leading.amount
        amount = Fen(leading.amount + -(-(reserve - leading.amount) // step) * step)
        return Offer(paddle=own.paddle, amount=amount, basis=Basis.RESERVE) if amount <= own.maximum else None

    def _strength(self, proxy: Proxy) -> tuple[int, int, int, int]:
        return proxy.maximum, -self._lot.rank(proxy.paddle), -proxy.at, -proxy.paddle
