"""Frames as a load generator wants them: cheap to write, cheap to count, decoded only where somebody looks."""

import socket
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

TEXT: Final = 0x1
CLOSE: Final = 0x8
PING: Final = 0x9

PONG: Final = b"\x8a\x80\x00\x00\x00\x00"
"""A masked pong. The mask is zero: it has to be there, and need not hide anything on a loopback."""

_KEY: Final = "bHVvY2h1aS1iZW5jaC0wMQ=="
_FINAL: Final = 0x80
_TWO_BYTES: Final = 126
_EIGHT_BYTES: Final = 127
HANDSHAKE_S: Final = 10.0


def masked(text: bytes) -> bytes:
    """``text`` as one message towards the house."""
    size = len(text)
    if size < _TWO_BYTES:
        return bytes((_FINAL | TEXT, 0x80 | size)) + bytes(4) + text
    return bytes((_FINAL | TEXT, 0x80 | _TWO_BYTES)) + size.to_bytes(2) + bytes(4) + text


def enter(url: str, sale: str, hello: bytes) -> tuple[socket.socket, bytes]:
    """
    A socket of ``sale`` that has shaken hands and said ``hello``.

    Returns:
        The socket, not blocking any more, and what came behind the handshake.

    Raises:
        ConnectionRefusedError: The house did not let us in.

    """
    parts = urlsplit(url)
    sock = socket.create_connection((str(parts.hostname), int(parts.port or 80)), HANDSHAKE_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = (
        f"GET /api/sales/{sale}/socket HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    sock.sendall(request.encode())
    came = b""
    while b"\r\n\r\n" not in came:
        data = sock.recv(65536)
        if not data:
            break
        came += data
    head, _, rest = came.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101"):
        sock.close()
        raise ConnectionRefusedError(came.decode(errors="replace")[:300])
    sock.sendall(masked(hello))
    sock.setblocking(False)
    return sock, rest


class Counter:
    """Counts the frames in a stream of bytes by walking from header to header. The house does not mask its frames."""

    __slots__ = ("_cut", "_skip", "closed", "frames", "pings")

    def __init__(self) -> None:
        self.frames = 0
        self.pings = 0
        """Pings that wait for a pong."""

        self.closed = False
        """Whether the house said goodbye."""

        self._skip = 0
        self._cut = b""

    @property
    def between_frames(self) -> bool:
        """Whether the last frame came whole."""
        return not self._skip and not self._cut

    def take(self, data: bytearray, size: int) -> None:
        """Walk over the first ``size`` bytes of ``data``."""
        if self._cut:
            data = bytearray(self._cut) + data[:size]
            size, self._cut = len(data), b""
        at = self._skip
        while at < size:
            if size - at < 2:
                break
            length, begin = data[at + 1], at + 2
            if length >= _TWO_BYTES:
                begin += 2 if length == _TWO_BYTES else 8
                if begin > size:
                    break
                length = int.from_bytes(data[at + 2 : begin])
            kind = data[at] & 0x0F
            self.frames += 1
            self.pings += kind == PING
            self.closed = self.closed or kind == CLOSE
            at = begin + length
        if at < size:
            self._cut, at = bytes(data[at:size]), size
        self._skip = at - size


class Reader:
    """Gives the content of whole frames."""

    __slots__ = ("_came",)

    def __init__(self, came: bytes = b"") -> None:
        self._came = bytearray(came)

    def take(self, data: bytes | bytearray | memoryview) -> Iterator[tuple[int, bytes]]:
        """The kind and content of every frame that is whole now."""
        came = self._came
        came += data
        at = 0
        while len(came) - at >= 2:
            length, begin = came[at + 1], at + 2
            if length >= _TWO_BYTES:
                begin += 2 if length == _TWO_BYTES else 8
                if begin > len(came):
                    break
                length = int.from_bytes(came[at + 2 : begin])
            if begin + length > len(came):
                break
            yield came[at] & 0x0F, bytes(came[begin : begin + length])
            at = begin + length
        del came[:at]

    def left(self) -> bytes:
        """What came of a frame that is not whole yet. It is no longer kept here."""
        left = bytes(self._came)
        self._came.clear()
        return left
