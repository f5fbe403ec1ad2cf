"""
P12: a hall of slow readers. Some take all they are sent, some a thousandth of it, some nothing at all.

Who takes nothing is let go within 5 s; who is slow is shown the newest; those who read feel no more than among as many who read all.
"""

import random
import select
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import trio

from bench.wire import PONG, masked
from bench.wire import Counter as Frames
from tests.blackbox.held import held
from tests.blackbox.line import Line
from tests.blackbox.siege import Plan

PER_ADDRESS: Final = 500
STALLED_PERCENT: Final = 10
BLOCKED_PERCENT: Final = 5
"""Stalled, and with so small a buffer that bytes wait at the house."""

FULL_BYTES_PER_S: Final = 40_000
"""More than the house sends to one viewer: who reads so fast is never behind."""

LEAST_SHARE: Final = 0.001
BITE_S: Final = 0.5
SMALL_BYTES: Final = 2304
GREAT_BYTES: Final = 200_000
"""Room for all the house sends until it lets go, so that its goodbye comes through."""

AGAIN_S: Final = 1.0
EVICTED_S_MAX: Final = 5.0
BESIEGED_S: Final = 25.0
FACTOR: Final = 2.0
RSS_KIB_A_READER: Final = 64
RSS_MIB_FREE: Final = 50
HELLO: Final = masked(b'{"protocol":1,"type":"hello"}')


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Bring in so many readers; those who are let go come back, but for those who read nothing. Goes on until told to stop."""
    dice = random.Random(plan.seed)
    async with trio.open_nursery() as nursery:
        for number in range(plan.size):
            source, lot = f"127.0.4.{number // PER_ADDRESS + 1}", dice.randrange(100)
            if lot < STALLED_PERCENT:
                nursery.start_soon(_stalled, plan, counts, source, GREAT_BYTES)
            elif lot < STALLED_PERCENT + BLOCKED_PERCENT:
                nursery.start_soon(_stalled, plan, counts, source, SMALL_BYTES)
            else:
                nursery.start_soon(_slow, plan, counts, source, LEAST_SHARE ** dice.random())
            if number % 20 == 0:
                await trio.sleep(0.05)
        ready()


async def _stalled(plan: Plan, counts: Counter[str], source: str, receive_bytes: int) -> None:
    """Say hello, read nothing, and find out when the house has let go."""
    try:
        line = await Line.open(plan.at, plan.sale, source, receive_bytes)
    except OSError:
        counts["not_let_in"] += 1
        return
    async with line:
        await line.send(HELLO)
        if receive_bytes == SMALL_BYTES:
            counts["blocked"] += 1  # The house's goodbye waits behind what we do not read: its own meters tell.
            await trio.sleep_forever()
        counts["stalled"] += 1
        took_ms = round(await _until_let_go(line) * 1000)
        counts["stalled_let_go"] += 1
        counts["stalled_ms_most"] = max(counts["stalled_ms_most"], took_ms)


async def _until_let_go(line: Line) -> float:
    """How long it takes, in seconds, found out without reading."""
    began = trio.current_time()
    gone = select.poll()
    gone.register(line.stream.socket.fileno(), select.POLLRDHUP)
    while not gone.poll(0):  # noqa: ASYNC110 - to wait until it is readable would not tell: it always is
        await trio.sleep(0.1)
    return trio.current_time() - began


async def _slow(plan: Plan, counts: Counter[str], source: str, share: float) -> None:
    """Take a share of what comes, a bite at a time, and answer pings when they are reached."""
    bite = max(1, round(FULL_BYTES_PER_S * BITE_S * share))
    while True:
        try:
            line = await Line.open(plan.at, plan.sale, source, SMALL_BYTES if share < 0.1 else None)
        except OSError:
            counts["not_let_in"] += 1
        else:
            counts["slow_came"] += 1
            async with line:
                with suppress(trio.BrokenResourceError):
                    await _read(line, bite)
            counts["slow_let_go"] += 1
        await trio.sleep(AGAIN_S)


async def _read(line: Line, bite: int) -> None:
    """Take a bite at a time until let go."""
    await line.send(HELLO)
    frames = Frames()
    while data := await line.stream.receive_some(bite):
        frames.take(bytearray(data), len(data))
        if frames.pings:
            frames.pings = 0
            await line.send(PONG)
        await trio.sleep(BITE_S)


def let_go(counts: dict[str, int]) -> bool:
    """Whether every stalled reader was let go in time."""
    return (
        0 < counts.get("stalled", 0) == counts.get("stalled_let_go", 0)
        and counts["stalled_ms_most"] <= EVICTED_S_MAX * 1000
    )


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    felt = await held("readers", size, settings={}, say=say, seconds=BESIEGED_S, company="viewers")
    rss_mib_max = felt.rss_before_mib + RSS_MIB_FREE + size * RSS_KIB_A_READER / 1024
    gone = sum(felt.evicted.get(why, 0) for why in ("stalled", "silent", "outbox full"))
    passed = (
        felt.sound
        and felt.within(FACTOR)
        and let_go(felt.counts)
        and gone >= felt.counts["stalled"] + felt.counts.get("blocked", 0)
        and felt.rss_max_mib <= rss_mib_max
    )
    return passed, {**felt.figures(), "rss_mib_allowed": round(rss_mib_max)}
