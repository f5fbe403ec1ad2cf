"""
P10, P11 at length: ``python -m tests.cluster.chaos --nightly --size N``: so many faults of Redis, one after the other, under bids.

Which fault comes next is seeded; what meets it is truly concurrent.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import trio

from tests.cluster.faults import say_again, scene, stand_still
from tests.cluster.redis_server import RedisServer, redis_at
from tests.nightly.telling import finish, progress, sized

SEED: Final = 20161015
FULL: Final = 100


def faults(server: RedisServer, dice: random.Random) -> dict[str, Callable[[], None]]:
    """Everything that may happen, by name."""
    return {
        "flushed": lambda: server.do("FLUSHALL"),
        "emptied": server.start_empty,
        "photographed": server.photograph,
        "rolled_back": lambda: server.roll_back() if (server.folder / "earlier.rdb").exists() else server.photograph(),
        "stood_still": lambda: stand_still(server, dice.uniform(0.1, 3.0)),
        "said_again": lambda: say_again(server),
    }


async def chaos(size: int) -> dict[str, int]:
    """Let so many faults happen; what was found. Raises AssertionError if anything was lost, doubled or believed that was not so."""
    dice = random.Random(SEED)
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="luochui-chaos-") as folder, redis_at(Path(folder)) as server:
        async with scene(server) as one:
            known = faults(server, dice)
            names = [dice.choice(sorted(known)) for _ in range(size)]

            def one_more(name: str) -> None:
                known[name]()
                met[name] += 1
                if met.total() % 10 == 0:
                    progress(f"{met.total()} faults, {len(one.bidders.told.seqs)} bids acknowledged")

            await one.meets(*[lambda name=name: one_more(name) for name in names])
            return {
                "faults": met.total(),
                **{name: met[name] for name in sorted(known)},
                "acknowledged": len(one.bidders.told.seqs),
                "told_unknown_first": one.bidders.told.unknown,
                "not_believed": sum(sum(end.far.dropped.values()) for end in one.ends if end.far is not None),
                "lost": 0,
                "doubled": 0,
            }


def main(arguments: list[str]) -> int:
    size = sized("tests.cluster.chaos", FULL, arguments)
    figures = trio.run(chaos, size)
    return finish(("P10", "P11"), dict(figures), passed=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
