"""
The script of a demo sale: for each lot a ladder of valid bids that ends at the price wanted, and a paddle for each rung.

A ladder follows the rule sheet to the fen: every rung is a bid the rules accept when the rung before it leads. The
seed decides how high people jump and who they are. Pure: the same arguments give the same script.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.domain.parties import Channel
from engine.domain.refusals import yuan
from engine.domain.rulesheet import DepositRule, RuleSheet
from engine.domain.units import Fen, LotNo, PaddleNo

RUNGS_LEAST: Final = 3
RUNGS_MOST: Final = 12
SEARCH_MAX: Final = 10_000
"""How many prices of a band are tried where steps do not divide each other."""


class ScriptImpossible(ValueError):
    """No bids that the rules allow lead to what the script wants."""


@dataclass(frozen=True, slots=True)
class LotToSell:
    """What a lot should go for."""

    lot: LotNo
    opening: Fen

    hammer: Fen | None
    """The price to end at; None for a lot on which nobody bids."""


@dataclass(frozen=True, slots=True)
class Paddle:
    """Someone who may bid."""

    number: PaddleNo
    channel: Channel
    deposits: int


@dataclass(frozen=True, slots=True)
class Rung:
    """One bid of the ladder, and whose it is."""

    amount: Fen
    paddle: PaddleNo
    channel: Channel


@dataclass(frozen=True, slots=True)
class Script:
    """What the robots will do: for each lot its rungs, lowest first, the last being the hammer price; none where it is passed."""

    lots: dict[LotNo, tuple[Rung, ...]]

    def hammer(self, lot: LotNo) -> Fen | None:
        """The price ``lot`` should go for; None if nobody bids or the script does not know it."""
        rungs = self.lots.get(lot)
        return rungs[-1].amount if rungs else None

    def turnover(self) -> Fen:
        """What the whole sale should bring, in fen."""
        return Fen(sum(rungs[-1].amount for rungs in self.lots.values() if rungs))

    def paddles(self, channel: Channel) -> frozenset[PaddleNo]:
        """The paddles of ``channel`` that bid at least once."""
        return frozenset(rung.paddle for rungs in self.lots.values() for rung in rungs if rung.channel is channel)


def plan(
    lots: Iterable[LotToSell],
    paddles: Iterable[Paddle],
    rules: RuleSheet,
    seed: int,
    *,
    kept: Iterable[PaddleNo] = (),
) -> Script:
    """
    The script for ``lots``, in the order in which they will be sold.

    Args:
        lots: Lot, opening price and price to end at.
        paddles: Who is admitted, with deposits.
        rules: The sale's rule sheet.
        seed: Decides jumps and paddles.
        kept: Paddles that no robot touches, for people.

    Raises:
        ScriptImpossible: A price cannot be reached, or there are not enough paddles with a right left.

    """
    untouched = frozenset(kept)
    rights = {paddle: paddle.deposits for paddle in paddles if paddle.number not in untouched and paddle.deposits > 0}
    one_lot = rules.deposit is DepositRule.ONE_LOT
    planned: dict[LotNo, tuple[Rung, ...]] = {}
    for sell in lots:
        rng = random.Random(f"{seed}/{sell.lot}")
        if sell.hammer is None:
            planned[sell.lot] = ()
            continue
        able = sorted((paddle for paddle, left in rights.items() if left > 0), key=lambda paddle: paddle.number)
        amounts = ladder(sell, rules, rng, single=len(able) == 1)
        bidders = _bidders(len(amounts), able, rights, rng)
        if bidders is None:
            raise ScriptImpossible(
                f"lot {sell.lot}: too few paddles have a right left ({len(able)}); let more deposits in, or drop lots"
            )
        if one_lot:
            rights[bidders[-1]] -= 1
        planned[sell.lot] = tuple(
            Rung(amount, paddle.number, paddle.channel) for amount, paddle in zip(amounts, bidders, strict=True)
        )
    return Script(planned)


def _bidders(count: int, able: Sequence[Paddle], rights: dict[Paddle, int], rng: random.Random) -> list[Paddle] | None:
    """A paddle for each rung, never the same twice running; the last wins. None if there are too few."""
    if not able or (count > 1 and len(able) == 1):
        return None
    winner = rng.choices(able, weights=[rights[paddle] ** 2 for paddle in able])[0]
    few = rng.sample(able, min(len(able), rng.randint(2, 5)))
    backwards = [winner]
    while len(backwards) < count:
        others = [paddle for paddle in few if paddle != backwards[-1]]
        backwards.append(rng.choice(others or [paddle for paddle in able if paddle != backwards[-1]]))
    return backwards[::-1]


def ladder(sell: LotToSell, rules: RuleSheet, rng: random.Random, *, single: bool = False) -> list[Fen]:
    """
    Valid amounts from a first bid to exactly ``sell.hammer``: 3 to 12 of them where there is room.

    Args:
        sell: The lot; its hammer price must not be None.
        rules: Steps by price band.
        rng: Decides how many and how far apart.
        single: Whether only the shortest ladder will do, because there is only one bidder.

    Raises:
        ScriptImpossible: The price cannot be reached in valid steps.

    """
    opening, hammer = sell.opening, sell.hammer
    assert hammer is not None  # the caller leaves out lots to be passed
    way = _way(opening, hammer, rules) if hammer >= opening else None
    if way is None:
        near = next_valid(opening, hammer, rules)
        raise ScriptImpossible(
            f"lot {sell.lot}: no valid bids lead from {yuan(opening)}, the opening price, to {yuan(hammer)}; "
            f"{yuan(near)} could be reached"
        )
    if single:
        return way
    wanted = rng.randint(RUNGS_LEAST, RUNGS_MOST)
    if way[0] != opening and len(way) < wanted and rng.random() < 0.6:  # People often begin at the opening price.
        way.insert(0, opening)
    for _ in range(4 * RUNGS_MOST):
        if len(way) >= wanted:
            break
        # Early jumps are larger than late ones: the square root crowds the rungs towards the hammer.
        target = Fen(opening + math.isqrt(int(rng.random() * (hammer - opening) ** 2)))
        at = bisect_right(way, target)
        if at < len(way):
            rung = _between(way[at - 1] if at else None, opening, way[at], target, rules)
            if rung is not None:
                way.insert(at, rung)
    return way


def next_valid(opening: Fen, amount: Fen, rules: RuleSheet) -> Fen:
    """The least valid first bid at or above ``amount``, in fen."""
    step = rules.step(opening)
    return Fen(max(opening, opening + -(-(amount - opening) // step) * step))


def _way(opening: Fen, hammer: Fen, rules: RuleSheet) -> list[Fen] | None:
    """
    The fewest bids that end at ``hammer``; None if none do.

    One bid does where the difference is a whole number of steps of the opening price's band, as it is where coarse
    steps are multiples of fine ones. Otherwise a bid must first land in a higher band, at a price from which that
    band's steps lead on.
    """
    if (hammer - opening) % rules.step(opening) == 0:
        return [hammer]
    tails: dict[Fen, list[Fen] | None] = {}
    for first in _landings(opening, hammer, rules):
        if first not in tails:
            tails[first] = _way(first, hammer, rules)
        tail = tails[first]
        if tail is not None:
            return [first, *tail]
    return None


def _landings(price: Fen, hammer: Fen, rules: RuleSheet) -> Iterable[Fen]:
    """Prices in higher bands that one bid reaches from ``price``, one of each remainder that matters."""
    step = rules.step(price)
    for band in rules.increments:
        if band.from_price <= price:
            continue
        first = next_valid(price, band.from_price, rules)
        period = band.step // math.gcd(step, band.step)
        for many in range(min(period, SEARCH_MAX)):
            landing = Fen(first + many * step)
            if landing >= hammer or rules.step(landing) != band.step:
                break
            yield landing


def _between(below: Fen | None, opening: Fen, above: Fen, target: Fen, rules: RuleSheet) -> Fen | None:
    """A price near ``target`` that may follow ``below``, or open the lot, and that ``above`` may follow; None if none is near."""
    base = opening if below is None else below
    step = rules.step(base)
    near = Fen(base + (target - base) // step * step)
    lowest = base if below is None else base + step
    for _ in range(SEARCH_MAX):
        if near < lowest:
            return None
        if near < above and (above - near) % rules.step(near) == 0:
            return near
        near = Fen(near - step)
    return None
