"""Where Sentinels say which Redis is in force, a failover is followed, and nothing acknowledged is lost with the old one."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from engine.cluster.streams import RedisEngine, RedisGateway
from tests.cluster.failover import guarded_in, meet
from tests.cluster.load import Bidders, holds
from tests.cluster.redis_server import redis_at
from tests.cluster.ring import SERVICE, SentinelServer, free_ports, ring_at
from tests.cluster.scene import QUICK, house
from tests.room.scene import open_sale, put_up

pytestmark = [
    pytest.mark.redis,
    pytest.mark.timeout(180),
    # Where the other side dies between TCP's handshake and that of TLS, Python's own ssl module leaves the socket to the collector.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


async def test_the_primary_is_killed_under_load_over_tls_with_the_users_of_the_guide_and_the_replica_takes_its_place(
    tmp_path: Path,
) -> None:
    with ring_at(tmp_path, guarded=guarded_in(tmp_path)) as ring:
        await meet(ring)


async def test_a_primary_that_lives_on_cut_off_from_its_sentinels_is_let_go_by_engine_and_gateways(
    tmp_path: Path,
) -> None:
    """It refuses, as it has no replica any more, and nothing new comes there: both ask the Sentinels again, though nobody hung up."""
    ports = free_ports(3)
    lines = (f"port {ports[2]}", "bind 127.0.0.1", f"sentinel monitor {SERVICE} 127.0.0.1 {ports[0]} 1")
    sentinel = SentinelServer(tmp_path / "s", lines=lines)
    with (
        redis_at(tmp_path / "old", port=ports[0]) as old,
        redis_at(tmp_path / "new", port=ports[1]),
        closing(sentinel),
    ):
        sentinel.start()
        place = f"127.0.0.1:{ports[2]}"
        told = replace(QUICK, redis_url="redis://", sentinels=(place,), sentinel_service=SERVICE, silent_ms_max=500)
        async with house(lambda: RedisEngine(told), lambda: RedisGateway(told), settings=told) as held:
            ends = [await held.end(), await held.end()]
            await ends[0].ask(open_sale())
            await ends[0].ask(put_up(1))
            bidders = Bidders(ends)

            def another_is_named() -> None:
                sentinel.do("SENTINEL", "REMOVE", SERVICE)
                sentinel.do("SENTINEL", "MONITOR", SERVICE, "127.0.0.1", ports[1], 1)
                old.do("CONFIG", "SET", "min-replicas-to-write", "1")

            async with trio.open_nursery() as nursery:
                nursery.start_soon(bidders.run)
                await bidders.told.grows_by(20)
                await trio.to_thread.run_sync(another_is_named)
                await bidders.told.grows_by(20)
                bidders.over = True
            await holds(bidders.told, held.room, ends)
        assert old.do("PING"), "it was there all the time"
