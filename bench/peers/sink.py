"""
Sockets that read and throw away; with a path they shake hands first, as WebSockets do.

    python -m bench.peers.sink PORT N [PATH [PROTOCOL JOIN]]

With JOIN (hex, or -), each says that in a binary message; then "in" is printed, and how many bytes came once stdin is closed.
"""

import select
import socket
import sys

from bench.open_files import raise_file_limit

RECEIVE_BYTES = 1 << 18


HELLO = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: bHVvY2h1aS1iZW5jaC0wMQ==\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n"
)


def enter(port: int, path: str | None, protocol: str, join: bytes) -> socket.socket:
    """One that has come in."""
    sock = socket.create_connection(("127.0.0.1", port))
    if path is not None:
        wanted = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
        sock.sendall(HELLO.format(path=path, port=port, protocol=wanted).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(1)
        if join:
            sock.sendall(bytes((0x82, 0x80 | len(join))) + bytes(4) + join)
    sock.setblocking(False)
    return sock


def drain(socks: dict[int, socket.socket], until: int | None) -> int:
    """Read until all are closed, or ``until`` is; how many bytes came."""
    poll, buffer, total = select.epoll(), bytearray(RECEIVE_BYTES), 0
    for fd in (*socks, *([until] if until is not None else [])):
        poll.register(fd, select.EPOLLIN)
    while socks:
        for fd, _ in poll.poll():
            if fd == until:
                return total
            try:
                size = socks[fd].recv_into(buffer)
            except OSError:
                size = 0
            total += size
            if not size:
                socks.pop(fd).close()
    return total


def main(port: str, count: str, path: str | None = None, protocol: str = "", join: str | None = None) -> None:
    """Come in, and read."""
    raise_file_limit()
    said = bytes.fromhex(join.strip("-")) if join is not None else b""
    came = [enter(int(port), path, protocol.strip("-"), said) for _ in range(int(count))]
    socks = {sock.fileno(): sock for sock in came}
    if join is None:
        drain(socks, None)
        return
    sys.stdout.write("in\n")
    sys.stdout.flush()
    sys.stdout.write(f"{drain(socks, sys.stdin.fileno())}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
