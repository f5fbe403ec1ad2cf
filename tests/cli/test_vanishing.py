"""A real house outlives browsers that vanish while they are written to."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import trio
from websockets.client import ClientProtocol
from websockets.uri import parse_uri

from tests.cli.program import started

NOTICE = Path(__file__).resolve().parents[2] / "engine" / "notice" / "demo" / "sale.toml"


async def vanish(host: str, port: int) -> None:
    """Ask the time many times over, read no answer, and be gone."""
    stream = await trio.open_tcp_stream(host, port)
    protocol = ClientProtocol(parse_uri(f"ws://{host}:{port}/api/sales/plates-4/socket"))
    protocol.send_request(protocol.connect())
    await stream.send_all(b"".join(protocol.data_to_send()))
    protocol.receive_data(await stream.receive_some())
    protocol.events_received()
    protocol.send_text(b'{"protocol":1,"type":"hello"}')
    for turn in range(15):
        protocol.send_text(b'{"t0":%d,"type":"time"}' % turn)
    await stream.send_all(b"".join(protocol.data_to_send()))
    await stream.aclose()


async def test_browsers_that_vanish_do_not_take_the_house_along(tmp_path: Path) -> None:
    arguments = ("serve", "--data", tmp_path / "data", "--sale", NOTICE, "--port", "0", "--json")
    async with started(tmp_path / "stderr", *arguments) as house:
        url = urlsplit(orjson.loads(await house.line())["url"])
        for _ in range(60):
            await vanish(str(url.hostname), int(url.port or 0))
        assert await house.end(signal.SIGTERM) == 0
        assert house.complaints() == ""
