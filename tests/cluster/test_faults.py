"""Whatever happens to Redis: no acknowledged command is lost, none is acknowledged twice, nothing stale is believed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from engine.cluster.bus import FIELD
from engine.cluster.checked import Place
from engine.cluster.frames import Committed, Letter, close_down, close_up
from engine.cluster.streams import inbox_key, notes_key, tail_key
from engine.journal.commit import sign_commit
from engine.journal.memory import MemoryJournal
from engine.wire.codec import encode_command
from tests.cluster.faults import Scene, say_again, scene, stand_still
from tests.cluster.load import Bidders
from tests.cluster.redis_server import RedisServer, redis_at
from tests.cluster.scene import CIPHER, house, over_redis
from tests.journal.books import IDENTITY, STRANGER, book
from tests.room.scene import bid, open_sale, put_up

pytestmark = pytest.mark.redis


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_at(tmp_path / "redis") as server:
        yield server


async def carries(server: RedisServer, seq: int) -> None:
    """Wait until the stream ends with record ``seq``."""
    with trio.fail_after(10):
        while True:
            newest = server.do("XREVRANGE", tail_key("trial", 1), "+", "-", "COUNT", "1")
            if newest and newest[0][0] == f"{seq}-0".encode():
                return
            await trio.sleep(0.02)


async def test_flushed(server: RedisServer) -> None:
    async with scene(server) as one:
        await one.meets(*[lambda: server.do("FLUSHALL")] * 3)


async def test_killed_and_back_without_data(server: RedisServer) -> None:
    async with scene(server) as one:
        await one.meets(server.start_empty, server.start_empty)


async def test_back_with_a_tail_of_long_ago(server: RedisServer) -> None:
    async with scene(server) as one:
        await one.meets(server.photograph, server.roll_back)


async def test_stopped_for_a_while(server: RedisServer) -> None:
    async with scene(server) as one:
        await one.meets(lambda: stand_still(server, 1.5))
        assert one.bidders.told.unknown > 0


async def test_everything_delivered_twice(server: RedisServer) -> None:
    async with scene(server) as one:
        await one.meets(lambda: say_again(server))
        assert one.dropped("stale") > 0


async def test_the_stream_is_restored_from_the_journal_for_who_comes_later(server: RedisServer) -> None:
    async with scene(server) as one:
        await one.meets(lambda: server.do("FLUSHALL"))
        last = one.ends[0].watcher.seq
        await carries(server, last)
        late = await one.house.end()
        assert late.watcher.seq == last
        assert late.watcher.state == one.house.room.clerk.memory.state


async def test_what_the_house_did_not_sign_is_not_believed(server: RedisServer) -> None:
    now = 0

    def forge() -> None:
        seq = one.ends[0].watcher.seq
        records = book()[0][0][:1]
        forged = sign_commit(records, STRANGER, "0" * 64)
        own = close_down(CIPHER, "trial", Committed.of(forged, records))
        letter = close_up(CIPHER, "other", Letter("x", 1, now, encode_command(bid("forged", 8, 999_999))))
        for nth, frame in enumerate((own, own[:-1], b"", b"\x00" * 100, letter)):
            server.do("XADD", notes_key("trial"), "*", FIELD, frame)
            server.do("XADD", tail_key("trial", 1), f"{seq + 5000 + nth}-0", FIELD, frame)
            server.do("XADD", inbox_key("trial"), "*", FIELD, frame)

    async with scene(server) as one:
        now = one.ends[0].now()
        await one.meets(forge)
        assert one.dropped("forged") > 0
        records = (await one.house.room.read(0, 1_000_000)).records
        assert "forged" not in {record.command_id for record in records}


async def test_an_engine_whose_time_is_over_is_not_believed_whatever_redis_says(server: RedisServer) -> None:
    """The old engine has the house's own key, writes first, and Redis has forgotten that there is a newer epoch."""
    settings, engine, gateway = over_redis(server.url)
    async with house(engine, gateway, settings=settings, identity=replace(IDENTITY, epoch=2)) as held:
        ends = [await held.end(), await held.end()]
        await ends[0].ask(open_sale())
        await ends[0].ask(put_up(1))
        one = Scene(held, ends, Bidders(ends), server)
        old = MemoryJournal(IDENTITY)
        async with house(engine, gateway, settings=settings, journal=old):
            await one.meets(lambda: server.do("FLUSHALL"))
        assert one.dropped("stale") > 0
        assert all(record.epoch == 2 for end in ends for record in end.watcher.records)


async def test_a_new_epoch_makes_everybody_begin_anew_and_nobody_goes_back(server: RedisServer) -> None:
    settings, engine, gateway = over_redis(server.url)
    async with house(engine, gateway, settings=settings) as old:
        end = await old.end()
        assert end.far is not None
        async with house(engine, gateway, settings=settings, identity=replace(IDENTITY, epoch=2)) as new:
            with trio.fail_after(10):
                await end.far.lost.wait()
            later = await new.end(floor=Place(2))
            assert later.far is not None
            assert later.far.place.epoch == 2
            await later.ask(open_sale())
            assert later.watcher.head == new.room.clerk.memory.head
