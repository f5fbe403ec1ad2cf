"""
Sockets that read and throw away.

    python -m bench.peers.sink PORT N
"""

import select
import socket
import sys

from bench.house import raise_file_limit

RECEIVE_BYTES = 1 << 18


def drain(port: int, count: int) -> None:
    """Read from so many sockets until all are closed."""
    raise_file_limit()
    poll = select.epoll()
    socks = {}
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port))
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
    drain(int(sys.argv[1]), int(sys.argv[2]))
