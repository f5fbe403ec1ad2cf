"""
P2, P10, P11, P13: ``python -m tests.cluster.partitions --nightly --size N``: so many cuts between machines, under bids.

Engine, standby, Redis and two gateways stand in network namespaces, where those are allowed; elsewhere relays hold back what must not
pass. Each pair that talks is cut, in one direction and in both, for 1 to 30 s. Last in each house the engine is cut off from everybody
while two officers put its standby in force, and comes back. Then as many sales again in virtual time, cut six times each.
"""

import os
import random
import signal
import sys
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any, Final

import trio
from trio.testing import MockClock

from tests.blackbox.kept import Counts
from tests.cluster.cuts import cut_again_and_again
from tests.cluster.fleet import no_loss
from tests.cluster.lands import NOT_HERE, apart, lands
from tests.cluster.parted import NAMES, TALK, Parted, parted
from tests.cluster.ways import ONE_WAY, Pair, Ways, cut_for_a_while, directions, relays
from tests.nightly.telling import finish, progress, sized

SEED: Final = 20161015
FULL: Final = 60
HOUSE: Final = 12
"""Cuts in one house: each pair, each way."""

SOME: Final = 20
CUT_S: Final = (1.0, 30.0)
TOLD_S_MAX: Final = 3.0
"""The two seconds, an eighth until it is looked, and a busy machine."""

INSIDE: Final = "LUOCHUI_TESTS_APART"


async def cut(one: Parted, pair: Pair, which: str, seconds: float) -> None:
    """One cut, and bidding until it is under way again at both gateways."""
    await one.work(SOME)
    with cut_for_a_while(one.ways, directions(pair, which)):
        await trio.sleep(seconds)
    await one.work(SOME)


async def replaced(one: Parted) -> tuple[list[Counts], int]:
    """
    The engine is cut off from everybody, its standby put in force; then the engine is heard again.

    Returns what the heir's record says of the acknowledgements, and how many were given after the promotion.
    """
    await one.work(SOME)
    old, heir = one.engine.program, one.heir
    assert old is not None
    assert heir is not None
    others = [name for name in NAMES if name != "engine"]
    away = {each for name in others for each in directions(("engine", name), "both")}
    with cut_for_a_while(one.ways, away):
        promoted = await one.promote()
        assert promoted["found"]["mode"] == "sync"
        before = sum(len(crowd.ledger.answers) for crowd in one.crowds)
        await heir.start()
        await one.work(SOME)
    with trio.fail_after(60):
        assert await old.process.wait() == 70, "an engine whose time is over goes on"
    await one.work(SOME)
    await one.rest()
    after = sum(len(crowd.ledger.answers) for crowd in one.crowds) - before
    assert await heir.end(signal.SIGTERM) == 0
    return one.compare(one.copy), after


async def house(folder: Path, ways: Ways, cuts: list[tuple[Pair, str, float]], told: Counter[str]) -> list[float]:
    """One house and its cuts; how long people waited until they were told anything."""
    async with parted(folder, ways) as one:
        for pair, which, seconds in cuts:
            await cut(one, pair, which, seconds)
            told["cuts"] += 1
            told["cut_s"] += round(seconds)
            told[f"cut_{which}"] += 1
            progress(f"{told['cuts']} cuts; {'|'.join(pair)} {which} for {seconds:.0f} s")
        counts, after = await replaced(one)
        assert no_loss(counts), counts
        told["promotions"] += 1
        told["acknowledged_after_promotions"] += after
        told["acknowledged"] += sum(len(crowd.ledger.answers) for crowd in one.crowds)
        told["told_never_seen"] += sum(crowd.ledger.others["E_NEVER_SEEN"] for crowd in one.crowds)
        told["told_unknown_first"] += sum(crowd.ledger.others["E_UNKNOWN_OUTCOME"] for crowd in one.crowds)
        return one.waits_s


async def partitions(size: int, *, in_lands: bool) -> tuple[dict[str, Any], bool]:
    """So many cuts. Raises AssertionError if anything was lost, doubled, told differently, or left without an outcome."""
    dice, told, waits = random.Random(SEED), Counter[str](), list[float]()
    cases = [
        (pair, which, dice.uniform(*CUT_S)) for _ in range(size // HOUSE + 1) for pair, which in product(TALK, ONE_WAY)
    ][:size]
    for begin in range(0, size, HOUSE):
        with tempfile.TemporaryDirectory(prefix="luochui-parted-") as name:
            async with AsyncExitStack() as stack:
                ways: Ways
                if in_lands:
                    ways = stack.enter_context(lands(NAMES))
                else:
                    ways = await stack.enter_async_context(relays())
                waits += await house(Path(name), ways, cases[begin : begin + HOUSE], told)
    waits.sort()
    longest = round(waits[-1], 2)
    figures = {
        "ways": "network namespaces" if in_lands else "relays",
        **told,
        "told_after_s_p99": round(waits[int(len(waits) * 0.99)], 2),
        "told_after_s_max": longest,
        "told_after_s_bound": TOLD_S_MAX,
        "lost": 0,
        "doubled": 0,
    }
    return figures, longest <= TOLD_S_MAX


def main(arguments: list[str]) -> int:
    if INSIDE not in os.environ:
        command = apart()
        if command:
            again = [*command, sys.executable, "-m", "tests.cluster.partitions", *arguments]
            os.execvpe(again[0], again, {**os.environ, INSIDE: "yes"})
        progress(NOT_HERE)
    size = sized("tests.cluster.partitions", FULL, arguments)
    figures, passed = trio.run(lambda: partitions(size, in_lands=INSIDE in os.environ))
    told = [trio.run(cut_again_and_again, seed, clock=MockClock(autojump_threshold=0)) for seed in range(size)]
    figures |= {
        "sales_in_virtual_time": size,
        "acknowledged_in_virtual_time": sum(len(each.outcomes) for each in told),
        "told_after_s_max_in_virtual_time": round(max(each.longest_s for each in told), 2),
    }
    return finish(("P2", "P10", "P11", "P13"), figures, passed=passed, seeds=str(SEED))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
