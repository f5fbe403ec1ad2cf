"""A hall of viewers who read all they are sent: what slow readers are compared with."""

from collections import Counter
from collections.abc import Callable

import trio

from tests.blackbox.line import Line
from tests.blackbox.siege import Plan

PER_ADDRESS = 500


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Bring in so many, who look on until told to stop."""
    async with trio.open_nursery() as nursery:
        for number in range(plan.size):
            nursery.start_soon(_look_on, plan, counts, f"127.0.8.{number // PER_ADDRESS + 1}")
            if number % 20 == 0:
                await trio.sleep(0.05)
        ready()


async def _look_on(plan: Plan, counts: Counter[str], source: str) -> None:
    try:
        line = await Line.open(plan.at, plan.sale, source)
    except OSError:
        counts["not_let_in"] += 1
        return
    async with line:
        await line.say({"type": "hello", "protocol": 1})
        while await line.hear() is not None:
            pass
    counts["let_go"] += 1
