"""The lines to a room, each held to the contract; and what gateways say over them of who is there."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.cluster.attendance import AttendanceContract
from tests.cluster.contract import LineContract
from tests.cluster.redis_server import RedisServer, redis_at
from tests.cluster.scene import House, house, over_pairs, over_redis, over_unix


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
