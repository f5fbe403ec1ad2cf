"""P15: thousands of connections that say nothing, and thousands of sockets that never say who they are."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import trio

from tests.blackbox.held import held
from tests.blackbox.line import Line, call
from tests.blackbox.siege import Plan

ADDRESSES: Final = 5
KEPT_S_MAX: Final = 7.0
"""The house waits 5 s for a head or a hello, looks every quarter of a second, and lingers one."""

AGAIN_S: Final = 15.0
"""How long who was turned away or let go waits before he tries again: what is tried is how they are held, not how fast they come."""

AT_ONCE: Final = 100
AT_ONCE_S: Final = 0.2
"""They come so many at a time: all 5,000 in ten seconds."""
BESIEGED_S: Final = 20.0
FACTOR: Final = 2.0


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Keep so many connections open, half of them silent, half of them sockets without a hello, until told to stop."""
    kept = Kept(counts)
    async with trio.open_nursery() as nursery:
        for number in range(plan.size):
            source = f"127.0.2.{number % ADDRESSES + 1}"
            nursery.start_soon(_silent if number % 2 else _unnamed, plan, kept, source)
            if number % AT_ONCE == 0:
                await trio.sleep(AT_ONCE_S)
        await trio.sleep(1)
        ready()


class Kept:
    """How long the house kept connections it should not keep, and how many at once."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = counts

    def begun(self, kind: str) -> float:
        """One was let in."""
        self.counts[f"{kind}_let_in"] += 1
        self.counts[f"{kind}_now"] += 1
        self.counts[f"{kind}_at_once_most"] = max(self.counts[f"{kind}_at_once_most"], self.counts[f"{kind}_now"])
        return trio.current_time()

    def ended(self, kind: str, began: float) -> None:
        """It was let go."""
        self.counts[f"{kind}_now"] -= 1
        self.counts[f"{kind}_let_go"] += 1
        kept_ms = round((trio.current_time() - began) * 1000)
        self.counts[f"{kind}_kept_ms_most"] = max(self.counts[f"{kind}_kept_ms_most"], kept_ms)


async def _unnamed(plan: Plan, kept: Kept, source: str) -> None:
    while True:
        try:
            line = await Line.open(plan.at, plan.sale, source)
        except OSError:
            kept.counts["unnamed_turned_away"] += 1
        else:
            async with line:
                began = kept.begun("unnamed")
                while await line.hear() is not None:
                    pass
                kept.ended("unnamed", began)
        await trio.sleep(AGAIN_S)


async def _silent(plan: Plan, kept: Kept, source: str) -> None:
    while True:
        try:
            stream = await call(plan.at, source)
        except OSError:
            kept.counts["silent_turned_away"] += 1
        else:
            async with stream:
                began = kept.begun("silent")
                with suppress(trio.BrokenResourceError):
                    while await stream.receive_some():
                        pass
                kept.ended("silent", began)
        await trio.sleep(AGAIN_S)


def capped(counts: dict[str, int]) -> bool:
    """Whether none was kept for long."""
    most_ms = max(counts.get("unnamed_kept_ms_most", 0), counts.get("silent_kept_ms_most", 0))
    return 0 < most_ms <= KEPT_S_MAX * 1000


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    felt = await held("halfopen", size, settings={}, say=say, seconds=BESIEGED_S)
    return felt.sound and felt.within(FACTOR) and capped(felt.counts), felt.figures()
