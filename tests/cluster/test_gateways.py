"""The real thing: an engine and two gateways as processes, bidders at each, and kill -9 in the middle."""

import signal
from pathlib import Path
from typing import Any

import pytest
import trio

from clients import connect
from clients.http import Address, HttpFault, exchange
from clients.news import PresenceTold
from engine.passes import make_token
from tests.blackbox.crowd import AUCTIONEER
from tests.blackbox.lives import PADDLES, SALE
from tests.cluster.fleet import Fleet, Process, fleet, no_loss
from tests.cluster.redis_server import redis_at

pytestmark = [pytest.mark.kill, pytest.mark.timeout(180)]
SOME = 60


async def counted(fleet: Fleet, bidders: int) -> None:
    """Wait until the rostrum at the engine is told that so many bidders are there, at whatever doors."""
    token = make_token(fleet.folder, SALE, AUCTIONEER, ttl_s=3600)
    with trio.fail_after(20):
        async with connect(fleet.engine.url, SALE, token=token) as room:
            async for news in room.news():
                if isinstance(news, PresenceTold) and news.bidders == len(news.online) == bidders:
                    return


async def ready(gateway: Process, status: int) -> None:
    """Wait until a balancer is told so."""
    with trio.fail_after(20):
        while True:
            try:
                await exchange(Address.of(gateway.url), "GET", "/readyz")
                told = 200
            except HttpFault as fault:
                told = fault.status
            if told == status:
                return
            await trio.sleep(0.2)


@pytest.mark.redis
async def test_a_gateway_and_redis_are_killed_under_load_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    with redis_at(tmp_path / "redis") as server:
        async with fleet(tmp_path, server) as one:
            await one.work(SOME)
            await counted(one, PADDLES)
            await one.gateways[1].kill()
            await one.gateways[1].start()
            await one.work(SOME)
            server.kill()
            await ready(one.gateways[0], 503)
            await trio.to_thread.run_sync(server.start_empty)
            await ready(one.gateways[0], 200)
            await one.work(SOME)
            await one.rest()
            await counted(one, PADDLES)
            assert await one.gateways[1].end(signal.SIGTERM) == 0
            await counted(one, PADDLES // 2)
            for process in (one.gateways[0], one.engine):
                assert await process.end(signal.SIGTERM) == 0
        assert no_loss(counts := one.compare()), counts


async def seen(url: str) -> tuple[str, list[int | None], list[dict[str, Any]]]:
    """What everybody may see of the house there."""
    told = await exchange(Address.of(url), "GET", "/api/cluster")
    return told["here"], [room["gateways"] for room in told["rooms"]], told["carriers"]


async def test_over_a_unix_socket_the_engine_itself_is_killed_and_its_gateways_go_on(tmp_path: Path) -> None:
    async with fleet(tmp_path, None) as one:
        await one.work(SOME)
        carrier = {"kind": "socket", "carries": True, "code": None}
        assert await seen(one.engine.url) == ("engine", [len(one.gateways)], [carrier])
        assert await seen(one.gateways[0].url) == ("gateway", [None], [carrier])
        await one.engine.kill()
        await one.engine.start()
        await one.work(SOME)
        await one.gateways[0].kill()
        await one.gateways[0].start()
        await one.work(SOME)
        await one.rest()
        for process in (*one.gateways, one.engine):
            assert await process.end(signal.SIGTERM) == 0
    assert no_loss(counts := one.compare()), counts
