"""FastAPI on uvicorn, each viewer sent to in turn; compression and pings off, on uvloop."""

import asyncio
import socket

import uvicorn
from fastapi import FastAPI, WebSocket

from bench.open_files import raise_file_limit
from bench.peers.serving import Gathering, runner, say_port, tell_all
from bench.peers.task import Task


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers = Gathering(task.displays)
    app = FastAPI()

    async def meet(viewer: WebSocket) -> None:
        await viewer.accept()
        viewers.add(viewer)
        await asyncio.Event().wait()

    async def tell() -> None:
        for viewer in viewers.all:
            await viewer.send_text(task.text)

    app.add_api_websocket_route("/", meet)
    door = socket.create_server(("127.0.0.1", 0), backlog=4096)
    config = uvicorn.Config(
        app, log_level="error", ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off", access_log=False
    )
    serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[door]))
    say_port(door.getsockname()[1])
    await viewers.complete.wait()
    await tell_all(task, tell)
    await serving


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
