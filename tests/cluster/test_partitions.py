"""
Whatever is cut off from whatever: told "unknown" in two seconds, the true outcome afterwards, and never two of them.

With processes, between machines of their own, at length: ``python -m tests.cluster.partitions``.
"""

import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import trio
import trio.testing

from engine.cluster.streams import RedisEngine, RedisGateway
from tests.cluster.cuts import cut_again_and_again
from tests.cluster.lands import NOT_HERE, apart
from tests.cluster.load import Bidders, holds
from tests.cluster.redis_server import redis_at
from tests.cluster.scene import QUICK, house
from tests.cluster.ways import Pair, cut_for_a_while, directions, relays
from tests.room.scene import open_sale, put_up

SOME = 20
FEW_CUTS: tuple[tuple[Pair, str], ...] = (
    (("engine", "redis"), "there"),
    (("gateway0", "redis"), "back"),
    (("engine", "redis"), "both"),
)


@pytest.mark.parametrize("seed", range(3))
async def test_in_virtual_time_lines_are_cut_for_one_to_thirty_seconds(
    seed: int, autojump_clock: trio.testing.MockClock
) -> None:
    assert (await cut_again_and_again(seed)).unknown > 0


@pytest.mark.redis
async def test_ways_to_a_real_redis_are_cut_one_way_and_both_under_bids(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with redis_at(tmp_path, port=port):
        async with relays() as ways:
            engine, *gateways = [
                replace(QUICK, redis_url=f"redis://{await ways.reach(name, 'redis', port)}")
                for name in ("engine", "gateway0", "gateway1")
            ]
            doors = iter(gateways)
            async with house(lambda: RedisEngine(engine), lambda: RedisGateway(next(doors)), settings=engine) as held:
                ends = [await held.end(), await held.end()]
                await ends[0].ask(open_sale())
                await ends[0].ask(put_up(1))
                bidders = Bidders(ends)
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(bidders.run)
                    for pair, which in FEW_CUTS:
                        await bidders.told.grows_by(SOME)
                        with cut_for_a_while(ways, directions(pair, which)):
                            await trio.sleep(1)
                    await bidders.told.grows_by(SOME)
                    bidders.over = True
                assert bidders.told.unknown > 0
                await holds(bidders.told, held.room, ends)


def test_between_machines_in_network_namespaces_each_direction_can_be_cut_alone() -> None:
    command = apart()
    if not command:
        pytest.skip(NOT_HERE)
    done = subprocess.run(
        [*command, sys.executable, "-m", "tests.cluster.lands"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done
