"""P15: one bidder asks a thousand times a second, on all the sockets he may have, and comes back whenever he is let go."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import orjson
import trio

from clients.http import HttpFault
from tests.blackbox.held import held
from tests.blackbox.line import Line, ticket
from tests.blackbox.siege import Plan

PER_S: Final = 1000
SOCKETS: Final = 3
SOURCE: Final = "127.0.5.1"
FACTOR: Final = 1.2
REFUSED_S: Final = 0.2
"""How long who was not let in waits before he tries again."""


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Send so many commands; each socket its share, at the same rate."""
    left = [plan.size]
    async with trio.open_nursery() as nursery:
        for number in range(SOCKETS):
            nursery.start_soon(_flood, plan, counts, left, number)
        ready()


async def _flood(plan: Plan, counts: Counter[str], left: list[int], number: int) -> None:
    life = 0
    while left[0] > 0:
        life += 1
        try:
            given = await ticket(plan.at, plan.sale, plan.tokens[0], SOURCE)
            line = await Line.open(plan.at, plan.sale, SOURCE)
        except (HttpFault, OSError, trio.BrokenResourceError):
            counts["not_let_in"] += 1
            await trio.sleep(REFUSED_S)
            continue
        async with line, trio.open_nursery() as nursery:
            nursery.start_soon(_listen, line, counts, nursery.cancel_scope)
            due = trio.current_time()
            try:
                await line.say({"type": "hello", "protocol": 1, "ticket": given})
                while left[0] > 0:
                    left[0] -= 1
                    counts["commands"] += 1
                    command_id = f"f{number}-{life}-{left[0]}"
                    await line.say({"type": "bid", "id": command_id, "lot": 1, "amount_fen": 100})
                    due += SOCKETS / PER_S
                    await trio.sleep_until(due)
            except trio.BrokenResourceError:
                pass
            nursery.cancel_scope.cancel()


async def _listen(line: Line, counts: Counter[str], scope: trio.CancelScope) -> None:
    while (text := await line.hear()) is not None:
        frame = orjson.loads(text)
        if frame["type"] == "answer":
            counts["taken_up"] += 1
        elif frame["type"] == "refused":
            counts[f"told_{frame['code']}"] += 1
    counts[f"let_go_{line.close_code or 'at_once'}"] += 1
    scope.cancel()


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    felt = await held("floods", size, settings={}, say=say, strangers=1)
    return felt.sound and felt.within(FACTOR), felt.figures()
