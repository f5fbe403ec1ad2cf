"""A naive auction: FastAPI has a script in Redis decide, which keeps the bid before it answers and tells everybody."""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

from bench.open_files import raise_file_limit
from bench.peers.serving import runner, say_port

OPENING_FEN, STEP_FEN = 1_000_000, 100


async def main() -> None:
    """Serve until killed."""
    app, viewers = FastAPI(), set[WebSocket]()
    redis: Any = Redis.from_url(os.environ["PEERS_REDIS"])
    decide = redis.register_script(Path(__file__).with_name("bid.lua").read_text())

    async def meet(viewer: WebSocket) -> None:
        await viewer.accept()
        viewers.add(viewer)
        try:
            while True:
                text = await viewer.receive_text()
                bid = orjson.loads(text)
                accepted = await decide(keys=["price", "bids"], args=[bid["amount_fen"], OPENING_FEN, STEP_FEN, text])
                answer = (
                    {"id": bid["id"], "outcome": {"accepted": bid["amount_fen"]}, "type": "answer"}
                    if accepted
                    else {"id": bid["id"], "type": "refused"}
                )
                await viewer.send_text(orjson.dumps(answer).decode())
        except WebSocketDisconnect:
            viewers.discard(viewer)

    async def tell_all() -> None:
        listener = redis.pubsub(ignore_subscribe_messages=True)
        await listener.subscribe("hall")
        async for message in listener.listen():
            text = orjson.dumps({"bid": orjson.loads(message["data"]), "type": "record"}).decode()
            for viewer in tuple(viewers):
                await viewer.send_text(text)

    app.add_api_websocket_route("/", meet)
    door = socket.create_server(("127.0.0.1", 0), backlog=4096)
    config = uvicorn.Config(
        app, log_level="error", ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off", access_log=False
    )
    telling = asyncio.create_task(tell_all())
    say_port(door.getsockname()[1])
    await uvicorn.Server(config).serve(sockets=[door])
    telling.cancel()


if __name__ == "__main__":
    raise_file_limit()
    runner(main())
