"""The real server is killed with -9 under load: a sale, and the demo. In full: ``python -m tests.blackbox kill``."""

import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson
import pytest
import trio

from engine import evidence
from tests.blackbox.kill import AT_WORK, SEED, killed
from tests.cli.program import started

pytestmark = pytest.mark.kill

KILLS: Final = 20


def nobody_listens(_words: str) -> None: ...


async def test_twenty_kills_under_load_lose_no_acknowledged_bid_and_double_none(
    tmp_path: Path, say: Callable[[str], None]
) -> None:
    found = await killed(tmp_path, KILLS, nobody_listens)
    say(f"{found.kills} kills: {found.counts}; {found.order}")
    assert found.kills == KILLS + 3
    assert found.promise_kept, (found.counts, found.order)
    assert found.counts.accepted > KILLS * AT_WORK // 4, found.counts
    assert found.order.operations == found.counts.acknowledged


DEMO_KILLS: Final = 6
LOTS_BEFORE: Final = (1, 4)
"""After how many lots a demo is killed."""

PUBLISHED: Final = {
    "lots": 30,
    "sold": 30,
    "turnover_fen": 95_100_000,
    "opening_fen": 33_960_000,
    "premium": "180%",
    "top": {"plate": "豫H8H888", "hammer_fen": 15_000_000},
}
"""The closing figures of the demo sale; see ``engine/notice/demo/README.md``."""


async def test_a_demo_killed_again_and_again_ends_with_the_published_figures(
    tmp_path: Path, say: Callable[[str], None]
) -> None:
    dice = random.Random(SEED)
    data, errors = tmp_path / "demo", tmp_path / "stderr.txt"
    seen = 0
    for _ in range(DEMO_KILLS):
        async with started(errors, "demo", "--fast", "--data", data) as program:
            for _ in range(dice.randint(*LOTS_BEFORE)):
                await program.until("成交")
                seen += 1
            await trio.sleep(dice.uniform(0, 0.05))
            assert await program.end(signal.SIGKILL) == -signal.SIGKILL, program.complaints()
    async with started(errors, "demo", "--fast", "--data", data, "--json") as program:
        figures = orjson.loads((await program.rest()).splitlines()[-1])
        assert await program.end() == 0, program.complaints()
    say(
        f"demo: {DEMO_KILLS} kills after {seen} lots in all, then to the end: {figures['sold']} sold, {figures['bids']} bids"
    )
    assert figures | PUBLISHED == figures
    assert "Traceback" not in errors.read_text(encoding="utf-8")
    found = evidence.replay(data)
    assert found.figures | PUBLISHED == found.figures
    assert found.state_digest == figures["state_digest"]
