"""P15: connections that send a request a byte a second, so that it never ends."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import trio

from tests.blackbox.halfopen import Kept
from tests.blackbox.held import held
from tests.blackbox.line import call
from tests.blackbox.siege import Plan

ADDRESSES: Final = 2
KEPT_S_MAX: Final = 8.0
"""The house gives a head 5 s, answers, and lingers one."""

BYTE_S: Final = 1.0
BESIEGED_S: Final = 20.0
FACTOR: Final = 2.0


async def besiege(plan: Plan, counts: Counter[str], ready: Callable[[], None]) -> None:
    """Keep so many slow requests under way until told to stop."""
    async with trio.open_nursery() as nursery:
        for number in range(plan.size):
            nursery.start_soon(_slow, plan, Kept(counts), f"127.0.3.{number % ADDRESSES + 1}")
            if number % 50 == 0:
                await trio.sleep(0.02)
        await trio.sleep(1)
        ready()


async def _slow(plan: Plan, kept: Kept, source: str) -> None:
    while True:
        try:
            stream = await call(plan.at, source)
        except OSError:
            kept.counts["turned_away"] += 1
            await trio.sleep(BYTE_S)
            continue
        began = kept.begun("slow")
        said = b""
        async with stream, trio.open_nursery() as nursery:
            nursery.start_soon(_trickle, stream)
            with suppress(trio.BrokenResourceError):
                while data := await stream.receive_some():
                    said += data
            nursery.cancel_scope.cancel()
        kept.ended("slow", began)
        kept.counts[f"told_{said[9:12].decode() or 'nothing'}"] += 1


async def _trickle(stream: trio.SocketStream) -> None:
    with suppress(trio.BrokenResourceError):
        await stream.send_all(b"GET /api/sales HTTP/1.1\r\nHost: house\r\nX-Slow: ")
        while True:
            await trio.sleep(BYTE_S)
            await stream.send_all(b"a")


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    felt = await held("slowloris", size, settings={}, say=say, seconds=BESIEGED_S)
    soon = 0 < felt.counts.get("slow_kept_ms_most", 0) <= KEPT_S_MAX * 1000
    return felt.sound and felt.within(FACTOR) and soon, felt.figures()
