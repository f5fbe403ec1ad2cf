"""FastAPI on uvicorn, each viewer sent to in turn; compression and pings off, on uvloop."""

import asyncio

from fastapi import FastAPI, WebSocket

from bench.open_files import raise_file_limit
from bench.peers.asgi import serve
from bench.peers.serving import Gathering, runner
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
    await serve(app, task, viewers, tell)


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
