"""A house full of sockets that say nothing has room for one who means to come in."""

from pathlib import Path
from urllib.parse import urlsplit

import trio

from engine.config import Config
from engine.gateway.limits import LimitSettings
from tests.engine.house import running_house
from tests.gateway.saleroom import SALE, Browser

ELSEWHERE = "127.0.0.2"


async def test_the_oldest_silent_socket_gives_way_to_one_from_another_address(tmp_path: Path) -> None:
    async with running_house(tmp_path, config=Config(limits=LimitSettings(half_open_max=3))) as house:
        async with house.socket() as oldest, house.socket() as younger, house.socket():
            parts = urlsplit(house.url)
            stream = await trio.open_tcp_stream("127.0.0.1", int(parts.port or 0), local_address=ELSEWHERE)
            async with stream:
                browser = Browser(stream, f"ws://{parts.netloc}/api/sales/{SALE}/socket")
                await browser.shake_hands()
                await browser.send({"type": "hello", "protocol": 1})
                await browser.until("welcome")
            with trio.fail_after(5):
                assert await oldest.end() == 1006
            await younger.send({"type": "hello", "protocol": 1})
            await younger.until("welcome")
        assert house.engine.sales.statistics()["queues"]["sockets"] <= 3
