"""
P11 over a failover: ``python -m tests.cluster.failover --nightly --size N``: so many rings of primary, replica and three Sentinels.

The primary of each is killed under bids, by turns in the open and over TLS with users who are allowed little.
"""

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio

from engine.cluster.streams import AGAIN_S, RedisEngine, RedisGateway
from tests.cluster.authority import Authority
from tests.cluster.load import Bidders, holds
from tests.cluster.ring import Guarded, Ring, ring_at
from tests.cluster.scene import QUICK, house
from tests.nightly.telling import finish, progress, sized
from tests.room.scene import open_sale, put_up

FULL: Final = 20
SOME: Final = 30
FOLLOWED_S_MAX: Final = 2 * (QUICK.timeout_ms / 1000 + AGAIN_S) + 2
"""What ran into the dead one is given up, what is tried next finds the other; and a busy machine."""


@dataclass(frozen=True, slots=True)
class Met:
    """What one failover was like."""

    acknowledged: int
    unknown: int
    named_s: float
    """Until the Sentinels named another."""

    followed_s: float
    """From then until the next bid was acknowledged."""


async def meet(ring: Ring) -> Met:
    """
    Bidding at two gateways, ``kill -9`` of the Redis in force, and bidding until it is under way again; then all is compared.

    Somebody who comes to a third gateway afterwards finds everything.
    """
    engine, gateway = ring.settings("engine"), ring.settings("gateway")
    async with house(lambda: RedisEngine(engine), lambda: RedisGateway(gateway), settings=engine) as held:
        ends = [await held.end(), await held.end()]
        await ends[0].ask(open_sale())
        await ends[0].ask(put_up(1))
        bidders = Bidders(ends)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(bidders.run)
            await bidders.told.grows_by(SOME)
            await trio.to_thread.run_sync(ring.kill_the_one_in_force)
            killed = trio.current_time()
            await trio.to_thread.run_sync(ring.failed_over)
            named = trio.current_time()
            await bidders.told.grows_by(1)
            followed = trio.current_time()
            await bidders.told.grows_by(SOME)
            bidders.over = True
        await holds(bidders.told, held.room, ends)
        late = await held.end()
        assert late.watcher.head == held.room.clerk.memory.head
    return Met(len(bidders.told.seqs), bidders.told.unknown, named - killed, followed - named)


def guarded_in(folder: Path) -> Guarded:
    """An authority, and a certificate for everybody."""
    authority = Authority(folder / "ours")
    return Guarded(authority, *authority.vouch("house"))


def main(arguments: list[str]) -> int:
    size = sized("tests.cluster.failover", FULL, arguments)
    met: list[Met] = []
    kinds: Counter[str] = Counter()
    for nth in range(size):
        with tempfile.TemporaryDirectory(prefix="luochui-ring-") as name:
            guarded = guarded_in(Path(name)) if nth % 2 == 0 else None
            with ring_at(Path(name), guarded=guarded) as ring:
                met.append(trio.run(meet, ring))
        kinds["over_tls_with_users" if guarded else "in_the_open"] += 1
        progress(f"{nth + 1} failovers; named after {met[-1].named_s:.1f} s, followed {met[-1].followed_s:.2f} s later")
    figures = {
        "failovers": size,
        **kinds,
        "acknowledged": sum(each.acknowledged for each in met),
        "told_unknown_first": sum(each.unknown for each in met),
        "named_s_max": round(max(each.named_s for each in met), 2),
        "followed_s_max": round(max(each.followed_s for each in met), 2),
        "followed_s_bound": FOLLOWED_S_MAX,
        "lost": 0,
        "doubled": 0,
    }
    return finish(("P11",), figures, passed=max(each.followed_s for each in met) <= FOLLOWED_S_MAX)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
