"""
A house that decides nothing: it answers every bid at once and shows it to everybody. What a run finds here is the crowd's own.

    python -m bench.mirror
"""

import select
import socket
import sys
from base64 import b64encode
from hashlib import sha1
from typing import Final

import orjson

from bench.open_files import raise_file_limit
from bench.wire import TEXT, Reader
from engine.gateway.frames import frame, text_frame

SALE: Final = "mirror"
RECEIVE_BYTES: Final = 1 << 16
SHOWN_BYTES: Final = 1200
"""About what a record frame of one bid has."""

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TICKET: Final = orjson.dumps({"ticket": "0" * 43, "expires_in_s": 30})
_HEAD: Final = "0" * 64


class Mirror:
    """Everybody who came, in one loop."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self._door.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._door.fileno(), select.EPOLLIN)
        self._came: dict[int, bytearray] = {}
        self._socks: dict[int, socket.socket] = {}
        self._inside: dict[int, Reader] = {}
        self._seq = 1
        self._padding = "x" * (SHOWN_BYTES - 150)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._door.getsockname()[1]
        return port

    def serve(self) -> None:
        """For ever."""
        while True:
            for fd, _ in self._poll.poll():
                if fd == self._door.fileno():
                    self._let_in()
                elif fd in self._socks:
                    self._listen(fd, self._socks[fd])

    def _let_in(self) -> None:
        while True:
            try:
                sock, _ = self._door.accept()
            except BlockingIOError:
                return
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socks[sock.fileno()] = sock
            self._came[sock.fileno()] = bytearray()
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def _listen(self, fd: int, sock: socket.socket) -> None:
        try:
            data = sock.recv(RECEIVE_BYTES)
        except OSError:
            data = b""
        if not data:
            self._let_go(fd)
        elif fd in self._inside:
            for kind, content in self._inside[fd].take(unmasked(data)):
                if kind == TEXT and fd in self._inside:
                    self._heed(sock, content)
        else:
            self._greet(fd, sock, data)

    def _greet(self, fd: int, sock: socket.socket, data: bytes) -> None:
        came = self._came[fd]
        came += data
        head, gap, rest = bytes(came).partition(b"\r\n\r\n")
        if not gap:
            return
        if head.startswith(b"POST"):
            sock.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_TICKET), _TICKET))
            return
        key = next(line[19:] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key: "))
        accept = b64encode(sha1(key + _GUID, usedforsecurity=False).digest())
        upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        sock.send(upgrade + b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept)
        self._inside[fd] = Reader(unmasked(rest))

    def _heed(self, sock: socket.socket, content: bytes) -> None:
        said = orjson.loads(content)
        if said["type"] == "hello":
            parts = {"rules": {"sign_off": False}, "sale": {"rules": _HEAD}}
            sock.send(frame("picture", epoch=1, seq=self._seq, head=_HEAD, parts=parts))
            return
        before, self._seq = self._seq, self._seq + 1
        sock.send(frame("answer", id=said["id"], seq=self._seq, outcome={"accepted": []}, receipt=self._padding))
        shown = {"at_us": 1, "epoch": 1, "events": [], "head": _HEAD, "parts": {"x": self._padding}}
        ready = text_frame(orjson.dumps({**shown, "prev": before, "seq": self._seq, "type": "record"}))
        for fd in tuple(self._inside):
            try:
                sent = self._socks[fd].send(ready)
            except OSError:
                sent = 0
            if sent != len(ready):
                self._let_go(fd)  # who does not keep up is of no use here

    def _let_go(self, fd: int) -> None:
        self._inside.pop(fd, None)
        self._came.pop(fd, None)
        self._socks.pop(fd).close()


def unmasked(data: bytes) -> bytes:
    """What the crowd says, as if it were not masked: its mask is always zero, and its frames come whole."""
    out, at = bytearray(), 0
    while len(data) - at >= 6:
        length, begin = data[at + 1] & 0x7F, at + 2
        if length == 126:
            length, begin = int.from_bytes(data[at + 2 : at + 4]), at + 4
        content = data[begin + 4 : begin + 4 + length]
        out += bytes((data[at], length)) if length < 126 else bytes((data[at], 126)) + length.to_bytes(2)
        out += content
        at = begin + 4 + length
    return bytes(out)


def main() -> None:
    """Say where it listens, then serve until killed."""
    raise_file_limit()
    mirror = Mirror()
    print(mirror.port, flush=True)
    mirror.serve()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
