"""P1, P12: browsers that are gone in the middle of what they were saying; what they had said is decided all the same."""

import random
import socket
import struct
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import orjson
import trio

from bench.house import House
from bench.wire import masked
from tests.blackbox.held import Felt, held
from tests.blackbox.line import Line, ticket
from tests.blackbox.probe import WATCHERS
from tests.blackbox.siege import Plan

SOURCE: Final = "127.0.6.1"
AT_ONCE: Final = 20
FACTOR: Final = 2.0
HELLO: Final = masked(b'{"protocol":1,"type":"hello"}')
AT_ONCE_GONE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: what was not sent is dropped, and the other end is told so (a reset)."""

FORGOTTEN_S: Final = 8.0
"""After so long the house holds nobody who is gone."""


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Come and vanish so many times."""
    turns = iter(range(plan.size))
    async with trio.open_nursery() as nursery:
        for hand in range(AT_ONCE):
            nursery.start_soon(_hand, plan, counts, turns, random.Random(f"{plan.seed}/{hand}"))
        ready()


async def _hand(plan: Plan, counts: Counter[str], turns: Any, dice: random.Random) -> None:
    for turn in turns:
        try:
            if turn % AT_ONCE == 0:
                await _bid_and_vanish(plan, counts, turn)
            else:
                await _vanish(plan, counts, dice)
        except (OSError, trio.BrokenResourceError):
            counts["not_let_in"] += 1
        await trio.sleep(dice.uniform(0, 0.2))


async def _vanish(plan: Plan, counts: Counter[str], dice: random.Random) -> None:
    """Say some of what a browser says, and be gone: at any byte, by a reset or an end."""
    said = HELLO + b"".join(masked(b'{"t0":%d,"type":"time"}' % at) for at in range(3))
    async with await Line.open(plan.at, plan.sale, SOURCE) as line:
        await line.send(said[: dice.randint(0, len(said))])
        if dice.random() < 0.5:
            line.stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE_GONE)
        await trio.sleep(dice.choice([0, 0, dice.uniform(0, 0.05)]))
    counts["vanished"] += 1


async def _bid_and_vanish(plan: Plan, counts: Counter[str], turn: int) -> None:
    """Send a bid and hear nothing more of it; come back and ask what became of it."""
    token = plan.tokens[turn // AT_ONCE % len(plan.tokens)]
    async with await Line.open(plan.at, plan.sale, SOURCE) as line:
        await line.say({"type": "hello", "protocol": 1, "ticket": await ticket(plan.at, plan.sale, token, SOURCE)})
        await line.say({"type": "bid", "id": f"gone-{turn}", "lot": 1, "amount_fen": 100})
        # An end, not a reset, which may overtake the bid on its way: what was wholly sent must be decided.
        await line.stream.send_eof()
        while await line.hear() is not None:
            pass
    told = "nothing"
    async with await Line.open(plan.at, plan.sale, SOURCE) as line:
        await line.say({"type": "hello", "protocol": 1, "ticket": await ticket(plan.at, plan.sale, token, SOURCE)})
        await line.say({"type": "outcome", "id": f"gone-{turn}"})
        while told == "nothing" and (text := await line.hear()) is not None:
            frame = orjson.loads(text)
            if frame["type"] in {"duplicate", "unknown", "refused"}:
                told = frame["code"]
    counts["bids"] += 1
    counts["decided" if told == "OK_DUPLICATE" else f"told_{told}"] += 1


async def forgotten(house: House, felt: Felt) -> None:
    """Look that the house holds nobody who is gone."""
    with trio.move_on_after(FORGOTTEN_S):
        while await watchers(house) > WATCHERS + 1:  # noqa: ASYNC110 - looked at from outside; a newcomer may be there
            await trio.sleep(0.25)
    felt.counts["remembered"] = max(0, await watchers(house) - WATCHERS - 1)


async def watchers(house: House) -> int:
    """How many of the public the house holds."""
    meters = await trio.to_thread.run_sync(house.meters)
    return round(meters.get('luochui_connections{role="public"}', 0.0))


def decided(counts: dict[str, int]) -> bool:
    """Whether every bid was, and nobody is remembered who is gone."""
    return 0 < counts["bids"] == counts["decided"] and counts["vanished"] > 0


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    felt = await held("vanishing", size, settings={}, say=say, strangers=40, afterwards=forgotten)
    passed = felt.sound and felt.within(FACTOR) and decided(felt.counts) and felt.counts["remembered"] == 0
    return passed, felt.figures()
