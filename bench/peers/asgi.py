"""An ASGI application on uvicorn, as the peers that have one are served: compression, pings and the access log off."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from bench.peers.serving import Gathering, say_port, tell_all
from bench.peers.task import Task


async def serve(app: Any, task: Task, viewers: Gathering, tell: Callable[[], Awaitable[None]]) -> None:
    """Serve ``app`` until all ``viewers`` have come, then ``tell`` them by plan; never returns."""
    door = socket.create_server(("127.0.0.1", 0), backlog=4096)
    config = uvicorn.Config(
        app, log_level="error", ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off", access_log=False
    )
    serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[door]))
    say_port(door.getsockname()[1])
    await viewers.complete.wait()
    await tell_all(task, tell)
    await serving
