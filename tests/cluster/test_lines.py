"""The lines to a room, each held to the contract; and what gateways say over them of who is there."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from engine.cluster.streams import present_key
from tests.cluster.attendance import AttendanceContract, here, say
from tests.cluster.contract import LineContract
from tests.cluster.redis_server import RedisServer, redis_at
from tests.cluster.scene import PATIENCE_S, QUICK, House, house, over_pairs, over_redis, over_unix


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_at(tmp_path_factory.mktemp("redis")) as server:
        yield server


class TestInProcess(LineContract):
    @pytest.fixture
    def way(self) -> AbstractAsyncContextManager[House]:
        return house()


class TestUnixSocket(LineContract, AttendanceContract):
    @pytest.fixture
    def way(self, tmp_path: Path) -> AbstractAsyncContextManager[House]:
        return house(*over_unix(tmp_path))


class TestPairedStreams(LineContract, AttendanceContract):
    @pytest.fixture
    def way(self) -> AbstractAsyncContextManager[House]:
        return house(*over_pairs())


@pytest.mark.redis
class TestRedis(LineContract, AttendanceContract):
    @pytest.fixture
    def way(self, server: RedisServer) -> AbstractAsyncContextManager[House]:
        server.do("FLUSHALL")
        settings, engine, gateway = over_redis(server.url)
        return house(engine, gateway, settings=settings)

    async def test_redis_holds_few_reports_and_of_each_gateway_the_newest_is_among_them(
        self, server: RedisServer
    ) -> None:
        server.do("FLUSHALL")
        settings, engine, gateway = over_redis(server.url, replace(QUICK, presence_held_max=5))
        async with house(engine, gateway, settings=settings) as held:
            end = await held.end()
            for nth in range(1, 40):
                with trio.fail_after(PATIENCE_S):
                    while not any(said[-1] == here(nth) for said in held.told.values()):
                        say(end, nth, here(nth))
                        await trio.sleep(0.01)
            assert server.do("XLEN", present_key("trial")) <= 6
