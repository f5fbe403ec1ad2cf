"""
Sockets that read, count and throw away; with a path they shake hands first, as WebSockets do.

    python -m bench.peers.sink PORT N PATH PROTOCOL JOIN MARK

PATH, PROTOCOL and JOIN may be -. JOIN (hex) are the bytes each says after the handshake; MARK (hex) is in every message once.
Prints "in" once all have come in. Then reads how many messages to wait for, and prints how many came, in how many bytes, and
when the last did (monotonic ns).
"""

import select
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.open_files import raise_file_limit

RECEIVE_BYTES = 1 << 18
HANDSHAKE_BYTES_MAX = 16_384
TOGETHER = 100
"""So many come in at once."""

HELLO = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: bHVvY2h1aS1iZW5jaC0wMQ==\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n"
)


@dataclass(slots=True)
class Marks:
    """Counts a mark in streams that come in pieces, however a server cuts its messages into frames, and frames into pieces."""

    mark: bytes
    count: int = 0
    ends: dict[int, bytes] = field(default_factory=dict)
    """The last bytes of each stream: too few to hold a mark, enough to begin one."""

    def take(self, stream: int, piece: bytes) -> None:
        """Count the marks that end in this piece of ``stream``."""
        whole = self.ends.get(stream, b"") + piece
        self.count += whole.count(self.mark)
        keep = len(self.mark) - 1
        self.ends[stream] = whole[-keep:] if keep else b""


def enter(port: int, path: str | None, protocol: str, join: bytes) -> socket.socket:
    """
    One that has come in.

    Raises:
        ConnectionError: It was not let in.

    """
    sock = socket.create_connection(("127.0.0.1", port))
    try:
        if path is not None:
            _shake_hands(sock, port, path, protocol)
        if join:
            sock.sendall(join)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _shake_hands(sock: socket.socket, port: int, path: str, protocol: str) -> None:
    wanted = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
    sock.sendall(HELLO.format(path=path, port=port, protocol=wanted).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = sock.recv(1)  # one by one: what follows the head is not ours to read here
        head += byte
        if not byte or len(head) > HANDSHAKE_BYTES_MAX:
            raise ConnectionError("it was not let in")
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(head.splitlines()[0].decode(errors="replace"))


def all_enter(count: int, one: Callable[[], socket.socket]) -> list[socket.socket]:
    """
    So many have come in, a few score at a time: some servers look at their door ten times a second.

    Raises:
        ConnectionError: One was not let in.

    """
    with ThreadPoolExecutor(TOGETHER) as doors:
        return [each.result() for each in [doors.submit(one) for _ in range(count)]]


@dataclass(slots=True)
class Sink:
    """All of them."""

    socks: dict[int, socket.socket]
    marks: Marks
    total: int = 0
    last_ns: int = 0

    def drain(self, until: int) -> None:
        """Read until as many messages as are asked for on ``until`` have come, or that is closed, or all sockets are."""
        poll, buffer = select.epoll(), bytearray(RECEIVE_BYTES)
        view = memoryview(buffer)
        wanted: int | None = None
        for fd in (*self.socks, until):
            poll.register(fd, select.EPOLLIN)
        while self.socks and (wanted is None or self.marks.count < wanted):
            for fd, _ in poll.poll():
                if fd == until:
                    with open(until, "rb", closefd=False, buffering=0) as asked:
                        line = asked.read(64)
                    if not line:
                        return
                    wanted = int(line)
                    continue
                try:
                    size = self.socks[fd].recv_into(buffer)
                except OSError:
                    size = 0
                if not size:
                    self.socks.pop(fd).close()
                    continue
                self.total += size
                before = self.marks.count
                self.marks.take(fd, bytes(view[:size]))
                if self.marks.count != before:
                    self.last_ns = time.monotonic_ns()


def main(port: str, count: str, path: str, protocol: str, join: str, mark: str) -> None:  # noqa: PLR0913, PLR0917 - as started
    """Come in, and read."""
    raise_file_limit()
    said = bytes.fromhex(join.strip("-"))
    where = None if path == "-" else path
    try:
        came = all_enter(int(count), lambda: enter(int(port), where, protocol.strip("-"), said))
    except OSError as why:
        print(f"not in: {why}", flush=True)
        return
    print("in", flush=True)
    sink = Sink({sock.fileno(): sock for sock in came}, Marks(bytes.fromhex(mark)))
    sink.drain(sys.stdin.fileno())
    print(sink.marks.count, sink.total, sink.last_ns, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
