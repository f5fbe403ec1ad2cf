"""
The bidders of one month: who offers what, and when. Every single offer is simulated.

The crowd looks at the running cut-off price every few seconds, and once a second in the last minute; it hears the answers to its own
offers. What it does next follows from these and its seed alone: told the same, it does the same.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clients.robots.quota.market import STEP, YUAN, Market
from engine.domain.parties import bidder
from engine.domain.quota.commands import MakeOffer
from engine.domain.refusals import Reason
from engine.domain.units import Fen, PaddleNo

SECOND_MS: Final = 1000
FIRST_MS: Final = 30 * 60 * SECOND_MS
"""How long the first round lasts; the second lasts as long."""

END_MS: Final = 2 * FIRST_MS
AFTER_S: Final = 10
"""So long after the end the last offers have come in."""

RUSH_MS: Final = 60 * SECOND_MS
REACH: Final = 300 * YUAN
CHANGES: Final = 2
_LAST_S: Final = 16
"""Who means to win makes his last change within so many seconds of the end."""

_Act = Callable[[int, int, Fen], Fen | None]
"""What a bidder does at an instant (ms), by paddle, the cut-off price being shown: an offer, or nothing."""


def next_look(second: int) -> int:
    """When the crowd looks again, having looked at ``second``, in seconds since the first round began."""
    end_s = END_MS // SECOND_MS
    if second >= end_s - 60:
        return second + 1
    return second + (10 if second < end_s // 2 else 5)


@dataclass(frozen=True, slots=True)
class Try:
    """An offer on its way to the house."""

    at_ms: int
    """When it gets there, in milliseconds since the first round began."""

    paddle: PaddleNo
    nth: int
    """Which of its bidder's this is, from 1."""

    amount: Fen


def as_command(one: Try) -> MakeOffer:
    """What a robot asks of the house: the same try has the same id."""
    return MakeOffer(command_id=f"{one.paddle}-{one.nth}", by=bidder(one.paddle), paddle=one.paddle, amount=one.amount)


