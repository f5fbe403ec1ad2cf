"""
A plain non-blocking socket, awaited.

Not a :class:`trio.SocketStream`: a socket that becomes a WebSocket is handed to a reactor with an epoll set of its own, and must
then belong to nobody else.
"""

import socket
from contextlib import suppress
from typing import Final

import trio

READ_BYTES: Final = 65_536
LINGER_S: Final = 1.0
LINGER_BYTES_MAX: Final = 1024 * 1024


class Stream:
    """
    One connected socket.

    Whatever ends the connection is an :class:`OSError`: a reset, and also a reader who takes nothing for ``stall_s``, or on the whole
    less than ``bytes_per_s_min``.
    """

    def __init__(self, sock: socket.socket, stall_s: float, bytes_per_s_min: float) -> None:
        self.sock = sock
        self._stall_s, self._bytes_per_s_min = stall_s, bytes_per_s_min

    async def receive(self) -> bytes:
        """The bytes that came next; none at the end. What was read is never lost to a cancellation."""
        await trio.lowlevel.checkpoint_if_cancelled()
        while True:
            try:
                data = self.sock.recv(READ_BYTES)
            except BlockingIOError:
                await trio.lowlevel.wait_readable(self.sock)
            else:
                await trio.lowlevel.cancel_shielded_checkpoint()
                return data

    async def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        await trio.lowlevel.checkpoint()
        rest = memoryview(data)
        latest = trio.current_time() + self._stall_s + len(data) / self._bytes_per_s_min
        while rest:
            try:
                rest = rest[self.sock.send(rest) :]
            except BlockingIOError:
                with trio.move_on_at(min(latest, trio.current_time() + self._stall_s)) as patience:
                    await trio.lowlevel.wait_writable(self.sock)
                if patience.cancelled_caught:
                    raise TimeoutError("the reader takes too little") from None

    async def linger(self) -> None:
        """
        Say that no more comes, and read on a moment.

        To close with unread bytes would send a reset, which may overtake the last answer and erase it at the other end.
        """
        with suppress(OSError), trio.move_on_after(LINGER_S):
            self.sock.shutdown(socket.SHUT_WR)
            left = LINGER_BYTES_MAX
            while left > 0 and (data := await self.receive()):
                left -= len(data)

    def close(self) -> None:
        """Let go of the socket. A second time does nothing."""
        if self.sock.fileno() != -1:
            trio.lowlevel.notify_closing(self.sock)
            self.sock.close()
