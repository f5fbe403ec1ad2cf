"""
P1, P2, P3, P4 from outside: the real server is killed with -9 under load, and what it had acknowledged is compared with what it kept.

The schedule of the kills is seeded; what meets them is truly concurrent, and different each time.
"""

import random
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import trio

from clients import connect
from tests.blackbox.crowd import Crowd
from tests.blackbox.kept import Counts, Kept, compare, prices_rise, receipts_hold, the_same_again
from tests.blackbox.lives import OPENING_YUAN, SALE, Lives, notice
from tests.blackbox.order import Order, in_order
from tests.cli.program import PATIENCE_S, Program

SEED: Final = 20161015
OPENING_EVERY: Final = 5
"""After so many kills there is one more, of a house that was just being opened from its journal."""

LIFE_S: Final = (0.02, 0.45)
"""How long a house lives once the crowd is back at work."""

AT_WORK: Final = 30
"""Answers from which we see that it is."""


FEN_A_KILL: Final = 1_000
"""How far each lot goes for each kill that is to come: at steps of 1 yuan bids never run out."""


@dataclass(frozen=True)
class Killed:
    """What was found after all the kills."""

    kills: int
    counts: Counts
    order: Order

    @property
    def promise_kept(self) -> bool:
        """Whether nothing was lost, doubled, or told differently."""
        counts = self.counts
        return counts.lost == counts.doubled == counts.different == counts.without_outcome == 0 == self.order.wrong

    def figures(self) -> dict[str, Any]:
        """For the report."""
        counts = {name: count for name, count in vars(self.counts).items() if name != "others"}
        return {"kills": self.kills, **counts, "order_compared": self.order.operations, "order_wrong": self.order.wrong}


async def killed(folder: Path, kills: int, say: Callable[[str], None]) -> Killed:
    """Let a house be killed so many times under load, and look at what is left."""
    lives = Lives(folder / "data", notice(folder), folder / "stderr.txt")
    dice = random.Random(SEED)
    async with lives.start() as first, trio.open_nursery() as nursery:
        crowd = lives.crowd(await lives.serving(first), OPENING_YUAN * 100 + max(20, kills) * FEN_A_KILL, SEED)
        nursery.start_soon(crowd.run)
        await live_and_die(lives, first, crowd, dice)
        for turn in range(1, kills):
            if turn % OPENING_EVERY == 0:
                async with lives.start() as opening:
                    await trio.sleep(dice.uniform(0.2, 0.7))
                    await lives.kill(opening)
            async with lives.start() as program:
                await lives.serving(program)
                await live_and_die(lives, program, crowd, dice)
            say(f"{lives.killed} kills, {len(crowd.ledger.answers)} commands acknowledged")
        async with lives.start() as program:
            url = await lives.serving(program)
            with trio.fail_after(PATIENCE_S):
                await crowd.rest()
                await everybody_sees_the_same(url, crowd)
            assert await program.end(signal.SIGTERM) == 0, program.complaints()
        nursery.cancel_scope.cancel()

    assert "Traceback" not in lives.errors.read_text(encoding="utf-8")
    journal = Kept.read(lives.folder)
    counts = compare(crowd.ledger, journal, set(crowd.sent))
    receipts_hold(crowd.ledger, journal.key)
    prices_rise(journal.state)
    the_same_again(lives.folder, journal)
    return Killed(lives.killed, counts, in_order(crowd))


async def live_and_die(lives: Lives, program: Program, crowd: Crowd, dice: random.Random) -> None:
    """Let the crowd come back and bid, and kill the house at a moment nobody chose."""
    with trio.fail_after(PATIENCE_S):
        await crowd.ledger.grows_by(AT_WORK)
    await trio.sleep(dice.uniform(*LIFE_S))
    await lives.kill(program)


async def everybody_sees_the_same(url: str, crowd: Crowd) -> None:
    """What viewers put together over all those lives is what a newcomer is shown."""
    async with connect(url, SALE) as newcomer:
        for room in crowd.rooms.values():
            for name, part in newcomer.parts.items():
                await room.until(lambda parts, name=name, part=part: parts[name] == part)  # type: ignore[misc]


async def check(size: int, say: Callable[[str], None]) -> tuple[bool, dict[str, Any]]:
    """As a nightly check."""
    with tempfile.TemporaryDirectory(prefix="luochui-kill-") as folder:
        found = await killed(Path(folder), size, say)
    say(str(found.counts))
    return found.promise_kept, found.figures()
