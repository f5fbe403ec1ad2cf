"""``websockets.asyncio`` and its ``broadcast``; compression and pings off, on uvloop."""

from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.open_files import raise_file_limit
from bench.peers.serving import Gathering, runner, say_port, tell_all
from bench.peers.task import Task


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers = Gathering(task.displays)

    async def meet(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        await viewer.wait_closed()

    async def tell() -> None:
        broadcast(viewers.all, task.text)

    async with serve(meet, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=4096) as server:
        say_port(next(iter(server.sockets)).getsockname()[1])
        await viewers.complete.wait()
        await tell_all(task, tell)


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
