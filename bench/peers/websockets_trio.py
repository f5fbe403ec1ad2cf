"""``websockets.trio`` and its ``broadcast``; compression and pings off."""

from functools import partial

import trio
from websockets.trio.server import ServerConnection, broadcast, serve

from bench.open_files import raise_file_limit
from bench.peers.serving import Meter, Task, say_port


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers: set[ServerConnection] = set()
    come, done = trio.Event(), trio.Event()

    async def meet(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        if len(viewers) == task.displays:
            come.set()
        await done.wait()

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
        say_port(listeners[0].socket.getsockname()[1])
        nursery.start_soon(partial(serve, meet, listeners=listeners, compression=None, ping_interval=None))
        await come.wait()
        meter = Meter()
        for event in range(task.events):
            await trio.sleep(meter.wait_s(event, task))
            await broadcast(viewers, task.text)
        meter.say(task.events * task.displays)
        done.set()
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    raise_file_limit()
    trio.run(main)
