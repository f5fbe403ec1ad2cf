"""``picows``, a WebSocket library in Cython; no compression, no pings, on uvloop."""

from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.open_files import raise_file_limit
from bench.peers.serving import Gathering, runner, say_port, tell_all
from bench.peers.task import Task


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers = Gathering(task.displays)
    payload = task.text.encode()

    class Viewer(WSListener):  # type: ignore[misc,unused-ignore]
        def on_ws_connected(self, transport: WSTransport) -> None:
            viewers.add(transport)

    def listener(_request: WSUpgradeRequest) -> WSListener:
        return Viewer()

    async def tell() -> None:
        for viewer in viewers.all:
            viewer.send(WSMsgType.TEXT, payload)

    server = await ws_create_server(listener, "127.0.0.1", 0, backlog=4096)
    say_port(server.sockets[0].getsockname()[1])
    await viewers.complete.wait()
    await tell_all(task, tell)


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
