"""The offers that stand in one class, in the order in which they win, and the price that cuts off the rest."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sortedcontainers import SortedList

from engine.domain.quota.sheet import Ties
from engine.domain.quota.sums import Fingerprints
from engine.domain.units import FEN_MAX, Fen, Nanoseconds, PaddleNo

Place = int
"""What offers are ordered by, the smallest first: price (from the greatest down), instant, tie and paddle in one number."""

_PADDLE_BITS: Final = 20
_TIE_BITS: Final = 64
_AT_BITS: Final = 64
_PADDLE: Final = (1 << _PADDLE_BITS) - 1


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands for one paddle."""

    paddle: PaddleNo
    amount: Fen

    at: Nanoseconds
    """When it reached the house."""

    no: int
    """Which accepted offer of the sale it is, from 1."""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The price of the last place within the quota, and when the offer that holds it was made."""

    amount: Fen
    at: Nanoseconds | None
    """None while there are fewer offers than places: the price is then the floor."""


class OfferBook:
    """
    One standing offer a paddle. Everything is O(log n) in their number, and the edge of the quota is at hand.

    Those within the quota and those outside it stand in two rows, each in order: the last of the first row makes the cut-off price.

    Args:
        quota: How many places there are.
        floor: The cut-off price while there are fewer offers.
        ties: Who comes first of two with the same price and instant.
        seed: For ties by lot: the digest of the rule sheet.

    """

    def __init__(self, quota: int, floor: Fen, ties: Ties, seed: str) -> None:
        self.quota, self._floor, self._ties, self._seed = quota, floor, ties, seed
        self._standing: dict[PaddleNo, Offer] = {}
        self._inside: SortedList[Place] = SortedList()
        self._outside: SortedList[Place] = SortedList()
        self._total = 0
        self._prints = Fingerprints()

    def __len__(self) -> int:
        """How many offers stand."""
        return len(self._standing)

    def __iter__(self) -> Iterator[Offer]:
        """From the highest down."""
        return (self._standing[PaddleNo(place & _PADDLE)] for row in (self._inside, self._outside) for place in row)

    def of(self, paddle: PaddleNo) -> Offer | None:
        """What stands for ``paddle``."""
        return self._standing.get(paddle)

    def put(self, offer: Offer) -> None:
        """Let ``offer`` stand, in place of what stood for its paddle."""
        before = self._standing.get(offer.paddle)
        if before is not None:
            self._take_out(self._place(before))
            self._total -= before.amount
            self._prints.remove(_line(before))
        self._standing[offer.paddle] = offer
        self._put_in(self._place(offer))
        self._total += offer.amount
        self._prints.add(_line(offer))

    def _take_out(self, place: Place) -> None:
        if self._inside and place <= self._inside[-1]:
            self._inside.remove(place)
            if self._outside:
                self._inside.add(self._outside.pop(0))
        else:
            self._outside.remove(place)

    def _put_in(self, place: Place) -> None:
        if len(self._inside) < self.quota:
            self._inside.add(place)
        elif place < self._inside[-1]:
            self._inside.add(place)
            self._outside.add(self._inside.pop())
        else:
            self._outside.add(place)

    def cutoff(self) -> Cutoff:
        """The price one must at least have offered, as it stands now."""
        if len(self._inside) < self.quota:
            return Cutoff(self._floor, None)
        last = self._standing[PaddleNo(self._inside[-1] & _PADDLE)]
        return Cutoff(last.amount, last.at)

    def inside(self, paddle: PaddleNo) -> bool:
        """Whether ``paddle`` would win if everything ended now."""
        offer = self._standing.get(paddle)
        return offer is not None and self._place(offer) <= self._inside[-1]

    def winners(self, reserve: Fen | None = None) -> list[Offer]:
        """Those within the quota, and not below ``reserve``, from the highest down."""
        first = (self._standing[PaddleNo(place & _PADDLE)] for place in self._inside)
        return [offer for offer in first if reserve is None or offer.amount >= reserve]

    def first_outside(self) -> Offer | None:
        """The first that does not win."""
        return self._standing[PaddleNo(self._outside[0] & _PADDLE)] if self._outside else None

    def highest_losing(self) -> Fen | None:
        """The highest price outside the quota; None if nobody is outside."""
        outside = self.first_outside()
        return None if outside is None else outside.amount

    def average(self, trim_percent: int = 0) -> Fen | None:
        """The average of what stands, rounded down to whole fen, without so many percent at either end; None if nothing stands."""
        count = len(self._standing)
        if not count:
            return None
        out = count * trim_percent // 100
        if not out:
            return Fen(self._total // count)
        kept = [offer.amount for offer in self][out : count - out]
        return Fen(sum(kept) // len(kept))

    def digest(self) -> str:
        """Of everything that stands, 64 hexadecimal digits, without going through it."""
        return self._prints.digest()

    def near_the_edge(self) -> list[PaddleNo]:
        """Who holds the last place within the quota, and the first outside it: whom one offer more or less can push over the edge."""
        if len(self._inside) < self.quota:
            return []
        edge = (self._inside[-1], self._outside[0]) if self._outside else (self._inside[-1],)
        return [PaddleNo(place & _PADDLE) for place in edge]

    def fork(self) -> "OfferBook":
        """The same book, to go on by itself."""
        other = OfferBook(self.quota, self._floor, self._ties, self._seed)
        other._standing = self._standing.copy()
        other._inside, other._outside = self._inside.copy(), self._outside.copy()
        other._total, other._prints = self._total, self._prints.fork()
        return other

    def _place(self, offer: Offer) -> Place:
        tie = offer.no if self._ties is Ties.RECORD else draw(self._seed, offer.paddle)
        place = ((FEN_MAX - offer.amount) << _AT_BITS) | offer.at
        return (((place << _TIE_BITS) | tie) << _PADDLE_BITS) | offer.paddle


def draw(seed: str, paddle: PaddleNo) -> int:
    """A paddle's lot: the smallest comes first. Anybody can recompute it from the rule sheet's digest."""
    return int.from_bytes(hashlib.sha256(f"luochui quota draw 1\n{seed}\n{paddle}\n".encode()).digest()[:8])


def _line(offer: Offer) -> str:
    return f"{offer.paddle} {offer.amount} {offer.at} {offer.no}"
