"""
A number kept in Redis is no fence across a failover, and ours does not rely on one.

The first test shows that the naive fence fails in this very scene: were it to hold here, the scene would prove nothing for the second.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
import trio

from engine.journal.memory import MemoryJournal
from tests.cluster.load import Bidders, holds
from tests.cluster.redis_server import PATIENCE_S, RedisServer, redis_at
from tests.cluster.scene import house, over_redis
from tests.journal.books import IDENTITY
from tests.room.scene import open_sale, put_up

pytestmark = pytest.mark.redis

WAIT_MS: Final = 4_000
"""For replicas to have what was written; shorter than a client waits for any answer."""

APPEND_IF_IN_FORCE: Final = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > tonumber(ARGV[1]) then return 'FENCED' end
redis.call('SET', KEYS[1], ARGV[1])
return redis.call('XADD', KEYS[2], '*', 'record', ARGV[2])
"""


@dataclass
class Pair:
    """A primary and its replica. ``primary.socket`` is where clients find whichever is in force."""

    primary: RedisServer
    replica: RedisServer

    def wait_until_in_step(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while b"master_link_status:up" not in self._about(self.replica):
            assert time.monotonic() < until, "the replica does not follow"
            time.sleep(0.02)

    def part(self) -> None:
        """The wire between the two is cut: from here on the replica hears nothing."""
        self.replica.do("REPLICAOF", "127.0.0.1", "1")

    def fail_over(self) -> None:
        """The primary is lost, and the replica, as far as it had come, takes its place."""
        self.primary.kill()
        self.replica.do("REPLICAOF", "NO", "ONE")
        self.replica.socket.rename(self.primary.socket)

    @staticmethod
    def _about(server: RedisServer) -> bytes:
        with server.client() as client:
            told: dict[str, Any] = client.info("replication")
        return b"".join(f"{name}:{value}\n".encode() for name, value in told.items())


@contextmanager
def pair_at(folder: Path) -> Iterator[Pair]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    safe = ("--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0")
    with (
        redis_at(folder / "primary", port=port, options=safe) as primary,
        redis_at(folder / "replica", options=(*safe, "--replicaof", f"127.0.0.1 {port}")) as replica,
    ):
        pair = Pair(primary, replica)
        pair.wait_until_in_step()
        yield pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with pair_at(tmp_path) as pair:
        yield pair


def append(server: RedisServer, epoch: int, record: str, *, copies: int = 0) -> bytes:
    """What is answered, once so many replicas have it: one is waited for over the connection that wrote."""
    with server.client() as client:
        answer: bytes = client.execute_command("EVAL", APPEND_IF_IN_FORCE, 2, "epoch", "records", epoch, record)
        assert not copies or client.execute_command("WAIT", copies, WAIT_MS) == copies
    return answer


def test_a_fence_kept_in_redis_lets_the_old_leader_in_after_a_failover_and_loses_what_was_acknowledged(
    pair: Pair,
) -> None:
    assert append(pair.primary, 6, "old leader's", copies=1) != b"FENCED"
    pair.part()
    acknowledged = [append(pair.primary, 7, f"new leader's {nth}") for nth in range(30)]
    assert b"FENCED" not in acknowledged
    assert append(pair.primary, 6, "too late") == b"FENCED"  # Before the failover it does hold.
    pair.fail_over()
    with pair.primary.client() as client:
        assert client.get("epoch") == b"6"
        assert client.xlen("records") == 1  # Of 31 that were acknowledged.
    assert append(pair.primary, 6, "a leader whose time is over") != b"FENCED"


async def test_in_the_same_scene_ours_loses_nothing_and_believes_no_old_engine(pair: Pair) -> None:
    settings, engine, gateway = over_redis(pair.primary.url)
    async with house(engine, gateway, settings=settings, identity=replace(IDENTITY, epoch=7)) as held:
        ends = [await held.end(), await held.end()]
        await ends[0].ask(open_sale())
        await ends[0].ask(put_up(1))
        bidders = Bidders(ends)
        async with (
            house(engine, gateway, settings=settings, journal=MemoryJournal(replace(IDENTITY, epoch=6))),
            trio.open_nursery() as nursery,
        ):
            nursery.start_soon(bidders.run)
            await bidders.told.grows_by(20)
            await trio.to_thread.run_sync(pair.part)
            await bidders.told.grows_by(20)
            await trio.to_thread.run_sync(pair.fail_over)
            await bidders.told.grows_by(20)
            bidders.over = True
        await holds(bidders.told, held.room, ends)
        assert all(end.far is not None and end.far.dropped["stale"] for end in ends)
