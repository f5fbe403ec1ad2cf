"""A receiver on a real port of this machine that keeps what comes and answers as it was told to."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import h11
import trio

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    port: int
    answers: list[bytes] = field(default_factory=list)
    """The next ones, raw; 200 when there are none left. An empty one is no answer at all."""

    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    news: trio.Event = field(default_factory=trio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?for=us"

    async def until(self, many: int) -> None:
        while len(self.bodies) < many:
            await self.news.wait()

    async def serve(self, stream: trio.abc.Stream) -> None:
        http = h11.Connection(h11.SERVER)
        body = b""
        async with stream:
            while (event := http.next_event()) is not h11.PAUSED and not isinstance(event, h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    http.receive_data(bytes(await stream.receive_some(4096)))
                elif isinstance(event, h11.Request):
                    self.heads.append({":": f"{event.method.decode()} {event.target.decode()}"} | _plain(event))
                elif isinstance(event, h11.Data):
                    body += event.data
                else:
                    return
            self.bodies.append(body)
            self.news.set()
            self.news = trio.Event()
            answer = self.answers.pop(0) if self.answers else b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
            if answer:
                await stream.send_all(answer)
            else:
                await trio.sleep_forever()


def _plain(event: h11.Request) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in event.headers}


@asynccontextmanager
async def receiver(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    one = Receiver(listener.socket.getsockname()[1], list(answers))
    door: trio.abc.Listener[Any] = listener if tls is None else trio.SSLListener(listener, tls)
    async with trio.open_nursery() as nursery:

        async def serve(stream: trio.abc.Stream) -> None:
            with suppress(trio.BrokenResourceError, h11.RemoteProtocolError):  # Who calls may hang up.
                await one.serve(stream)

        nursery.start_soon(partial(trio.serve_listeners, serve, [door]))
        yield one
        nursery.cancel_scope.cancel()