class Crowd:
    """
    Everybody who bids in one month.

    Args:
        market: The month.
        seed: Decides everything that is left open.

    """

    def __init__(self, market: Market, seed: int) -> None:
        self._market, self._dice = market, random.Random(seed)
        self._agenda: dict[int, list[tuple[int, int, _Act]]] = defaultdict(list)
        """By second."""

        self._limits = self._shared_out()
        self._standing: dict[int, int] = {}
        self._used: dict[int, int] = {}
        self._tries: dict[int, int] = {}
        self._answered: dict[int, int] = {}
        self._targets: dict[int, int] = {}
        for paddle in range(1, market.bidders + 1):
            self._plan_first(paddle)

    def decide(self, second: int, cutoff: Fen) -> list[Try]:
        """What is sent off from ``second`` to the next look, the cut-off price being shown as ``cutoff``, in the order of arrival."""
        made: list[Try] = []
        due = [one for at in range(second, next_look(second)) for one in self._agenda.pop(at, ())]
        for at_ms, paddle, act in sorted(due, key=lambda one: one[:2]):
            amount = act(at_ms, paddle, cutoff)
            if amount is not None:
                self._tries[paddle] = nth = self._tries.get(paddle, 0) + 1
                made.append(Try(at_ms + self._latency_ms(at_ms), PaddleNo(paddle), nth, amount))
        made.sort(key=lambda one: (one.at_ms, one.paddle))
        return made

    def hear(self, second: int, paddle: PaddleNo, amount: Fen, refused: Reason | None) -> None:
        """By the look at ``second`` the house has answered: the offer stands, or it was refused."""
        self._answered[paddle] = self._answered.get(paddle, 0) + 1
        if refused is None:
            if paddle in self._standing:
                self._used[paddle] = self._used.get(paddle, 0) + 1
            self._standing[paddle] = amount
        elif refused in _AGAIN:
            soon_ms = second * SECOND_MS + int(
                self._dice.random() * (900 if second * SECOND_MS > END_MS - RUSH_MS else 15_000)
            )
            if paddle in self._standing:
                self._at(soon_ms, paddle, self._last)
            else:
                self._at(soon_ms, paddle, self._first)

    def go_on_at(self, second: int) -> None:
        """Everything planned before ``second`` was done, or never will be: of what was, the crowd has heard."""
        self._agenda = defaultdict(list, {at: acts for at, acts in self._agenda.items() if at >= second})
        self._tries = dict(self._answered)

    # Who they are.

    def _shared_out(self) -> list[int]:
        """What each would pay at most, by paddle, in fen; 0 for who makes a first offer and no change."""
        market, dice = self._market, self._dice
        limits = [0] * (market.bidders + 1)
        order = list(range(1, market.bidders + 1))
        dice.shuffle(order)
        for paddle in order[: market.serious]:
            above = int(math.log(1 - dice.random()) / math.log(market.higher)) if market.higher else 0
            limits[paddle] = market.lowest + above * STEP
            self._plan_serious(paddle)
        others = order[market.serious :]
        rush = market.pushes // 5
        for push in range(min(market.pushes, CHANGES * len(others))):
            paddle = others[push % len(others)]
            if not limits[paddle]:
                below = int(market.lift * dice.random() ** 3)
                limits[paddle] = (market.lowest - below) // STEP * STEP - STEP
            span_ms, from_ms = (RUSH_MS, END_MS - RUSH_MS) if push < rush else (FIRST_MS - RUSH_MS, FIRST_MS)
            self._at(from_ms + int(dice.random() * span_ms), paddle, self._push)
        return limits

    def _plan_serious(self, paddle: int) -> None:
        dice = self._dice
        early = dice.random()
        for _ in range(2 if early < 0.1 else 1 if early < 0.5 else 0):
            self._at(FIRST_MS + int(dice.random() * (FIRST_MS - RUSH_MS)), paddle, self._push)
        last_ms = END_MS - 300 - int(dice.random() ** 1.3 * _LAST_S * SECOND_MS)
        if dice.random() < 0.25:
            self._at(last_ms - 6000, paddle, self._prepare)
        self._at(last_ms, paddle, self._last)

    def _plan_first(self, paddle: int) -> None:
        dice = self._dice
        when, way = dice.random(), dice.random()
        if when < 0.3:
            at_ms = int(dice.random() ** 2 * 300 * SECOND_MS)
        elif when < 0.7:
            at_ms = int(dice.random() * FIRST_MS)
        else:
            at_ms = FIRST_MS - 1 - int(dice.random() ** 2 * 300 * SECOND_MS)
        if way < 0.001:
            at_ms = FIRST_MS + int(dice.random() * RUSH_MS)  # He comes when the first round is over.
        wrong = {0: self._too_high, 1: self._off_the_steps}.get(int(way * 250))
        self._at(at_ms, paddle, wrong or self._first)

    # What they do.

    def _first(self, _at_ms: int, _paddle: int, _cutoff: Fen) -> Fen | None:
        dice, warning = self._dice, self._market.warning
        kind = dice.random()
        if kind < 0.72:
            return warning
        if kind < 0.98:
            return Fen(max(STEP, warning - STEP * (1 + int(-math.log(1 - dice.random()) * 8))))
        return Fen(STEP)

    def _too_high(self, _at_ms: int, _paddle: int, _cutoff: Fen) -> Fen | None:
        return Fen(self._market.warning + STEP * (1 + int(self._dice.random() * 10)))

    def _off_the_steps(self, _at_ms: int, _paddle: int, _cutoff: Fen) -> Fen | None:
        return Fen(self._market.warning - 50 * YUAN)

    def _push(self, _at_ms: int, paddle: int, cutoff: Fen) -> Fen | None:
        by = self._dice.random()
        return self._raised(paddle, cutoff, cutoff + (STEP if by < 0.15 else 2 * STEP if by < 0.4 else REACH))

    def _prepare(self, _at_ms: int, paddle: int, cutoff: Fen) -> Fen | None:
        self._targets[paddle] = cutoff + REACH + STEP * (1 + int(self._dice.random() * 3))
        return None

    def _last(self, at_ms: int, paddle: int, cutoff: Fen) -> Fen | None:
        if self._used.get(paddle, 0) >= CHANGES and self._dice.random() > 0.2:
            return None
        return self._raised(paddle, cutoff, self._targets.pop(paddle, cutoff + REACH))

    def _raised(self, paddle: int, cutoff: Fen, amount: int) -> Fen | None:
        """``amount``, or what he would pay at most; None if that is outside already, or stands."""
        offer = min(amount, self._limits[paddle])
        standing = self._standing.get(paddle)
        return Fen(offer) if standing is not None and offer > standing and offer >= cutoff else None

    def _at(self, at_ms: int, paddle: int, act: _Act) -> None:
        self._agenda[at_ms // SECOND_MS].append((at_ms, paddle, act))

    def _latency_ms(self, at_ms: int) -> int:
        """How long an offer is on its way: longer when everybody is."""
        median = 250 if at_ms > END_MS - RUSH_MS else 60
        normal = math.sqrt(-2 * math.log(1 - self._dice.random())) * math.cos(2 * math.pi * self._dice.random())
        return min(5000, max(5, round(median * math.exp(0.8 * normal))))


_AGAIN: Final = frozenset({Reason.OUT_OF_REACH, Reason.OFFER_TOO_HIGH, Reason.BID_TOO_LOW})
"""After these a bidder tries again."""
