"""
Sockets that read and throw away; with a path they shake hands first, as WebSockets do.

    python -m bench.peers.sink PORT N [PATH]
"""

import select
import socket
import sys

from bench.open_files import raise_file_limit

RECEIVE_BYTES = 1 << 18


HELLO = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: bHVvY2h1aS1iZW5jaC0wMQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def drain(port: int, count: int, path: str | None) -> None:
    """Read from so many sockets until all are closed."""
    raise_file_limit()
    poll = select.epoll()
    socks = {}
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port))
        if path is not None:
            sock.sendall(HELLO.format(path=path, port=port).encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += sock.recv(1)
        sock.setblocking(False)
        socks[sock.fileno()] = sock
        poll.register(sock.fileno(), select.EPOLLIN)
    buffer = bytearray(RECEIVE_BYTES)
    while socks:
        for fd, _ in poll.poll():
            try:
                gone = not socks[fd].recv_into(buffer)
            except OSError:
                gone = True
            if gone:
                socks.pop(fd).close()


if __name__ == "__main__":
    drain(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
