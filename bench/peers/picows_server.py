"""``picows``, a WebSocket library in Cython; no pings, on uvloop where it is installed."""

import asyncio

from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.open_files import raise_file_limit
from bench.peers.serving import Meter, Task, runner, say_port


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers: set[WSTransport] = set()
    come = asyncio.Event()

    class Viewer(WSListener):  # type: ignore[misc,unused-ignore]
        def on_ws_connected(self, transport: WSTransport) -> None:
            viewers.add(transport)
            if len(viewers) == task.displays:
                come.set()

    def listener(_request: WSUpgradeRequest) -> WSListener:
        return Viewer()

    server = await ws_create_server(listener, "127.0.0.1", 0, backlog=4096)
    say_port(server.sockets[0].getsockname()[1])
    await come.wait()
    payload = task.text.encode()
    meter = Meter()
    for event in range(task.events):
        await asyncio.sleep(meter.wait_s(event, task))
        for viewer in viewers:
            viewer.send(WSMsgType.TEXT, payload)
    meter.say(task.events * task.displays)


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
