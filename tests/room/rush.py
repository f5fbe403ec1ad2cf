"""
Principals who each leave letters as fast as they are let, on one to three sockets, the greediest first.

``python -m tests.room.rush --nightly``: every number of them from 2 to 500.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import Final

from engine.domain.parties import Principal
from engine.domain.units import Nanoseconds
from engine.journal.asking import Inquiry, RoomBusy
from engine.room.mailbox import Letter, Mailbox

LETTERS_MAX, BATCH_MAX = 4096, 256
WARMING_UP: Final = 3
PRINCIPALS_MAX: Final = 500
TOLERANCE: Final = 0.05
JAIN_MIN: Final = 0.99


class Rush:
    """They push; the clerk takes a batch; and again."""

    def __init__(self, principals: int, seed: int) -> None:
        self.dice, self.stamp = random.Random(seed), count()
        self.mailbox = Mailbox(LETTERS_MAX, BATCH_MAX)
        everybody = [Principal(f"bidder:{paddle}") for paddle in range(1, principals + 1)]
        self.sockets = [by for nth, by in enumerate(everybody) for _ in range(nth % 3 + 1)]
        self.done: Counter[Principal] = Counter(dict.fromkeys(everybody, 0))
        self.ahead_max = 0
        """The most letters that waited before one that was taken in."""

        self.stamps: list[int] = []

    def leave(self, by: Principal) -> bool:
        at = next(self.stamp)
        ahead = len(self.mailbox)
        try:
            self.mailbox.put(Letter(Inquiry(str(at), by), Nanoseconds(at), None))
        except RoomBusy:
            return False
        self.ahead_max = max(self.ahead_max, ahead)
        return True

    def push(self) -> None:
        """Every socket leaves all it may, one after the other."""
        self.dice.shuffle(self.sockets)
        for by in self.sockets:
            while self.leave(by):
                pass

    def round(self) -> None:
        self.push()
        taken = self.mailbox.take(BATCH_MAX, None)
        self.stamps += [letter.arrived_at for letter in taken]
        self.done.update(letter.content.by for letter in taken)


@dataclass(frozen=True, slots=True)
class Shares:
    """What each of so many principals got, and how long the longest line was."""

    principals: int
    least: int
    most: int
    fair: float
    jain: float
    ahead_max: int
    in_order: bool

    @property
    def held(self) -> bool:
        """Whether it is what is promised (P16)."""
        return (
            self.fair * (1 - TOLERANCE) <= self.least
            and self.most <= self.fair * (1 + TOLERANCE)
            and self.jain >= JAIN_MIN
            and self.ahead_max < 2 * max(BATCH_MAX, self.principals)
            and self.in_order
        )


def shares(principals: int, seed: int) -> Shares:
    """Let them push for as long as it takes that each has been served at least 25 times."""
    rush = Rush(principals, seed)
    for _ in range(WARMING_UP):
        rush.round()
    rush.done = Counter(dict.fromkeys(rush.done, 0))
    for _ in range(25 if principals <= BATCH_MAX else 50):
        rush.round()
    got = list(rush.done.values())
    jain = sum(got) ** 2 / (principals * sum(each**2 for each in got))
    in_order = rush.stamps == sorted(rush.stamps)
    return Shares(principals, min(got), max(got), sum(got) / principals, jain, rush.ahead_max, in_order)


def main() -> int:
    """Every number of principals, and what was found as the last line."""
    asked = argparse.ArgumentParser(prog="python -m tests.room.rush", description=__doc__)
    asked.add_argument("--nightly", action="store_true", help="say figures with the last line")
    asked.add_argument("--size", type=int, default=PRINCIPALS_MAX, help="the greatest number of principals")
    given = asked.parse_args()
    began, worst, unfair = time.monotonic(), 1.0, list[str]()
    for principals in range(2, given.size + 1):
        found = shares(principals, seed=principals)
        worst = min(worst, found.jain)
        if not found.held:
            unfair.append(str(found))
        if principals % 50 == 0:
            print(f"{principals} principals, Jain {worst:.5f} at least", file=sys.stderr, flush=True)
    figures = {"principals": f"2 to {given.size}", "jain_min": round(worst, 5), "unfair": unfair}
    took_s = round(time.monotonic() - began, 1)
    said = {"promises": ["P16"], "passed": not unfair, "figures": figures, "seeds": f"2-{given.size}", "took_s": took_s}
    print(json.dumps(said))
    return 1 if unfair else 0


if __name__ == "__main__":
    sys.exit(main())
