"""FastAPI on uvicorn, each viewer sent to in turn; compression and pings off, on uvloop where it is installed."""

import asyncio
import socket

import uvicorn
from fastapi import FastAPI, WebSocket

from bench.open_files import raise_file_limit
from bench.peers.serving import Meter, Task, runner, say_port


async def main() -> None:
    """Wait until all have come, then tell them all."""
    task = Task.from_arguments()
    viewers: set[WebSocket] = set()
    come, done = asyncio.Event(), asyncio.Event()
    app = FastAPI()

    async def meet(viewer: WebSocket) -> None:
        await viewer.accept()
        viewers.add(viewer)
        if len(viewers) == task.displays:
            come.set()
        await done.wait()

    app.add_api_websocket_route("/", meet)
    door = socket.create_server(("127.0.0.1", 0), backlog=4096)
    config = uvicorn.Config(app, log_level="error", ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[door]))
    say_port(door.getsockname()[1])
    await come.wait()
    meter = Meter()
    for event in range(task.events):
        await asyncio.sleep(meter.wait_s(event, task))
        for viewer in viewers:
            await viewer.send_text(task.text)
    meter.say(task.events * task.displays)
    server.should_exit = server.force_exit = True
    done.set()
    await serving


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
