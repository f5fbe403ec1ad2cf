"""
Maxima once more, naively: somebody at a desk bids for each, price by price, and looks through all prices he could offer.

He knows nothing of contests: in each turn the first who can do something does it.
"""

from dataclasses import dataclass

from engine.domain.rulesheet import IncrementBand

NO_RANK = 10**9


@dataclass(frozen=True)
class Left:
    """A maximum as it was left. ``turn`` says which came first; ``may`` whether its bidder has a right left."""

    paddle: int
    maximum: int
    turn: int
    rank: int = NO_RANK
    may: bool = True

    def beats(self, other: "Left") -> bool:
        if self.maximum != other.maximum:
            return self.maximum > other.maximum
        if self.rank != other.rank:
            return self.rank < other.rank
        return self.turn < other.turn


@dataclass(frozen=True)
class Stands:
    """The leading bid. ``own`` says that its bidder offered just this price himself, so that an equal maximum may hold it."""

    paddle: int
    price: int
    own: bool
    rank: int = NO_RANK


def step_of(bands: tuple[IncrementBand, ...], price: int) -> int:
    return max((band for band in bands if band.from_price <= price), key=lambda band: band.from_price).step


def ladder(bands: tuple[IncrementBand, ...], price: int, most: int) -> list[int]:
    """Every price that may follow ``price``, up to ``most``."""
    step = step_of(bands, price)
    return list(range(price + step, most + 1, step))


def played(
    bands: tuple[IncrementBand, ...], opening: int, stands: Stands | None, left: list[Left], reserve: int | None
) -> Stands | None:
    """Who leads in the end, and with what."""
    able = [each for each in left if each.may]
    while True:
        then = _turn(bands, opening, stands, able, reserve)
        if then == stands:
            return stands
        stands = then


def _turn(
    bands: tuple[IncrementBand, ...], opening: int, stands: Stands | None, able: list[Left], reserve: int | None
) -> Stands | None:
    if stands is None:
        can = [each for each in able if each.maximum >= opening]
        best = [each for each in can if not any(other.beats(each) for other in can)]
        return Stands(best[0].paddle, opening, own=False, rank=best[0].rank) if best else None
    mine = next((each for each in able if each.paddle == stands.paddle), None)
    others = [each for each in able if each.paddle != stands.paddle]
    bidders = [each for each in others if ladder(bands, stands.price, each.maximum)]
    weaker = [each for each in bidders if mine is not None and mine.beats(each)]
    stronger = [each for each in bidders if each not in weaker]
    if stronger:
        first = next(each for each in stronger if not any(other.beats(each) for other in stronger))
        return Stands(first.paddle, ladder(bands, stands.price, first.maximum)[0], own=False, rank=first.rank)
    if weaker and mine is not None:
        # They drive the leader as high as the strongest of them goes; he answers with the next price, or holds theirs.
        rival = next(each for each in weaker if not any(other.beats(each) for other in weaker))
        reached = ladder(bands, stands.price, rival.maximum)[-1]
        above = ladder(bands, reached, mine.maximum)
        if above:
            return Stands(mine.paddle, above[0], own=False, rank=mine.rank)
        holder = mine if mine.rank <= rival.rank else rival  # Neither can offer more: the better right has it.
        return Stands(holder.paddle, reached, own=False, rank=holder.rank)
    if stands.own:
        holders = [
            each
            for each in others
            if each.maximum >= stands.price and each.rank <= stands.rank and (mine is None or each.beats(mine))
        ]
        best = [each for each in holders if not any(other.beats(each) for other in holders)]
        if best:
            return Stands(best[0].paddle, stands.price, own=False, rank=best[0].rank)
    if mine is not None and reserve is not None and stands.price < reserve:
        raised = [price for price in ladder(bands, stands.price, mine.maximum) if price >= reserve]
        if raised:
            return Stands(mine.paddle, raised[0], own=stands.own, rank=mine.rank)
    return stands
