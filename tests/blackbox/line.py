"""Connections of those who besiege a house, each from an address of its own choice (all of 127.0.0.0/8 is this machine)."""

import base64
import socket
from collections import deque
from typing import Any, Final

import orjson
import trio

from bench.wire import CLOSE, PING, PONG, TEXT, Reader, masked
from clients.http import Address, exchange

KEY: Final = base64.b64encode(b"black box, 16 b.").decode()
CHUNK: Final = 65_536
NO_CODE: Final = 1005
"""What stands for a goodbye without a code."""

BIND_ADDRESS_NO_PORT: Final = 24
"""Linux's IP_BIND_ADDRESS_NO_PORT: a port is chosen when we connect, so that thousands find one."""


async def call(at: Address, source: str, receive_bytes: int | None = None) -> trio.SocketStream:
    """
    A connection from ``source``.

    Args:
        at: The house.
        source: An address of this machine.
        receive_bytes: How much the kernel takes in for one who does not read; None for as much as usual.

    Raises:
        OSError: The house takes no connections.

    """
    sock = trio.socket.socket()
    try:
        sock.setsockopt(socket.IPPROTO_IP, BIND_ADDRESS_NO_PORT, 1)
        if receive_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        await sock.bind((source, 0))
        await sock.connect((at.host, at.port))
    except BaseException:
        sock.close()
        raise
    return trio.SocketStream(sock)


def upgrade(at: Address, sale: str) -> bytes:
    """The request for a socket of ``sale``."""
    return (
        f"GET /api/sales/{sale}/socket HTTP/1.1\r\nHost: {at.authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


async def ticket(at: Address, sale: str, token: str, source: str) -> str:
    """A ticket for the holder of ``token``."""

    async def opener(address: Address) -> trio.abc.Stream:
        return await call(address, source)

    headers = [("Authorization", f"Bearer {token}")]
    said = await exchange(at, "POST", f"/api/sales/{sale}/ticket", headers=headers, opener=opener)
    given: str = said["ticket"]
    return given


class Line:
    """A socket of a sale that has shaken hands."""

    def __init__(self, stream: trio.SocketStream, came: bytes) -> None:
        self.stream = stream
        self.close_code: int | None = None
        """What the house said in its goodbye."""

        self._speaking = trio.Lock()
        self._reader = Reader()
        self._texts: deque[bytes] = deque()
        self._take(came)

    @classmethod
    async def open(cls, at: Address, sale: str, source: str, receive_bytes: int | None = None) -> "Line":
        """
        Shake hands.

        Raises:
            OSError: The house did not want to; with its status, where it said one.

        """
        stream = await call(at, source, receive_bytes)
        came = b""
        try:
            await stream.send_all(upgrade(at, sale))
            while b"\r\n\r\n" not in came and (data := await stream.receive_some(CHUNK)):
                came += data
        except trio.BrokenResourceError:
            came = b""
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        head, _, rest = came.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            await trio.aclose_forcefully(stream)
            raise ConnectionRefusedError(head.split(b"\r\n")[0].decode() or "hung up")
        return cls(stream, rest)

    async def say(self, frame: dict[str, Any]) -> None:
        """Send a frame as it should be."""
        await self.send(masked(orjson.dumps(frame, option=orjson.OPT_SORT_KEYS)))

    async def send(self, data: bytes) -> None:
        """Send bytes as they are, whole, whoever else sends."""
        async with self._speaking:
            await self.stream.send_all(data)

    async def hear(self) -> bytes | None:
        """The next text; None at the end, whatever kind of end."""
        while not self._texts and self.close_code is None:
            try:
                data = await self.stream.receive_some(CHUNK)
                if not data:
                    return None
                if self._take(data):
                    await self.send(PONG)
            except trio.BrokenResourceError:
                return None
        return self._texts.popleft() if self._texts else None

    async def hang_up(self) -> None:
        """Be gone."""
        await trio.aclose_forcefully(self.stream)

    async def __aenter__(self) -> "Line":
        return self

    async def __aexit__(self, *_: object) -> None:
        with trio.CancelScope(shield=True):
            await self.hang_up()

    def _take(self, data: bytes) -> bool:
        """Take in what came. Whether a sign of life is asked for."""
        asked = False
        for kind, content in self._reader.take(data):
            if kind == TEXT:
                self._texts.append(content)
            elif kind == CLOSE:
                self.close_code = int.from_bytes(content[:2]) if len(content) >= 2 else NO_CODE
            asked |= kind == PING
        return asked
