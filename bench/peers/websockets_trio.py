"""``websockets.trio`` and its ``broadcast``; compression and pings off."""

from functools import partial

import trio
from websockets.trio.server import ServerConnection, broadcast, serve

from bench.open_files import raise_file_limit
from bench.peers.serving import Pace, say_port, wait_for_go
from bench.peers.task import Task


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers: set[ServerConnection] = set()
    come = trio.Event()

    async def meet(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        if len(viewers) == task.displays:
            come.set()
        await viewer.wait_closed()

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
        say_port(listeners[0].socket.getsockname()[1])
        nursery.start_soon(partial(serve, meet, listeners=listeners, compression=None, ping_interval=None))
        await come.wait()
        await trio.to_thread.run_sync(wait_for_go)
        pace = Pace(task.interval_s)
        for event in range(task.events):
            await trio.sleep(pace.wait_s(event))
            await broadcast(viewers, task.text)
        await trio.sleep_forever()


if __name__ == "__main__":
    raise_file_limit()
    trio.run(main)
