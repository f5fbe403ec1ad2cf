"""The real thing: a sale changes its engine under load. Nightly, ``succession`` kills both on the way."""

from pathlib import Path

import pytest

from tests.cluster.moving import engines

pytestmark = [pytest.mark.kill, pytest.mark.redis, pytest.mark.timeout(180)]
SOME = 20


async def test_a_sale_changes_its_engine_under_load_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with engines(tmp_path) as both:
        await both.one.work(SOME)
        done = await both.move()
        assert (done["moved"], done["epoch"]) == (True, 2)
        await both.one.work(SOME)
        await both.end()
