"""``websockets.asyncio`` and its ``broadcast``; compression and pings off, on uvloop where it is installed."""

import asyncio

from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.open_files import raise_file_limit
from bench.peers.serving import Meter, Task, runner, say_port


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers: set[ServerConnection] = set()
    come, done = asyncio.Event(), asyncio.Event()

    async def meet(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        if len(viewers) == task.displays:
            come.set()
        await done.wait()

    async with serve(
        meet, "127.0.0.1", 0, compression=None, ping_interval=None, close_timeout=0.1, backlog=4096
    ) as server:
        say_port(next(iter(server.sockets)).getsockname()[1])
        await come.wait()
        meter = Meter()
        for event in range(task.events):
            await asyncio.sleep(meter.wait_s(event, task))
            broadcast(viewers, task.text)
        meter.say(task.events * task.displays)
        done.set()


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
