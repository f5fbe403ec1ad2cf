"""
When what is sent: every bid and every lost link has its instant before the first is due. Pure; the seed decides all of it.

Latency counts from these instants, whatever became of what was due before. So a house that stalls is charged for every bid that
should have been made meanwhile, and no omission is coordinated with it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from bench.scenario import Scenario, Stage, Storm

SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid of the plan."""

    due_ns: int
    """From the beginning of the run."""

    no: int
    paddle: int
    lot: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Cut:
    """One link that is lost, and when it comes back."""

    due_ns: int
    who: int
    """Displays from 0, then bidders in the order of their paddles."""

    back_ns: int


def pieces(scenario: Scenario) -> tuple[Stage, ...]:
    """The stages, cut in two where the rush begins, with their rates multiplied from there on."""
    rush = scenario.rush
    if rush is None:
        return scenario.stages
    begins = scenario.seconds - rush.last_s
    found: list[Stage] = []
    at = 0.0
    for stage in scenario.stages:
        calm = min(max(begins - at, 0.0), stage.for_s)
        between = stage.rate + (stage.rate_to - stage.rate) * calm / stage.for_s
        if calm > 0:
            found.append(Stage(for_s=calm, rate=stage.rate, rate_to=between))
        if calm < stage.for_s:
            found.append(Stage(for_s=stage.for_s - calm, rate=between * rush.times, rate_to=stage.rate_to * rush.times))
        at += stage.for_s
    return tuple(found)


def due_times(stages: Sequence[Stage], *, steady: bool, seed: int) -> Iterator[int]:
    """
    The instants of all bids, in nanoseconds from the beginning, in order.

    Steady bids come where the integral of the rate reaches a whole number; random ones where it reaches the next arrival of a
    Poisson process of rate one.
    """
    dice = random.Random(seed)
    level = 0.0 if steady else dice.expovariate(1.0)
    done, at = 0.0, 0.0
    for stage in stages:
        while level < done + stage.bids:
            yield round((at + _when(stage, level - done)) * SECOND_NS)
            level += 1.0 if steady else dice.expovariate(1.0)
        done += stage.bids
        at += stage.for_s


def _when(stage: Stage, bids: float) -> float:
    """Seconds into ``stage`` until so many bids were due."""
    slope = (stage.rate_to - stage.rate) / stage.for_s
    if abs(slope) < 1e-12:
        return bids / stage.rate
    return (sqrt(max(0.0, stage.rate**2 + 2 * slope * bids)) - stage.rate) / slope


def turns(bidders: int, seed: int) -> Sequence[int]:
    """Positions of bidders, from 0, in the order in which they bid, again and again: nobody has to outbid himself."""
    order = list(range(bidders))
    random.Random(seed).shuffle(order)
    return order


def plan_cuts(scenario: Scenario, seconds: float) -> list[Cut]:
    """Which links are lost when within so many seconds, in order. One that is away already is not lost again."""
    dice = random.Random(scenario.seed + 1)
    everybody = scenario.displays + scenario.bidders
    wanted: list[tuple[float, int, float]] = []
    if scenario.lost_per_s:
        at = dice.expovariate(scenario.lost_per_s)
        while at < seconds:
            wanted.append((at, dice.randrange(everybody), scenario.back_after_s))
            at += dice.expovariate(scenario.lost_per_s)
    for storm in scenario.storms:
        wanted += [
            (storm.at_s, who, storm.back_after_s) for who in _struck(storm, everybody, dice) if storm.at_s < seconds
        ]
    away: dict[int, float] = {}
    cuts = []
    for at, who, back_after in sorted(wanted):
        if at >= away.get(who, -1.0):
            away[who] = at + back_after
            cuts.append(Cut(round(at * SECOND_NS), who, round((at + back_after) * SECOND_NS)))
    return cuts


def _struck(storm: Storm, everybody: int, dice: random.Random) -> list[int]:
    return dice.sample(range(everybody), round(everybody * storm.share_percent / 100))


def looked_at(scenario: Scenario) -> frozenset[int]:
    """The displays whose frames are read: the first and the last to enter, and others evenly between."""
    quick = scenario.displays - slow(scenario)
    several = min(scenario.sampled, quick)
    return frozenset(at * (quick - 1) // max(1, several - 1) for at in range(several)) if quick else frozenset()


def slow(scenario: Scenario) -> int:
    """How many displays read slowly: the last ones."""
    return round(scenario.displays * scenario.slow_percent / 100)
