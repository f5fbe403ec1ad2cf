"""The users that ``engine/deploy/CLUSTER.md`` gives engine and gateways are allowed what these do, and little else."""

from pathlib import Path
from typing import Final

import pytest
import redis

from tests.cluster.redis_server import redis_at
from tests.cluster.ring import USERS
from tests.cluster.scene import house, over_redis
from tests.room.scene import open_sale

pytestmark = pytest.mark.redis
WORDS: Final = {user: USERS[user] for user in ("engine", "gateway")}


async def test_with_the_users_of_the_guide_a_command_is_answered_and_lost_data_is_restored(tmp_path: Path) -> None:
    with redis_at(tmp_path) as server:
        for user, words in WORDS.items():
            server.do("ACL", "SETUSER", user, "on", ">secret", *words.split())
        told, _, _ = over_redis(server.url)
        _, engine, _ = over_redis(f"unix://engine:secret@{server.socket}")
        _, _, gateway = over_redis(f"unix://gateway:secret@{server.socket}")
        async with house(engine, gateway, settings=told) as held:
            end = await held.end()
            await end.ask(open_sale())
            server.do("FLUSHALL")
            late = await held.end()
            assert late.watcher.head == held.room.clerk.memory.head
        with redis.Redis.from_url(f"unix://gateway:secret@{server.socket}") as intruder:
            for words in (("FLUSHALL",), ("DEL", "luochui:rooms"), ("CONFIG", "GET", "*"), ("GET", "other")):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    intruder.execute_command(*words)
